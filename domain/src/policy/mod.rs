//! The tenant's approval policy: versioned rules that say who must approve an invoice.
//!
//! All matching rules contribute; their steps merge by stage and approvers, the strictest quorum wins
//! (SEMANTICS 3). A request keeps the version that it started under.

mod facts;
mod rules;

use serde::{Deserialize, Serialize};

pub use facts::{Channel, Facts, When};
pub use rules::{Approvers, ImmaterialChange, LEVELS_MAX, Managed, Person, PolicyRule, PolicyRules, PolicyStep, StageDeadlines, Terms};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPolicy {
    /// 0 before the first adoption.
    pub version: u32,
    pub rules: Option<PolicyRules>,
}

#[derive(Clone, Debug)]
pub enum PolicyCommand {
    Adopt { rules: PolicyRules, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PolicyEvent {
    Adopted { version: u32, rules: PolicyRules, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum PolicyRefusal {
    #[error("a policy needs at least one rule")]
    NoRules,
    #[error("rule {rule} has no step: nothing is ever approved by nobody")]
    NoSteps { rule: usize },
    #[error("rule {rule}: a quorum is at least 1 and at most the number of approvers that its step can have")]
    QuorumImpossible { rule: usize },
    #[error("rule {rule}: the band must begin below its end and not below zero")]
    BandEmpty { rule: usize },
    #[error("the window of the splitting check has 1 to 366 days")]
    WindowInvalid,
    #[error("a stage has one entry of deadlines, with at least one of them, each later than the one before")]
    DeadlinesInvalid { index: usize },
    #[error("a change is immaterial up to 0 to 100 percent or an amount that is not below zero")]
    ImmaterialChangeInvalid,
}

impl Refusal for PolicyRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NoRules => Some("/rules".to_owned()),
            Self::NoSteps { rule } | Self::QuorumImpossible { rule } => Some(format!("/rules/{rule}/steps")),
            Self::BandEmpty { rule } => Some(format!("/rules/{rule}")),
            Self::WindowInvalid => Some("/terms/splitting_window_days".to_owned()),
            Self::ImmaterialChangeInvalid => Some("/terms/immaterial_change".to_owned()),
            Self::DeadlinesInvalid { index } => Some(format!("/terms/deadlines/{index}")),
        }
    }
}

aggregate!(ApprovalPolicy, "approval_policy", "ApprovalPolicy", PolicyCommand, PolicyEvent, PolicyRefusal, { Adopted = 1 });

impl Root for ApprovalPolicy {
    aggregate!(@names PolicyEvent);

    fn decide(&self, command: PolicyCommand) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
        let PolicyCommand::Adopt { rules, by } = command;
        rules.check()?;
        if self.rules.as_ref() == Some(&rules) {
            return Ok(vec![]);
        }
        Ok(vec![PolicyEvent::Adopted { version: self.version + 1, rules, by }])
    }
}

impl ApprovalPolicy {
    fn on(&mut self, event: PolicyEvent) {
        let PolicyEvent::Adopted { version, rules, .. } = event;
        *self = Self { version, rules: Some(rules) };
    }
}
