//! Coding over HTTP: what lines were spent on reaches the ledger, the approvers and nobody's own approval.

use quittance_domain::role::Role;
use serde_json::{Value, json};

use crate::approval_policies::{adopts, approves, policy, role, rule, vendor, waits_for};
use crate::rest_client::Office;

/// Two lines at 19 percent: 60.00 and 40.01.
fn invoice_of(vendor: &str, number: &str) -> Value {
    let tax = json!({ "code": "S", "rate": "19" });
    let line = |price: &str| json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": tax });
    json!({ "vendor_id": vendor, "number": number, "issue_date": "2026-11-01", "currency": "EUR", "lines": [line("60.00"), line("40.01")] })
}

async fn books(office: &Office) {
    let treasurer = office.by("treasurer");
    treasurer.post("/v1/chart/accounts", json!({ "code": "6100", "name": "Rent", "kind": "expense" })).await.done();
    treasurer.post("/v1/chart/accounts", json!({ "code": "6200", "name": "Travel", "kind": "expense" })).await.done();
    treasurer.post("/v1/chart/cost-centres", json!({ "code": "NORTH", "name": "North" })).await.done();
    treasurer.post("/v1/chart/projects", json!({ "code": "HALLS", "name": "Halls" })).await.done();
}

async fn received(office: &Office, vendor: &str, number: &str) -> String {
    office.by("clerk").post("/v1/invoices", invoice_of(vendor, number)).await.done().id()
}

/// `account cost centre amount` of everything posted for an invoice that is not taken back.
async fn posted(office: &Office, invoice: &str) -> Vec<String> {
    let head = office.head().await;
    let lines = office.by("auditor").get(&format!("/v1/journal?document_id={invoice}&limit=200&min_position={head}")).await.done();
    let mut sums: std::collections::BTreeMap<String, rust_decimal::Decimal> = Default::default();
    for line in lines.body["data"].as_array().expect("lines") {
        let text = |name: &str| line[name].as_str().unwrap_or_default().to_owned();
        let amount = line["amount"]["amount"].as_str().expect("an amount").parse::<rust_decimal::Decimal>().expect("a decimal");
        *sums.entry(format!("{} {} {}", text("account"), text("cost_centre"), text("project"))).or_default() += amount;
    }
    sums.into_iter().filter(|(_, sum)| !sum.is_zero()).map(|(place, sum)| format!("{place} {sum}")).collect()
}

fn two_parts() -> Value {
    json!({ "lines": [{ "line": "2", "parts": [
        { "account_code": "6100", "cost_centre": "NORTH", "percent": "50" },
        { "account_code": "6200", "project": "HALLS", "percent": "50" }
    ] }] })
}

#[tokio::test]
async fn what_is_coded_is_posted_to_the_last_cent_and_can_be_read() {
    let office = Office::open().await;
    books(&office).await;
    let invoice = received(&office, &vendor(&office, "Muster").await, "C-1").await;
    let code = format!("/v1/invoices/{invoice}/coding");
    office.by("clerk").post(&code, two_parts()).await.done();
    assert_eq!(
        posted(&office, &invoice).await,
        ["1400   19.00", "2000   -119.01", "6000   60.00", "6100 NORTH  20.01", "6200  HALLS 20.00"]
    );
    let head = office.head().await;
    let read = office.by("viewer").get(&format!("{code}?min_position={head}")).await.done().body;
    assert_eq!((&read["uncoded"], &read["lines"][0]["parts"][0]["amount"]), (&json!(["1"]), &json!("20.01")));
    // Twice is once, and no parts take it back.
    let version = read["version"].clone();
    assert_eq!(office.by("clerk").post(&code, two_parts()).await.done().body["version"], version);
    office.by("clerk").post(&code, json!({ "lines": [{ "line": "2", "parts": [] }] })).await.done();
    assert_eq!(posted(&office, &invoice).await, ["1400   19.00", "2000   -119.01", "6000   100.01"]);
}

#[tokio::test]
async fn codes_that_the_chart_does_not_have_are_refused_where_they_stand() {
    let office = Office::open().await;
    books(&office).await;
    let invoice = received(&office, &vendor(&office, "Muster").await, "C-1").await;
    let table = [
        (json!({ "account_code": "9999" }), "account-unknown", "/lines/0/parts/0/account_code"),
        (json!({ "account_code": "2000" }), "account-controlled", "/lines/0/parts/0/account_code"),
        (json!({ "account_code": "6100", "cost_centre": "SOUTH" }), "cost-centre-unknown", "/lines/0/parts/0/cost_centre"),
        (json!({ "account_code": "6100", "project": "NONE" }), "project-unknown", "/lines/0/parts/0/project"),
        (json!({ "account_code": "6100", "tax_code": "XX" }), "tax-code-unknown", "/lines/0/parts/0/tax_code"),
        (json!({ "account_code": "6100", "tax_code": "AE" }), "tax-code-unfit", "/lines/0/parts/0/tax_code"),
        (json!({ "account_code": "6100", "percent": "99" }), "coding-unbalanced", "/lines/0/parts"),
    ];
    for (part, code, pointer) in table {
        let body = json!({ "lines": [{ "line": "1", "parts": [part] }] });
        let reply = office.by("clerk").post(&format!("/v1/invoices/{invoice}/coding"), body).await;
        assert_eq!(reply.body["code"], code, "{reply:?}");
        assert_eq!(reply.body["errors"][0]["pointer"], pointer, "{reply:?}");
    }
}

