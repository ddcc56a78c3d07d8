//! Cheques: numbered without a gap, printed with what they pay, listed for the bank, voided with the reason (P5).

use std::collections::BTreeSet;

use quittance_tests::day;
use serde_json::{Value, json};

use crate::ach::Office;
use crate::command_line::types;

impl Office {
    /// With a chequebook that begins at 1001.
    async fn with_cheques() -> (Self, String) {
        let office = Self::open().await;
        let body = json!({ "bank_account_id": office.account, "first_number": 1001 });
        let book = office.tess.posts("/v1/chequebooks", body).await.succeeds().id();
        (office, book)
    }

    /// Who has no account is sent a cheque.
    async fn payee(&self, name: &str) -> String {
        let vendor = json!({ "name": name, "address": { "lines": ["12 Mill Street"], "city": "Portland", "country": "US" } });
        let vendor = self.anna.posts("/v1/vendors", vendor).await.succeeds().id();
        self.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
        vendor
    }

    async fn writes(&self, invoices: &[&String]) -> String {
        let items: Vec<Value> = invoices.iter().map(|invoice| json!({ "invoice_id": invoice })).collect();
        let plan = json!({ "method": "cheque", "debtor_account_id": self.account, "items": items });
        let payment = self.tess.posts("/v1/payments", plan).await.succeeds().id();
        self.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
        payment
    }

    async fn lists(&self, book: &str, what: Value) -> String {
        self.tess.posts(&format!("/v1/chequebooks/{book}/positive-pay"), what).await.succeeds();
        let books = self.reads("/v1/chequebooks").await;
        let files = books["data"][0]["files"].as_array().expect("files").len();
        let (status, list) = self.tess.downloads(&format!("/v1/chequebooks/{book}/positive-pay/{files}")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&list));
        String::from_utf8(list).expect("text")
    }
}

