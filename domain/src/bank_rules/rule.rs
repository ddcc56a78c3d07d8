//! One rule: which lines it is for, up to which amount, and to which accounts it books them.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::BankRulesRefusal;
use crate::bank_statement::{BookedPart, TransactionCode};
use crate::chart::Code;
use crate::ids::BankAccountId;
use crate::invoice::Assignment;
use crate::money::Money;
use crate::party::{folded, normalised_id};

/// Names, reasons and what is looked for are at most as long.
pub(super) const WORDS_MAX: usize = 140;
/// Shorter words stand in many texts by chance.
const WORDS_MIN: usize = 3;
const ACCOUNT_LENGTH_MIN: usize = 6;
const PARTS_MAX: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BankRule {
    /// By which people know it.
    #[cfg_attr(feature = "schema", schema(example = "Monthly charges"))]
    pub name: String,
    pub when: LineWhen,
    pub parts: Vec<RulePart>,
    /// What the line is, in words: the booking's reason.
    #[cfg_attr(feature = "schema", schema(example = "Bank charges"))]
    pub reason: String,
}

/// All that is stated must be so. Words are compared without regard to case, spaces and the forms in which Unicode writes one letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LineWhen {
    pub direction: LineDirection,
    /// A line above this, or in another currency, is a person's.
    pub amount_max: Money,
    /// Any of the company's accounts where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_account_id: Option<BankAccountId>,
    /// An ISO 20022 code also by its beginning: `PMNT/CCRD` is every transaction of a card.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub transaction_code: Option<TransactionCode>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_name: Option<TextWhen>,
    /// As the bank writes it, but for spaces and signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counterparty_account: Option<String>,
    /// Stands in the remittance text, or in the bank's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_contains: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum LineDirection {
    /// Money left the account.
    Paid,
    Received,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TextWhen {
    Equals(String),
    Contains(String),
}

/// Where a share of the line goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct RulePart {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "6850"))]
    pub account_code: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub cost_centre: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub project: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub tax_code: Option<Code>,
    /// Of the line's amount. One part has none and takes what is left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "15.9664"))]
    pub percent: Option<Decimal>,
}

impl RulePart {
    pub fn to(&self) -> Assignment {
        let Self { account_code, cost_centre, project, tax_code, .. } = self.clone();
        Assignment { account_code, cost_centre, project, tax_code }
    }
}

impl TextWhen {
    fn words(&self) -> &str {
        let (Self::Equals(words) | Self::Contains(words)) = self;
        words
    }
}

impl BankRule {
    pub(super) fn check(&self, rule: usize) -> Result<(), BankRulesRefusal> {
        let said = |words: &str| (1..=WORDS_MAX).contains(&words.trim().chars().count());
        if !said(&self.name) || !said(&self.reason) {
            return Err(BankRulesRefusal::BankRuleUnnamed { rule });
        }
        if !self.when.amount_max.is_positive() {
            return Err(BankRulesRefusal::BankRuleLimitInvalid { rule });
        }
        self.when.check(rule)?;
        let weights = self.weights();
        let rests = self.parts.iter().filter(|part| part.percent.is_none()).count();
        let shared = rests == 1 && self.parts.len() <= PARTS_MAX && weights.iter().all(|weight| *weight > Decimal::ZERO);
        if shared { Ok(()) } else { Err(BankRulesRefusal::BankRulePartsInvalid { rule }) }
    }

    /// What `moved` is booked to: together exactly the line the other way round. A share that comes to nothing is left out.
    pub fn parts_of(&self, moved: Money) -> Vec<BookedPart> {
        let amounts = moved.negated().allocate(&self.weights()).unwrap_or_default();
        let parts = self.parts.iter().zip(amounts).filter(|(_, amount)| !amount.is_zero());
        parts.map(|(part, amount)| BookedPart { to: part.to(), amount }).collect()
    }

    fn weights(&self) -> Vec<Decimal> {
        let stated = self.parts.iter().filter_map(|part| part.percent);
        let left = stated.fold(Decimal::ONE_HUNDRED, |left, percent| left.saturating_sub(percent));
        self.parts.iter().map(|part| part.percent.unwrap_or(left)).collect()
    }
}

impl LineWhen {
    fn check(&self, rule: usize) -> Result<(), BankRulesRefusal> {
        let Self { transaction_code, counterparty_name, counterparty_account, text_contains, .. } = self;
        if transaction_code.is_none() && counterparty_name.is_none() && counterparty_account.is_none() && text_contains.is_none() {
            return Err(BankRulesRefusal::BankRuleTooWide { rule });
        }
        let as_long = |length: usize, min: usize| (min..=WORDS_MAX).contains(&length);
        let words = |words: &str| as_long(folded(words).chars().count(), WORDS_MIN);
        let account = |account: &str| as_long(normalised_id(account).chars().count(), ACCOUNT_LENGTH_MIN);
        for (field, is_so) in [
            ("transaction_code", transaction_code.as_ref().is_none_or(|code| as_long(code.code.trim().len(), 1))),
            ("counterparty_name", counterparty_name.as_ref().is_none_or(|name| words(name.words()))),
            ("counterparty_account", counterparty_account.as_deref().is_none_or(account)),
            ("text_contains", text_contains.as_deref().is_none_or(words)),
        ] {
            if !is_so {
                return Err(BankRulesRefusal::BankRulePatternInvalid { rule, field });
            }
        }
        Ok(())
    }
}