#[tokio::test]
async fn the_vendors_usual_coding_is_taken_until_somebody_says_otherwise() {
    let office = Office::open().await;
    books(&office).await;
    let vendor = vendor(&office, "Landlord").await;
    for (coding, code, pointer) in [
        (json!({ "account_code": "NOPE" }), "account-unknown", "/coding/account_code"),
        (json!({ "account_code": "no code!" }), "account-unknown", "/coding/account_code"),
        (json!({ "account_code": "2000" }), "account-controlled", "/coding/account_code"),
        (json!({ "account_code": "1090" }), "account-controlled", "/coding/account_code"),
        (json!({ "account_code": "6100", "cost_centre": "NOPE" }), "cost-centre-unknown", "/coding/cost_centre"),
        (json!({ "tax_code": "NOPE" }), "tax-code-unknown", "/coding/tax_code"),
    ] {
        let refused = office.by("clerk").post(&format!("/v1/vendors/{vendor}/details"), json!({ "coding": coding })).await;
        assert_eq!((&refused.body["code"], &refused.body["errors"][0]["pointer"]), (&json!(code), &json!(pointer)), "{refused:?}");
    }
    let usual = json!({ "coding": { "account_code": "6100", "cost_centre": "north" } });
    office.by("clerk").post(&format!("/v1/vendors/{vendor}/details"), usual).await.done();
    let invoice = received(&office, &vendor, "R-1").await;
    assert_eq!(posted(&office, &invoice).await, ["1400   19.00", "2000   -119.01", "6100 NORTH  100.01"]);
    let code = format!("/v1/invoices/{invoice}/coding");
    office.by("clerk").post(&code, json!({ "lines": [{ "line": "1", "parts": [{ "account_code": "6200" }] }] })).await.done();
    assert_eq!(posted(&office, &invoice).await, ["1400   19.00", "2000   -119.01", "6100 NORTH  40.01", "6200   60.00"]);
    // A corrected document keeps the coding of the lines that stand as they were; the others take the usual one again.
    let mut corrected = invoice_of(&vendor, "R-1");
    corrected["lines"][1]["unit_price"] = json!("50.00");
    let amend = json!({ "invoice": corrected, "reason": "misread" });
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/amend"), amend).await.done();
    assert_eq!(posted(&office, &invoice).await, ["1400   20.90", "2000   -130.90", "6100 NORTH  50.00", "6200   60.00"]);
}

/// Of each line: where it goes, and whose usual coding that is.
async fn placed(office: &Office, invoice: &str) -> Vec<String> {
    let head = office.head().await;
    let found = office.by("viewer").get(&format!("/v1/invoices/{invoice}/coding?min_position={head}")).await.done();
    let line = |line: &Value| {
        let of = line["default_of"].as_object().and_then(|of| of.keys().next()).map_or("somebody", String::as_str);
        format!("{} {} {of}", line["line"].as_str().expect("a line"), line["parts"][0]["account_code"].as_str().expect("an account"))
    };
    found.body["lines"].as_array().expect("lines").iter().map(line).collect()
}

