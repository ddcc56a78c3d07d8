//! What is owed, as movements that never change. Their sum up to an effective date, as far as they were recorded by a
//! moment, is what was owed then as far as was known then (SEMANTICS 10).

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, PaymentId, VendorId};
use quittance_domain::invoice::InvoiceEvent;
use quittance_domain::payment::PaymentEvent;
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::owed::{Owed, Part, Place};
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
        withholding: Option<Json<PaidWithholding>>,
        /// Money of a payment that settled nothing; never part of an invoice.
        on_account: bool,
    }
}

/// Of tax that a payment kept back, or gave back: what certificates are made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PaidWithholding {
    pub payment_id: PaymentId,
    #[serde(flatten)]
    pub withholding: Withholding,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PayableFactKind {
    Received,
    /// Takes back what an amendment replaces.
    Reversed,
    Amended,
    /// Its terms divide it into instalments: what is owed stays, when it falls due moves.
    Rescheduled,
    /// Submitted once more after a rejection: it counts again.
    Resubmitted,
    ApprovalReset,
    Approved,
    Rejected,
    Settled,
    Discounted,
    DiscountReversed,
    /// Kept back from the vendor, and owed to the tax authority.
    Withheld,
    WithholdingReversed,
    Returned,
    /// Set off against a credit note or an invoice, or written off.
    Allocated,
    AllocationReversed,
    /// The vendor paid it back.
    Refunded,
    RefundReversed,
    /// What is owed stays; part of it is not paid before the vendor and we agree.
    DisputeOpened,
    DisputeResolved,
    Voided,
    /// Money that settles nothing: the vendor owes it. Stands with its payment's id.
    OnAccount,
    OnAccountReturned,
    /// An invoice has part of it, or has it no more.
    OnAccountApplied,
    OnAccountTakenBack,
}

/// The movements between two states, one a due date. An amendment takes everything back and posts anew, because any of the
/// places in the books may have changed; whatever else happens moves the difference.
pub(super) fn posted(event: &InvoiceEvent, before: Option<Owed>, after: Owed, at: &Recorded) -> Vec<PayableFactRow> {
    let moved = match (before, movement(event, at)) {
        (_, None) => vec![],
        (None, Some((kind, _))) => vec![(kind, after)],
        (Some(before), Some((PayableFactKind::Amended, reversed_on))) => {
            let effective_date = reversed_on.unwrap_or(before.place.effective_date);
            let reversed = Owed { place: Place { effective_date, ..before.place }, ..before.negated() };
            vec![(PayableFactKind::Reversed, reversed), (PayableFactKind::Amended, after)]
        }
        (Some(before), Some((kind, effective))) => {
            let effective_date = effective.unwrap_or(after.place.effective_date);
            let moved = after.less(&before);
            vec![(kind, Owed { place: Place { effective_date, ..moved.place }, ..moved })]
        }
    };
    let withheld = withheld_by(event);
    let parts = moved.into_iter().flat_map(|(kind, Owed { place, by_due_date })| {
        let (still, moved): (Vec<_>, Vec<_>) = by_due_date.into_iter().partition(|(_, part)| part.is_zero());
        // Tax that rounds to nothing moves nothing, and what it is on is certified all the same.
        let told = if moved.is_empty() && withheld.is_some() { still.into_iter().take(1).collect() } else { moved };
        told.into_iter().map(move |(due_date, part)| (kind, place, due_date, part))
    });
    let mut rows: Vec<PayableFactRow> =
        (0..).zip(parts).map(|(number, (kind, place, due_date, part))| fact(number, kind, place, due_date, part, at)).collect();
    // Said once, however many instalments the tax settles.
    if let Some(first) = rows.first_mut() {
        first.withholding = withheld;
    }
    rows
}

/// What a vendor owes because a transfer went through after it had failed, as far as no invoice has it.
pub(super) fn on_account(event: &PaymentEvent, at: &Recorded) -> Option<PayableFactRow> {
    let (kind, vendor_id, amount, since, day) = match event {
        PaymentEvent::CreditedOnAccount { vendor_id, amount, value_date, .. } => {
            (PayableFactKind::OnAccount, vendor_id, amount.negated(), *value_date, *value_date)
        }
        PaymentEvent::CreditReturned { vendor_id, amount, value_date, .. } => {
            (PayableFactKind::OnAccountReturned, vendor_id, *amount, *value_date, *value_date)
        }
        PaymentEvent::CreditApplied { vendor_id, credited_on, allocation, .. } => {
            (PayableFactKind::OnAccountApplied, vendor_id, allocation.amount, *credited_on, allocation.effective_date)
        }
        PaymentEvent::CreditTakenBack { vendor_id, credited_on, amount, effective_date, .. } => {
            (PayableFactKind::OnAccountTakenBack, vendor_id, amount.negated(), *credited_on, *effective_date)
        }
        _ => return None,
    };
    let part = Part { amount: amount.amount(), ..Part::default() };
    let place = Place { vendor_id: vendor_id.0, currency: amount.currency(), document_date: since, effective_date: day };
    Some(PayableFactRow { on_account: true, ..fact(0, kind, place, since, part, at) })
}

