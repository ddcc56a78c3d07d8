//! Tolerances for groups of vendors and items, and what others would have found in the past, over HTTP.

use serde_json::{Value, json};

use crate::matching::{Office, office};

impl Office {
    async fn tolerates(&self, rules: Value) {
        self.company.owner.posts("/v1/tolerances", json!({ "rules": rules })).await.succeeds();
    }

    async fn would_have_found(&self, rules: Value) -> Value {
        let asked = json!({ "tolerances": { "rules": rules }, "since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z" });
        self.company.owner.posts("/v1/tolerances/replay", asked).await.succeeds().body
    }

    /// An order that has come in whole, and an invoice for half a euro more a piece.
    async fn dear_invoice(&self, number: &str) -> String {
        let order = self.order(number, self.line("10", "10.00")).await;
        self.receives(&order, json!({ "line": 1, "accepted": "10" })).await;
        self.bills(&format!("R-{number}"), number, "10", "10.50").await
    }
}

/// What holds it.
const DEAR: [&str; 2] = ["price", "line_total"];

fn ten_percent(applies: Value) -> Value {
    let band = json!({ "amount": "100.00", "percent": "10" });
    json!([{ "applies": applies, "limits": { "price_up": band, "line_total": band } }])
}

/// A limit for what there is not would never be looked at.
#[tokio::test]
async fn a_rule_names_vendors_and_items_that_there_are() {
    let o = office().await;
    let nobody = "01890000-0000-7000-8000-000000000000";
    for (applies, code) in [
        (json!({ "vendor": nobody }), "vendor-unknown"),
        (json!({ "item": nobody }), "item-unknown"),
        (json!({ "vendor_item": { "vendor_id": o.vendor, "item_id": nobody } }), "item-unknown"),
        (json!({ "vendor_item": { "vendor_id": nobody, "item_id": o.item } }), "vendor-unknown"),
    ] {
        let refused = o.company.owner.posts("/v1/tolerances", json!({ "rules": ten_percent(applies) })).await;
        refused.is_refused_as(code);
        assert_eq!(refused.body["errors"][0]["pointer"], "/rules/0/applies", "{refused:?}");
    }
    o.tolerates(ten_percent(json!({ "vendor_item": { "vendor_id": o.vendor, "item_id": o.item } }))).await;
}

#[tokio::test]
async fn a_rule_for_a_group_holds_for_the_vendors_and_items_in_it() {
    let o = office().await;
    let invoice = o.dear_invoice("PO-1").await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, DEAR);

    o.tolerates(ten_percent(json!({ "vendor_group": "local" }))).await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, DEAR, "the vendor is in no group");
    let described = json!({ "group": "local" });
    o.anna.posts(&format!("/v1/vendors/{}/details", o.vendor), described).await.succeeds();
    o.anna.posts(&format!("/v1/invoices/{invoice}/match"), json!({})).await.succeeds();
    assert_eq!(o.holds(&invoice, &o.now().await).await, [""; 0], "now it is");

    o.tolerates(ten_percent(json!({ "item_group": "steel" }))).await;
    assert_eq!(o.holds(&invoice, &o.now().await).await, DEAR, "the item is in no group");
    let card = json!({ "sku": "BRK", "name": "Bracket", "unit": "C62", "group": "steel" });
    let changed = o.anna.posts(&format!("/v1/items/{}", o.item), card).await.succeeds();
    let read = format!("/v1/items/{}?min_position={}", o.item, changed.position());
    assert_eq!(o.anna.gets(&read).await.succeeds().body["group"], "steel");
    o.anna.posts(&format!("/v1/invoices/{invoice}/match"), json!({})).await.succeeds();
    let found = o.anna.gets(&format!("/v1/invoices/{invoice}/match?min_position={}", o.now().await.position())).await.succeeds();
    assert_eq!(found.body["holds"], json!([]), "now it is");
    assert!(found.body.to_string().contains("item_group"), "whose limit it is, is told: {}", found.body);
}

#[tokio::test]
async fn other_tolerances_are_asked_of_the_past_as_it_was() {
    let o = office().await;
    let dear = o.dear_invoice("PO-1").await;
    // Held until its goods came.
    let early = o.order("PO-2", o.line("5", "4.00")).await;
    let waited = o.bills("R-2", "PO-2", "5", "4.00").await;
    assert_eq!(o.holds(&waited, &o.now().await).await, ["quantity_received"]);
    o.receives(&early, json!({ "line": 1, "accepted": "5" })).await;
    let now = o.now().await;
    assert_eq!(o.holds(&waited, &now).await, [""; 0]);

    let same = o.would_have_found(json!([])).await;
    assert_eq!((&same["differences"], &same["buyers"]), (&json!([]), &json!([])), "by the tolerances of then it comes out as then");
    assert!(same["evaluations"].as_u64() >= Some(3), "there is something to look at: {same}");
    assert_eq!(same["evaluations"], same["unchanged"]);

    let milder = o.would_have_found(ten_percent(json!("tenant"))).await;
    let told = milder["differences"].as_array().expect("differences");
    assert!(!told.is_empty() && told.iter().all(|d| d["invoice_id"] == dear.as_str()), "{milder}");
    assert_eq!((&told[0]["fewer"][0]["check"], &told[0]["more"]), (&json!("price"), &json!([])));
    assert_eq!(told[0]["payable"]["amount"], "105.00");
    assert_eq!(milder["buyers"][0]["fewer"], DEAR.len() * told.len(), "who ordered would have had less to answer for");
    assert_eq!(o.holds(&dear, &o.now().await).await, DEAR, "nothing has changed");

    let negative = json!([{ "applies": "tenant", "limits": { "price_up": { "amount": "-1.00", "percent": "0" } } }]);
    let asked = json!({ "tolerances": { "rules": negative }, "since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z" });
    let refused = o.company.owner.posts("/v1/tolerances/replay", asked).await;
    refused.is_refused_as("tolerance-negative");
    assert_eq!(refused.body["errors"][0]["pointer"], "/tolerances/rules/0");
    o.anna.posts("/v1/tolerances/replay", json!({})).await.is_refused_as("role-missing");
}
