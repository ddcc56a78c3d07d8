//! A bank account in dollars in books of euros: it ties in dollars, is carried at the average of what its dollars cost, what leaves it
//! realises what it is worth more or less, and it is brought to the closing rate and back.

use quittance_tests::accounting::{Balances, beancount, hledger};
use quittance_tests::day;
use rust_decimal::{Decimal, dec};
use serde_json::{Value, json};

use crate::bank::{Booked, camt053};
use crate::books::{Office, office};

/// A statement in dollars of the main account, on the last but three day: 1,000.00, less a fee of 10.00, and 210.00 that came in.
async fn imported(o: &Office) -> (String, Value) {
    let account = json!({ "name": "Dollars", "currency": "USD", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
    let account = o.tess.posts("/v1/company/bank-accounts", account).await.succeeds().body["bank_account_id"].clone();
    let entries: [Booked<'_>; 2] = [("10.00", "DBIT", "B-1", None, None), ("210.00", "CRDT", "B-2", None, None)];
    let file = camt053(&day(-4).to_string(), "1000.00", "1200.00", &entries).replace("EUR", "USD");
    let imported = o.tess.uploads("/v1/bank-statements/import", file.into_bytes(), "dollars").await.succeeds().body;
    (account.as_str().expect("an id").to_owned(), imported)
}

impl Office {
    async fn quotes(&self, on: i64, rate: &str) -> i64 {
        let quote = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate }] });
        self.tess.posts("/v1/exchange-rates", quote).await.succeeds().position()
    }

    async fn books_line(&self, statement: &str, line: u32, account: &str) -> i64 {
        let body = json!({ "line": line, "parts": [{ "account_code": account }], "reason": "as the bank says" });
        self.tess.posts(&format!("/v1/bank-statements/{statement}/book"), body).await.succeeds().position()
    }
}

