//! SQL runs in a `TenantTx`; a pool or a connection of one's own is for the few places that this file lists.

use std::cell::Cell;

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

/// Where a statement is put together, and from what: never from what somebody sent.
const MAY_FORMAT: [(&str, &str); 12] = [
    ("api/src/system.rs", "the database's name, a constant: names cannot be bound"),
    ("infrastructure/src/database/migrate.rs", "a role's name, a constant, and its password, which no statement can bind"),
    ("projections/src/invoice/query.rs", "the columns of a row"),
    ("projections/src/ledger/export/mod.rs", "the columns of a row"),
    ("projections/src/listing.rs", "the columns and the table of a row, and conditions that are literals"),
    ("projections/src/order_document.rs", "the columns of a row"),
    ("projections/src/reconciliation/mod.rs", "the columns of a row"),
    ("projections/src/reconciliation/transit.rs", "the columns of a row"),
    ("projections/src/report/missed_discount.rs", "a condition that two statements share, a constant"),
    ("projections/src/report/withholding.rs", "a condition that two statements share, a constant"),
    ("projections/src/rows.rs", "the columns, their types and the table of a row"),
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

/// Whether a text that begins in this line is a statement put together.
fn formats() -> impl Fn(&str) -> bool {
    let is_statement = |text: &str| {
        let verb = text.trim_start_matches(['\\', ' ']).split(' ').next().unwrap_or_default();
        ["select", "insert", "update", "delete", "with", "alter", "create", "drop", "grant", "truncate"].contains(&verb)
    };
    let opened = Cell::new(false);
    move |line| {
        let goes_on = opened.replace(line.trim_end().ends_with("format!("));
        let inside = line.split("format!(\"").skip(1).any(is_statement);
        inside || goes_on && line.trim_start().strip_prefix('"').is_some_and(is_statement)
    }
}

/// Statements are static text with binds. What is formatted has to be a name from our own code.
#[test]
fn no_statement_is_made_of_somebody_s_words() {
    let sources = sources_of(&["application", "infrastructure", "projections", "api"]);
    let (listed, elsewhere): (Vec<_>, Vec<_>) = sources.iter().partition(|s| MAY_FORMAT.iter().any(|(path, _)| s.path == *path));
    none(elsewhere.iter().flat_map(|s| s.offences(formats())).collect(), "a statement is formatted");
    let idle: Vec<_> = listed.iter().filter(|s| s.offences(formats()).is_empty()).map(|s| s.path.clone()).collect();
    none(idle, "formats no statement any more: take it off the list");
}
