//! Reports as a controller asks for them: figures that explain themselves, tables, and who stands in an invoice's way.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::books::{decimal, dollars, office, taxed};
use quittance_tests::{day, today};

fn kinds(blockers: &Value) -> Vec<&str> {
    blockers.as_array().expect("blockers").iter().map(|b| b["kind"].as_str().expect("a kind")).collect()
}

fn names(blocker: &Value) -> Vec<&str> {
    blocker["responsible"].as_array().expect("people").iter().map(|p| p["name"].as_str().expect("a name")).collect()
}

/// One rule for all that is asked of a period: turned round, it would answer that nothing happened.
#[tokio::test]
async fn a_period_that_ends_before_it_begins_is_refused() {
    let o = office().await;
    let vendor = o.vendor().await;
    let period = "from=2026-10-31&to=2026-10-01";
    for report in ["spend", "tax", "days-payable", "cycle-times", "withholding-tax", "missed-discounts", "duplicates"] {
        let refused = o.anna.gets(&format!("/v1/reports/{report}?{period}")).await;
        assert_eq!((refused.status, &refused.body["errors"][0]["pointer"]), (422, &json!("from")), "{report}: {refused:?}");
    }
    for list in [
        &format!("/v1/reports/vendor-statement?vendor_id={vendor}&{period}"),
        "/v1/reports/payable-facts?due_from=2026-10-31&due_to=2026-10-01",
        "/v1/audit-trail?from=2026-10-31T00:00:00Z&to=2026-10-30T00:00:00Z",
    ] {
        o.company.owner.gets(list).await.is_refused_as("invalid-field");
    }
    // What has one order of its own takes no other, and says so.
    for report in ["ap-ageing", "open-items", "missed-discounts"] {
        o.anna.gets(&format!("/v1/reports/{report}?sort=vendor_name")).await.is_refused_as("malformed-request");
    }
}

