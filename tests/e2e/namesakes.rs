//! An invoice that the exact duplicate rule keeps out, let in beside the other one by somebody with the right (SEMANTICS 2).

use chrono::NaiveDate;
use quittance_domain::role::Role;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::day;
use serde_json::{Value, json};

struct Desk {
    app: TestApp,
    company: Company,
    clerk: Person,
    approver: Person,
    second: Person,
    vendor: String,
}

const SAMPLE: &[u8] = include_bytes!("../../api/samples/muster-2026-0117.ubl.xml");
const REASON: &str = "the landlord numbers each year from 1";

impl Desk {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let clerk = app.user(&company, "anna", Role::ApClerk).await;
        let approver = app.user(&company, "bob", Role::Approver).await;
        let second = app.user(&company, "beth", Role::Approver).await;
        let vendor = json!({ "name": "Landlord", "vat_id": "DE136695976", "address": { "country": "DE" } });
        let vendor = clerk.posts("/v1/vendors", vendor).await.succeeds().id();
        Self { app, company, clerk, approver, second, vendor }
    }

    fn rent(&self, number: &str, issued: NaiveDate, price: &str) -> Value {
        let line = json!({ "name": "Rent", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "Z", "rate": "0" } });
        json!({ "vendor_id": self.vendor, "number": number, "issue_date": issued, "currency": "EUR", "lines": [line] })
    }

    async fn entered(&self, number: &str, issued: NaiveDate, price: &str) -> Answer {
        self.clerk.posts("/v1/invoices", self.rent(number, issued, price)).await
    }

    async fn beside(&self, person: &Person, first: &str, invoice: Value, reason: &str) -> Answer {
        let body = json!({ "invoice": invoice, "reason": reason });
        person.posts(&format!("/v1/invoices/{first}/receive-namesake"), body).await
    }

    async fn settles(&self) {
        let mut tx = self.app.system.database.read(self.company.tenant).await.expect("a transaction");
        let head = quittance_projections::source::head(&mut tx).await.expect("a head");
        drop(tx);
        self.app.system.settled(self.company.tenant, head).await.expect("in time");
    }

    async fn read(&self, path: &str) -> Value {
        self.company.owner.gets(path).await.succeeds().body
    }
}

