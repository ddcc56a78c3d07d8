//! What vendors pay back: told by the line of a statement or by a person, once, and set off by no run after it.

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::day;
use serde_json::{Value, json};

use crate::books::taxed;

const DEBTOR: &str = "DE02120300000000202051";
const VENDORS: &str = "DE89370400440532013000";

/// A vendor's approved credit note of 357.00, and an account of ours.
struct Case {
    company: Company,
    anna: Person,
    bob: Person,
    tess: Person,
    theo: Person,
    vendor: String,
    account: String,
    credit: String,
}

fn eur(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

impl Case {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let (tess, theo) = (app.user(&company, "tess", Role::Treasurer).await, app.user(&company, "theo", Role::Treasurer).await);
        let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
        let vendor = anna.posts("/v1/vendors", vendor).await.succeeds().id();
        anna.opens_account(&bob, &vendor, json!({ "account": { "kind": "iban", "iban": VENDORS } })).await;
        let own = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": DEBTOR } });
        let account = tess.posts("/v1/company/bank-accounts", own).await.succeeds().body["bank_account_id"].clone();
        let account = account.as_str().expect("an id").to_owned();
        let mut case = Self { company, anna, bob, tess, theo, vendor, account, credit: String::new() };
        case.credit = case.approved(json!({ "kind": "credit_note" }), "CN-4711", "300.00").await;
        case
    }

    /// With 19 % of tax.
    async fn approved(&self, more: Value, number: &str, price: &str) -> String {
        let mut document = taxed(&self.vendor, number, price, &day(-9).to_string());
        for (field, value) in more.as_object().expect("fields") {
            document[field] = value.clone();
        }
        let id = self.anna.posts("/v1/invoices", document).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
        let approved = self.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds().position();
        self.reads(&format!("/v1/invoices/{id}?min_position={approved}")).await;
        id
    }

    async fn reads(&self, path: &str) -> Value {
        self.tess.gets(path).await.succeeds().body
    }

    /// An MT940 of today's one line: the amount, what the bank says of it.
    async fn imports(&self, amount: &str, told: &str) -> Value {
        let short = day(0).format("%y%m%d").to_string();
        let file = format!(
            ":20:1\n:25:{DEBTOR}\n:28C:1\n:60F:C{short}EUR0,00\n:61:{short}{}C{amount}NTRFNONREF//{told:.8}\n:86:166?00GUTSCHRIFT{told}\n:62F:C{short}EUR{amount}\n",
            &short[2..]
        );
        self.tess.uploads("/v1/bank-statements/import", file.into_bytes(), told).await.succeeds().body
    }

    async fn line(&self, imported: &Value) -> Value {
        let statement = imported["statements"][0]["id"].as_str().expect("an id");
        let path = format!("/v1/bank-lines?bank_statement_id={statement}&min_position={}", imported["position"]);
        self.reads(&path).await["data"][0].clone()
    }

    async fn candidates(&self, imported: &Value) -> Value {
        let line = self.line(imported).await;
        self.reads(&format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"))).await
    }

    async fn verb(&self, imported: &Value, verb: &str, body: Value) -> quittance_tests::app::Answer {
        let statement = imported["statements"][0]["id"].as_str().expect("an id");
        self.tess.posts(&format!("/v1/bank-statements/{statement}/{verb}"), body).await
    }

    /// Open and status of a document, and its allocations.
    async fn document(&self, id: &str, after: i64) -> (String, String, Value) {
        let seen = self.reads(&format!("/v1/invoices/{id}?min_position={after}")).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        (text(&seen["open"]["amount"]), text(&seen["status"]), seen["allocations"].clone())
    }

    /// Account and balance of the books; ageing ties, and the bank account is proven.
    async fn books(&self, after: i64) -> Vec<String> {
        let ageing = self.reads(&format!("/v1/reports/ap-ageing?min_position={after}")).await;
        for total in ageing["totals"].as_array().expect("totals") {
            assert_eq!(total["control"]["difference"]["amount"], "0.00", "{ageing}");
        }
        let balance = self.reads(&format!("/v1/reports/trial-balance?min_position={after}")).await;
        let shown = |line: &Value| format!("{} {}", line["account"], line["balance"]["amount"]).replace('"', "");
        balance["lines"].as_array().expect("lines").iter().map(shown).filter(|line| !line.ends_with(" 0.00")).collect()
    }

    async fn is_reconciled(&self, after: i64) -> bool {
        let path = format!("/v1/bank-accounts/{}/reconciliation?min_position={after}", self.account);
        self.reads(&path).await["proven"] == true
    }

    /// What a run would pay of the vendor's invoices, and what it sets off.
    async fn runs(&self) -> Vec<(Value, Value)> {
        let asked = json!({
            "method": "sepa_credit_transfer", "debtor_account_id": self.account, "due_until": day(90), "next_run_date": day(91),
        });
        let run = self.tess.posts("/v1/payment-runs", asked).await.succeeds();
        let id = run.id();
        let items = self.reads(&format!("/v1/payment-runs/{id}/items?excluded=false&min_position={}", run.position())).await;
        self.tess.posts(&format!("/v1/payment-runs/{id}/cancel"), json!({ "reason": "only asked" })).await.succeeds();
        items["data"].as_array().expect("items").iter().map(|item| (item["amount"]["amount"].clone(), item["set_off"].clone())).collect()
    }
}

/// The account, the name, the number and the amount: as certain as anything the engine matches by itself.
#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_names_the_credit_note_is_its_refund_and_no_run_sets_it_off_again() {
    let case = Case::open().await;
    let told = format!("?20Refund of CN-4711?31{VENDORS}?32Muster GmbH");
    let imported = case.imports("357,00", &told).await;
    let at = imported["position"].as_i64().expect("a position");
    assert_eq!(imported["statements"][0]["matched"], 1, "{imported}");
    let line = case.line(&imported).await;
    assert_eq!(
        (&line["matching"]["score"], &line["matching"]["target"]["refund"]["invoice_id"]),
        (&json!(85), &json!(case.credit)),
        "{line}"
    );
    let (open, status, allocations) = case.document(&case.credit, at).await;
    assert_eq!((open.as_str(), status.as_str()), ("0.00", "paid"), "{allocations}");
    assert_eq!(allocations[0]["against"], json!({ "refund": { "bank_line": line["id"] } }), "{allocations}");
    // The bank has what the cost and its tax were given back for; the vendor owes nothing any more.
    assert_eq!(case.books(at).await, ["1000 357.00", "1400 -57.00", "6000 -300.00"]);
    assert!(case.is_reconciled(at).await);
    let trail = case.company.owner.gets(&format!("/v1/audit-trail?entity_id={}", case.credit)).await.succeeds().body;
    assert!(trail.to_string().contains("InvoiceRefunded"), "{trail}");

    let invoice = case.approved(json!({}), "I-1", "1000.00").await;
    assert_eq!(case.runs().await, [(json!("1190.00"), json!([]))], "the credit has come back");
    let apply = json!({ "credit_note_id": case.credit, "amount": eur("1.00") });
    case.anna.posts(&format!("/v1/invoices/{invoice}/apply-credit"), apply).await.is_refused_as("exceeds-open-amount");
    let reverse = json!({ "allocation_id": allocations[0]["allocation_id"], "reason": "wrong" });
    let path = format!("/v1/invoices/{}/reverse-allocation", case.credit);
    case.tess.posts(&path, reverse.clone()).await.is_refused_as("refund-on-statement");

    // It was another's money: the credit is owed again, and the engine does not match that line to it by itself any more.
    let back = case.verb(&imported, "unmatch", json!({ "line": 1, "reason": "another vendor's" })).await.succeeds().position();
    assert_eq!(case.document(&case.credit, back).await.0, "357.00");
    assert_eq!(case.runs().await[0].0, json!("833.00"), "and is set off again");
    let again = case.verb(&imported, "match-automatically", json!({})).await.succeeds().position();
    assert_eq!(case.document(&case.credit, again).await.0, "357.00");
    case.tess.posts(&path, reverse).await.succeeds();
}

