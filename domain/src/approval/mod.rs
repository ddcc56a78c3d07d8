//! One round of approval of one invoice: stages in order, quorums within, people who may not.
//!
//! Who is eligible is resolved when a stage opens and kept in the event, so that later role changes do not alter
//! an open stage. A stage whose quorum cannot be reached is stuck; it is never approved by default.

mod request;

use serde::{Deserialize, Serialize};

pub use request::{Eligible, Excluded, OpenStage, OpenStep, StageCandidates, StepCandidates, StuckCause};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{InvoiceId, UserId};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

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
}

/// What is to be approved, frozen when it was asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    pub invoice_id: InvoiceId,
    pub round: u32,
    /// The hash of exactly what is approved; a payment takes only that.
    pub version_hash: String,
    pub amount: Money,
    pub policy_version: u32,
    pub requested_by: UserId,
    /// Who may never decide this, and why.
    pub excluded: Vec<Excluded>,
    /// The stages of the policy, in order.
    pub stages: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Running {
    pub request: Request,
    /// `None` when stuck: nobody left can decide.
    pub open: Option<OpenStage>,
    #[serde(default)]
    pub stuck_at: Option<u8>,
    /// Everybody who approved, in any stage.
    pub approved_by: Vec<UserId>,
}

#[derive(Clone, Debug)]
pub enum ApprovalCommand {
    Request {
        request: Request,
        candidates: StageCandidates,
    },
    /// `next` holds the candidates of the stage that follows, resolved now in case this decision opens it.
    Approve {
        by: UserId,
        comment: Option<String>,
        next: Option<StageCandidates>,
    },
    Deny {
        by: UserId,
        reason: String,
    },
    Withdraw {
        because: String,
    },
    /// Looks again for candidates of a stuck or open stage: an explicit act, never a side effect.
    Reresolve {
        by: UserId,
        candidates: StageCandidates,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ApprovalEvent {
    Requested {
        request: Request,
    },
    StageOpened {
        stage: OpenStage,
    },
    Given {
        stage: u8,
        by: UserId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<String>,
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
        reason: String,
    },
    Withdrawn {
        invoice_id: InvoiceId,
        because: String,
    },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ApprovalRefusal {
    #[error("there is no such approval")]
    ApprovalUnknown,
    #[error("this approval has already been requested")]
    AlreadyRequested,
    #[error("this approval is {state}")]
    NotRunning { state: &'static str },
    #[error("nobody is left who may decide this stage; let an administrator resolve it again")]
    ApprovalStuck,
    #[error("who entered or changed an invoice cannot approve it")]
    SelfApproval,
    #[error("who changed the vendor's bank account cannot approve its invoices")]
    BankAccountEditor,
    #[error("one person decides one stage only")]
    AlreadyActed,
    #[error("this person is not among those who may decide the open stage")]
    NotEligible,
    #[error("stage {stage} is not the one that decides now")]
    StageNotCurrent { stage: u8 },
    #[error("a denial needs a reason")]
    ReasonMissing,
    #[error("no rule of the approval policy matches this invoice")]
    NoMatchingRule,
}

impl Refusal for ApprovalRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ApprovalUnknown => RefusalKind::Unknown,
            Self::SelfApproval | Self::BankAccountEditor | Self::AlreadyActed | Self::NotEligible => RefusalKind::Person,
            Self::ReasonMissing => RefusalKind::Invalid,
            _ => RefusalKind::State,
        }
    }
    fn pointer(&self) -> Option<String> {
        matches!(self, Self::ReasonMissing).then(|| "/reason".to_owned())
    }
}

aggregate!(Approval, "approval", "Approval", ApprovalCommand, ApprovalEvent, ApprovalRefusal, {
    Requested = 1, StageOpened = 1, Given = 1, Stuck = 1, Reresolved = 1, Granted = 1, Denied = 1, Withdrawn = 1,
});

impl Root for Approval {
    aggregate!(@names ApprovalEvent);

