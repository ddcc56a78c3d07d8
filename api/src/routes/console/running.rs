//! The first page: what is running, as anybody on this address may know.

use askama::Template;
use axum::extract::State;
use axum::response::Html;

use super::shown;
use crate::app::App;
use crate::problem::Problem;
use crate::standing::Figures;

#[derive(Template)]
#[template(path = "console/running.html")]
struct Page {
    version: &'static str,
    parts: Vec<Part>,
    tenants: i64,
    events: i64,
    waiting: usize,
    poisoned: usize,
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
    let unknown = || Problem::unavailable(&"how the system stands is not known");
    let poisoned = app.standing.poisoned().await.ok_or_else(unknown)?;
    let Figures { tenants, events, lags } = app.standing.figures().await.ok_or_else(unknown)?;
    shown(&Page {
        version: env!("CARGO_PKG_VERSION"),
        parts: parts(&app),
        tenants,
        events,
        waiting: app.system.committer.waiting(),
        poisoned,
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
