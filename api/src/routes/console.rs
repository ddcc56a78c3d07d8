//! The console's page: what is running, as a person sees it.

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};

use crate::app::App;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console.html")]
struct Page {
    version: &'static str,
    database: &'static str,
    tenants: usize,
    events: i64,
    waiting: usize,
    lags: Vec<Line>,
    poisoned: i64,
}

struct Line {
    name: String,
    behind: i64,
}

pub async fn page(State(app): State<App>) -> Result<Response, Problem> {
    let system = &app.system;
    let heads = system.database.heads().await?;
    let lags = system.database.lags().await?.into_iter().map(|lag| Line { name: lag.projector, behind: lag.events }).collect();
    let page = Page {
        version: env!("CARGO_PKG_VERSION"),
        database: if system.settings.database_url.is_some() { "DATABASE_URL" } else { "embedded PostgreSQL" },
        tenants: heads.len(),
        events: heads.iter().map(|(_, head)| head).sum(),
        waiting: system.committer.waiting(),
        lags,
        poisoned: system.database.poisoned().await?,
    };
    Ok(Html(page.render().map_err(|error| Problem::unavailable(&error))?).into_response())
}

pub async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("../../assets/console.css"))
}
