//! The tolerances in force, and every version that was.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::commands::read_event;
use quittance_application::ports::StoredEvent;
use quittance_application::tolerance::{PastMatch, tolerances_id};
use quittance_domain::Root;
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
        adopted_by: Uuid,
        adopted_at: DateTime<Utc>,
        state: Json<Tolerances>,
    }
}

aggregate_row!(TolerancesRow, Tolerances, Tolerances);

impl TolerancesRow {
    fn began(event: &TolerancesEvent, at: &Recorded) -> Option<Self> {
        let TolerancesEvent::Adopted { by, .. } = event else { return None };
        let state = Json(Tolerances::replay([event.clone()]));
        Some(Self { tolerances_id: at.aggregate_id, version: 0, position: 0, adopted_by: by.0, adopted_at: at.recorded_at, state })
    }

    fn on(&mut self, event: &TolerancesEvent, at: &Recorded) {
        if let TolerancesEvent::Adopted { by, .. } = event {
            (self.adopted_by, self.adopted_at) = (by.0, at.recorded_at);
        }
        self.state.apply(event.clone());
    }
}

/// One version of the tolerances; 0 is what holds before anybody adopted any: nothing is tolerated.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct TolerancesView {
    /// The version of the tolerances as a thing that changes, for `If-Match`: of a version that was, the one that it came with.
    pub version: i64,
    /// Which version of the rules this is: findings name the one that they follow from, and this is what is confirmed.
    pub tolerances_version: u32,
    pub tolerances: ToleranceSet,
    pub adopted_by: Option<UserId>,
    pub adopted_at: Option<DateTime<Utc>>,
    /// Who adopted it does not approve what passes by it, until somebody else confirms it.
    pub awaits_confirmation: bool,
}

/// The version in force.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<TolerancesView> {
    let id = tolerances_id(tx.tenant());
    let row = find::<TolerancesRow>(tx, id.0).await?;
    Ok(row.map_or_else(TolerancesView::default, |row| TolerancesView {
        version: row.version,
        tolerances_version: row.state.version,
        awaits_confirmation: row.state.adopter_of(row.state.version).is_some(),
        tolerances: row.state.0.set,
        adopted_by: Some(UserId(row.adopted_by)),
        adopted_at: Some(row.adopted_at),
    }))
}

/// Every version, the newest first, from the log itself.
pub async fn versions(tx: &mut TenantTx) -> Result<Vec<TolerancesView>, QueryError> {
    let query = "select sequence, position, event_type, event_version, payload::text as payload, recorded_at from es.events \
                 where tenant_id = $1 and aggregate_id = $2 and aggregate_type = $3 order by sequence";
    let tenant = tx.tenant();
    let rows: Vec<(i64, i64, String, i16, String, DateTime<Utc>)> =
        sqlx::query_as(query).bind(tenant.0).bind(tolerances_id(tenant).0).bind(Tolerances::TYPE).fetch_all(&mut **tx).await?;
    let (mut state, mut views) = (Tolerances::default(), Vec::new());
    for (sequence, position, event_type, event_version, payload, adopted_at) in rows {
        let stored = StoredEvent { sequence, position, event_type, event_version, payload };
        let event = read_event::<Tolerances>(&stored).map_err(|e| QueryError::Corrupt(e.to_string()))?;
        state.apply(event.clone());
        if let TolerancesEvent::Adopted { version: tolerances_version, set: tolerances, by } = event {
            let (adopted_by, adopted_at, awaits_confirmation) = (Some(by), Some(adopted_at), false);
            views.push(TolerancesView { version: sequence, tolerances_version, tolerances, adopted_by, adopted_at, awaits_confirmation });
        }
    }
    views.iter_mut().for_each(|view| view.awaits_confirmation = state.adopter_of(view.tolerances_version).is_some());
    views.reverse();
    Ok(views)
}

/// What matching found in a period, in order, from the log itself: each with its invoice and order as they were then.
pub async fn matched(tx: &mut TenantTx, since: DateTime<Utc>, until: DateTime<Utc>, limit: usize) -> Result<Vec<PastMatch>, QueryError> {
    let query = logged!("event_type = 'InvoiceMatchEvaluated' and recorded_at >= $2 and recorded_at < $3 order by position limit $4");
    let tenant = tx.tenant();
    let events: Vec<Logged> = sqlx::query_as(query).bind(tenant.0).bind(since).bind(until).bind(limit as i64).fetch_all(&mut **tx).await?;
    let mut past = Vec::with_capacity(events.len());
    for event in &events {
        let read = read_event::<Invoice>(&event.stored()).map_err(|e| event.corrupt(e))?;
        if let InvoiceEvent::MatchEvaluated { evaluation } = read {
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
