//! A payment run from its proposal to the bank's file: chosen with reasons, authorised by a second person, paid once (P3, B9).

use chrono::NaiveDate;
use quittance_domain::role::Role;
use quittance_projections::source;
use quittance_tests::app::{Answer, Company, Person, TestApp};
use quittance_tests::data::{data, xmllint};
use quittance_tests::day;
use serde_json::{Value, json};

pub struct Office {
    pub anna: Person,
    pub bob: Person,
    pub tess: Person,
    pub theo: Person,
    pub account: Value,
    pub company: Company,
    pub app: TestApp,
}

impl Office {
    pub async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Acme").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let theo = app.user(&company, "theo", Role::Treasurer).await;
        let account = json!({ "name": "Main", "currency": "EUR", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
        let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
        Self { anna, bob, tess, theo, account, company, app }
    }

    pub async fn vendor(&self, name: &str, iban: &str) -> String {
        let vendor = json!({ "name": name, "address": { "city": "Köln", "country": "DE" } });
        let vendor = self.anna.posts("/v1/vendors", vendor).await.succeeds().id();
        self.anna.opens_account(&self.bob, &vendor, json!({ "account": { "kind": "iban", "iban": iban } })).await;
        vendor
    }

    async fn received(&self, vendor: &str, number: &str, price: &str, due: NaiveDate) -> String {
        let line = json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let invoice =
            json!({ "vendor_id": vendor, "number": number, "issue_date": day(-52), "due_date": due, "currency": "EUR", "lines": [line] });
        self.anna.posts("/v1/invoices", invoice).await.succeeds().id()
    }

    pub async fn approved(&self, vendor: &str, number: &str, price: &str, due: NaiveDate) -> String {
        let invoice = self.received(vendor, number, price, due).await;
        self.approves(&invoice).await;
        invoice
    }

    pub async fn approves(&self, invoice: &str) {
        self.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
    }

    pub async fn proposes(&self) -> Answer {
        let run =
            json!({ "method": "sepa_credit_transfer", "debtor_account_id": self.account, "run_date": day(3), "next_run_date": day(10) });
        self.tess.posts("/v1/payment-runs", run).await
    }

    pub async fn reads(&self, path: &str) -> Value {
        let system = &self.app.system;
        let mut tx = system.database.read(self.company.tenant).await.expect("a transaction begins");
        let head = source::head(&mut tx).await.expect("a head");
        drop(tx);
        system.settled(self.company.tenant, head).await.expect("the read models follow");
        self.tess.gets(path).await.succeeds().body
    }

    /// Invoice and state, or the reason where there is one, of everything that the run considered.
    async fn told(&self, run: &str) -> Vec<(String, String)> {
        let items = self.reads(&format!("/v1/payment-runs/{run}/items")).await;
        let word = |item: &Value| item["reason"].as_str().or(item["state"].as_str()).unwrap_or_default().to_owned();
        let items = items["data"].as_array().expect("items").iter();
        items.map(|item| (item["invoice_id"].as_str().unwrap_or_default().to_owned(), word(item))).collect()
    }

    async fn says(&self, run: &str, invoice: &str) -> String {
        let told = self.told(run).await;
        told.into_iter().find(|(id, _)| id == invoice).unwrap_or_else(|| panic!("{invoice} is not told of")).1
    }

    /// Authorised by the second treasurer, planned, and written.
    pub async fn pays(&self, run: &str) -> Vec<u8> {
        self.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({ "format": "pain.001.001.09" })).await.succeeds();
        self.reads(&format!("/v1/payment-runs/{run}")).await;
        let (status, file) = self.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&file));
        file
    }
}

pub const MUELLER: &str = "DE89370400440532013000";
pub const NANDU: &str = "FR1420041010050500013M02606";

