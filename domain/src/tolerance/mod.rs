//! The tenant's tolerances: how far an invoice may lie from its order before somebody must look at it.
//!
//! The most specific rule that states a limit decides it: vendor and item, item, item group, vendor, vendor group,
//! tenant; where nothing does, zero (SEMANTICS 1). Versioned like the approval policy.

mod limits;

use serde::{Deserialize, Serialize};

pub(crate) use limits::share;
pub use limits::{Applies, Band, LimitSource, Limits, Subject, ToleranceRule};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::money::{Currency, Money};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tolerances {
    /// 0 before the first adoption: everything is strict.
    pub version: u32,
    pub set: ToleranceSet,
}

/// What one version of the tolerances says.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ToleranceSet {
    pub rules: Vec<ToleranceRule>,
    /// Whether an invoice waits when it names an order that is none of ours. Many vendors write anything there.
    #[serde(default)]
    pub unknown_order_holds: bool,
    /// Whether goods and invoices are taken only against orders that a second person has approved.
    #[serde(default)]
    pub orders_need_approval: bool,
    /// What may be left of an invoice and written off, by currency; nothing where a currency is not named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub write_off: Vec<Money>,
}

impl ToleranceSet {
    /// Whether any rule is for a group of items.
    pub fn asks_for_item_groups(&self) -> bool {
        self.rules.iter().any(|rule| matches!(rule.applies, Applies::ItemGroup(_)))
    }

    pub fn write_off_limit(&self, currency: Currency) -> Money {
        self.write_off.iter().copied().find(|limit| limit.currency() == currency).unwrap_or_else(|| Money::zero(currency))
    }
}

#[derive(Clone, Debug)]
pub enum TolerancesCommand {
    Adopt { set: ToleranceSet, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TolerancesEvent {
    Adopted { version: u32, set: ToleranceSet, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TolerancesRefusal {
    #[error("rule {rule}: a tolerance cannot be below zero")]
    ToleranceNegative { rule: usize },
    #[error("rule {rule} is for the same as an earlier one")]
    RuleRepeated { rule: usize },
}

impl Refusal for TolerancesRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        let (Self::ToleranceNegative { rule } | Self::RuleRepeated { rule }) = self;
        Some(format!("/rules/{rule}"))
    }
}

aggregate!(Tolerances, "tolerances", "Tolerances", TolerancesCommand, TolerancesEvent, TolerancesRefusal, { Adopted = 1 });

impl Root for Tolerances {
    aggregate!(@names TolerancesEvent);

    fn decide(&self, command: TolerancesCommand) -> Result<Vec<TolerancesEvent>, TolerancesRefusal> {
        let TolerancesCommand::Adopt { set, by } = command;
        set.check()?;
        if self.version > 0 && self.set == set {
            return Ok(vec![]);
        }
        Ok(vec![TolerancesEvent::Adopted { version: self.version + 1, set, by }])
    }
}

impl Tolerances {
    fn on(&mut self, event: TolerancesEvent) {
        let TolerancesEvent::Adopted { version, set, .. } = event;
        *self = Self { version, set };
    }
}

impl ToleranceSet {
    pub fn check(&self) -> Result<(), TolerancesRefusal> {
        for (rule, stated) in self.rules.iter().enumerate() {
            if stated.limits.any_negative() {
                return Err(TolerancesRefusal::ToleranceNegative { rule });
            }
            if self.rules[..rule].iter().any(|earlier| earlier.applies == stated.applies) {
                return Err(TolerancesRefusal::RuleRepeated { rule });
            }
        }
        Ok(())
    }

    /// The limit that the most specific rule for `subject` states.
    pub fn limit<T>(&self, subject: &Subject<'_>, stated: impl Fn(&Limits) -> Option<T>) -> (Option<T>, LimitSource) {
        for source in LimitSource::STATED {
            let rule = self.rules.iter().find(|rule| rule.applies.source() == source && rule.applies.covers(subject));
            if let Some(limit) = rule.and_then(|rule| stated(&rule.limits)) {
                return (Some(limit), source);
            }
        }
        (None, LimitSource::Strict)
    }
}
