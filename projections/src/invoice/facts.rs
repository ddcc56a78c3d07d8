//! What is owed, as movements that never change. Their sum up to an effective date, as far as they were recorded by a
//! moment, is what was owed then as far as was known then (SEMANTICS 10).

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::InvoiceEvent;
use quittance_domain::payment::PaymentEvent;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::row;
use crate::word::Word;

row! {
    pub struct PayableFactRow in "payable_facts" {
        entry: i64,
        position: i64,
        invoice_id: Uuid,
        vendor_id: Uuid,
        kind: Word<PayableFactKind>,
        amount: Decimal,
        unapproved: Decimal,
        disputed: Decimal,
        currency: Word<Currency>,
        due_date: NaiveDate,
        document_date: NaiveDate,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PayableFactKind {
    Received,
    /// Takes back what an amendment replaces.
    Reversed,
    Amended,
    /// Submitted once more after a rejection: it counts again.
    Resubmitted,
    ApprovalReset,
    Approved,
    Rejected,
    Settled,
    Discounted,
    DiscountReversed,
    Returned,
    /// Set off against a credit note or an invoice, or written off.
    Allocated,
    AllocationReversed,
    /// What is owed stays; part of it is not paid before the vendor and we agree.
    DisputeOpened,
    DisputeResolved,
    Voided,
    /// Money that settles nothing: the vendor owes it. Stands with its payment's id.
    OnAccount,
    OnAccountReturned,
}

/// What an invoice owes after an event, and where in the books.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Owed {
    pub vendor_id: Uuid,
    pub currency: Currency,
    pub due_date: NaiveDate,
    pub document_date: NaiveDate,
    pub effective_date: NaiveDate,
    pub amount: Decimal,
    pub unapproved: Decimal,
    /// Of the amount, whoever has approved it.
    pub disputed: Decimal,
}

impl Owed {
    fn negated(self) -> Self {
        Self { amount: -self.amount, unapproved: -self.unapproved, disputed: -self.disputed, ..self }
    }

    fn less(self, other: Self) -> Self {
        Self {
            amount: self.amount - other.amount,
            unapproved: self.unapproved - other.unapproved,
            disputed: self.disputed - other.disputed,
            ..self
        }
    }
}

/// The movements between two states. An amendment takes everything back and posts anew, because any of the places in
/// the books may have changed; whatever else happens moves the difference.
pub(super) fn posted(event: &InvoiceEvent, before: Option<Owed>, after: Option<Owed>, at: &Recorded) -> Vec<PayableFactRow> {
    let rows = match (before, after, movement(event, at)) {
        (None, Some(after), Some((kind, _))) => vec![fact(0, kind, after, at)],
        (Some(before), Some(after), Some((PayableFactKind::Amended, _))) => {
            vec![fact(0, PayableFactKind::Reversed, before.negated(), at), fact(1, PayableFactKind::Amended, after, at)]
        }
        (Some(before), Some(after), Some((kind, effective))) => {
            let effective_date = effective.unwrap_or(after.effective_date);
            vec![fact(0, kind, Owed { effective_date, ..after.less(before) }, at)]
        }
        _ => vec![],
    };
    rows.into_iter().filter(|row| ![row.amount, row.unapproved, row.disputed].iter().all(Decimal::is_zero)).collect()
}

/// What a vendor owes because a transfer went through after it had failed.
pub(super) fn on_account(event: &PaymentEvent, at: &Recorded) -> Option<PayableFactRow> {
    let (kind, vendor_id, amount, day) = match event {
        PaymentEvent::CreditedOnAccount { vendor_id, amount, value_date } => {
            (PayableFactKind::OnAccount, vendor_id, amount.negated(), *value_date)
        }
        PaymentEvent::CreditReturned { vendor_id, amount, value_date, .. } => {
            (PayableFactKind::OnAccountReturned, vendor_id, *amount, *value_date)
        }
        _ => return None,
    };
    let (currency, amount, vendor_id) = (amount.currency(), amount.amount(), vendor_id.0);
    let (unapproved, disputed) = (Decimal::ZERO, Decimal::ZERO);
    let owed = Owed { vendor_id, currency, due_date: day, document_date: day, effective_date: day, amount, unapproved, disputed };
    Some(fact(0, kind, owed, at))
}

/// What kind of movement an event is, and from which date it counts; without one, from the invoice's own.
fn movement(event: &InvoiceEvent, at: &Recorded) -> Option<(PayableFactKind, Option<NaiveDate>)> {
    let recorded_on = Some(at.recorded_at.date_naive());
    Some(match event {
        InvoiceEvent::Received(_) => (PayableFactKind::Received, None),
        InvoiceEvent::Amended(_) => (PayableFactKind::Amended, None),
        InvoiceEvent::Submitted { .. } => (PayableFactKind::Resubmitted, recorded_on),
        InvoiceEvent::ApprovalReset { .. } => (PayableFactKind::ApprovalReset, None),
        InvoiceEvent::Approved { .. } => (PayableFactKind::Approved, None),
        InvoiceEvent::Rejected { .. } => (PayableFactKind::Rejected, recorded_on),
        InvoiceEvent::PaymentSettled { value_date, .. } => (PayableFactKind::Settled, Some(*value_date)),
        InvoiceEvent::PaymentReturned { value_date, .. } => (PayableFactKind::Returned, Some(*value_date)),
        InvoiceEvent::DiscountTaken { value_date, .. } => (PayableFactKind::Discounted, Some(*value_date)),
        InvoiceEvent::DiscountReversed { value_date, .. } => (PayableFactKind::DiscountReversed, Some(*value_date)),
        InvoiceEvent::Allocated { allocation, .. } => (PayableFactKind::Allocated, Some(allocation.effective_date)),
        InvoiceEvent::AllocationReversed { effective_date, .. } => (PayableFactKind::AllocationReversed, Some(*effective_date)),
        InvoiceEvent::DisputeOpened { .. } => (PayableFactKind::DisputeOpened, recorded_on),
        InvoiceEvent::DisputeResolved { .. } => (PayableFactKind::DisputeResolved, recorded_on),
        InvoiceEvent::Voided { effective_date, .. } => (PayableFactKind::Voided, Some(*effective_date)),
        InvoiceEvent::ApprovalKept { .. }
        | InvoiceEvent::ExceptionRaised { .. }
        | InvoiceEvent::ExceptionResolved { .. }
        | InvoiceEvent::Validated { .. }
        | InvoiceEvent::Coded { .. }
        | InvoiceEvent::MatchEvaluated { .. }
        | InvoiceEvent::HoldReleased { .. }
        | InvoiceEvent::PutOnHold { .. }
        | InvoiceEvent::TakenOffHold { .. }
        | InvoiceEvent::ExceptionAssigned { .. }
        | InvoiceEvent::PrepaymentApplied { .. }
        | InvoiceEvent::PrepaymentTakenBack { .. }
        | InvoiceEvent::DuplicatesSuspected { .. }
        | InvoiceEvent::DuplicateDismissed { .. }
        | InvoiceEvent::TermsAgreed { .. }
        | InvoiceEvent::DiscountClaimed { .. }
        | InvoiceEvent::DiscountMissed { .. }
        | InvoiceEvent::PaymentClaimed { .. }
        | InvoiceEvent::ClaimReleased { .. } => return None,
    })
}

/// The entry before which all movements of earlier positions stand: an event has at most two.
pub(crate) fn first_entry_of(position: i64) -> i64 {
    position.saturating_mul(2)
}

fn fact(part: i64, kind: PayableFactKind, owed: Owed, at: &Recorded) -> PayableFactRow {
    PayableFactRow {
        entry: first_entry_of(at.position) + part,
        position: at.position,
        invoice_id: at.aggregate_id,
        vendor_id: owed.vendor_id,
        kind: Word(kind),
        amount: owed.amount,
        unapproved: owed.unapproved,
        disputed: owed.disputed,
        currency: Word(owed.currency),
        due_date: owed.due_date,
        document_date: owed.document_date,
        effective_date: owed.effective_date,
        recorded_at: at.recorded_at,
    }
}

/// One movement: what an event added to or took from what is owed.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PayableFactView {
    pub position: i64,
    pub invoice_id: InvoiceId,
    pub vendor_id: VendorId,
    pub kind: PayableFactKind,
    pub amount: Money,
    pub unapproved: Money,
    pub disputed: Money,
    pub due_date: NaiveDate,
    /// The invoice's own date.
    pub document_date: NaiveDate,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

impl From<PayableFactRow> for PayableFactView {
    fn from(row: PayableFactRow) -> Self {
        Self {
            position: row.position,
            invoice_id: InvoiceId(row.invoice_id),
            vendor_id: VendorId(row.vendor_id),
            kind: row.kind.0,
            amount: Money::rounded(row.amount, row.currency.0),
            unapproved: Money::rounded(row.unapproved, row.currency.0),
            disputed: Money::rounded(row.disputed, row.currency.0),
            due_date: row.due_date,
            document_date: row.document_date,
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
        }
    }
}
