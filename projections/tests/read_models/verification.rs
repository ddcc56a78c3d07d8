//! `verify` finds what holds no longer, and nothing where everything holds.

use quittance_infrastructure::database::migrator_pool;
use quittance_projections::rebuild::Unwatched;
use quittance_projections::{read_models, verify};

use crate::engine::Engine;
use crate::journey::{company_with_vendor, receive};

async fn findings(engine: &Engine) -> Vec<String> {
    let verdict = verify::verify(&engine.database, &read_models(), &Unwatched).await.expect("a verdict");
    assert!(verdict.events > 0, "there is something to verify");
    verdict.findings.into_iter().map(|finding| finding.what).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unique_facts_are_those_of_the_events() {
    let engine = Engine::start().await;
    let (vendor, _) = company_with_vendor(&engine).await;
    let invoice = receive(&engine, vendor, "R-77", "120.00", "2026-12-01").await;
    assert_eq!(findings(&engine).await, [""; 0], "everything holds");

    let admin = migrator_pool(engine.database.admin()).await.expect("the administrator connects");
    let lost = sqlx::query_as("delete from es.unique_keys where tenant_id = $1 and aggregate_id = $2 returning key, on_date::text");
    let lost: Vec<(String, String)> = lost.bind(engine.tenant.0).bind(invoice.0).fetch_all(&admin).await.expect("facts are lost");
    let found = findings(&engine).await;
    assert_eq!(found.len(), lost.len(), "each is told: {found:?}");
    let kind = lost[0].0.split('|').next().expect("a kind");
    assert!(found[0].contains(&invoice.to_string()) && found[0].contains(kind) && !found[0].contains("R77"), "{found:?}");

    for (key, day) in &lost {
        let back = sqlx::query("insert into es.unique_keys values ($1, $2, $3::date, $4)").bind(engine.tenant.0).bind(key).bind(day);
        back.bind(invoice.0).execute(&admin).await.expect("they come back");
    }
    let invented = sqlx::query("insert into es.unique_keys values ($1, 'number|invented', '-infinity', $2)");
    invented.bind(engine.tenant.0).bind(vendor.0).execute(&admin).await.expect("a fact that nobody gave");
    assert_eq!(findings(&engine).await, ["1 unique facts are held that no event gives"]);
    admin.close().await;
}