#[tokio::test]
async fn every_figure_leads_to_movements_that_add_up_to_it() {
    let o = office().await;
    let vendor = o.vendor().await;
    let invoice = o.approved(taxed(&vendor, "F-1", "1000.00", "2026-10-05")).await;
    o.approved(taxed(&vendor, "F-2", "200.00", "2026-09-01")).await;
    let paid = o.pays(&invoice, Some(json!({ "amount": "500.00", "currency": "EUR" })), "2026-10-20").await.position();

    let dates = format!("as_of=2026-10-31&min_position={paid}");
    let ageing = o.read(&format!("/v1/reports/ap-ageing?by=invoice_date&buckets=7,30&{dates}")).await;
    let total = &ageing["totals"][0];
    assert_eq!(total["total"]["amount"], "928.00");
    assert_eq!((&total["control"]["balance"]["amount"], &total["control"]["difference"]["amount"]), (&json!("928.00"), &json!("0.00")));
    let cells: Vec<(&str, &str)> = total["buckets"]
        .as_array()
        .expect("buckets")
        .iter()
        .map(|cell| (cell["bucket"].as_str().expect("a name"), cell["open"]["amount"].as_str().expect("an amount")))
        .collect();
    assert_eq!(cells, [("not_due", "0.00"), ("1_7", "0.00"), ("8_30", "690.00"), ("over_30", "238.00"), ("on_account", "0.00")]);
    for cell in total["buckets"].as_array().expect("buckets").iter().chain([total]) {
        let found = o.read(cell["explained_by"].as_str().expect("a link")).await;
        assert_eq!(found["agrees"], true, "{cell}: {found}");
    }
    let wrong = total["explained_by"].as_str().expect("a link").replace("figure=928.00", "figure=928.01");
    assert_eq!(o.read(&wrong).await["agrees"], false, "a figure that is not the sum is said to be wrong");

    let items = o.read(&format!("/v1/reports/open-items?{dates}")).await;
    let open: Vec<&str> = items["data"].as_array().expect("items").iter().map(|i| i["open"]["amount"].as_str().expect("open")).collect();
    assert_eq!(open, ["690.00", "238.00"]);
    let cash = o.read(&format!("/v1/reports/cash-requirements?by=month&{dates}")).await;
    let due: rust_decimal::Decimal = cash["lines"].as_array().expect("lines").iter().map(|l| decimal(&l["due"]["amount"])).sum();
    assert_eq!(due, "928".parse().expect("a decimal"));
    let ahead = o.read("/v1/reports/payable-facts?as_of=2026-10-31&due_from=2026-11-15").await;
    assert!(ahead["data"].is_array(), "what falls due after the day of the books is asked for: {ahead}");
    let statement = o.read(&format!("/v1/reports/vendor-statement?vendor_id={vendor}&from=2026-10-01&to=2026-10-31")).await;
    let sums = ["opening", "moved", "closing"].map(|part| statement[part][0]["amount"].as_str().expect("a sum").to_owned());
    assert_eq!(sums, ["238.00", "690.00", "928.00"]);

    let period = "from=2026-10-01&to=2026-10-31";
    let spend = o.read(&format!("/v1/reports/spend?{period}&by=vendor,account,month")).await;
    let line = &spend["lines"][0];
    assert_eq!((&line["spent"]["amount"], &line["account"], &line["month"]), (&json!("1000.00"), &json!("6000"), &json!("2026-10-01")));
    for by in ["vendor", "account,cost_centre", "vendor,account,project,month"] {
        let spend = o.read(&format!("/v1/reports/spend?from=2026-09-01&to=2026-10-31&by={by}")).await;
        for line in spend["lines"].as_array().expect("lines") {
            let link = line["explained_by"].as_str().expect("a link");
            let found = o.read(&format!("{link}&limit=200")).await;
            let sum: rust_decimal::Decimal = found["data"].as_array().expect("lines").iter().map(|l| decimal(&l["amount"]["amount"])).sum();
            assert_eq!(sum, decimal(&line["spent"]["amount"]), "{by}: {link}");
        }
    }
    let tax = o.read(&format!("/v1/reports/tax?{period}")).await;
    let parts: Vec<(&str, &str)> = tax["lines"]
        .as_array()
        .expect("lines")
        .iter()
        .map(|line| (line["part"].as_str().expect("a part"), line["amount"]["amount"].as_str().expect("an amount")))
        .collect();
    assert_eq!(parts, [("input", "190.00"), ("net", "1000.00")]);
    let days = o.read(&format!("/v1/reports/days-payable?{period}")).await;
    let line = &days["lines"][0];
    assert_eq!(
        (&line["owed"]["amount"], &line["purchased"]["amount"], &line["paid"]["amount"]),
        (&json!("928.00"), &json!("1190.00"), &json!("500.00"))
    );
    assert_eq!((&line["days_payable"], &line["days_to_pay"]), (&json!("24.2"), &json!("15")));
}

#[tokio::test]
async fn a_report_is_a_table_that_runs_nothing() {
    let o = office().await;
    let vendor = json!({ "name": "=HYPERLINK(\"http://evil.example\")", "address": { "country": "DE" } });
    let vendor = o.anna.posts("/v1/vendors", vendor).await.succeeds().id();
    let received = o.anna.posts("/v1/invoices", taxed(&vendor, "T-1", "100.00", "2026-10-05")).await.succeeds().position();
    o.read(&format!("/v1/reports/ap-ageing?min_position={received}")).await;
    let (status, text) = o.tess.downloads("/v1/reports/ap-ageing?as_of=2026-12-31&format=csv").await;
    let text = String::from_utf8(text).expect("text");
    assert_eq!(status, 200, "{text}");
    let mut lines = text.lines();
    let heading =
        "vendor_id,vendor_name,currency,documents,not_due,1_30,31_60,61_90,91_120,over_120,on_account,total,held,disputed,explained_by";
    assert_eq!(lines.next(), Some(heading));
    let line = lines.next().expect("a vendor");
    assert!(line.contains("\"'=HYPERLINK(\"\"http://evil.example\"\")\"") && line.contains(",0.00,119.00,119.00,0.00,/v1/"), "{line}");
    for path in [
        "open-items?",
        "trial-balance?",
        "cash-requirements?",
        "grni?",
        "spend?from=2026-01-01&to=2026-12-31&",
        "cycle-times?from=2026-01-01&to=2026-12-31&",
    ] {
        let (status, text) = o.tess.downloads(&format!("/v1/reports/{path}format=csv")).await;
        assert!(status == 200 && text.windows(2).any(|end| end == b"\r\n"), "{path}: {status}");
    }
    o.tess.gets("/v1/reports/ap-ageing?buckets=60,30").await.is_refused_as("invalid-field");
}