/// Without the vendor's account a person decides; a part leaves the rest to be set off.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_came_back_is_matched_by_a_person() {
    let case = Case::open().await;
    let imported = case.imports("100,00", "?20Refund CN-4711?32Somebody else").await;
    assert_eq!(imported["statements"][0]["matched"], 0, "{imported}");
    let found = case.candidates(&imported).await;
    let refund = &found["refunds"][0];
    assert_eq!(
        (&refund["invoice_id"], &refund["score"], &refund["refundable"]),
        (&json!(case.credit), &json!(35), &eur("357.00")),
        "{found}"
    );
    assert_eq!(refund["evidence"], json!(["invoice_number"]), "{found}");
    let body = json!({ "line": 1, "refund_of": case.credit });
    let matched = case.verb(&imported, "match", body.clone()).await.succeeds();
    assert_eq!(matched.body["id"], imported["statements"][0]["id"], "{}", matched.body);
    assert_eq!(case.document(&case.credit, matched.position()).await.0, "257.00");
    case.verb(&imported, "match", body).await.succeeds();
    assert_eq!(case.document(&case.credit, matched.position()).await.0, "257.00", "said twice, refunded once");
    let invoice = case.approved(json!({}), "I-1", "1000.00").await;
    let set_off = json!([{ "credit_note_id": case.credit, "amount": eur("257.00") }]);
    assert_eq!(case.runs().await, [(json!("933.00"), set_off)]);

    let more = case.imports("300,00", "?20another refund CN-4711?32Muster").await;
    case.verb(&more, "match", json!({ "line": 1, "refund_of": case.credit })).await.is_refused_as("exceeds-refundable");
    case.verb(&more, "match", json!({ "line": 1, "refund_of": invoice })).await.is_refused_as("not-refundable");
    let both = json!({ "line": 1, "refund_of": invoice, "explanation": "x" });
    case.verb(&more, "match", both).await.is_refused_as("invalid-field");
}

