//! What happened to a customer. Stored for ever: change only by a new version and an upcaster.

use serde::{Deserialize, Serialize};

use super::CustomerDetails;
use crate::ids::{CustomerId, UserId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum CustomerEvent {
    Registered {
        details: Box<CustomerDetails>,
        by: UserId,
    },
    DetailsChanged {
        details: Box<CustomerDetails>,
        by: UserId,
    },
    Blocked {
        reason: String,
        by: UserId,
    },
    Unblocked {
        by: UserId,
    },
    /// It was another customer under a second name.
    MergedInto {
        into: CustomerId,
        by: UserId,
    },
    /// These were this customer under other names, the one that was merged now first.
    Absorbed {
        customers: Vec<CustomerId>,
        by: UserId,
    },
}
