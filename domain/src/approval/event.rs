//! What happened in a round of approval. Stored for ever: change only by a new version and an upcaster.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Excluded, OpenStage, Request, StuckCause};
use crate::ids::{DecisionLinkId, InvoiceId, UserId};
use crate::money::Money;
use crate::policy::Facts;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ApprovalEvent {
    Requested {
        request: Box<Request>,
    },
    /// The rate that the round waited for is known: what the policy looks at now, and the stages that it asks for.
    Appraised {
        facts: Box<Facts>,
        stages: Vec<u8>,
    },
    StageOpened {
        stage: OpenStage,
    },
    Given {
        stage: u8,
        by: UserId,
        /// In whose place, where not in their own.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<UserId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<DecisionLinkId>,
    },
    Stuck {
        stage: u8,
        #[serde(default)]
        cause: StuckCause,
        /// The same for people to read.
        because: String,
    },
    Reresolved {
        by: UserId,
        stage: OpenStage,
        /// Who is excluded by then; as before where absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        excluded: Option<Vec<Excluded>>,
    },
    Granted {
        invoice_id: InvoiceId,
        round: u32,
        version_hash: String,
    },
    Denied {
        invoice_id: InvoiceId,
        round: u32,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on_behalf_of: Option<UserId>,
        reason: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        link: Option<DecisionLinkId>,
    },
    Withdrawn {
        invoice_id: InvoiceId,
        because: String,
    },
    /// The invoice changed immaterially: the round, granted or not, is about this version of it now.
    Rebound {
        invoice_id: InvoiceId,
        round: u32,
        version_hash: String,
        amount: Money,
        facts: Box<Facts>,
    },
    Reassigned {
        stage: u8,
        from: UserId,
        to: UserId,
        by: UserId,
        reason: String,
    },
    /// The first deadline passed, and these people had not decided.
    Reminded {
        stage: u8,
        due_at: DateTime<Utc>,
        people: Vec<UserId>,
    },
    /// More people may decide the stage: nobody who might before lost that.
    Escalated {
        stage: OpenStage,
        because: EscalationCause,
        /// The deadline that passed, where one did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<DateTime<Utc>>,
    },
    /// The last deadline passed: the round ends without a decision.
    Expired {
        invoice_id: InvoiceId,
        round: u32,
        stage: u8,
        due_at: DateTime<Utc>,
    },
    Commented {
        by: UserId,
        text: String,
    },
    InformationAsked {
        by: UserId,
        of: UserId,
        text: String,
    },
    InformationGiven {
        by: UserId,
        text: String,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationCause {
    /// Nobody decided in time.
    Overdue,
    /// The policy names too few who may decide.
    Stuck,
}