/// Line by line: an item's usual coding, else the vendor's, else the default expense account; and what somebody says stays.
#[tokio::test]
async fn a_line_that_names_an_item_is_coded_as_the_item_usually_is() {
    let office = Office::open().await;
    books(&office).await;
    let (clerk, vendor) = (office.by("clerk"), vendor(&office, "Caterer").await);
    let item = |sku: &str, coding: Value| json!({ "sku": sku, "name": sku, "unit": "C62", "coding": coding });
    let rent = json!({ "account_code": "6100", "cost_centre": "NORTH", "project": "HALLS", "tax_code": "S" });
    let hall = clerk.post("/v1/items", item("HALL-1", rent.clone())).await.done();
    for (coding, code, pointer) in [
        (json!({ "account_code": "9999" }), "account-unknown", "/coding/account_code"),
        (json!({ "account_code": "2000" }), "account-controlled", "/coding/account_code"),
        (json!({ "account_code": "1090" }), "account-controlled", "/coding/account_code"),
        (json!({ "account_code": "6100", "tax_code": "NOPE" }), "tax-code-unknown", "/coding/tax_code"),
    ] {
        let refused = clerk.post("/v1/items", item("NEVER", coding)).await;
        assert_eq!((&refused.body["code"], &refused.body["errors"][0]["pointer"]), (&json!(code), &json!(pointer)), "{refused:?}");
    }
    let gone = |active: bool| json!({ "code": "6300", "name": "Gone", "kind": "expense", "active": active });
    office.by("treasurer").post("/v1/chart/accounts", gone(true)).await.done();
    let of_gone = item("GONE", json!({ "account_code": "6300" }));
    let coded_to_gone = clerk.post("/v1/items", of_gone.clone()).await.done().id();
    office.by("treasurer").post("/v1/chart/accounts", gone(false)).await.done();
    let renamed = json!({ "name": "Gone for good" }).as_object().expect("a name").clone();
    let mut renamed_card = of_gone;
    renamed_card.as_object_mut().expect("a card").extend(renamed);
    clerk.post(&format!("/v1/items/{coded_to_gone}"), renamed_card).await.done();
    let kept = office.by("viewer").get(&format!("/v1/items/{}?min_position={}", hall.id(), hall.body["position"])).await.done();
    assert_eq!(kept.body["coding"], rent);
    let bill = |number: &str, day: &str, prices: [&str; 2]| {
        let mut body = invoice_of(&vendor, number);
        body["issue_date"] = json!(day);
        for (line, (price, sku)) in prices.into_iter().zip([" hall-1 ", "GONE"]).enumerate() {
            (body["lines"][line]["unit_price"], body["lines"][line]["item_number"]) = (json!(price), json!(sku));
        }
        body
    };
    let first = clerk.post("/v1/invoices", bill("B-1", "2026-08-01", ["60.00", "40.01"])).await.done().id();
    assert_eq!(placed(&office, &first).await, ["1 6100 item"], "an account that is closed takes nothing");
    assert_eq!(posted(&office, &first).await, ["1400   19.00", "2000   -119.01", "6000   40.01", "6100 NORTH HALLS 60.00"]);

    clerk.post(&format!("/v1/vendors/{vendor}/details"), json!({ "coding": { "account_code": "6200" } })).await.done();
    let second = clerk.post("/v1/invoices", bill("Q-77", "2026-09-01", ["61.00", "41.00"])).await.done().id();
    assert_eq!(placed(&office, &second).await, ["1 6100 item", "2 6200 vendor"]);
    let by_hand = json!({ "lines": [{ "line": "1", "parts": [{ "account_code": "6200" }] }] });
    clerk.post(&format!("/v1/invoices/{second}/coding"), by_hand).await.done();
    let amend = json!({ "invoice": bill("Q-77", "2026-09-01", ["61.00", "42.00"]), "reason": "misread" });
    clerk.post(&format!("/v1/invoices/{second}/amend"), amend).await.done();
    assert_eq!(placed(&office, &second).await, ["1 6200 somebody", "2 6200 vendor"]);
}

#[tokio::test]
async fn who_codes_does_not_approve_and_another_coding_is_approved_anew() {
    let office = Office::open().await;
    books(&office).await;
    let invoice = received(&office, &vendor(&office, "Muster").await, "C-1").await;
    let code = format!("/v1/invoices/{invoice}/coding");
    office.by("admin").post(&code, two_parts()).await.done();
    office.by("clerk").post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.done();
    approves(&office, "admin", &invoice).await.refused(403, "self-approval");
    approves(&office, "approver", &invoice).await.done();
    let status =
        async || office.by("viewer").get(&format!("/v1/invoices/{invoice}?min_position={}", office.head().await)).await.done().body;
    assert_eq!(status().await["status"], "approved");
    office.by("clerk").post(&code, json!({ "lines": [{ "line": "2", "parts": [{ "account_code": "6200" }] }] })).await.done();
    assert_eq!(status().await["status"], "received");
}

#[tokio::test]
async fn a_rule_asks_by_account_cost_centre_and_project() {
    let asks_owner = |when: Value| rule("0", 2, role(Role::Owner), json!({ "when": when }));
    let when = [json!({ "accounts": ["6100"] }), json!({ "cost_centres": ["NORTH"] }), json!({ "projects": ["HALLS"] })];
    for (number, when) in when.into_iter().enumerate() {
        let office = Office::open().await;
        books(&office).await;
        adopts(&office, policy(&[rule("0", 1, role(Role::Approver), json!({})), asks_owner(when)])).await;
        let vendor = vendor(&office, "Muster").await;
        let coded = received(&office, &vendor, "C-1").await;
        let mut other = invoice_of(&vendor, "Q-977");
        (other["issue_date"], other["lines"][0]["unit_price"]) = (json!("2026-08-01"), json!("7.00"));
        let plain = office.by("clerk").post("/v1/invoices", other).await.done().id();
        office.by("clerk").post(&format!("/v1/invoices/{coded}/coding"), two_parts()).await.done();
        for (invoice, owner_too) in [(coded, true), (plain, false)] {
            office.by("clerk").post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.done();
            approves(&office, "approver", &invoice).await.done();
            let waiting = waits_for(&office, &invoice).await;
            assert_eq!(!waiting.is_empty(), owner_too, "{number}: {waiting:?}");
        }
    }
}