/// A cheque, recorded when it came and told by the bank when it was cashed: one refund, which is reversed only once no line tells of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_recorded_is_what_the_bank_tells_of_later() {
    let case = Case::open().await;
    let path = format!("/v1/invoices/{}/refund", case.credit);
    let cheque = json!({ "amount": eur("57.00"), "received_on": day(-2), "method": "cheque", "reference": "CHQ-1" });
    case.anna.posts(&path, cheque.clone()).await.is_refused_as("role-missing");
    let with = |field: &str, value: Value| {
        let mut body = cheque.clone();
        body[field] = value;
        body
    };
    case.tess.posts(&path, with("received_on", json!(day(1)))).await.is_refused_as("day-to-come");
    case.tess.posts(&path, with("received_on", json!(day(-30)))).await.is_refused_as("allocation-too-early");
    case.tess.posts(&path, with("reference", json!(" "))).await.is_refused_as("invalid-field");
    case.tess.posts(&path, with("account_code", json!("2000"))).await.is_refused_as("account-controlled");
    let recorded = case.tess.posts(&path, cheque.clone()).await.succeeds().position();
    assert_eq!(case.document(&case.credit, recorded).await.0, "300.00");
    assert_eq!(case.books(recorded).await, ["1090 57.00", "1400 -57.00", "2000 300.00", "6000 -300.00"]);

    let imported = case.imports("57,00", "?20Scheckeinreichung?32Bank").await;
    let found = case.candidates(&imported).await;
    let (_, _, allocations) = case.document(&case.credit, recorded).await;
    assert_eq!(found["refunds"][0]["recorded"], allocations[0]["allocation_id"], "{found}");
    let body = json!({ "line": 1, "refund_of": case.credit });
    let matched = case.verb(&imported, "match", body.clone()).await.succeeds().position();
    assert_eq!(case.document(&case.credit, matched).await.0, "300.00", "it had come back already");
    assert_eq!(case.books(matched).await, ["1000 57.00", "1400 -57.00", "2000 300.00", "6000 -300.00"]);
    assert!(case.is_reconciled(matched).await);
    assert_eq!(case.candidates(&imported).await["refunds"], json!([]), "it is told");

    let reverse = json!({ "allocation_id": allocations[0]["allocation_id"], "reason": "it bounced" });
    let reversal = format!("/v1/invoices/{}/reverse-allocation", case.credit);
    case.tess.posts(&reversal, reverse.clone()).await.is_refused_as("refund-on-statement");
    let back = case.verb(&imported, "unmatch", json!({ "line": 1, "reason": "it bounced" })).await.succeeds().position();
    assert_eq!(case.document(&case.credit, back).await.0, "300.00", "what a person recorded stays recorded");
    case.anna.posts(&reversal, reverse.clone()).await.is_refused_as("role-missing");
    let reversed = case.tess.posts(&reversal, reverse).await.succeeds().position();
    assert_eq!(case.document(&case.credit, reversed).await.0, "357.00");
    assert_eq!(case.books(reversed).await, ["1400 -57.00", "2000 357.00", "6000 -300.00"]);

    // Cash is on an account of its own at once, and on no statement ever.
    let chart = json!({ "code": "1010", "name": "Cash box", "kind": "asset" });
    case.company.owner.posts("/v1/chart/accounts", chart).await.succeeds();
    let cash = json!({ "amount": eur("57.00"), "method": "cash", "reference": "receipt 12", "account_code": "1010" });
    let kept = case.tess.posts(&path, cash).await.succeeds().position();
    assert_eq!(case.books(kept).await, ["1010 57.00", "1400 -57.00", "2000 300.00", "6000 -300.00"]);
    let deposit = json!({ "line": 1, "refund_of": case.credit });
    let deposited = case.verb(&imported, "match", deposit).await.succeeds().position();
    assert_eq!(case.document(&case.credit, deposited).await.0, "243.00", "the bank's line is other money");
}

