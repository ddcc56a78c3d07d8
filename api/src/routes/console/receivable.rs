//! What customers owe.

use std::collections::HashMap;

use askama::Template;
use axum::response::Html;
use quittance_domain::ids::CustomerId;
use quittance_projections::receivable::{self, ReceivableFilter, ReceivableSummary};
use quittance_projections::{Page, PageOf, customer};
use serde::Deserialize;

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Reading};

#[derive(Template)]
#[template(path = "console/receivables.html")]
struct Receivables {
    visitor: Visitor,
    found: PageOf<ReceivableSummary>,
    names: HashMap<CustomerId, String>,
    overdue: bool,
}

/// Which of them.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    overdue: bool,
}

pub async fn list(
    mut read: Reading,
    Filter(Wanted { overdue }): Filter<Wanted>,
    Filter(page): Filter<Page>,
) -> Result<Html<String>, Problem> {
    let filter = ReceivableFilter { overdue: overdue.then_some(true), ..ReceivableFilter::default() };
    let today = read.today();
    let found = receivable::list(&mut read.tx, &filter, &page, today).await?;
    let customers: Vec<CustomerId> = found.data.iter().map(|own| own.customer_id).collect();
    let names = customer::names(&mut read.tx, &customers).await?;
    shown(&Receivables { visitor: Visitor::of(&mut read).await?, found, names, overdue })
}

impl Receivables {
    fn customer(&self, id: &CustomerId) -> &str {
        self.names.get(id).map_or("", String::as_str)
    }

    fn path(&self) -> &'static str {
        if self.overdue { "/console/receivables?overdue=true" } else { "/console/receivables" }
    }
}
