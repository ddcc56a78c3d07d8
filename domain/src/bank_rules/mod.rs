//! The company's rules for bank lines that no payment explains: the first rule that fits a line books it, never more than the rule's own
//! limit. Versioned like the approval policy; a booking keeps the version that made it.

mod ready;
mod rule;

use serde::{Deserialize, Serialize};

pub use ready::ReadyRules;
pub use rule::{BankRule, LineDirection, LineWhen, RulePart, TextWhen};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BankRules {
    /// 0 before the first adoption: no line books itself.
    pub version: u32,
    pub set: BankRuleSet,
}

/// What one version says: rules in the order in which they are asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankRuleSet {
    pub rules: Vec<BankRule>,
}

#[derive(Clone, Debug)]
pub enum BankRulesCommand {
    Adopt { set: BankRuleSet, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum BankRulesEvent {
    Adopted { version: u32, set: BankRuleSet, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BankRulesRefusal {
    #[error("rule {rule} has no name of 1 to {} characters, or no reason of as many", rule::WORDS_MAX)]
    BankRuleUnnamed { rule: usize },
    #[error("rule {rule} would take every line of its direction: it names a transaction code, a counterparty or words")]
    BankRuleTooWide { rule: usize },
    #[error("rule {rule}: what it looks for in {field} is too short to tell lines apart, or too long")]
    BankRulePatternInvalid { rule: usize, field: &'static str },
    #[error("rule {rule}: the amount up to which it books is above zero")]
    BankRuleLimitInvalid { rule: usize },
    #[error("rule {rule}: each part but one has a percentage, together below 100, and that one takes what is left")]
    BankRulePartsInvalid { rule: usize },
}

impl Refusal for BankRulesRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::BankRuleUnnamed { rule } => format!("/rules/{rule}/name"),
            Self::BankRuleTooWide { rule } => format!("/rules/{rule}/when"),
            Self::BankRulePatternInvalid { rule, field } => format!("/rules/{rule}/when/{field}"),
            Self::BankRuleLimitInvalid { rule } => format!("/rules/{rule}/when/amount_max"),
            Self::BankRulePartsInvalid { rule } => format!("/rules/{rule}/parts"),
        })
    }
}

aggregate!(BankRules, "bank_rules", "BankRules", BankRulesCommand, BankRulesEvent, BankRulesRefusal, { Adopted = 1 });

impl Root for BankRules {
    aggregate!(@names BankRulesEvent);

    fn decide(&self, command: BankRulesCommand) -> Result<Vec<BankRulesEvent>, BankRulesRefusal> {
        let BankRulesCommand::Adopt { set, by } = command;
        set.check()?;
        if self.version > 0 && self.set == set {
            return Ok(vec![]);
        }
        Ok(vec![BankRulesEvent::Adopted { version: self.version + 1, set, by }])
    }
}

impl BankRules {
    fn on(&mut self, event: BankRulesEvent) {
        let BankRulesEvent::Adopted { version, set, .. } = event;
        *self = Self { version, set };
    }
}

impl BankRuleSet {
    pub fn check(&self) -> Result<(), BankRulesRefusal> {
        self.rules.iter().enumerate().try_for_each(|(index, rule)| rule.check(index))
    }
}
