//! Tax that a document in another currency states in the books' own (BT-111 in BT-6) is what is deducted (Article 230 of the VAT Directive).

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::books::office;

const SAMPLE: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");

fn in_dollars(number: &str, stated: Option<&str>) -> String {
    let text = SAMPLE.replace("2026-0117", number).replace("currencyID=\"EUR\"", "currencyID=\"USD\"");
    let text = text.replace("<cbc:IssueDate>2026-10-28<", &format!("<cbc:IssueDate>{}<", today()));
    let text = text.replace("<cbc:DueDate>2026-11-27<", &format!("<cbc:DueDate>{}<", day(30)));
    let text = text.replace("  <cac:OrderReference><cbc:ID>PO-2026-041</cbc:ID></cac:OrderReference>\n", "");
    let text = text.replace("    <cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>\n", "");
    let accounted = stated.map_or(String::new(), |_| "<cbc:TaxCurrencyCode>EUR</cbc:TaxCurrencyCode>".to_owned());
    let currency = format!("<cbc:DocumentCurrencyCode>USD</cbc:DocumentCurrencyCode>{accounted}");
    let text = text.replace("<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>", &currency);
    let total =
        |tax| format!("<cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">{tax}</cbc:TaxAmount></cac:TaxTotal><cac:LegalMonetaryTotal>");
    stated.map_or(text.clone(), |tax| text.replace("<cac:LegalMonetaryTotal>", &total(tax)))
}

#[tokio::test]
async fn stated_tax_is_deducted_as_stated_and_reported_so() {
    let o = office().await;
    let quote = json!({ "unit": "EUR", "currency": "USD", "on": day(-1), "rate": "1.25" });
    o.company.owner.posts("/v1/exchange-rates", json!({ "source": "ECB", "quotes": [quote] })).await.succeeds();
    let mut posted = Vec::new();
    for (number, stated) in [("USD-1", None), ("USD-2", Some("99.99"))] {
        let taken = o.anna.uploads("/v1/invoices/import", in_dollars(number, stated).into_bytes(), number).await.succeeds();
        let lines = o.read(&format!("/v1/journal?document_id={}&min_position={}", taken.id(), taken.position())).await;
        let base = |l: &Value| format!("{} {}", l["account"].as_str().unwrap_or_default(), l["base_amount"].as_str().unwrap_or_default());
        posted.push(lines["data"].as_array().expect("lines").iter().map(base).collect::<Vec<_>>());
    }
    // 750.00 and 142.50 at 1.25; what is owed stays, what was bought has the difference.
    assert_eq!(posted[0], ["2000 -714.00", "6000 600.00", "1400 114.00"]);
    assert_eq!(posted[1], ["2000 -714.00", "6000 614.01", "1400 99.99"]);
    let report = o.read(&format!("/v1/reports/tax?from={}&to={}", day(-1), today())).await;
    let input = report["lines"].as_array().expect("lines").iter().find(|l| l["part"] == "input").expect("input tax");
    assert_eq!(input["base_amount"], "213.99", "{report}");
}
