//! SQL runs in a `TenantTx`; a pool or a connection of one's own is for the few places that this file lists.

use crate::tree::{none, sources_of};

/// A path (a folder ends in `/`), and why it may hold a pool or a connection.
const MAY_HOLD: [(&str, &str); 8] = [
    ("infrastructure/src/database/", "the pools live here"),
    ("infrastructure/src/event_store/", "the committer's own connections; loads that name their tenant in the same round trip"),
    ("infrastructure/src/embedded/", "starts the server and makes the database, before there are tenants"),
    ("infrastructure/src/identity.rs", "a key is looked up before its tenant is known"),
    ("api/src/system.rs", "finds the server and makes the database, before there are tenants"),
    ("api/src/production.rs", "judges the server's settings and rights at the start, as the administrator"),
    ("projections/src/rebuild.rs", "read models are swapped for all tenants at once, by the administrator"),
    ("projections/src/verify.rs", "shadow tables are made by the administrator; their rows are read in a TenantTx"),
];

/// Where a statement is put together, and from what.
const MAY_FORMAT: [(&str, &str); 2] = [
    ("api/src/system.rs", "the database's name, a constant: names cannot be bound"),
    ("projections/src/verify.rs", "a shadow's name, a constant of a projector: names cannot be bound"),
];

const HOLDS: [&str; 10] = [
    "PgPool",
    "Pool<Postgres>",
    "PgConnection::connect",
    "PgConnectOptions",
    "migrator_pool",
    "database.app",
    "database.hot",
    "database.projector",
    "database.router",
    "database.rebuild.",
];

fn holds(line: &str) -> bool {
    HOLDS.iter().any(|word| line.contains(word))
}

#[test]
fn only_listed_places_hold_a_pool_or_a_connection() {
    let sources = sources_of(&["domain", "application", "infrastructure", "projections", "api"]);
    let elsewhere = sources.iter().filter(|s| !MAY_HOLD.iter().any(|(path, _)| s.path.starts_with(path)));
    none(elsewhere.flat_map(|s| s.offences(holds)).collect(), "use a TenantTx, or list the place with its reason");
}

#[test]
fn the_list_names_nothing_that_is_gone() {
    let sources = sources_of(&["infrastructure", "projections", "api"]);
    for (path, _) in MAY_HOLD {
        let needed = sources.iter().any(|s| s.path.starts_with(path) && !s.offences(holds).is_empty());
        assert!(needed, "{path} holds no connection any more: take it off the list");
    }
}

/// Statements are static text with binds. What is formatted has to be a name from our own code.
#[test]
fn no_statement_is_made_of_somebody_s_words() {
    let formatted = |line: &str| {
        let query = ["sqlx::query(", "sqlx::query_as(", "sqlx::query_scalar(", "sqlx::raw_sql("];
        query.iter().any(|call| line.split(call).skip(1).any(|rest| rest.trim_start_matches('&').starts_with("format!")))
    };
    let sources = sources_of(&["application", "infrastructure", "projections", "api"]);
    let elsewhere = sources.iter().filter(|s| !MAY_FORMAT.iter().any(|(path, _)| s.path == *path));
    none(elsewhere.flat_map(|s| s.offences(formatted)).collect(), "a statement is formatted");
}
