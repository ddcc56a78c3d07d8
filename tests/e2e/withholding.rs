//! Withholding tax: kept back when an invoice is paid, owed to the authority, certified to the vendor, undone with the payment (P9).

use quittance_tests::app::{Answer, Person};
use quittance_tests::day;
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, NANDU, Office};

/// An account of the standard chart that is owed to a tax authority.
const OWED: &str = "2200";

fn contractors() -> Value {
    let rates = json!([{ "from": "2020-01-01", "percent": "7.5" }, { "from": "2026-01-01", "percent": "10" }]);
    json!({ "code": "WHT-10", "rule": { "name": "Contractors", "account_code": OWED, "rates": rates } })
}

/// A vendor whose payments keep tax back.
async fn contractor(office: &Office, name: &str, iban: &str, number: &str) -> String {
    office.tess.posts("/v1/withholding-taxes", contractors()).await.succeeds();
    let vendor = office.vendor(name, iban).await;
    let details = json!({ "number": number, "withholding_tax": "WHT-10" });
    office.anna.posts(&format!("/v1/vendors/{vendor}/details"), details).await.succeeds();
    office.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    vendor
}

/// Approved, with 19 % value added tax.
async fn taxed(office: &Office, vendor: &str, number: &str, net: &str) -> String {
    let line =
        json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": net, "tax": { "code": "S", "rate": "19" } });
    let invoice =
        json!({ "vendor_id": vendor, "number": number, "issue_date": day(-52), "due_date": day(-2), "currency": "EUR", "lines": [line] });
    let invoice = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.approves(&invoice).await;
    invoice
}

async fn plans(office: &Office, invoice: &str, amount: Option<&str>) -> Answer {
    let amount = amount.map(|amount| json!({ "amount": amount, "currency": "EUR" }));
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice, "amount": amount }] });
    office.tess.posts("/v1/payments", plan).await
}

