//! What a bank tells of a run's file: its one sum on a statement, and reports on the whole, a block or a transfer.

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::payment_runs::{MUELLER, NANDU, Office};

const OWN: &str = "DE02120300000000202051";

/// A run of 100.00, 101.00 and 102.00 for two vendors, whose file the bank has.
struct Paid {
    office: Office,
    invoices: Vec<String>,
    message: String,
    /// End-to-end ids, in the order of the invoices.
    transfers: Vec<String>,
}

impl Paid {
    async fn open() -> Self {
        let office = Office::open().await;
        let (mueller, nandu) = (office.vendor("Müller & Söhne", MUELLER).await, office.vendor("Atelier Ñandú", NANDU).await);
        let mut invoices = vec![];
        for (vendor, number, price) in [(&mueller, "M-1", "100.00"), (&mueller, "M-22", "101.00"), (&nandu, "N-333", "102.00")] {
            invoices.push(office.approved(vendor, number, price, day(-2)).await);
        }
        let run = office.proposes().await.succeeds().id();
        let file = String::from_utf8(office.pays(&run).await).expect("UTF-8");
        let one = |text: &str, name: &str| -> String {
            let rest = text.split_once(&format!("<{name}>")).expect("the element").1;
            rest.split_once('<').expect("its end").0.to_owned()
        };
        let transfer = |price: &str| {
            let of_amount = file.split("<CdtTrfTxInf>").find(|transfer| transfer.contains(&format!(">{price}</InstdAmt>")));
            one(of_amount.expect("a transfer"), "EndToEndId")
        };
        let transfers = ["100.00", "101.00", "102.00"].map(transfer).to_vec();
        Self { invoices, message: one(&file, "MsgId"), transfers, office }
    }

    async fn statuses(&self) -> Vec<String> {
        let mut statuses = vec![];
        for invoice in &self.invoices {
            let invoice = self.office.reads(&format!("/v1/invoices/{invoice}")).await;
            statuses.push(invoice["status"].as_str().expect("a status").to_owned());
        }
        statuses
    }

    /// The end-to-end ids and amounts of the transfers, as a bank lists them.
    fn listed(&self) -> String {
        let one = |(id, amount): (&String, &str)| {
            format!("<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>")
        };
        format!("<NtryDtls>{}</NtryDtls>", self.transfers.iter().zip(["100.00", "101.00", "102.00"]).map(one).collect::<String>())
    }

    /// The sum under the ids of the file and its block.
    fn batch(&self) -> String {
        let message = &self.message;
        format!("<NtryDtls><Btch><MsgId>{message}</MsgId><PmtInfId>{message}/1</PmtInfId><NbOfTxs>3</NbOfTxs></Btch></NtryDtls>")
    }

    /// Lines, those matched, and entries known, of what the bank tells in a statement (`053`) or a notification (`054`).
    async fn told(&self, message: &str, amount: &str, more: &str) -> [i64; 3] {
        let taken = self
            .office
            .tess
            .uploads("/v1/bank-statements/import", camt(message, OWN, amount, more), &format!("{message} {amount} {}", more.len()))
            .await;
        let taken = taken.succeeds().body;
        ["lines", "matched", "repeated"].map(|count| taken["statements"][0][count].as_i64().expect("a count"))
    }

    /// The lines of the account by number: their amounts, and whether something explains them.
    async fn lines(&self) -> Vec<(i64, String, bool)> {
        let found = self.office.reads("/v1/bank-lines").await;
        let one = |line: &Value| {
            let explained = line["matching"].is_object() || line["booking"].is_object();
            (line["line"].as_i64().expect("a number"), line["amount"]["amount"].as_str().expect("an amount").to_owned(), explained)
        };
        let mut lines: Vec<_> = found["data"].as_array().expect("lines").iter().map(one).collect();
        lines.sort();
        lines
    }

