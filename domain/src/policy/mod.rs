//! The tenant's approval policy: versioned rules that say who must approve an invoice.
//!
//! All matching rules contribute; their steps merge by stage and approvers, the strictest quorum wins
//! (SEMANTICS 3). A request keeps the version that it started under.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::money::{Currency, Money};
use crate::refusal::{Refusal, RefusalKind};
use crate::role::Role;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ApprovalPolicy {
    /// 0 before the first adoption.
    pub version: u32,
    pub rules: Option<PolicyRules>,
}

/// What one version of the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyRules {
    /// The currency of the bands. An invoice in another currency is treated as lying in the highest band.
    pub currency: Currency,
    pub rules: Vec<PolicyRule>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyRule {
    /// Inclusive lower limit of the gross amount.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0"))]
    pub from: Decimal,
    /// Exclusive upper limit; absent means without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub to: Option<Decimal>,
    pub steps: Vec<PolicyStep>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyStep {
    /// Stages run in order, the lowest first; steps of one stage run side by side.
    pub stage: u8,
    pub approvers: Approvers,
    /// How many of the approvers must approve.
    pub quorum: u8,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Approvers {
    Role(Role),
    Users(Vec<UserId>),
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
    #[error("rule {rule}: a quorum is at least 1 and at most the number of named approvers")]
    QuorumImpossible { rule: usize },
    #[error("rule {rule}: the band must begin below its end and not below zero")]
    BandEmpty { rule: usize },
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

impl PolicyRules {
    /// One approver below 10,000; above, an owner as well.
    pub fn default_for(currency: Currency) -> Self {
        let step = |stage, role| PolicyStep { stage, approvers: Approvers::Role(role), quorum: 1 };
        let limit = Decimal::from(10_000);
        Self {
            currency,
            rules: vec![
                PolicyRule { from: Decimal::ZERO, to: None, steps: vec![step(1, Role::Approver)] },
                PolicyRule { from: limit, to: None, steps: vec![step(2, Role::Owner)] },
            ],
        }
    }

    /// The steps that an invoice of this gross amount needs, by stage. Empty means that no rule matches.
    pub fn steps_for(&self, gross: Money) -> Vec<PolicyStep> {
        let amount = gross.amount().abs();
        let matches = |rule: &&PolicyRule| {
            let in_band = rule.from <= amount && rule.to.is_none_or(|to| amount < to);
            if gross.currency() == self.currency { in_band } else { rule.to.is_none() }
        };
        let mut steps: Vec<PolicyStep> = Vec::new();
        for step in self.rules.iter().filter(matches).flat_map(|rule| &rule.steps) {
            match steps.iter_mut().find(|s| s.stage == step.stage && s.approvers == step.approvers) {
                Some(same) => same.quorum = same.quorum.max(step.quorum),
                None => steps.push(step.clone()),
            }
        }
        steps.sort_by_key(|s| s.stage);
        steps
    }

    fn check(&self) -> Result<(), PolicyRefusal> {
        if self.rules.is_empty() {
            return Err(PolicyRefusal::NoRules);
        }
        self.rules.iter().enumerate().try_for_each(|(index, rule)| rule.check(index))
    }
}

impl PolicyRule {
    fn check(&self, rule: usize) -> Result<(), PolicyRefusal> {
        if self.from < Decimal::ZERO || self.to.is_some_and(|to| to <= self.from) {
            return Err(PolicyRefusal::BandEmpty { rule });
        }
        if self.steps.is_empty() {
            return Err(PolicyRefusal::NoSteps { rule });
        }
        let possible = |step: &PolicyStep| match &step.approvers {
            Approvers::Role(_) => step.quorum >= 1,
            Approvers::Users(users) => {
                let people: HashSet<&UserId> = users.iter().collect();
                step.quorum >= 1 && usize::from(step.quorum) <= people.len()
            }
        };
        if self.steps.iter().all(possible) { Ok(()) } else { Err(PolicyRefusal::QuorumImpossible { rule }) }
    }
}
