//! Receivables as they are asked for.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{CustomerId, CustomerRefundId, IncomingPaymentId, ReceivableId};
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::receivable::{CreditNote, CustomerRefund, GrantedDiscount, Receivable, ReceivableDocument, ReceivableStatus};
use quittance_domain::terms::AgreedTerms;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::row::ReceivableRow;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableSummary {
    pub id: ReceivableId,
    pub version: i64,
    pub status: ReceivableStatus,
    /// Whether a part of it is due and not paid, as of today.
    pub overdue: bool,
    pub customer_id: CustomerId,
    /// BT-1; absent of a draft.
    pub number: Option<String>,
    /// What it asks for (BT-115).
    pub amount: Money,
    /// What the customer owes now.
    pub open: Money,
    /// What the customer is owed now: more was paid than is asked for since it was credited.
    pub owed_back: Money,
    /// BT-2; absent of a draft.
    pub issue_date: Option<NaiveDate>,
    /// When the first part that is left is, or was, due; absent where nothing is.
    pub due_date: Option<NaiveDate>,
    pub drafted_at: DateTime<Utc>,
}

impl ReceivableSummary {
    fn of(row: &ReceivableRow, today: NaiveDate) -> Self {
        let currency = row.currency.0;
        Self {
            id: ReceivableId(row.receivable_id),
            version: row.version,
            status: row.status.0,
            overdue: row.due_date.is_some_and(|due| due < today),
            customer_id: CustomerId(row.customer_id),
            number: Some(row.number.clone()).filter(|number| !number.is_empty()),
            amount: Money::rounded(row.amount, currency),
            open: Money::rounded(row.open, currency),
            owed_back: Money::rounded(row.owed_back, currency),
            issue_date: row.issue_date,
            due_date: row.due_date,
            drafted_at: row.drafted_at,
        }
    }
}

/// Everything about one receivable.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReceivableDetail {
    #[serde(flatten)]
    pub summary: ReceivableSummary,
    pub document: Option<ReceivableDocument>,
    /// What its terms came to when it was issued.
    pub terms: Option<AgreedTerms>,
    /// Payments that stand, the oldest first.
    pub payments: Vec<IncomingPaymentView>,
    /// What the terms let the customer keep for payments in time, as far as it stands.
    pub discounts: Vec<GrantedDiscount>,
    /// What is not owed after all, the oldest first.
    pub credit_notes: Vec<CreditNote>,
    /// What the customer has back, the oldest first.
    pub refunds: Vec<CustomerRefundView>,
    pub written_off: Option<WrittenOff>,
    /// Whether what it sells has left the stocks.
    pub handed_over: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IncomingPaymentView {
    pub id: IncomingPaymentId,
    pub amount: Money,
    pub value_date: NaiveDate,
    pub channel: IncomingChannel,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CustomerRefundView {
    pub id: CustomerRefundId,
    pub amount: Money,
    pub value_date: NaiveDate,
    pub channel: IncomingChannel,
}

impl From<CustomerRefund> for CustomerRefundView {
    fn from(CustomerRefund { refund_id: id, amount, value_date, channel }: CustomerRefund) -> Self {
        Self { id, amount, value_date, channel }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct WrittenOff {
    pub amount: Money,
    pub since: NaiveDate,
}

impl ReceivableDetail {
    fn of(row: ReceivableRow, today: NaiveDate) -> Self {
        let summary = ReceivableSummary::of(&row, today);
        let nothing = Self {
            summary,
            document: None,
            terms: None,
            payments: vec![],
            discounts: vec![],
            credit_notes: vec![],
            refunds: vec![],
            written_off: None,
            handed_over: false,
        };
        match row.state.0 {
            Receivable::NotDrafted => nothing,
            Receivable::Draft { document, .. } | Receivable::Cancelled { document, .. } => Self { document: Some(*document), ..nothing },
            Receivable::Issued(outstanding) => {
                let payments = outstanding.payments.iter().map(|payment| IncomingPaymentView {
                    id: payment.incoming_payment_id,
                    amount: payment.amount,
                    value_date: payment.value_date,
                    channel: payment.channel,
                });
                Self {
                    payments: payments.collect(),
                    written_off: outstanding.written_off.map(|(amount, since)| WrittenOff { amount, since }),
                    discounts: outstanding.discounts,
                    credit_notes: outstanding.credit_notes,
                    refunds: outstanding.refunds.into_iter().map(CustomerRefundView::from).collect(),
                    handed_over: outstanding.handed_over.is_some(),
                    document: Some(outstanding.document),
                    terms: Some(outstanding.terms),
                    ..nothing
                }
            }
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReceivableFilter {
    pub customer_id: Option<CustomerId>,
    #[param(inline)]
    pub status: Option<ReceivableStatus>,
    pub number: Option<String>,
    pub currency: Option<Currency>,
    /// Whether the customer is owed something.
    pub owed_back: Option<bool>,
    /// Whether a part of it is due and not paid, as of today.
    pub overdue: Option<bool>,
    pub issued_from: Option<NaiveDate>,
    pub issued_to: Option<NaiveDate>,
    pub due_from: Option<NaiveDate>,
    pub due_to: Option<NaiveDate>,
}

const SORTS: &[Sort<ReceivableRow>] = &[
    Sort { name: "drafted_at", column: "drafted_at", cast: "timestamptz", key: |row| row.drafted_at.to_rfc3339() },
    Sort { name: "number", column: "number", cast: "text", key: |row| row.number.clone() },
];

pub async fn list(
    tx: &mut TenantTx,
    filter: &ReceivableFilter,
    page: &Page,
    today: NaiveDate,
) -> Result<PageOf<ReceivableSummary>, QueryError> {
    let (overdue, on_time) = (filter.overdue == Some(true), filter.overdue == Some(false));
    let found = Listing::<ReceivableRow>::of(tx)
        .when("customer_id = ?", filter.customer_id.map(Uuid::from))
        .when("status = ?", filter.status.map(Word))
        .when("number = ?", filter.number.as_deref())
        .when("currency = ?", filter.currency.map(Word))
        .when("(owed_back > 0) = ?", filter.owed_back)
        .when("due_date < ?", overdue.then_some(today))
        .when("coalesce(due_date >= ?, true)", on_time.then_some(today))
        .when("issue_date >= ?", filter.issued_from)
        .when("issue_date <= ?", filter.issued_to)
        .when("due_date >= ?", filter.due_from)
        .when("due_date <= ?", filter.due_to)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(|row| ReceivableSummary::of(&row, today)))
}

pub async fn get(tx: &mut TenantTx, id: ReceivableId, today: NaiveDate) -> sqlx::Result<Option<ReceivableDetail>> {
    Ok(find::<ReceivableRow>(tx, id.0).await?.map(|row| ReceivableDetail::of(row, today)))
}