    /// Settled, failed, contradicting and unknown.
    async fn reported(&self, key: &str, of_file: &str, of_block: &str) -> [i64; 4] {
        let message = &self.message;
        let block = match of_block {
            "" => String::new(),
            of_block => format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>{message}/1</OrgnlPmtInfId>{of_block}</OrgnlPmtInfAndSts>"),
        };
        let report = format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>{key}</MsgId></GrpHdr><OrgnlGrpInfAndSts>\
             <OrgnlMsgId>{message}</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{of_file}</OrgnlGrpInfAndSts>{block}</CstmrPmtStsRpt></Document>"
        );
        let taken = self.office.tess.uploads("/v1/payment-status-reports", report.into_bytes(), key).await.succeeds().body;
        ["settled", "failed", "contradicting", "unknown"].map(|count| taken[count].as_i64().expect("a count"))
    }

    fn transfer(&self, index: usize, status: &str, more: &str) -> String {
        format!("<TxInfAndSts><OrgnlEndToEndId>{}</OrgnlEndToEndId><TxSts>{status}</TxSts>{more}</TxInfAndSts>", self.transfers[index])
    }
}

fn camt(message: &str, iban: &str, amount: &str, more: &str) -> Vec<u8> {
    let (body, kind) = if message == "053" { ("BkToCstmrStmt", "Stmt") } else { ("BkToCstmrDbtCdtNtfctn", "Ntfctn") };
    let day = today();
    format!(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.08\"><{body}><GrpHdr><MsgId>M</MsgId></GrpHdr><{kind}><Id>S</Id>\
         <Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>EUR</Ccy></Acct><Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>\
         <BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>{more}</Ntry></{kind}></{body}></Document>"
    )
    .into_bytes()
}

const PAID: [&str; 3] = ["paid"; 3];
const REFERENCE: &str = "<AcctSvcrRef>B-77</AcctSvcrRef>";

#[tokio::test(flavor = "multi_thread")]
async fn the_one_sum_of_a_run_settles_all_of_it() {
    let paid = Paid::open().await;
    assert_eq!(paid.told("053", "302.00", &format!("<AcctSvcrRef>B-1</AcctSvcrRef>{}", paid.batch())).await, [1, 0, 0], "another sum");
    assert_eq!(paid.told("053", "303.00", &format!("{REFERENCE}{}", paid.batch())).await, [3, 3, 0]);
    assert_eq!(paid.statuses().await, PAID);
    assert_eq!(paid.told("054", "303.00", &format!("{REFERENCE}{}", paid.listed())).await, [0, 0, 1], "what it holds, told later");
    let again = camt("053", OWN, "303.00", &format!("<AcctSvcrRef>B-78</AcctSvcrRef>{}", paid.batch()));
    let again = paid.office.tess.uploads("/v1/bank-statements/import", again, "again").await.succeeds().body;
    assert_eq!((&again["statements"][0]["lines"], &again["statements"][0]["matched"]), (&json!(1), &json!(0)), "it left once");
}

/// Most banks book the sum at once and list what it holds days later.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_sum_holds_may_be_listed_by_a_later_file() {
    let paid = Paid::open().await;
    assert_eq!(paid.told("053", "303.00", REFERENCE).await, [1, 0, 0], "nothing says whose it is");
    assert_eq!(paid.told("054", "303.00", &format!("{REFERENCE}{}", paid.listed())).await, [0, 3, 1]);
    assert_eq!(paid.statuses().await, PAID);
    let lines = paid.lines().await;
    assert_eq!(lines, [(1, "-100.00".to_owned(), true), (2, "-101.00".to_owned(), true), (3, "-102.00".to_owned(), true)]);
    assert_eq!(paid.told("054", "303.00", &format!("{REFERENCE}{}<AddtlNtryInf>again</AddtlNtryInf>", paid.listed())).await, [0, 0, 1]);
    assert_eq!(paid.lines().await, lines, "it is listed once");
    let other = "<TxDtls><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls>".repeat(2);
    let later = "<AcctSvcrRef>B-99</AcctSvcrRef>";
    assert_eq!(paid.told("053", "3.00", later).await, [1, 0, 0]);
    assert_eq!(paid.told("054", "3.00", &format!("{later}<NtryDtls>{other}</NtryDtls>")).await, [0, 0, 1], "a list of something else");
    assert_eq!(paid.lines().await.len(), 4);
}

