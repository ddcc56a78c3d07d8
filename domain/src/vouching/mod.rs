//! Whether two users are two people: one register a tenant of who has had whose key in hand.
//!
//! Whoever adds a user, or issues a key for one, is answered its secret, for nobody else is there to be answered. From then on
//! the two may be one person, and whatever needs a second person takes them for one (SEMANTICS 3.4), until somebody who is
//! neither vouches that they are two. Users and keys of the operator's command line need nobody: the operator has vouched.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::approval::Excluded;
use crate::ids::{KeyId, UserId};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vouching {
    /// Keys for whose users nobody has vouched since, in the order in which they were issued.
    pub handed: Vec<HandedKey>,
}

/// A key that another than its user has had in hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct HandedKey {
    pub user_id: UserId,
    pub key_id: KeyId,
    pub by: UserId,
    pub at: DateTime<Utc>,
}

#[derive(Clone, Debug)]
pub enum VouchingCommand {
    HandKey {
        key: HandedKey,
    },
    /// `by` is absent where the operator vouches. `in_force` are the keys that open something for the user now.
    Vouch {
        user_id: UserId,
        by: Option<UserId>,
        in_force: Vec<KeyId>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum VouchingEvent {
    KeyHanded {
        key: HandedKey,
    },
    /// From now on the user is a person of their own.
    Given {
        user_id: UserId,
        /// Absent where the operator has vouched.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum VouchingRefusal {
    #[error("nobody vouches for a user whose key they have had in hand, or for themselves")]
    SelfVouching,
    #[error("the user first issues a key of their own and revokes the one that somebody else has had in hand")]
    HandedKeyInForce,
    #[error("nobody has vouched yet that this user is another person than one who has had a hand in it")]
    NotVouchedFor,
}

impl Refusal for VouchingRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::SelfVouching | Self::NotVouchedFor => RefusalKind::Person,
            Self::HandedKeyInForce => RefusalKind::State,
        }
    }
}

aggregate!(Vouching, "vouching", "Vouching", VouchingCommand, VouchingEvent, VouchingRefusal, { KeyHanded = 1, Given = 1 });

impl Root for Vouching {
    aggregate!(@names VouchingEvent);

    fn decide(&self, command: VouchingCommand) -> Result<Vec<VouchingEvent>, VouchingRefusal> {
        match command {
            VouchingCommand::HandKey { key } if self.handed.iter().any(|handed| handed.key_id == key.key_id) => Ok(vec![]),
            VouchingCommand::HandKey { key } => Ok(vec![VouchingEvent::KeyHanded { key }]),
            VouchingCommand::Vouch { user_id, .. } if self.has_vouched(user_id) => Ok(vec![]),
            VouchingCommand::Vouch { user_id, by: Some(by), .. } if self.may_be_one(user_id, by) => Err(VouchingRefusal::SelfVouching),
            VouchingCommand::Vouch { user_id, in_force, .. } if self.of(user_id).any(|handed| in_force.contains(&handed.key_id)) => {
                Err(VouchingRefusal::HandedKeyInForce)
            }
            VouchingCommand::Vouch { user_id, by, .. } => Ok(vec![VouchingEvent::Given { user_id, by }]),
        }
    }
}

impl Vouching {
    /// May one person act as both?
    pub fn may_be_one(&self, one: UserId, other: UserId) -> bool {
        let hands = self.hands(one);
        self.hands(other).iter().any(|hand| hands.contains(hand))
    }

    /// The other users whom the person behind this one may act as.
    pub fn other_selves(&self, user: UserId) -> Vec<UserId> {
        let mut known: Vec<UserId> = self.handed.iter().flat_map(|handed| [handed.user_id, handed.by]).collect();
        known.sort();
        known.dedup();
        known.retain(|other| *other != user && self.may_be_one(user, *other));
        known
    }

    /// What the person would be refused under another name is refused, unless it comes to nothing or is refused anyway.
    pub fn decides_as_one<A: Root>(&self, state: &A, command: &A::Command) -> Result<(), VouchingRefusal> {
        let Some(by) = A::second_person(&mut command.clone()).copied() else { return Ok(()) };
        let is_refused_to = |other: &UserId| {
            let mut command = command.clone();
            if let Some(by) = A::second_person(&mut command) {
                *by = *other;
            }
            state.decide(command).is_err_and(|refusal| refusal.kind() == RefusalKind::Person)
        };
        let counts = || state.decide(command.clone()).is_ok_and(|events| !events.is_empty());
        if self.other_selves(by).iter().any(is_refused_to) && counts() { Err(VouchingRefusal::NotVouchedFor) } else { Ok(()) }
    }

    /// `excluded`, and whoever may be one of them, or of those who have `acted`, under another name.
    pub fn excluded_as_one(&self, excluded: Vec<Excluded>, acted: &[UserId]) -> Vec<Excluded> {
        let people = excluded.iter().map(|excluded| excluded.user_id).chain(acted.iter().copied());
        let other_selves = people.flat_map(|person| self.other_selves(person));
        let not_vouched_for: Vec<UserId> = other_selves.filter(|user| !excluded.iter().any(|e| e.user_id == *user)).collect();
        excluded.into_iter().chain(not_vouched_for.into_iter().map(Excluded::not_vouched_for)).collect()
    }

    fn has_vouched(&self, user: UserId) -> bool {
        self.of(user).next().is_none()
    }

    fn of(&self, user: UserId) -> impl Iterator<Item = &HandedKey> {
        self.handed.iter().filter(move |handed| handed.user_id == user)
    }

    /// Everybody who may act as this user: the user, who has had a key of theirs in hand, and who may act as those.
    fn hands(&self, user: UserId) -> Vec<UserId> {
        let mut hands = vec![user];
        let mut next = 0;
        while let Some(&hand) = hands.get(next) {
            let further: Vec<UserId> = self.of(hand).map(|handed| handed.by).filter(|by| !hands.contains(by)).collect();
            hands.extend(further);
            next += 1;
        }
        hands
    }

    fn on(&mut self, event: VouchingEvent) {
        match event {
            VouchingEvent::KeyHanded { key } => self.handed.push(key),
            VouchingEvent::Given { user_id, .. } => self.handed.retain(|handed| handed.user_id != user_id),
        }
    }
}
