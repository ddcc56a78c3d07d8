//! Bank statements: money that left settles, money that came back returns, each once; the rest waits for a person, and the balance is proven.

use chrono::{Datelike, NaiveDate, SecondsFormat};
use quittance_application::ports::Edge;
use quittance_domain::role::Role;
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::today;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const DEBTOR: &str = "DE02120300000000202051";
const CREDITOR: &str = "DE89370400440532013000";

/// An invoice of 100.00, paid by a file that the bank has.
pub(crate) struct Sent {
    pub(crate) tess: Person,
    pub(crate) account: String,
    pub(crate) invoice: String,
    pub(crate) payment: String,
    pub(crate) end_to_end_id: String,
}

impl Sent {
    pub(crate) async fn open(app: &TestApp, company: &Company) -> Self {
        let clerk = app.user(company, "clerk", Role::ApClerk).await;
        let approver = app.user(company, "approver", Role::Approver).await;
        let (tess, theo) = (app.user(company, "tess", Role::Treasurer).await, app.user(company, "theo", Role::Treasurer).await);
        let invoice = approved(&clerk, &approver).await;
        let account = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": DEBTOR } });
        let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
        let plan = json!({ "method": "sepa_credit_transfer", "debtor_account_id": account, "items": [{ "invoice_id": invoice }] });
        let payment = tess.posts("/v1/payments", plan).await.succeeds().id();
        theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        let sent = tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds().position();
        let detail = tess.gets(&format!("/v1/payments/{payment}?min_position={sent}")).await.succeeds().body;
        let end_to_end_id = detail["lines"][0]["end_to_end_id"].as_str().expect("an id").to_owned();
        let account = account.as_str().expect("an id").to_owned();
        Self { tess, account, invoice, payment, end_to_end_id }
    }

    pub(crate) async fn imports(&self, file: &str) -> Value {
        let key = format!("key {}", hex::encode(Sha256::digest(file)));
        self.tess.uploads("/v1/bank-statements/import", file.as_bytes().to_vec(), &key).await.succeeds().body
    }

    async fn status(&self, path: &str, at: &Value) -> Value {
        let position = at["position"].as_i64().expect("a position");
        self.tess.gets(&format!("{path}?min_position={position}")).await.succeeds().body["status"].clone()
    }

    pub(crate) async fn payment_after(&self, at: &Value) -> Value {
        self.status(&format!("/v1/payments/{}", self.payment), at).await
    }

    async fn invoice_after(&self, at: &Value) -> Value {
        self.status(&format!("/v1/invoices/{}", self.invoice), at).await
    }

    /// The bank's status report says that it rejects the transfer.
    pub(crate) async fn is_rejected(&self) -> Value {
        let (message, _) = self.end_to_end_id.split_once('-').expect("payment and line");
        let report = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId></GrpHdr><OrgnlGrpInfAndSts>\
             <OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>\
             <OrgnlPmtInfId>{message}/1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf>\
             </TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>",
            self.end_to_end_id
        );
        self.tess.uploads("/v1/payment-status-reports", report.into_bytes(), "report").await.succeeds().body
    }

    /// Account and balance of the books up to a day.
    pub(crate) async fn books(&self, at: &Value, as_of: &str) -> Vec<String> {
        let position = at["position"].as_i64().expect("a position");
        let path = format!("/v1/reports/trial-balance?as_of={as_of}&min_position={position}");
        let balance = self.tess.gets(&path).await.succeeds().body;
        let shown = |line: &Value| {
            format!("{} {}", line["account"].as_str().expect("an account"), line["balance"]["amount"].as_str().expect("an amount"))
        };
        balance["lines"].as_array().expect("lines").iter().map(shown).filter(|line| !line.ends_with(" 0.00")).collect()
    }

    /// What was there before the first statement comes into the books.
    pub(crate) async fn opens(&self, at: &Value) -> Value {
        self.reconciliation(at, &today().to_string()).await;
        let body = json!({ "against": "3000", "reason": "as of the first statement" });
        self.tess.posts(&format!("/v1/bank-accounts/{}/opening-entry", self.account), body).await.succeeds().body
    }

    pub(crate) async fn reconciliation(&self, at: &Value, on: &str) -> Value {
        let position = at["position"].as_i64().expect("a position");
        self.tess.gets(&format!("/v1/bank-accounts/{}/reconciliation?on={on}&min_position={position}", self.account)).await.succeeds().body
    }
}

/// After the last period's end, and not so long ago that what is issued then is overdue.
pub(crate) fn first_of_this_month() -> NaiveDate {
    today().with_day(1).expect("every month has a first day")
}