/// Where the bank never lists what it has booked together a person may know it, and each part is matched as any line is.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_divides_a_sum_into_what_it_is_made_of() {
    let paid = Paid::open().await;
    assert_eq!(paid.told("053", "305.50", REFERENCE).await, [1, 0, 0]);
    let (office, tess) = (&paid.office, &paid.office.tess);
    let statement = office.reads("/v1/bank-statements").await["data"][0]["id"].as_str().expect("an id").to_owned();
    let divides = async |parts: Value| {
        let body = json!({ "line": 1, "parts": parts, "reason": "the bank's list of collective orders" });
        tess.posts(&format!("/v1/bank-statements/{statement}/divide"), body).await
    };
    let transfer = |index: usize, amount: &str| json!({ "amount": amount, "end_to_end_id": paid.transfers[index] });
    let transfers = [transfer(0, "-100.00"), transfer(1, "-101.00"), transfer(2, "-102.00")];
    divides(json!(transfers)).await.is_refused_as("division-differs");
    divides(json!([{ "amount": "-305.505" }, { "amount": "0.005" }])).await.is_refused_as("below-minor-unit");
    let fee = json!({ "amount": "-2.50", "text": "collective order" });
    divides(json!([transfers[0], transfers[1], transfers[2], fee])).await.succeeds();
    divides(json!([transfers[0], transfers[1]])).await.is_refused_as("division-differs");
    let done = tess.posts(&format!("/v1/bank-statements/{statement}/match-automatically"), json!({})).await.succeeds();
    office.app.system.settled(office.company.tenant, done.position()).await.expect("readable");
    assert_eq!(paid.statuses().await, PAID);
    assert_eq!(paid.lines().await[3], (4, "-2.50".to_owned(), false), "the fee is to be booked");
    tess.posts(
        &format!("/v1/bank-statements/{statement}/divide"),
        json!({ "line": 1, "parts": [{ "amount": "-50.00" }, { "amount": "-50.00" }], "reason": "x" }),
    )
    .await
    .is_refused_as("bank-line-matched");
}

