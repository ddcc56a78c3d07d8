//! Ageing: buckets partition the days, and two dates say what was owed then as far as was known then.

use chrono::{DateTime, Utc};
use quittance_application::terms::{DescribeVendor, terms_id};
use quittance_domain::Money;
use quittance_domain::ids::{UserId, VendorId};
use quittance_domain::invoice::{Invoice, InvoiceCommand};
use quittance_domain::terms::{Due, InstalmentPart, PaymentTerms, TermsCommand, TermsRule};
use quittance_domain::vendor::{Vendor, VendorCommand, VendorDetails};
use quittance_projections::Page;
use quittance_projections::ageing::{Ageing, AgeingFilter, Buckets, ageing};
use quittance_projections::dashboard::dashboard;
use quittance_projections::invoice::{InvoiceFilter, facts_of, list};
use quittance_projections::report::cash_requirement::{CashRequirementFilter, Span, cash_requirements};
use quittance_projections::report::open_item::{OpenItemFilter, open_items};
use sqlx::Row;

use crate::engine::{Engine, any_tenant, database, eur};
use crate::journey::{approve, company_with_vendor, day, pay, receive};

#[tokio::test]
async fn the_database_counts_days_as_we_do() {
    let database = database().await;
    let mut tx = database.read(any_tenant()).await.expect("a transaction begins");
    let query = "select d, width_bucket(d, $1) as bucket from generate_series(-400, 400) d";
    for text in ["30,60,90,120", "7,14", "1", "200"] {
        let buckets: Buckets = text.parse().expect("buckets");
        for row in sqlx::query(query).bind(buckets.starts()).fetch_all(&mut *tx).await.expect("rows") {
            let (days, bucket): (i32, i32) = (row.get("d"), row.get("bucket"));
            assert_eq!(bucket as usize, buckets.of(i64::from(days)), "{days} in {text}");
        }
    }
}

async fn aged(engine: &Engine, as_of: &str, known_at: Option<DateTime<Utc>>) -> Ageing {
    let filter = AgeingFilter { as_of: Some(day(as_of)), known_at, ..AgeingFilter::default() };
    ageing(&mut engine.read().await, &filter, &Page::default(), day("2026-01-01")).await.expect("ageing")
}

fn bucket(ageing: &Ageing, bucket: &str) -> Money {
    ageing.totals.first().map_or(eur("0.00"), |total| total.amounts.bucket(bucket).expect("a bucket"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_invoice_moves_through_the_buckets_and_a_payment_takes_it_out_at_its_value_date() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let id = receive(&engine, vendor_id, "A-1", "100.00", "2026-03-31").await;
    let unapproved = aged(&engine, "2026-03-31", None).await;
    assert_eq!((bucket(&unapproved, "not_due"), unapproved.totals[0].amounts.held), (eur("100.00"), eur("100.00")));
    assert_eq!(unapproved.vendors.data[0].vendor_name.as_deref(), Some("Nordwind GmbH"));

    approve(&engine, id, approver).await;
    assert!(aged(&engine, "2026-02-28", None).await.totals.is_empty(), "it counts from its effective date, 1 March");
    let at = [("2026-03-31", "not_due"), ("2026-04-01", "1_30"), ("2026-04-30", "1_30")];
    let later = [("2026-05-01", "31_60"), ("2026-06-30", "91_120"), ("2026-08-01", "over_120")];
    for (as_of, expected) in at.into_iter().chain(later) {
        let ageing = aged(&engine, as_of, None).await;
        assert_eq!((bucket(&ageing, expected), ageing.totals[0].amounts.total), (eur("100.00"), eur("100.00")), "{as_of}");
        assert_eq!((ageing.totals[0].amounts.held, ageing.vendors.data[0].documents), (eur("0.00"), 1));
    }

    let before_payment: DateTime<Utc> = {
        let mut tx = engine.read().await;
        sqlx::query_scalar("select max(recorded_at) from es.events where tenant_id = $1")
            .bind(engine.tenant.0)
            .fetch_one(&mut *tx)
            .await
            .expect("a time")
    };
    pay(&engine, id, Some("40.00"), approver, "2026-04-10").await;
    assert_eq!(bucket(&aged(&engine, "2026-04-09", None).await, "1_30"), eur("100.00"));
    assert_eq!(bucket(&aged(&engine, "2026-04-10", None).await, "1_30"), eur("60.00"));
    assert_eq!(bucket(&aged(&engine, "2026-04-10", Some(before_payment)).await, "1_30"), eur("100.00"), "what was not known then");

    let facts = facts_of(&mut engine.read().await, id).await.expect("facts");
    let sum = facts.iter().fold(eur("0.00"), |sum, fact| sum.plus(fact.amount).expect("one currency"));
    assert_eq!(sum, eur("60.00"), "the facts explain the number: {facts:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn three_instalments_stand_in_three_buckets_and_the_first_is_paid_first() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    owes_in_parts(&engine, vendor_id, approver).await;
    // Of 1 March: 40 are due on the 11th, 30 on 31 March, 30 on 30 April.
    let id = receive(&engine, vendor_id, "I-1", "100.00", "2026-03-15").await;
    approve(&engine, id, approver).await;
    let standing = async |as_of: &str| {
        let ageing = aged(&engine, as_of, None).await;
        let control = ageing.totals[0].control.as_ref().expect("a control account");
        assert!(control.difference.is_zero(), "{control:?}");
        assert_eq!(ageing.vendors.data.iter().map(|line| line.documents).sum::<i64>(), 1, "it is one invoice");
        ["not_due", "1_30", "31_60"].map(|name| bucket(&ageing, name))
    };
    assert_eq!(standing("2026-03-10").await, [eur("100.00"), eur("0.00"), eur("0.00")]);
    assert_eq!(standing("2026-03-12").await, [eur("60.00"), eur("40.00"), eur("0.00")]);
    assert_eq!(standing("2026-04-12").await, [eur("30.00"), eur("30.00"), eur("40.00")]);

    let next = async || {
        let found = list(&mut engine.read().await, &InvoiceFilter::default(), &Page::default()).await.expect("a list").data;
        found[0].next_due_date
    };
    assert_eq!(next().await, Some(day("2026-03-11")));
    pay(&engine, id, Some("55.00"), approver, "2026-04-10").await;
    assert_eq!(next().await, Some(day("2026-03-31")), "the first part is paid");
    assert_eq!(standing("2026-04-09").await, [eur("30.00"), eur("70.00"), eur("0.00")], "before the payment counts");
    assert_eq!(standing("2026-04-12").await, [eur("30.00"), eur("15.00"), eur("0.00")], "it pays the first and half of the second");
    assert_eq!(standing("2026-05-01").await, [eur("0.00"), eur("30.00"), eur("15.00")]);

    let open = OpenItemFilter { as_of: Some(day("2026-04-12")), ..OpenItemFilter::default() };
    let page = Page { limit: Some(1), ..Page::default() };
    let items = open_items(&mut engine.read().await, &open, &page, day("2026-01-01")).await.expect("open items").page.data;
    let parts: Vec<_> = items.iter().map(|item| (item.due_date, item.open)).collect();
    assert_eq!(parts, [(day("2026-03-31"), eur("15.00")), (day("2026-04-30"), eur("30.00"))], "one item is never parted by a page");
    let filter = CashRequirementFilter { as_of: Some(day("2026-04-12")), by: Some(Span::Month), ..CashRequirementFilter::default() };
    let cash = cash_requirements(&mut engine.read().await, &filter, day("2026-01-01")).await.expect("cash requirements");
    assert_eq!(
        cash.lines.iter().map(|line| (line.to, line.due)).collect::<Vec<_>>(),
        [(day("2026-04-11"), eur("15.00")), (day("2026-04-30"), eur("30.00"))]
    );
    let board = dashboard(&mut engine.read().await, approver, day("2026-04-12")).await.expect("figures");
    assert_eq!(board.overdue.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("15.00"))], "what is left of the second");
    assert_eq!(board.due_this_week, []);
    let board = dashboard(&mut engine.read().await, approver, day("2026-04-24")).await.expect("figures");
    assert_eq!(board.due_this_week.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("30.00"))], "the third");
    let paid = board.paid_this_month;
    assert_eq!(paid.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("55.00"))], "one payment, whatever it pays");
}

