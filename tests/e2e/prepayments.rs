//! Prepayments over HTTP: paid before, applied to what follows as far as they were paid, and the books know where the money is.

use futures::future::join_all;
use serde_json::{Value, json};

use crate::approval_policies::{approves, vendor};
use crate::rest_client::Office;
use quittance_tests::day;

struct Case {
    office: Office,
    vendor: String,
}

impl Case {
    async fn open() -> Self {
        let office = Office::open().await;
        let vendor = vendor(&office, "Muster").await;
        office.by("approver").post(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.done();
        Self { office, vendor }
    }

    async fn approved(&self, number: &str, day: &str, price: &str, prepayment: bool) -> String {
        let body = json!({ "number": number, "prepayment": prepayment, "issue_date": day, "currency": "EUR" });
        self.approves(price, body).await
    }

    async fn approves(&self, price: &str, mut body: Value) -> String {
        let line =
            json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": price, "tax": { "code": "S", "rate": "19" } });
        (body["vendor_id"], body["lines"]) = (json!(self.vendor), json!([line]));
        let id = self.office.by("clerk").post("/v1/invoices", body).await.done().id();
        self.office.by("clerk").post(&format!("/v1/invoices/{id}/submit"), json!({})).await.done();
        approves(&self.office, "approver", &id).await.done();
        id
    }

    async fn pays(&self, invoice: &str) -> String {
        let today = day(0).to_string();
        let (treasurer, second) = (self.office.by("treasurer"), self.office.by("second_treasurer"));
        let payment = treasurer.post("/v1/payments", json!({ "method": "manual", "items": [{ "invoice_id": invoice }] })).await.done().id();
        second.post(&format!("/v1/payments/{payment}/authorise"), json!({})).await.done();
        let record = json!({ "method": "wire", "reference": "W-1", "paid_on": today });
        treasurer.post(&format!("/v1/payments/{payment}/record"), record).await.done();
        treasurer.post(&format!("/v1/payments/{payment}/settle"), json!({ "value_date": today })).await.done();
        while self.invoice(invoice).await["status"] != "paid" {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        payment
    }

    async fn invoice(&self, id: &str) -> Value {
        self.office.by("viewer").get(&format!("/v1/invoices/{id}?min_position={}", self.office.head().await)).await.done().body
    }

    /// What the books hold on these accounts, and whether ageing and the control account agree.
    async fn books(&self, accounts: &[&str]) -> Vec<String> {
        let head = self.office.head().await;
        let ageing = self.office.by("viewer").get(&format!("/v1/reports/ap-ageing?min_position={head}")).await.done().body;
        for total in ageing["totals"].as_array().expect("totals") {
            assert_eq!(total["control"]["difference"]["amount"], "0.00", "{total}");
        }
        let balance = self.office.by("viewer").get(&format!("/v1/reports/trial-balance?min_position={head}")).await.done().body;
        let lines = balance["lines"].as_array().expect("lines").clone();
        let held = |account: &&str| {
            let line = lines.iter().find(|line| line["account"] == **account);
            line.map_or("0.00".to_owned(), |line| line["balance"]["amount"].as_str().expect("an amount").to_owned())
        };
        accounts.iter().map(held).collect()
    }
}

#[tokio::test]
async fn what_was_paid_before_is_applied_to_the_invoice_that_follows() {
    let case = Case::open().await;
    let before = case.approved("P-1", "2026-06-02", "1000.00", true).await;
    assert_eq!(case.invoice(&before).await["document"]["type_code"], "386");
    assert_eq!(case.books(&["1300", "6000"]).await, ["1000.00", "0.00"], "paid before, and spent on nothing");
    let invoice = case.approved("I-77", "2026-07-09", "5000.00", false).await;
    let apply = format!("/v1/invoices/{invoice}/apply-prepayment");
    let clerk = case.office.by("clerk");
    clerk.post(&apply, json!({ "prepayment_id": before })).await.refused(422, "amount-not-positive");
    let euros = |amount: &str| json!({ "amount": amount, "currency": "EUR" });
    clerk.post(&apply, json!({ "prepayment_id": before, "amount": euros("1.00") })).await.refused(409, "exceeds-prepaid");

    case.pays(&before).await;
    clerk.post(&apply, json!({ "prepayment_id": before, "amount": euros("190.00") })).await.done();
    clerk.post(&apply, json!({ "prepayment_id": before, "amount": euros("1000.01") })).await.refused(409, "exceeds-prepaid");
    clerk.post(&apply, json!({ "prepayment_id": before })).await.done();
    let (seen, used) = (case.invoice(&invoice).await, case.invoice(&before).await);
    assert_eq!((&seen["open"]["amount"], &seen["status"]), (&json!("4760.00"), &json!("partially_paid")));
    assert_eq!((used["applications"].as_array().map(Vec::len), &used["status"]), (Some(2), &json!("paid")));
    // Input tax of 950 is deducted once, not 190 of it twice; nothing stays paid before, and nothing in clearing but the money.
    assert_eq!(case.books(&["1300", "1400", "6000", "2000"]).await, ["0.00", "950.00", "5000.00", "-4760.00"]);
    assert_eq!(case.books(&["1090"]).await, ["-1190.00"]);

    // The other way round, from the prepayment's side.
    let allocation = used["applications"][0]["allocation_id"].clone();
    let back = json!({ "allocation_id": allocation, "reason": "meant for another" });
    clerk.post(&format!("/v1/invoices/{before}/reverse-allocation"), back).await.done();
    assert_eq!(case.invoice(&invoice).await["open"]["amount"], "4950.00");
    assert_eq!(case.books(&["2000"]).await, ["-4950.00"]);
    clerk.post(&format!("/v1/invoices/{before}/void"), json!({ "reason": "?" })).await.refused(409, "payment-in-progress");
}

/// The invoice that follows deducts the prepayment itself (BT-113): what is payable is less by it once, and its tax is deducted once.
#[tokio::test]
async fn what_an_invoice_deducts_itself_is_cleared_and_not_taken_off_again() {
    let case = Case::open().await;
    let clerk = case.office.by("clerk");
    let before = case.approved("P-1", "2026-06-02", "1000.00", true).await;
    case.pays(&before).await;
    let line =
        json!({ "name": "x", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "5000.00", "tax": { "code": "S", "rate": "19" } });
    let body = json!({ "vendor_id": case.vendor, "number": "I-77", "issue_date": "2026-07-09", "currency": "EUR", "prepaid": "1190.00", "lines": [line] });
    let invoice = clerk.post("/v1/invoices", body).await.done().id();
    clerk.post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.done();
    approves(&case.office, "approver", &invoice).await.done();
    assert_eq!(case.books(&["1300", "1400"]).await, ["-190.00", "1140.00"], "as long as nobody has said what it was paid for");

    let apply = format!("/v1/invoices/{invoice}/apply-prepayment");
    let too_much = json!({ "prepayment_id": before, "amount": { "amount": "1190.01", "currency": "EUR" } });
    clerk.post(&apply, too_much).await.refused(409, "exceeds-stated-prepaid");
    clerk.post(&apply, json!({ "prepayment_id": before })).await.done();
    let (seen, used) = (case.invoice(&invoice).await, case.invoice(&before).await);
    assert_eq!((&seen["open"]["amount"], &seen["status"]), (&json!("4760.00"), &json!("approved")), "not reduced once more");
    assert_eq!(seen["allocations"][0]["against"]["stated_prepayment"], json!(before), "{seen}");
    assert_eq!(used["applications"][0]["effective_date"], "2026-07-09", "from the day on which the invoice counts");
    assert_eq!(case.books(&["1300", "1400", "6000", "2000", "1090"]).await, ["0.00", "950.00", "5000.00", "-4760.00", "-1190.00"]);

    // All that it deducts is found: what is applied now would be taken off, and nothing is left of the prepayment.
    clerk.post(&apply, json!({ "prepayment_id": before })).await.refused(422, "amount-not-positive");
    clerk.post(&format!("/v1/invoices/{invoice}/void"), json!({ "reason": "?" })).await.refused(409, "payment-in-progress");
    let back = json!({ "allocation_id": seen["allocations"][0]["allocation_id"], "reason": "meant for another" });
    clerk.post(&format!("/v1/invoices/{invoice}/reverse-allocation"), back).await.done();
    assert_eq!(case.invoice(&invoice).await["open"]["amount"], "4760.00");
    assert_eq!(case.books(&["1300", "1400", "2000"]).await, ["-190.00", "1140.00", "-4760.00"]);
}

/// In dollars the prepayment of 1,190.00 cost 952.00 euros at 1.25, and the invoice deducts it at its own 1.19: 1,000.00. There they meet, so
/// 48.00 is gained; the payment at 1.00 had lost 238.00.
#[tokio::test]
async fn in_another_currency_what_an_invoice_deducts_leaves_nothing_behind() {
    let case = Case::open().await;
    let rates = [(-40, "1.25"), (-20, "1.19"), (-5, "1.00")];
    let quotes = rates.map(|(on, rate)| json!({ "unit": "EUR", "currency": "USD", "on": day(on), "rate": rate }));
    case.office.by("treasurer").post("/v1/exchange-rates", json!({ "source": "House bank", "quotes": quotes })).await.done();
    let dollars = |number: &str, on: i64| json!({ "number": number, "issue_date": day(on), "currency": "USD" });
    let mut before = dollars("P-1", -40);
    before["prepayment"] = json!(true);
    let before = case.approves("1000.00", before).await;
    case.pays(&before).await;
    let mut following = dollars("I-77", -20);
    following["prepaid"] = json!("1190.00");
    let invoice = case.approves("5000.00", following).await;
    let clerk = case.office.by("clerk");
    let amount = json!({ "amount": "190.00", "currency": "USD" });
    clerk.post(&format!("/v1/invoices/{invoice}/apply-prepayment"), json!({ "prepayment_id": before, "amount": amount })).await.done();
    clerk.post(&format!("/v1/invoices/{invoice}/apply-prepayment"), json!({ "prepayment_id": before })).await.done();

    let balance =
        case.office.by("viewer").get(&format!("/v1/reports/trial-balance?min_position={}", case.office.head().await)).await.done().body;
    let held = |account: &str| {
        let own = balance["lines"].as_array().expect("lines").iter().filter(|line| line["account"] == account);
        own.map(|line| format!("{} {}", line["balance"]["amount"], line["base_balance"]).replace('"', "")).collect::<Vec<_>>()
    };
    assert_eq!(held("1300"), ["0.00 0.00"], "nothing stays paid before: {balance}");
    // 5,000.00 at 1.19, all that was spent, and its tax; nothing of the prepayment's.
    assert_eq!((held("6000"), held("1400")), (vec!["5000.00 4201.68".to_owned()], vec!["950.00 798.32".to_owned()]));
    assert_eq!((held("4800"), held("6800")), (vec!["0.00 -48.00".to_owned()], vec!["0.00 238.00".to_owned()]), "{balance}");
}

#[tokio::test]
async fn what_bounced_is_taken_back_from_the_invoices_that_have_it() {
    let case = Case::open().await;
    let before = case.approved("P-1", "2026-06-02", "600.00", true).await;
    let payment = case.pays(&before).await;
    let invoice = case.approved("I-77", "2026-07-09", "800.00", false).await;
    let clerk = case.office.by("clerk");
    clerk.post(&format!("/v1/invoices/{invoice}/apply-prepayment"), json!({ "prepayment_id": before })).await.done();
    assert_eq!(case.invoice(&invoice).await["open"]["amount"], "238.00");

    let today = day(0).to_string();
    let back = json!({ "value_date": today, "reason": "AC04" });
    case.office.by("treasurer").post(&format!("/v1/payments/{payment}/return"), back).await.done();
    while case.invoice(&before).await["status"] != "approved" {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    let (seen, used) = (case.invoice(&invoice).await, case.invoice(&before).await);
    assert_eq!((&seen["open"]["amount"], &used["applications"]), (&json!("952.00"), &json!([])), "{seen}");
    clerk.post(&format!("/v1/invoices/{before}/void"), json!({ "reason": "not needed" })).await.done();
    assert_eq!(case.books(&["1300", "2000", "1090"]).await, ["0.00", "-952.00", "0.00"]);
}

#[tokio::test]
async fn of_many_who_apply_one_prepayment_at_once_only_so_many_get_it_as_was_paid() {
    let case = Case::open().await;
    let before = case.approved("P-1", "2026-06-02", "100.00", true).await;
    case.pays(&before).await;
    let mut invoices = Vec::new();
    for n in 1..=4 {
        invoices.push(case.approved(&format!("I-{n}00{n}"), &format!("2026-0{n}-02"), &format!("{}.00", 60 + n), false).await);
    }
    let asks = invoices.iter().map(|id| {
        let body = json!({ "prepayment_id": before, "amount": { "amount": "50.00", "currency": "EUR" } });
        let (clerk, path) = (case.office.by("clerk").clone(), format!("/v1/invoices/{id}/apply-prepayment"));
        async move { clerk.post(&path, body).await }
    });
    let replies = join_all(asks).await;
    assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 2, "{replies:?}");
    let applied = case.invoice(&before).await["applications"].as_array().map(Vec::len);
    assert_eq!(applied, Some(2));
}

#[tokio::test]
async fn another_vendors_prepayment_and_what_is_none_are_refused() {
    let case = Case::open().await;
    let invoice = case.approved("I-1", "2026-07-02", "70.00", false).await;
    let other = case.approved("I-222", "2026-08-02", "71.00", false).await;
    let apply = format!("/v1/invoices/{invoice}/apply-prepayment");
    let amount = json!({ "amount": "1.00", "currency": "EUR" });
    case.office.by("clerk").post(&apply, json!({ "prepayment_id": other, "amount": amount })).await.refused(422, "not-a-prepayment");
    let foreign = Case { vendor: vendor(&case.office, "Other").await, office: case.office };
    let theirs = foreign.approved("P-3", "2026-05-02", "72.00", true).await;
    let refused = foreign.office.by("clerk").post(&apply, json!({ "prepayment_id": theirs })).await;
    refused.refused(422, "other-vendors-document").at("/prepayment_id");
    let credit = json!({ "vendor_id": foreign.vendor, "number": "C", "kind": "credit_note", "prepayment": true, "issue_date": "2026-05-02", "currency": "EUR", "lines": [] });
    foreign.office.by("clerk").post("/v1/invoices", credit).await.refused(422, "invalid-field");
}
