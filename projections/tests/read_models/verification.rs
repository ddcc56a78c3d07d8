//! `verify` finds what holds no longer, and nothing where everything holds.

use std::collections::BTreeSet;
use std::sync::Arc;

use quittance_application::invoice::{Capture, ReceiveInvoice};
use quittance_application::ports::Original;
use quittance_domain::ids::VendorId;
use quittance_domain::invoice::Source;
use quittance_infrastructure::database::migrator_pool;
use quittance_projections::originals::KEPT_BY;
use quittance_projections::rebuild::Unwatched;
use quittance_projections::{read_models, verify};
use sha2::{Digest, Sha256};
use sqlx::Executor;

use crate::engine::Engine;
use crate::journey::{captured, company_with_vendor, receive};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn documents_are_those_that_came_in() {
    let engine = Engine::start().await;
    let (vendor, _) = company_with_vendor(&engine).await;
    let sha256 = receive_document(&engine, vendor, "R-78").await;
    assert_eq!(findings(&engine).await, [""; 0], "everything holds");

    let admin = migrator_pool(engine.database.admin()).await.expect("the administrator connects");
    admin.execute("alter table es.originals disable trigger user").await.expect("who owns the server can do anything");
    let change = sqlx::query("update es.originals set bytes = bytes || ' ' where tenant_id = $1").bind(engine.tenant.0);
    assert_eq!(change.execute(&admin).await.expect("a byte more").rows_affected(), 1);
    assert_eq!(findings(&engine).await, [format!("the original {sha256} has been changed")]);
    let loss = sqlx::query("delete from es.originals where tenant_id = $1").bind(engine.tenant.0);
    assert_eq!(loss.execute(&admin).await.expect("it is gone").rows_affected(), 1);
    assert_eq!(findings(&engine).await, [format!("the original {sha256} is lost")]);
    admin.close().await;
}

/// Answers the document's SHA-256 (hex).
async fn receive_document(engine: &Engine, vendor_id: VendorId, number: &str) -> String {
    let bytes: Arc<[u8]> = Arc::from(number.as_bytes());
    let sha256: [u8; 32] = Sha256::digest(&bytes).into();
    let source = Source::Document {
        format: "cii".to_owned(),
        specification: None,
        sha256: hex::encode(sha256),
        size_bytes: bytes.len() as u64,
        media_type: "application/xml".to_owned(),
        file_name: None,
    };
    let capture = Capture { source, original: Some(Original { sha256, bytes }), ..captured(number, "120.00", "2026-12-01") };
    engine.run(engine.admin, &ReceiveInvoice { id: engine.new_id(), vendor_id, capture, beside: None }).await;
    hex::encode(sha256)
}

/// What an event says of a document's bytes is either held against the bytes, or told here why not.
#[test]
fn every_event_that_names_bytes_is_known() {
    const NOT_KEPT_HERE: [&str; 4] = ["AttachmentAdded", "BankStatementDivided", "BankStatementImported", "PaymentBankStatusReported"];
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests/golden");
    let mut named: BTreeSet<String> = BTreeSet::new();
    for file in std::fs::read_dir(folder).expect("golden events").map(|file| file.expect("a file").path()) {
        let text = std::fs::read_to_string(&file).expect("an event");
        if text.contains("sha256") {
            named.extend(file.file_name().and_then(|name| name.to_str()?.split('.').next()).map(str::to_owned));
        }
    }
    let known: BTreeSet<String> = KEPT_BY.iter().map(|(event, _)| *event).chain(NOT_KEPT_HERE).map(str::to_owned).collect();
    assert_eq!(named, known);
}
