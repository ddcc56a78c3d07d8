//! Invoices: the list, one with its lines and its history, and what waits for the reader's decision.

use std::collections::HashMap;

use askama::Template;
use axum::response::Html;
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::invoice::InvoiceStatus;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::approval::{self, ApprovalFilter, ApprovalView};
use quittance_projections::audit::{self, AuditEntry, AuditFilter};
use quittance_projections::invoice::{self, InvoiceDetail, InvoiceFilter, InvoiceSummary};
use quittance_projections::{Page, PageOf, user};

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

/// The states that the list offers as filters, in the order of an invoice's life.
const STATES: &[InvoiceStatus] = &[
    InvoiceStatus::Received,
    InvoiceStatus::InException,
    InvoiceStatus::PendingApproval,
    InvoiceStatus::Approved,
    InvoiceStatus::Scheduled,
    InvoiceStatus::PartiallyPaid,
    InvoiceStatus::Paid,
    InvoiceStatus::Disputed,
    InvoiceStatus::Rejected,
    InvoiceStatus::Voided,
];

#[derive(Template)]
#[template(path = "console/invoices.html")]
struct Invoices {
    visitor: Visitor,
    states: &'static [InvoiceStatus],
    filter: InvoiceFilter,
    found: PageOf<InvoiceSummary>,
}

pub async fn list(mut read: Reading, Filter(filter): Filter<InvoiceFilter>, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let page = Page { sort: page.sort.or(Some("-received_at".to_owned())), ..page };
    let found = invoice::list(&mut read.tx, &filter, &page).await?;
    shown(&Invoices { visitor: Visitor::of(&mut read).await?, states: STATES, filter, found })
}

#[derive(Template)]
#[template(path = "console/invoice.html")]
struct Invoice {
    visitor: Visitor,
    invoice: InvoiceDetail,
    approvals: Vec<ApprovalView>,
    /// By what they are called who decide.
    people: HashMap<UserId, String>,
    /// Absent where the reader may not see the audit trail.
    history: Option<PageOf<AuditEntry>>,
}

pub async fn one(Id(id): Id<InvoiceId>, mut read: Reading) -> Result<Html<String>, Problem> {
    let invoice = invoice::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let rounds = ApprovalFilter { invoice_id: Some(id), ..ApprovalFilter::default() };
    let approvals = approval::list(&mut read.tx, &rounds, &Page::default()).await?.data;
    let history = match read.caller.may("list_audit_trail") {
        Ok(()) => Some(history_of(&mut read.tx, id).await?),
        Err(_) => None,
    };
    let involved = |round: &ApprovalView| round.waiting_for.iter().copied().chain(round.decisions.iter().map(|d| d.by)).collect::<Vec<_>>();
    let involved: Vec<UserId> = approvals.iter().flat_map(involved).collect();
    let people = user::names(&mut read.tx, &involved).await?;
    shown(&Invoice { visitor: Visitor::of(&mut read).await?, invoice, approvals, people, history })
}

/// Oldest first: it is read as a story.
async fn history_of(tx: &mut TenantTx, id: InvoiceId) -> Result<PageOf<AuditEntry>, Problem> {
    let filter = AuditFilter { entity_id: Some(id.0), ..AuditFilter::default() };
    let page = Page { limit: Some(Page::LIMIT_MAX), cursor: None, sort: Some("position".to_owned()), ..Page::default() };
    Ok(audit::list(tx, &filter, &page).await?)
}

#[derive(Template)]
#[template(path = "console/inbox.html")]
struct Inbox {
    visitor: Visitor,
    waiting: Vec<(ApprovalView, InvoiceDetail)>,
    next_cursor: Option<String>,
}

pub async fn inbox(mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let mine = ApprovalFilter { waiting_for: Some(read.caller.user), ..ApprovalFilter::default() };
    let found = approval::list(&mut read.tx, &mine, &page).await?;
    let mut waiting = Vec::with_capacity(found.data.len());
    for approval in found.data {
        if let Some(invoice) = invoice::get(&mut read.tx, approval.invoice_id).await? {
            waiting.push((approval, invoice));
        }
    }
    shown(&Inbox { visitor: Visitor::of(&mut read).await?, waiting, next_cursor: found.next_cursor })
}
