//! Who buys from us: the list, and one with what it owes.

use askama::Template;
use axum::response::Html;
use quittance_domain::customer::CustomerStatus;
use quittance_domain::ids::CustomerId;
use quittance_projections::customer::{self, CustomerFilter, CustomerView};
use quittance_projections::receivable::{self, ReceivableFilter, ReceivableOpenItemFilter, ReceivableOpenTotal, ReceivableSummary};
use quittance_projections::{Page, PageOf};

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

/// The states that the list offers as filters.
const STATES: &[CustomerStatus] = &[CustomerStatus::Active, CustomerStatus::Blocked, CustomerStatus::Merged];

#[derive(Template)]
#[template(path = "console/customers.html")]
struct Customers {
    visitor: Visitor,
    states: &'static [CustomerStatus],
    filter: CustomerFilter,
    found: PageOf<CustomerView>,
}

pub async fn list(mut read: Reading, Filter(filter): Filter<CustomerFilter>, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let found = customer::list(&mut read.tx, &filter, &page).await?;
    shown(&Customers { visitor: Visitor::of(&mut read).await?, states: STATES, filter, found })
}

#[derive(Template)]
#[template(path = "console/customer.html")]
struct Customer {
    visitor: Visitor,
    customer: CustomerView,
    /// One a currency.
    owed: Vec<ReceivableOpenTotal>,
    receivables: PageOf<ReceivableSummary>,
}

pub async fn one(Id(id): Id<CustomerId>, mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let customer = customer::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let today = read.today();
    let open = ReceivableOpenItemFilter { customer_id: Some(id), ..ReceivableOpenItemFilter::default() };
    let first = Page { limit: Some(1), ..Page::default() };
    let owed = receivable::open_items(&mut read.tx, &open, &first, today).await?.totals;
    let own = ReceivableFilter { customer_id: Some(id), ..ReceivableFilter::default() };
    let receivables = receivable::list(&mut read.tx, &own, &page, today).await?;
    shown(&Customer { visitor: Visitor::of(&mut read).await?, customer, owed, receivables })
}

impl Customer {
    fn path(&self) -> String {
        format!("/console/customers/{}", self.customer.id)
    }

    /// As it stands on an envelope, below the name.
    fn address(&self) -> String {
        let address = &self.customer.details.party.address;
        let town: Vec<&str> = address.postal_code.iter().chain(&address.city).map(String::as_str).collect();
        let lines = address.lines.iter().cloned().chain([town.join(" ")]).chain(address.subdivision.clone()).chain(address.country.clone());
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
    }
}
