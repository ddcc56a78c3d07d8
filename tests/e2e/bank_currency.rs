//! A bank account in dollars in books of euros: it ties in dollars, is worth what its lines were, and is brought to the closing rate and back.

use quittance_tests::day;
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
    let last = o.books_line(&statement, 2, "4900").await;
    let carried = ["1000 USD 1200.00 970.00", "3000 USD -1000.00 -810.00", "4900 USD -210.00 -168.00", "6850 USD 10.00 8.00"];
    assert_eq!(o.balances(last, "").await, carried);

    let last = o.quotes(-2, "1.20").await;
    let report = o.read(&format!("/v1/reports/revaluation?as_of={}&min_position={last}", day(-2))).await;
    let holding = &report["holdings"][0];
    let amounts =
        ["held", "carried", "untranslated", "closing", "difference"].map(|part| holding[part]["amount"].as_str().expect("an amount"));
    assert_eq!(amounts, ["1200.00", "970.00", "0.00", "1000.00", "30.00"], "{report}");
    assert_eq!((&holding["bank_account_id"], &holding["account"], &report["lines"]), (&json!(account), &json!("1000"), &json!([])));

    let posted = o.tess.posts("/v1/revaluations", close("closing rates")).await.succeeds().position();
    let on = |n: i64| format!("&as_of={}", day(n));
    let closing = [
        "1000 USD 1200.00 1000.00",
        "3000 USD -1000.00 -810.00",
        "4810 USD 0.00 -30.00",
        "4900 USD -210.00 -168.00",
        "6850 USD 10.00 8.00",
    ];
    assert_eq!(o.balances(posted, &on(-2)).await, closing);
    assert_eq!(o.balances(posted, &on(-3)).await, carried);
    assert_eq!(o.balances(posted, &on(-1)).await, carried, "it is taken back on the next day");
    o.tess.posts("/v1/revaluations", close("once more")).await.is_refused_as("nothing-to-revalue");

    // In dollars bank and books tie as before; in euros the account is worth what it is carried at.
    let quiet = camt053(&day(-2).to_string(), "1200.00", "1200.00", &[]).replace("EUR", "USD");
    let quiet = o.tess.uploads("/v1/bank-statements/import", quiet.into_bytes(), "quiet").await.succeeds().position();
    for (on, base) in [(-2, "1000.00"), (-3, "970.00")] {
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
    for line in ["1000 USD 1200.00 937.50", "4810 USD 0.00 -30.00", "6810 USD 0.00 62.50"] {
        assert!(balances.contains(&line.to_owned()), "{line}: {balances:?}");
    }
    assert_eq!(o.balances(corrected, &on(-1)).await, carried);
}