/// Eight refunds by people and eight set-offs of one credit note at once: it is used up, and never twice.
#[tokio::test(flavor = "multi_thread")]
async fn of_refunds_and_set_offs_at_once_only_so_many_happen_as_the_credit_is_worth() {
    let case = Case::open().await;
    let invoice = case.approved(json!({}), "I-1", "1000.00").await;
    let asks = (0..16).map(|n| {
        let (who, path, body) = match n % 2 {
            0 => {
                let body = json!({ "amount": eur("100.00"), "method": "cheque", "reference": format!("CHQ-{n}") });
                (case.tess.clone(), format!("/v1/invoices/{}/refund", case.credit), body)
            }
            _ => {
                let body = json!({ "credit_note_id": case.credit, "amount": eur("100.00") });
                (case.anna.clone(), format!("/v1/invoices/{invoice}/apply-credit"), body)
            }
        };
        async move { who.posts(&path, body).await }
    });
    let answers = join_all(asks).await;
    let done: Vec<i64> = answers.iter().filter(|answer| answer.status == 200).map(|answer| answer.position()).collect();
    assert_eq!(done.len(), 3, "{answers:?}");
    let last = *done.iter().max().expect("three");
    assert_eq!(case.document(&case.credit, last).await.0, "57.00");
    case.books(last).await;
}

/// What was paid before and is not needed comes back, and with it the tax.
#[tokio::test(flavor = "multi_thread")]
async fn the_rest_of_a_prepayment_comes_back() {
    let case = Case::open().await;
    let before = case.approved(json!({ "prepayment": true }), "P-2201", "100.00").await;
    let plan = json!({ "method": "manual", "items": [{ "invoice_id": before }] });
    let payment = case.tess.posts("/v1/payments", plan).await.succeeds().id();
    case.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": day(-5) });
    case.tess.posts(&format!("/v1/payments/{payment}/record"), record).await.succeeds();
    let settled = case.tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": day(-5) })).await.succeeds().position();
    while case.document(&before, settled).await.1 != "paid" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let imported = case.imports("119,00", &format!("?20Back P-2201?31{VENDORS}?32Muster GmbH")).await;
    assert_eq!(imported["statements"][0]["matched"], 1, "{imported}");
    let at = imported["position"].as_i64().expect("a position");
    let seen = case.reads(&format!("/v1/invoices/{before}?min_position={at}")).await;
    assert_eq!(seen["applications"][0]["amount"], eur("119.00"), "{seen}");
    assert_eq!(case.books(at).await, ["1000 119.00", "1090 -119.00", "1400 -57.00", "2000 357.00", "6000 -300.00"]);
    let invoice = case.approved(json!({}), "I-1", "1000.00").await;
    let apply = json!({ "prepayment_id": before, "amount": eur("1.00") });
    case.anna.posts(&format!("/v1/invoices/{invoice}/apply-prepayment"), apply).await.is_refused_as("exceeds-prepaid");
}