/// Due in thirds, 20 days ago, today and in 20 days.
#[tokio::test]
async fn what_is_left_is_late_by_its_own_part_and_nothing_that_was_given_up_is_open() {
    let o = office().await;
    let vendor = o.vendor().await;
    let part = |percent: &str, days: i64| json!({ "percent": percent, "due": { "kind": "net_days", "days": days } });
    let rule = json!({ "name": "thirds", "instalments": [part("33", 0), part("33", 20), part("34", 40)] });
    o.anna.posts("/v1/payment-terms", json!({ "code": "THIRDS", "rule": rule })).await.succeeds();
    let of = |number: &str, net: &str| taxed(&vendor, number, net, &day(-20).to_string());
    let [voided, rejected] = [("G-1", "700.00"), ("G-22", "300.00")].map(|(number, net)| o.anna.posts("/v1/invoices", of(number, net)));
    let (voided, rejected) = (voided.await.succeeds().id(), rejected.await.succeeds().id());
    o.anna.posts(&format!("/v1/invoices/{voided}/void"), json!({ "reason": "not ours" })).await.succeeds();
    o.anna.posts(&format!("/v1/invoices/{rejected}/submit"), json!({})).await.succeeds();
    o.bob.posts(&format!("/v1/invoices/{rejected}/reject"), json!({ "reason": "never ordered" })).await.succeeds();
    o.anna.posts(&format!("/v1/vendors/{vendor}/details"), json!({ "payment_terms": "THIRDS" })).await.succeeds();
    o.bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    let id = o.approved(of("G-333", "100.00")).await;

    let why = async |invoice: &str, after: i64| {
        let told = o.read(&format!("/v1/invoices/{invoice}/why-not-paid?min_position={after}")).await;
        (told["due_date"].clone(), told["days_late"].clone())
    };
    let gross = decimal(&o.read(&format!("/v1/invoices/{id}")).await["payable"]["amount"]);
    let third = json!({ "amount": (gross * Decimal::new(33, 2)).round_dp(2).to_string(), "currency": "EUR" });
    let on = today().to_string();
    assert_eq!(why(&id, 0).await, (json!(day(-20)), json!(20)));
    let paid = o.pays(&id, Some(third.clone()), &on).await.position();
    assert_eq!(why(&id, paid).await, (json!(day(0)), json!(0)));
    let paid = o.pays(&id, Some(third), &on).await.position();
    assert_eq!(why(&id, paid).await, (json!(day(20)), json!(-20)));

    let sums = o.read("/v1/dashboard").await;
    let of_books = o.read("/v1/reports/ap-ageing").await;
    let open = |status: &str| {
        let all = sums["invoices"].as_array().expect("sums").iter();
        all.filter(|sum| sum["status"] == status).map(|sum| decimal(&sum["open"]["amount"])).sum::<Decimal>()
    };
    assert_eq!((open("voided"), open("rejected")), (Decimal::ZERO, Decimal::ZERO), "{sums}");
    assert_eq!(open("partially_paid"), decimal(&of_books["totals"][0]["total"]["amount"]), "{of_books}");
    assert_eq!(o.read(&format!("/v1/invoices/{voided}")).await["open"]["amount"], "0.00");
    assert_eq!(why(&voided, 0).await.1, Value::Null);

    let paid = o.pays(&id, None, &on).await.position();
    assert_eq!(why(&id, paid).await.1, Value::Null);
    let again = json!({ "method": "manual", "items": [{ "invoice_id": id }] });
    o.tess.posts("/v1/payments", again).await.is_refused_as("nothing-open");
}

