//! Approvals: what runs, what ran, and what waits for me.

use quittance_domain::ids::ApprovalId;
use quittance_projections::approval::{self, ApprovalFilter, ApprovalView};
use quittance_projections::{Page, PageOf, delegation};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Approval rounds.
#[utoipa::path(get, path = "/v1/approvals", tag = "approvals", params(ApprovalFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ApprovalView>), Refusals))]
pub async fn list_approvals(
    mut read: Reading,
    Filter(filter): Filter<ApprovalFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ApprovalView>>, Problem> {
    let found = approval::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// What waits for the caller's decision: in their own place, or in another's who lets them.
#[utoipa::path(get, path = "/v1/approvals/inbox", tag = "approvals", params(Page, MinPosition),
    responses((status = 200, body = PageOf<ApprovalView>), Refusals))]
pub async fn approvals_inbox(mut read: Reading, Filter(page): Filter<Page>) -> Result<Fresh<PageOf<ApprovalView>>, Problem> {
    let now = read.app.system.commands.ports().edge.now();
    let places = delegation::places_of(&mut read.tx, read.caller.user, now).await?;
    let found = approval::inbox(&mut read.tx, &places, &page).await?;
    Ok(read.answer(found))
}

/// One approval round with its decisions.
#[utoipa::path(get, path = "/v1/approvals/{id}", tag = "approvals", params(("id" = ApprovalId, Path), MinPosition),
    responses((status = 200, body = ApprovalView), Refusals))]
pub async fn get_approval(Id(id): Id<ApprovalId>, mut read: Reading) -> Result<Fresh<ApprovalView>, Problem> {
    let found = approval::get(&mut read.tx, id).await?;
    read.found(found)
}
