//! A line that no payment explains, booked by a person or a rule to accounts of the chart: fees, interest, a refund, a transfer between own accounts.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{BankStatementEvent, StatementLine};
use super::state::{BankStatementRefusal, Imported};
use crate::chart::Code;
use crate::ids::UserId;
use crate::invoice::Assignment;
use crate::ledger::{Document, DocumentType, Entry, Line, Reason};
use crate::money::Money;

/// Where and when a line counts on the bank's side of the books.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct LinePosting {
    /// What the books keep of the bank account.
    pub account_code: Code,
    /// The day on which the bank booked it, or the first one after it in a period that is open.
    pub effective_date: NaiveDate,
    /// Of a payment: what each item had put on the clearing account, at the rate of which day; debit above zero.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clears: Vec<Cleared>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Cleared {
    pub amount: Money,
    pub on: NaiveDate,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Booking {
    pub parts: Vec<BookedPart>,
    /// What the line is, in words.
    pub reason: String,
    pub posted: LinePosting,
    /// None where no person said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<UserId>,
    /// The rule that booked it where no person did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<AppliedRule>,
}

/// One rule of one version of the company's rules.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AppliedRule {
    pub version: u32,
    /// Its number in that version, from 1.
    pub rule: u32,
    pub name: String,
}

/// Why a line is still unexplained although a rule fits it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Withheld {
    pub rule: AppliedRule,
    /// As a person would be refused.
    #[cfg_attr(feature = "schema", schema(example = "period_closed"))]
    pub code: String,
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BookedPart {
    #[serde(flatten)]
    pub to: Assignment,
    /// Debit above zero, credit below: together the line's amount the other way round.
    pub amount: Money,
}

impl Booking {
    /// Who says it and on which day it counts does not make it another booking.
    pub(super) fn is_the_same_as(&self, other: &Self) -> bool {
        (&self.parts, &self.reason) == (&other.parts, &other.reason)
    }

    fn check(&self, line: &StatementLine) -> Result<(), BankStatementRefusal> {
        if self.reason.trim().is_empty() {
            return Err(BankStatementRefusal::ReasonMissing);
        }
        if let Some(part) = self.parts.iter().position(|part| part.amount.is_zero() || part.amount.currency() != line.amount.currency()) {
            return Err(BankStatementRefusal::PartInvalid { part, currency: line.amount.currency() });
        }
        let sum = self.parts.iter().try_fold(line.amount.amount(), |sum, part| sum.checked_add(part.amount.amount()));
        match sum {
            Some(left) if left.is_zero() && !self.parts.is_empty() => Ok(()),
            left => Err(BankStatementRefusal::BookingUnbalanced { left: left.unwrap_or(Decimal::MAX), currency: line.amount.currency() }),
        }
    }

    /// The bank's side first.
    pub fn ledger_lines(&self, amount: Money) -> Vec<Line> {
        let part = |part: &BookedPart| {
            let Assignment { account_code, cost_centre, project, tax_code } = part.to.clone();
            Line { cost_centre, project, tax_code, ..Line::on(account_code, part.amount) }
        };
        std::iter::once(Line::on(self.posted.account_code.clone(), amount)).chain(self.parts.iter().map(part)).collect()
    }
}

impl Imported {
    pub(super) fn book(&self, line: u32, booking: Box<Booking>) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        let own = self.line(line)?;
        if self.matched.contains_key(&line) {
            return Err(BankStatementRefusal::BankLineMatched { line });
        }
        match self.booked.get(&line) {
            Some(before) if before.is_the_same_as(&booking) => Ok(vec![]),
            Some(_) => Err(BankStatementRefusal::BankLineBooked { line }),
            None => booking.check(own).map(|()| vec![BankStatementEvent::Booked { line, booking }]),
        }
    }

    /// A rule fits, and something stands in its way: the line waits for a person, who sees what.
    pub(super) fn withhold(&self, line: u32, withheld: Withheld) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        let explained = self.matched.contains_key(&line) || self.booked.contains_key(&line);
        let told = self.withheld.get(&line) == Some(&withheld);
        Ok(if explained || told { vec![] } else { vec![BankStatementEvent::BookingWithheld { line, withheld }] })
    }

    /// Lines that a rule may book: nothing explains them, nobody has taken back what they were booked to, and no cheque of ours is in doubt.
    pub fn for_rules(&self) -> impl Iterator<Item = &StatementLine> {
        let waits = |line: u32| self.unbooked.contains(&line) || self.cheque_exceptions.contains_key(&line);
        self.unmatched().filter(move |line| !waits(line.line))
    }

    pub(super) fn take_booking_back(&self, line: u32, back: TakenBack) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        let booking = self.booked.get(&line).ok_or(BankStatementRefusal::BankLineNotBooked { line })?;
        if back.reason.trim().is_empty() {
            return Err(BankStatementRefusal::ReasonMissing);
        }
        if back.effective_date < booking.posted.effective_date {
            return Err(BankStatementRefusal::ReversalTooEarly { booked: booking.posted.effective_date });
        }
        let TakenBack { effective_date, by, reason } = back;
        Ok(vec![BankStatementEvent::BookingTakenBack { line, effective_date, by, reason }])
    }
}

/// Who takes a booking back, why, and from which day on it no longer counts.
#[derive(Clone, Debug)]
pub struct TakenBack {
    pub effective_date: NaiveDate,
    pub by: UserId,
    pub reason: String,
}

/// An entry about a line of a statement.
pub(crate) fn entry(line: uuid::Uuid, effective_date: NaiveDate, reason: Reason, lines: Vec<Line>, related: Option<uuid::Uuid>) -> Entry {
    let document = Document { kind: DocumentType::BankLine, id: line, related };
    Entry { effective_date, reason, document, party: None, lines }
}
