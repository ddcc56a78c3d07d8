//! Rows agree with the domain over random histories, in whatever batches the events come.

use chrono::DateTime;
use std::collections::HashMap;

use quittance_domain::approval::Approval;
use quittance_domain::customer::Customer;
use quittance_domain::ids::{ApprovalId, CustomerId, TenantId, VendorId};
use quittance_domain::invoice::{DocumentKind, Invoice, InvoiceStatus, Stage};
use quittance_domain::matching::MatchFinding;
use quittance_domain::payment::Payment;
use quittance_domain::stock::Stock;
use quittance_domain::vendor::Vendor;
use quittance_domain::{Money, Root};
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_projections::ageing::{AgeingFilter, ageing};
use quittance_projections::approval::ApprovalStatus;
use quittance_projections::exception::{ExceptionFilter, ExceptionStatus};
use quittance_projections::page::Page;
use quittance_projections::stock::StockMovementFilter;
use quittance_projections::worker::holding;
use quittance_projections::{
    Fact, Memory, ProjectionError, Recorded, approval, customer, exception, invoice, payment, read_models, stock, vendor,
};
use rust_decimal::Decimal;
use serde_json::Value;
use uuid::Uuid;

use crate::engine::{any_tenant, database};
use crate::histories::{History, first_day};

/// Projects a history for a new tenant, as the runtime would: one transaction a batch, rows remembered in between.
async fn projected(database: &Database, history: &History, batch: usize) -> TenantId {
    let tenant = any_tenant();
    let mut memory = Memory::default();
    for (number, events) in history.recorded.chunks(batch).enumerate() {
        let mut tx = database.project(tenant).await.expect("a transaction begins");
        for projector in read_models().iter() {
            projector.project(&mut tx, &mut memory, events).await.expect("every event can be projected");
        }
        tx.commit().await.expect("it commits");
        if number % 3 == 2 {
            // As after a restart: what is needed has to be read again.
            memory.clear();
        }
    }
    tenant
}

