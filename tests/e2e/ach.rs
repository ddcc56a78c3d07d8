//! American payments: a run writes one ACH file, byte for byte the same; what comes back moves the payments, what is corrected is proposed.

use chrono::{Days, NaiveDate};
use quittance_domain::role::Role;
use quittance_projections::source;
use quittance_rails::nacha::records::{batch_header, entry, file_control};
use quittance_rails::nacha::{File, read};
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::day;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub struct Office {
    pub anna: Person,
    pub bob: Person,
    pub tess: Person,
    pub theo: Person,
    pub account: Value,
    pub company: Company,
    run_date: NaiveDate,
    pub app: TestApp,
}

impl Office {
    pub async fn open() -> Self {
        let app = TestApp::start().await;
        let company = app.company("Ludlow Paper Company").await;
        let anna = app.user(&company, "anna", Role::ApClerk).await;
        let bob = app.user(&company, "bob", Role::Approver).await;
        let tess = app.user(&company, "tess", Role::Treasurer).await;
        let theo = app.user(&company, "theo", Role::Treasurer).await;
        let account = json!({ "name": "Operating", "currency": "USD", "account": us("011000015", "99 88") });
        let account = tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
        // The policy's bands are in euros.
        let quote = json!({ "unit": "EUR", "currency": "USD", "on": day(-60), "rate": "1.08" });
        tess.posts("/v1/exchange-rates", json!({ "source": "House bank", "quotes": [quote] })).await.succeeds();
        Self { anna, bob, tess, theo, account, company, run_date: day(4), app }
    }

    async fn originates(&self, balanced: bool) {
        let origination = json!({
            "bank_account_id": self.account, "destination_name": "First Bank of Boston",
            "immediate_origin": "1123456789", "company_id": "1123456789", "balanced": balanced,
        });
        self.tess.posts("/v1/company/ach-origination", origination).await.succeeds();
    }

    async fn vendor(&self, name: &str, account: Value) -> String {
        let vendor = json!({ "name": name, "address": { "city": "Portland", "country": "US" } });
        let vendor = self.anna.posts("/v1/vendors", vendor).await.succeeds().id();
        self.anna.opens_account(&self.bob, &vendor, json!({ "account": account })).await;
        vendor
    }

    pub async fn approved(&self, vendor: &str, number: &str, price: &str, issued: NaiveDate) -> String {
        let line = json!({ "name": number, "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "0" } });
        let invoice =
            json!({ "vendor_id": vendor, "number": number, "issue_date": issued, "due_date": day(-2), "currency": "USD", "lines": [line] });
        let invoice = self.anna.posts("/v1/invoices", invoice).await.succeeds().id();
        self.anna.posts(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.succeeds();
        self.bob.posts(&format!("/v1/invoices/{invoice}/approve"), json!({})).await.succeeds();
        invoice
    }

    /// A company paid for two invoices, one paid for one, and a person paid for two.
    async fn owes(&self) -> [String; 3] {
        let two = self.vendor("Maine Pulp Inc", us("121042882", "111")).await;
        let one = self.vendor("Oregon Ink LLC", us("121042882", "222")).await;
        let mut savings = us("121042882", "333");
        savings["account_type"] = json!("savings");
        let person = self.vendor("Ada Weaver", savings).await;
        self.anna.posts(&format!("/v1/vendors/{person}/details"), json!({ "person": true })).await.succeeds();
        self.bob.posts(&format!("/v1/vendors/{person}/verify"), json!({})).await.succeeds();
        self.approved(&two, "P-1", "1200.10", day(-52)).await;
        self.approved(&two, "P-22", "300.00", day(-48)).await;
        self.approved(&one, "INK-7", "50.25", day(-51)).await;
        self.approved(&person, "W/333", "75.00", day(-50)).await;
        self.approved(&person, "W/4444", "80.40", day(-46)).await;
        [two, one, person]
    }

    fn run(&self) -> Value {
        json!({ "method": "ach_credit_transfer", "debtor_account_id": self.account, "run_date": self.run_date, "next_run_date": self.run_date + Days::new(6) })
    }

    async fn pays(&self) -> (String, Vec<u8>) {
        let run = self.tess.posts("/v1/payment-runs", self.run()).await.succeeds().id();
        self.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
        self.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({})).await.succeeds();
        self.reads(&format!("/v1/payment-runs/{run}")).await;
        let (status, file) = self.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&file));
        (run, file)
    }