/// What stands on the pages, as a reader of PDF files finds it.
fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cheque.pdf");
    std::fs::write(&file, pdf).expect("room");
    let said = std::process::Command::new("pdftotext").args(["-layout"]).arg(&file).arg("-").output().expect("pdftotext runs");
    String::from_utf8(said.stdout).expect("UTF-8")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cheque_is_numbered_printed_listed_and_voided() {
    let (office, book) = Office::with_cheques().await;
    let maine = office.payee("Maine Pulp Inc").await;
    let one = office.approved(&maine, "P-1", "1200.10", day(-52)).await;
    let two = office.approved(&maine, "P-22", "34.40", day(-48)).await;
    let payment = office.writes(&[&one, &two]).await;
    let shown = office.reads(&format!("/v1/payments/{payment}")).await;
    assert_eq!((&shown["status"], &shown["cheque"]["number"]), (&json!("sent"), &json!(1001)), "{shown}");

    let path = format!("/v1/payments/{payment}/cheque");
    let (status, print) = office.tess.downloads(&path).await;
    assert!(status == 200 && print.starts_with(b"%PDF"), "{status}");
    assert_eq!(office.tess.downloads(&path).await.1, print, "printed again it is the same file");
    let text = text_of(&print);
    for said in ["Cheque 1001", "Maine Pulp Inc", "USD **1,234.50**", "One thousand two hundred thirty-four and 50/100", "P-1", "P-22"] {
        assert!(text.contains(said), "{said} is missing: {text}");
    }

    // A form is spoiled: its number is used up, and the bank hears of it.
    let spoil = |number: u64| json!({ "number": number, "reason": "torn by the printer" });
    let void = format!("/v1/chequebooks/{book}/void-number");
    office.tess.posts(&void, spoil(1001)).await.is_refused_as("cheque-number-not-next");
    office.tess.posts(&void, spoil(1002)).await.succeeds();
    let third = office.approved(&maine, "P-333", "50.00", day(-46)).await;
    let next = office.writes(&[&third]).await;
    assert_eq!(office.reads(&format!("/v1/payments/{next}")).await["cheque"]["number"], 1003);

    office
        .tess
        .posts(&format!("/v1/payments/{payment}/fail"), json!({ "items": [1], "reason": "lost" }))
        .await
        .is_refused_as("cheque-is-whole");
    office.tess.posts(&format!("/v1/payments/{payment}/fail"), json!({ "reason": "lost in the post" })).await.succeeds();
    assert_eq!(office.reads(&format!("/v1/invoices/{one}")).await["open"]["amount"], "1200.10", "it can be paid again");
    assert!(text_of(&office.tess.downloads(&path).await.1).contains("VOID"));
    let list = office.lists(&book, json!({})).await;
    let rows: Vec<&str> = list.lines().map(|line| line.split_once(',').expect("an account").1).collect();
    let [head, first, second, last] = rows.as_slice() else { panic!("{list}") };
    assert_eq!(*head, "cheque_number,issue_date,amount,payee,state");
    assert!(first.starts_with("1001,") && first.ends_with(",1234.50,Maine Pulp Inc,V"), "{list}");
    assert!(second.starts_with("1002,") && second.ends_with(",V"), "{list}");
    assert!(last.starts_with("1003,") && last.ends_with(",50.00,Maine Pulp Inc,I"), "{list}");
    let file = &office.reads("/v1/chequebooks").await["data"][0]["files"][0]["file"];
    assert_eq!((&file["transactions"], &file["control_sum"]), (&json!(3), &json!("50.00")), "{file}");
    let (_, again) = office.tess.downloads(&format!("/v1/chequebooks/{book}/positive-pay/1")).await;
    assert_eq!(String::from_utf8(again).expect("text"), list);
    let voided = office.reads("/v1/cheques?voided=true").await;
    assert_eq!((&voided["data"][0]["number"], &voided["data"][0]["reason"]), (&json!(1001), &json!("lost in the post")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_written_as_its_bank_reads_it() {
    let (office, book) = Office::with_cheques().await;
    let maine = office.payee("Maine Pulp Inc").await;
    let one = office.approved(&maine, "P-1", "1200.10", day(-52)).await;
    office.writes(&[&one]).await;
    let usual = office.lists(&book, json!({})).await;
    assert!(usual.starts_with("account,cheque_number,"), "{usual}");

    let column = |kind: &str, width: u8| json!({ "fact": { "kind": kind }, "width": width });
    let text = |text: &str, width: u8| json!({ "fact": { "kind": "constant", "text": text }, "width": width });
    let layout = |number: Value| {
        json!({ "shape": { "kind": "fixed" }, "header": [text("H", 2), column("routing_number", 9)],
        "columns": [number, column("amount_in_minor_units", 10), column("payee", 8)],
        "trailer": [text("T", 1), column("cheques", 3), column("total", 9)] })
    };
    let agree = format!("/v1/chequebooks/{book}/positive-pay-layout");
    office.anna.posts(&agree, layout(column("cheque_number", 6))).await.is_refused_as("role-missing");
    for (number, code, pointer) in [
        (json!({ "fact": { "kind": "cheque_number" } }), "positive-pay-layout-invalid", "/columns/0/width"),
        (column("cheque_numbers", 6), "invalid-field", "/columns/0/fact"),
        (json!({ "fact": { "kind": "cheque_number", "pattern": "iso" }, "width": 6 }), "invalid-field", "/columns/0/fact"),
    ] {
        let refused = office.tess.posts(&agree, layout(number)).await;
        assert_eq!(refused.body["errors"][0]["pointer"].as_str().map(|at| at.starts_with(pointer)), Some(true), "{refused:?}");
        refused.is_refused_as(code);
    }
    office.tess.posts(&agree, layout(column("cheque_number", 6))).await.succeeds();
    let list = office.lists(&book, json!({})).await;
    let lines: Vec<&str> = list.split("\r\n").collect();
    let [first, cheque, last, ""] = lines.as_slice() else { panic!("{list}") };
    assert!(first.len() == 11 && first.starts_with("H "), "{list}");
    assert_eq!((*cheque, *last), ("0010010000120010Maine Pu", "T001001200.10"));
    let shown = office.reads("/v1/chequebooks").await["data"][0].clone();
    assert_eq!(shown["positive_pay_layout"], layout(column("cheque_number", 6)));
    assert_eq!(
        (&shown["files"][0]["file"]["format"], &shown["files"][1]["file"]["format"]),
        (&json!("positive_pay"), &json!("positive_pay_fixed"))
    );
    let first = office.tess.downloads(&format!("/v1/chequebooks/{book}/positive-pay/1")).await.1;
    assert_eq!(String::from_utf8(first).expect("text"), usual, "what was written stays as it was");

    // A number that outgrows its column stops the list, not the cheque.
    office.tess.posts(&agree, layout(column("cheque_number", 3))).await.succeeds();
    office.tess.posts(&format!("/v1/chequebooks/{book}/positive-pay"), json!({})).await.is_refused_as("positive-pay-inexpressible");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_writes_a_cheque_for_each_vendor() {
    let (office, book) = Office::with_cheques().await;
    let (maine, oregon) = (office.payee("Maine Pulp Inc").await, office.payee("Oregon Ink LLC").await);
    office.approved(&maine, "P-1", "1200.10", day(-52)).await;
    office.approved(&maine, "P-22", "300.00", day(-48)).await;
    office.approved(&oregon, "INK-7", "50.25", day(-51)).await;
    let run = json!({ "method": "cheque", "debtor_account_id": office.account, "run_date": day(4), "next_run_date": day(10) });
    let run = office.tess.posts("/v1/payment-runs", run).await.succeeds().id();
    office.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
    let cheques = office.reads("/v1/cheques").await;
    let of = |field: &str| -> BTreeSet<String> {
        cheques["data"].as_array().expect("cheques").iter().map(|cheque| cheque[field].to_string()).collect()
    };
    assert_eq!(of("number"), BTreeSet::from(["1001".to_owned(), "1002".to_owned()]), "{cheques}");
    assert_eq!(of("payee"), BTreeSet::from(["\"Maine Pulp Inc\"".to_owned(), "\"Oregon Ink LLC\"".to_owned()]));
    let (status, print) = office.tess.downloads(&format!("/v1/payment-runs/{run}/cheques")).await;
    assert_eq!(status, 200);
    let text = text_of(&print);
    assert!(text.contains("Cheque 1001") && text.contains("Cheque 1002") && text.contains("INK-7"), "{text}");
    let typed = types(&office.app, &office.tess, &format!("run file {run}")).await;
    assert_eq!(typed, Ok(print), "the command line prints the same");
    let list = office.lists(&book, json!({ "payment_run_id": run })).await;
    assert_eq!(list.lines().count(), 3, "{list}");
    let file = &office.reads("/v1/chequebooks").await["data"][0]["files"][0]["file"];
    assert_eq!(file["control_sum"], "1550.35");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_chequebook_or_in_another_currency_no_cheque_is_planned() {
    let office = Office::open().await;
    let maine = office.payee("Maine Pulp Inc").await;
    let invoice = office.approved(&maine, "P-1", "20.00", day(-52)).await;
    let plan = json!({ "method": "cheque", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
    office.tess.posts("/v1/payments", plan).await.is_refused_as("chequebook-missing");
    let nowhere = json!({ "method": "cheque", "items": [{ "invoice_id": invoice }] });
    office.tess.posts("/v1/payments", nowhere).await.is_refused_as("debtor-account-missing");
    let run = json!({ "method": "cheque", "debtor_account_id": office.account });
    office.tess.posts("/v1/payment-runs", run).await.is_refused_as("chequebook-missing");
    let euros = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
    let euros = office.tess.posts("/v1/company/bank-accounts", euros).await.succeeds().body["bank_account_id"].clone();
    office.tess.posts("/v1/chequebooks", json!({ "bank_account_id": euros, "first_number": 1 })).await.succeeds();
    let plan = json!({ "method": "cheque", "debtor_account_id": euros, "items": [{ "invoice_id": invoice }] });
    office.tess.posts("/v1/payments", plan).await.is_refused_as("cheque-currency");
}

/// A statement of the account with a cheque of each number and amount that was paid.
fn presenting(cheques: &[(&str, &str)]) -> Vec<u8> {
    let today = day(0).format("%Y%m%d");
    let one = |(id, (number, amount)): (usize, &(&str, &str))| {
        format!("<STMTTRN><TRNTYPE>CHECK<DTPOSTED>{today}<TRNAMT>-{amount}<FITID>F{}-{id}<CHECKNUM>{number}</STMTTRN>", cheques.len())
    };
    let told: String = cheques.iter().enumerate().map(one).collect();
    let account = "<BANKACCTFROM><BANKID>011000015<ACCTID>9988<ACCTTYPE>CHECKING</BANKACCTFROM>";
    format!(
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD{account}<BANKTRANLIST><DTSTART>{today}{told}</BANKTRANLIST>\
         <LEDGERBAL><BALAMT>0.00<DTASOF>{today}</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    .into_bytes()
}

impl Office {
    async fn is_told(&self, cheques: &[(&str, &str)]) -> Value {
        let path = format!("/v1/bank-statements/import?bank_account_id={}", self.account.as_str().expect("an id"));
        self.tess.uploads(&path, presenting(cheques), &format!("{cheques:?}")).await.succeeds().body
    }

    /// What stands with each line that names a cheque, by number and amount.
    async fn exceptions(&self) -> Vec<(Value, Value)> {
        let lines = self.reads("/v1/bank-lines?cheque_exception=true&sort=amount").await;
        let lines = lines["data"].as_array().expect("lines").iter();
        lines.map(|line| (line["cheque_exception"]["number"].clone(), line["cheque_exception"]["finding"].clone())).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cheque_that_is_presented_settles_by_its_number_or_says_what_is_wrong() {
    let (office, book) = Office::with_cheques().await;
    let (maine, oregon) = (office.payee("Maine Pulp Inc").await, office.payee("Oregon Ink LLC").await);
    let mut payments = Vec::new();
    for (payee, number, price, issued) in
        [(&maine, "P-1", "100.00", -50), (&oregon, "INK-7", "100.00", -20), (&maine, "P-333", "70.00", -35)]
    {
        let invoice = office.approved(payee, number, price, day(issued)).await;
        payments.push(office.writes(&[&invoice]).await);
    }
    let status = async |index: usize| office.reads(&format!("/v1/payments/{}", payments[index])).await["status"].clone();
    office.tess.posts(&format!("/v1/payments/{}/fail", payments[2]), json!({ "reason": "lost in the post" })).await.succeeds();
    let spoiled = json!({ "number": 1004, "reason": "torn" });
    office.tess.posts(&format!("/v1/chequebooks/{book}/void-number"), spoiled).await.succeeds();
    let charges = json!({ "transaction_code": { "scheme": "ofx", "code": "CHECK" }, "direction": "paid", "amount_max": { "amount": "500.00", "currency": "USD" } });
    let rule = json!({ "name": "Cheques", "when": charges, "parts": [{ "account_code": "6850" }], "reason": "cheques of strangers" });
    office.company.owner.posts("/v1/bank-rules", json!({ "rules": [rule] })).await.succeeds();

    // Two cheques over one amount: the number says which. The other comes over another amount, and so does what was voided.
    let told = office.is_told(&[("0000001002", "100.00"), ("1001", "99.00"), ("1003", "70.00"), ("1004", "5.00"), ("7", "8.00")]).await;
    assert_eq!(told["statements"][0]["matched"], 1, "{told}");
    assert_eq!([status(0).await, status(1).await, status(2).await], [json!("sent"), json!("settled"), json!("failed")]);
    let differs = json!({ "amount_differs": { "written": { "amount": "100.00", "currency": "USD" } } });
    let expected = vec![(json!(1001), differs.clone()), (json!(1003), json!("voided")), (json!(1004), json!("voided"))];
    assert_eq!(office.exceptions().await, expected, "none of them is matched, or booked by the rule");
    let lines = office.reads("/v1/bank-lines?matched=true&sort=amount").await;
    let of_cheque = &lines["data"][0]["matching"];
    assert_eq!((&of_cheque["score"], &of_cheque["evidence"]), (&json!(100), &json!(["cheque_number", "amount"])), "{lines}");
    assert_eq!(lines["data"][1]["booking"]["rule"]["name"], "Cheques", "a number that is none of ours is for the rules: {lines}");

    // The same number once more is one too many; what was told is not told again.
    office.is_told(&[("1002", "100.00")]).await;
    let again = told["statements"][0]["id"].as_str().expect("an id").to_owned();
    office.tess.posts(&format!("/v1/bank-statements/{again}/match-automatically"), json!({})).await.succeeds();
    let mut expected = expected;
    expected.insert(0, (json!(1002), json!("presented_before")));
    assert_eq!(office.exceptions().await, expected);

    // A person says what it was, and it is an exception no longer.
    let line = office.reads("/v1/bank-lines?cheque_exception=true&amount_to=-99.00&amount_from=-99.00").await["data"][0].clone();
    let body = json!({ "line": line["line"], "explanation": "the bank corrects it tomorrow" });
    office.tess.posts(&format!("/v1/bank-statements/{again}/match"), body).await.succeeds();
    assert_eq!(office.exceptions().await.len(), 3);
    assert_eq!(status(0).await, "sent");
}
