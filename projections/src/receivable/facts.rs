//! What customers owe, as movements that never change. Their sum up to an effective date, as far as they were recorded by a moment, is what
//! was owed then as far as was known then (SEMANTICS 10).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{CustomerId, ReceivableId};
use quittance_domain::receivable::ReceivableEvent;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::row::ReceivableRow;
use crate::fact::Recorded;
use crate::invoice::first_entry_of;
use crate::row;
use crate::word::Word;

row! {
    pub struct ReceivableFactRow in "receivable_facts" {
        entry: i64,
        position: i64,
        receivable_id: Uuid,
        customer_id: Uuid,
        kind: Word<ReceivableFactKind>,
        amount: Decimal,
        currency: Word<Currency>,
        due_date: NaiveDate,
        document_date: NaiveDate,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
    }
}

/// Why what a customer owes moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ReceivableFactKind {
    Issued,
    Paid,
    PaymentTakenBack,
    DiscountGranted,
    DiscountTakenBack,
    Credited,
    Refunded,
    RefundTakenBack,
    WrittenOff,
    Reinstated,
    Cancelled,
}

/// The movements that an event made, one a due date.
pub(super) fn posted(
    event: &ReceivableEvent,
    before: &BTreeMap<NaiveDate, Decimal>,
    row: &ReceivableRow,
    at: &Recorded,
) -> Vec<ReceivableFactRow> {
    let Some(((kind, effective_date), document_date)) = movement(event).zip(row.issue_date) else { return vec![] };
    let after = row.owed();
    let due: BTreeSet<NaiveDate> = before.keys().chain(after.keys()).copied().collect();
    let amount = |day: &NaiveDate| after.get(day).copied().unwrap_or_default() - before.get(day).copied().unwrap_or_default();
    let moved = due.into_iter().map(|day| (day, amount(&day))).filter(|(_, amount)| !amount.is_zero());
    let fact = |(number, (due_date, amount))| ReceivableFactRow {
        entry: first_entry_of(at.position) + number,
        position: at.position,
        receivable_id: at.aggregate_id,
        customer_id: row.customer_id,
        kind: Word(kind),
        amount,
        currency: row.currency,
        due_date,
        document_date,
        effective_date,
        recorded_at: at.recorded_at,
    };
    (0..).zip(moved).map(fact).collect()
}

/// What it is and when it counts; `None` where nothing is owed otherwise by it.
fn movement(event: &ReceivableEvent) -> Option<(ReceivableFactKind, NaiveDate)> {
    Some(match event {
        ReceivableEvent::Issued { issue_date, .. } => (ReceivableFactKind::Issued, *issue_date),
        ReceivableEvent::PaymentReceived { payment, .. } => (ReceivableFactKind::Paid, payment.value_date),
        ReceivableEvent::PaymentTakenBack { effective_date, .. } => (ReceivableFactKind::PaymentTakenBack, *effective_date),
        ReceivableEvent::DiscountGranted { value_date, .. } => (ReceivableFactKind::DiscountGranted, *value_date),
        ReceivableEvent::DiscountTakenBack { effective_date, .. } => (ReceivableFactKind::DiscountTakenBack, *effective_date),
        ReceivableEvent::Credited { credit_note, .. } => (ReceivableFactKind::Credited, credit_note.issue_date),
        ReceivableEvent::Refunded { refund, .. } => (ReceivableFactKind::Refunded, refund.value_date),
        ReceivableEvent::RefundTakenBack { effective_date, .. } => (ReceivableFactKind::RefundTakenBack, *effective_date),
        ReceivableEvent::WrittenOff { effective_date, .. } => (ReceivableFactKind::WrittenOff, *effective_date),
        ReceivableEvent::Reinstated { effective_date, .. } => (ReceivableFactKind::Reinstated, *effective_date),
        ReceivableEvent::Cancelled { effective_date, .. } => (ReceivableFactKind::Cancelled, *effective_date),
        ReceivableEvent::Drafted { .. } | ReceivableEvent::Revised { .. } | ReceivableEvent::GoodsHandedOver { .. } => return None,
    })
}

/// One movement: what an event added to or took from what a customer owes.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableFactView {
    pub position: i64,
    pub receivable_id: ReceivableId,
    pub customer_id: CustomerId,
    pub kind: ReceivableFactKind,
    pub amount: Money,
    pub due_date: NaiveDate,
    /// The receivable's own date.
    pub document_date: NaiveDate,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
}

impl From<ReceivableFactRow> for ReceivableFactView {
    fn from(row: ReceivableFactRow) -> Self {
        Self {
            position: row.position,
            receivable_id: ReceivableId(row.receivable_id),
            customer_id: CustomerId(row.customer_id),
            kind: row.kind.0,
            amount: Money::rounded(row.amount, row.currency.0),
            due_date: row.due_date,
            document_date: row.document_date,
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
        }
    }
}