async fn approved(clerk: &Person, approver: &Person) -> String {
    let vendor = json!({ "name": "Muster GmbH", "vat_id": "DE136695976", "address": { "city": "Köln", "country": "DE" } });
    let vendor = clerk.posts("/v1/vendors", vendor).await.succeeds().id();
    let account = json!({ "account": { "kind": "iban", "iban": CREDITOR } });
    clerk.opens_account(approver, &vendor, account).await;
    let line = json!({ "name": "Goods", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "100.00", "tax": { "code": "S", "rate": "0" } });
    let invoice =
        json!({ "vendor_id": vendor, "number": "R-2026-77", "issue_date": first_of_this_month(), "currency": "EUR", "lines": [line] });
    let invoice = clerk.posts("/v1/invoices", invoice).await.succeeds().id();
    clerk.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    approver.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    invoice
}

/// Amount, side, bank's reference, end-to-end id, return reason.
pub(crate) type Booked<'a> = (&'a str, &'a str, &'a str, Option<&'a str>, Option<&'a str>);

/// A camt.053 of one day.
pub(crate) fn camt053(day: &str, opening: &str, closing: &str, entries: &[Booked<'_>]) -> String {
    let balance = |code: &str, amount: &str| {
        format!(
            "<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )
    };
    let entries: String = entries.iter().map(|(amount, side, reference, id, reason)| {
        let id = id.map(|id| format!("<Refs><EndToEndId>{id}</EndToEndId></Refs>")).unwrap_or_default();
        let reason = reason.map(|code| format!("<RtrInf><Rsn><Cd>{code}</Cd></Rsn></RtrInf>")).unwrap_or_default();
        format!(
            "<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>\
             <ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>{reference}</AcctSvcrRef><NtryDtls><TxDtls>{id}{reason}</TxDtls></NtryDtls></Ntry>"
        )
    }).collect();
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><GrpHdr><MsgId>M-{day}</MsgId>\
         <CreDtTm>{day}T20:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S-{day}</Id><CreDtTm>{day}T20:00:00Z</CreDtTm><Acct><Id><IBAN>{DEBTOR}</IBAN></Id><Ccy>EUR</Ccy></Acct>{}{}{entries}</Stmt></BkToCstmrStmt></Document>",
        balance("OPBD", opening),
        balance("CLBD", closing),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn what_left_settles_once_and_what_came_back_returns() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));

    // The bank tells of the transfer and of its fees.
    let first = camt053(&day, "1000.00", "897.50", &[("100.00", "DBIT", "B-1", id, None), ("2.50", "DBIT", "B-2", None, None)]);
    let imported = sent.imports(&first).await;
    let statement = &imported["statements"][0];
    assert_eq!((&statement["lines"], &statement["matched"], &statement["proof"]), (&json!(2), &json!(1), &json!("proved")), "{imported}");
    assert_eq!(sent.payment_after(&imported).await, "settled");
    assert_eq!(sent.invoice_after(&imported).await, "paid");

    // The same file with another key, and another format of the same day, bring nothing new.
    let again = sent.tess.uploads("/v1/bank-statements/import", first.clone().into_bytes(), "another key").await.succeeds().body;
    assert_eq!(again["statements"][0]["id"], statement["id"]);
    let short = day[2..].replace('-', "");
    let mt940 = format!(
        ":20:1\n:25:{DEBTOR}\n:28C:1\n:60F:C{short}EUR1000,00\n:61:{short}{}D100,00NTRFNONREF//B-1\n:86:020?20EREF+{}\n:61:{short}{}D2,50NCHGNONREF//B-2\n:62F:C{short}EUR897,50\n",
        &short[2..],
        sent.end_to_end_id,
        &short[2..]
    );
    let overlapping = sent.imports(&mt940).await;
    assert_eq!(
        (&overlapping["statements"][0]["lines"], &overlapping["statements"][0]["repeated"]),
        (&json!(0), &json!(2)),
        "{overlapping}"
    );

    // Bank and books differ by what was there before, and by the fee, which is listed; a person books both.
    let unopened = sent.reconciliation(&overlapping, &day).await;
    assert_eq!(unopened["not_proven"], json!(["opening_balance_not_in_books", "difference"]), "{unopened}");
    let opened = sent.opens(&overlapping).await;
    let before = sent.reconciliation(&opened, &day).await;
    assert_eq!((&before["proven"], &before["ledger"]["balance"]["amount"]), (&json!(true), &json!("900.00")), "{before}");
    assert_eq!(before["only_bank"][0]["amount"]["amount"], "-2.50");
    let id_of_statement = statement["id"].as_str().expect("an id");
    let fee = json!({ "line": 2, "parts": [{ "account_code": "6850" }], "reason": "bank fees" });
    let booked = sent.tess.posts(&format!("/v1/bank-statements/{id_of_statement}/book"), fee).await.succeeds().body;
    let after = sent.reconciliation(&booked, &day).await;
    assert_eq!(
        (&after["proven"], &after["book_balance"]["amount"], &after["only_bank"]),
        (&json!(true), &json!("897.50"), &json!([])),
        "{after}"
    );

    // The money comes back: the invoice is open again, once.
    let second = camt053(&day, "897.50", "997.50", &[("100.00", "CRDT", "B-3", id, Some("AC04"))]);
    let returned = sent.imports(&second).await;
    assert_eq!(returned["statements"][0]["matched"], 1, "{returned}");
    assert_eq!(sent.payment_after(&returned).await, "returned");
    assert_eq!(sent.invoice_after(&returned).await, "approved");
    let end = sent.reconciliation(&returned, &day).await;
    assert_eq!((&end["proven"], &end["book_balance"]["amount"], &end["only_books"]), (&json!(true), &json!("997.50"), &json!([])), "{end}");

    // What the bank did is not undone by a word.
    let undo = json!({ "line": 1, "reason": "a mistake" });
    sent.tess.posts(&format!("/v1/bank-statements/{id_of_statement}/unmatch"), undo).await.is_refused_as("match-moved-payment");
}

