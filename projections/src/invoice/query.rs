//! Lists of invoices, and one with its document, which is read from the event that brought it.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{ApprovalId, BankAccountId, InvoiceId, PaymentId, PurchaseOrderId, UserId, VendorId};
use quittance_domain::invoice::{
    Allocation, Coding, Dispute, DocumentKind, Invoice, InvoiceDocument, InvoiceEvent, InvoiceException, InvoiceStatus, Lookalike, PayTo,
    PlacedHold, Source,
};
use quittance_domain::matching::{Evaluation, MatchFinding};
use quittance_domain::terms::AgreedTerms;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::facts::{PayableFactRow, PayableFactView};
use super::row::InvoiceRow;
use crate::listing::{Listing, Sort, find};
use crate::logged;
use crate::logged::Logged;
use crate::page::{Page, PageOf, QueryError};
use crate::rows::Row;
use crate::word::Word;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoiceSummary {
    pub id: InvoiceId,
    pub version: i64,
    pub status: InvoiceStatus,
    pub kind: DocumentKind,
    pub number: String,
    pub vendor_id: VendorId,
    pub vendor_name: String,
    /// With tax, before what was prepaid.
    pub gross: Money,
    /// What the document says is due.
    pub payable: Money,
    pub settled: Money,
    /// Taken by payments that have not settled.
    pub claimed: Money,
    /// Payable and not settled; nothing of one that was rejected or voided.
    pub open: Money,
    /// What of that is disputed, and not paid before it is resolved.
    pub disputed: Money,
    /// Kept back until it is released: neither open nor paid.
    pub retained: Money,
    pub issue_date: NaiveDate,
    pub due_date: NaiveDate,
    /// When the first part that is left falls due; absent where nothing is open.
    pub next_due_date: Option<NaiveDate>,
    pub effective_date: NaiveDate,
    pub received_at: DateTime<Utc>,
    pub entered_by: UserId,
    /// The last round of approval; 0 before the first.
    pub round: i32,
    pub approval_id: Option<ApprovalId>,
    /// Why it was rejected or voided.
    pub reason: Option<String>,
    pub purchase_order: Option<String>,
    pub exceptions: Vec<InvoiceException>,
    /// The order that it is matched with.
    pub purchase_order_id: Option<PurchaseOrderId>,
    /// What matching with the order found and nobody has let be.
    pub holds: Vec<MatchFinding>,
    /// What people stopped it for, and nobody has let go.
    pub placed_holds: Vec<PlacedHold>,
    /// What the vendor and we do not agree on.
    pub dispute: Option<Dispute>,
    /// What else it looks like, as long as nobody has dismissed it.
    pub lookalikes: Vec<Lookalike>,
    /// The invoice whose number it bears as well, because somebody with the right has said that they are two.
    pub namesake_of: Option<InvoiceId>,
    pub original_sha256: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InvoiceDetail {
    #[serde(flatten)]
    pub summary: InvoiceSummary,
    pub source: Source,
    pub claims: Vec<ClaimView>,
    /// What credit notes, prepayments, invoices, write-offs and refunds have settled of it.
    pub allocations: Vec<Allocation>,
    /// Of a prepayment: which invoices have what of it, and what the vendor paid back.
    pub applications: Vec<Allocation>,
    pub pay_to: Option<PayTo>,
    /// What the vendor's terms came to: instalments, and discounts with their last days.
    pub terms: Option<AgreedTerms>,
    pub document: InvoiceDocument,
}

/// Part of the open amount that one payment has taken.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ClaimView {
    pub payment_id: PaymentId,
    pub amount: Money,
}

