//! One invoice from capture to payment, as the lists and details show it.

use chrono::{DateTime, NaiveDate};
use quittance_application::approval::{ApproveInvoice, Signed, SubmitInvoice};
use quittance_application::goods_receipt::PostReceipt;
use quittance_application::invoice::{Capture, ReceiveInvoice};
use quittance_application::payment::{Paying, PlanPayment};
use quittance_application::purchase_order::PlaceOrder;
use quittance_application::recorded_payment::RecordPayment;
use quittance_application::tenant::CreateTenant;
use quittance_application::user::AddUser;
use quittance_domain::Currency;
use quittance_domain::ids::{GoodsReceiptId, InvoiceId, ItemId, PaymentId, PurchaseOrderId, UserId, VendorId};
use quittance_domain::invoice::{InvoiceStatus, Source};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_domain::party::{Address, Party};
use quittance_domain::payment::{ManualRecord, Method, Payment, PaymentCommand, PaymentStatus};
use quittance_domain::purchase_order::{OrderLine, ReceivedLine};
use quittance_domain::role::Role;
use quittance_domain::vendor::{Origin, Vendor, VendorCommand};
use quittance_projections::approval::{ApprovalFilter, ApprovalStatus};
use quittance_projections::invoice::InvoiceFilter;
use quittance_projections::page::Page;
use quittance_projections::stock::{MovementKind, StockFilter, StockMovementFilter};
use quittance_projections::{approval, approval_policy, company, goods_receipt, invoice, payment, purchase_order, stock, user, vendor};

use crate::documents::invoice_document;
use crate::engine::{Engine, eur, key};

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

/// A company with a vendor and somebody who may approve.
pub async fn company_with_vendor(engine: &Engine) -> (VendorId, UserId) {
    let create = CreateTenant {
        name: "Acme".to_owned(),
        base_currency: Currency::EUR,
        address: Address::default(),
        time_zone: None,
        admin: engine.admin,
        admin_email: "admin@acme.example".to_owned(),
        key: key(engine, 1),
    };
    engine.run(engine.admin, &create).await;
    let approver: UserId = engine.new_id();
    let (email, name) = ("bob@acme.example".to_owned(), "Bob".to_owned());
    // As the operator adds people: nobody has had their key in hand.
    engine.run(approver, &AddUser { id: approver, email, name, roles: vec![Role::Approver], key: key(engine, 2) }).await;
    let vendor: VendorId = engine.new_id();
    let party = Party { name: "Nordwind GmbH".to_owned(), vat_id: Some("DE123456789".to_owned()), ..Party::default() };
    let register =
        VendorCommand::Register { party, currency: Some(Currency::EUR), payment_days: 14, origin: Origin::Person, by: engine.admin };
    engine.execute::<Vendor>(engine.admin, vendor, register).await;
    (vendor, approver)
}

pub async fn receive(engine: &Engine, vendor_id: VendorId, number: &str, amount: &str, due: &str) -> InvoiceId {
    let id: InvoiceId = engine.new_id();
    engine.run(engine.admin, &ReceiveInvoice { id, vendor_id, capture: captured(number, amount, due), beside: None }).await;
    id
}

pub fn captured(number: &str, amount: &str, due: &str) -> Capture {
    Capture {
        verdict: None,
        document: invoice_document(number, amount, day("2026-03-01"), Some(day(due))),
        payable: eur(amount),
        effective_date: None,
        stated_account: None,
        source: Source::Json,
        original: None,
        exceptions: vec![],
    }
}

pub async fn approve(engine: &Engine, id: InvoiceId, approver: UserId) {
    engine.run(engine.admin, &SubmitInvoice { id }).await;
    engine.run(approver, &ApproveInvoice { id, comment: Some("checked".to_owned()), signed: Signed::default() }).await;
}

