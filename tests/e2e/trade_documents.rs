//! Orders and despatch advices as documents, over HTTP: an order is placed once, goods are announced, counted, received.

use std::collections::BTreeMap;

use futures::future::join_all;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::data::{data, files};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const ORDER: &str = include_str!("../../api/sample-orders/order-4500012.ubl.xml");
const ADVICE: &str = include_str!("../../api/sample-orders/advice-77120.ubl.xml");
/// What the envelopes cost.
const ENVELOPES: &str = "<cac:Price><cbc:PriceAmount currencyID=\"EUR\">8.25</cbc:PriceAmount><cbc:BaseQuantity unitCode=\"C62\">1</cbc:BaseQuantity></cac:Price>";
const ORDERS: &str = "/v1/purchase-orders/import";
const ADVICES: &str = "/v1/goods-receipts/import";

fn order_with(from: &str, to: &str) -> Vec<u8> {
    assert!(ORDER.contains(from), "{from}");
    ORDER.replace(from, to).into_bytes()
}

fn advice_with(from: &str, to: &str) -> Vec<u8> {
    assert!(ADVICE.contains(from), "{from}");
    ADVICE.replace(from, to).into_bytes()
}

async fn acme(app: &TestApp) -> Company {
    app.company("Acme").await
}

async fn on_hand(owner: &Person, min_position: i64) -> Value {
    let stock = owner.gets(&format!("/v1/stock?min_position={min_position}")).await.succeeds();
    stock.body["data"].as_array().expect("a list").iter().map(|row| row["on_hand"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_comes_as_a_document_and_is_placed_once() {
    let app = TestApp::start().await;
    let owner = acme(&app).await.owner;

    let keys: Vec<String> = (0..6).map(|n| format!("order {n}")).collect();
    let answers = join_all(keys.iter().map(|key| owner.uploads(ORDERS, ORDER.into(), key))).await;
    let (placed, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(placed.len(), 1, "the same document six times at once: {placed:?}");
    let (id, at) = (placed[0].id(), placed[0].position());
    for repeat in &refused {
        repeat.is_refused_as("duplicate-order");
        assert_eq!(repeat.body["existing_id"], json!(id), "{repeat:?}");
    }
    owner.uploads(ORDERS, order_with("Deliver to gate 3", "Deliver to gate 4"), "other").await.is_refused_as("number-taken");

    let order = owner.gets(&format!("/v1/purchase-orders/{id}?min_position={at}")).await.succeeds().body;
    assert_eq!((&order["number"], &order["net"]), (&json!("4500012"), &json!({ "amount": "223.00", "currency": "EUR" })));
    let said: Vec<_> = order["lines"].as_array().expect("lines").iter().map(|l| (&l["line"], &l["quantity"], &l["unit_price"])).collect();
    assert_eq!(said, [(&json!(1), &json!("40"), &json!("3.1")), (&json!(2), &json!("12"), &json!("8.25"))]);
    let vendors = owner.gets("/v1/vendors").await.succeeds().body;
    assert_eq!(vendors["data"].as_array().map(Vec::len), Some(1), "{vendors}");
    assert_eq!((&vendors["data"][0]["id"], &vendors["data"][0]["verified"]), (&order["vendor_id"], &json!(false)));
    let items = owner.gets("/v1/items?sort=sku").await.succeeds().body;
    let skus: Vec<_> = items["data"].as_array().expect("items").iter().map(|item| item["sku"].as_str().expect("a SKU")).collect();
    assert_eq!(skus, ["ENV-C5", "vat:DE888888883/CP-80"], "the buyer's number is ours; a seller's one says whose it is");

    let (status, original) = owner.downloads(&format!("/v1/purchase-orders/{id}/original?min_position={at}")).await;
    assert!(status == 200 && original == ORDER.as_bytes());
    assert_eq!(placed[0].body["sha256"], json!(hex::encode(Sha256::digest(ORDER))));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_order_finds_vendor_and_items_by_their_numbers() {
    let app = TestApp::start().await;
    let owner = acme(&app).await.owner;
    owner.posts("/v1/items", json!({ "sku": "ENV-C5", "name": "Envelopes", "unit": "C62" })).await.succeeds();
    owner.uploads(ORDERS, ORDER.into(), "first").await.succeeds();
    let second = owner.uploads(ORDERS, order_with("4500012", "4500013"), "second").await.succeeds();
    let at = second.position();
    for (list, count) in [("vendors", 1), ("items", 2), ("purchase-orders", 2)] {
        let found = owner.gets(&format!("/v1/{list}?min_position={at}")).await.succeeds().body;
        assert_eq!(found["data"].as_array().map(Vec::len), Some(count), "{list}: {found}");
    }
    let boxes = ORDER.replace("4500012", "4500014").replace("\"C62\"", "\"BX\"");
    owner.uploads(ORDERS, boxes.into_bytes(), "boxes").await.is_refused_as("unit-differs");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_document_that_states_no_price_takes_the_items() {
    let owner = acme(&TestApp::start().await).await.owner;
    let price = json!({ "amount": "16.60", "currency": "EUR", "base_quantity": "2" });
    owner.posts("/v1/items", json!({ "sku": "ENV-C5", "name": "Envelopes", "unit": "C62", "list_price": price })).await.succeeds();
    let totalled =
        "<cbc:Quantity unitCode=\"C62\">12</cbc:Quantity><cbc:LineExtensionAmount currencyID=\"EUR\">99.00</cbc:LineExtensionAmount>";
    let disagreeing = String::from_utf8(order_with(ENVELOPES, "")).expect("text");
    let disagreeing = disagreeing.replace("<cbc:Quantity unitCode=\"C62\">12</cbc:Quantity>", totalled).into_bytes();
    owner.uploads(ORDERS, disagreeing, "totalled").await.is_refused_as("order-not-expressible");
    let placed = owner.uploads(ORDERS, order_with(ENVELOPES, ""), "unpriced").await.succeeds();
    let path = format!("/v1/purchase-orders/{}?min_position={}", placed.id(), placed.position());
    let order = owner.gets(&path).await.succeeds().body;
    assert_eq!((&order["lines"][1]["unit_price"], &order["net"]["amount"]), (&json!("8.3"), &json!("223.60")));
}

#[tokio::test(flavor = "multi_thread")]
async fn goods_are_announced_then_counted_then_in_stock() {
    let app = TestApp::start().await;
    let company = acme(&app).await;
    let owner = &company.owner;
    owner.uploads(ADVICES, ADVICE.into(), "early").await.is_refused_as("purchase-order-unknown");
    let order = owner.uploads(ORDERS, ORDER.into(), "order").await.succeeds();

    let announced = owner.uploads(ADVICES, ADVICE.into(), "advice").await.succeeds();
    assert_eq!(announced.body["lines"], json!([{ "line": 1, "quantity": "40" }]), "two parcels of one line");
    assert_eq!(announced.body["purchase_order_id"], order.body["id"]);
    let again = owner.uploads(ADVICES, ADVICE.into(), "advice").await.succeeds();
    assert!(again.replayed && again.body == announced.body, "{again:?}");
    let repeated = owner.uploads(ADVICES, ADVICE.into(), "advice again").await;
    repeated.is_refused_as("duplicate-despatch-advice");
    assert_eq!(repeated.body["existing_id"], announced.body["id"]);
    let (advice, at) = (announced.id(), announced.position());
    assert_eq!(on_hand(owner, at).await, json!([]), "what is on its way is not here");
    let open = owner.gets(&format!("/v1/despatch-advices?status=announced&min_position={at}")).await.succeeds().body;
    assert_eq!(open["data"][0]["expected_date"], "2026-11-12");
    let (status, original) = owner.downloads(&format!("/v1/despatch-advices/{advice}/original")).await;
    assert!(status == 200 && original == ADVICE.as_bytes());

    let receive = format!("/v1/despatch-advices/{advice}/receive");
    let counted = json!({ "location": "main", "lines": [{ "line": 1, "accepted": "38", "rejected": "2" }] });
    let receipt = owner.posts(&receive, counted.clone()).await.succeeds();
    owner.posts(&receive, counted).await.is_refused_as("despatch-advice-received");
    let at = receipt.position();
    let posted = owner.gets(&format!("/v1/goods-receipts/{}?min_position={at}", receipt.id())).await.succeeds().body;
    assert_eq!((&posted["delivery_note"], &posted["lines"][0]["accepted"]), (&json!("77120"), &json!("38")));
    let done = owner.gets(&format!("/v1/despatch-advices/{advice}?min_position={at}")).await.succeeds().body;
    assert_eq!((&done["status"], &done["goods_receipt_id"]), (&json!("received"), &json!(receipt.id())));
    app.system.settled(company.tenant, at + 2).await.expect("the stock moves");
    assert_eq!(on_hand(owner, at + 2).await, json!(["38"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_to_be_taken_is_refused_for_its_reason_and_leaves_nothing() {
    let app = TestApp::start().await;
    let owner = acme(&app).await.owner;
    let order_x = "orderx-1.0-examples/_ORDER-x_EXAMPLES_COMFORT/";
    let of_data = |name: String| std::fs::read(data(&name)).expect("readable");
    let no_number = "<cac:SellersItemIdentification><cbc:ID>CP-80</cbc:ID></cac:SellersItemIdentification>";
    let cases = [
        (ORDERS, of_data(format!("{order_x}ORDER-X_EX02_CHANGE-COMFORT.pdf")), "not-an-order"),
        (ORDERS, of_data(format!("{order_x}ORDER-X_EX04_RESPONSE-COMFORT.pdf")), "not-an-order"),
        (ORDERS, ADVICE.into(), "not-an-order"),
        (ORDERS, order_with("<cbc:ID>4500012</cbc:ID>", ""), "document-incomplete"),
        (ORDERS, order_with(">EUR<", ">EUX<"), "currency-unknown"),
        (ORDERS, order_with("\"C62\">100<", "\"C62\">300<"), "order-not-expressible"),
        (ORDERS, order_with(ENVELOPES, ""), "unit-price-missing"),
        (ORDERS, order_with(">12<", ">12345678901234567<"), "order-not-expressible"),
        (ORDERS, order_with(">12<", ">-12<"), "line-amounts"),
        (ORDERS, order_with(no_number, ""), "item-unidentified"),
        (ORDERS, order_with("4500012", &"9".repeat(300)), "text-too-long"),
        (ADVICES, ORDER.into(), "not-a-despatch-advice"),
        (ADVICES, advice_with("<cac:OrderReference><cbc:ID>4500012</cbc:ID></cac:OrderReference>", ""), "order-missing"),
    ];
    for (at, (path, document, code)) in cases.into_iter().enumerate() {
        owner.uploads(path, document, &format!("case {at}")).await.is_refused_as(code);
    }
    for list in ["purchase-orders", "vendors", "items", "despatch-advices"] {
        assert_eq!(owner.gets(&format!("/v1/{list}")).await.succeeds().body["data"], json!([]), "{list}");
    }
    owner.uploads(ORDERS, ORDER.into(), "order").await.succeeds();
    let cases = [
        (advice_with("<cbc:LineID>10A</cbc:LineID>", "<cbc:LineID>99</cbc:LineID>"), "line-unknown"),
        (advice_with("<cac:OrderLineReference><cbc:LineID>10A</cbc:LineID></cac:OrderLineReference>", ""), "order-not-expressible"),
        (advice_with("unitCode=\"C62\"", "unitCode=\"KGM\""), "unit-differs"),
        (several_orders(), "several-orders"),
        (nothing_despatched(), "nothing-despatched"),
    ];
    for (at, (document, code)) in cases.into_iter().enumerate() {
        owner.uploads(ADVICES, document, &format!("advice {at}")).await.is_refused_as(code);
    }
    owner.posts("/v1/vendors", json!({ "name": "Somebody else", "vat_id": "FR40303265045" })).await.succeeds();
    let foreign = "<cac:SellerSupplierParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>FR40303265045</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID>\
                   </cac:TaxScheme></cac:PartyTaxScheme><cac:PartyLegalEntity><cbc:RegistrationName>Somebody else</cbc:RegistrationName>\
                   </cac:PartyLegalEntity></cac:Party></cac:SellerSupplierParty>  <cac:Shipment><cbc:ID>";
    owner.uploads(ADVICES, advice_with("  <cac:Shipment><cbc:ID>", foreign), "foreign").await.is_refused_as("other-vendor");
    assert_eq!(owner.gets("/v1/despatch-advices").await.succeeds().body["data"], json!([]));
}

fn several_orders() -> Vec<u8> {
    let line = "<cbc:LineID>10A</cbc:LineID>";
    ADVICE.replacen(line, &format!("{line}<cac:OrderReference><cbc:ID>4500099</cbc:ID></cac:OrderReference>"), 1).into_bytes()
}

fn nothing_despatched() -> Vec<u8> {
    ADVICE.replace(">25<", ">0<").replace(">15<", ">0<").into_bytes()
}

/// What the engine makes of the orders and advices of the three corpora, each company with its own.
#[tokio::test(flavor = "multi_thread")]
async fn real_orders_are_placed_or_refused_for_their_reason() {
    let app = TestApp::start().await;
    let folders: &[(&str, &[&str])] =
        &[("peppol-poacc", &[".xml"]), ("orderx-1.0-examples", &[".pdf", ".xml"]), ("oca-edi/sale_order_import_ubl", &[".xml"])];
    let mut counts = BTreeMap::<String, usize>::new();
    for path in folders.iter().flat_map(|(folder, endings)| files(folder, endings)) {
        let name = path.strip_prefix(data("")).unwrap_or(&path).display().to_string();
        let bytes = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let owner = app.company(&name).await.owner;
        let answer = owner.uploads(ORDERS, bytes.clone(), "once").await;
        let outcome = if answer.status == 201 { "placed" } else { answer.body["code"].as_str().unwrap_or_default() };
        let file = name.rsplit('/').next().unwrap_or_default();
        let is_order = name.contains("/snippets/order/")
            || name.contains("Order use cases")
            || file == "Order_Example.xml"
            || file.starts_with("UBL-Order");
        let is_order = is_order || name.starts_with("orderx") && !file.contains("CHANGE") && !file.contains("RESPONSE");
        match is_order {
            true => assert!(
                ["placed", "order-not-expressible", "item-unidentified", "unit-price-missing"].contains(&outcome),
                "{name}: {answer:?}"
            ),
            false => assert_eq!(outcome, "not-an-order", "{name}: {answer:?}"),
        }
        if outcome == "placed" {
            let (status, original) =
                owner.downloads(&format!("/v1/purchase-orders/{}/original?min_position={}", answer.id(), answer.position())).await;
            assert!(status == 200 && original == bytes, "{name}");
        }
        *counts.entry(outcome.to_owned()).or_default() += 1;
    }
    println!("{counts:?}");
    assert!(counts.get("placed").is_some_and(|placed| *placed >= 12), "{counts:?}");
}
