//! Tenant isolation on every relation: the catalogue is as approved, every role tried every table, and each of the
//! sabotages in `assurance/mutants.sql` is noticed.

use quittance_infrastructure::database::{Finding, audit};
use quittance_tests::{TestDatabase, fresh_database};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Connection, Executor};

const SEED: &str = include_str!("../assurance/seed.sql");
const BEHAVIOUR: &str = include_str!("../assurance/behaviour.sql");
const SABOTAGES: &str = include_str!("../assurance/mutants.sql");

/// The administrator of a migrated database with rows of two tenants in every table.
async fn seeded(database: &TestDatabase) -> PgConnection {
    let mut admin = database.admin.connect().await.expect("the administrator connects");
    admin.execute(SEED).await.expect("every table takes a row");
    admin
}

/// What the catalogue and each role's own tries say, in the transaction that is open.
async fn findings(admin: &mut PgConnection) -> Vec<Finding> {
    let mut found = audit(admin).await.expect("the catalogue answers");
    admin.execute("create temporary table findings (rule text, object text, detail text) on commit drop").await.expect("a table");
    for role in ["q_app", "q_projector", "q_committer"] {
        sqlx::query("select set_config('audit.role', $1, true)").bind(role).execute(&mut *admin).await.expect("a setting");
        admin.execute(BEHAVIOUR).await.unwrap_or_else(|e| panic!("{role}: {e}"));
    }
    let tried = sqlx::query_as::<_, Finding>("select distinct rule, object, detail from findings").fetch_all(admin).await;
    found.extend(tried.expect("findings"));
    found
}

async fn nothing_is_found(admin: &mut PgConnection, when: &str) {
    let mut tx = admin.begin().await.expect("a transaction");
    let found = findings(&mut tx).await;
    assert!(found.is_empty(), "{when}:\n{}", listed(&found));
    tx.rollback().await.expect("undone");
}

fn listed(found: &[Finding]) -> String {
    found.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

async fn read_models(admin: &mut PgConnection) -> Vec<String> {
    let query = "select relname::text from pg_class where relnamespace = 'read'::regnamespace and relkind = 'r' order by 1";
    let names: Vec<String> = sqlx::query_scalar(query).fetch_all(admin).await.expect("read models");
    assert!(names.len() >= 15, "read models are gone: {names:?}");
    names
}

#[tokio::test]
async fn every_relation_keeps_tenants_apart_before_during_and_after_a_rebuild() {
    let database = fresh_database().await;
    let mut admin = seeded(&database).await;
    nothing_is_found(&mut admin, "after the migrations").await;

    let models = read_models(&mut admin).await;
    for model in &models {
        sqlx::query("call ops.shadow($1)").bind(model).execute(&mut admin).await.expect("a shadow");
    }
    admin.execute(SEED).await.expect("shadows take rows");
    nothing_is_found(&mut admin, "with a shadow beside each read model").await;

    for model in &models {
        sqlx::query("call ops.complete($1)").bind(model).execute(&mut admin).await.expect("a complete shadow");
        sqlx::query("call ops.swap($1)").bind(model).execute(&mut admin).await.expect("a swap");
    }
    nothing_is_found(&mut admin, "after the swap").await;
    assert_eq!(read_models(&mut admin).await, models, "a swap loses no read model");
}

#[tokio::test]
async fn an_empty_table_proves_nothing_and_is_reported() {
    let database = fresh_database().await;
    let mut admin = database.admin.connect().await.expect("the administrator connects");
    let mut tx = admin.begin().await.expect("a transaction");
    let found = findings(&mut tx).await;
    assert!(found.iter().any(|f| f.rule == "B0 vacuous" && f.object == "es.events"), "{}", listed(&found));
}

#[tokio::test]
async fn every_sabotage_is_noticed() {
    let database = fresh_database().await;
    let mut admin = seeded(&database).await;
    let sabotages: Vec<&str> = SABOTAGES.lines().filter(|line| !line.is_empty()).collect();
    assert!(sabotages.len() >= 36, "only {} sabotages", sabotages.len());
    nothing_is_found(&mut admin, "before any sabotage").await;
    let mut survivors = Vec::new();
    for sabotage in &sabotages {
        let mut tx = admin.begin().await.expect("a transaction");
        tx.execute(*sabotage).await.unwrap_or_else(|e| panic!("{sabotage}: {e}"));
        if findings(&mut tx).await.is_empty() {
            survivors.push(*sabotage);
        }
        tx.rollback().await.expect("undone");
    }
    assert!(survivors.is_empty(), "not noticed:\n{}", survivors.join("\n"));
    nothing_is_found(&mut admin, "after all sabotages were undone").await;
}

/// What the server asks at its start must notice by itself whatever does not depend on rows.
#[tokio::test]
async fn the_catalogue_alone_notices_all_but_missing_rows() {
    let database = fresh_database().await;
    let mut admin = seeded(&database).await;
    let mut survivors = Vec::new();
    for sabotage in SABOTAGES.lines().filter(|line| !line.is_empty() && !line.starts_with("delete")) {
        let mut tx = admin.begin().await.expect("a transaction");
        tx.execute(sabotage).await.unwrap_or_else(|e| panic!("{sabotage}: {e}"));
        if audit(&mut tx).await.expect("the catalogue answers").is_empty() {
            survivors.push(sabotage);
        }
        tx.rollback().await.expect("undone");
    }
    let expected = ["drop policy app on read.payments"];
    assert_eq!(survivors, expected, "a missing policy denies: harmless, and seen only by trying");
}
