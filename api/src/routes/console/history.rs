//! The audit trail: who did what, when, from where and why; and what one step changed.

use askama::Template;
use axum::response::Html;
use quittance_projections::audit::{self, AuditDetail, AuditEntry, AuditFilter};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use url::form_urlencoded;
use uuid::Uuid;

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Trail {
    visitor: Visitor,
    filter: AuditFilter,
    /// Whether anything is asked for in particular.
    filtered: bool,
    /// Where the next page of the same is.
    more: String,
    found: PageOf<AuditEntry>,
}

/// The fields of its form that are left empty ask for nothing.
#[derive(Deserialize)]
pub struct Wanted {
    entity: Option<String>,
    action: Option<String>,
    entity_id: Option<Uuid>,
}

pub async fn list(mut read: Reading, Filter(wanted): Filter<Wanted>, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let said = |field: Option<String>| field.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let Wanted { entity, action, entity_id } = wanted;
    let filter = AuditFilter { entity: said(entity), action: said(action), entity_id, ..AuditFilter::default() };
    let asked = [("entity", filter.entity.clone()), ("action", filter.action.clone()), ("entity_id", entity_id.map(|id| id.to_string()))];
    let pairs = asked.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    let more = if query.is_empty() { "/console/audit".to_owned() } else { format!("/console/audit?{query}") };
    let found = audit::list(&mut read.tx, &filter, &page).await?;
    shown(&Trail { visitor: Visitor::of(&mut read).await?, filter, filtered: !query.is_empty(), more, found })
}

#[derive(Template)]
#[template(path = "console/audit_entry.html")]
struct Entry {
    visitor: Visitor,
    detail: AuditDetail,
}

pub async fn one(Id(position): Id<i64>, mut read: Reading) -> Result<Html<String>, Problem> {
    let detail = audit::get(&mut read.tx, position).await?.ok_or_else(Problem::not_found)?;
    shown(&Entry { visitor: Visitor::of(&mut read).await?, detail })
}