    pub async fn reads(&self, path: &str) -> Value {
        let system = &self.app.system;
        let mut tx = system.database.read(self.company.tenant).await.expect("a transaction begins");
        let head = source::head(&mut tx).await.expect("a head");
        drop(tx);
        system.settled(self.company.tenant, head).await.expect("the read models follow");
        self.tess.gets(path).await.succeeds().body
    }

    /// The payment to a vendor, as it stands now.
    async fn payment_to(&self, vendor: &str) -> Value {
        let payments = self.reads("/v1/payments").await;
        for payment in payments["data"].as_array().expect("payments") {
            let detail = self.reads(&format!("/v1/payments/{}", payment["id"].as_str().expect("an id"))).await;
            if detail["lines"][0]["vendor_id"] == vendor {
                return detail;
            }
        }
        panic!("nothing is paid to {vendor}")
    }

    async fn uploads(&self, who: &Person, path: &str, file: &str, key: &str) -> Value {
        who.uploads_as("text/plain", path, file.as_bytes().to_vec(), key).await.succeeds().body
    }
}

fn us(routing_number: &str, account: &str) -> Value {
    json!({ "kind": "us", "routing_number": routing_number, "account": account })
}

fn accepted(bytes: &[u8]) -> File {
    let reading = read(bytes);
    assert_eq!(reading.findings, [], "our own file breaks no rule");
    reading.accepted().expect("no faults")
}

