//! Where a vendor's money goes: proposed by one person, approved by another, paid to after a time.

use std::time::Duration;

use quittance_application::Context;
use quittance_application::single::Single;
use quittance_application::vendor::{ApproveAccount, ProposeAccount, RemoveAccount, vendor_account_id};
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{BankAccountId, VendorId};
use quittance_domain::vendor::{Vendor, VendorCommand};
use quittance_projections::invoice::{self, InvoiceFilter, InvoiceSummary};
use quittance_projections::progress::Managers;
use quittance_projections::vendor::{self, VendorAccountView};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ReasonBody;
use crate::app::App;
use crate::auth::Caller;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{KeyedOrder, Nothing};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};
use crate::routes::Refusals;

/// How long a proposal waits for the read models, so that its list of invoices shows what was approved just before.
const INVOICES_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BankAccountBody {
    account: BankAccount,
    /// The account that this one stands in for, from the day on which it may be paid to.
    replaces: Option<BankAccountId>,
    /// In whose name it is, where that is not the vendor's: a factor's. Payments name them as creditor.
    #[schema(example = "Factor Bank AG")]
    holder: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BankAccountProposed {
    #[serde(flatten)]
    answer: CommandAnswer,
    bank_account_id: BankAccountId,
    /// Approved invoices that are not paid whole and go to the account that is replaced (to any other of the vendor's,
    /// where none is named), as of now: the first 200 by due date.
    invoices_with_old_account: Vec<InvoiceSummary>,
    /// There are more than these; `GET /v1/invoices?approved_unpaid=true` lists them all.
    more_invoices: bool,
}

/// Propose a bank account. Somebody else approves it, and it is paid to after the cooling-off time; who proposes it
/// cannot approve this vendor's invoices. The answer lists the approved invoices that still go to the old account.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts", tag = "vendors", request_body = BankAccountBody,
    params(("id" = VendorId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = BankAccountProposed), Refusals))]
pub async fn add_vendor_bank_account(
    Id(id): Id<VendorId>,
    order: KeyedOrder<BankAccountBody>,
) -> Result<Committed<BankAccountProposed>, Problem> {
    let (app, caller) = (order.app.clone(), order.caller.clone());
    let (bank_account_id, replaces) = (vendor_account_id(id, &order.body.account), order.body.replaces);
    let committed = order.on(id, add_account).await?;
    let concerned = InvoiceFilter {
        vendor_id: Some(id),
        bank_account_id: replaces,
        bank_account_other_than: Some(bank_account_id),
        approved_unpaid: Some(true),
        ..InvoiceFilter::default()
    };
    let found = invoices_after(&app, &caller, committed.position(), &concerned).await?;
    Ok(committed.with(|answer| BankAccountProposed {
        answer,
        bank_account_id,
        more_invoices: found.next_cursor.is_some(),
        invoices_with_old_account: found.data,
    }))
}

async fn invoices_after(app: &App, caller: &Caller, position: i64, filter: &InvoiceFilter) -> Result<PageOf<InvoiceSummary>, Problem> {
    let system = &app.system;
    system.progress.shown_in(&["invoices"], Managers::Going, caller.tenant, position, INVOICES_WAIT).await?;
    let mut tx = system.database.read(caller.tenant).await?;
    let page = Page { limit: Some(Page::LIMIT_MAX), ..Page::default() };
    Ok(invoice::list(&mut tx, filter, &page).await?)
}

pub fn add_account(id: VendorId, body: BankAccountBody, _: &Context) -> Result<ProposeAccount, Problem> {
    let BankAccountBody { account, replaces, holder } = body;
    if holder.as_ref().is_some_and(|holder| holder.trim().is_empty()) {
        return Err(Problem::invalid("/holder", "whose account it is has a name"));
    }
    Ok(ProposeAccount { vendor_id: id, id: vendor_account_id(id, &account), account, replaces, holder })
}

