//! Customers, with whom those that were merged have become.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_domain::Currency;
use quittance_domain::customer::{Customer, CustomerDetails, CustomerEvent, CustomerStatus};
use quittance_domain::ids::CustomerId;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::logged::as_known;
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct CustomerRow in "customers" {
        customer_id: Uuid,
        version: i64,
        position: i64,
        name: String,
        other_names: Json<Vec<String>>,
        number: Option<String>,
        party_group: Option<String>,
        country: Option<String>,
        currency: Option<Word<Currency>>,
        status: Word<CustomerStatus>,
        merged_into: Option<Uuid>,
        identity_keys: Json<Vec<String>>,
        registered_at: DateTime<Utc>,
        state: Json<Customer>,
    }
}

aggregate_row!(CustomerRow, Customer, Customer);

impl CustomerRow {
    fn began(event: &CustomerEvent, at: &Recorded) -> Option<Self> {
        let CustomerEvent::Registered { .. } = event else { return None };
        let mut row = Self {
            customer_id: at.aggregate_id,
            version: 0,
            position: 0,
            name: String::new(),
            other_names: Json(vec![]),
            number: None,
            party_group: None,
            country: None,
            currency: None,
            status: Word(CustomerStatus::Active),
            merged_into: None,
            identity_keys: Json(vec![]),
            registered_at: at.recorded_at,
            state: Json(Customer::default()),
        };
        row.on(event, at);
        Some(row)
    }

    fn on(&mut self, event: &CustomerEvent, _: &Recorded) {
        self.state.apply(event.clone());
        let Customer::Registered(profile) = &self.state.0 else { return };
        let CustomerDetails { party, other_names, number, group, currency, .. } = &profile.details;
        self.name.clone_from(&party.name);
        self.other_names = Json(other_names.clone());
        self.number.clone_from(number);
        self.party_group.clone_from(group);
        self.country.clone_from(&party.address.country);
        self.currency = currency.map(Word);
        self.status = Word(profile.status());
        self.merged_into = profile.merged_into().map(Uuid::from);
        self.identity_keys = Json(party.identity_keys());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CustomerView {
    pub id: CustomerId,
    pub version: i64,
    pub status: CustomerStatus,
    #[serde(flatten)]
    pub details: CustomerDetails,
    /// Why the customer is blocked; absent if it is not.
    pub blocked: Option<String>,
    /// The customer that it was merged into.
    pub merged_into: Option<CustomerId>,
    /// Who it has become by now: what it was merged into may have been merged since.
    pub survivor: Option<CustomerId>,
    /// Which were this customer under other names.
    pub absorbed: Vec<CustomerId>,
    pub registered_at: DateTime<Utc>,
}

impl CustomerView {
    fn of(row: CustomerRow, survivors: &HashMap<Uuid, Uuid>) -> Option<Self> {
        let Customer::Registered(profile) = row.state.0 else { return None };
        let (status, merged_into) = (profile.status(), profile.merged_into());
        Some(Self {
            id: CustomerId(row.customer_id),
            version: row.version,
            status,
            blocked: profile.blocked().map(str::to_owned),
            merged_into,
            survivor: survivors.get(&row.customer_id).copied().map(CustomerId),
            details: profile.details,
            absorbed: profile.absorbed,
            registered_at: row.registered_at,
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerFilter {
    /// Part of one of the names, the company's number or a tax id, in any case.
    pub search: Option<String>,
    pub status: Option<CustomerStatus>,
    pub country: Option<String>,
    /// The company's own number of it.
    pub number: Option<String>,
    pub group: Option<String>,
    /// `vat:…`, `tax:…` or `legal:…`, normalised.
    pub identity: Option<String>,
}

const SORTS: &[Sort<CustomerRow>] = &[
    Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() },
    Sort { name: "registered_at", column: "registered_at", cast: "timestamptz", key: |row| row.registered_at.to_rfc3339() },
];

pub async fn list(tx: &mut TenantTx, filter: &CustomerFilter, page: &Page) -> Result<PageOf<CustomerView>, QueryError> {
    let found = Listing::<CustomerRow>::of(tx)
        .when("strpos(lower(concat_ws(' ', name, other_names::text, number, identity_keys::text)), lower(?)) > 0", filter.search.as_deref())
        .when("status = ?", filter.status.map(Word))
        .when("country = ?", filter.country.as_deref())
        .when("number = ?", filter.number.as_deref())
        .when("party_group = ?", filter.group.as_deref())
        .when("identity_keys @> ?", filter.identity.as_deref().map(|key| Json([key])))
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(PageOf { data: views(tx, found.rows).await?, next_cursor: found.next_cursor })
}

pub async fn get(tx: &mut TenantTx, id: CustomerId) -> sqlx::Result<Option<CustomerView>> {
    let row = find::<CustomerRow>(tx, id.0).await?;
    Ok(views(tx, row.into_iter().collect()).await?.pop())
}

async fn views(tx: &mut TenantTx, rows: Vec<CustomerRow>) -> sqlx::Result<Vec<CustomerView>> {
    let merged: Vec<Uuid> = rows.iter().filter(|row| row.merged_into.is_some()).map(|row| row.customer_id).collect();
    let survivors = if merged.is_empty() { HashMap::new() } else { survivors(tx, merged).await? };
    Ok(rows.into_iter().filter_map(|row| CustomerView::of(row, &survivors)).collect())
}

// One merger after the other, each by the primary key. Nothing is merged into what was merged, so that every chain ends.
const SURVIVORS: &str = "\
    with recursive step (merged, successor, steps) as ( \
      select customer_id, merged_into, 1 from customers where tenant_id = $1 and customer_id = any($2) and merged_into is not null \
      union all \
      select s.merged, c.merged_into, s.steps + 1 from step s join customers c on c.tenant_id = $1 and c.customer_id = s.successor \
       where c.merged_into is not null) \
    select distinct on (merged) merged, successor from step order by merged, steps desc";

/// Who those that were merged have become.
async fn survivors(tx: &mut TenantTx, merged: Vec<Uuid>) -> sqlx::Result<HashMap<Uuid, Uuid>> {
    let tenant = tx.tenant();
    let found: Vec<(Uuid, Uuid)> = sqlx::query_as(SURVIVORS).bind(tenant.0).bind(merged).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().collect())
}

/// What these are called.
pub async fn names(tx: &mut TenantTx, customers: &[CustomerId]) -> sqlx::Result<HashMap<CustomerId, String>> {
    let tenant = tx.tenant();
    let ids: Vec<Uuid> = customers.iter().map(|customer| customer.0).collect();
    let query = "select customer_id, name from customers where tenant_id = $1 and customer_id = any ($2)";
    let found: Vec<(Uuid, String)> = sqlx::query_as(query).bind(tenant.0).bind(ids).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(|(id, name)| (CustomerId(id), name)).collect())
}

/// Puts the names of a moment in the place of today's; nothing is read where none is asked for. One round trip.
pub(crate) async fn named_as_known<T>(
    tx: &mut TenantTx,
    known_at: Option<DateTime<Utc>>,
    rows: &mut [T],
    of: fn(&mut T) -> (CustomerId, &mut Option<String>),
) -> Result<(), QueryError> {
    let Some(at) = known_at else { return Ok(()) };
    let mut ids: Vec<Uuid> = rows.iter_mut().map(|row| of(row).0.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let then = as_known::<Customer>(tx, ids, at).await?;
    for row in rows {
        let (customer, name) = of(row);
        if let Some(Customer::Registered(profile)) = then.get(&customer.0) {
            *name = Some(profile.details.party.name.clone());
        }
    }
    Ok(())
}