/// The classes of a file's batches, each with the cents of its entries.
fn batches(file: &File) -> Vec<(&str, Vec<u64>)> {
    file.batches
        .iter()
        .map(|batch| (batch.header.text(batch_header::ENTRY_CLASS), batch.entries.iter().map(|one| one.cents()).collect()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_writes_one_ach_file_by_kind_of_receiver() {
    let thanksgiving = "2099-11-26".parse().expect("a day");
    let office = Office { run_date: thanksgiving, ..Office::open().await };
    office.tess.posts("/v1/payment-runs", office.run()).await.is_refused_as("ach-origination-missing");
    office.originates(true).await;
    let [two, ..] = office.owes().await;
    let (run, bytes) = office.pays().await;

    let file = accepted(&bytes);
    let mut told = batches(&file);
    told.sort_unstable();
    // Each batch ends with the debit that balances it.
    assert_eq!(told.iter().map(|(class, _)| *class).collect::<Vec<_>>(), ["CCD", "CTX", "PPD"]);
    assert_eq!(told[0].1, [5_025, 5_025]);
    assert_eq!(told[1].1, [150_010, 150_010]);
    assert_eq!(told[2].1.last(), Some(&15_540), "a person is sent one entry an invoice: {told:?}");
    assert_eq!((file.control.number(file_control::CREDITS), file.control.number(file_control::DEBITS)), (170_575, 170_575));
    // The run date is Thanksgiving: the entries settle on the day after.
    assert!(file.batches.iter().all(|batch| batch.header.text(batch_header::EFFECTIVE_DATE) == "991127"));
    let savings = file.batches.iter().flat_map(|batch| &batch.entries).filter(|one| one.detail.number(entry::CODE) == 32);
    assert_eq!(savings.count(), 2, "savings accounts have codes of their own");
    let ctx = file.batches.iter().find(|batch| batch.header.text(batch_header::ENTRY_CLASS) == "CTX").expect("a batch");
    let order: String = ctx.entries[0].addenda.iter().map(|record| format!("{:<80}", &record_text(record)[3..83])).collect();
    assert!(order.contains("RMR*IV*P-22**300.00\\RMR*IV*P-1**1200.10\\SE*9*0001\\"), "{order}");
    assert_eq!(order.find("\\GS*RA*"), Some(105), "the interchange header has its fixed width: {order}");

    // The stored facts are the trailer's, and the bytes are the very same whenever they are asked for.
    let kept = office.reads(&format!("/v1/payment-runs/{run}")).await["file"].clone();
    assert_eq!((&kept["format"], &kept["transactions"], &kept["control_sum"]), (&json!("nacha"), &json!(4), &json!("1705.75")));
    assert_eq!(kept["ach_control"]["entry_hash"], file.control.number(file_control::HASH));
    assert_eq!((&kept["ach_control"]["credits"], &kept["ach_control"]["debits"]), (&json!("1705.75"), &json!("1705.75")));
    office.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({ "format": "nacha" })).await.succeeds();
    office
        .tess
        .posts(&format!("/v1/payment-runs/{run}/write-file"), json!({ "format": "pain.001.001.09" }))
        .await
        .is_refused_as("file-format-unknown");
    assert_eq!(office.tess.downloads(&format!("/v1/payment-runs/{run}/file")).await.1, bytes);
    let payment = office.payment_to(&two).await;
    assert_eq!(payment["status"], "sent");
    assert_eq!(office.tess.downloads(&format!("/v1/payments/{}/file", payment["id"].as_str().expect("an id"))).await.1, bytes);
}

fn record_text(record: &quittance_rails::nacha::Record) -> String {
    String::from_utf8_lossy(record.as_bytes()).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_single_payment_has_a_file_of_its_own_name() {
    let office = Office::open().await;
    office.originates(false).await;
    let vendor = office.vendor("Oregon Ink LLC", us("121042882", "222")).await;
    let (first, second) =
        (office.approved(&vendor, "INK-1", "10.00", day(-52)).await, office.approved(&vendor, "INK-22", "20.50", day(-44)).await);
    let mut names = Vec::new();
    for invoice in [first, second] {
        let plan = json!({ "method": "ach_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice }] });
        let payment = office.tess.posts("/v1/payments", plan).await.succeeds().id();
        office.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
        office.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
        let file = accepted(&office.tess.downloads(&format!("/v1/payments/{payment}/file")).await.1);
        assert_eq!(file.batches.len(), 1);
        assert_eq!(file.control.number(file_control::DEBITS), 0, "the bank books what leaves");
        let detail = office.reads(&format!("/v1/payments/{payment}")).await;
        assert_eq!(file.batches[0].entries[0].identification(), detail["lines"][0]["end_to_end_id"]);
        names.push(detail["file"]["message_id"].as_str().expect("a name").to_owned());
    }
    assert!(names[0].ends_with("-A") && names[1].ends_with("-B"), "{names:?}");
}

/// As the receiving bank writes it: our entry with its own trace, and what it has to say of it.
fn answer(file: &File, class: &str, code: &str, addenda: &str, cents: Option<u64>) -> String {
    let batch = file.batches.iter().find(|batch| batch.header.text(batch_header::ENTRY_CLASS) == class).expect("a batch");
    let (ours, header) = (record_text(&batch.entries[0].detail), record_text(&batch.header));
    let (kind, class) = if addenda == "98" { ("COR", "COR") } else { (class, class) };
    let amount = if kind == "COR" { 0 } else { cents.unwrap_or_else(|| batch.entries[0].cents()) };
    let trace = "121042880000009";
    // An entry that counts its addenda has one.
    let names = if class == "CTX" { format!("{}0001{}", &ours[39..54], &ours[58..78]) } else { ours[39..78].to_owned() };
    let said = match code {
        "C01" => format!("{:<44}", "555000"),
        _ => " ".repeat(44),
    };
    let lines = [
        record_text(&file.header),
        format!("5220{}{class}{}", &header[4..50], &header[53..]),
        format!("621{}{amount:010}{names}1{trace}", &ours[3..29]),
        format!("7{addenda}{code}{}{}{}{said}{trace}", &ours[79..94], " ".repeat(6), &ours[3..11]),
        format!("8220000002{:010}{:012}{amount:012}{}{}{}", hash(&ours), 0, &header[40..50], " ".repeat(25), &header[79..94]),
        format!("9{:06}{:06}{:08}{:010}{:012}{amount:012}{}", 1, 1, 2, hash(&ours), 0, " ".repeat(39)),
    ];
    lines.iter().cloned().chain(std::iter::repeat_n("9".repeat(94), 4)).map(|line| format!("{line}\n")).collect()
}

fn hash(entry: &str) -> u64 {
    entry[3..11].parse().expect("a bank")
}

/// The proof of payment says of each transfer what the bank's file said, once, and the log keeps the number of the return.
async fn told_as_the_bank_did<const N: usize>(office: &Office, payment: &str, code: &str, file: &str, expected: [&str; N]) {
    let proof = office.reads(&format!("/v1/payments/{payment}/proof")).await;
    for transfer in proof["transfers"].as_array().expect("transfers") {
        let steps = transfer["steps"].as_array().expect("steps");
        assert_eq!(steps.iter().map(|step| step["step"].as_str().expect("a step")).collect::<Vec<_>>(), expected, "{proof}");
        let told = steps.iter().find(|step| step["step"] == "reported_by_bank").expect("the bank's word");
        assert_eq!((&told["status"], &told["reason"]), (&json!("RETURNED"), &json!(code)), "{told}");
        assert_eq!(told["sha256"], hex::encode(Sha256::digest(file.as_bytes())));
        assert!(told["message_id"].as_str().is_some_and(|id| id.ends_with("-A")), "{told}");
        let event = office.company.owner.gets(&format!("/v1/audit-trail/{}", told["position"])).await.succeeds().body;
        let kept = &event["data"]["report"]["items"][0];
        assert_eq!(
            (&event["action"], &kept["bank_reference"]),
            (&json!("PaymentBankStatusReported"), &json!("121042880000009")),
            "{event}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_back_is_failed_or_returned_once() {
    let office = Office::open().await;
    office.originates(true).await;
    let [two, one, _] = office.owes().await;
    let (_, bytes) = office.pays().await;
    let file = accepted(&bytes);

    // Not settled yet: the entry has failed, and its invoice can be paid again.
    let returned = answer(&file, "CCD", "R03", "99", None);
    let taken = office.uploads(&office.tess, "/v1/ach-returns", &returned, "first").await;
    assert_eq!(
        (&taken["returns"][0]["outcome"], &taken["returns"][0]["lines"].as_array().map(Vec::len)),
        (&json!("failed"), &Some(1)),
        "{taken}"
    );
    let payment = office.payment_to(&one).await;
    assert_eq!((&payment["status"], &payment["reason"]), (&json!("failed"), &json!("R03: no such account, or it cannot be found")));
    let id = payment["id"].as_str().expect("an id");
    told_as_the_bank_did(&office, id, "R03", &returned, ["reported_by_bank", "failed"]).await;
    let invoice = payment["lines"][0]["invoice_id"].as_str().expect("an id").to_owned();
    assert_eq!(office.reads(&format!("/v1/invoices/{invoice}")).await["status"], "approved");

    // Settled before: the money is back, for both invoices that the entry paid. Twice is once.
    let payment = office.payment_to(&two).await["id"].as_str().expect("an id").to_owned();
    office.tess.posts(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": day(5) })).await.succeeds();
    let short = answer(&file, "CTX", "R16", "99", Some(1));
    let taken = office.uploads(&office.tess, "/v1/ach-returns", &short, "short").await;
    assert_eq!(taken["returns"][0]["outcome"], "amount_differs", "{taken}");
    assert_eq!(office.payment_to(&two).await["status"], "settled");
    let returned = answer(&file, "CTX", "R16", "99", None);
    for key in ["whole", "whole", "again"] {
        let taken = office.uploads(&office.tess, "/v1/ach-returns", &returned, key).await;
        let told = &taken["returns"][0];
        assert_eq!((&told["outcome"], told["lines"].as_array().map(Vec::len)), (&json!("returned"), Some(2)), "{taken}");
    }
    told_as_the_bank_did(&office, &payment, "R16", &returned, ["settled", "reported_by_bank", "returned"]).await;
    let payment = office.payment_to(&two).await;
    assert_eq!(payment["status"], "returned");
    assert!(payment["reason"].as_str().is_some_and(|reason| reason.starts_with("R16: ")), "{payment}");

    // Another company's file moves nothing, and what is no such file is refused.
    let foreign = returned.replace(payment["lines"][0]["end_to_end_id"].as_str().expect("an id"), "NOT0OF0OURS0AT0");
    let taken = office.uploads(&office.tess, "/v1/ach-returns", &foreign, "foreign").await;
    assert_eq!((&taken["returns"][0]["outcome"], &taken["position"]), (&json!("unknown"), &Value::Null), "{taken}");
    let broken = returned.replace("8220000002", "8220000003").into_bytes();
    office.tess.uploads_as("text/plain", "/v1/ach-returns", broken, "broken").await.is_refused_as("ach-answer-unreadable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_of_change_proposes_the_account_and_changes_nothing() {
    let office = Office::open().await;
    // Even where one person may change accounts, a bank's message is not that person.
    let alone = json!({ "second_person": false, "cooling_off_days": 0 });
    office.originates(true).await;
    let [_, one, _] = office.owes().await;
    let (_, bytes) = office.pays().await;
    let second = office.app.user(&office.company, "otto", Role::Owner).await;
    office.company.owner.loosens(&second, alone).await;
    let notified = answer(&accepted(&bytes), "CCD", "C01", "98", None);
    office.tess.uploads_as("text/plain", "/v1/ach-changes", notified.clone().into_bytes(), "not hers").await.is_refused_as("role-missing");
    let returns = office.uploads(&office.tess, "/v1/ach-returns", &notified, "no return in it").await;
    assert_eq!((&returns["returns"], &returns["changes"]), (&json!([]), &json!(1)));

    for key in ["first", "first", "second"] {
        let taken = office.uploads(&office.anna, "/v1/ach-changes", &notified, key).await;
        assert_eq!((&taken["changes"][0]["outcome"], &taken["changes"][0]["vendor_id"]), (&json!("proposed"), &json!(one)), "{taken}");
    }
    let accounts = office.reads(&format!("/v1/vendors/{one}/bank-accounts")).await;
    let told: Vec<(&Value, &Value)> =
        accounts["data"].as_array().expect("accounts").iter().map(|held| (&held["account"]["account"], &held["status"])).collect();
    assert_eq!(told.len(), 2, "{accounts}");
    assert!(told.contains(&(&json!("222"), &json!("payable"))) && told.contains(&(&json!("555000"), &json!("proposed"))), "{told:?}");
    // Who imported it has changed bank details, and approves nothing of this vendor's; somebody else approves the account.
    let id = accounts["data"].as_array().expect("accounts").iter().find(|held| held["status"] == "proposed").expect("one")["id"].clone();
    let approve = format!("/v1/vendors/{one}/bank-accounts/{}/approve", id.as_str().expect("an id"));
    office.bob.posts(&approve, json!({})).await.succeeds();
}

/// What no entry of the file could say is left out of a run with its reason, and of a payment as soon as it is planned.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_entry_cannot_carry_is_left_out_and_said() {
    let office = Office::open().await;
    office.originates(false).await;
    let long = office.vendor("Maine Pulp Inc", us("121042882", "123456789012345678")).await;
    let long = office.approved(&long, "P-1", "1200.10", day(-52)).await;
    let large = office.vendor("Oregon Ink LLC", us("121042882", "222")).await;
    let large = office.approved(&large, "INK-7", "100000000.00", day(-51)).await;
    office.company.owner.posts(&format!("/v1/invoices/{large}/approve"), json!({})).await.succeeds();
    let illegible = office.vendor("…", us("121042882", "333")).await;
    let illegible = office.approved(&illegible, "W-3", "75.00", day(-50)).await;

    let run = office.tess.posts("/v1/payment-runs", office.run()).await.succeeds().id();
    let items = office.reads(&format!("/v1/payment-runs/{run}/items")).await;
    let said = |invoice: &String| {
        let items = items["data"].as_array().expect("items");
        items.iter().find(|item| item["invoice_id"] == json!(invoice)).expect("the invoice")["reason"].clone()
    };
    assert_eq!((said(&long), said(&large)), (json!("account_not_on_rail"), json!("amount_not_on_rail")), "{items}");

    let plans = async |invoice: &String, amount: Option<&str>| {
        let amount = amount.map(|amount| json!({ "amount": amount, "currency": "USD" }));
        let plan = json!({ "method": "ach_credit_transfer", "debtor_account_id": office.account, "items": [{ "invoice_id": invoice, "amount": amount }] });
        office.tess.posts("/v1/payments", plan).await
    };
    plans(&long, None).await.is_refused_as("ach-needs-us-account");
    let refused = plans(&large, None).await;
    refused.is_refused_as("amount-not-on-rail");
    assert_eq!(refused.body["errors"][0]["pointer"], "/items/0/amount", "{}", refused.body);
    plans(&large, Some("99999999.99")).await.succeeds();

    // What only the file finds out names whose payment it is.
    office.theo.posts(&format!("/v1/payment-runs/{run}/authorise"), json!({})).await.succeeds();
    office.tess.posts(&format!("/v1/payment-runs/{run}/execute"), json!({})).await.succeeds();
    let refused = office.tess.posts(&format!("/v1/payment-runs/{run}/write-file"), json!({})).await;
    refused.is_refused_as("file-not-expressible");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.starts_with("…, ")), "{} {illegible}", refused.body);
}
