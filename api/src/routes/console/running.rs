//! The first page: what is running, as anybody on this address may know.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use super::shown;
use crate::app::App;
use crate::problem::Problem;

#[derive(Template)]
#[template(path = "console/running.html")]
struct Page {
    version: &'static str,
    parts: Vec<Part>,
    tenants: usize,
    events: i64,
    waiting: usize,
    poisoned: i64,
    lags: Vec<Lag>,
}

struct Part {
    name: &'static str,
    what: &'static str,
}

struct Lag {
    name: String,
    behind: i64,
}

pub async fn page(State(app): State<App>) -> Result<Html<String>, Problem> {
    let system = &app.system;
    let heads = system.database.heads().await?;
    let lags = system.database.lags().await?;
    shown(&Page {
        version: env!("CARGO_PKG_VERSION"),
        parts: parts(&app),
        tenants: heads.len(),
        events: heads.iter().map(|(_, head)| head).sum(),
        waiting: system.committer.waiting(),
        poisoned: system.database.poisoned().await?,
        lags: lags.into_iter().map(|lag| Lag { name: lag.projector.replace('_', " "), behind: lag.events }).collect(),
    })
}

fn parts(app: &App) -> Vec<Part> {
    let settings = &app.system.settings;
    vec![
        Part {
            name: "Database",
            what: if settings.database_url.is_some() { "PostgreSQL at DATABASE_URL" } else { "PostgreSQL, embedded" },
        },
        Part { name: "Events out", what: if settings.nats_url.is_some() { "feed, streams and NATS" } else { "feed and streams" } },
    ]
}
