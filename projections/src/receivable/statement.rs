//! What a customer owed before a time, what moved it, and what it owed after.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::Money;
use quittance_domain::ids::CustomerId;
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::ageing::through;
use super::explained::{ReceivableFactFilter, ReceivableFactSum, facts};
use super::facts::ReceivableFactView;
use crate::page::{Page, PageOf, QueryError};

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CustomerStatementFilter {
    pub customer_id: CustomerId,
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

/// Opening plus movements is closing, in every currency. What we owe the customer counts negative.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CustomerStatement {
    pub customer_id: CustomerId,
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// The last position of the log that is in it.
    pub through: i64,
    /// One a currency.
    pub opening: Vec<Money>,
    pub moved: Vec<Money>,
    pub closing: Vec<Money>,
    /// By day.
    #[serde(flatten)]
    pub page: PageOf<ReceivableFactView>,
}

pub async fn customer_statement(tx: &mut TenantTx, filter: &CustomerStatementFilter, page: &Page) -> Result<CustomerStatement, QueryError> {
    let CustomerStatementFilter { customer_id, from, to, known_at } = *filter;
    let through = through(tx, known_at).await?;
    let until = |as_of| ReceivableFactFilter {
        customer_id: Some(customer_id),
        with_absorbed: Some(true),
        as_of: Some(as_of),
        known_at,
        through: Some(through),
        ..ReceivableFactFilter::default()
    };
    let first = Page { limit: Some(1), ..Page::default() };
    let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
    let opening = facts(tx, &until(before), &first).await?.sums;
    let closing = facts(tx, &until(to), &first).await?.sums;
    let page = Page { sort: page.sort.clone().or_else(|| Some("effective_date".to_owned())), ..page.clone() };
    let moved = facts(tx, &ReceivableFactFilter { effective_from: Some(from), ..until(to) }, &page).await?;
    let amounts = |sums: &[ReceivableFactSum]| sums.iter().map(|sum| sum.open).collect();
    let (opening, closing) = (amounts(&opening), amounts(&closing));
    Ok(CustomerStatement { customer_id, from, to, through, opening, moved: amounts(&moved.sums), closing, page: moved.page })
}
