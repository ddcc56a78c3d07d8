//! Audit trail, time travel, and the feed of published events.

use chrono::DateTime;
use quittance_application::context::event_id;
use quittance_application::stock::MoveStock;
use quittance_domain::ids::{ItemId, StockId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceCommand};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_domain::stock::{Stock, StockAction};
use quittance_infrastructure::database::TenantTx;
use quittance_projections::audit::{AuditEntry, AuditFilter};
use quittance_projections::feed::{Published, events_after};
use quittance_projections::page::Page;
use quittance_projections::{audit, history};
use rust_decimal::Decimal;
use serde_json::json;
use sqlx::{ConnectOptions, Executor};
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

/// A filter that fits little goes through a few positions a page, and misses none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_reaches_so_far_and_its_cursor_goes_on_there() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "A-1", "100.00", "2026-03-31").await;
    approve(&engine, id, approver).await;
    let mut tx = engine.read().await;
    let all = entries(&mut tx, AuditFilter::default()).await;
    let head = all.len() as i64;
    let action = |action: &str| AuditFilter { action: Some(action.to_owned()), ..AuditFilter::default() };
    let of_invoice = AuditFilter { entity_id: Some(id.0), ..AuditFilter::default() };
    for (filter, pages_min) in [(action("InvoiceReceived"), head / 3), (action("Nothing"), head / 3), (of_invoice, 3)] {
        let expected: Vec<i64> = entries(&mut tx, filter.clone()).await.iter().map(|entry| entry.position).collect();
        for sort in ["position", "-position"] {
            let (mut page, mut found, mut pages) = (Page { limit: Some(1), sort: Some(sort.to_owned()), ..Page::default() }, vec![], 0);
            loop {
                let got = audit::list_within(&mut tx, &filter, &page, 3).await.expect("a page");
                found.extend(got.data.iter().map(|entry| entry.position));
                pages += 1;
                match got.next_cursor {
                    Some(cursor) => page.cursor = Some(cursor),
                    None => break,
                }
            }
            assert!(pages >= pages_min, "{pages} pages: {filter:?}");
            found.sort_unstable_by_key(|position| -position);
            assert_eq!(found, expected, "{filter:?} {sort}");
        }
    }
    // Times are positions: every moment of the log divides it.
    for entry in &all {
        let earlier = entries(&mut tx, AuditFilter { to: Some(entry.recorded_at), ..AuditFilter::default() }).await;
        let later = entries(&mut tx, AuditFilter { from: Some(entry.recorded_at), ..AuditFilter::default() }).await;
        assert_eq!(earlier.len() + later.len(), all.len());
        assert!(earlier.iter().all(|e| e.recorded_at < entry.recorded_at) && later.iter().all(|e| e.recorded_at >= entry.recorded_at));
    }
}

/// More movements than a page of a fold holds, and than a snapshot comes after.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_is_folded_from_its_snapshot() {
    let engine = Engine::start().await;
    company_with_vendor(&engine).await;
    let item_id = stocked_item(&engine).await;
    let stock = StockId::of(item_id, "main");
    let one_more = |n: u32| MoveStock {
        item_id,
        location: "main".to_owned(),
        effective_date: day("2026-03-31"),
        action: StockAction::Adjust { difference: Decimal::from(n), reason: "counted".to_owned(), by: engine.admin },
    };
    let mut states = Vec::new();
    for n in 1..=620 {
        engine.commands.run(&engine.as_user(engine.admin), &one_more(n)).await.expect("moved");
        let (state, version) = engine.commands.state_of::<Stock>(engine.tenant, stock.0).await.expect("a state");
        states.push((version, serde_json::to_value(&*state).expect("JSON")));
    }
    let mut tx = engine.read().await;
    let snapshot: i64 = sqlx::query_scalar("select sequence from es.snapshots where tenant_id = $1 and aggregate_id = $2")
        .bind(engine.tenant.0)
        .bind(stock.0)
        .fetch_one(&mut *tx)
        .await
        .expect("a snapshot");
    assert!(snapshot > 500, "{snapshot}");
    for (version, state) in states.iter().filter(|(version, _)| version % 50 == 0 || (version - snapshot).abs() < 3) {
        let seen = history::at_version(&mut tx, stock.0, *version).await.expect("an answer").expect("a version");
        assert_eq!((seen.version, &seen.state), (*version, state));
        assert_eq!(history::at_time(&mut tx, stock.0, seen.recorded_at).await.expect("an answer").expect("a version").state, *state);
    }
    let last = states.last().expect("a state");
    assert_eq!(history::latest(&mut tx, stock.0).await.expect("an answer").expect("a version").state, last.1);
    let (before, after) = history::around(&mut tx, stock.0, last.0).await.expect("an answer").expect("both");
    assert_ne!(before, after.state);
    drop(tx);

    // What lies before the snapshot is not looked at any more.
    let mut admin = engine.database.admin().connect().await.expect("the administrator connects");
    admin.execute("set session_replication_role = replica").await.expect("no triggers");
    let query = "delete from es.events where aggregate_id = $1 and sequence between 2 and 400";
    sqlx::query(query).bind(stock.0).execute(&mut admin).await.expect("gone");
    let mut tx = engine.read().await;
    assert_eq!(history::latest(&mut tx, stock.0).await.expect("an answer").expect("a version").state, last.1);
    assert!(history::at_version(&mut tx, stock.0, 450).await.is_err(), "before it, a history with a hole is an alarm");
}

async fn stocked_item(engine: &Engine) -> ItemId {
    let id = engine.new_id::<ItemId>();
    let card: ItemCard = serde_json::from_value(json!({ "sku": "LONG", "name": "Bracket", "unit": "C62" })).expect("a card");
    engine.execute::<Item>(engine.admin, id, ItemCommand::Create { card }).await;
    id
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
    engine.execute::<User>(engine.admin, approver, UserCommand::IssueKey { key: key.clone(), at: DateTime::UNIX_EPOCH }).await;
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
