//! A discount is one amount on every road to the bank, and is lost where the money moves after its last day.

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::bank::camt053;
use crate::payment_runs::{MUELLER, Office};

/// A vendor that grants so much within so many days of the invoice's date.
async fn granting(office: &Office, percent: &str, days: i64) -> String {
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let net = json!({ "percent": "100", "due": { "kind": "net_days", "days": 30 } });
    let rule = json!({ "name": "early", "discounts": [{ "percent": percent, "days": days }], "instalments": [net] });
    office.anna.posts("/v1/payment-terms", json!({ "code": "EARLY", "rule": rule })).await.succeeds();
    office.anna.posts(&format!("/v1/vendors/{vendor}/details"), json!({ "payment_terms": "EARLY" })).await.succeeds();
    office.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    vendor
}

async fn approved(office: &Office, vendor: &str, kind: &str, number: &str, price: &str) -> String {
    let line =
        json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "kind": kind, "number": number, "issue_date": today(), "currency": "EUR", "lines": [line] });
    let id = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.approves(&id).await;
    id
}

async fn planned(office: &Office, method: &str, invoice: &str) -> Value {
    let plan = json!({ "method": method, "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
    let payment = office.tess.posts("/v1/payments", plan).await.succeeds().id();
    office.reads(&format!("/v1/payments/{payment}")).await["total"]["amount"].clone()
}

/// 2 % of 1,000.00, of which 100.00 are credited: 20.00 × 900/1000.
#[tokio::test]
async fn a_run_takes_the_discount_that_a_credit_note_has_left() {
    let office = Office::open().await;
    let vendor = granting(&office, "2", 14).await;
    let mut reduced = vec![];
    for (number, price, credit) in [("R-1", "1000", "100"), ("R-77", "2000", "200")] {
        let invoice = approved(&office, &vendor, "invoice", number, price).await;
        let note = approved(&office, &vendor, "credit_note", &format!("G{number}"), credit).await;
        let apply = json!({ "credit_note_id": note });
        office.anna.posts(&format!("/v1/invoices/{invoice}/apply-credit"), apply).await.succeeds();
        reduced.push(invoice);
    }
    assert_eq!(planned(&office, "sepa_credit_transfer", &reduced[0]).await, "882.00");
    let run =
        json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "run_date": day(1), "next_run_date": day(20) });
    let run = office.tess.posts("/v1/payment-runs", run).await.succeeds().id();
    assert_eq!(office.says(&run, &reduced[1]).await, "selected", "it is not due, but its discount ends before the next run");
    let items = office.reads(&format!("/v1/payment-runs/{run}/items?invoice_id={}", reduced[1])).await;
    let told = &items["data"][0];
    assert_eq!((&told["amount"]["amount"], &told["discount"]["amount"]), (&json!("1764.00"), &json!("36.00")), "{items}");
    office.pays(&run).await;
    assert_eq!(office.says(&run, &reduced[1]).await, "planned");
}

#[tokio::test]
async fn money_that_moves_after_a_holiday_is_late_for_a_discount_that_ends_on_it() {
    let office = Office::open().await;
    let vendor = granting(&office, "3", 0).await;
    let holiday = json!({ "year": chrono::Datelike::year(&today()), "holidays": [{ "on": today(), "name": "No bank works" }] });
    office.company.owner.posts("/v1/fiscal-calendar/holidays", holiday).await.succeeds();
    let by_bank = approved(&office, &vendor, "invoice", "R-1", "1000").await;
    assert_eq!(planned(&office, "sepa_credit_transfer", &by_bank).await, "1000.00");
    let by_hand = approved(&office, &vendor, "invoice", "R-77", "500").await;
    assert_eq!(planned(&office, "manual", &by_hand).await, "485.00", "nobody waits for a bank");
}

#[tokio::test]
async fn what_left_in_one_accounts_file_is_on_no_other_accounts_statement() {
    let office = Office::open().await;
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let invoice = approved(&office, &vendor, "invoice", "R-1", "777.77").await;
    let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
    let payment = office.tess.posts("/v1/payments", plan).await.succeeds().id();
    office.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();

    let other = json!({ "name": "Other", "currency": "EUR", "account": { "kind": "iban", "iban": "DE75512108001245126199" } });
    office.tess.posts("/v1/company/bank-accounts", other).await.succeeds();
    let line = [("777.77", "DBIT", "B-1", None, None)];
    let statement = camt053(&today().to_string(), "1000.00", "222.23", &line).replace("DE02120300000000202051", "DE75512108001245126199");
    let imported = office.tess.uploads("/v1/bank-statements/import", statement.into_bytes(), "other").await.succeeds();
    let statement = imported.body["statements"][0]["id"].as_str().expect("an id");
    let by_a_person = json!({ "line": 1, "payment_id": payment, "items": [1] });
    office.tess.posts(&format!("/v1/bank-statements/{statement}/match"), by_a_person).await.is_refused_as("other-account");
}

