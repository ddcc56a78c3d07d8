//! Audit trail, time travel, and the feed of published events.

use chrono::DateTime;
use quittance_application::context::event_id;
use quittance_domain::ids::UserId;
use quittance_domain::invoice::{Invoice, InvoiceCommand};
use quittance_infrastructure::database::TenantTx;
use quittance_projections::audit::{AuditEntry, AuditFilter};
use quittance_projections::feed::{Published, events_after};
use quittance_projections::page::Page;
use quittance_projections::{audit, history};
use serde_json::json;
use uuid::Uuid;

use crate::engine::{Engine, any_tenant};
use crate::journey::{approve, company_with_vendor, day, receive};

async fn entries(tx: &mut TenantTx, filter: AuditFilter) -> Vec<AuditEntry> {
    audit::list(tx, &filter, &Page { limit: Some(200), ..Page::default() }).await.expect("entries").data
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_audit_trail_says_who_did_what_from_where_and_why() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "A-1", "100.00", "2026-03-31").await;
    approve(&engine, id, approver).await;
    let void = InvoiceCommand::Void { by: engine.admin, reason: "sent twice".to_owned(), effective_date: day("2026-03-10") };
    engine.execute::<Invoice>(engine.admin, id, void).await;

    let mut tx = engine.read().await;
    let of_invoice = entries(&mut tx, AuditFilter { entity_id: Some(id.0), ..AuditFilter::default() }).await;
    let actions: Vec<&str> = of_invoice.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["InvoiceVoided", "InvoiceApproved", "InvoiceSubmitted", "InvoiceReceived"]);
    let voided = &of_invoice[0];
    assert_eq!((voided.why.as_deref(), voided.actor_name.as_deref()), (Some("sent twice"), Some("admin@acme.example")));
    assert_eq!((voided.channel.as_deref(), voided.client_address.as_deref()), (Some("rest"), Some("192.0.2.7")));

    let given =
        entries(&mut tx, AuditFilter { actor: Some(approver), entity: Some("approval".to_owned()), ..AuditFilter::default() }).await;
    let decision = given.iter().find(|entry| entry.action == "ApprovalGiven").expect("the decision");
    assert_eq!(decision.why.as_deref(), Some("checked"));
    // The approval of the invoice was caused by the grant, and belongs to the approver's request.
    let granted = given.iter().find(|entry| entry.action == "ApprovalGranted").expect("the grant");
    let approved = &of_invoice[1];
    assert_eq!(approved.channel.as_deref(), Some("process_manager"));
    assert_eq!(approved.causation_id, Some(event_id(engine.tenant, granted.position)));
    assert_eq!(approved.correlation_id, granted.correlation_id);
    let chain = entries(&mut tx, AuditFilter { correlation_id: Some(granted.correlation_id), ..AuditFilter::default() }).await;
    assert_eq!(chain.iter().map(|e| e.action.as_str()).collect::<Vec<_>>(), ["InvoiceApproved", "ApprovalGranted", "ApprovalGiven"]);

    let detail = audit::get(&mut tx, approved.position).await.expect("an answer").expect("an entry");
    assert!(detail.changes.iter().any(|change| change.path.starts_with("/received/stage")), "{:?}", detail.changes);
    assert_eq!(
        detail.before.pointer("/received/stage/pending_approval/approval_id"),
        detail.after.pointer("/received/stage/approved/approval_id")
    );
    assert_eq!(detail.data["round"], 1);
    assert!(audit::get(&mut tx, 1_000_000).await.expect("an answer").is_none());

    let received = &of_invoice[3];
    let first = audit::get(&mut tx, received.position).await.expect("an answer").expect("an entry");
    assert!(first.before.is_null() && first.after.is_object());
    let until = AuditFilter { to: Some(received.recorded_at), ..AuditFilter::default() };
    assert!(entries(&mut tx, until).await.iter().all(|entry| entry.recorded_at < received.recorded_at));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_trail_is_paged_through_in_both_directions() {
    let engine = Engine::start().await;
    company_with_vendor(&engine).await;
    let mut tx = engine.read().await;
    for (sort, limit) in [("position", 2), ("-position", 3)] {
        let (mut page, mut positions) = (Page { limit: Some(limit), cursor: None, sort: Some(sort.to_owned()), ..Page::default() }, vec![]);
        loop {
            let got = audit::list(&mut tx, &AuditFilter::default(), &page).await.expect("a page");
            positions.extend(got.data.iter().map(|entry| entry.position));
            match got.next_cursor {
                Some(cursor) => page.cursor = Some(cursor),
                None => break,
            }
        }
        let mut expected: Vec<i64> = (1..=positions.len() as i64).collect();
        if sort.starts_with('-') {
            expected.reverse();
        }
        assert!(positions.len() > 5);
        assert_eq!(positions, expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_aggregate_can_be_seen_at_any_version_and_time() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "A-1", "100.00", "2026-03-31").await;
    approve(&engine, id, approver).await;

    let mut tx = engine.read().await;
    let version = async |tx: &mut TenantTx, n| history::at_version(tx, id.0, n).await.expect("an answer");
    let received = version(&mut tx, 1).await.expect("a version");
    assert_eq!(received.state.pointer("/received/stage"), Some(&json!("received")));
    let approved = version(&mut tx, 3).await.expect("a version");
    assert!(approved.state.pointer("/received/stage/approved").is_some());
    assert_eq!(history::latest(&mut tx, id.0).await.expect("an answer"), Some(approved.clone()));
    assert!(version(&mut tx, 4).await.is_none());
    assert!(version(&mut tx, 0).await.is_none());

    let then = history::at_time(&mut tx, id.0, received.recorded_at).await.expect("an answer").expect("a version");
    assert_eq!((then.version, then.state), (1, received.state.clone()));
    let before = received.recorded_at - chrono::Duration::microseconds(1);
    assert!(history::at_time(&mut tx, id.0, before).await.expect("an answer").is_none());

    let diff = history::diff(&mut tx, id.0, 1, 3).await.expect("an answer").expect("both versions exist");
    let paths: Vec<&str> = diff.iter().map(|change| change.path.as_str()).collect();
    assert_eq!(paths, ["/received/round", "/received/stage", "/received/submitted"]);
    assert!(history::diff(&mut tx, id.0, 3, 3).await.expect("an answer").expect("it exists").is_empty());
    assert!(history::diff(&mut tx, id.0, 1, 9).await.expect("an answer").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_tenants_things_are_unknown() {
    let theirs = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&theirs).await;
    let id = receive(&theirs, vendor_id, "A-1", "100.00", "2026-03-31").await;
    let mut tx = theirs.database.read(any_tenant()).await.expect("a transaction begins");
    assert!(history::latest(&mut tx, id.0).await.expect("an answer").is_none());
    assert!(quittance_projections::invoice::get(&mut tx, id).await.expect("an answer").is_none());
    assert!(quittance_projections::vendor::get(&mut tx, vendor_id, DateTime::default()).await.expect("an answer").is_none());
    assert!(entries(&mut tx, AuditFilter { entity_id: Some(id.0), ..AuditFilter::default() }).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_feed_is_ordered_without_gaps_and_keeps_secrets() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "A-1", "100.00", "2026-03-31").await;

    let mut tx = engine.read().await;
    let mut all: Vec<Published> = Vec::new();
    loop {
        let next = events_after(&mut tx, all.len() as i64, 3).await.expect("events");
        if next.is_empty() {
            break;
        }
        all.extend(next);
    }
    let sequences: Vec<i64> = all.iter().map(|event| event.sequence.parse().expect("a number")).collect();
    assert_eq!(sequences, (1..=all.len() as i64).collect::<Vec<_>>());
    assert!(all.windows(2).all(|pair| pair[0].sequence < pair[1].sequence), "the texts sort as the events do");

    let received = all.last().expect("events");
    assert_eq!((received.r#type.as_str(), received.subject.clone()), ("quittance.invoice.received.v1", id.to_string()));
    assert_eq!(
        (received.id, received.source.clone()),
        (event_id(engine.tenant, sequences.len() as i64), format!("/quittance/{}", engine.tenant))
    );
    let data = received.data.as_ref().expect("data");
    assert_eq!(data["document"]["number"], "A-1");
    assert!(data.get("vendor_keys").is_none());
    let text = serde_json::to_string(&all).expect("it serialises");
    assert!(text.contains("quittance.user.key_issued.v1") && text.contains("quittance.approval_policy.adopted.v2"));
    for hash in ["01", "02"].map(|byte| byte.repeat(32)) {
        assert!(!text.contains(&hash), "an API key's hash was published");
    }
    let admin = history::latest(&mut tx, engine.admin.0).await.expect("an answer").expect("a user");
    assert!(!admin.state.to_string().contains(&"01".repeat(32)), "an API key's hash is in the history");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_found_by_its_hash_while_it_and_its_user_are_in_force() {
    use quittance_domain::user::{User, UserCommand};
    let engine = Engine::start().await;
    let (_, approver) = company_with_vendor(&engine).await;
    let mut key = crate::engine::key(&engine, 0xee);
    key.hash = format!("{}{}", engine.tenant.0.simple(), engine.admin.0.simple());
    let hash: Vec<u8> = [engine.tenant.0.as_bytes().as_slice(), engine.admin.0.as_bytes().as_slice()].concat();
    engine.execute::<User>(engine.admin, approver, UserCommand::IssueKey { key: key.clone() }).await;
    // Login knows no tenant yet: any transaction will do.
    let lookup = async || -> Vec<(Uuid, Uuid)> {
        let mut tx = engine.database.read(any_tenant()).await.expect("a transaction begins");
        let query = "select tenant_id, user_id from iam.key_lookup($1)";
        sqlx::query_as(query).bind(&hash).fetch_all(&mut *tx).await.expect("an answer")
    };
    assert_eq!(lookup().await, [(engine.tenant.0, approver.0)]);
    let keys = quittance_projections::api_key::of_user(&mut engine.read().await, approver).await.expect("keys");
    assert_eq!(keys.iter().map(|k| (k.prefix.as_str(), k.revoked)).collect::<Vec<_>>(), [("qk_238", false), ("qk_2", false)]);
    let by: UserId = engine.admin;
    engine.execute::<User>(engine.admin, approver, UserCommand::RevokeKey { key_id: key.key_id, by }).await;
    assert_eq!(lookup().await, []);
}