/// A second person, or a file of returns, says so before the statement does: its line is of the payment all the same, and clears it.
#[tokio::test(flavor = "multi_thread")]
async fn what_came_back_by_another_word_is_on_the_statement_as_well() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let second = app.user(&company, "second", Role::Treasurer).await;
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));
    let out = camt053(&day, "1000.00", "900.00", &[("100.00", "DBIT", "B-1", id, None)]);
    let left = sent.imports(&out).await;
    let opened = sent.opens(&left).await;
    let back = json!({ "value_date": today(), "reason": "R03" });
    second.posts(&format!("/v1/payments/{}/return", sent.payment), back).await.succeeds();
    assert_eq!(sent.reconciliation(&opened, &day).await["proven"], true);
    let home = camt053(&day, "900.00", "1000.00", &[("100.00", "CRDT", "B-2", id, Some("AC04"))]);
    let returned = sent.imports(&home).await;
    assert_eq!(returned["statements"][0]["matched"], 1, "{returned}");
    assert_eq!(sent.payment_after(&returned).await, "returned");
    let end = sent.reconciliation(&returned, &day).await;
    assert_eq!(
        (&end["proven"], &end["clearing"]["balance"]["amount"], &end["only_bank"]),
        (&json!(true), &json!("0.00"), &json!([])),
        "{end}"
    );
}

/// The return's statement comes first: it says that the money had left as well, and the line that tells of that is of the payment still.
#[tokio::test(flavor = "multi_thread")]
async fn statements_may_come_in_any_order() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));
    let home = sent.imports(&camt053(&day, "900.00", "1000.00", &[("100.00", "CRDT", "B-2", id, Some("AC04"))])).await;
    assert_eq!(sent.payment_after(&home).await, "returned");
    let out = sent.imports(&camt053(&day, "1000.00", "900.00", &[("100.00", "DBIT", "B-1", id, None)])).await;
    assert_eq!(out["statements"][0]["matched"], 1, "{out}");
    assert_eq!(sent.payment_after(&out).await, "returned");
    let books = sent.books(&out, &day).await;
    assert!(!books.iter().any(|line| line.starts_with("1090")), "nothing is left between payment and bank: {books:?}");
}