#[tokio::test]
async fn what_stands_in_an_invoices_way_is_named_with_who_can_remove_it() {
    let o = office().await;
    let vendor = o.vendor().await;
    let id = o.anna.posts("/v1/invoices", taxed(&vendor, "W-1", "100.00", "2026-01-05")).await.succeeds().id();
    let why = async |position: i64| o.read(&format!("/v1/invoices/{id}/why-not-paid?min_position={position}")).await;
    let submitted = o.anna.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds().position();
    let found = why(submitted).await;
    let approval =
        found["blocked_by"].as_array().expect("blockers").iter().find(|b| b["kind"] == "approval").expect("it waits for approval");
    assert_eq!(names(approval), ["bob"]);
    assert_eq!(kinds(&found["was_blocked_by"]), ["not_submitted"]);
    assert!(kinds(&found["blocked_by"]).contains(&"bank_account_missing"), "{found}");

    let queue = o.read("/v1/reports/approval-queue?at=2100-01-01T00:00:00Z").await;
    assert_eq!(queue["data"][0]["invoice_id"], json!(id));
    assert_eq!(queue["data"][0]["waiting_for"].as_array().map(Vec::len), Some(1));
    assert_eq!(o.read("/v1/reports/approval-queue?at=2020-01-01T00:00:00Z").await["data"], json!([]), "nothing ran then");

    let approved = o.bob.posts(&format!("/v1/invoices/{id}/approve"), json!({})).await.succeeds().position();
    let found = why(approved).await;
    assert!(kinds(&found["blocked_by"]).contains(&"not_in_a_payment"), "{found}");
    assert_eq!(kinds(&found["was_blocked_by"]), ["not_submitted", "approval"]);

    let item = json!({ "invoice_id": id });
    let planned = o.tess.posts("/v1/payments", json!({ "method": "manual", "items": [item] })).await.succeeds();
    let found = why(planned.position()).await;
    let payment =
        found["blocked_by"].as_array().expect("blockers").iter().find(|b| b["kind"] == "payment_unauthorised").expect("a payment");
    assert_eq!(names(payment), ["theo"], "who planned it cannot authorise it");
    o.tess.gets("/v1/invoices/01890000-0000-7000-8000-000000000000/why-not-paid").await.is_refused_as("not-found");

    let times = o.read(&format!("/v1/reports/cycle-times?from=2020-01-01&to=2100-01-01&min_position={}", planned.position())).await;
    assert_eq!((&times["touchless"]["received"], &times["touchless"]["percent"]), (&json!(1), &json!("100")));
    assert_eq!(times["approvals"][0]["status"], "granted");
}