/// The refusal names the other one and says what there is to do.
fn is_kept_out_by(answer: &Answer, first: &str) {
    answer.is_refused_as("duplicate-invoice");
    assert_eq!(answer.body["existing_id"], first, "{answer:?}");
    assert!(answer.body["detail"].as_str().is_some_and(|d| d.contains(first) && d.contains("receive-namesake")), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_comes_again_each_year_is_let_in_with_a_reason_and_counted() {
    let desk = Desk::open().await;
    let first = desk.entered("1", day(-370), "500").await.succeeds().id();
    let again = || desk.rent("1", day(-5), "520");
    is_kept_out_by(&desk.entered("1", day(-5), "520").await, &first);
    desk.beside(&desk.clerk, &first, again(), REASON).await.is_refused_as("role-missing");
    desk.beside(&desk.approver, &first, again(), " ").await.is_refused_as("reason-missing");
    let id = desk.beside(&desk.approver, &first, again(), REASON).await.succeeds().id();

    desk.settles().await;
    let invoice = desk.read(&format!("/v1/invoices/{id}")).await;
    assert_eq!((&invoice["status"], &invoice["namesake_of"]), (&json!("received"), &json!(first)), "{invoice}");
    is_kept_out_by(&desk.entered("1", day(-3), "520").await, &id);
    is_kept_out_by(&desk.entered("1", day(-371), "500").await, &first);

    // Who let it in has had a part in it.
    desk.clerk.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    desk.approver.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.is_refused_as("self-approval");
    desk.second.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds();

    let trail = desk.read("/v1/audit-trail?action=InvoiceDuplicateOverridden").await;
    let entry = &trail["data"][0];
    assert_eq!((&entry["why"], &entry["entity_id"], &entry["actor_name"]), (&json!(REASON), &json!(id), &json!("bob")), "{trail}");
    let detail = desk.read(&format!("/v1/audit-trail/{}", entry["position"])).await;
    let said = &detail["data"];
    assert_eq!((&said["rule"], &said["other"]), (&json!("same_number"), &json!(first)), "{detail}");

    // A warning that somebody lets be is counted beside it.
    let alike = desk.entered("77", day(-5), "520").await.succeeds().id();
    desk.settles().await;
    let dismiss = json!({ "other": id, "reason": "two flats" });
    desk.second.posts(&format!("/v1/invoices/{alike}/dismiss-duplicate"), dismiss).await.succeeds();
    desk.settles().await;
    let report = desk.read(&format!("/v1/reports/duplicates?from={}&to={}", day(-1), day(1))).await;
    let counts: Vec<&Value> = ["received", "held", "dismissed", "overridden", "overridden_percent"].map(|name| &report[name]).to_vec();
    assert_eq!(counts, [&json!(3), &json!(1), &json!(1), &json!(1), &json!("33.33")], "{report}");
    let people: Vec<[&Value; 3]> =
        report["people"].as_array().expect("people").iter().map(|p| [&p["overridden"], &p["share_percent"], &p["dismissed"]]).collect();
    assert_eq!(people, [[&json!(1), &json!("100"), &json!(0)], [&json!(0), &json!("0"), &json!(1)]], "{report}");
    let before = desk.read(&format!("/v1/reports/duplicates?from={}&to={}", day(-9), day(-8))).await;
    assert_eq!((&before["received"], &before["overridden_percent"], &before["people"]), (&json!(0), &Value::Null, &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_that_are_let_in_at_once_one_is_kept_out() {
    let desk = Desk::open().await;
    let first = desk.entered("1", day(-370), "500").await.succeeds().id();
    let let_in = async |person: &Person| desk.beside(person, &first, desk.rent("1", day(-5), "520"), REASON).await;
    let (one, other) = tokio::join!(let_in(&desk.approver), let_in(&desk.second));
    let (won, lost) = if one.status == 201 { (one, other) } else { (other, one) };
    let won = won.succeeds().id();
    is_kept_out_by(&lost, &won);
    // The next year's names the last one, and so on.
    let third = desk.beside(&desk.approver, &won, desk.rent("1", day(-4), "530"), REASON).await.succeeds().id();
    is_kept_out_by(&desk.beside(&desk.second, &won, desk.rent("1", day(-4), "540"), REASON).await, &third);

    // Where the first one goes, the others still guard their number.
    desk.clerk.posts(&format!("/v1/invoices/{first}/void"), json!({ "reason": "not ours" })).await.succeeds();
    is_kept_out_by(&desk.entered("1", day(-5), "550").await, &won);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_is_in_the_way_is_overridden() {
    let desk = Desk::open().await;
    let first = desk.entered("1", day(-370), "500").await.succeeds().id();
    desk.beside(&desk.approver, &first, desk.rent("2", day(-5), "520"), REASON).await.is_refused_as("not-a-namesake");
    desk.beside(&desk.approver, &first, desk.rent("1", day(-3), "520"), REASON).await.is_refused_as("not-a-namesake");
    let mut credit = desk.rent("1", day(-5), "520");
    credit["kind"] = json!("credit_note");
    desk.beside(&desk.approver, &first, credit, REASON).await.is_refused_as("not-a-namesake");
    let nobody = "01a1fe1d-3603-705c-b22b-9a1d78b74a30";
    desk.beside(&desk.approver, nobody, desk.rent("1", day(-5), "520"), REASON).await.is_refused_as("not-found");
    desk.clerk.posts(&format!("/v1/invoices/{first}/void"), json!({ "reason": "entered twice" })).await.succeeds();
    desk.beside(&desk.approver, &first, desk.rent("1", day(-5), "520"), REASON).await.is_refused_as("not-a-namesake");
    desk.entered("1", day(-5), "520").await.succeeds();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_is_let_in_beside_the_other_one() {
    let desk = Desk::open().await;
    let bytes = SAMPLE.to_vec();
    let first = desk.clerk.uploads("/v1/invoices/import", bytes.clone(), "one").await.succeeds().id();
    is_kept_out_by(&desk.clerk.uploads("/v1/invoices/import", bytes.clone(), "two").await, &first);
    let path = format!("/v1/invoices/{first}/import-namesake");
    let reason = "?reason=the%20second%20delivery%20bears%20the%20number%20of%20the%20first";
    desk.clerk.uploads(&format!("{path}{reason}"), bytes.clone(), "three").await.is_refused_as("role-missing");
    desk.approver.uploads(&format!("{path}?reason="), bytes.clone(), "four").await.is_refused_as("reason-missing");
    let id = desk.approver.uploads(&format!("{path}{reason}"), bytes.clone(), "five").await.succeeds().id();
    assert_eq!(desk.approver.uploads(&format!("{path}{reason}"), bytes.clone(), "five").await.succeeds().id(), id, "twice is once");
    is_kept_out_by(&desk.approver.uploads(&format!("{path}{reason}"), bytes, "six").await, &id);
    desk.settles().await;
    let invoice = desk.read(&format!("/v1/invoices/{id}")).await;
    assert_eq!((&invoice["namesake_of"], &invoice["lookalikes"]), (&json!(first), &json!([])), "{invoice}");
}