/// The bank took its charges from what came back: the line is no payment's by itself, its candidate says by how much, and divided it is matched.
#[tokio::test(flavor = "multi_thread")]
async fn a_return_less_charges_is_found_by_its_id_and_divided() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));
    sent.imports(&camt053(&day, "1000.00", "900.00", &[("100.00", "DBIT", "B-1", id, None)])).await;
    let home = sent.imports(&camt053(&day, "900.00", "995.00", &[("95.00", "CRDT", "B-2", id, Some("AC04"))])).await;
    assert_eq!(home["statements"][0]["matched"], 0, "{home}");
    let statement = format!("/v1/bank-statements/{}", home["statements"][0]["id"].as_str().expect("an id"));
    let unmatched = format!("/v1/bank-lines?matched=false&min_position={}", home["position"]);
    let line = &sent.tess.gets(&unmatched).await.succeeds().body["data"][0];
    let candidates = format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"));
    let found = sent.tess.gets(&candidates).await.succeeds().body["data"].clone();
    assert_eq!((&found[0]["payment_id"], &found[0]["differs_by"]["amount"]), (&json!(sent.payment), &json!("-5.00")), "{found}");
    assert!(found[0]["score"].as_u64() < Some(80), "{found}");
    let this = json!({ "line": 1, "payment_id": sent.payment });
    sent.tess.posts(&format!("{statement}/match"), this.clone()).await.is_refused_as("bank-amount-differs");

    let parts = json!([{ "amount": "100.00" }, { "amount": "-5.00", "text": "charges" }]);
    let parts = json!({ "line": 1, "parts": parts, "reason": "less what the bank took" });
    sent.tess.posts(&format!("{statement}/divide"), parts).await.succeeds();
    let matched = sent.tess.posts(&format!("{statement}/match"), this).await.succeeds().body;
    assert_eq!(sent.payment_after(&matched).await, "returned");
}

/// An MT940 of today with one entry: its number, and between which balances what moved.
fn mt940(number: u8, opening: &str, side: &str, amount: &str, closing: &str) -> String {
    let day = today().format("%y%m%d").to_string();
    format!(
        ":20:S\n:25:{DEBTOR}\n:28C:{number}/1\n:60F:C{day}EUR{opening}\n:61:{day}{}{side}{amount}NTRFNONREF//R{number}\n:86:x{number}\n:62F:C{day}EUR{closing}\n-\n",
        &day[2..]
    )
}

/// In, out and in again between the same balances: three statements, told apart by their numbers, in files of their own or in one.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_that_goes_round_has_all_its_statements() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let days = [
        mt940(1, "100,00", "C", "50,00", "150,00"),
        mt940(2, "150,00", "D", "50,00", "100,00"),
        mt940(3, "100,00", "C", "50,00", "150,00"),
    ];
    for day in &days {
        let imported = sent.imports(day).await;
        assert_eq!((&imported["statements"][0]["lines"], &imported["statements"][0]["repeated"]), (&json!(1), &json!(0)), "{imported}");
    }
    let together = sent.imports(&days.concat()).await;
    assert!((0..3).all(|index| together["statements"][index]["repeated"] == 1), "known by their entries: {together}");
    let next_door = app.company("Other").await;
    let fresh = Sent::open(&app, &next_door).await.imports(&days.concat()).await;
    assert!((0..3).all(|index| fresh["statements"][index]["lines"] == 1), "all of one file: {fresh}");
}

/// Three pages of one day in files of their own, each with the same fee and none with a reference: three fees, whichever page comes first,
/// and none of them again with the whole day.
#[tokio::test(flavor = "multi_thread")]
async fn equal_entries_of_pages_in_files_of_their_own_are_all_there() {
    let app = TestApp::start().await;
    let day = today().format("%y%m%d").to_string();
    let fee = format!(":61:{day}{}D5,00NTRFNONREF\n:86:FEE\n", &day[2..]);
    let page = |number: &str, opening: u32, fees: u32| {
        let closing = opening - 5 * fees;
        let entries = fee.repeat(fees as usize);
        format!(":20:S\n:25:{DEBTOR}\n:28C:7/{number}\n:60M:C{day}EUR{opening},00\n{entries}:62M:C{day}EUR{closing},00\n-\n")
    };
    for (name, order) in [("Acme", [1, 2, 3]), ("Other", [3, 1, 2]), ("Third", [2, 3, 1])] {
        let company = app.company(name).await;
        let sent = Sent::open(&app, &company).await;
        for number in order {
            let imported = sent.imports(&page(&number.to_string(), 105 - 5 * number, 1)).await;
            assert_eq!((&imported["statements"][0]["lines"], &imported["statements"][0]["repeated"]), (&json!(1), &json!(0)), "{imported}");
        }
        let whole = sent.imports(&page("4", 100, 4)).await;
        assert_eq!((&whole["statements"][0]["lines"], &whole["statements"][0]["repeated"]), (&json!(1), &json!(3)), "{whole}");
    }
}

/// Two statements of one day, the second imported first: the day begins and ends where the bank says.
#[tokio::test(flavor = "multi_thread")]
async fn a_day_begins_and_ends_where_its_balances_do() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    sent.imports(&mt940(2, "150,00", "D", "30,00", "120,00")).await;
    let both = sent.imports(&mt940(1, "100,00", "C", "50,00", "150,00")).await;
    let told = sent.reconciliation(&both, &today().to_string()).await;
    let balances = [&told["opening"]["statement"]["amount"], &told["statement_balance"]["amount"]];
    assert_eq!(balances, [&json!("100.00"), &json!("120.00")], "{told}");
}

