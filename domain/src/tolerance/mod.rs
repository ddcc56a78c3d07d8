//! The tenant's tolerances: how far an invoice may lie from its order before somebody must look at it.
//!
//! The most specific rule that states a limit decides it: vendor and item, item, item group, vendor, vendor group,
//! tenant; where nothing does, zero (SEMANTICS 1). Versioned like the approval policy.

mod limits;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub(crate) use limits::share;
pub use limits::{Applies, Band, LimitSource, Limits, Subject, ToleranceRule};

use crate::adoption::Adoptions;
use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::money::{Currency, Money};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tolerances {
    /// 0 before the first adoption: everything is strict.
    pub version: u32,
    pub set: ToleranceSet,
    /// Whose versions wait for somebody else.
    adoptions: Adoptions<ToleranceSet>,
}

impl Default for Tolerances {
    fn default() -> Self {
        Self { version: 0, set: ToleranceSet::default(), adoptions: Adoptions::beginning_with(0, ToleranceSet::default()) }
    }
}

/// What one version of the tolerances says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ToleranceSet {
    pub rules: Vec<ToleranceRule>,
    /// Whether an invoice waits when it names an order that is none of ours. Many vendors write anything there.
    #[serde(default)]
    pub unknown_order_holds: bool,
    /// Whether goods and invoices are taken only against orders that a second person has approved.
    #[serde(default)]
    pub orders_need_approval: bool,
    /// What may be left of an invoice and written off, by currency; nothing where a currency is not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub write_off: Vec<Money>,
}

impl ToleranceSet {
    /// Whether any rule is for a group of items.
    pub fn asks_for_item_groups(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.applies, Applies::ItemGroup(_)))
    }

    fn write_off_limit(&self, currency: Currency) -> Money {
        self.write_off.iter().copied().find(|limit| limit.currency() == currency).unwrap_or_else(|| Money::zero(currency))
    }
}

#[derive(Clone, Debug)]
pub enum TolerancesCommand {
    Adopt {
        set: ToleranceSet,
        by: UserId,
    },
    /// `by` is absent where the operator confirms.
    Confirm {
        version: u32,
        by: Option<UserId>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TolerancesEvent {
    Adopted {
        version: u32,
        set: ToleranceSet,
        by: UserId,
    },
    /// From now on who adopted this version approves what passed by it as anybody else.
    Confirmed {
        version: u32,
        /// Absent where the operator has confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TolerancesRefusal {
    #[error("rule {rule}: a tolerance cannot be below zero")]
    ToleranceNegative { rule: usize },
    #[error("rule {rule} is for the same as an earlier one")]
    RuleRepeated { rule: usize },
    #[error("what may be written off cannot be below zero")]
    WriteOffNegative { index: usize },
    #[error("there is a limit in this currency before")]
    WriteOffRepeated { index: usize },
    #[error("who adopted a version does not confirm it")]
    SelfAdopted,
    #[error("there is no such version")]
    VersionNotAdopted,
}

impl Refusal for TolerancesRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::SelfAdopted => RefusalKind::Person,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::ToleranceNegative { rule } | Self::RuleRepeated { rule } => Some(format!("/rules/{rule}")),
            Self::WriteOffNegative { index } | Self::WriteOffRepeated { index } => Some(format!("/write_off/{index}")),
            Self::VersionNotAdopted => Some("/tolerances_version".to_owned()),
            Self::SelfAdopted => None,
        }
    }
}

aggregate!(Tolerances, "tolerances", "Tolerances", TolerancesCommand, TolerancesEvent, TolerancesRefusal, { Adopted = 1, Confirmed = 1 });

impl Root for Tolerances {
    aggregate!(@names TolerancesEvent);

    fn second_person(command: &mut TolerancesCommand) -> Option<&mut UserId> {
        match command {
            TolerancesCommand::Confirm { by, .. } => by.as_mut(),
            TolerancesCommand::Adopt { .. } => None,
        }
    }

    fn decide(&self, command: TolerancesCommand) -> Result<Vec<TolerancesEvent>, TolerancesRefusal> {
        match command {
            TolerancesCommand::Adopt { set, by } => self.adopt(set, by),
            TolerancesCommand::Confirm { version, by } => self.confirm(version, by),
        }
    }
}

impl Tolerances {
    /// Who gains nothing by this version: who has adopted it, as long as nobody else has confirmed it.
    pub fn adopter_of(&self, version: u32) -> Option<UserId> {
        self.adoptions.adopter_of(version)
    }

    /// Everybody who has adopted a version that nobody else has confirmed.
    pub fn adopters(&self) -> impl Iterator<Item = UserId> + '_ {
        self.adoptions.adopters()
    }

    /// What may be left of an invoice and written off; by whoever has set limits that nobody else has confirmed, only what was settled.
    pub fn write_off_limit(&self, currency: Currency, is_theirs: impl Fn(UserId) -> bool) -> Money {
        let settled = if self.adopters().any(is_theirs) { self.adoptions.settled() } else { Some(&self.set) };
        settled.map_or(Money::zero(currency), |set| set.write_off_limit(currency))
    }

    fn adopt(&self, set: ToleranceSet, by: UserId) -> Result<Vec<TolerancesEvent>, TolerancesRefusal> {
        set.check()?;
        if self.version > 0 && self.set == set {
            return Ok(vec![]);
        }
        Ok(vec![TolerancesEvent::Adopted { version: self.version + 1, set, by }])
    }

    fn confirm(&self, version: u32, by: Option<UserId>) -> Result<Vec<TolerancesEvent>, TolerancesRefusal> {
        match self.adopter_of(version) {
            None if (1..=self.version).contains(&version) => Ok(vec![]),
            None => Err(TolerancesRefusal::VersionNotAdopted),
            Some(adopter) if by == Some(adopter) => Err(TolerancesRefusal::SelfAdopted),
            Some(_) => Ok(vec![TolerancesEvent::Confirmed { version, by }]),
        }
    }

    fn on(&mut self, event: TolerancesEvent) {
        match event {
            TolerancesEvent::Adopted { version, set, by } => {
                self.adoptions.adopted(version, set.clone(), by);
                (self.version, self.set) = (version, set);
            }
            TolerancesEvent::Confirmed { version, .. } => self.adoptions.confirmed(version),
        }
    }
}

impl ToleranceSet {
    pub fn check(&self) -> Result<(), TolerancesRefusal> {
        for (rule, stated) in self.rules.iter().enumerate() {
            if stated.limits.any_negative() {
                return Err(TolerancesRefusal::ToleranceNegative { rule });
            }
            if self.rules[..rule].iter().any(|earlier| earlier.applies == stated.applies) {
                return Err(TolerancesRefusal::RuleRepeated { rule });
            }
        }
        for (index, limit) in self.write_off.iter().enumerate() {
            if limit.amount() < Decimal::ZERO {
                return Err(TolerancesRefusal::WriteOffNegative { index });
            }
            if self.write_off[..index].iter().any(|earlier| earlier.currency() == limit.currency()) {
                return Err(TolerancesRefusal::WriteOffRepeated { index });
            }
        }
        Ok(())
    }

    /// The limit that the most specific rule for `subject` states.
    pub fn limit<T>(&self, subject: &Subject<'_>, stated: impl Fn(&Limits) -> Option<T>) -> (Option<T>, LimitSource) {
        for source in LimitSource::STATED {
            let rule = self.rules.iter().find(|rule| rule.applies.source() == source && rule.applies.covers(subject));
            if let Some(limit) = rule.and_then(|rule| stated(&rule.limits)) {
                return (Some(limit), source);
            }
        }
        (None, LimitSource::Strict)
    }
}
