//! Rules made ready for many lines: what they look for is folded once, each line's words once, and a search is linear in both.

use super::BankRuleSet;
use super::rule::{BankRule, LineDirection, LineWhen, TextWhen};
use crate::bank_statement::StatementLine;
use crate::ids::BankAccountId;
use crate::party::{folded, normalised_id};

pub struct ReadyRules<'r>(Vec<Ready<'r>>);

struct Ready<'r> {
    rule: &'r BankRule,
    name: Option<TextWhen>,
    account: Option<String>,
    text: Option<String>,
}

/// What a line says, folded.
struct Told<'l> {
    line: &'l StatementLine,
    name: String,
    account: String,
    text: String,
}

impl BankRuleSet {
    pub fn ready(&self) -> ReadyRules<'_> {
        ReadyRules(self.rules.iter().map(Ready::of).collect())
    }
}

impl<'r> ReadyRules<'r> {
    /// The first rule that fits the line, and its number from 1. What names a payment of ours, or is money coming back, is for matching
    /// alone, and so is what moves nothing.
    pub fn first_for(&self, own: BankAccountId, line: &StatementLine) -> Option<(u32, &'r BankRule)> {
        if line.amount.is_zero() || line.is_return || !line.named_payments().is_empty() {
            return None;
        }
        let text = |text: &Option<String>| text.as_deref().map(folded).unwrap_or_default();
        let account = line.counterparty_account.as_deref().map(normalised_id).unwrap_or_default();
        let told = Told { line, name: text(&line.counterparty_name), account, text: text(&line.text) };
        let fits = |(_, ready): &(u32, &Ready<'r>)| ready.fits(own, &told);
        (1..).zip(&self.0).find(fits).map(|(number, ready)| (number, ready.rule))
    }
}

impl<'r> Ready<'r> {
    fn of(rule: &'r BankRule) -> Self {
        let LineWhen { counterparty_name, counterparty_account, text_contains, .. } = &rule.when;
        let name = counterparty_name.as_ref().map(|name| match name {
            TextWhen::Equals(words) => TextWhen::Equals(folded(words)),
            TextWhen::Contains(words) => TextWhen::Contains(folded(words)),
        });
        Self { rule, name, account: counterparty_account.as_deref().map(normalised_id), text: text_contains.as_deref().map(folded) }
    }

    fn fits(&self, own: BankAccountId, told: &Told<'_>) -> bool {
        let LineWhen { direction, amount_max, bank_account_id, transaction_code, .. } = &self.rule.when;
        let line = told.line;
        let moved = if line.amount.is_positive() { LineDirection::Received } else { LineDirection::Paid };
        let named = |name: &TextWhen| match name {
            TextWhen::Equals(words) => told.name == *words,
            TextWhen::Contains(words) => told.name.contains(words.as_str()),
        };
        *direction == moved
            && line.amount.is_within(*amount_max)
            && bank_account_id.is_none_or(|id| id == own)
            && transaction_code.as_ref().is_none_or(|code| line.transaction_codes.iter().any(|stated| code.covers(stated)))
            && self.name.as_ref().is_none_or(named)
            && self.account.as_ref().is_none_or(|account| told.account == *account)
            && self.text.as_ref().is_none_or(|text| told.text.contains(text.as_str()))
    }
}
