//! What is where.

use askama::Template;
use axum::response::Html;
use quittance_projections::Page;
use quittance_projections::item::{self, ItemView};
use quittance_projections::stock::{self, StockFilter, StockView};

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Reading};

#[derive(Template)]
#[template(path = "console/stock.html")]
struct Stock {
    visitor: Visitor,
    levels: Vec<(StockView, ItemView)>,
    next_cursor: Option<String>,
}

pub async fn list(mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let found = stock::list(&mut read.tx, &StockFilter::default(), &page).await?;
    let mut levels = Vec::with_capacity(found.data.len());
    for level in found.data {
        if let Some(item) = item::get(&mut read.tx, level.item_id).await? {
            levels.push((level, item));
        }
    }
    shown(&Stock { visitor: Visitor::of(&mut read).await?, levels, next_cursor: found.next_cursor })
}
