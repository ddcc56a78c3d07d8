//! The queue of what needs a person.

use quittance_projections::exception::{self, ExceptionFilter, ExceptionView};
use quittance_projections::{Page, PageOf};

use super::Refusals;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};

/// Exceptions of all invoices, the most urgent first: what is wrong, how grave it is, who answers for it and by when.
#[utoipa::path(get, path = "/v1/exceptions", tag = "matching", params(ExceptionFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ExceptionView>), Refusals))]
pub async fn list_exceptions(
    mut read: Reading,
    Filter(filter): Filter<ExceptionFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ExceptionView>>, Problem> {
    let now = read.now();
    let found = exception::list(&mut read.tx, &filter, now, &page).await?;
    Ok(read.answer(found))
}