/// In a batch the account is named in the body.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NamedAccount {
    bank_account_id: BankAccountId,
}

/// Approve a proposed account; by somebody else than who proposed it. Approving twice changes nothing.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts/{account_id}/approve", tag = "vendors", request_body = Nothing,
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn approve_vendor_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    order: KeyedOrder<Nothing>,
) -> Result<Committed, Problem> {
    order.on(id, |id, Nothing {}, ctx| approve_account(id, NamedAccount { bank_account_id: account }, ctx)).await
}

pub fn approve_account(id: VendorId, body: NamedAccount, _: &Context) -> Result<ApproveAccount, Problem> {
    Ok(ApproveAccount { vendor_id: id, id: body.bank_account_id })
}

/// Reject a proposed account, with a reason.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts/{account_id}/reject", tag = "vendors", request_body = ReasonBody,
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn reject_vendor_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    order: KeyedOrder<ReasonBody>,
) -> Result<Committed, Problem> {
    order.on(id, |id, ReasonBody { reason }, ctx| reject_account(id, RejectedAccount { bank_account_id: account, reason }, ctx)).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RejectedAccount {
    bank_account_id: BankAccountId,
    reason: String,
}

pub fn reject_account(id: VendorId, body: RejectedAccount, ctx: &Context) -> Result<Single<Vendor>, Problem> {
    let reason = ReasonBody { reason: body.reason }.given()?;
    Ok(Single::on(id, VendorCommand::RejectAccount { id: body.bank_account_id, by: ctx.actor, reason }))
}

/// Remove a bank account: nothing goes there from now on. Removing it twice changes nothing.
#[utoipa::path(post, path = "/v1/vendors/{id}/bank-accounts/{account_id}/remove", tag = "vendors", request_body = Nothing,
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), ("Idempotency-Key" = String, Header)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn remove_vendor_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    order: KeyedOrder<Nothing>,
) -> Result<Committed, Problem> {
    order.on(id, |id, Nothing {}, ctx| remove_account(id, NamedAccount { bank_account_id: account }, ctx)).await
}

pub fn remove_account(id: VendorId, body: NamedAccount, _: &Context) -> Result<RemoveAccount, Problem> {
    Ok(RemoveAccount { vendor_id: id, id: body.bank_account_id })
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VendorAccounts {
    data: Vec<VendorAccountView>,
}

/// Every account that the vendor ever had, and how each stands now.
#[utoipa::path(get, path = "/v1/vendors/{id}/bank-accounts", tag = "vendors", params(("id" = VendorId, Path), MinPosition),
    responses((status = 200, body = VendorAccounts), Refusals))]
pub async fn list_vendor_bank_accounts(Id(id): Id<VendorId>, mut read: Reading) -> Result<Fresh<VendorAccounts>, Problem> {
    let now = read.now();
    let found = vendor::accounts(&mut read.tx, id, now).await?;
    read.found(found.map(|data| VendorAccounts { data }))
}

/// The approved invoices that go to this account and are not paid whole: what its change concerns.
#[utoipa::path(get, path = "/v1/vendors/{id}/bank-accounts/{account_id}/unpaid-invoices", tag = "vendors",
    params(("id" = VendorId, Path), ("account_id" = BankAccountId, Path), Page, MinPosition),
    responses((status = 200, body = PageOf<InvoiceSummary>), Refusals))]
pub async fn list_unpaid_invoices_of_bank_account(
    Id((id, account)): Id<(VendorId, BankAccountId)>,
    mut read: Reading,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<InvoiceSummary>>, Problem> {
    let now = read.now();
    let known = vendor::accounts(&mut read.tx, id, now).await?.ok_or_else(Problem::not_found)?;
    if !known.iter().any(|held| held.id == account) {
        return Err(Problem::not_found());
    }
    let filter =
        InvoiceFilter { vendor_id: Some(id), bank_account_id: Some(account), approved_unpaid: Some(true), ..InvoiceFilter::default() };
    let found = invoice::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}