#[tokio::test(flavor = "multi_thread")]
async fn a_run_chooses_with_reasons_pays_once_and_writes_one_valid_file() {
    let office = Office::open().await;
    let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
    let due = office.approved(&mueller, "M-1", "1200.10", day(-2)).await;
    let soon = office.approved(&mueller, "M-22", "300.00", day(9)).await;
    let other = office.approved(&nandu, "N-1", "0.35", day(8)).await;
    let later = office.approved(&nandu, "N-22", "77.00", day(32)).await;
    let waiting = office.received(&nandu, "N-333", "55.00", day(-2)).await;

    let run = office.proposes().await.succeeds().id();
    for (invoice, word) in [(&due, "selected"), (&soon, "selected"), (&other, "selected"), (&later, "not_due"), (&waiting, "not_approved")]
    {
        assert_eq!(office.says(&run, invoice).await, word);
    }
    let summary = office.reads(&format!("/v1/payment-runs/{run}")).await;
    assert_eq!(summary["sums"], json!({ "payments": 2, "items": 3, "totals": [{ "amount": "1500.45", "currency": "EUR" }] }));

    // Who proposed does not authorise; a proposal alone pays nothing and writes nothing.
    office.tess.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.is_refused_as("self-authorisation");
    office.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.is_refused_as("wrong-state");
    office.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({})).await.is_refused_as("wrong-state");

    // A person leaves one out; another run finds the rest reserved and takes what is free.
    let removal = json!({ "invoice_id": soon, "reason": "the vendor asked us to wait" });
    office.tess.posts(&format!("/v1/payment-runs/{run}/remove"), removal).await.succeeds();
    assert_eq!(office.says(&run, &soon).await, "removed");
    let second = office.proposes().await.succeeds().id();
    assert_eq!((office.says(&second, &due).await, office.says(&second, &soon).await), ("in_another_run".into(), "selected".into()));
    office.tess.posts(&format!("/v1/payment-runs/{second}/cancel"), json!({ "reason": "one is enough" })).await.succeeds();
    assert_eq!(office.says(&second, &soon).await, "released");

    let file = office.pays(&run).await;
    is_valid(&file, 2, "1200.45");
    assert_eq!(office.pays_again(&run).await, file, "asked again, it is the same file");

    // Each vendor has one payment, which is sent; its file is the run's, and it writes none of its own.
    let payments = office.reads("/v1/payments").await;
    let payments: Vec<&Value> = payments["data"].as_array().expect("payments").iter().collect();
    assert_eq!(payments.len(), 2);
    for payment in payments {
        assert_eq!((payment["status"].as_str(), payment["items"].as_i64()), (Some("sent"), Some(1)), "{payment}");
        let path = format!("/v1/payments/{}", payment["id"].as_str().expect("an id"));
        assert_eq!(office.tess.downloads(&format!("{path}/file")).await.1, file);
        office.tess.posts(&format!("{path}/execute"), json!({ "format": "pain.001.001.03" })).await.is_refused_as("part-of-run");
    }

    office.advises(&payments_of(&office.reads("/v1/payments").await), &mueller).await;

    // What is paid is not chosen again; what every run said of an invoice can be asked of the invoice.
    let third = office.proposes().await.succeeds().id();
    assert_eq!((office.says(&third, &due).await, office.says(&third, &soon).await), ("nothing_open".into(), "selected".into()));
    let said = office.reads(&format!("/v1/invoices/{soon}/payment-runs")).await;
    assert_eq!(said["data"].as_array().map(Vec::len), Some(3));
}

impl Office {
    async fn pays_again(&self, run: &str) -> Vec<u8> {
        self.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({ "format": "pain.001.001.09" })).await.succeeds();
        let other = self.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({ "format": "pain.001.001.03" })).await;
        other.is_refused_as("wrong-state");
        self.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await.1
    }
}

/// What changes between the proposal and the payment drops the item with the reason, and nothing else.
#[tokio::test(flavor = "multi_thread")]
async fn what_can_no_longer_be_paid_is_dropped_with_the_reason() {
    let office = Office::open().await;
    let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
    let fine = office.approved(&mueller, "M-1", "10.00", day(-2)).await;
    let blocked = office.approved(&nandu, "N-22", "20.00", day(-2)).await;
    let paid = office.approved(&mueller, "M-333", "30.50", day(-2)).await;
    let run = office.proposes().await.succeeds().id();
    office.bob.posts(&format!("/v1/vendors/{nandu}/block"), json!({ "reason": "bankrupt" })).await.succeeds();
    let by_hand = json!({ "method": "manual", "items": [{ "invoice_id": paid }] });
    office.tess.posts("/v1/payments", by_hand).await.succeeds();

    let file = office.pays(&run).await;
    is_valid(&file, 1, "10.00");
    let told = [office.says(&run, &fine).await, office.says(&run, &blocked).await, office.says(&run, &paid).await];
    assert_eq!(told, ["planned", "vendor_blocked", "exceeds_open_amount"]);
    let summary = office.reads(&format!("/v1/payment-runs/{run}")).await;
    assert_eq!(summary["sums"]["totals"], json!([{ "amount": "10.00", "currency": "EUR" }]));
}