/// One key is one request: neither the same file for another account nor by another mapping.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_of_one_account_and_one_mapping() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let other = json!({ "name": "Other", "currency": "EUR", "account": { "kind": "iban", "iban": "DE89370400440532013000" } });
    let other = sent.tess.posts("/v1/company/bank-accounts", other).await.succeeds().body["bank_account_id"].clone();
    let mapping = "%7B%22account%22%3A%22%22%2C%22currency%22%3A%22EUR%22%2C%22booking_date%22%3A%22day%22%2C%22amount%22%3A%7B%22signed%22%3A%22amount%22%7D%2C%22remittance%22%3A%5B%22text%22%5D%7D";
    let file = format!("day,amount,text\n{},-12.00,fee\n", today());
    let imports = async |account: &str| {
        let path = format!("/v1/bank-statements/import?bank_account_id={account}&csv_mapping={mapping}");
        sent.tess.uploads_as("text/csv", &path, file.clone().into_bytes(), "one key").await
    };
    imports(&sent.account).await.succeeds();
    imports(&sent.account).await.succeeds();
    imports(other.as_str().expect("an id")).await.is_refused_as("idempotency-key-reused");
}

/// A mapping that takes the day of value for the day of booking and the fee for the amount: the right one is refused by name until the
/// statement is withdrawn, which waits for what rests on its lines; then its file is imported as if it had never been.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_that_was_read_wrongly_is_withdrawn_and_imported_again() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let file = format!("day,amount,fee,text\n{0},-12.00,-1.00,one\n{0},-13.00,-1.00,two\n", today());
    let imports = async |amount: &str, key: &str| {
        let mapping =
            json!({ "account": "", "currency": "EUR", "booking_date": "day", "amount": { "signed": amount }, "remittance": ["text"] });
        let mapping = mapping.to_string().replace('"', "%22").replace('{', "%7B").replace('}', "%7D");
        let path = format!("/v1/bank-statements/import?bank_account_id={}&csv_mapping={mapping}", sent.account);
        sent.tess.uploads_as("text/csv", &path, file.clone().into_bytes(), key).await
    };
    let wrong = imports("fee", "first").await.succeeds().body;
    let id = wrong["statements"][0]["id"].as_str().expect("an id").to_owned();
    imports("amount", "second").await.is_refused_as("bank-statement-read-otherwise");
    assert_eq!(imports("fee", "third").await.succeeds().body["statements"][0]["lines"], 2, "the same reading is the same statement");

    let explanation = json!({ "line": 2, "explanation": "another system's" });
    sent.tess.posts(&format!("/v1/bank-statements/{id}/match"), explanation).await.succeeds();
    let withdraw = format!("/v1/bank-statements/{id}/withdraw");
    let reason = json!({ "reason": "the fee is not the amount" });
    sent.tess.posts(&withdraw, json!({ "reason": " " })).await.is_refused_as("reason-missing");
    sent.tess.posts(&withdraw, reason.clone()).await.is_refused_as("bank-statement-in-use");
    sent.tess.posts(&format!("/v1/bank-statements/{id}/unmatch"), json!({ "line": 2, "reason": "it is not" })).await.succeeds();
    let withdrawn = sent.tess.posts(&withdraw, reason.clone()).await.succeeds().body;
    assert_eq!(sent.tess.posts(&withdraw, reason).await.succeeds().body["version"], withdrawn["version"], "once");
    let explanation = json!({ "line": 1, "explanation": "another system's" });
    sent.tess.posts(&format!("/v1/bank-statements/{id}/match"), explanation).await.is_refused_as("bank-statement-withdrawn");
    let lines = async |at: &Value| {
        let path = format!("/v1/bank-lines?bank_account_id={}&sort=amount&min_position={}", sent.account, at["position"]);
        let page = sent.tess.gets(&path).await.succeeds().body;
        let amount = |line: &Value| line["amount"]["amount"].as_str().expect("an amount").to_owned();
        page["data"].as_array().expect("lines").iter().map(amount).collect::<Vec<_>>()
    };
    assert_eq!(lines(&withdrawn).await, [""; 0]);
    let statement = sent.tess.gets(&format!("/v1/bank-statements/{id}?min_position={}", withdrawn["position"])).await.succeeds().body;
    assert!(statement["withdrawn_at"].is_string(), "{statement}");

    imports("fee", "first").await.succeeds();
    assert_eq!(lines(&withdrawn).await, [""; 0], "a request that is sent again tells what it told, and imports nothing");
    let right = imports("amount", "fourth").await.succeeds().body;
    assert_ne!(right["statements"][0]["id"], json!(id));
    assert_eq!(lines(&right).await, ["-13.00", "-12.00"]);
}

