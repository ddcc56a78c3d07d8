//! The state of a statement and its decisions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::booking::{Booking, TakenBack, Withheld};
use super::cheque::ChequeException;
use super::division::Division;
use super::event::{BankStatementEvent, Import, MatchTarget, Matching, PaymentEffect, StatementLine};
use super::identity::{customer_refund_key, incoming_key, payment_item_key, refund_key};
use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{InvoiceId, PaymentId, ReceivableId, UserId};
use crate::money::{Currency, Money};
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BankStatement {
    #[default]
    NotImported,
    Imported(Box<Imported>),
    /// As it was told.
    Withdrawn(Arc<Import>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Imported {
    pub import: Arc<Import>,
    /// By line: what others were divided into.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) parts: BTreeMap<u32, StatementLine>,
    /// By line.
    pub matched: BTreeMap<u32, Matching>,
    /// By line: what no payment explains.
    #[serde(default)]
    pub booked: BTreeMap<u32, Booking>,
    /// Lines whose booking a person took back: no rule books them again.
    #[serde(default)]
    pub unbooked: BTreeSet<u32>,
    /// By line: why a rule that fits has not booked it.
    #[serde(default)]
    pub withheld: BTreeMap<u32, Withheld>,
    /// By line: what is wrong with the cheque that it names.
    #[serde(default)]
    pub cheque_exceptions: BTreeMap<u32, ChequeException>,
    /// By line: payments of which a person said that it does not tell of them.
    #[serde(default)]
    pub dismissed: BTreeMap<u32, BTreeSet<PaymentId>>,
    /// By line: documents of which a person said that it does not tell of their refund.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dismissed_refunds: BTreeMap<u32, BTreeSet<InvoiceId>>,
    /// By line: receivables of which a person said that it does not tell of their payment.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub dismissed_receivables: BTreeMap<u32, BTreeSet<ReceivableId>>,
}

#[derive(Clone, Debug)]
pub enum BankStatementCommand {
    Import(Box<Import>),
    Match { line: u32, matching: Matching },
    Unmatch { line: u32, by: UserId, reason: String, effective_date: Option<NaiveDate> },
    Divide { line: u32, division: Division },
    Book { line: u32, booking: Box<Booking> },
    TakeBookingBack { line: u32, back: TakenBack },
    Withhold { line: u32, withheld: Withheld },
    TellChequeException { line: u32, exception: ChequeException },
    Withdraw { by: UserId, reason: String },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum BankStatementRefusal {
    #[error("there is no such bank statement")]
    BankStatementUnknown,
    #[error("the statement was withdrawn")]
    BankStatementWithdrawn,
    #[error("line {line} is matched or booked: take that back first")]
    BankStatementInUse { line: u32 },
    #[error("the statement has no line {line}")]
    BankLineUnknown { line: u32 },
    #[error("line {line} is matched already")]
    BankLineMatched { line: u32 },
    #[error("line {line} is not matched")]
    BankLineNotMatched { line: u32 },
    #[error("line {line} tells of money that came back, or of a payment that has gone on since: what the bank did is not undone by a word")]
    MatchMovedPayment { line: u32 },
    #[error("an explanation says in words what the line is")]
    ExplanationMissing,
    #[error("a line is divided into two parts or more")]
    DivisionOfOne,
    #[error("the parts are not worth {line} together, as the line is")]
    DivisionDiffers { line: Money },
    #[error("line {line} is booked already: take the booking back first")]
    BankLineBooked { line: u32 },
    #[error("line {line} is not booked")]
    BankLineNotBooked { line: u32 },
    #[error("a booking, its being taken back and a withdrawal need a reason")]
    ReasonMissing,
    #[error("part {part} is in {currency} and not zero: nothing else moved on the account")]
    PartInvalid { part: usize, currency: Currency },
    #[error("the parts and the line leave {left} {currency}: together they are what moved, the other way round")]
    BookingUnbalanced { left: Decimal, currency: Currency },
    #[error("a booking is not taken back before its own day, {booked}")]
    ReversalTooEarly { booked: NaiveDate },
}

impl Refusal for BankStatementRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::BankStatementUnknown => RefusalKind::Unknown,
            Self::BankStatementWithdrawn
            | Self::BankStatementInUse { .. }
            | Self::BankLineMatched { .. }
            | Self::BankLineNotMatched { .. }
            | Self::MatchMovedPayment { .. }
            | Self::BankLineBooked { .. }
            | Self::BankLineNotBooked { .. } => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::BankLineUnknown { .. } => Some("/line".to_owned()),
            Self::ExplanationMissing => Some("/explanation".to_owned()),
            Self::ReasonMissing => Some("/reason".to_owned()),
            Self::PartInvalid { part, .. } => Some(format!("/parts/{part}/amount")),
            Self::BookingUnbalanced { .. } | Self::DivisionOfOne | Self::DivisionDiffers { .. } => Some("/parts".to_owned()),
            Self::ReversalTooEarly { .. } => Some("/effective_date".to_owned()),
            _ => None,
        }
    }
}