impl From<&InvoiceRow> for InvoiceSummary {
    fn from(row: &InvoiceRow) -> Self {
        let money = |amount: Decimal| Money::rounded(amount, row.currency.0);
        Self {
            id: InvoiceId(row.invoice_id),
            version: row.version,
            status: row.status.0,
            kind: row.kind.0,
            number: row.number.clone(),
            vendor_id: VendorId(row.vendor_id),
            vendor_name: row.vendor_name.clone(),
            gross: money(row.gross),
            payable: money(row.payable),
            settled: money(row.settled - row.retained()),
            claimed: money(row.claimed),
            open: money(row.open),
            retained: money(row.retained()),
            disputed: money(row.disputed),
            issue_date: row.issue_date,
            due_date: row.due_date,
            next_due_date: row.next_due_date().filter(|_| !row.open.is_zero()),
            effective_date: row.effective_date,
            received_at: row.received_at,
            entered_by: UserId(row.entered_by),
            round: row.round,
            approval_id: row.approval_id.map(ApprovalId),
            reason: row.reason.clone(),
            purchase_order: row.purchase_order.clone(),
            exceptions: row.exceptions.0.clone(),
            purchase_order_id: row.purchase_order_id.map(PurchaseOrderId),
            holds: row.holds.0.clone(),
            placed_holds: row.placed_holds.0.clone(),
            dispute: row.dispute.0.clone(),
            lookalikes: row.lookalikes.0.clone(),
            namesake_of: row.namesake_of.map(InvoiceId),
            original_sha256: row.original_sha256.clone(),
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InvoiceFilter {
    pub status: Option<InvoiceStatus>,
    pub kind: Option<DocumentKind>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
    /// Exactly as on the document.
    pub number: Option<String>,
    pub purchase_order: Option<String>,
    /// Part of the number or the vendor's name, in any case.
    pub search: Option<String>,
    pub due_from: Option<NaiveDate>,
    /// Inclusive.
    pub due_to: Option<NaiveDate>,
    pub issued_from: Option<NaiveDate>,
    /// Inclusive.
    pub issued_to: Option<NaiveDate>,
    pub received_from: Option<DateTime<Utc>>,
    /// Exclusive.
    pub received_to: Option<DateTime<Utc>>,
    pub entered_by: Option<UserId>,
    pub has_exceptions: Option<bool>,
    /// Whether it looks like another one that nobody has dismissed.
    pub has_lookalikes: Option<bool>,
    /// The vendor's account that it is to be paid to.
    pub bank_account_id: Option<BankAccountId>,
    /// It is to be paid to an account, and not to this one.
    pub bank_account_other_than: Option<BankAccountId>,
    /// Approved and not paid whole: what a change of a bank account concerns.
    pub approved_unpaid: Option<bool>,
    /// Whether part of it is kept back.
    pub has_retention: Option<bool>,
}

const SORTS: &[Sort<InvoiceRow>] = &[
    Sort { name: "due_date", column: "due_date", cast: "date", key: |row| row.due_date.to_string() },
    Sort { name: "received_at", column: "received_at", cast: "timestamptz", key: |row| row.received_at.to_rfc3339() },
    Sort { name: "number", column: "number", cast: "text", key: |row| row.number.clone() },
    Sort { name: "issue_date", column: "issue_date", cast: "date", key: |row| row.issue_date.to_string() },
    Sort { name: "open", column: "open", cast: "numeric", key: |row| row.open.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &InvoiceFilter, page: &Page) -> Result<PageOf<InvoiceSummary>, QueryError> {
    let found = Listing::<InvoiceRow>::of(tx)
        .when("status = ?", filter.status.map(Word))
        .when("kind = ?", filter.kind.map(Word))
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("currency = ?", filter.currency.map(Word))
        .when("number = ?", filter.number.as_deref())
        .when("purchase_order = ?", filter.purchase_order.as_deref())
        .when("strpos(lower(number || ' ' || vendor_name), lower(?)) > 0", filter.search.as_deref())
        .when("due_date >= ?", filter.due_from)
        .when("due_date <= ?", filter.due_to)
        .when("issue_date >= ?", filter.issued_from)
        .when("issue_date <= ?", filter.issued_to)
        .when("received_at >= ?", filter.received_from)
        .when("received_at < ?", filter.received_to)
        .when("entered_by = ?", filter.entered_by.map(Uuid::from))
        .when("(exceptions <> '[]' or holds <> '[]' or placed_holds <> '[]') = ?", filter.has_exceptions)
        .when("(lookalikes <> '[]') = ?", filter.has_lookalikes)
        .when("pay_to = ?", filter.bank_account_id.map(|id| id.0))
        .when("pay_to <> ?", filter.bank_account_other_than.map(|id| id.0))
        .when("(stage = 'approved' and status <> 'paid') = ?", filter.approved_unpaid)
        .when(r#"(allocations @> '[{"against": {"retention": {}}}]') = ?"#, filter.has_retention)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(|row| InvoiceSummary::from(&row)))
}

pub async fn get(tx: &mut TenantTx, id: InvoiceId) -> Result<Option<InvoiceDetail>, QueryError> {
    let Some(row) = find::<InvoiceRow>(tx, id.0).await? else { return Ok(None) };
    let (document, pay_to) = document_of(tx, &row).await?;
    let claims = row.claims.iter().map(|c| ClaimView { payment_id: c.payment_id, amount: c.amount }).collect();
    let (allocations, applications) = (row.allocations.0.clone(), row.applications.0.clone());
    Ok(Some(InvoiceDetail {
        summary: InvoiceSummary::from(&row),
        source: row.source.0,
        claims,
        allocations,
        applications,
        pay_to,
        terms: row.terms.0,
        document,
    }))
}

async fn document_of(tx: &mut TenantTx, row: &InvoiceRow) -> Result<(InvoiceDocument, Option<PayTo>), QueryError> {
    match event_of(tx, row.invoice_id, row.document_version).await? {
        InvoiceEvent::Received(reception) => Ok((reception.document, reception.pay_to)),
        InvoiceEvent::Amended(amendment) => Ok((amendment.document, amendment.pay_to)),
        other => Err(QueryError::Corrupt(format!("{} holds no document", other.name()))),
    }
}

/// An event of an invoice, from the log.
async fn event_of(tx: &mut TenantTx, invoice_id: Uuid, version: i64) -> Result<InvoiceEvent, QueryError> {
    let query = sqlx::query_as(logged!("aggregate_id = $2 and sequence = $3")).bind(tx.tenant().0).bind(invoice_id).bind(version);
    let event: Logged = query.fetch_one(&mut **tx).await?;
    event.read::<Invoice>()
}

/// What matching last found of an invoice, checks that pass included.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MatchView {
    pub invoice_id: InvoiceId,
    /// The invoice's version that said so; 0 where nothing was ever found.
    pub version: i64,
    #[serde(flatten)]
    pub evaluation: Evaluation,
    /// Findings that somebody let be.
    pub releases: Vec<MatchFinding>,
    /// What holds the invoice now.
    pub holds: Vec<MatchFinding>,
}

pub async fn matching(tx: &mut TenantTx, id: InvoiceId) -> Result<Option<MatchView>, QueryError> {
    let Some(row) = find::<InvoiceRow>(tx, id.0).await? else { return Ok(None) };
    let evaluation = match row.match_version {
        0 => Evaluation::default(),
        version => match event_of(tx, row.invoice_id, version).await? {
            InvoiceEvent::MatchEvaluated { evaluation } => *evaluation,
            other => return Err(QueryError::Corrupt(format!("{} says nothing of matching", other.name()))),
        },
    };
    let (version, releases, holds) = (row.match_version, row.releases.0, row.holds.0);
    Ok(Some(MatchView { invoice_id: id, version, evaluation, releases, holds }))
}

/// What the lines of an invoice were spent on.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CodingView {
    pub invoice_id: InvoiceId,
    /// The invoice's version that said so; 0 where nobody and no default has.
    pub version: i64,
    #[serde(flatten)]
    pub coding: Coding,
    /// Lines of the document that go to the default expense account, or against an order's receipts.
    pub uncoded: Vec<String>,
}

pub async fn coding(tx: &mut TenantTx, id: InvoiceId) -> Result<Option<CodingView>, QueryError> {
    let Some(row) = find::<InvoiceRow>(tx, id.0).await? else { return Ok(None) };
    let coding = match row.coding_version {
        0 => Coding::default(),
        version => match event_of(tx, row.invoice_id, version).await? {
            InvoiceEvent::Coded { coding, .. } => *coding,
            other => return Err(QueryError::Corrupt(format!("{} says nothing of coding", other.name()))),
        },
    };
    let (document, _) = document_of(tx, &row).await?;
    let is_coded = |id: &str| coding.lines.iter().any(|coded| coded.line == id);
    let uncoded = document.lines.into_iter().map(|line| line.id).filter(|id| !is_coded(id)).collect();
    Ok(Some(CodingView { invoice_id: id, version: row.coding_version, coding, uncoded }))
}

/// Every movement of what an invoice owes, in the order in which they became known: what its open amount is made of.
pub async fn facts_of(tx: &mut TenantTx, id: InvoiceId) -> sqlx::Result<Vec<PayableFactView>> {
    let columns = PayableFactRow::COLUMNS.join(", ");
    let query = format!("select {columns} from payable_facts where tenant_id = $1 and invoice_id = $2 order by entry");
    let tenant = tx.tenant();
    let rows: Vec<PayableFactRow> = sqlx::query_as(&query).bind(tenant.0).bind(id.0).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(PayableFactView::from).collect())
}
