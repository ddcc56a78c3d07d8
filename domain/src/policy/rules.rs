//! What one version of the policy says: rules, and the steps that they add up to.

use std::collections::HashSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::PolicyRefusal;
use super::facts::{Facts, When};
use crate::ids::UserId;
use crate::ledger::{MissingRate, Translation};
use crate::money::{Currency, Money};
use crate::role::Role;

/// What one version of the policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyRules {
    /// The currency of the bands. An invoice in another is judged by what it comes to at the rate of its date, and waits for
    /// that rate where a band that could hold it depends on it.
    pub currency: Currency,
    pub rules: Vec<PolicyRule>,
    #[serde(default, skip_serializing_if = "Terms::are_default")]
    pub terms: Terms,
}

/// What holds for every invoice, whichever rules match.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Terms {
    /// Rules with `aggregate` compare the sum of the vendor's invoices dated within so many days of each other.
    #[serde(skip_serializing_if = "is_default_window")]
    pub splitting_window_days: u16,
    /// Who changed the vendor's bank data within so many days may not approve; where absent, for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank_change_days: Option<u16>,
    /// Who received the goods may not approve the invoice for them.
    #[serde(skip_serializing_if = "is_false")]
    pub exclude_receivers: bool,
    /// One person may decide several stages; never twice within one.
    #[serde(skip_serializing_if = "is_false")]
    pub same_person_in_stages: bool,
    /// Which change of its amounts an approved invoice bears; every one starts approval over where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub immaterial_change: Option<ImmaterialChange>,
    /// By when a stage is to be decided; a stage without an entry has no deadline.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deadlines: Vec<StageDeadlines>,
}

const SPLITTING_WINDOW_DAYS: u16 = 7;
const SPLITTING_WINDOW_DAYS_MAX: u16 = 366;

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_default_window(days: &u16) -> bool {
    *days == SPLITTING_WINDOW_DAYS
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_false(value: &bool) -> bool {
    !*value
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            splitting_window_days: SPLITTING_WINDOW_DAYS,
            bank_change_days: None,
            exclude_receivers: false,
            same_person_in_stages: false,
            immaterial_change: None,
            deadlines: Vec::new(),
        }
    }
}

/// Amounts may lie above those that were submitted by a percentage of them or by an amount, whichever is more; how far below
/// does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct ImmaterialChange {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2"))]
    pub percent: Decimal,
    /// In the currency of the policy.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "5.00"))]
    pub amount: Decimal,
}

impl ImmaterialChange {
    /// By how much amounts may rise from what was asked, in the currency that it was asked in. `rate` is what that was
    /// converted by, where it is not the policy's; without one the amount allows nothing.
    pub fn rise_max(&self, asked: Money, currency: Currency, rate: Option<Translation>) -> Decimal {
        let amount = match rate {
            _ if asked.currency() == currency => Some(self.amount),
            Some(rate) => self.amount.checked_mul(rate.denominator).and_then(|product| product.checked_div(rate.numerator)),
            None => None,
        };
        let share = asked.amount().abs().checked_mul(self.percent / Decimal::ONE_HUNDRED);
        share.unwrap_or_default().max(amount.unwrap_or_default())
    }

    fn is_possible(&self) -> bool {
        (Decimal::ZERO..=Decimal::ONE_HUNDRED).contains(&self.percent) && self.amount >= Decimal::ZERO
    }
}

/// Hours after a stage opened: when its approvers are reminded, when their managers are asked as well, when the round ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StageDeadlines {
    pub stage: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_after_hours: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate_after_hours: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after_hours: Option<u32>,
}

/// Ten years: what is later is a slip of the keyboard.
const HOURS_MAX: u32 = 87_600;