    fn decide(&self, command: ApprovalCommand) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        match (self, command) {
            (Self::NotRequested, ApprovalCommand::Request { request, candidates }) => request.begin(candidates),
            (Self::NotRequested, _) => Err(ApprovalRefusal::ApprovalUnknown),
            (_, ApprovalCommand::Request { .. }) => Err(ApprovalRefusal::AlreadyRequested),
            (Self::Running(running), command) => running.decide(command),
            (Self::Withdrawn(_), ApprovalCommand::Withdraw { .. }) => Ok(vec![]),
            (Self::Granted { request, .. }, ApprovalCommand::Withdraw { because }) => Ok(vec![request.withdrawn(because)]),
            (Self::Granted { approved_by, .. }, ApprovalCommand::Approve { by, .. }) if approved_by.contains(&by) => Ok(vec![]),
            (Self::Granted { request, .. }, ApprovalCommand::Approve { by, .. }) => Err(request.refusal_of(by)),
            (Self::Denied { by: denier, .. }, ApprovalCommand::Deny { by, .. }) if *denier == by => Ok(vec![]),
            (Self::Granted { .. }, _) => Err(ApprovalRefusal::NotRunning { state: "granted" }),
            (Self::Denied { .. }, _) => Err(ApprovalRefusal::NotRunning { state: "denied" }),
            (Self::Withdrawn(_), _) => Err(ApprovalRefusal::NotRunning { state: "withdrawn" }),
        }
    }
}

impl Approval {
    pub fn running(&self) -> Result<&Running, ApprovalRefusal> {
        match self {
            Self::Running(running) => Ok(running),
            Self::NotRequested => Err(ApprovalRefusal::ApprovalUnknown),
            Self::Granted { .. } => Err(ApprovalRefusal::NotRunning { state: "granted" }),
            Self::Denied { .. } => Err(ApprovalRefusal::NotRunning { state: "denied" }),
            Self::Withdrawn(_) => Err(ApprovalRefusal::NotRunning { state: "withdrawn" }),
        }
    }

    fn on(&mut self, event: ApprovalEvent) {
        match (&mut *self, event) {
            (_, ApprovalEvent::Requested { request }) => {
                *self = Self::Running(Running { request, open: None, stuck_at: None, approved_by: vec![] })
            }
            (Self::Running(r), ApprovalEvent::StageOpened { stage } | ApprovalEvent::Reresolved { stage, .. }) => {
                (r.open, r.stuck_at) = (Some(stage), None);
            }
            (Self::Running(r), ApprovalEvent::Given { by, .. }) => r.on_given(by),
            (Self::Running(r), ApprovalEvent::Stuck { stage, .. }) => (r.open, r.stuck_at) = (None, Some(stage)),
            (Self::Running(r), ApprovalEvent::Granted { .. }) => {
                *self = Self::Granted { request: r.request.clone(), approved_by: r.approved_by.clone() };
            }
            (Self::Running(r), ApprovalEvent::Denied { by, .. }) => *self = Self::Denied { request: r.request.clone(), by },
            (Self::Running(Running { request, .. }) | Self::Granted { request, .. }, ApprovalEvent::Withdrawn { .. }) => {
                *self = Self::Withdrawn(request.clone());
            }
            _ => {}
        }
    }
}

impl Running {
    /// The stage that decides next: the open one, or the stuck one.
    pub fn stage(&self) -> Option<u8> {
        self.open.as_ref().map(|open| open.stage).or(self.stuck_at)
    }

    /// The stage after `stage`, if the policy has one.
    pub fn stage_after(&self, stage: u8) -> Option<u8> {
        self.request.stages.iter().copied().find(|&s| s > stage)
    }