/// 40 % after ten days, 30 % after thirty, 30 % after sixty.
async fn owes_in_parts(engine: &Engine, vendor_id: VendorId, approver: UserId) {
    let part = |percent: i64, days| InstalmentPart { percent: percent.into(), due: Due::NetDays { days } };
    let rule = TermsRule { instalments: vec![part(40, 10), part(30, 30), part(30, 60)], ..TermsRule::net(0) };
    let adopt = TermsCommand::Adopt { code: "3-PARTS".to_owned(), rule, by: engine.admin };
    engine.execute::<PaymentTerms>(engine.admin, terms_id(engine.tenant, "3-PARTS"), adopt).await;
    let details = VendorDetails { payment_terms: Some("3-PARTS".to_owned()), ..VendorDetails::default() };
    engine.run(engine.admin, &DescribeVendor { id: vendor_id, details }).await;
    engine.execute::<Vendor>(approver, vendor_id, VendorCommand::Verify { by: approver }).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_dashboard_counts_what_is_there() {
    let engine = Engine::start().await;
    let (vendor_id, approver) = company_with_vendor(&engine).await;
    let paid = receive(&engine, vendor_id, "P-1", "50.00", "2026-03-12").await;
    approve(&engine, paid, approver).await;
    pay(&engine, paid, None, approver, "2026-03-09").await;
    receive(&engine, vendor_id, "O-1", "70.00", "2026-03-09").await;
    receive(&engine, vendor_id, "W-1", "30.00", "2026-03-16").await;
    let voided = receive(&engine, vendor_id, "V-1", "9.00", "2026-03-09").await;
    let void = InvoiceCommand::Void { by: engine.admin, reason: "twice".to_owned(), effective_date: day("2026-03-10") };
    engine.execute::<Invoice>(engine.admin, voided, void).await;
    let waiting = receive(&engine, vendor_id, "X-1", "1.00", "2026-06-01").await;
    engine.run(engine.admin, &quittance_application::approval::SubmitInvoice { id: waiting }).await;

    let figures = async |who: UserId| dashboard(&mut engine.read().await, who, day("2026-03-10")).await.expect("figures");
    let board = figures(approver).await;
    assert_eq!(board.overdue.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("70.00"))]);
    assert_eq!(board.due_this_week.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("30.00"))]);
    assert_eq!(board.paid_this_month.iter().map(|s| (s.count, s.amount)).collect::<Vec<_>>(), [(1, eur("50.00"))]);
    assert_eq!((board.awaiting_my_approval, figures(engine.admin).await.awaiting_my_approval), (1, 0));
    let by_status: Vec<(String, i64)> = board.invoices.iter().map(|s| (s.status.to_string(), s.count)).collect();
    let expected = [("paid", 1), ("pending_approval", 1), ("received", 2), ("voided", 1)];
    assert_eq!(by_status, expected.map(|(status, count)| (status.to_owned(), count)));
}