aggregate!(BankStatement, "bank_statement", "BankStatement", BankStatementCommand, BankStatementEvent, BankStatementRefusal, {
    Imported = 1, Matched = 1, Unmatched = 1, Divided = 1, Booked = 1, BookingTakenBack = 1, BookingWithheld = 1, ChequeExceptionFound = 1,
    Withdrawn = 1,
});

impl Root for BankStatement {
    aggregate!(@names BankStatementEvent);

    fn decide(&self, command: BankStatementCommand) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        match (self, command) {
            (Self::NotImported, BankStatementCommand::Import(import)) => Ok(vec![BankStatementEvent::Imported(import)]),
            (Self::NotImported, _) => Err(BankStatementRefusal::BankStatementUnknown),
            // A statement's id follows from its file: the same file again is a repeat.
            (Self::Imported(_) | Self::Withdrawn(_), BankStatementCommand::Import(_)) => Ok(vec![]),
            (Self::Withdrawn(_), BankStatementCommand::Withdraw { .. }) => Ok(vec![]),
            (Self::Withdrawn(_), _) => Err(BankStatementRefusal::BankStatementWithdrawn),
            (Self::Imported(state), BankStatementCommand::Withdraw { by, reason }) => state.withdraw(by, reason),
            (Self::Imported(state), BankStatementCommand::Match { line, matching }) => state.match_line(line, matching),
            (Self::Imported(state), BankStatementCommand::Unmatch { line, by, reason, effective_date }) => {
                state.unmatch(line, by, reason, effective_date)
            }
            (Self::Imported(state), BankStatementCommand::Divide { line, division }) => state.divide(line, division),
            (Self::Imported(state), BankStatementCommand::Book { line, booking }) => state.book(line, booking),
            (Self::Imported(state), BankStatementCommand::TakeBookingBack { line, back }) => state.take_booking_back(line, back),
            (Self::Imported(state), BankStatementCommand::Withhold { line, withheld }) => state.withhold(line, withheld),
            (Self::Imported(state), BankStatementCommand::TellChequeException { line, exception }) => state.except(line, exception),
        }
    }

    fn claims(&self, event: &BankStatementEvent) -> Vec<ClaimChange> {
        match event {
            BankStatementEvent::Imported(import) => import.claims().map(ClaimChange::Take).collect(),
            BankStatementEvent::Withdrawn { .. } => {
                let state = self.imported().ok();
                state.into_iter().flat_map(|state| state.import.claims()).map(ClaimChange::Release).collect()
            }
            BankStatementEvent::Matched { matching, .. } => matching.claims().into_iter().map(ClaimChange::Take).collect(),
            BankStatementEvent::Unmatched { line, .. } => {
                let matching = self.imported().ok().and_then(|state| state.matched.get(line));
                matching.into_iter().flat_map(Matching::claims).map(ClaimChange::Release).collect()
            }
            BankStatementEvent::Divided { .. }
            | BankStatementEvent::Booked { .. }
            | BankStatementEvent::BookingTakenBack { .. }
            | BankStatementEvent::BookingWithheld { .. }
            | BankStatementEvent::ChequeExceptionFound { .. } => vec![],
        }
    }
}

impl BankStatement {
    pub fn imported(&self) -> Result<&Imported, BankStatementRefusal> {
        match self {
            Self::NotImported => Err(BankStatementRefusal::BankStatementUnknown),
            Self::Withdrawn(_) => Err(BankStatementRefusal::BankStatementWithdrawn),
            Self::Imported(imported) => Ok(imported),
        }
    }