/// What kind of movement an event is, and from which date it counts; without one, from the invoice's own.
fn movement(event: &InvoiceEvent, at: &Recorded) -> Option<(PayableFactKind, Option<NaiveDate>)> {
    let recorded_on = Some(at.recorded_on());
    Some(match event {
        InvoiceEvent::Received(_) => (PayableFactKind::Received, None),
        // What it takes back.
        InvoiceEvent::Amended(amendment) => (PayableFactKind::Amended, amendment.rebooking.reversed_on()),
        InvoiceEvent::TermsAgreed { .. } => (PayableFactKind::Rescheduled, None),
        InvoiceEvent::Submitted { .. } => (PayableFactKind::Resubmitted, recorded_on),
        InvoiceEvent::ApprovalReset { .. } => (PayableFactKind::ApprovalReset, None),
        InvoiceEvent::Approved { .. } => (PayableFactKind::Approved, None),
        InvoiceEvent::Rejected { .. } => (PayableFactKind::Rejected, recorded_on),
        InvoiceEvent::PaymentSettled { value_date, .. } => (PayableFactKind::Settled, Some(*value_date)),
        InvoiceEvent::PaymentReturned { value_date, .. } => (PayableFactKind::Returned, Some(*value_date)),
        InvoiceEvent::DiscountTaken { value_date, .. } => (PayableFactKind::Discounted, Some(*value_date)),
        InvoiceEvent::DiscountReversed { value_date, .. } => (PayableFactKind::DiscountReversed, Some(*value_date)),
        InvoiceEvent::TaxWithheld { value_date, .. } => (PayableFactKind::Withheld, Some(*value_date)),
        InvoiceEvent::WithholdingReversed { value_date, .. } => (PayableFactKind::WithholdingReversed, Some(*value_date)),
        InvoiceEvent::Allocated { allocation, .. } => (PayableFactKind::Allocated, Some(allocation.effective_date)),
        InvoiceEvent::AllocationReversed { effective_date, .. } => (PayableFactKind::AllocationReversed, Some(*effective_date)),
        InvoiceEvent::Refunded { allocation, .. } => (PayableFactKind::Refunded, Some(allocation.effective_date)),
        InvoiceEvent::RefundReversed { effective_date, .. } => (PayableFactKind::RefundReversed, Some(*effective_date)),
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
        | InvoiceEvent::DuplicateOverridden { .. }
        | InvoiceEvent::DiscountClaimed { .. }
        | InvoiceEvent::DiscountMissed { .. }
        | InvoiceEvent::WithholdingClaimed { .. }
        | InvoiceEvent::PaymentClaimed { .. }
        | InvoiceEvent::ClaimReleased { .. } => return None,
    })
}

/// More than an event's movements: an amendment takes back each of at most 36 instalments, terms place as many elsewhere.
const ENTRIES: i64 = 1 << 7;

/// The entry before which all movements of earlier positions stand.
pub(crate) fn first_entry_of(position: i64) -> i64 {
    position.saturating_mul(ENTRIES)
}

fn fact(number: i64, kind: PayableFactKind, place: Place, due_date: NaiveDate, part: Part, at: &Recorded) -> PayableFactRow {
    PayableFactRow {
        entry: first_entry_of(at.position) + number,
        position: at.position,
        invoice_id: at.aggregate_id,
        vendor_id: place.vendor_id,
        kind: Word(kind),
        amount: part.amount,
        unapproved: part.unapproved,
        disputed: part.disputed,
        currency: Word(place.currency),
        due_date,
        document_date: place.document_date,
        effective_date: place.effective_date,
        recorded_at: at.recorded_at,
        withholding: None,
        on_account: false,
    }
}

fn withheld_by(event: &InvoiceEvent) -> Option<Json<PaidWithholding>> {
    match event {
        InvoiceEvent::TaxWithheld { payment_id, withholding, .. } | InvoiceEvent::WithholdingReversed { payment_id, withholding, .. } => {
            Some(Json(PaidWithholding { payment_id: *payment_id, withholding: Withholding::clone(withholding) }))
        }
        _ => None,
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