/// Between planning and the file days may pass: what was stopped meanwhile is not in it, and is free for the next run.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_stopped_before_the_file_is_written_is_not_in_it() {
    let office = Office::open().await;
    let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
    let fine = office.approved(&mueller, "M-1", "10.00", day(-2)).await;
    let stopped = office.approved(&nandu, "N-22", "20.00", day(-2)).await;
    let beside = office.approved(&nandu, "N-333", "33.50", day(-2)).await;
    let run = office.proposes().await.succeeds().id();
    office.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
    assert_eq!(office.reads(&format!("/v1/payment-runs/{run}")).await["status"], "planned");
    let hold = json!({ "kind": "legal", "reason": "court order" });
    office.tess.posts(&format!("/v1/invoices/{stopped}/hold"), hold).await.succeeds();

    let write = format!("/v1/payment-runs/{run}/write-file");
    office.tess.posts(&write, json!({ "format": "pain.001.001.09" })).await.succeeds();
    office.reads(&format!("/v1/payment-runs/{run}")).await;
    is_valid(&office.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await.1, 1, "10.00");
    for (invoice, status) in [(&fine, "scheduled"), (&stopped, "approved"), (&beside, "approved")] {
        assert_eq!(office.reads(&format!("/v1/invoices/{invoice}")).await["status"], status);
    }
    let failed = office.reads("/v1/payments?status=failed").await;
    assert_eq!(failed["data"].as_array().map(Vec::len), Some(1), "{failed}");

    // Nothing is left of the next one: it is stopped without a file.
    let run = office.proposes().await.succeeds().id();
    office.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
    assert_eq!(office.says(&run, &beside).await, "planned");
    office.bob.posts(&format!("/v1/vendors/{nandu}/block"), json!({ "reason": "fraud" })).await.succeeds();
    let write = format!("/v1/payment-runs/{run}/write-file");
    office.tess.posts(&write, json!({})).await.succeeds();
    assert_eq!(office.reads(&format!("/v1/payment-runs/{run}")).await["status"], "planned");
    office.tess.posts(&write, json!({})).await.is_refused_as("nothing-to-pay");
    assert_eq!(office.reads(&format!("/v1/invoices/{beside}")).await["status"], "approved");
}

/// A discount is taken by the run that is its last chance, and the file carries what is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_takes_a_discount_that_is_worth_it() {
    let office = Office::open().await;
    let vendor = office.vendor("Müller & Söhne", MUELLER).await;
    let rule = json!({
        "name": "2/58 net 90",
        "instalments": [{ "percent": "100", "due": { "kind": "net_days", "days": 90 } }],
        "discounts": [{ "percent": "2", "days": 58 }],
    });
    office.anna.posts("/v1/payment-terms", json!({ "code": "2-58-N90", "rule": rule })).await.succeeds();
    let details = json!({ "number": "V-1", "payment_terms": "2-58-N90" });
    office.anna.posts(&format!("/v1/vendors/{vendor}/details"), details).await.succeeds();
    office.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    // Due in 38 days, the discount for 6 more, until before the next run.
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "1000", "tax": { "code": "S", "rate": "0" } });
    let invoice = json!({ "vendor_id": vendor, "number": "M-1", "issue_date": day(-52), "currency": "EUR", "lines": [line] });
    let invoice = office.anna.posts("/v1/invoices", invoice).await.succeeds().id();
    office.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
    office.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();

    let run = office.proposes().await.succeeds().id();
    is_valid(&office.pays(&run).await, 1, "980.00");
    let item = &office.reads(&format!("/v1/payment-runs/{run}/items?excluded=false")).await["data"][0];
    assert_eq!((item["amount"]["amount"].as_str(), item["discount"]["amount"].as_str()), (Some("980.00"), Some("20.00")));
}

