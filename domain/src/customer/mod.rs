//! A customer: who buys from the company. One that turns out to be another under a second name is merged into that one
//! and never changes again.

mod details;
mod event;
mod refusal;

use serde::{Deserialize, Serialize};

pub use details::CustomerDetails;
pub use event::CustomerEvent;
pub use refusal::CustomerRefusal;

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root, exchanged};
use crate::ids::{CustomerId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Customer {
    #[default]
    NotRegistered,
    Registered(Box<Profile>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    pub details: CustomerDetails,
    pub standing: Standing,
    /// Which were this customer under other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub absorbed: Vec<CustomerId>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Active,
    Blocked { reason: String },
    Merged { into: CustomerId },
}

/// How a customer stands, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum CustomerStatus {
    Active,
    Blocked,
    /// It is another customer under a second name.
    Merged,
}

#[derive(Clone, Debug)]
pub enum CustomerCommand {
    Register {
        details: Box<CustomerDetails>,
        by: UserId,
    },
    ChangeDetails {
        details: Box<CustomerDetails>,
        by: UserId,
    },
    Block {
        reason: String,
        by: UserId,
    },
    Unblock {
        by: UserId,
    },
    /// It is another customer from now on.
    Merge {
        into: CustomerId,
        by: UserId,
    },
    Absorb {
        customers: Vec<CustomerId>,
        by: UserId,
    },
}

aggregate!(Customer, "customer", "Customer", CustomerCommand, CustomerEvent, CustomerRefusal, {
    Registered = 1, DetailsChanged = 1, Blocked = 1, Unblocked = 1, MergedInto = 1, Absorbed = 1,
});

impl Root for Customer {
    aggregate!(@names CustomerEvent);

    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match (self, command) {
            (Self::NotRegistered, CustomerCommand::Register { details, by }) => {
                details.check()?;
                Ok(vec![CustomerEvent::Registered { details, by }])
            }
            (Self::NotRegistered, _) => Err(CustomerRefusal::CustomerUnknown),
            (Self::Registered(profile), command) => profile.decide(command),
        }
    }

    fn claims(&self, event: &CustomerEvent) -> Vec<ClaimChange> {
        match (self, event) {
            (_, CustomerEvent::Registered { details, .. }) => exchanged(vec![], unique_facts(details)),
            (Self::Registered(profile), CustomerEvent::DetailsChanged { details, .. }) => {
                exchanged(unique_facts(&profile.details), unique_facts(details))
            }
            // Who was merged holds its own for ever: what comes in under them is the survivor's.
            _ => vec![],
        }
    }
}

fn unique_facts(details: &CustomerDetails) -> Vec<Claim> {
    let identity = details.party.unique_keys("customer").into_iter().map(|key| Claim::of(key, "customer_exists"));
    identity.chain(details.number_key().map(|key| Claim::of(key, "customer_number_taken"))).collect()
}

impl Customer {
    pub fn profile(&self) -> Result<&Profile, CustomerRefusal> {
        match self {
            Self::NotRegistered => Err(CustomerRefusal::CustomerUnknown),
            Self::Registered(profile) => Ok(profile),
        }
    }

    fn on(&mut self, event: CustomerEvent) {
        match (&mut *self, event) {
            (_, CustomerEvent::Registered { details, .. }) => {
                *self = Self::Registered(Box::new(Profile { details: *details, standing: Standing::Active, absorbed: vec![] }));
            }
            (Self::Registered(profile), event) => profile.on(event),
            (Self::NotRegistered, _) => {}
        }
    }
}

impl Profile {
    pub fn status(&self) -> CustomerStatus {
        match self.standing {
            Standing::Active => CustomerStatus::Active,
            Standing::Blocked { .. } => CustomerStatus::Blocked,
            Standing::Merged { .. } => CustomerStatus::Merged,
        }
    }

    /// Why it is blocked, if it is.
    pub fn blocked(&self) -> Option<&str> {
        match &self.standing {
            Standing::Blocked { reason } => Some(reason),
            _ => None,
        }
    }

    /// Which customer it was merged into, if it was; that one may have been merged since.
    pub fn merged_into(&self) -> Option<CustomerId> {
        match self.standing {
            Standing::Merged { into } => Some(into),
            _ => None,
        }
    }

    fn decide(&self, command: CustomerCommand) -> Result<Vec<CustomerEvent>, CustomerRefusal> {
        match (&self.standing, command) {
            (_, CustomerCommand::Register { .. }) => Err(CustomerRefusal::CustomerExists),
            (Standing::Merged { into: known }, CustomerCommand::Merge { into, .. }) if *known == into => Ok(vec![]),
            (Standing::Merged { into }, _) => Err(CustomerRefusal::CustomerMerged { into: *into }),
            (_, CustomerCommand::ChangeDetails { details, .. }) if *details == self.details => Ok(vec![]),
            (_, CustomerCommand::ChangeDetails { details, by }) => {
                details.check()?;
                Ok(vec![CustomerEvent::DetailsChanged { details, by }])
            }
            (Standing::Blocked { reason: known }, CustomerCommand::Block { reason, .. }) if *known == reason => Ok(vec![]),
            (_, CustomerCommand::Block { reason, by }) => Ok(vec![CustomerEvent::Blocked { reason, by }]),
            (Standing::Active, CustomerCommand::Unblock { .. }) => Ok(vec![]),
            (Standing::Blocked { .. }, CustomerCommand::Unblock { by }) => Ok(vec![CustomerEvent::Unblocked { by }]),
            // The block would be lost with the name that it is on.
            (Standing::Blocked { reason }, CustomerCommand::Merge { .. }) => Err(CustomerRefusal::CustomerBlocked(reason.clone())),
            (Standing::Active, CustomerCommand::Merge { into, by }) => Ok(vec![CustomerEvent::MergedInto { into, by }]),
            (_, CustomerCommand::Absorb { customers, by }) => Ok(vec![CustomerEvent::Absorbed { customers, by }]),
        }
    }

    fn on(&mut self, event: CustomerEvent) {
        match event {
            CustomerEvent::Registered { .. } => {}
            CustomerEvent::DetailsChanged { details, .. } => self.details = *details,
            CustomerEvent::Blocked { reason, .. } => self.standing = Standing::Blocked { reason },
            CustomerEvent::Unblocked { .. } => self.standing = Standing::Active,
            CustomerEvent::MergedInto { into, .. } => self.standing = Standing::Merged { into },
            CustomerEvent::Absorbed { customers, .. } => self.absorbed.extend(customers),
        }
    }
}