    fn decide(&self, command: ApprovalCommand) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        match command {
            ApprovalCommand::Request { .. } => Err(ApprovalRefusal::AlreadyRequested),
            ApprovalCommand::Approve { by, comment, next } => self.approve(by, comment, next),
            ApprovalCommand::Deny { by, reason } => self.deny(by, reason),
            ApprovalCommand::Withdraw { because } => Ok(vec![self.request.withdrawn(because)]),
            ApprovalCommand::Reresolve { by, candidates } => self.reresolve(by, candidates),
        }
    }

    fn approve(&self, by: UserId, comment: Option<String>, next: Option<StageCandidates>) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let open = self.open.as_ref().ok_or(ApprovalRefusal::ApprovalStuck)?;
        if open.has_approved(by) && !open.waits_for(by) {
            return Ok(vec![]);
        }
        self.may_decide(open, by)?;
        if !open.waits_for(by) {
            return Err(ApprovalRefusal::NotEligible);
        }
        let mut after = open.clone();
        after.approve(by);
        let mut events = vec![ApprovalEvent::Given { stage: open.stage, by, comment }];
        if after.is_complete() {
            let mut acted = self.approved_by.clone();
            acted.push(by);
            events.push(self.after_stage(open.stage, next, &acted));
        }
        Ok(events)
    }

    /// The policy's next stage opens, or nothing is left to ask. Without its candidates a stage is stuck, never skipped.
    fn after_stage(&self, stage: u8, next: Option<StageCandidates>, acted: &[UserId]) -> ApprovalEvent {
        match self.stage_after(stage) {
            None => self.request.granted(),
            Some(stage) => {
                let steps = next.filter(|next| next.stage == stage).map(|next| next.steps).unwrap_or_default();
                self.request.open(StageCandidates { stage, steps }, acted)
            }
        }
    }

    fn deny(&self, by: UserId, reason: String) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        let open = self.open.as_ref().ok_or(ApprovalRefusal::ApprovalStuck)?;
        if reason.trim().is_empty() {
            return Err(ApprovalRefusal::ReasonMissing);
        }
        if open.has_approved(by) {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        self.may_decide(open, by)?;
        let Request { invoice_id, round, .. } = self.request;
        Ok(vec![ApprovalEvent::Denied { invoice_id, round, by, reason }])
    }

    fn may_decide(&self, open: &OpenStage, by: UserId) -> Result<(), ApprovalRefusal> {
        if self.request.excludes(by) {
            return Err(self.request.refusal_of(by));
        }
        if self.approved_by.contains(&by) && !open.has_approved(by) {
            return Err(ApprovalRefusal::AlreadyActed);
        }
        if open.is_eligible(by) { Ok(()) } else { Err(ApprovalRefusal::NotEligible) }
    }

    fn reresolve(&self, by: UserId, candidates: StageCandidates) -> Result<Vec<ApprovalEvent>, ApprovalRefusal> {
        if self.stage() != Some(candidates.stage) {
            return Err(ApprovalRefusal::StageNotCurrent { stage: candidates.stage });
        }
        let in_this_stage = |user: &UserId| self.open.as_ref().is_some_and(|open| open.has_approved(*user));
        let acted_before: Vec<UserId> = self.approved_by.iter().copied().filter(|user| !in_this_stage(user)).collect();
        let stage = match self.request.open(candidates, &acted_before) {
            ApprovalEvent::StageOpened { stage } => stage,
            stuck => return Ok(if self.open.is_some() { vec![stuck] } else { vec![] }),
        };
        let stage = self.open.iter().fold(stage, |stage, open| stage.with_decisions_of(open));
        if self.open.as_ref() == Some(&stage) { Ok(vec![]) } else { Ok(vec![ApprovalEvent::Reresolved { by, stage }]) }
    }

    fn on_given(&mut self, by: UserId) {
        if !self.approved_by.contains(&by) {
            self.approved_by.push(by);
        }
        if let Some(open) = &mut self.open {
            open.approve(by);
        }
    }
}