/// A statement that was withdrawn ends no day and begins none, and an earlier moment still knows it.
#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawn_statement_is_in_no_reconciliation() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    sent.imports(&mt940(1, "100,00", "C", "50,00", "150,00")).await;
    let second = sent.imports(&mt940(2, "150,00", "D", "30,00", "120,00")).await;
    let then = SystemEdge.now().to_rfc3339_opts(SecondsFormat::Micros, true);
    let id = second["statements"][0]["id"].as_str().expect("an id");
    let withdraw = json!({ "reason": "of the other account" });
    let withdrawn = sent.tess.posts(&format!("/v1/bank-statements/{id}/withdraw"), withdraw).await.succeeds().body;
    let of = |told: &Value| (told["statement_balance"]["amount"].clone(), told["only_bank_total"]["amount"].clone());
    let now = sent.reconciliation(&withdrawn, &today().to_string()).await;
    assert_eq!(of(&now), (json!("150.00"), json!("50.00")), "{now}");
    let path = format!("/v1/bank-accounts/{}/reconciliation?on={}&known_at={then}", sent.account, today());
    let before = sent.tess.gets(&path).await.succeeds().body;
    assert_eq!(of(&before), (json!("120.00"), json!("20.00")), "{before}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_lists_the_payments_that_it_may_tell_of_and_why() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let day = today().to_string();
    // No id of ours: the amount, the day and the invoice's number speak for it, which is not enough to match by itself.
    let text = ":86:020?20RE R-2026-77?32Somebody else\n";
    let short = day[2..].replace('-', "");
    let file = format!(
        ":20:1\n:25:{DEBTOR}\n:28C:1\n:60F:C{short}EUR1000,00\n:61:{short}{}D100,00NTRFNONREF//B-1\n{text}:61:{short}{}D7,00NTRFNONREF//B-2\n:86:020?20Fees\n:62F:C{short}EUR893,00\n",
        &short[2..],
        &short[2..]
    );
    let imported = sent.imports(&file).await;
    assert_eq!(imported["statements"][0]["matched"], 0, "{imported}");

    let queue = async |filter: &str| {
        let path = format!("/v1/bank-lines?matched=false&min_position={}{filter}", imported["position"]);
        sent.tess.gets(&path).await.succeeds().body["data"].as_array().expect("lines").clone()
    };
    assert_eq!(queue("&sort=amount").await.iter().map(|l| &l["amount"]["amount"]).collect::<Vec<_>>(), ["-100.00", "-7.00"]);
    assert_eq!(queue("&amount_from=-10&amount_to=0").await.len(), 1);
    assert_eq!(
        (queue("&search=r-2026-77").await.len(), queue("&search=nobody").await.len(), queue("&is_return=true").await.len()),
        (1, 0, 0)
    );

    let lines = queue("&sort=amount").await;
    let candidates = async |line: &Value| {
        let path = format!("/v1/bank-lines/{}/candidates", line["id"].as_str().expect("an id"));
        sent.tess.gets(&path).await.succeeds().body
    };
    let found = candidates(&lines[0]).await;
    let first = &found["data"][0];
    assert_eq!((&first["payment_id"], &first["items"], &first["score"]), (&json!(sent.payment), &json!([1]), &json!(65)), "{found}");
    assert_eq!(first["evidence"], json!(["amount", "invoice_number", "date"]), "{found}");
    assert_eq!(first["invoice_numbers"], json!(["R-2026-77"]), "{found}");
    assert_eq!(candidates(&lines[1]).await["data"], json!([]), "nothing is worth 7.00");

    // A person takes it from there; another line of that amount has nothing left to tell of.
    let statement = imported["statements"][0]["id"].as_str().expect("an id");
    let chosen = json!({ "line": 1, "payment_id": first["payment_id"], "items": first["items"] });
    let matched = sent.tess.posts(&format!("/v1/bank-statements/{statement}/match"), chosen).await.succeeds().body;
    assert_eq!(sent.payment_after(&matched).await, "settled");
    assert_eq!(candidates(&lines[0]).await["data"], json!([]), "it is told");
    let next_door = app.company("Other").await.owner;
    let path = format!("/v1/bank-lines/{}/candidates", lines[0]["id"].as_str().expect("an id"));
    assert_eq!(next_door.gets(&path).await.status, 404);
}

