//! The tolerances in force, and every version that was.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_application::tolerance::{PastMatch, tolerances_id};
use quittance_domain::ids::{InvoiceId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceEvent};
use quittance_domain::matching::Evaluation;
use quittance_domain::purchase_order::PurchaseOrder;
use quittance_domain::tolerance::{ToleranceSet, Tolerances, TolerancesEvent};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::find;
use crate::logged;
use crate::logged::{Logged, as_known};
use crate::page::QueryError;
use crate::{aggregate_row, row};

row! {
    pub struct TolerancesRow in "tolerances" {
        tolerances_id: Uuid,
        version: i64,
        position: i64,
        tolerance_set: Json<ToleranceSet>,
        adopted_by: Uuid,
        adopted_at: DateTime<Utc>,
    }
}

aggregate_row!(TolerancesRow, Tolerances, Tolerances);

impl TolerancesRow {
    fn began(event: &TolerancesEvent, at: &Recorded) -> Option<Self> {
        let TolerancesEvent::Adopted { set, by, .. } = event;
        let (tolerances_id, adopted_at) = (at.aggregate_id, at.recorded_at);
        Some(Self { tolerances_id, version: 0, position: 0, tolerance_set: Json(set.clone()), adopted_by: by.0, adopted_at })
    }

    fn on(&mut self, event: &TolerancesEvent, at: &Recorded) {
        let TolerancesEvent::Adopted { set, by, .. } = event;
        (self.tolerance_set, self.adopted_by, self.adopted_at) = (Json(set.clone()), by.0, at.recorded_at);
    }
}

/// One version of the tolerances; 0 is what holds before anybody adopted any: nothing is tolerated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TolerancesView {
    pub version: i64,
    pub tolerances: ToleranceSet,
    pub adopted_by: Option<UserId>,
    pub adopted_at: Option<DateTime<Utc>>,
}

/// The version in force.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<TolerancesView> {
    let id = tolerances_id(tx.tenant());
    let row = find::<TolerancesRow>(tx, id.0).await?;
    Ok(row.map_or_else(TolerancesView::default, |row| TolerancesView {
        version: row.version,
        tolerances: row.tolerance_set.0,
        adopted_by: Some(UserId(row.adopted_by)),
        adopted_at: Some(row.adopted_at),
    }))
}

/// Every version, the newest first, from the log itself.
pub async fn versions(tx: &mut TenantTx) -> Result<Vec<TolerancesView>, QueryError> {
    let query = "select sequence, position, event_type, event_version, payload::text as payload, recorded_at from es.events \
                 where tenant_id = $1 and aggregate_id = $2 and aggregate_type = $3 order by sequence desc";
    let tenant = tx.tenant();
    let rows: Vec<(i64, i64, String, i16, String, DateTime<Utc>)> =
        sqlx::query_as(query).bind(tenant.0).bind(tolerances_id(tenant).0).bind(Tolerances::TYPE).fetch_all(&mut **tx).await?;
    rows.into_iter()
        .map(|(sequence, position, event_type, event_version, payload, adopted_at)| {
            let stored = StoredEvent { sequence, position, event_type, event_version, payload };
            let event = read_event::<Tolerances>(&stored).map_err(|e| QueryError::Corrupt(e.to_string()))?;
            let TolerancesEvent::Adopted { set, by, .. } = event;
            Ok(TolerancesView { version: sequence, tolerances: set, adopted_by: Some(by), adopted_at: Some(adopted_at) })
        })
        .collect()
}

/// What matching found in a period, in order, from the log itself: each with its invoice and order as they were then.
pub async fn matched(tx: &mut TenantTx, since: DateTime<Utc>, until: DateTime<Utc>, limit: usize) -> Result<Vec<PastMatch>, QueryError> {
    let query = logged!("event_type = 'InvoiceMatchEvaluated' and recorded_at >= $2 and recorded_at < $3 order by position limit $4");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(since).bind(until).bind(limit as i64).fetch_all(&mut **tx).await?;
    let mut past = Vec::with_capacity(events.len());
    for event in &events {
        if let InvoiceEvent::MatchEvaluated { evaluation } = event.read::<Invoice>()? {
            past.push(as_it_was(tx, event, *evaluation).await?);
        }
    }
    Ok(past)
}

async fn as_it_was(tx: &mut TenantTx, event: &Logged, found: Evaluation) -> Result<PastMatch, QueryError> {
    let (id, found_at) = (event.aggregate_id, event.recorded_at);
    let invoice = as_known::<Invoice>(tx, vec![id], found_at).await?.remove(&id).ok_or_else(|| event.corrupt("its invoice is missing"))?;
    let order = match found.purchase_order_id {
        Some(order) => as_known::<PurchaseOrder>(tx, vec![order.0], found_at).await?.remove(&order.0),
        None => None,
    };
    Ok(PastMatch { invoice_id: InvoiceId(id), found_at, found, invoice, order })
}