fn payments_of(list: &Value) -> Vec<String> {
    list["data"].as_array().expect("payments").iter().map(|payment| payment["id"].as_str().expect("an id").to_owned()).collect()
}

impl Office {
    /// One of the payments is this vendor's: its advice names the invoice, as data, as a mail and as a letter.
    async fn advises(&self, payments: &[String], vendor: &str) {
        let mut told = 0;
        for payment in payments {
            let path = format!("/v1/payments/{payment}/remittance-advice");
            let advices = self.anna.gets(&path).await.succeeds().body;
            if advices[0]["vendor_id"] != vendor {
                continue;
            }
            told += 1;
            assert_eq!(advices.as_array().map(Vec::len), Some(1));
            let line = &advices[0]["lines"][0];
            assert_eq!(
                (&line["invoice_number"], &line["paid"]["amount"], &advices[0]["paid"]["amount"]),
                (&json!("M-1"), &json!("1200.10"), &json!("1200.10"))
            );
            let (_, text) = self.anna.reads_as(&path, "text/plain").await;
            let text = String::from_utf8(text).expect("UTF-8");
            assert!(
                text.starts_with(&format!("Acme pays Müller & Söhne on {}: 1200.10 EUR\n", day(3)))
                    && text.contains(&format!("M-1 of {}", day(-52))),
                "{text}"
            );
            let (status, letter) = self.anna.reads_as(&path, "application/pdf").await;
            assert!(status == 200 && letter.starts_with(b"%PDF"), "{status}");
            assert_eq!(self.anna.reads_as(&path, "application/pdf").await.1, letter, "the same advice is the same file");
            let nobodys = format!("{path}?vendor_id=01890000-0000-7000-8000-000000000000");
            assert_eq!(self.anna.reads_as(&nobodys, "application/pdf").await.0, 404);
        }
        assert_eq!(told, 1);
    }
}

fn is_valid(file: &[u8], transactions: u32, control_sum: &str) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("file.xml");
    std::fs::write(&path, file).expect("room");
    let schema = data("iso20022-xsd/pain.001/pain.001.001.09.xsd");
    xmllint(&["--noout", "--schema", schema.to_str().expect("a plain path")], &path).unwrap_or_else(|complaints| panic!("{complaints}"));
    for (place, expected) in [("CtrlSum", control_sum.to_owned()), ("NbOfTxs", transactions.to_string())] {
        let stated = xmllint(&["--xpath", &format!("string(//*[local-name()='GrpHdr']/*[local-name()='{place}'])")], &path);
        assert_eq!(stated.map(|text| text.trim().to_owned()), Ok(expected), "{place}");
    }
}

/// A report about the run's file ends the payments that it names, each as it says, and no other.
#[tokio::test(flavor = "multi_thread")]
async fn a_banks_report_about_the_runs_file_reaches_each_payment() {
    let office = Office::open().await;
    let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
    let rejected = office.approved(&mueller, "M-1", "10.00", day(-2)).await;
    let settled = office.approved(&nandu, "N-22", "20.50", day(-2)).await;
    let run = office.proposes().await.succeeds().id();
    let file = String::from_utf8(office.pays(&run).await).expect("UTF-8");
    let all = |name: &str| -> Vec<String> {
        let (open, close) = (format!("<{name}>"), format!("</{name}>"));
        file.split(&open).skip(1).filter_map(|rest| Some(rest.split_once(&close)?.0.to_owned())).collect()
    };
    let (message, amounts, transfers) = (&all("MsgId")[0], file.split("<InstdAmt Ccy=\"EUR\">").skip(1), all("EndToEndId"));
    let first_is_rejected = amounts.map(|rest| rest.starts_with("10.00")).next().expect("an amount");
    let (bad, good) = if first_is_rejected { (&transfers[0], &transfers[1]) } else { (&transfers[1], &transfers[0]) };
    let report = format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>R</MsgId></GrpHdr><OrgnlGrpInfAndSts>\
         <OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts><OrgnlPmtInfAndSts>\
         <OrgnlPmtInfId>{message}/1</OrgnlPmtInfId>\
         <TxInfAndSts><OrgnlEndToEndId>{bad}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>AC01</Cd></Rsn></StsRsnInf></TxInfAndSts>\
         <TxInfAndSts><OrgnlEndToEndId>{good}</OrgnlEndToEndId><TxSts>ACSC</TxSts></TxInfAndSts>\
         </OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    );
    let taken = office.tess.uploads("/v1/payment-status-reports", report.clone().into_bytes(), "report").await.succeeds().body;
    assert_eq!((&taken["payment_run_id"], &taken["settled"], &taken["failed"]), (&json!(run), &json!(1), &json!(1)), "{taken}");
    let status = async |invoice: &str| office.reads(&format!("/v1/invoices/{invoice}")).await["status"].clone();
    assert_eq!((status(&rejected).await, status(&settled).await), (json!("approved"), json!("paid")));
    office.tess.uploads("/v1/payment-status-reports", report.into_bytes(), "report").await.succeeds();
    assert_eq!(
        (status(&rejected).await, status(&settled).await),
        (json!("approved"), json!("paid")),
        "a report that comes twice counts once"
    );
}