impl StageDeadlines {
    /// Each later than the one before it.
    fn are_in_order(&self) -> bool {
        let hours: Vec<u32> = [self.remind_after_hours, self.escalate_after_hours, self.expire_after_hours].into_iter().flatten().collect();
        !hours.is_empty() && hours.iter().all(|h| (1..=HOURS_MAX).contains(h)) && hours.windows(2).all(|pair| pair[0] < pair[1])
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PolicyRule {
    /// Inclusive lower limit of the gross amount.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "0"))]
    pub from: Decimal,
    /// Exclusive upper limit; absent means without limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub to: Option<Decimal>,
    /// Compare with the limits what the vendor's recent invoices come to together: a large invoice is not made small by
    /// splitting it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub aggregate: bool,
    /// What else must hold of the invoice.
    #[serde(default, skip_serializing_if = "When::is_always")]
    pub when: When,
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
    /// The manager of somebody, so many levels up; who is deactivated is passed over.
    ManagerOf(Managed),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Managed {
    pub person: Person,
    /// 1 is the direct manager, 2 the manager's manager.
    pub level: u8,
}

/// Managers are looked for so many levels up.
pub const LEVELS_MAX: u8 = 10;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Person {
    /// Who submits the invoice.
    Submitter,
    /// Who entered it.
    Enterer,
    User(UserId),
}

impl PolicyRules {
    pub fn new(currency: Currency, rules: Vec<PolicyRule>) -> Self {
        Self { currency, rules, terms: Terms::default() }
    }

    /// One approver below 10,000; above, an owner as well.
    pub fn default_for(currency: Currency) -> Self {
        let step = |stage, role| PolicyStep { stage, approvers: Approvers::Role(role), quorum: 1 };
        let limit = Decimal::from(10_000);
        let rules = vec![
            PolicyRule::from_amount(Decimal::ZERO, vec![step(1, Role::Approver)]),
            PolicyRule::from_amount(limit, vec![step(2, Role::Owner)]),
        ];
        Self::new(currency, rules)
    }

    /// The steps that an invoice needs, by stage. Empty means that no rule matches.
    pub fn steps_for(&self, facts: &Facts) -> Vec<PolicyStep> {
        let mut steps: Vec<PolicyStep> = Vec::new();
        for step in self.rules.iter().filter(|rule| rule.matches(facts, self.currency)).flat_map(|rule| &rule.steps) {
            match steps.iter_mut().find(|s| s.stage == step.stage && s.approvers == step.approvers) {
                Some(same) => same.quorum = same.quorum.max(step.quorum),
                None => steps.push(step.clone()),
            }
        }
        steps.sort_by_key(|s| s.stage);
        steps
    }

    /// The rate without which it cannot be told whose rules match.
    pub fn missing_rate(&self, facts: &Facts) -> Option<MissingRate> {
        facts.rate_missing.filter(|_| self.rules.iter().any(|rule| rule.is_undecided(facts, self.currency)))
    }

    pub fn deadlines_of(&self, stage: u8) -> Option<StageDeadlines> {
        self.terms.deadlines.iter().copied().find(|d| d.stage == stage)
    }

    /// Whether `changed` asks for nothing that `before` did not ask for.
    pub fn asks_no_more(&self, before: &Facts, changed: &Facts) -> bool {
        let asked = self.steps_for(before);
        let covers = |new: &PolicyStep| {
            asked.iter().any(|step| step.stage == new.stage && step.approvers == new.approvers && step.quorum >= new.quorum)
        };
        self.steps_for(changed).iter().all(covers)
    }

    /// Whether any rule wants to know what the vendor's recent invoices come to.
    pub fn aggregates(&self) -> bool {
        self.rules.iter().any(|rule| rule.aggregate)
    }

    /// Whether these rules could be adopted.
    pub fn check(&self) -> Result<(), PolicyRefusal> {
        if self.rules.is_empty() {
            return Err(PolicyRefusal::NoRules);
        }
        self.rules.iter().enumerate().try_for_each(|(index, rule)| rule.check(index))?;
        self.terms.check()?;
        let has_step = |stage| self.rules.iter().flat_map(|rule| &rule.steps).any(|step| step.stage == stage);
        match self.terms.deadlines.iter().enumerate().find(|(_, deadlines)| !has_step(deadlines.stage)) {
            Some((index, StageDeadlines { stage, .. })) => Err(PolicyRefusal::StageWithoutStep { index, stage: *stage }),
            None => Ok(()),
        }
    }
}

impl Terms {
    fn are_default(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self) -> Result<(), PolicyRefusal> {
        if !(1..=SPLITTING_WINDOW_DAYS_MAX).contains(&self.splitting_window_days) {
            return Err(PolicyRefusal::WindowInvalid);
        }
        if self.immaterial_change.is_some_and(|change| !change.is_possible()) {
            return Err(PolicyRefusal::ImmaterialChangeInvalid);
        }
        for (index, deadlines) in self.deadlines.iter().enumerate() {
            let again = self.deadlines[..index].iter().any(|d| d.stage == deadlines.stage);
            if again || !deadlines.are_in_order() {
                return Err(PolicyRefusal::DeadlinesInvalid { index });
            }
        }
        Ok(())
    }
}

impl PolicyRule {
    /// A rule for every invoice from this amount on.
    pub fn from_amount(from: Decimal, steps: Vec<PolicyStep>) -> Self {
        Self { from, to: None, aggregate: false, when: When::default(), steps }
    }

    /// Does the rule contribute? Rounds of before rates were looked up lie in the highest band where they had no amount.
    pub fn matches(&self, facts: &Facts, currency: Currency) -> bool {
        self.when.holds(facts) && self.holds(self.compared(facts, currency))
    }

    fn is_undecided(&self, facts: &Facts, currency: Currency) -> bool {
        let has_limits = self.from > Decimal::ZERO || self.to.is_some();
        has_limits && self.when.holds(facts) && self.compared(facts, currency).is_none()
    }

    fn compared(&self, facts: &Facts, currency: Currency) -> Option<Money> {
        let compared = if self.aggregate { facts.with_recent } else { facts.amount };
        compared.filter(|amount| amount.currency() == currency)
    }

    fn holds(&self, amount: Option<Money>) -> bool {
        let Some(amount) = amount.map(|a| a.amount().abs()) else { return self.to.is_none() };
        self.from <= amount && self.to.is_none_or(|to| amount < to)
    }

    fn check(&self, rule: usize) -> Result<(), PolicyRefusal> {
        if self.from < Decimal::ZERO || self.to.is_some_and(|to| to <= self.from) {
            return Err(PolicyRefusal::BandEmpty { rule });
        }
        if self.steps.is_empty() {
            return Err(PolicyRefusal::NoSteps { rule });
        }
        if self.steps.iter().all(PolicyStep::is_possible) { Ok(()) } else { Err(PolicyRefusal::QuorumImpossible { rule }) }
    }
}

impl PolicyStep {
    fn is_possible(&self) -> bool {
        let most = match &self.approvers {
            Approvers::Role(_) => usize::MAX,
            Approvers::Users(users) => users.iter().collect::<HashSet<_>>().len(),
            Approvers::ManagerOf(managed) if (1..=LEVELS_MAX).contains(&managed.level) => 1,
            Approvers::ManagerOf(_) => 0,
        };
        self.quorum >= 1 && usize::from(self.quorum) <= most
    }
}
