//! The ledger as hledger and beancount read it: their checks pass, and they find our balances.

use std::collections::BTreeMap;

use quittance_tests::accounting::{Balances, beancount, hledger};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::books::{Office, decimal, office, taxed};

/// Euros, dollars before and after their rate is known, yen without cents, goods, an entry by hand and its reversal.
async fn busy_office() -> (Office, i64) {
    let o = office().await;
    let vendor = o.vendor().await;
    let foreign = |number: &str, price: &str, currency: &str, on: &str| {
        let quantity = json!({ "value": "1", "unit": "C62" });
        let line = json!({ "name": "Licence", "quantity": quantity, "unit_price": price, "tax": { "code": "O", "rate": "0" } });
        json!({ "vendor_id": vendor, "number": number, "issue_date": on, "currency": currency, "lines": [line] })
    };
    let euros = o.approved(taxed(&vendor, "F-1", "1000.00", "2026-09-05")).await;
    o.pays(&euros, Some(json!({ "amount": "400.00", "currency": "EUR" })), "2026-09-20").await;
    let waiting = o.approved(foreign("US-1", "100.00", "USD", "2026-09-02")).await;
    let quote = |currency: &str, on: &str, rate: &str| json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": currency, "on": on, "rate": rate }] });
    for (currency, on, rate) in [("USD", "2026-09-01", "1.25"), ("USD", "2026-10-15", "1.20"), ("JPY", "2026-09-01", "163.7")] {
        o.tess.posts("/v1/exchange-rates", quote(currency, on, rate)).await.succeeds();
    }
    o.anna.posts("/v1/invoices", foreign("JP-1", "12345", "JPY", "2026-09-03")).await.succeeds();
    o.anna.posts("/v1/invoices", foreign("GB-1", "55.55", "GBP", "2026-09-03")).await.succeeds();
    o.pays(&waiting, None, "2026-10-20").await;
    // Of three lines in dollars and none in euros, at prices that no decimal holds.
    let odd = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": "2026-10-21", "rate": "1.002293" }] });
    o.tess.posts("/v1/exchange-rates", odd).await.succeeds();
    for (number, price) in [("US-2", "1359.39"), ("US-3", "1325.82"), ("US-4", "982.02"), ("US-5", "0.07")] {
        let mut taxed = foreign(number, price, "USD", "2026-10-21");
        taxed["lines"][0]["tax"] = json!({ "code": "S", "rate": "19" });
        o.anna.posts("/v1/invoices", taxed).await.succeeds();
    }
    o.tess.posts("/v1/chart/accounts", json!({ "code": "61-A.B_C", "name": "Rent; and: more", "kind": "expense" })).await.succeeds();
    let line = |account: &str, amount: &str| json!({ "account": account, "amount": { "amount": amount, "currency": "EUR" } });
    let entry =
        json!({ "effective_date": "2026-09-30", "reason": "Rent \"x\"\n; y", "lines": [line("61-A.B_C", "7.00"), line("2300", "-7.00")] });
    let posted = o.tess.posts("/v1/journal-entries", entry).await.succeeds();
    let reverse = format!("/v1/journal-entries/{}/reverse", posted.id());
    let last = o.tess.posts(&reverse, json!({ "effective_date": "2026-10-01", "reason": "Billed" })).await.succeeds().position();
    (o, last)
}

/// Our balances by `code currency`, in their own currency (what is in base alone counts in base) and in base.
async fn ours(o: &Office, after: i64, as_of: &str) -> (Balances, Balances) {
    let (mut units, mut base) = (BTreeMap::new(), BTreeMap::new());
    let mut path = format!("/v1/journal?as_of={as_of}&min_position={after}&limit=200");
    loop {
        let page = o.read(&path).await;
        for line in page["data"].as_array().expect("lines") {
            add(line, &mut units, &mut base);
        }
        let Some(next) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/journal?as_of={as_of}&limit=200&cursor={next}");
    }
    (without_zeros(units), without_zeros(base))
}

fn add(line: &Value, units: &mut Balances, base: &mut Balances) {
    let account = line["account"].as_str().expect("an account");
    let (amount, currency) = (decimal(&line["amount"]["amount"]), line["amount"]["currency"].as_str().expect("a currency"));
    let in_base = line["base_amount"].as_str().map(|_| decimal(&line["base_amount"]));
    let unit = if amount.is_zero() { in_base.unwrap_or_default() } else { amount };
    *units.entry(format!("{account} {currency}")).or_default() += unit;
    let (cost, of) = in_base.map_or((amount, currency), |base| (base, "EUR"));
    *base.entry(format!("{account} {of}")).or_default() += cost;
}

fn without_zeros(balances: Balances) -> Balances {
    balances.into_iter().filter(|(_, amount)| !amount.is_zero()).collect()
}

/// Their names lose the kind before the code; codes come back as they were.
fn plain(balances: Balances) -> Balances {
    let code = |name: &str| name.split_once(':').map_or(name, |(_, code)| code).replace("-p", ".").replace("-u", "_").replace("--", "-");
    without_zeros(balances.into_iter().map(|(name, amount)| (code(&name), amount)).collect())
}

#[tokio::test]
async fn other_programs_check_the_books_and_find_the_same_balances() {
    let (o, last) = busy_office().await;
    let folder = tempfile::tempdir().expect("a folder");
    for as_of in ["2026-09-30", "2026-10-31"] {
        let (units, base) = ours(&o, last, as_of).await;
        assert!(units.len() > 4 && base.len() > 4, "{units:?} {base:?}");
        for (format, find) in [("hledger", hledger as fn(&std::path::Path, bool) -> Balances), ("beancount", beancount)] {
            let (status, text) = o.tess.downloads(&format!("/v1/exports/ledger?format={format}&as_of={as_of}")).await;
            assert_eq!(status, 200);
            let file = folder.path().join(format!("{as_of}.{format}"));
            std::fs::write(&file, text).expect("a file");
            assert_eq!(plain(find(&file, false)), units, "{format} {as_of}");
            assert_eq!(plain(find(&file, true)), base, "{format} {as_of}, in base");
        }
    }
    let trial = o.tess.gets("/v1/reports/trial-balance?as_of=2026-10-31").await.succeeds().body;
    let total: Decimal = trial["lines"].as_array().expect("lines").iter().map(|l| decimal(&l["base_balance"])).sum();
    assert_eq!(total, Decimal::ZERO);
}

/// The balances at the end of the file are no decoration.
#[tokio::test]
async fn a_file_with_another_balance_is_refused_by_both() {
    let (o, _) = busy_office().await;
    let folder = tempfile::tempdir().expect("a folder");
    for (format, find) in [("hledger", hledger as fn(&std::path::Path, bool) -> Balances), ("beancount", beancount)] {
        let (_, text) = o.tess.downloads(&format!("/v1/exports/ledger?format={format}&as_of=2026-09-30")).await;
        let text = String::from_utf8(text).expect("text");
        let at = text.rfind("190.00 EUR").expect("the input tax at the end");
        let wrong = format!("{}191.00 EUR{}", &text[..at], &text[at + "190.00 EUR".len()..]);
        let file = folder.path().join(format);
        std::fs::write(&file, wrong).expect("a file");
        let refused = std::panic::catch_unwind(|| find(&file, false));
        assert!(refused.is_err(), "{format} takes a wrong balance");
    }
}