/// Until everything that follows from what was done has been done, and can be read.
pub(crate) async fn catches_up(app: &TestApp, company: &Company) {
    let mut seen = -1;
    loop {
        let heads = app.system.database.heads().await.expect("heads");
        let head = heads.iter().find(|(tenant, _)| *tenant == company.tenant).expect("a log").1;
        app.system.settled(company.tenant, head).await.expect("readable");
        if head == seen {
            return;
        }
        seen = head;
    }
}

/// Statuses, the books' balance of the account, and what is still owed.
async fn standing(sent: &Sent, at: &Value) -> [Value; 5] {
    let (position, day) = (at["position"].as_i64().expect("a position"), today().to_string());
    let ageing = sent.tess.gets(&format!("/v1/reports/ap-ageing?as_of={day}&min_position={position}")).await.succeeds().body;
    let owed = ageing["totals"][0]["total"]["amount"].clone();
    let control = &ageing["totals"][0]["control"]["difference"]["amount"];
    assert!(control.is_null() || control == "0.00", "{ageing}");
    let books = sent.reconciliation(at, &day).await;
    [sent.payment_after(at).await, sent.invoice_after(at).await, books["book_balance"]["amount"].clone(), books["proven"].clone(), owed]
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_match_is_taken_back_and_the_books_follow() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let standing = async |at: &Value| {
        catches_up(&app, &company).await;
        standing(&sent, at).await
    };
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));
    let file = camt053(&day, "1000.00", "800.00", &[("100.00", "DBIT", "B-1", id, None), ("100.00", "DBIT", "B-2", None, None)]);
    let imported = sent.imports(&file).await;
    let settled = [json!("settled"), json!("paid"), json!("900.00"), json!(true), Value::Null];
    let opened = sent.opens(&imported).await;
    assert_eq!(standing(&opened).await, settled);
    let statement = imported["statements"][0]["id"].as_str().expect("an id").to_owned();
    let asks = async |verb: &str, body: Value| sent.tess.posts(&format!("/v1/bank-statements/{statement}/{verb}"), body).await;

    // The first line was a card's; payment, invoice, books and bank are where they were before.
    asks("unmatch", json!({ "line": 1, "reason": " " })).await.is_refused_as("reason-missing");
    let taken_back = asks("unmatch", json!({ "line": 1, "reason": "that was the card" })).await.succeeds().body;
    let under_way = [json!("sent"), json!("scheduled"), json!("1000.00"), json!(true), json!("100.00")];
    assert_eq!(standing(&taken_back).await, under_way);
    let shown = sent.tess.gets(&format!("/v1/payments/{}", sent.payment)).await.succeeds().body;
    assert_eq!((&shown["value_date"], &shown["reason"]), (&Value::Null, &json!("that was the card")));
    asks("unmatch", json!({ "line": 1, "reason": "twice" })).await.is_refused_as("bank-line-not-matched");
    let tried = asks("match-automatically", json!({})).await.succeeds().body;
    assert_eq!(standing(&tried).await, under_way, "the engine does not insist");

    // The second line is the payment's.
    let card = json!({ "line": 1, "parts": [{ "account_code": "6000" }], "reason": "the card" });
    asks("book", card).await.succeeds();
    let matched = asks("match", json!({ "line": 2, "payment_id": sent.payment })).await.succeeds().body;
    assert_eq!(standing(&matched).await, [json!("settled"), json!("paid"), json!("800.00"), json!(true), Value::Null]);

    // Only the line was wrong: the payment stays settled, and the books have what the bank does not tell.
    let only_line = json!({ "line": 2, "reason": "the cheque of that day", "stays_settled": true });
    let freed = asks("unmatch", only_line).await.succeeds().body;
    assert_eq!(standing(&freed).await, [json!("settled"), json!("paid"), json!("800.00"), json!(true), Value::Null]);
    let books = sent.reconciliation(&freed, &day).await;
    assert_eq!((books["only_bank"].as_array().map(Vec::len), books["in_transit"].as_array().map(Vec::len)), (Some(1), Some(1)), "{books}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_statement_and_a_foreign_account_are_found() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let day = today().to_string();
    let first = camt053(&day, "1000.00", "990.00", &[("10.00", "DBIT", "B-1", None, None)]);
    sent.imports(&first).await;
    let gap = camt053(&day, "500.00", "490.00", &[("10.00", "DBIT", "B-9", None, None)]);
    let imported = sent.imports(&gap).await;
    let opened = sent.opens(&imported).await;
    let told = sent.reconciliation(&opened, &day).await;
    assert_eq!((&told["proven"], &told["difference"]["amount"]), (&json!(false), &json!("-490.00")), "{told}");

    let foreign = first.replace(DEBTOR, CREDITOR);
    sent.tess.uploads("/v1/bank-statements/import", foreign.into_bytes(), "foreign").await.is_refused_as("bank-account-unmatched");
    sent.tess.uploads("/v1/bank-statements/import", b"no statement".to_vec(), "nothing").await.is_refused_as("statement-format-unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_status_report_fails_what_the_bank_rejected() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let taken = sent.is_rejected().await;
    assert_eq!((&taken["payment_id"], &taken["failed"]), (&json!(sent.payment), &json!(1)), "{taken}");
    assert_eq!(sent.payment_after(&taken).await, "failed");
    assert_eq!(sent.invoice_after(&taken).await, "approved");
}

/// Somebody's word that a transfer failed frees its claim; the money that the bank moved all the same is in the books, as the vendor's debt.
#[tokio::test(flavor = "multi_thread")]
async fn what_the_bank_moved_of_a_failed_transfer_is_the_vendors_credit() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let (day, id) = (today().to_string(), Some(sent.end_to_end_id.as_str()));
    assert_eq!(sent.payment_after(&sent.is_rejected().await).await, "failed");

    let imported = sent.imports(&camt053(&day, "1000.00", "900.00", &[("100.00", "DBIT", "B-1", id, None)])).await;
    assert_eq!(imported["statements"][0]["matched"], 1, "{imported}");
    assert_eq!(sent.payment_after(&imported).await, "on_account");
    assert_eq!(sent.invoice_after(&imported).await, "approved", "what it was for may have been paid by another payment");
    assert_eq!(sent.books(&imported, &day).await, ["1000 -100.00", "6000 100.00"], "100.00 are owed to the vendor, and 100.00 by it");
    let opened = sent.opens(&imported).await;
    let told = sent.reconciliation(&opened, &day).await;
    let in_books = (&told["proven"], &told["book_balance"]["amount"], &told["only_bank"], &told["in_transit"]);
    assert_eq!(in_books, (&json!(true), &json!("900.00"), &json!([]), &json!([])), "{told}");
    let ageing = sent.tess.gets("/v1/reports/ap-ageing").await.succeeds().body;
    let (total, buckets) = (&ageing["totals"][0]["total"]["amount"], &ageing["totals"][0]["buckets"]);
    assert_eq!((total, &buckets[6]["bucket"], &buckets[6]["open"]["amount"]), (&json!("0.00"), &json!("on_account"), &json!("-100.00")));

    // It comes back: nobody owes anything but the invoice.
    let returned = sent.imports(&camt053(&day, "900.00", "1000.00", &[("100.00", "CRDT", "B-2", id, Some("AC04"))])).await;
    assert_eq!(sent.payment_after(&returned).await, "returned");
    assert_eq!(sent.books(&returned, &day).await, ["1000 1000.00", "2000 -100.00", "3000 -1000.00", "6000 100.00"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_a_closed_period_counts_on_the_first_open_day() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let sent = Sent::open(&app, &company).await;
    let first = first_of_this_month();
    let (closed, on) = (first.pred_opt().expect("a day before"), first.to_string());
    let close = |closing: &str| json!({ "period": closed.format("%Y-%m").to_string(), "closing": closing });
    sent.tess.posts("/v1/periods/close", close("soft")).await.succeeds();
    while sent.tess.posts("/v1/periods/close", close("hard")).await.body["code"] == "postings-under-way" {}

    let entries: [Booked<'_>; 1] = [("100.00", "DBIT", "B-1", Some(sent.end_to_end_id.as_str()), None)];
    let imported = sent.imports(&camt053(&closed.to_string(), "1000.00", "900.00", &entries)).await;
    assert_eq!(sent.payment_after(&imported).await, "settled");
    let payment = sent.tess.gets(&format!("/v1/payments/{}", sent.payment)).await.succeeds().body;
    assert_eq!(payment["value_date"], json!(on), "{payment}");
    let lines = sent.tess.gets("/v1/bank-lines").await.succeeds().body;
    assert_eq!(lines["data"][0]["value_date"], json!(closed.to_string()), "the bank's own day is kept: {lines}");
    let moved = |books: Vec<String>| books.iter().any(|line| line.starts_with("1000"));
    assert!(!moved(sent.books(&imported, &closed.to_string()).await), "the closed period stays as it was");
    assert!(moved(sent.books(&imported, &on).await));
}