/// The report came first; of what it rejected nothing is in the sum.
#[tokio::test(flavor = "multi_thread")]
async fn the_sum_is_of_what_the_bank_has_not_rejected() {
    let paid = Paid::open().await;
    let rejected = paid.transfer(1, "RJCT", "");
    assert_eq!(paid.reported("one", "<GrpSts>PART</GrpSts>", &rejected).await, [0, 1, 0, 0]);
    assert_eq!(paid.reported("two", "", "<PmtInfSts>ACSC</PmtInfSts>").await, [2, 0, 0, 0], "it names none, and brings none back to life");
    assert_eq!(paid.statuses().await, ["paid", "approved", "paid"]);
    let ageing = paid.office.reads("/v1/reports/ap-ageing").await;
    let on_account = ageing["totals"][0]["buckets"].as_array().expect("buckets").iter().find(|own| own["bucket"] == "on_account");
    assert!(on_account.is_none_or(|own| own["open"]["amount"] == "0.00"), "{ageing}");
    assert_eq!(paid.told("053", "202.00", &paid.batch()).await, [2, 2, 0]);
    // By name it is heard: the vendor has its money.
    assert_eq!(paid.reported("three", "", &paid.transfer(1, "ACSC", "")).await, [1, 0, 0, 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rejected_file_that_settles_after_all_is_for_a_person() {
    let paid = Paid::open().await;
    assert_eq!(paid.reported("one", "<GrpSts>RJCT</GrpSts>", "").await, [0, 3, 0, 0]);
    assert_eq!(paid.reported("two", "<GrpSts>ACSC</GrpSts>", "").await, [0, 0, 3, 0]);
    assert_eq!(paid.statuses().await, ["approved"; 3]);
}

/// What a report says of another amount, of another file, or in two ways, moves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_report_that_does_not_fit_the_file_moves_nothing() {
    let paid = Paid::open().await;
    let before = paid.statuses().await;
    let original = |amount: &str| format!("<OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{amount}</InstdAmt></Amt></OrgnlTxRef>");
    let both = format!("{}{}", paid.transfer(0, "ACSC", ""), paid.transfer(0, "RJCT", ""));
    for (key, of_file, of_block, expected) in [
        ("amount", "", paid.transfer(0, "ACSC", &original("5.00")), [0, 0, 1, 0]),
        ("both", "", both, [0, 0, 1, 0]),
        ("count", "<OrgnlNbOfTxs>7</OrgnlNbOfTxs><GrpSts>ACSC</GrpSts>", String::new(), [0, 0, 3, 0]),
        ("sum", "<OrgnlCtrlSum>1.00</OrgnlCtrlSum><GrpSts>ACSC</GrpSts>", String::new(), [0, 0, 3, 0]),
    ] {
        assert_eq!(paid.reported(key, of_file, &of_block).await, expected, "{key}");
        assert_eq!(paid.statuses().await, before, "{key}");
    }
    let fits = "<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>303.00</OrgnlCtrlSum><GrpSts>PART</GrpSts>";
    assert_eq!(paid.reported("fits", fits, &paid.transfer(0, "ACSC", &original("100.00"))).await, [1, 0, 0, 0]);
}

/// Without a reference of the bank, too, a batch is one, told by what it holds or by its sum.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_was_listed_is_not_counted_again_as_a_sum() {
    let paid = Paid::open().await;
    assert_eq!(paid.told("054", "303.00", &paid.listed()).await, [3, 3, 0]);
    assert_eq!(paid.told("053", "303.00", "").await, [0, 0, 1]);
    assert_eq!(paid.statuses().await, PAID);
}

fn ofx(transactions: &[(&str, &str, &str)]) -> Vec<u8> {
    let day = today().to_string().replace('-', "");
    let one = |(id, amount, more): &(&str, &str, &str)| {
        format!("<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>{day}<TRNAMT>{amount}<FITID>{id}{more}<NAME>A</STMTTRN>")
    };
    let transactions: String = transactions.iter().map(one).collect();
    format!(
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM>\
         <BANKTRANLIST><DTSTART>{day}{transactions}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    .into_bytes()
}

/// A transaction that the bank corrects counts once, in the file; what stands on the account is for a person.
#[tokio::test(flavor = "multi_thread")]
async fn a_bank_that_corrects_itself_is_not_counted_twice() {
    let office = Office::open().await;
    let path = format!("/v1/bank-statements/import?bank_account_id={}", office.account.as_str().expect("an id"));
    let imports = async |key: &str, transactions: &[(&str, &str, &str)]| office.tess.uploads(&path, ofx(transactions), key).await;
    let replaces = |id: &str| format!("<CORRECTFITID>{id}<CORRECTACTION>REPLACE");
    let (of_f1, of_g1) = (replaces("F1"), replaces("G1"));
    imports("one", &[("F1", "-100.00", "")]).await.succeeds();
    imports("two", &[("F1", "-100.00", ""), ("F2", "-10.00", &of_f1)]).await.is_refused_as("bank-entry-corrected");
    imports("three", &[("F2", "-10.00", &of_f1)]).await.is_refused_as("statement-unreadable");
    let taken = imports("four", &[("G1", "-7.00", ""), ("G2", "-8.00", &of_g1)]).await.succeeds().body;
    assert_eq!((&taken["statements"][0]["lines"], &taken["statements"][0]["pending"]), (&json!(1), &json!(0)), "{taken}");
    let lines = office.reads("/v1/bank-lines").await;
    let mut amounts: Vec<&Value> = lines["data"].as_array().expect("lines").iter().map(|line| &line["amount"]["amount"]).collect();
    amounts.sort_by_key(|amount| amount.to_string());
    assert_eq!(amounts, ["-100.00", "-8.00"], "{lines}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_of_another_iban_is_not_of_the_account_that_is_named() {
    let office = Office::open().await;
    let path = format!("/v1/bank-statements/import?bank_account_id={}", office.account.as_str().expect("an id"));
    office.tess.uploads(&path, camt("053", MUELLER, "5.00", ""), "other").await.is_refused_as("bank-account-differs");
    // A bank that masks the account does not name it.
    office.tess.uploads(&path, camt("053", "DE00XXXX000000000", "5.00", ""), "masked").await.succeeds();
    office.tess.uploads(&path, camt("053", OWN, "6.00", ""), "own").await.succeeds();
}