#[tokio::test]
async fn what_is_owed_in_dollars_is_brought_to_the_closing_rate_and_back() {
    let o = office().await;
    let vendor = o.vendor().await;
    let quote =
        |on: &str, rate: &str| json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": on, "rate": rate }] });
    o.tess.posts("/v1/exchange-rates", quote("2026-09-01", "1.25")).await.succeeds();
    let owed = o.approved(dollars(&vendor, "US-1", "100.00", "2026-09-02")).await;
    let close = |reason: &str| json!({ "effective_date": "2026-09-30", "reason": reason });
    let last = o.tess.posts("/v1/exchange-rates", quote("2026-09-30", "1.20")).await.succeeds().position();

    let report = o.read(&format!("/v1/reports/revaluation?as_of=2026-09-30&min_position={last}")).await;
    let line = &report["lines"][0];
    let amounts =
        ["open", "carried", "revalued", "closing", "difference"].map(|part| line[part]["amount"].as_str().expect("an amount").to_owned());
    assert_eq!(amounts, ["100.00", "80.00", "0.00", "83.33", "3.33"]);
    assert_eq!((&line["rate"]["quoted_on"], &line["rate"]["source"]), (&json!("2026-09-30"), &json!("House bank")));

    o.anna.posts("/v1/revaluations", close("not hers to post")).await.is_refused_as("role-missing");
    let posted = o.tess.posts("/v1/revaluations", close("September")).await.succeeds().position();
    let september = ["2000 USD -100.00 -80.00", "2010 USD 0.00 -3.33", "6000 USD 100.00 80.00", "6810 USD 0.00 3.33"];
    assert_eq!(o.balances(posted, "&as_of=2026-09-30").await, september);
    let before = ["2000 USD -100.00 -80.00", "6000 USD 100.00 80.00"];
    assert_eq!(o.balances(posted, "&as_of=2026-09-29").await, before);
    assert_eq!(o.balances(posted, "&as_of=2026-10-01").await, before, "it is taken back on the next day");
    o.tess.posts("/v1/revaluations", close("once more")).await.is_refused_as("nothing-to-revalue");

    let late = o.tess.posts("/v1/exchange-rates", quote("2026-09-30", "1.28")).await.succeeds().position();
    o.read(&format!("/v1/reports/revaluation?min_position={late}")).await;
    let corrected = o.tess.posts("/v1/revaluations", close("the rate was corrected")).await.succeeds().position();
    // 78.13 is owed at 1.28: what was posted before is taken along, the loss stays and the gain stands against it.
    let expected = ["2000 USD -100.00 -80.00", "2010 USD 0.00 1.87", "4810 USD 0.00 -5.20", "6000 USD 100.00 80.00", "6810 USD 0.00 3.33"];
    assert_eq!(o.balances(corrected, "&as_of=2026-09-30").await, expected);
    assert_eq!(o.balances(corrected, "&as_of=2026-10-01").await, before);
    let ageing = o.read("/v1/reports/ap-ageing?as_of=2026-09-30").await;
    let control = &ageing["totals"][0]["control"];
    assert_eq!(
        (&control["difference"]["amount"], &control["base_balance"], &control["at_closing_rate"]),
        (&json!("0.00"), &json!("80.00"), &json!("78.13"))
    );

    // What is kept back of it is owed all the same.
    let release_on = day(1);
    let retain = json!({ "percent": "5", "release_on": release_on, "reason": "until it stands" });
    let retained = o.anna.posts(&format!("/v1/invoices/{owed}/retain"), retain).await.succeeds().position();
    let report = o.read(&format!("/v1/reports/revaluation?as_of={release_on}&min_position={retained}")).await;
    let line = &report["lines"][0];
    let amounts =
        ["open", "retained", "carried", "closing", "difference"].map(|part| line[part]["amount"].as_str().expect("an amount").to_owned());
    assert_eq!(amounts, ["100.00", "5.00", "80.00", "78.13", "-1.87"], "{report}");

    let missing = json!({ "effective_date": "2026-08-31", "reason": "before any rate" });
    o.tess.posts("/v1/revaluations", missing).await.is_refused_as("nothing-to-revalue");
}

/// A rate that comes late moves nothing that is open, and what it is worth at once.
#[tokio::test]
async fn ageing_is_worth_what_its_account_is_also_where_a_rate_came_late() {
    let o = office().await;
    let vendor = o.vendor().await;
    let waiting = o.anna.posts("/v1/invoices", dollars(&vendor, "US-1", "100.00", "2026-09-02")).await.succeeds().position();
    let control = |after: i64| {
        let o = &o;
        async move {
            let ageing = o.read(&format!("/v1/reports/ap-ageing?as_of=2026-10-01&min_position={after}")).await;
            let control = ageing["totals"][0]["control"].clone();
            (control["balance"]["amount"].clone(), control["base_balance"].clone(), control["difference"]["amount"].clone())
        }
    };
    assert_eq!(control(waiting).await, (json!("100.00"), json!("0.00"), json!("0.00")));
    let quote = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": "2026-09-01", "rate": "1.25" }] });
    let quoted = o.tess.posts("/v1/exchange-rates", quote).await.succeeds().position();
    assert_eq!(control(quoted).await, (json!("100.00"), json!("80.00"), json!("0.00")));
}