    fn on(&mut self, event: BankStatementEvent) {
        match (&mut *self, event) {
            (_, BankStatementEvent::Imported(import)) => {
                let import = Arc::new(*import);
                *self = Self::Imported(Box::new(Imported::of(import)));
            }
            (Self::Imported(state), BankStatementEvent::Matched { line, matching }) => {
                state.is_explained(line);
                state.matched.insert(line, matching);
            }
            (Self::Imported(state), BankStatementEvent::Unmatched { line, .. }) => state.on_unmatched(line),
            (Self::Imported(state), BankStatementEvent::Divided { line, parts, .. }) => state.on_divided(line, parts),
            (Self::Imported(state), BankStatementEvent::Booked { line, booking }) => {
                state.is_explained(line);
                state.booked.insert(line, *booking);
            }
            (Self::Imported(state), BankStatementEvent::BookingTakenBack { line, .. }) => {
                state.booked.remove(&line);
                state.unbooked.insert(line);
            }
            (Self::Imported(state), BankStatementEvent::ChequeExceptionFound { line, exception }) => {
                state.cheque_exceptions.insert(line, exception);
            }
            (Self::Imported(state), BankStatementEvent::BookingWithheld { line, withheld }) => drop(state.withheld.insert(line, withheld)),
            (Self::Imported(state), BankStatementEvent::Withdrawn { .. }) => *self = Self::Withdrawn(state.import.clone()),
            (Self::NotImported | Self::Withdrawn(_), _) => {}
        }
    }
}

impl Imported {
    fn of(import: Arc<Import>) -> Self {
        let (matched, booked, unbooked, withheld, cheque_exceptions) = Default::default();
        let (parts, dismissed, dismissed_refunds, dismissed_receivables) = Default::default();
        Self { import, parts, matched, booked, unbooked, withheld, cheque_exceptions, dismissed, dismissed_refunds, dismissed_receivables }
    }

    /// As they are now: a part that has the number of what it was divided from is in its place, the others follow.
    pub fn lines(&self) -> impl Iterator<Item = &StatementLine> {
        let brought = self.import.lines.iter().map(|line| self.parts.get(&line.line).unwrap_or(line));
        let last = self.import.lines.last().map_or(0, |line| line.line);
        brought.chain(self.parts.range(last + 1..).map(|(_, part)| part))
    }

    pub fn line(&self, line: u32) -> Result<&StatementLine, BankStatementRefusal> {
        self.lines().find(|own| own.line == line).ok_or(BankStatementRefusal::BankLineUnknown { line })
    }

    /// Lines that nothing explains.
    pub fn unmatched(&self) -> impl Iterator<Item = &StatementLine> {
        let explained = |line: u32| self.matched.contains_key(&line) || self.booked.contains_key(&line);
        self.lines().filter(move |line| !explained(line.line))
    }

