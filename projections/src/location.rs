//! The company's locations, also those that are closed.

use chrono::{DateTime, Utc};
use quittance_application::ports::Later;
use quittance_domain::ids::{LocationId, UserId};
use quittance_domain::location::{LocationCard, LocationEvent};
use quittance_domain::party::Address;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;

row! {
    pub struct LocationRow in "locations" {
        location_id: Uuid,
        position: i64,
        code: String,
        name: String,
        address: Option<Json<Address>>,
        closed_by: Option<Uuid>,
        closed_at: Option<DateTime<Utc>>,
        closed_because: Option<String>,
    }
}

pub struct LocationList;

impl Projector for LocationList {
    fn name(&self) -> &'static str {
        "locations"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["locations"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<LocationRow>();
            rows.fetch(tx, events.iter().filter_map(known_before)).await?;
            for at in events {
                if let Fact::Location(event) = &at.fact {
                    fold(rows, event, at)?;
                }
            }
            rows.flush(tx).await
        })
    }
}

fn known_before(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::Location(
            LocationEvent::Changed { location_id, .. }
            | LocationEvent::Closed { location_id, .. }
            | LocationEvent::Reopened { location_id, .. },
        ) => Some(location_id.0),
        _ => None,
    }
}

fn fold(rows: &mut Rows<LocationRow>, event: &LocationEvent, at: &Recorded) -> Result<(), ProjectionError> {
    match event {
        LocationEvent::Registered { location_id, card, .. } => {
            rows.put(LocationRow::with(location_id.0, at.position, card));
        }
        LocationEvent::Changed { location_id, card, .. } => {
            let row = known(rows, location_id, at)?;
            let changed = LocationRow::with(location_id.0, at.position, card);
            let LocationRow { closed_by, closed_at, closed_because, .. } = row.clone();
            *row = LocationRow { closed_by, closed_at, closed_because, ..changed };
        }
        LocationEvent::Closed { location_id, reason, by } => {
            let row = known(rows, location_id, at)?;
            (row.position, row.closed_by, row.closed_at) = (at.position, Some(by.0), Some(at.recorded_at));
            row.closed_because = Some(reason.clone());
        }
        LocationEvent::Reopened { location_id, .. } => {
            let row = known(rows, location_id, at)?;
            (row.position, row.closed_by, row.closed_at, row.closed_because) = (at.position, None, None, None);
        }
    }
    Ok(())
}

fn known<'r>(rows: &'r mut Rows<LocationRow>, id: &LocationId, at: &Recorded) -> Result<&'r mut LocationRow, ProjectionError> {
    rows.change(&id.0).ok_or_else(|| poison(at, "a location changed that was not registered"))
}

impl LocationRow {
    fn with(location_id: Uuid, position: i64, card: &LocationCard) -> Self {
        let LocationCard { code, name, address } = card.clone();
        Self { location_id, position, code, name, address: address.map(Json), closed_by: None, closed_at: None, closed_because: None }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LocationView {
    pub id: LocationId,
    #[serde(flatten)]
    pub card: LocationCard,
    /// Since when nothing may move there; absent while it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_by: Option<UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed_because: Option<String>,
}

impl From<LocationRow> for LocationView {
    fn from(row: LocationRow) -> Self {
        let LocationRow { location_id, code, name, address, closed_by, closed_at, closed_because, .. } = row;
        let card = LocationCard { code, name, address: address.map(|address| address.0) };
        Self { id: LocationId(location_id), card, closed_at, closed_by: closed_by.map(UserId), closed_because }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LocationFilter {
    pub code: Option<String>,
    /// Part of the code or the name, in any case.
    pub search: Option<String>,
    pub closed: Option<bool>,
}

const SORTS: &[Sort<LocationRow>] = &[
    Sort { name: "code", column: "code", cast: "text", key: |row| row.code.clone() },
    Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() },
];

pub async fn list(tx: &mut TenantTx, filter: &LocationFilter, page: &Page) -> Result<PageOf<LocationView>, QueryError> {
    let found = Listing::<LocationRow>::of(tx)
        .when("code = ?", filter.code.as_deref())
        .when("strpos(lower(code || ' ' || name), lower(?)) > 0", filter.search.as_deref())
        .when("(closed_at is not null) = ?", filter.closed)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(LocationView::from))
}

pub async fn get(tx: &mut TenantTx, id: LocationId) -> sqlx::Result<Option<LocationView>> {
    Ok(find::<LocationRow>(tx, id.0).await?.map(LocationView::from))
}
