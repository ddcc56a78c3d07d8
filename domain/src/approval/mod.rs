//! One round of approval of one invoice: stages in order, quorums within, people who may not.
//!
//! Who is eligible is resolved when a stage opens and kept in the event, so that later role changes do not alter
//! an open stage. A stage whose quorum cannot be reached is stuck, and so is a round for whose amount a rate is missing;
//! nothing is ever approved by default.

mod command;
mod deadline;
mod decider;
mod duty;
mod event;
mod refusal;
mod request;
mod running;
mod stage;
mod talk;

use serde::{Deserialize, Serialize};

pub use command::ApprovalCommand;
pub use deadline::{Deadline, Deadlines};
pub use decider::{Decider, Proxy};
pub use duty::{Deed, Duty, deeds_within, duty_of, exclusions, tolerators};
pub use event::{ApprovalEvent, EscalationCause};
pub use refusal::ApprovalRefusal;
pub use request::{Excluded, ExclusionCause, Request, StuckCause};
pub use running::Running;
pub use stage::{Eligible, OpenStage, OpenStep, StageCandidates, StepCandidates};
pub use talk::Question;

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{DecisionLinkId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Approval {
    #[default]
    NotRequested,
    Running(Running),
    /// Who decided is remembered: for them deciding again is a repeat, for anybody else it is not.
    Granted {
        request: Request,
        approved_by: Vec<UserId>,
    },
    Denied {
        request: Request,
        by: UserId,
    },
    Withdrawn(Request),
    Expired(Request),
}

aggregate!(Approval, "approval", "Approval", ApprovalCommand, ApprovalEvent, ApprovalRefusal, {
    Requested = 1, Appraised = 1, StageOpened = 1, Given = 1, Stuck = 1, Reresolved = 1, Granted = 1, Denied = 1, Withdrawn = 1, Rebound = 1,
    Reassigned = 1, Reminded = 1, Escalated = 1, Expired = 1, Commented = 1, InformationAsked = 1, InformationGiven = 1,
});

impl Root for Approval {
    aggregate!(@names ApprovalEvent);

    fn decide(&self, command: ApprovalCommand) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        match (self, command) {
            (Self::NotRequested, ApprovalCommand::Request { request, candidates }) => request.begin(candidates),
            (Self::NotRequested, ApprovalCommand::RequestUnrated { request, missing }) => Ok(request.wait_for(missing)),
            (Self::NotRequested, _) => Err(ApprovalRefusal::ApprovalUnknown),
            (_, ApprovalCommand::Request { .. } | ApprovalCommand::RequestUnrated { .. }) => Err(ApprovalRefusal::AlreadyRequested),
            (Self::Granted { request, .. }, ApprovalCommand::Rebind { version_hash, amount, facts }) => {
                Ok(request.rebound(version_hash, amount, facts))
            }
            (Self::Running(running), command) => running.decide(command),
            (_, ApprovalCommand::PassTime { .. } | ApprovalCommand::Appraise { .. }) => Ok(vec![]),
            (Self::Withdrawn(_) | Self::Expired(_), ApprovalCommand::Withdraw { .. }) => Ok(vec![]),
            (Self::Granted { request, .. }, ApprovalCommand::Withdraw { because }) => Ok(vec![request.withdrawn(because)]),
            (Self::Granted { approved_by, .. }, ApprovalCommand::Approve { decider, .. }) if approved_by.contains(&decider.by) => {
                Ok(vec![])
            }
            (Self::Granted { request, .. }, ApprovalCommand::Approve { decider, .. }) => Err(request.refusal_of(&decider)),
            (Self::Denied { by, .. }, ApprovalCommand::Deny { decider, .. }) if *by == decider.by => Ok(vec![]),
            (ended, _) => Err(ended.not_running()),
        }
    }

    /// A decision link decides once, whichever round it was made for.
    fn claims(&self, event: &ApprovalEvent) -> Vec<ClaimChange> {
        match event {
            ApprovalEvent::Given { link: Some(link), .. } | ApprovalEvent::Denied { link: Some(link), .. } => {
                vec![ClaimChange::Take(Claim::of(link_key(*link), "link_used"))]
            }
            _ => vec![],
        }
    }
}

/// The unique fact that this link has decided.
pub fn link_key(link: DecisionLinkId) -> String {
    format!("decision_link|{link}")
}

impl Approval {
    pub fn running(&self) -> Result<&Running, ApprovalRefusal> {
        match self {
            Self::Running(running) => Ok(running),
            ended => Err(ended.not_running()),
        }
    }

    /// What was asked, whatever became of it.
    pub fn request(&self) -> Result<&Request, ApprovalRefusal> {
        match self {
            Self::NotRequested => Err(ApprovalRefusal::ApprovalUnknown),
            Self::Running(Running { request, .. })
            | Self::Granted { request, .. }
            | Self::Denied { request, .. }
            | Self::Withdrawn(request)
            | Self::Expired(request) => Ok(request),
        }
    }

    /// Who has approved, and who is asked to now.
    pub fn deciders(&self) -> Vec<UserId> {
        match self {
            Self::Running(running) => running.approved_by.iter().copied().chain(running.open.iter().flat_map(OpenStage::named)).collect(),
            Self::Granted { approved_by, .. } => approved_by.clone(),
            _ => vec![],
        }
    }

    fn not_running(&self) -> ApprovalRefusal {
        let state = match self {
            Self::NotRequested => return ApprovalRefusal::ApprovalUnknown,
            Self::Running(_) => "running",
            Self::Granted { .. } => "granted",
            Self::Denied { .. } => "denied",
            Self::Withdrawn(_) => "withdrawn",
            Self::Expired(_) => "expired",
        };
        ApprovalRefusal::NotRunning { state }
    }

    fn on(&mut self, event: ApprovalEvent) {
        match (&mut *self, event) {
            (_, ApprovalEvent::Requested { request }) => *self = Self::Running(Running::of(*request)),
            (Self::Running(r), ApprovalEvent::Granted { .. }) => {
                *self = Self::Granted { request: r.request.clone(), approved_by: r.approved_by.clone() };
            }
            (Self::Running(r), ApprovalEvent::Denied { by, .. }) => *self = Self::Denied { request: r.request.clone(), by },
            (Self::Running(r), ApprovalEvent::Expired { .. }) => *self = Self::Expired(r.request.clone()),
            (Self::Running(Running { request, .. }) | Self::Granted { request, .. }, ApprovalEvent::Withdrawn { .. }) => {
                *self = Self::Withdrawn(request.clone());
            }
            (
                Self::Running(Running { request, .. }) | Self::Granted { request, .. },
                ApprovalEvent::Rebound { version_hash, facts, .. },
            ) => {
                request.version_hash = version_hash;
                request.facts = Some(*facts);
            }
            (Self::Running(running), event) => running.on(event),
            _ => {}
        }
    }
}