    /// Only while nothing rests on its lines.
    fn withdraw(&self, by: UserId, reason: String) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        if reason.trim().is_empty() {
            return Err(BankStatementRefusal::ReasonMissing);
        }
        if let Some(&line) = self.matched.keys().chain(self.booked.keys()).min() {
            return Err(BankStatementRefusal::BankStatementInUse { line });
        }
        Ok(vec![BankStatementEvent::Withdrawn { lines: self.lines().map(|line| line.line).collect(), by, reason }])
    }

    fn match_line(&self, line: u32, matching: Matching) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        if self.booked.contains_key(&line) {
            return Err(BankStatementRefusal::BankLineBooked { line });
        }
        match (self.matched.get(&line), &matching.target) {
            (Some(before), target) if before.target.is_the_same_as(target) => Ok(vec![]),
            (Some(_), _) => Err(BankStatementRefusal::BankLineMatched { line }),
            (None, MatchTarget::Explained { explanation }) if explanation.trim().is_empty() => {
                Err(BankStatementRefusal::ExplanationMissing)
            }
            (None, _) => Ok(vec![BankStatementEvent::Matched { line, matching }]),
        }
    }

    fn unmatch(
        &self,
        line: u32,
        by: UserId,
        reason: String,
        effective_date: Option<NaiveDate>,
    ) -> Result<Vec<BankStatementEvent>, BankStatementRefusal> {
        self.line(line)?;
        match self.matched.get(&line).map(|own| &own.target) {
            None => Err(BankStatementRefusal::BankLineNotMatched { line }),
            // The money came back: whether it may leave again is for the payment that comes after.
            Some(MatchTarget::Payment { effect: PaymentEffect::Returns { .. }, .. } | MatchTarget::IncomingReturned { .. }) => {
                Err(BankStatementRefusal::MatchMovedPayment { line })
            }
            Some(_) => Ok(vec![BankStatementEvent::Unmatched { line, by, reason, effective_date }]),
        }
    }

    /// Whether a match says that the line is this document's refund.
    pub fn tells_of_refund(&self, line: u32, document: InvoiceId) -> bool {
        let target = self.matched.get(&line).map(|matching| &matching.target);
        matches!(target, Some(MatchTarget::Refund { invoice_id, .. }) if *invoice_id == document)
    }

    /// The same of a receivable's payment, its return, or a refund.
    pub fn tells_of_receivable(&self, line: u32, receivable: ReceivableId) -> bool {
        let target = self.matched.get(&line).map(|matching| &matching.target);
        target.and_then(MatchTarget::receivable) == Some(receivable)
    }

    /// What stood in its way does no longer.
    pub(super) fn is_explained(&mut self, line: u32) {
        self.withheld.remove(&line);
        self.cheque_exceptions.remove(&line);
    }

    fn on_unmatched(&mut self, line: u32) {
        match self.matched.remove(&line).map(|matching| matching.target) {
            Some(MatchTarget::Payment { payment_id, .. }) => drop(self.dismissed.entry(line).or_default().insert(payment_id)),
            Some(MatchTarget::Refund { invoice_id, .. }) => drop(self.dismissed_refunds.entry(line).or_default().insert(invoice_id)),
            Some(
                MatchTarget::Receivable { receivable_id, .. }
                | MatchTarget::CustomerRefund { receivable_id, .. }
                | MatchTarget::IncomingReturned { receivable_id, .. },
            ) => {
                self.dismissed_receivables.entry(line).or_default().insert(receivable_id);
            }
            Some(MatchTarget::Explained { .. }) | None => {}
        }
    }

    /// What a person took back the engine does not match again by itself.
    pub fn is_dismissed(&self, line: u32, payment: PaymentId) -> bool {
        self.dismissed.get(&line).is_some_and(|payments| payments.contains(&payment))
    }

    /// The same of a refund.
    pub fn is_dismissed_refund(&self, line: u32, document: InvoiceId) -> bool {
        self.dismissed_refunds.get(&line).is_some_and(|documents| documents.contains(&document))
    }

    /// The same of a receivable.
    pub fn is_dismissed_receivable(&self, line: u32, receivable: ReceivableId) -> bool {
        self.dismissed_receivables.get(&line).is_some_and(|receivables| receivables.contains(&receivable))
    }
}

impl MatchTarget {
    fn receivable(&self) -> Option<ReceivableId> {
        match self {
            Self::Receivable { receivable_id, .. }
            | Self::CustomerRefund { receivable_id, .. }
            | Self::IncomingReturned { receivable_id, .. } => Some(*receivable_id),
            Self::Payment { .. } | Self::Refund { .. } | Self::Explained { .. } => None,
        }
    }

    /// The day on which it counts follows from the calendar: saying the same again after a closing is no other match.
    fn is_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Payment { payment_id, items, effect, .. },
                Self::Payment { payment_id: other_id, items: other_items, effect: other_effect, .. },
            ) => (payment_id, items, effect) == (other_id, other_items, other_effect),
            _ => self == other,
        }
    }
}

impl Matching {
    /// One line tells of an item's leaving, one of its coming back.
    pub fn keys(&self) -> Vec<String> {
        let (payment_id, items, effect) = match &self.target {
            MatchTarget::Payment { payment_id, items, effect, .. } => (payment_id, items, effect),
            MatchTarget::Refund { allocation_id, .. } => return vec![refund_key(*allocation_id)],
            MatchTarget::Receivable { incoming_payment_id, .. } => return vec![incoming_key(*incoming_payment_id)],
            MatchTarget::CustomerRefund { refund_id, .. } => return vec![customer_refund_key(*refund_id)],
            // It stood once, and goes back once: the receivable knows.
            MatchTarget::IncomingReturned { .. } | MatchTarget::Explained { .. } => return vec![],
        };
        let effect = match effect {
            PaymentEffect::Settles => "settles",
            PaymentEffect::Returns { .. } => "returns",
        };
        items.iter().map(|item| payment_item_key(*payment_id, *item, effect)).collect()
    }

    pub fn claims(&self) -> Vec<Claim> {
        let lost = match self.target {
            MatchTarget::Refund { .. } | MatchTarget::CustomerRefund { .. } => "refund_matched",
            MatchTarget::Receivable { .. } | MatchTarget::IncomingReturned { .. } => "incoming_payment_matched",
            MatchTarget::Payment { .. } | MatchTarget::Explained { .. } => "payment_item_matched",
        };
        self.keys().into_iter().map(|key| Claim::of(key, lost)).collect()
    }
}
