//! The tenant's approval policy: versioned rules that say who must approve an invoice.
//!
//! All matching rules contribute; their steps merge by stage and approvers, the strictest quorum wins
//! (SEMANTICS 3). A request keeps the version that it started under.

mod facts;
mod rules;

use serde::{Deserialize, Serialize};

pub use facts::{Channel, Facts, When};
pub use rules::{Approvers, ImmaterialChange, LEVELS_MAX, Managed, Person, PolicyRule, PolicyRules, PolicyStep, StageDeadlines, Terms};

use crate::adoption::Adoptions;
use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPolicy {
    /// 0 before the first adoption.
    pub version: u32,
    pub rules: Option<PolicyRules>,
    /// Whose versions wait for somebody else. The first one came with the company and is nobody's.
    adoptions: Adoptions<PolicyRules>,
}

#[derive(Clone, Debug)]
pub enum PolicyCommand {
    Adopt {
        rules: PolicyRules,
        by: UserId,
    },
    /// `by` is absent where the operator confirms.
    Confirm {
        version: u32,
        by: Option<UserId>,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum PolicyEvent {
    Adopted {
        version: u32,
        rules: PolicyRules,
        by: UserId,
    },
    /// From now on who adopted this version decides under it as anybody else.
    Confirmed {
        version: u32,
        /// Absent where the operator has confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
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
    #[error("no rule has a step in stage {stage}: its deadlines would never run")]
    StageWithoutStep { index: usize, stage: u8 },
    #[error("a change is immaterial up to 0 to 100 percent or an amount that is not below zero")]
    ImmaterialChangeInvalid,
    #[error("who adopted a version does not confirm it")]
    SelfAdopted,
    #[error("there is no such version")]
    VersionNotAdopted,
}

impl Refusal for PolicyRefusal {
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
            Self::NoRules => Some("/rules".to_owned()),
            Self::NoSteps { rule } | Self::QuorumImpossible { rule } => Some(format!("/rules/{rule}/steps")),
            Self::BandEmpty { rule } => Some(format!("/rules/{rule}")),
            Self::WindowInvalid => Some("/terms/splitting_window_days".to_owned()),
            Self::ImmaterialChangeInvalid => Some("/terms/immaterial_change".to_owned()),
            Self::DeadlinesInvalid { index } => Some(format!("/terms/deadlines/{index}")),
            Self::StageWithoutStep { index, .. } => Some(format!("/terms/deadlines/{index}/stage")),
            Self::VersionNotAdopted => Some("/policy_version".to_owned()),
            Self::SelfAdopted => None,
        }
    }
}

aggregate!(ApprovalPolicy, "approval_policy", "ApprovalPolicy", PolicyCommand, PolicyEvent, PolicyRefusal, { Adopted = 1, Confirmed = 1 });

impl Root for ApprovalPolicy {
    aggregate!(@names PolicyEvent);

    fn second_person(command: &mut PolicyCommand) -> Option<&mut UserId> {
        match command {
            PolicyCommand::Confirm { by, .. } => by.as_mut(),
            PolicyCommand::Adopt { .. } => None,
        }
    }

    fn decide(&self, command: PolicyCommand) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
        match command {
            PolicyCommand::Adopt { rules, by } => self.adopt(rules, by),
            PolicyCommand::Confirm { version, by } => self.confirm(version, by),
        }
    }
}

impl ApprovalPolicy {
    /// Who does not decide under this version: who has adopted it, as long as nobody else has confirmed it.
    pub fn adopter_of(&self, version: u32) -> Option<UserId> {
        self.adoptions.adopter_of(version)
    }

    /// Who would not decide under these rules if `by` adopted them now.
    pub fn adopter_if(&self, rules: &PolicyRules, by: UserId) -> Option<UserId> {
        if self.rules.as_ref() == Some(rules) {
            return self.adopter_of(self.version);
        }
        (!self.adoptions.is_settled(rules, by)).then_some(by)
    }

    fn adopt(&self, rules: PolicyRules, by: UserId) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
        rules.check()?;
        if self.rules.as_ref() == Some(&rules) {
            return Ok(vec![]);
        }
        Ok(vec![PolicyEvent::Adopted { version: self.version + 1, rules, by }])
    }

    fn confirm(&self, version: u32, by: Option<UserId>) -> Result<Vec<PolicyEvent>, PolicyRefusal> {
        match self.adopter_of(version) {
            None if (1..=self.version).contains(&version) => Ok(vec![]),
            None => Err(PolicyRefusal::VersionNotAdopted),
            Some(adopter) if by == Some(adopter) => Err(PolicyRefusal::SelfAdopted),
            Some(_) => Ok(vec![PolicyEvent::Confirmed { version, by }]),
        }
    }

    fn on(&mut self, event: PolicyEvent) {
        match event {
            PolicyEvent::Adopted { version, rules, by } => {
                self.adoptions.adopted(version, rules.clone(), by);
                (self.version, self.rules) = (version, Some(rules));
            }
            PolicyEvent::Confirmed { version, .. } => self.adoptions.confirmed(version),
        }
    }
}