/// What leaves is the difference; the credit is used up, and a second run cannot have it meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_run_sets_credits_off_and_pays_the_difference() {
    let office = Office::open().await;
    let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
    let covered = office.approved(&mueller, "M-1", "30.00", day(-4)).await;
    let reduced = office.approved(&mueller, "M-22", "100.50", day(-2)).await;
    let credit = office.credited(&mueller, "CN-333", "45.25").await;
    let owed = office.approved(&nandu, "N-4444", "12.00", day(-2)).await;
    let owing = office.credited(&nandu, "CN-55555", "12.00").await;

    let run = office.proposes().await.succeeds().id();
    assert_eq!((office.says(&run, &owed).await, office.says(&run, &owing).await), ("net_debit_vendor".into(), "net_debit_vendor".into()));
    let second = office.proposes().await.succeeds().id();
    assert_eq!(office.says(&second, &credit).await, "in_another_run");
    let items = office.reads(&format!("/v1/payment-runs/{run}/items?invoice_id={reduced}")).await;
    let set_off = json!([{ "credit_note_id": credit, "amount": { "amount": "15.25", "currency": "EUR" } }]);
    assert_eq!((&items["data"][0]["amount"]["amount"], &items["data"][0]["set_off"]), (&json!("85.25"), &set_off), "{items}");

    let file = office.pays(&run).await;
    is_valid(&file, 1, "85.25");
    assert_eq!((office.says(&run, &covered).await, office.says(&run, &reduced).await), ("planned".into(), "planned".into()));
    for (invoice, open) in [(&covered, "0.00"), (&reduced, "85.25"), (&credit, "0.00"), (&owing, "12.00")] {
        assert_eq!(office.reads(&format!("/v1/invoices/{invoice}")).await["open"]["amount"], open, "{invoice}");
    }
    let payment = payments_of(&office.reads("/v1/payments").await)[0].clone();
    let advice = office.reads(&format!("/v1/payments/{payment}/remittance-advice")).await;
    let told: Vec<(&str, &str)> = advice[0]["set_off"].as_array().expect("credits").iter().map(in_short).collect();
    assert_eq!(told, [("M-1", "30.00"), ("M-22", "15.25")], "{advice}");
    assert_eq!(advice[0]["paid"]["amount"], "85.25");
}

fn in_short(set_off: &Value) -> (&str, &str) {
    (set_off["invoice_number"].as_str().unwrap_or_default(), set_off["amount"]["amount"].as_str().unwrap_or_default())
}

impl Office {
    async fn credited(&self, vendor: &str, number: &str, price: &str) -> String {
        let line = json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let note = json!({ "vendor_id": vendor, "number": number, "kind": "credit_note", "issue_date": day(-50), "currency": "EUR", "lines": [line] });
        let note = self.anna.posts("/v1/invoices", note).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{note}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{note}/approve"), json!({})).await.succeeds();
        note
    }
}
