//! Vendors with their bank accounts.

mod account;

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_domain::Currency;
use quittance_domain::ids::VendorId;
use quittance_domain::party::Party;
use quittance_domain::vendor::{Profile, RiskClass, Unconfirmed, Vendor, VendorDetails, VendorEvent};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

pub use account::VendorAccountView;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct VendorRow in "vendors" {
        vendor_id: Uuid,
        version: i64,
        position: i64,
        name: String,
        number: Option<String>,
        party_group: Option<String>,
        customer: bool,
        country: Option<String>,
        currency: Option<Word<Currency>>,
        verified: bool,
        blocked: Option<String>,
        identity_keys: Json<Vec<String>>,
        registered_at: DateTime<Utc>,
        state: Json<Vendor>,
        /// By this code its payments keep tax back.
        withholding_tax: Option<String>,
    }
}

aggregate_row!(VendorRow, Vendor, Vendor);

impl VendorRow {
    fn began(event: &VendorEvent, at: &Recorded) -> Option<Self> {
        let VendorEvent::Registered { .. } = event else { return None };
        let mut row = Self {
            vendor_id: at.aggregate_id,
            version: 0,
            position: 0,
            name: String::new(),
            number: None,
            party_group: None,
            customer: false,
            country: None,
            currency: None,
            verified: false,
            blocked: None,
            identity_keys: Json(vec![]),
            registered_at: at.recorded_at,
            state: Json(Vendor::default()),
            withholding_tax: None,
        };
        row.on(event, at);
        Some(row)
    }

    fn on(&mut self, event: &VendorEvent, _: &Recorded) {
        self.state.apply(event.clone());
        let Vendor::Registered(profile) = &self.state.0 else { return };
        let Profile { party, currency, details, verified, blocked, .. } = &**profile;
        self.number.clone_from(&details.number);
        self.party_group.clone_from(&details.group);
        self.customer = details.customer;
        self.withholding_tax.clone_from(&details.withholding_tax);
        self.name.clone_from(&party.name);
        self.country.clone_from(&party.address.country);
        self.currency = currency.map(Word);
        self.verified = *verified;
        self.blocked.clone_from(blocked);
        self.identity_keys = Json(party.identity_keys());
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorView {
    pub id: VendorId,
    pub version: i64,
    pub party: Party,
    pub currency: Option<Currency>,
    pub payment_days: u16,
    #[serde(flatten)]
    pub details: VendorDetails,
    /// Those that were neither rejected nor removed.
    pub accounts: Vec<VendorAccountView>,
    /// Money goes to verified vendors only.
    pub verified: bool,
    /// Why the vendor is blocked; absent if it is not.
    pub blocked: Option<String>,
    /// What it was paid by before changes that a second person has not confirmed yet, and who made them. Nothing is paid meanwhile.
    pub unconfirmed: Option<Unconfirmed>,
    /// Whose documents its own have been since somebody merged both.
    pub merged_into: Option<VendorId>,
    /// Which were this vendor under other names.
    pub absorbed: Vec<VendorId>,
    pub registered_at: DateTime<Utc>,
}

impl VendorView {
    fn of(row: VendorRow, now: DateTime<Utc>) -> Option<Self> {
        let Vendor::Registered(profile) = row.state.0 else { return None };
        let accounts = account::live(&profile, now);
        Some(Self {
            id: VendorId(row.vendor_id),
            version: row.version,
            party: profile.party,
            currency: profile.currency,
            payment_days: profile.payment_days,
            details: profile.details,
            accounts,
            verified: profile.verified,
            blocked: profile.blocked,
            unconfirmed: profile.unconfirmed,
            merged_into: profile.merged_into,
            absorbed: profile.absorbed,
            registered_at: row.registered_at,
        })
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VendorFilter {
    /// Part of the name, the company's number or a tax id, in any case.
    pub search: Option<String>,
    pub verified: Option<bool>,
    pub blocked: Option<bool>,
    /// Those with a change that waits for a second person, or those without.
    pub unconfirmed: Option<bool>,
    pub country: Option<String>,
    /// The company's own number of it.
    pub number: Option<String>,
    pub group: Option<String>,
    /// Those that also buy from the company, or those that do not.
    pub customer: Option<bool>,
    /// Those that are stated to be of this class.
    pub risk: Option<RiskClass>,
    /// `vat:…`, `tax:…` or `legal:…`, normalised.
    pub identity: Option<String>,
}

const SORTS: &[Sort<VendorRow>] = &[
    Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() },
    Sort { name: "registered_at", column: "registered_at", cast: "timestamptz", key: |row| row.registered_at.to_rfc3339() },
];

pub async fn list(tx: &mut TenantTx, filter: &VendorFilter, page: &Page, now: DateTime<Utc>) -> Result<PageOf<VendorView>, QueryError> {
    let mut found = Listing::<VendorRow>::of(tx)
        .when("strpos(lower(concat_ws(' ', name, number, identity_keys::text)), lower(?)) > 0", filter.search.as_deref())
        .when("number = ?", filter.number.as_deref())
        .when("party_group = ?", filter.group.as_deref())
        .when("customer = ?", filter.customer)
        .when("verified = ?", filter.verified)
        .when("(blocked is not null) = ?", filter.blocked)
        .when("(state #> '{registered,unconfirmed}' is not null) = ?", filter.unconfirmed)
        .when("state #>> '{registered,details,risk,class}' = ?", filter.risk.map(Word))
        .when("country = ?", filter.country.as_deref())
        .when("identity_keys @> ?", filter.identity.as_deref().map(|key| Json([key])))
        .page(tx, SORTS, filter, page)
        .await?;
    let data = std::mem::take(&mut found.rows).into_iter().filter_map(|row| VendorView::of(row, now)).collect();
    Ok(PageOf { data, next_cursor: found.next_cursor })
}

pub async fn get(tx: &mut TenantTx, id: VendorId, now: DateTime<Utc>) -> sqlx::Result<Option<VendorView>> {
    Ok(find::<VendorRow>(tx, id.0).await?.and_then(|row| VendorView::of(row, now)))
}

/// Every account that the vendor ever had, as it stands at `now`.
pub async fn accounts(tx: &mut TenantTx, id: VendorId, now: DateTime<Utc>) -> sqlx::Result<Option<Vec<VendorAccountView>>> {
    let row = find::<VendorRow>(tx, id.0).await?;
    Ok(row.and_then(|row| row.state.0.profile().ok().map(|profile| account::all(profile, now))))
}

/// The same, of a row at hand.
pub(crate) fn accounts_of(row: &VendorRow, now: DateTime<Utc>) -> Vec<VendorAccountView> {
    row.state.0.profile().map(|profile| account::all(profile, now)).unwrap_or_default()
}