async fn rows(database: &Database, tenant: TenantId, table: &str) -> Vec<Value> {
    let mut tx = database.read(tenant).await.expect("a transaction begins");
    let query = format!("select to_jsonb(t) - 'tenant_id' from {table} t where tenant_id = $1 order by 1");
    sqlx::query_scalar(&query).bind(tenant.0).fetch_all(&mut *tx).await.expect("rows")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_size_of_batches_makes_no_difference() {
    let database = database().await;
    for seed in 0..3 {
        let history = History::of(seed, 700);
        let mut tenants = Vec::new();
        for batch in [1, 7, 1000] {
            tenants.push(projected(&database, &history, batch).await);
        }
        for table in read_models().iter().flat_map(|p| p.tables()) {
            let one_by_one = rows(&database, tenants[0], table).await;
            assert_eq!(one_by_one, rows(&database, tenants[1], table).await, "{table}, by sevens, seed {seed}");
            assert_eq!(one_by_one, rows(&database, tenants[2], table).await, "{table}, at once, seed {seed}");
        }
        for table in
            ["invoices", "payable_facts", "payable_sums", "payments", "approvals", "stock", "stock_movements", "vendors", "customers"]
        {
            assert!(!rows(&database, tenants[0], table).await.is_empty(), "{table} is empty, seed {seed}: the test tests nothing");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn live_rows_equal_a_replay_by_the_domain() {
    let database = database().await;
    let mut seen: HashMap<InvoiceStatus, u32> = HashMap::new();
    for seed in 100..128 {
        let history = History::of(seed, 800);
        let tenant = projected(&database, &history, 64).await;
        for (id, events) in history.invoices.iter().filter(|(_, events)| !events.is_empty()) {
            let status = invoice_agrees(&database, tenant, *id, Invoice::replay(events.clone())).await;
            *seen.entry(status).or_default() += 1;
        }
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (id, events) in history.payments.iter().filter(|(_, events)| !events.is_empty()) {
            let row = payment::get(&mut tx, (*id).into()).await.expect("an answer").expect("a row");
            assert_eq!(Some(row.summary.status), Payment::replay(events.clone()).status(), "seed {seed}");
            assert_eq!(row.summary.version, events.len() as i64);
        }
        for (id, events) in history.approvals.iter().filter(|(_, events)| !events.is_empty()) {
            let row = approval::get(&mut tx, ApprovalId(*id)).await.expect("an answer").expect("a row");
            assert_eq!(row.status, status_of(&Approval::replay(events.clone())), "seed {seed}");
        }
        for (id, events) in history.stock.iter().filter(|(_, events)| !events.is_empty()) {
            let (row, domain) = (stock::get(&mut tx, (*id).into()).await, Stock::replay(events.clone()));
            let row = row.expect("an answer").expect("a row");
            assert_eq!((row.on_hand, row.low, Some(row.item_id)), (domain.on_hand, domain.low, domain.item_id), "seed {seed}");
            let filter = StockMovementFilter { item_id: domain.item_id, ..StockMovementFilter::default() };
            let moved = stock::movements(&mut tx, &filter, &Page { limit: Some(200), ..Page::default() }).await.expect("movements");
            assert!(moved.next_cursor.is_none());
            assert_eq!(moved.data.iter().map(|m| m.difference).sum::<Decimal>(), domain.on_hand, "seed {seed}");
        }
        for (id, events) in history.customers.iter().filter(|(_, events)| !events.is_empty()) {
            let row = customer::get(&mut tx, CustomerId(*id)).await.expect("an answer").expect("a row");
            let domain = Customer::replay(events.clone());
            let profile = domain.profile().expect("it is registered");
            let said = (&row.details, row.status, row.blocked.as_deref(), row.merged_into);
            assert_eq!(said, (&profile.details, profile.status(), profile.blocked(), profile.merged_into()), "seed {seed}");
            assert_eq!((row.version, row.survivor), (events.len() as i64, profile.merged_into()), "seed {seed}");
        }
        for (id, events) in history.vendors.iter().filter(|(_, events)| !events.is_empty()) {
            let row = vendor::get(&mut tx, VendorId(*id), DateTime::default()).await.expect("an answer").expect("a row");
            let domain = Vendor::replay(events.clone());
            let profile = domain.profile().expect("it is registered");
            assert_eq!((&row.party, row.verified, &row.blocked), (&profile.party, profile.verified, &profile.blocked), "seed {seed}");
        }
    }
    use InvoiceStatus::{Approved, Disputed, InException, Paid, PartiallyPaid, PendingApproval, Received, Rejected, Scheduled, Voided};
    for status in [Received, InException, Disputed, PendingApproval, Approved, Scheduled, PartiallyPaid, Paid, Rejected, Voided] {
        assert!(seen.contains_key(&status), "no history ended {status}: the test does not test it ({seen:?})");
    }
}

async fn invoice_agrees(database: &Database, tenant: TenantId, id: Uuid, domain: Invoice) -> InvoiceStatus {
    let mut tx = database.read(tenant).await.expect("a transaction begins");
    let filter = invoice::InvoiceFilter::default();
    let listed = invoice::list(&mut tx, &filter, &Page { limit: Some(200), ..Page::default() }).await.expect("a list");
    let row = listed.data.into_iter().find(|row| row.id.0 == id).expect("a row");
    let payable = domain.received().expect("it was received");
    let claimed = payable.claims.iter().fold(payable.to_be_withheld(), |sum, c| sum.plus(c.amount).expect("one currency"));
    assert_eq!(row.status, payable.status());
    // Nothing is open of what was given up, and what is kept back settles nothing.
    let given_up = matches!(row.status, InvoiceStatus::Rejected | InvoiceStatus::Voided);
    let open = if given_up { Money::zero(payable.payable.currency()) } else { payable.open() };
    let settled = payable.settled().less(payable.retained());
    assert_eq!((row.open, row.settled, row.payable, row.claimed), (open, settled, payable.payable, claimed));
    let refundable = sqlx::query_scalar("select refundable from invoices where invoice_id = $1").bind(id);
    let refundable: rust_decimal::Decimal = refundable.fetch_one(&mut *tx).await.expect("a row");
    assert_eq!(refundable, payable.refundable().amount());
    assert_eq!((row.round, row.exceptions), (payable.round as i32, payable.exceptions.clone()));
    let holds: Vec<_> = payable.holds().cloned().collect();
    assert_eq!(row.holds, holds);
    let mut kinds: Vec<String> = payable.exceptions.iter().map(|e| e.kind.to_string()).collect();
    kinds.extend((!payable.lookalikes.is_empty()).then(|| "duplicate".to_owned()));
    kinds.extend(payable.placed_holds.iter().map(|_| "on_hold".to_owned()));
    assert_eq!((row.disputed, row.retained), (payable.disputed(), payable.retained()));
    kinds.extend(payable.dispute.iter().map(|_| "dispute".to_owned()));
    assert_eq!((row.placed_holds, row.dispute), (payable.placed_holds.clone(), payable.dispute.clone()));
    queue_agrees(&mut tx, id, payable.status(), kinds, holds).await;
    assert_eq!((row.due_date, row.effective_date, row.vendor_id), (payable.due_date, payable.effective_date, payable.vendor_id));
    assert_eq!((&row.number, row.kind), (&payable.document.number, payable.document.kind));
    row.status
}

/// What is open in the queue is what the invoice has, each thing once; nothing of a voided one.
async fn queue_agrees(tx: &mut TenantTx, id: Uuid, status: InvoiceStatus, mut expected: Vec<String>, holds: Vec<MatchFinding>) {
    let filter = ExceptionFilter { invoice_id: Some(id.into()), status: Some(ExceptionStatus::Open), ..ExceptionFilter::default() };
    let open =
        exception::list(tx, &filter, DateTime::UNIX_EPOCH, &Page { limit: Some(200), ..Page::default() }).await.expect("a list").data;
    let (mut kinds, mut held): (Vec<String>, Vec<_>) = (vec![], vec![]);
    for view in open {
        match view.hold {
            Some(hold) => held.push(hold),
            None => kinds.push(view.kind.to_string()),
        }
    }
    kinds.sort();
    // Several holds of people are of one kind.
    kinds.dedup();
    expected.sort();
    expected.dedup();
    held.sort_by_key(|hold| hold.check.to_string());
    match status {
        InvoiceStatus::Voided => assert!(kinds.is_empty() && held.is_empty()),
        _ => assert_eq!((kinds, held), (expected, holds)),
    }
}

fn status_of(approval: &Approval) -> ApprovalStatus {
    match approval {
        Approval::Running(running) if running.open.is_none() => ApprovalStatus::Stuck,
        Approval::NotRequested | Approval::Running(_) => ApprovalStatus::Running,
        Approval::Granted { .. } => ApprovalStatus::Granted,
        Approval::Denied { .. } => ApprovalStatus::Denied,
        Approval::Withdrawn(_) => ApprovalStatus::Withdrawn,
        Approval::Expired(_) => ApprovalStatus::Expired,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_that_is_owed_ages_and_nothing_else() {
    let database = database().await;
    let late = first_day() + chrono::Days::new(5_000);
    for seed in 200..212 {
        let history = History::of(seed, 500);
        let tenant = projected(&database, &history, 100).await;
        let (mut owed, mut held, mut disputed) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        for invoice in history.invoices.values().filter(|events| !events.is_empty()).map(|events| Invoice::replay(events.clone())) {
            let payable = invoice.received().expect("it was received");
            let sign = if payable.document.kind == DocumentKind::CreditNote { -Decimal::ONE } else { Decimal::ONE };
            let open = sign * payable.open().amount();
            match payable.stage {
                Stage::Rejected { .. } | Stage::Voided { .. } => continue,
                Stage::Received | Stage::PendingApproval { .. } => held += open,
                Stage::Approved { .. } => {}
            }
            owed += open;
            disputed += sign * payable.disputed().amount();
        }
        // What a payment left on account is owed to us, until an invoice has it.
        for payment in history.payments.values().filter(|events| !events.is_empty()).map(|events| Payment::replay(events.clone())) {
            owed -= payment.credits().iter().map(|credit| credit.left().amount()).sum::<Decimal>();
        }
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        let aged =
            ageing(&mut tx, &AgeingFilter { as_of: Some(late), ..AgeingFilter::default() }, &Page::default(), late).await.expect("ageing");
        let sum = |pick: fn(&quittance_projections::ageing::Amounts) -> Money| -> Decimal {
            aged.totals.iter().map(|total| pick(&total.amounts).amount()).sum()
        };
        assert_eq!((sum(|a| a.total), sum(|a| a.held), sum(|a| a.disputed)), (owed, held, disputed), "seed {seed}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_does_not_follow_is_poison_and_never_passed_over() {
    let database = database().await;
    let history = History::of(1, 300);
    let second = |at: &Recorded| at.sequence == 2 && matches!(at.fact, Fact::Invoice(_));
    let skipped = history.recorded.iter().position(second).expect("an invoice with two events");
    let mut events = history.recorded[..=skipped].to_vec();
    events[skipped].sequence = 3;
    let mut tx = database.project(any_tenant()).await.expect("a transaction begins");
    let (mut memory, mut poisoned) = (Memory::default(), 0);
    for projector in read_models().iter() {
        match projector.project(&mut tx, &mut memory, &events).await {
            Err(ProjectionError::Poison { position, .. }) if position == events[skipped].position => poisoned += 1,
            other => other.expect("only what folds the aggregate is poisoned"),
        }
    }
    assert_eq!(poisoned, 2, "an invoice has a row and a fingerprint");
}

/// The database ends a transaction in which nothing happens, and with it the worker's hold on a checkpoint.
#[tokio::test]
async fn a_transaction_that_is_held_over_long_work_is_not_taken_for_forgotten() {
    let database = database().await;
    let mut tx = database.project(any_tenant()).await.expect("a transaction begins");
    sqlx::query("set local idle_in_transaction_session_timeout = '6s'").execute(&mut *tx).await.expect("set");
    let long = tokio::time::sleep(std::time::Duration::from_secs(9));
    holding(&mut tx, long).await.expect("the transaction is held");
    sqlx::query("select 1").execute(&mut *tx).await.expect("the transaction is still there");
}
