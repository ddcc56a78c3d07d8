//! What a vendor was owed before a time, what moved it, and what it was owed after.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::ids::VendorId;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::payable_fact::{PayableFactFilter, PayableFactSum, facts};
use crate::ageing::query_through;
use crate::invoice::PayableFactView;
use crate::page::{Page, PageOf, QueryError};

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct VendorStatementFilter {
    pub vendor_id: VendorId,
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

/// Opening plus movements is closing, in every currency.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct VendorStatement {
    pub vendor_id: VendorId,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The last position of the log that is in it.
    pub through: i64,
    /// One a currency.
    pub opening: Vec<Money>,
    pub moved: Vec<Money>,
    pub closing: Vec<Money>,
    /// By day. An approval moves nothing that is owed: it stands here with an amount of zero.
    #[serde(flatten)]
    pub page: PageOf<PayableFactView>,
}

pub async fn vendor_statement(tx: &mut TenantTx, filter: &VendorStatementFilter, page: &Page) -> Result<VendorStatement, QueryError> {
    let VendorStatementFilter { vendor_id, from, to, known_at } = *filter;
    let through = query_through(tx, known_at).await?;
    let until = |as_of| PayableFactFilter {
        vendor_id: Some(vendor_id),
        with_absorbed: Some(true),
        as_of: Some(as_of),
        known_at,
        through: Some(through),
        ..PayableFactFilter::default()
    };
    let first = Page { limit: Some(1), ..Page::default() };
    let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
    let opening = facts(tx, &until(before), &first).await?.sums;
    let closing = facts(tx, &until(to), &first).await?.sums;
    let page = Page { sort: page.sort.clone().or_else(|| Some("effective_date".to_owned())), ..page.clone() };
    let moved = facts(tx, &PayableFactFilter { effective_from: Some(from), ..until(to) }, &page).await?;
    let amounts = |sums: &[PayableFactSum]| sums.iter().map(|sum| sum.open).collect();
    let (opening, closing) = (amounts(&opening), amounts(&closing));
    Ok(VendorStatement { vendor_id, from, to, through, opening, moved: amounts(&moved.sums), closing, page: moved.page })
}