pub async fn pay(engine: &Engine, invoice_id: InvoiceId, amount: Option<&str>, approver: UserId, value_date: &str) -> PaymentId {
    let id: PaymentId = engine.new_id();
    let items = vec![Paying { invoice_id, amount: amount.map(eur) }];
    let plan = PlanPayment {
        id,
        method: Method::Manual,
        execution_date: day(value_date),
        debtor_account_id: None,
        provider_account_id: None,
        items,
        instructions: None,
    };
    engine.run_on(day(value_date), engine.admin, &plan).await;
    engine.execute::<Payment>(approver, id, PaymentCommand::Authorise { by: approver }).await;
    let record = ManualRecord { method: "wire".to_owned(), reference: "W-1".to_owned(), paid_on: day(value_date) };
    engine.run_on(day(value_date), engine.admin, &RecordPayment { id, record }).await;
    engine.execute::<Payment>(engine.admin, id, PaymentCommand::Settle { items: None, value_date: day(value_date) }).await;
    id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invoice_is_listed_as_it_moves_from_capture_to_payment() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "2026-17", "119.00", "2026-03-15").await;

    let listed = |status| InvoiceFilter { status: Some(status), ..InvoiceFilter::default() };
    let page = Page::default();
    let found = invoice::list(&mut engine.read().await, &listed(InvoiceStatus::Received), &page).await.expect("a list");
    assert_eq!(found.data.iter().map(|i| (i.id, i.open)).collect::<Vec<_>>(), [(id, eur("119.00"))]);

    engine.run(engine.admin, &SubmitInvoice { id }).await;
    let mine = ApprovalFilter { waiting_for: Some(approver), ..ApprovalFilter::default() };
    let inbox = approval::list(&mut engine.read().await, &mine, &page).await.expect("an inbox");
    assert_eq!(inbox.data.iter().map(|a| (a.invoice_id, a.waiting_for.clone())).collect::<Vec<_>>(), [(id, vec![approver])]);

    engine.run(approver, &ApproveInvoice { id, comment: Some("checked".to_owned()), signed: Signed::default() }).await;
    assert!(approval::list(&mut engine.read().await, &mine, &page).await.expect("an inbox").data.is_empty());
    let granted = approval::get(&mut engine.read().await, inbox.data[0].id).await.expect("an answer").expect("an approval");
    assert_eq!(granted.status, ApprovalStatus::Granted);
    assert_eq!(
        granted.decisions.iter().map(|d| (d.by, d.approved, d.comment.as_deref())).collect::<Vec<_>>(),
        [(approver, true, Some("checked"))]
    );

    let payment_id = pay(&engine, id, Some("19.00"), approver, "2026-03-10").await;
    let detail = invoice::get(&mut engine.read().await, id).await.expect("an answer").expect("an invoice");
    assert_eq!(
        (detail.summary.status, detail.summary.open, detail.summary.settled),
        (InvoiceStatus::PartiallyPaid, eur("100.00"), eur("19.00"))
    );
    assert_eq!(detail.document.number, "2026-17");
    let paid = payment::get(&mut engine.read().await, payment_id).await.expect("an answer").expect("a payment");
    assert_eq!((paid.summary.status, paid.lines.len()), (PaymentStatus::Settled, 1));
    assert_eq!(paid.record.map(|r| r.reference).as_deref(), Some("W-1"));

    let users = user::list(&mut engine.read().await, &Default::default(), &page).await.expect("users");
    assert_eq!(users.data.iter().map(|u| u.email.as_str()).collect::<Vec<_>>(), ["admin@acme.example", "bob@acme.example"]);
    let vendor = vendor::get(&mut engine.read().await, vendor_id, DateTime::default()).await.expect("an answer").expect("a vendor");
    assert_eq!((vendor.party.name.as_str(), vendor.payment_days), ("Nordwind GmbH", 14));
    let company = company::get(&mut engine.read().await).await.expect("an answer").expect("a company");
    assert_eq!(company.name, "Acme");
    assert_eq!(approval_policy::versions(&mut engine.read().await).await.expect("versions").len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn goods_that_come_in_show_in_the_order_and_in_stock() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    let (item_id, order_id): (ItemId, PurchaseOrderId) = (engine.new_id(), engine.new_id());
    let card = ItemCard {
        sku: "BOLT-8".to_owned(),
        name: "Bolt".to_owned(),
        unit: "C62".to_owned(),
        conversions: vec![],
        reorder_level: Some(5.into()),
        valuation: None,
        unit_weight: None,
        unit_volume: None,
        coding: None,
        group: None,
        list_price: None,
    };
    engine.execute::<Item>(engine.admin, item_id, ItemCommand::Create { card }).await;
    let lines = vec![OrderLine::of(1, item_id, "Bolt", 10.into(), 2.into()).into()];
    let place = PlaceOrder { id: order_id, vendor_id, number: "PO-1".to_owned(), currency: Currency::EUR, lines, charges: vec![] };
    engine.run(engine.admin, &place).await;
    let receipt_id: GoodsReceiptId = engine.new_id();
    let post = PostReceipt {
        id: receipt_id,
        purchase_order_id: order_id,
        location: "main".to_owned(),
        effective_date: day("2026-03-05"),
        delivery_note: None,
        lines: vec![ReceivedLine::of(1, 7.into(), 1.into())],
        over_receipt_allowed: false,
    };
    engine.run(engine.admin, &post).await;

    let mut tx = engine.read().await;
    let order = purchase_order::get(&mut tx, order_id).await.expect("an answer").expect("an order");
    assert_eq!((order.net, order.lines[0].accepted, order.lines[0].rejected), (eur("20.00"), 7.into(), 1.into()));
    let levels = stock::list(&mut tx, &StockFilter::default(), &Page::default()).await.expect("stock");
    assert_eq!(levels.data.iter().map(|s| (s.item_id, s.on_hand)).collect::<Vec<_>>(), [(item_id, 7.into())]);
    let filter = StockMovementFilter { item_id: Some(item_id), ..StockMovementFilter::default() };
    let moved = stock::movements(&mut tx, &filter, &Page::default()).await.expect("movements").data;
    assert_eq!((moved.len(), moved[0].kind, moved[0].difference), (1, MovementKind::Received, 7.into()));
    assert_eq!(moved[0].receipt.map(|r| r.goods_receipt_id), Some(receipt_id));
    assert_eq!(goods_receipt::get(&mut tx, receipt_id).await.expect("an answer").expect("a receipt").purchase_order_id, order_id);
}