/// Some banks keep several currencies under one number; a statement is of the one that it is in.
#[tokio::test]
async fn an_iban_with_two_currencies_is_two_accounts() {
    let o = office().await;
    let account =
        |currency: &str| json!({ "name": currency, "currency": currency, "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
    let mut ids = vec![];
    for currency in ["EUR", "USD"] {
        let added = o.tess.posts("/v1/company/bank-accounts", account(currency)).await.succeeds().body;
        ids.push(added["bank_account_id"].clone());
    }
    o.tess.posts("/v1/company/bank-accounts", account("USD")).await.succeeds();
    let entry: [Booked<'_>; 1] = [("10.00", "DBIT", "B-1", None, None)];
    let file = |currency: &str| camt053(&day(-4).to_string(), "1000.00", "990.00", &entry).replace("EUR", currency).into_bytes();
    for (currency, id) in ["EUR", "USD"].into_iter().zip(&ids) {
        let imported = o.tess.uploads("/v1/bank-statements/import", file(currency), currency).await.succeeds().body;
        assert_eq!(imported["statements"][0]["bank_account_id"], *id, "{currency}");
    }
    o.tess.uploads("/v1/bank-statements/import", file("CHF"), "CHF").await.is_refused_as("bank-account-unmatched");
    let two = String::from_utf8(file("USD")).expect("UTF-8");
    let (head, rest) = two.split_once("<Stmt>").expect("a statement");
    let (statement, tail) = rest.split_once("</Stmt>").expect("its end");
    let stranger = statement.replace("DE02120300000000202051", "DE89370400440532013000");
    let two = format!("{head}<Stmt>{statement}</Stmt><Stmt>{stranger}</Stmt>{tail}");
    let refused = o.tess.uploads("/v1/bank-statements/import", two.into_bytes(), "two").await;
    refused.is_refused_as("bank-account-unmatched");
    assert!(refused.body["detail"].as_str().expect("a text").starts_with("statement 2 of the file, of the account …3000: "), "{refused:?}");
}

#[tokio::test]
async fn a_bank_account_in_dollars_is_brought_to_the_closing_rate_and_back() {
    let o = office().await;
    let (account, imported) = imported(&o).await;
    let statement = imported["statements"][0]["id"].as_str().expect("an id").to_owned();
    let close = |reason: &str| json!({ "effective_date": day(-2), "reason": reason });

    // What has no amount in euros yet is not revalued.
    let booked = o.books_line(&statement, 1, "6850").await;
    o.read(&format!("/v1/reports/revaluation?min_position={booked}")).await;
    o.tess.posts("/v1/revaluations", close("too early")).await.is_refused_as("bank-account-untranslated");
    let quoted = o.quotes(-10, "1.25").await;
    o.read(&format!("/v1/reports/revaluation?min_position={quoted}")).await;
    let opening = json!({ "against": "3000", "reason": "as of the first statement", "base_amount": "810.00" });
    o.tess.posts(&format!("/v1/bank-accounts/{account}/opening-entry"), opening).await.succeeds();
    // The fee of 10.00 is 8.00 at the rate of its day. It leaves at what it cost: 8.10 of the opening's 810.00 for 1,000.00, and, once the
    // 210.00 of the same day are booked at 168.00, 978.00 × 10 ÷ 1,210 = 8.08. So 0.10 is lost, and 0.02 of it comes back.
    let last = o.books_line(&statement, 2, "4900").await;
    let carried = [
        "1000 USD 1200.00 969.92",
        "3000 USD -1000.00 -810.00",
        "4800 EUR 0.00 -0.02",
        "4900 USD -210.00 -168.00",
        "6800 EUR 0.00 0.10",
        "6850 USD 10.00 8.00",
    ];
    assert_eq!(o.balances(last, "").await, carried);

    let last = o.quotes(-2, "1.20").await;
    let report = o.read(&format!("/v1/reports/revaluation?as_of={}&min_position={last}", day(-2))).await;
    let holding = &report["holdings"][0];
    let amounts =
        ["held", "carried", "untranslated", "closing", "difference"].map(|part| holding[part]["amount"].as_str().expect("an amount"));
    assert_eq!(amounts, ["1200.00", "969.92", "0.00", "1000.00", "30.08"], "{report}");
    assert_eq!((&holding["bank_account_id"], &holding["account"], &report["lines"]), (&json!(account), &json!("1000"), &json!([])));

    let posted = o.tess.posts("/v1/revaluations", close("closing rates")).await.succeeds().position();
    let on = |n: i64| format!("&as_of={}", day(n));
    let closing = [
        "1000 USD 1200.00 1000.00",
        "3000 USD -1000.00 -810.00",
        "4800 EUR 0.00 -0.02",
        "4810 USD 0.00 -30.08",
        "4900 USD -210.00 -168.00",
        "6800 EUR 0.00 0.10",
        "6850 USD 10.00 8.00",
    ];
    assert_eq!(o.balances(posted, &on(-2)).await, closing);
    assert_eq!(o.balances(posted, &on(-3)).await, carried);
    assert_eq!(o.balances(posted, &on(-1)).await, carried, "it is taken back on the next day");
    o.tess.posts("/v1/revaluations", close("once more")).await.is_refused_as("nothing-to-revalue");

    // In dollars bank and books tie as before; in euros the account is worth what it is carried at.
    let quiet = camt053(&day(-2).to_string(), "1200.00", "1200.00", &[]).replace("EUR", "USD");
    let quiet = o.tess.uploads("/v1/bank-statements/import", quiet.into_bytes(), "quiet").await.succeeds().position();
    for (on, base) in [(-2, "1000.00"), (-3, "969.92")] {
        let told = o.read(&format!("/v1/bank-accounts/{account}/reconciliation?on={}&min_position={quiet}", day(on))).await;
        let proof = (&told["proven"], &told["only_books"], &told["statement_balance"]["amount"], &told["ledger"]["balance"]["amount"]);
        assert_eq!(proof, (&json!(true), &json!([]), &json!("1200.00"), &json!("1200.00")), "{told}");
        let in_base = (&told["ledger"]["base_balance"], &told["ledger"]["untranslated"]["amount"]);
        assert_eq!(in_base, (&json!({ "amount": base, "currency": "EUR" }), &json!("0.00")), "{told}");
    }

    // A later rate of the same day posts what has changed since, a loss now.
    let late = o.quotes(-2, "1.28").await;
    o.read(&format!("/v1/reports/revaluation?min_position={late}")).await;
    let corrected = o.tess.posts("/v1/revaluations", close("the rate was corrected")).await.succeeds().position();
    let balances = o.balances(corrected, &on(-2)).await;
    for line in ["1000 USD 1200.00 937.50", "4810 USD 0.00 -30.08", "6810 USD 0.00 62.50"] {
        assert!(balances.contains(&line.to_owned()), "{line}: {balances:?}");
    }
    assert_eq!(o.balances(corrected, &on(-1)).await, carried);
}

/// A payment to the last dollar: what the account cost is realised, and where a rate was corrected between payment and bank nothing stays in between.
#[tokio::test]
async fn what_leaves_realises_what_it_cost_and_nothing_stays_on_the_way() {
    let o = office().await;
    o.quotes(-20, "1.25").await;
    o.quotes(-6, "1.00").await;
    let account = json!({ "name": "Dollars", "currency": "USD", "account": { "kind": "iban", "iban": "DE02120300000000202051" } });
    o.tess.posts("/v1/company/bank-accounts", account).await.succeeds();
    // 1,000.00 came in at 0.80 and 500.00 at 1.00: 1,300.00 euros for 1,500.00 dollars.
    let mut statements = Vec::new();
    let days: [(i64, &str, &str, Booked<'_>); 3] = [
        (-9, "0.00", "1000.00", ("1000.00", "CRDT", "B-1", None, None)),
        (-6, "1000.00", "1500.00", ("500.00", "CRDT", "B-2", None, None)),
        (-5, "1500.00", "0.00", ("1500.00", "DBIT", "B-3", None, None)),
    ];
    for (on, opening, closing, entry) in days {
        let file = camt053(&day(on).to_string(), opening, closing, &[entry]).replace("EUR", "USD");
        let imported = o.tess.uploads("/v1/bank-statements/import", file.into_bytes(), opening).await.succeeds().body;
        statements.push(imported["statements"][0]["id"].as_str().expect("an id").to_owned());
    }
    o.books_line(&statements[0], 1, "4900").await;
    o.books_line(&statements[1], 1, "4900").await;

    // An invoice of 1,500.00 at 0.80 is 1,200.00; its payment at 1.00 is 1,500.00, so 300.00 is lost.
    let line = json!({ "name": "Licence", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "1500.00", "tax": { "code": "O", "rate": "0" } });
    let invoice = json!({ "vendor_id": o.vendor().await, "number": "US-1", "issue_date": day(-12), "currency": "USD", "lines": [line] });
    let invoice = o.approved(invoice).await;
    o.pays(&invoice, None, &day(-5).to_string()).await;
    let payment = o.read("/v1/payments").await["data"][0]["id"].clone();
    while o.read(&format!("/v1/invoices/{invoice}")).await["status"] != "paid" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let last = o.quotes(-40, "1.30").await;
    let under_way = [
        "1000 USD 1500.00 1300.00",
        "1090 USD -1500.00 -1500.00",
        "4900 USD -1500.00 -1300.00",
        "6000 USD 1500.00 1200.00",
        "6800 EUR 0.00 300.00",
    ];
    assert_eq!(o.balances(last, "").await, under_way);

    // The rate was 1.20: the bank's line is worth 1,250.00 and the dollars cost 1,300.00, so 50.00 is lost; the clearing account has 250.00
    // too much, which is gained. All in all the dollars of 1,300.00 paid what had cost 1,200.00.
    let corrected = o.quotes(-6, "1.20").await;
    o.read(&format!("/v1/reports/revaluation?min_position={corrected}")).await;
    let matching = json!({ "line": 1, "payment_id": payment, "items": [1] });
    let last = o.tess.posts(&format!("/v1/bank-statements/{}/match", statements[2]), matching).await.succeeds().position();
    let over = ["4800 EUR 0.00 -250.00", "4900 USD -1500.00 -1300.00", "6000 USD 1500.00 1200.00", "6800 EUR 0.00 350.00"];
    assert_eq!(o.balances(last, "").await, over, "neither the bank nor the clearing account holds anything");
    let before = o.balances(last, &format!("&as_of={}", day(-6))).await;
    assert!(before.contains(&"1000 USD 1500.00 1300.00".to_owned()), "{before:?}");
    let report = o.read("/v1/reports/revaluation").await;
    assert_eq!(report["holdings"], json!([]), "nothing is left to revalue: {report}");

    // Other programs find the same, in dollars and in euros.
    let folder = tempfile::tempdir().expect("a folder");
    for (format, find) in [("hledger", hledger as fn(&std::path::Path, bool) -> Balances), ("beancount", beancount)] {
        let (status, text) = o.tess.downloads(&format!("/v1/exports/ledger?format={format}")).await;
        assert_eq!(status, 200);
        let file = folder.path().join(format);
        std::fs::write(&file, text).expect("a file");
        for (at_cost, unit, income) in [(false, "USD", dec!(-1500)), (true, "EUR", dec!(-1300))] {
            let held = find(&file, at_cost);
            let sum = |account: &str| held.iter().filter(|(name, _)| name.ends_with(account)).map(|(_, held)| *held).sum::<Decimal>();
            let sums = ["1000", "1090", "4900"].map(|account| sum(&format!(":{account} {unit}")));
            assert_eq!(sums, [dec!(0), dec!(0), income], "{format}: {held:?}");
        }
    }

    // What was matched by mistake is taken back, and the account carries what it did before.
    let back = json!({ "line": 1, "reason": "another", "stays_settled": true });
    let last = o.tess.posts(&format!("/v1/bank-statements/{}/unmatch", statements[2]), back).await.succeeds().position();
    let again = [
        "1000 USD 1500.00 1300.00",
        "1090 USD -1500.00 -1250.00",
        "4800 EUR 0.00 -250.00",
        "4900 USD -1500.00 -1300.00",
        "6000 USD 1500.00 1200.00",
        "6800 EUR 0.00 300.00",
    ];
    assert_eq!(o.balances(last, "").await, again);
}