/// Rates and invoices that were answered just before are in it; of several at once one is posted, and the others find nothing left.
#[tokio::test]
async fn a_revaluation_knows_all_that_was_answered_before_it() {
    let o = office().await;
    let vendor = o.vendor().await;
    let quote =
        |on: &str, rate: &str| json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": on, "rate": rate }] });
    o.tess.posts("/v1/exchange-rates", quote("2026-08-01", "1.25")).await.succeeds();
    let left = |on: String, after: i64| {
        let o = &o;
        async move {
            let report = o.read(&format!("/v1/reports/revaluation?as_of={on}&min_position={after}")).await;
            (report["lines"][0]["open"]["amount"].clone(), report["lines"][0]["difference"]["amount"].clone())
        }
    };
    for n in 1..=8 {
        let on = format!("2026-09-{n:02}");
        o.tess.posts("/v1/exchange-rates", quote(&on, &format!("1.{}", 30 + n))).await.succeeds();
        o.anna.posts("/v1/invoices", dollars(&vendor, &format!("US-{n}"), "100.00", "2026-08-02")).await.succeeds();
        let posted = o.tess.posts("/v1/revaluations", json!({ "effective_date": on, "reason": "closing rate" })).await.succeeds();
        assert_eq!(left(on, posted.position()).await, (json!(format!("{n}00.00")), json!("0.00")), "the {n}th");
    }

    o.tess.posts("/v1/exchange-rates", quote("2026-09-30", "1.10")).await.succeeds();
    let close = json!({ "effective_date": "2026-09-30", "reason": "closing rate" });
    let all = futures::future::join_all((0..6).map(|_| o.tess.posts("/v1/revaluations", close.clone()))).await;
    let (posted, refused): (Vec<_>, Vec<_>) = all.iter().partition(|answer| answer.status == 201);
    assert_eq!(posted.len(), 1, "{all:?}");
    refused.iter().for_each(|answer| answer.is_refused_as("nothing-to-revalue"));
    assert_eq!(left("2026-09-30".to_owned(), posted[0].position()).await, (json!("800.00"), json!("0.00")));
}

/// What is owed on an account that was the control account before is revalued with the rest, and told apart.
#[tokio::test]
async fn what_is_owed_on_a_former_control_account_is_revalued_too() {
    let o = office().await;
    let vendor = o.vendor().await;
    let quote = json!({ "source": "House bank", "quotes": [{ "unit": "EUR", "currency": "USD", "on": "2026-09-01", "rate": "1.25" }] });
    o.tess.posts("/v1/exchange-rates", quote).await.succeeds();
    o.approved(dollars(&vendor, "US-1", "100.00", "2026-09-02")).await;
    o.tess.posts("/v1/chart/accounts", json!({ "code": "2001", "name": "Other payables", "kind": "liability" })).await.succeeds();
    o.company.owner.posts("/v1/chart/posting-accounts", json!({ "payables_control": "2001" })).await.succeeds();
    let second = o.approved(dollars(&vendor, "US-22", "50.00", "2026-09-20")).await;
    let last = o.anna.gets(&format!("/v1/invoices/{second}")).await.succeeds();
    assert_eq!(last.body["status"], "approved");
    let report = o.read("/v1/reports/revaluation?as_of=2026-09-30").await;
    let line = &report["lines"][0];
    assert_eq!((&line["open"]["amount"], &line["carried"]["amount"]), (&json!("150.00"), &json!("120.00")), "{report}");
    let former = &line["former"][0];
    assert_eq!((&former["account"], &former["balance"]["amount"]), (&json!("2000"), &json!("100.00")), "{report}");
}