/// Authorised, sent and settled.
async fn settles(office: &Office, payment: &str) {
    let path = format!("/v1/payments/{payment}");
    office.theo.posts(&format!("{path}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("{path}/execute"), json!({})).await.succeeds();
    office.tess.posts(&format!("{path}/settle"), json!({ "value_date": day(-2) })).await.succeeds();
}

/// Open amount of the invoice, and what the books owe the authority.
async fn stands(office: &Office, invoice: &str) -> (Value, String) {
    let open = office.reads(&format!("/v1/invoices/{invoice}")).await["open"]["amount"].clone();
    (open, balance(office, OWED).await)
}

async fn balance(office: &Office, account: &str) -> String {
    let balance = office.reads("/v1/reports/trial-balance").await;
    let lines = balance["lines"].as_array().expect("lines");
    let owed = lines.iter().find(|line| line["account"] == account).and_then(|line| line["balance"]["amount"].as_str());
    owed.unwrap_or("0.00").to_owned()
}

/// What is kept back in these days.
fn certificates() -> String {
    format!("/v1/reports/withholding-tax?from={}&to={}", day(-9), day(9))
}

/// What is owed is what the control account says, or nothing on both sides.
async fn ties(office: &Office, open: Option<&str>) {
    let ageing = office.reads("/v1/reports/ap-ageing").await;
    let Some(open) = open else {
        assert_eq!((&ageing["totals"], balance(office, "2000").await), (&json!([]), "0.00".to_owned()));
        return;
    };
    let total = &ageing["totals"][0];
    assert_eq!((&total["total"]["amount"], &total["control"]["difference"]["amount"]), (&json!(open), &json!("0.00")), "{ageing}");
}

#[tokio::test(flavor = "multi_thread")]
async fn less_leaves_the_invoice_is_settled_and_the_tax_is_owed_until_the_payment_comes_back() {
    let office = Office::open().await;
    let vendor = contractor(&office, "Müller & Söhne", MUELLER, "V-1").await;
    let invoice = taxed(&office, &vendor, "M-1", "1000.00").await;

    let payment = plans(&office, &invoice, None).await.succeeds().id();
    let shown = office.reads(&format!("/v1/payments/{payment}")).await;
    let kept = &shown["lines"][0]["withheld"];
    assert_eq!(
        (&shown["total"]["amount"], &kept["base"]["amount"], &kept["tax"]["amount"]),
        (&json!("1090.00"), &json!("1000.00"), &json!("100.00"))
    );
    settles(&office, &payment).await;
    let (_, file) = office.tess.downloads(&format!("/v1/payments/{payment}/file")).await;
    assert!(String::from_utf8_lossy(&file).contains("<CtrlSum>1090.00</CtrlSum>"), "the transfer is reduced");
    assert_eq!(stands(&office, &invoice).await, (json!("0.00"), "-100.00".to_owned()));
    ties(&office, None).await;
    advised(&office.anna, &payment).await;
    certified(&office, &vendor, &payment).await;

    let back = json!({ "value_date": day(-1), "reason": "account closed" });
    office.theo.posts(&format!("/v1/payments/{payment}/return"), back).await.succeeds();
    assert_eq!(stands(&office, &invoice).await, (json!("1190.00"), "0.00".to_owned()));
    ties(&office, Some("1190.00")).await;
    let report = office.reads(&certificates()).await;
    let certificate = &report["certificates"][0];
    assert_eq!((&certificate["tax"]["amount"], &certificate["movements"]), (&json!("0.00"), &json!(2)), "{report}");

    // Nothing leaves of a payment that fails, so nothing is owed.
    let again = plans(&office, &invoice, None).await.succeeds().id();
    office.theo.posts(&format!("/v1/payments/{again}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payments/{again}/execute"), json!({})).await.succeeds();
    office.theo.posts(&format!("/v1/payments/{again}/fail"), json!({ "reason": "AC01" })).await.succeeds();
    assert_eq!(stands(&office, &invoice).await, (json!("1190.00"), "0.00".to_owned()));
}

async fn advised(reader: &Person, payment: &str) {
    let path = format!("/v1/payments/{payment}/remittance-advice");
    let advice = reader.gets(&path).await.succeeds().body;
    let line = &advice[0]["lines"][0];
    assert_eq!((&line["paid"]["amount"], &line["withheld"]["tax"]["amount"]), (&json!("1090.00"), &json!("100.00")), "{advice}");
    let (_, text) = reader.reads_as(&path, "text/plain").await;
    let text = String::from_utf8(text).expect("UTF-8");
    assert!(text.contains("1090.00 EUR of 1190.00 EUR, less 100.00 EUR Contractors (10 % of 1000.00 EUR)"), "{text}");
    let (status, letter) = reader.reads_as(&path, "application/pdf").await;
    assert!(status == 200 && letter.starts_with(b"%PDF"), "{status}");
}

async fn certified(office: &Office, vendor: &str, payment: &str) {
    let report = office.reads(&certificates()).await;
    let certificate = &report["certificates"][0];
    let figures = ["settled", "base", "tax"].map(|figure| certificate[figure]["amount"].as_str().expect("an amount"));
    assert_eq!(figures, ["1190.00", "1000.00", "100.00"], "{report}");
    assert_eq!((&certificate["vendor_id"], &certificate["percent"]), (&json!(vendor), &json!("10")));
    let explained = office.reads(certificate["explained_by"].as_str().expect("a link")).await;
    let line = &explained["certificates"][0]["lines"][0];
    assert_eq!((&line["payment_id"], &line["invoice_number"], &line["tax"]["amount"]), (&json!(payment), &json!("M-1"), &json!("100.00")));
    let (_, table) = office.tess.downloads(&format!("{}&format=csv", certificates())).await;
    let table = String::from_utf8(table).expect("UTF-8");
    assert!(table.ends_with(&format!("{vendor},Müller & Söhne,WHT-10,Contractors,10,EUR,1190.00,1000.00,100.00,1\r\n")), "{table}");
    let before = office.reads(&format!("/v1/reports/withholding-tax?from={}&to={}", day(-40), day(-10))).await;
    assert_eq!(before["certificates"], json!([]), "another period");
}

/// 333.33 and 19 % are 396.66: three parts keep back what the whole would have.
#[tokio::test(flavor = "multi_thread")]
async fn the_payment_that_closes_an_invoice_takes_the_rest_of_the_tax() {
    let office = Office::open().await;
    let vendor = contractor(&office, "Müller & Söhne", MUELLER, "V-1").await;
    let invoice = taxed(&office, &vendor, "M-1", "333.33").await;
    for part in [Some("132.22"), Some("132.22"), None] {
        let payment = plans(&office, &invoice, part).await.succeeds().id();
        settles(&office, &payment).await;
    }
    assert_eq!(stands(&office, &invoice).await, (json!("0.00"), "-33.33".to_owned()));
    let certificate = &office.reads(&certificates()).await["certificates"][0];
    let figures = ["settled", "base", "tax"].map(|figure| certificate[figure]["amount"].as_str().expect("an amount").to_owned());
    assert_eq!(figures, ["396.66", "333.33", "33.33"]);
    ties(&office, None).await;
}

/// Of 0.05 nothing is kept back, and the vendor is certified that it was paid 0.04 without value added tax.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_whose_tax_rounds_to_nothing_is_certified_too() {
    let office = Office::open().await;
    let vendor = contractor(&office, "Müller & Söhne", MUELLER, "V-1").await;
    let invoice = taxed(&office, &vendor, "M-1", "10.00").await;
    for part in [Some("0.05"), Some("0.05"), None] {
        let payment = plans(&office, &invoice, part).await.succeeds().id();
        settles(&office, &payment).await;
    }
    assert_eq!(stands(&office, &invoice).await, (json!("0.00"), "-1.00".to_owned()));
    let certificate = &office.reads(&certificates()).await["certificates"][0];
    let figures = ["settled", "base", "tax"].map(|figure| certificate[figure]["amount"].as_str().expect("an amount").to_owned());
    assert_eq!((figures, &certificate["movements"]), (["11.90", "10.00", "1.00"].map(str::to_owned), &json!(3)));
    ties(&office, None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_keeps_back_what_its_vendors_owe_and_leaves_the_others_alone() {
    let office = Office::open().await;
    let vendor = contractor(&office, "Müller & Söhne", MUELLER, "V-1").await;
    let other = office.vendor("Atelier Ñandú", NANDU).await;
    let (kept, whole) = (taxed(&office, &vendor, "M-1", "1000.00").await, taxed(&office, &other, "N-22", "200.50").await);
    let needed = office.reads(&format!("/v1/reports/cash-requirements?as_of={}", day(-21))).await;
    let line = &needed["lines"][0];
    let figures = ["due", "withheld", "cash", "running"].map(|figure| line[figure]["amount"].as_str().expect("an amount"));
    assert_eq!(figures, ["1428.60", "100.00", "1328.60", "1328.60"], "{needed}");
    let run = office.proposes().await.succeeds().id();
    // The second person sees what will leave before anything does.
    let proposed = office.reads(&format!("/v1/payment-runs/{run}")).await;
    let sums = &proposed["sums"];
    assert_eq!((&sums["totals"][0]["amount"], &sums["withheld"][0]["amount"]), (&json!("1328.60"), &json!("100.00")), "{proposed}");
    let items = office.reads(&format!("/v1/payment-runs/{run}/items?invoice_id={kept}")).await;
    let item = &items["data"][0];
    assert_eq!((&item["amount"]["amount"], &item["withheld"]["amount"]), (&json!("1090.00"), &json!("100.00")), "{item}");
    let file = office.pays(&run).await;
    // 1090.00 and 238.60.
    assert!(String::from_utf8_lossy(&file).contains("<CtrlSum>1328.60</CtrlSum>"), "{}", String::from_utf8_lossy(&file));
    let shown = office.reads(&format!("/v1/payment-runs/{run}")).await;
    assert_eq!(shown["sums"], *sums, "what left is what was proposed");
    for (invoice, amount, withheld) in [(&kept, "1090.00", json!("100.00")), (&whole, "238.60", Value::Null)] {
        let items = office.reads(&format!("/v1/payment-runs/{run}/items?invoice_id={invoice}")).await;
        let item = &items["data"][0];
        assert_eq!((&item["amount"]["amount"], &item["withheld"]["amount"]), (&json!(amount), &withheld), "{item}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_goes_to_an_account_of_the_chart_and_a_vendor_carries_one_that_there_is() {
    let office = Office::open().await;
    let on = |account: &str| {
        let mut body = contractors();
        body["rule"]["account_code"] = json!(account);
        body
    };
    office.tess.posts("/v1/withholding-taxes", on("9999")).await.is_refused_as("account-unknown");
    office.tess.posts("/v1/withholding-taxes", on("2000")).await.is_refused_as("account-controlled");
    office.anna.posts("/v1/withholding-taxes", on(OWED)).await.is_refused_as("role-missing");
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let details = json!({ "number": "V-1", "withholding_tax": "WHT-10" });
    let describe = format!("/v1/vendors/{vendor}/details");
    office.anna.posts(&describe, details.clone()).await.is_refused_as("withholding-tax-missing");
    office.tess.posts("/v1/withholding-taxes", on(OWED)).await.succeeds();
    office.anna.posts(&describe, details).await.succeeds();
    assert_eq!(office.reads("/v1/withholding-taxes?code=WHT-10").await["data"][0]["rule"]["rates"][1]["percent"], "10");
}

/// What was paid by other means keeps back at the rate of the day on which it was paid.
#[tokio::test(flavor = "multi_thread")]
async fn a_payment_by_hand_keeps_back_at_the_rate_of_its_own_day() {
    let office = Office::open().await;
    let vendor = contractor(&office, "Müller & Söhne", MUELLER, "V-1").await;
    let rates = json!([{ "from": "2020-01-01", "percent": "7.5" }, { "from": day(-3), "percent": "10" }]);
    let changed = json!({ "code": "WHT-10", "rule": { "name": "Contractors", "account_code": OWED, "rates": rates } });
    office.tess.posts("/v1/withholding-taxes", changed).await.succeeds();
    let invoice = taxed(&office, &vendor, "M-1", "1000.00").await;
    let plans = async |on: chrono::NaiveDate| {
        let plan = json!({ "method": "manual", "execution_date": on, "items": [{ "invoice_id": invoice }] });
        let payment = office.tess.posts("/v1/payments", plan).await.succeeds().id();
        office.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        payment
    };
    let record = json!({ "method": "wire", "reference": "W-1", "paid_on": day(-5) });
    let today = plans(day(0)).await;
    let refused = office.tess.posts(&format!("/v1/payments/{today}/record"), record.clone()).await;
    refused.is_refused_as("withholding-rate-differs");
    assert_eq!(refused.body["errors"][0]["pointer"], "/paid_on", "{}", refused.body);
    office.tess.posts(&format!("/v1/payments/{today}/void"), json!({ "reason": "paid earlier" })).await.succeeds();
    let then = plans(day(-5)).await;
    office.tess.posts(&format!("/v1/payments/{then}/record"), record).await.succeeds();
    office.tess.posts(&format!("/v1/payments/{then}/settle"), json!({ "value_date": day(-5) })).await.succeeds();
    assert_eq!(stands(&office, &invoice).await, (json!("0.00"), "-75.00".to_owned()));
}
