//! Reading receivables.

use quittance_domain::ids::ReceivableId;
use quittance_projections::receivable::{self, ReceivableDetail, ReceivableFilter, ReceivableSummary};
use quittance_projections::{Page, PageOf};

use super::super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Receivables, also drafts.
#[utoipa::path(get, path = "/v1/receivables", tag = "receivables", params(ReceivableFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ReceivableSummary>), Refusals))]
pub async fn list_receivables(
    mut read: Reading,
    Filter(filter): Filter<ReceivableFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ReceivableSummary>>, Problem> {
    let today = read.today();
    let found = receivable::list(&mut read.tx, &filter, &page, today).await?;
    Ok(read.answer(found))
}

/// One receivable, whole.
#[utoipa::path(get, path = "/v1/receivables/{id}", tag = "receivables", params(("id" = ReceivableId, Path), MinPosition),
    responses((status = 200, body = ReceivableDetail), Refusals))]
pub async fn get_receivable(Id(id): Id<ReceivableId>, mut read: Reading) -> Result<Fresh<ReceivableDetail>, Problem> {
    let today = read.today();
    let found = receivable::get(&mut read.tx, id, today).await?;
    read.found(found)
}
