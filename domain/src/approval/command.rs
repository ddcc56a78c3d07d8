//! What can be asked of a round of approval.

use chrono::{DateTime, Utc};

use super::{Decider, Eligible, Excluded, Request, StageCandidates};
use crate::ids::UserId;
use crate::ledger::MissingRate;
use crate::money::Money;
use crate::policy::Facts;

#[derive(Clone, Debug)]
pub enum ApprovalCommand {
    Request {
        request: Request,
        candidates: StageCandidates,
    },
    /// As [`Request`](Self::Request), where the policy cannot say who decides before a rate is known.
    RequestUnrated {
        request: Request,
        missing: MissingRate,
    },
    /// The rate is known: what the policy looks at now, and which stages that asks for.
    Appraise {
        facts: Facts,
        stages: Vec<u8>,
        candidates: StageCandidates,
    },
    /// `next` holds the candidates of the stage that follows, resolved now in case this decision opens it.
    Approve {
        decider: Decider,
        comment: Option<String>,
        next: Option<StageCandidates>,
    },
    Deny {
        decider: Decider,
        reason: String,
    },
    Withdraw {
        because: String,
    },
    /// What was asked about has changed immaterially: the round is about this version now.
    Rebind {
        version_hash: String,
        amount: Money,
        facts: Facts,
    },
    /// Looks again for candidates of a stuck or open stage: an explicit act, never a side effect.
    Reresolve {
        by: UserId,
        candidates: StageCandidates,
        /// Who may not decide, as things stand now.
        barred: Vec<Excluded>,
    },
    /// `to` decides instead of `from`. `of_anybody` when the caller may move what others are asked.
    Reassign {
        by: UserId,
        from: UserId,
        to: UserId,
        reason: String,
        of_anybody: bool,
        /// Who may not decide, as things stand now.
        barred: Vec<Excluded>,
    },
    /// What is due by `now` happens. `managers` are those of the people who were asked, step by step.
    PassTime {
        now: DateTime<Utc>,
        managers: Vec<Vec<Eligible>>,
        barred: Vec<Excluded>,
    },
    Comment {
        by: UserId,
        text: String,
    },
    /// Somebody who is to decide wants to know something from `of`.
    Ask {
        by: UserId,
        of: UserId,
        text: String,
    },
    /// Answers everything that `by` was asked.
    Answer {
        by: UserId,
        text: String,
    },
}
