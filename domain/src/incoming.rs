//! Money that comes in: who told of it first, and how a person says that it came.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::chart::Code;

/// Who told of the money first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum IncomingChannel {
    /// The line of a statement.
    BankLine(Uuid),
    /// A person. A line of a statement tells of it later.
    Recorded,
    /// A person, and no statement ever will: it is in the cash box, say.
    KeptElsewhere,
}

/// How money came in, as a person records it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct IncomingRecord {
    /// `cheque`, `cash`, `transfer`, …
    pub method: String,
    /// The cheque's number, or the receipt's.
    pub reference: String,
    /// Where it is kept in the books, if no statement will tell of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account_code: Option<Code>,
}

impl IncomingRecord {
    pub fn channel(&self) -> IncomingChannel {
        if self.account_code.is_some() { IncomingChannel::KeptElsewhere } else { IncomingChannel::Recorded }
    }
}
