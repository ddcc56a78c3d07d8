//! An entry of the journal that a person made: balanced, with a reason, reversed by its mirror image and never changed.

mod accrual;
mod opening;
mod revaluation;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use accrual::Accrual;
pub use revaluation::{ClosingValue, Revaluation, RevaluationAccounts, RevaluedCurrency, RevaluedHolding};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::chart::Code;
use crate::ids::{BankAccountId, UserId};
use crate::ledger::{Document, DocumentType, Entry, Line, Reason};
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JournalEntry {
    #[default]
    NotPosted,
    Posted(Box<ManualEntry>),
    Reversed {
        entry: Box<ManualEntry>,
        reversal: Reversal,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManualEntry {
    pub effective_date: NaiveDate,
    pub reason: String,
    pub lines: Vec<ManualLine>,
    pub by: UserId,
    /// How its lines came about, where they bring what is owed to a closing rate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revaluation: Option<Revaluation>,
    /// Of which period its lines are, where nobody has invoiced them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accrual: Option<Accrual>,
    /// Of which bank account it is what was there before its first statement in the books.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening_of: Option<BankAccountId>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ManualLine {
    /// In events for ever: a bank's account is called `account` there.
    #[serde(rename = "account_code")]
    pub account: Code,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_centre: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub project: Option<Code>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_code: Option<Code>,
    /// Debit above zero, credit below.
    pub amount: Money,
    /// The same in the books' currency.
    pub base: Money,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reversal {
    pub effective_date: NaiveDate,
    pub reason: String,
    pub by: UserId,
}

#[derive(Clone, Debug)]
pub enum JournalCommand {
    Post(Box<ManualEntry>),
    Reverse(Reversal),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum JournalEvent {
    Posted(Box<ManualEntry>),
    Reversed(Reversal),
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum JournalRefusal {
    #[error("there is no such journal entry")]
    JournalEntryUnknown,
    #[error("the journal entry has already been posted")]
    JournalEntryExists,
    #[error("an entry needs at least two lines")]
    TooFewLines,
    #[error("line {line}: an amount of zero posts nothing")]
    AmountZero { line: usize },
    #[error("debits and credits differ by {difference} {currency}")]
    EntryUnbalanced { difference: Decimal, currency: String },
    #[error("an entry and its reversal need a reason")]
    ReasonMissing,
    #[error("the journal entry has been reversed")]
    AlreadyReversed,
    #[error("a reversal cannot count before its entry, which counts from {entry}")]
    ReversalTooEarly { entry: NaiveDate },
}

impl Refusal for JournalRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::JournalEntryUnknown => RefusalKind::Unknown,
            Self::JournalEntryExists | Self::AlreadyReversed => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::TooFewLines | Self::EntryUnbalanced { .. } => "/lines".to_owned(),
            Self::AmountZero { line } => format!("/lines/{line}/amount"),
            Self::ReasonMissing => "/reason".to_owned(),
            Self::ReversalTooEarly { .. } => "/effective_date".to_owned(),
            _ => return None,
        })
    }
}

aggregate!(JournalEntry, "journal_entry", "JournalEntry", JournalCommand, JournalEvent, JournalRefusal, { Posted = 1, Reversed = 1 });

impl Root for JournalEntry {
    aggregate!(@names JournalEvent);

    fn decide(&self, command: JournalCommand) -> Result<Vec<JournalEvent>, JournalRefusal> {
        match (self, command) {
            (Self::NotPosted, JournalCommand::Post(entry)) => entry.checked().map(|entry| vec![JournalEvent::Posted(entry)]),
            (Self::NotPosted, JournalCommand::Reverse(_)) => Err(JournalRefusal::JournalEntryUnknown),
            (_, JournalCommand::Post(_)) => Err(JournalRefusal::JournalEntryExists),
            (Self::Posted(entry), JournalCommand::Reverse(reversal)) => entry.reverse(reversal),
            (Self::Reversed { reversal, .. }, JournalCommand::Reverse(again)) if *reversal == again => Ok(vec![]),
            (Self::Reversed { .. }, JournalCommand::Reverse(_)) => Err(JournalRefusal::AlreadyReversed),
        }
    }

    /// A bank account is opened once, until that is reversed.
    fn claims(&self, event: &JournalEvent) -> Vec<ClaimChange> {
        let claim = |account: BankAccountId| Claim::of(format!("bank_opening|{account}"), "bank_account_opened");
        match (self, event) {
            (_, JournalEvent::Posted(entry)) => entry.opening_of.map(claim).map(ClaimChange::Take).into_iter().collect(),
            (Self::Posted(entry), JournalEvent::Reversed(_)) => entry.opening_of.map(claim).map(ClaimChange::Release).into_iter().collect(),
            _ => vec![],
        }
    }
}

impl JournalEntry {
    pub fn entry(&self) -> Result<&ManualEntry, JournalRefusal> {
        match self {
            Self::NotPosted => Err(JournalRefusal::JournalEntryUnknown),
            Self::Posted(entry) | Self::Reversed { entry, .. } => Ok(entry),
        }
    }

    /// What an event posts; `self` is the state before it.
    pub fn posts(&self, event: &JournalEvent, id: uuid::Uuid) -> Option<Entry> {
        let document = Document { kind: DocumentType::JournalEntry, id, related: None };
        let (effective_date, reason, lines) = match (self, event) {
            (_, JournalEvent::Posted(entry)) => (entry.effective_date, entry.posted_as(), entry.ledger_lines()),
            (Self::Posted(entry), JournalEvent::Reversed(reversal)) => {
                (reversal.effective_date, entry.reversed_as(), Entry::reversed(&entry.ledger_lines()))
            }
            _ => return None,
        };
        Some(Entry { effective_date, reason, document, party: None, lines })
    }

    fn on(&mut self, event: JournalEvent) {
        *self = match (std::mem::take(self), event) {
            (Self::NotPosted, JournalEvent::Posted(entry)) => Self::Posted(entry),
            (Self::Posted(entry), JournalEvent::Reversed(reversal)) => Self::Reversed { entry, reversal },
            (state, _) => state,
        };
    }
}

impl ManualEntry {
    fn checked(self: Box<Self>) -> Result<Box<Self>, JournalRefusal> {
        if self.reason.trim().is_empty() {
            return Err(JournalRefusal::ReasonMissing);
        }
        if self.lines.len() < 2 {
            return Err(JournalRefusal::TooFewLines);
        }
        if let Some(line) = self.lines.iter().position(|line| line.amount.is_zero() && line.base.is_zero()) {
            return Err(JournalRefusal::AmountZero { line });
        }
        balanced(self.lines.iter().map(|line| line.amount))?;
        balanced(self.lines.iter().map(|line| line.base))?;
        Ok(self)
    }

    fn reverse(&self, reversal: Reversal) -> Result<Vec<JournalEvent>, JournalRefusal> {
        if reversal.reason.trim().is_empty() {
            return Err(JournalRefusal::ReasonMissing);
        }
        if reversal.effective_date < self.effective_date {
            return Err(JournalRefusal::ReversalTooEarly { entry: self.effective_date });
        }
        Ok(vec![JournalEvent::Reversed(reversal)])
    }

    fn posted_as(&self) -> Reason {
        match (&self.revaluation, &self.accrual) {
            (Some(_), _) => Reason::PayablesRevalued,
            (_, Some(_)) => Reason::Accrued,
            (None, None) if self.opening_of.is_some() => Reason::OpeningBalance,
            (None, None) => Reason::Manual,
        }
    }

    fn reversed_as(&self) -> Reason {
        match (&self.revaluation, &self.accrual) {
            (Some(_), _) => Reason::RevaluationReversed,
            (_, Some(_)) => Reason::AccrualReversed,
            (None, None) if self.opening_of.is_some() => Reason::OpeningBalanceReversed,
            (None, None) => Reason::ManualReversed,
        }
    }

    fn ledger_lines(&self) -> Vec<Line> {
        let line = |line: &ManualLine| Line {
            account: line.account.clone(),
            cost_centre: line.cost_centre.clone(),
            project: line.project.clone(),
            tax_code: line.tax_code.clone(),
            amount: line.amount,
            base: Some(line.base.amount()),
        };
        self.lines.iter().map(line).collect()
    }
}

/// Debits equal credits in every currency.
fn balanced(amounts: impl Iterator<Item = Money>) -> Result<(), JournalRefusal> {
    let mut sums: BTreeMap<&str, Option<Decimal>> = BTreeMap::new();
    for amount in amounts {
        let sum = sums.entry(amount.currency().code()).or_insert(Some(Decimal::ZERO));
        *sum = sum.and_then(|sum| sum.checked_add(amount.amount()));
    }
    match sums.into_iter().find(|(_, sum)| *sum != Some(Decimal::ZERO)) {
        None => Ok(()),
        Some((currency, sum)) => {
            Err(JournalRefusal::EntryUnbalanced { difference: sum.unwrap_or(Decimal::MAX), currency: currency.to_owned() })
        }
    }
}
