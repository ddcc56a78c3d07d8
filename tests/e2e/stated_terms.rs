//! Instalments and discounts that a Factur-X EXTENDED or another CII document states in elements of their own are its terms; what does not
//! say exactly when how much is paid waits for a person.

use quittance_tests::{day, today};
use serde_json::{Value, json};

use crate::payment_runs::Office;

const SAMPLE: &str = include_str!("../../api/samples/atelier-f-884.cii.xml");
const TERMS: &str = "<ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime><udt:DateTimeString format=\"102\">20261203</udt:DateTimeString>\
                     </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>";

fn date(days: i64) -> String {
    let text = day(days).format("%Y%m%d");
    format!("<udt:DateTimeString format=\"102\">{text}</udt:DateTimeString>")
}

/// One group of terms: a due date so many days from now, and what else it says.
fn group(due: Option<i64>, rest: &str) -> String {
    let due = due.map(|days| format!("<ram:DueDateDateTime>{}</ram:DueDateDateTime>", date(days))).unwrap_or_default();
    format!("<ram:SpecifiedTradePaymentTerms>{due}{rest}</ram:SpecifiedTradePaymentTerms>")
}

fn part(due: i64, amount: &str) -> String {
    group(Some(due), &format!("<ram:PartialPaymentAmount>{amount}</ram:PartialPaymentAmount>"))
}

fn discount(due: Option<i64>, terms: &str) -> String {
    group(due, &format!("<ram:ApplicableTradePaymentDiscountTerms>{terms}</ram:ApplicableTradePaymentDiscountTerms>"))
}

fn period(length: u32, unit: &str) -> String {
    format!("<ram:BasisPeriodMeasure unitCode=\"{unit}\">{length}</ram:BasisPeriodMeasure>")
}

const TWO: &str = "<ram:CalculationPercent>2.00</ram:CalculationPercent>";

/// The sample of today, of 1,428.00, with these terms.
fn document(number: &str, terms: &str) -> Vec<u8> {
    let text = SAMPLE.replace("\r", "");
    assert!(text.contains(TERMS) && text.contains("F-884"), "the sample is another");
    let issued = today().format("%Y%m%d");
    text.replace(TERMS, terms).replace("F-884", number).replace(">20261103<", &format!(">{issued}<")).into_bytes()
}

/// What came of it: due dates with amounts, last days with discounts, and why it waits.
fn terms_of(detail: &Value) -> (Vec<String>, Vec<String>, String) {
    let list = |value: &Value, date: &str| {
        let each = value.as_array().into_iter().flatten();
        each.map(|part| format!("{} {}", part[date].as_str().unwrap_or("?"), part["amount"]["amount"].as_str().unwrap_or("?"))).collect()
    };
    let exceptions = detail["exceptions"].as_array().into_iter().flatten();
    let waits = exceptions.filter(|exception| exception["kind"] == "payment_terms");
    let why: Vec<&str> = waits.filter_map(|exception| exception["findings"][0]["message"].as_str()).collect();
    (list(&detail["terms"]["instalments"], "due_date"), list(&detail["terms"]["discounts"], "last_day"), why.join("; "))
}

#[tokio::test]
async fn instalments_and_discounts_are_the_invoices_terms() {
    let office = Office::open().await;
    let seller = json!({ "name": "Atelier Lumen SARL", "vat_id": "FR23999999999", "address": { "city": "Lyon", "country": "FR" } });
    office.anna.posts("/v1/vendors", seller).await.succeeds();
    let (net, early) = (group(Some(30), ""), |terms: &str| discount(Some(7), terms));
    let base = "<ram:BasisAmount>1000.00</ram:BasisAmount>";
    let from = format!("<ram:BasisDateTime>{}</ram:BasisDateTime>", date(3));
    let amount = |text: &str| format!("<ram:ActualDiscountAmount>{text}</ram:ActualDiscountAmount>");
    let at = |days: i64, text: &str| format!("{} {text}", day(days));
    type Row<'r> = (&'r str, String, Vec<String>, Vec<String>, &'r str);
    let table: Vec<Row<'_>> = vec![
        ("two parts", part(10, "500.00") + &part(40, "928.00"), vec![at(10, "500.00"), at(40, "928.00")], vec![], ""),
        ("one part, all of it", part(10, "1428.00"), vec![], vec![], ""),
        ("parts that are not all", part(10, "500.00") + &part(40, "500.00"), vec![], vec![], "come to 1000"),
        ("one part of it", part(10, "500.00"), vec![], vec![], "come to 500"),
        ("two days, no amounts", group(Some(10), "") + &group(Some(40), ""), vec![], vec![], "of 2 due dates"),
        ("a share", group(Some(10), "<ram:PartialPaymentPercent>50</ram:PartialPaymentPercent>"), vec![], vec![], "in percent"),
        ("days from the invoice", discount(Some(30), &(period(14, "DAY") + TWO)), vec![at(30, "1428.00")], vec![at(14, "28.56")], ""),
        ("weeks from a day", discount(Some(30), &(from + &period(2, "WEE") + TWO)), vec![at(30, "1428.00")], vec![at(17, "28.56")], ""),
        ("until a day, net on another", early(&format!("{base}{TWO}")) + &net, vec![at(30, "1428.00")], vec![at(7, "20.00")], ""),
        ("an amount", early(&amount("28.50")) + &net, vec![at(30, "1428.00")], vec![at(7, "28.50")], ""),
        ("an amount that is not the share", early(&(TWO.to_owned() + &amount("50.00"))) + &net, vec![], vec![], "is worth"),
        (
            "more than is due",
            early(&("<ram:BasisAmount>2000.00</ram:BasisAmount>".to_owned() + &amount("1500.00"))) + &net,
            vec![],
            vec![],
            "is worth",
        ),
        ("for two hundred years", discount(Some(30), &(period(200, "ANN") + TWO)), vec![], vec![], "longer than"),
        ("no day", discount(None, TWO) + &net, vec![], vec![], "no last day"),
        ("hours", discount(Some(30), &(period(14, "HUR") + TWO)), vec![], vec![], "cannot be read"),
        ("over before it began", discount(Some(-3), TWO) + &net, vec![], vec![], "before the invoice"),
        ("nothing", discount(Some(7), "<ram:CalculationPercent>0</ram:CalculationPercent>") + &net, vec![], vec![], ""),
    ];
    for (index, (case, terms, instalments, discounts, why)) in table.into_iter().enumerate() {
        let number = format!("F-{}", 900 + index * 37);
        let taken = office.anna.uploads("/v1/invoices/import", document(&number, &terms), &number).await.succeeds();
        let detail = office.reads(&format!("/v1/invoices/{}?min_position={}", taken.id(), taken.position())).await;
        let came = terms_of(&detail);
        assert_eq!((&came.0, &came.1), (&instalments, &discounts), "{case}: {detail}");
        assert!(came.2.contains(why) && came.2.is_empty() == why.is_empty(), "{case}: {came:?}");
    }
}
