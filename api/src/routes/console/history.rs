//! The audit trail: who did what, when, from where and why; and what one step changed.

use askama::Template;
use axum::response::Html;
use quittance_projections::audit::{self, AuditDetail, AuditEntry, AuditFilter};
use quittance_projections::{Page, PageOf};

use super::{shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Trail {
    found: PageOf<AuditEntry>,
}

pub async fn list(mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    shown(&Trail { found: audit::list(&mut read.tx, &AuditFilter::default(), &page).await? })
}

#[derive(Template)]
#[template(path = "console/audit_entry.html")]
struct Entry {
    detail: AuditDetail,
}

pub async fn one(Id(position): Id<i64>, mut read: Reading) -> Result<Html<String>, Problem> {
    let detail = audit::get(&mut read.tx, position).await?.ok_or_else(Problem::not_found)?;
    shown(&Entry { detail })
}