/// Two pages of one day, each with the same fee: the second begins with the balance that the first ended with.
#[tokio::test]
async fn equal_fees_on_two_pages_are_two_fees() {
    let office = Office::open().await;
    let day = today().format("%y%m%d").to_string();
    let page = |number: u32, opening: (&str, &str), closing: (&str, &str)| {
        format!(
            ":20:S\n:25:DE02120300000000202051\n:28C:7/{number}\n:{}:C{day}EUR{}\n:61:{day}{}D1,50NMSCNONREF\n:86:805?00ENTGELT?20Fee\n:{}:C{day}EUR{}\n-\n",
            opening.0,
            opening.1,
            &day[2..],
            closing.0,
            closing.1
        )
    };
    let file = page(1, ("60F", "1000,00"), ("62M", "998,50")) + &page(2, ("60M", "998,50"), ("62F", "997,00"));
    let import =
        |key: &'static str, file: String| office.tess.uploads_as("text/plain", "/v1/bank-statements/import", file.into_bytes(), key);
    let pages = import("pages", file.clone()).await.succeeds().body["statements"].clone();
    let lines = |pages: &Value| -> Vec<Value> { pages.as_array().expect("pages").iter().map(|page| page["lines"].clone()).collect() };
    assert_eq!(lines(&pages), [1, 1], "{pages}");
    // Another file of the same day brings nothing new, whole or in part.
    let again = import("again", format!("\n{file}")).await.succeeds().body["statements"].clone();
    assert_eq!(lines(&again), [0, 0], "{again}");
    let second = import("second", page(2, ("60M", "998,50"), ("62F", "997,00"))).await.succeeds().body["statements"].clone();
    assert_eq!(lines(&second), [0], "{second}");
}

/// One day as camt.053 and as MT940, which names its entries otherwise.
#[tokio::test]
async fn a_day_in_another_format_is_the_same_day() {
    let office = Office::open().await;
    let camt = camt053(&today().to_string(), "1000.00", "990.00", &[("10.00", "DBIT", "B-1", None, None)]);
    office.tess.uploads("/v1/bank-statements/import", camt.into_bytes(), "camt").await.succeeds();
    let day = today().format("%y%m%d").to_string();
    let mt940 = format!(
        ":20:S\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C{day}EUR1000,00\n:61:{day}{}D10,00NCHGNONREF\n:86:808?20Fee\n:62F:C{day}EUR990,00\n-\n",
        &day[2..]
    );
    let again = office.tess.uploads_as("text/plain", "/v1/bank-statements/import", mt940.into_bytes(), "mt940").await;
    let told = &again.succeeds().body["statements"][0];
    assert_eq!((&told["lines"], &told["repeated"], &told["proof"]), (&json!(0), &json!(1), &json!("proved")), "{told}");
}

/// One format tells of a batch with what it holds, the other of each transfer by itself.
#[tokio::test]
async fn a_batch_that_another_format_tells_one_by_one_is_the_same_day() {
    let office = Office::open().await;
    let batch = camt053(&today().to_string(), "1000.00", "970.00", &[("30.00", "DBIT", "B-1", None, None)]);
    let details = |amount: &str, id: &str| {
        format!(
            "<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><AmtDtls><TxAmt><Amt Ccy=\"EUR\">{amount}</Amt></TxAmt></AmtDtls></TxDtls>"
        )
    };
    let held = format!("<NtryDtls>{}{}</NtryDtls></Ntry>", details("10.00", "A"), details("20.00", "B"));
    let end = batch.find("<NtryDtls>").or(batch.find("</Ntry>")).expect("an entry");
    let rest = batch.find("</Ntry>").expect("an entry") + "</Ntry>".len();
    let camt = format!("{}{held}{}", &batch[..end], &batch[rest..]);
    let listed = office.tess.uploads("/v1/bank-statements/import", camt.into_bytes(), "camt").await.succeeds().body;
    assert_eq!(listed["statements"][0]["lines"], 2, "{listed}");
    let day = today().format("%y%m%d").to_string();
    let line = |amount: &str| format!(":61:{day}{}D{amount}NTRFNONREF\n:86:177?20Batch\n", &day[2..]);
    let mt940 = format!(
        ":20:S\n:25:DE02120300000000202051\n:28C:1/1\n:60F:C{day}EUR1000,00\n{}{}:62F:C{day}EUR970,00\n-\n",
        line("10,00"),
        line("20,00")
    );
    let again = office.tess.uploads_as("text/plain", "/v1/bank-statements/import", mt940.into_bytes(), "mt940").await;
    let told = &again.succeeds().body["statements"][0];
    assert_eq!((&told["lines"], &told["repeated"], &told["proof"]), (&json!(0), &json!(2), &json!("proved")), "{told}");
}

/// An invoice of goods that come next month is approved today; its money waits until it counts.
#[tokio::test]
async fn nothing_is_paid_before_it_counts() {
    let office = Office::open().await;
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100.00", "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({
        "vendor_id": vendor, "number": "N-1", "issue_date": today(), "due_date": day(2), "effective_date": day(30), "currency": "EUR", "lines": [line]
    });
    let invoice = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.approves(&invoice).await;
    let run = office.proposes().await.succeeds().id();
    assert_eq!(office.says(&run, &invoice).await, "not_due");
    let plan = |on: chrono::NaiveDate| json!({ "method": "sepa_credit_transfer", "debtor_account_id": office.account, "execution_date": on, "items": [{ "invoice_id": invoice }] });
    office.tess.posts("/v1/payments", plan(day(29))).await.is_refused_as("value-date-too-early");
    office.tess.posts("/v1/payments", plan(day(40))).await.succeeds();
}
