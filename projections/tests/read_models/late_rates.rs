//! Invoices in other currencies of which much is undone before their exchange rates are known: once they are, nothing of any day waits,
//! and every day can be revalued.

use chrono::{Days, NaiveDate};
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::ids::{ApprovalId, UserId, VendorId};
use quittance_domain::invoice::{Amendment, InvoiceEvent, Rebooking, Reception};
use quittance_domain::party::Address;
use quittance_domain::purchase_order::PurchaseOrderEvent;
use quittance_domain::tenant::TenantEvent;
use quittance_domain::{Currency, Money};
use quittance_projections::report::revaluation::{RevaluationFilter, revaluation};
use quittance_projections::{Fact, Recorded};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::engine::database;
use crate::histories::{Dice, first_day};
use crate::ledger::{CLEARED, CURRENCIES, Log, billed, ledger_alone, quoted, settled};

const BY: UserId = UserId(Uuid::from_u128(1));

/// One invoice after the other, of which most is undone, with rates that come in between; in the end every rate is known.
fn undone(seed: u64, invoices: u64) -> Vec<Recorded> {
    let (mut dice, mut log) = (Dice(seed), Log::default());
    let company = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: Address::default() };
    log.add(Uuid::from_u128(9), Fact::Tenant(company));
    for number in 0..2 {
        let vendor_id = VendorId(Uuid::from_u128(77));
        let order = PurchaseOrderEvent::Placed {
            vendor_id,
            number: order(number),
            currency: Currency::USD,
            lines: vec![],
            charges: vec![],
            by: BY,
        };
        log.add(Uuid::from_u128(0x600_000 + u128::from(number)), Fact::PurchaseOrder(order));
    }
    for step in 0..invoices {
        let id = Uuid::from_u128(0x100 + u128::from(step));
        let mut first = any_bill(&mut dice);
        let tale = tale(&mut dice, step, first.payable);
        if tale.iter().any(is_of_a_prepayment) {
            first.document.references.purchase_order = None;
        }
        log.add(id, Fact::Invoice(InvoiceEvent::Received(Box::new(first))));
        for event in tale {
            if dice.roll(4) == 0 {
                let (currency, on) = (CURRENCIES[dice.roll(3) as usize](), first_day() + Days::new(30 + dice.roll(120)));
                log.add(Uuid::from_u128(8), Fact::ExchangeRates(quoted(&mut dice, currency, on)));
            }
            log.add(id, Fact::Invoice(event));
        }
    }
    let rate = |currency: &fn() -> Currency| DayRate { currency: currency(), on: first_day(), rate: Decimal::TWO };
    let (unit, rates, source) = (Currency::EUR, CURRENCIES.iter().map(rate).collect(), "bank".to_owned());
    log.add(Uuid::from_u128(8), Fact::ExchangeRates(RatesEvent::Quoted { unit, rates, source, by: BY }));
    log.recorded
}

fn order(number: u64) -> String {
    format!("PO-{number}")
}

fn any_bill(dice: &mut Dice) -> Reception {
    let amount = Money::rounded(Decimal::new(dice.roll(90_000) as i64 + 100, 2), CURRENCIES[dice.roll(3) as usize]());
    let mut reception = billed(amount, any_day(dice));
    reception.document.references.purchase_order = (dice.roll(2) == 0).then(|| order(dice.roll(2)));
    reception
}

fn any_day(dice: &mut Dice) -> NaiveDate {
    first_day() + Days::new(dice.roll(120))
}

/// A prepayment bills no order.
fn is_of_a_prepayment(event: &InvoiceEvent) -> bool {
    matches!(event, InvoiceEvent::PrepaymentApplied { .. } | InvoiceEvent::Refunded { .. })
}

/// What becomes of an invoice.
fn tale(dice: &mut Dice, step: u64, payable: Money) -> Vec<InvoiceEvent> {
    let approval_id = ApprovalId(Uuid::from_u128(3));
    let rejected = InvoiceEvent::Rejected { round: 1, approval_id, by: BY, reason: "no".to_owned() };
    let submitted = InvoiceEvent::Submitted { round: 2, approval_id, by: BY, version_hash: String::new() };
    let voided = InvoiceEvent::Voided { by: BY, reason: "no".to_owned(), effective_date: any_day(dice) };
    let coded = InvoiceEvent::Coded { coding: Box::default(), by: BY, effective_date: Some(any_day(dice)) };
    let amended = amended(dice);
    let paid_on = any_day(dice);
    let payment = settled(dice, step, payable, paid_on);
    let back = taken_back(&payment, any_day(dice));
    match dice.roll(8) {
        0 => vec![rejected],
        1 => vec![rejected, submitted, coded],
        2 => vec![rejected, submitted, voided],
        3 => vec![coded, amended, voided],
        4 => vec![rejected, amended, submitted],
        5 => vec![payment, back, amended, rejected],
        6 => vec![payment],
        _ => vec![payment, back],
    }
}

fn amended(dice: &mut Dice) -> InvoiceEvent {
    let Reception { vendor_id, vendor_keys, document, payable, due_date, effective_date, pay_to, .. } = any_bill(dice);
    let rebooking = if dice.roll(2) == 0 { Rebooking::InPlace } else { Rebooking::From(any_day(dice)) };
    let (by, reason) = (BY, "misread".to_owned());
    InvoiceEvent::Amended(Box::new(Amendment {
        vendor_id,
        vendor_keys,
        document,
        payable,
        due_date,
        effective_date,
        pay_to,
        by,
        reason,
        rebooking,
    }))
}

fn taken_back(settled: &InvoiceEvent, on: NaiveDate) -> InvoiceEvent {
    let (by, reason) = (BY, "wrong".to_owned());
    match settled.clone() {
        InvoiceEvent::Refunded { allocation, .. } => {
            let (allocation_id, amount) = (allocation.allocation_id, allocation.amount);
            InvoiceEvent::RefundReversed { allocation_id, amount, effective_date: on, by, reason }
        }
        InvoiceEvent::Allocated { allocation, .. } => {
            let (allocation_id, amount) = (allocation.allocation_id, allocation.amount);
            InvoiceEvent::AllocationReversed { allocation_id, amount, effective_date: on, by, reason }
        }
        InvoiceEvent::PrepaymentApplied { allocation, .. } => {
            let (allocation_id, amount) = (allocation.allocation_id, allocation.amount);
            InvoiceEvent::PrepaymentTakenBack { allocation_id, amount, effective_date: on, by, reason }
        }
        InvoiceEvent::TaxWithheld { payment_id, withholding, .. } => {
            InvoiceEvent::WithholdingReversed { payment_id, withholding, value_date: on }
        }
        InvoiceEvent::PaymentSettled { payment_id, amount, .. } => {
            InvoiceEvent::PaymentReturned { payment_id, amount, value_date: on, reason }
        }
        other => unreachable!("{other:?} settles nothing"),
    }
}

/// Days on which some account holds something of some document that waits for a rate.
const WAITING: &str = "\
    select count(*) from \
      (select sum(sum(amount) filter (where base is null)) over (partition by document_id, party_id, account, currency order by effective_date) as waits \
         from journal_lines where tenant_id = $1 group by document_id, party_id, account, currency, effective_date) days \
     where waits <> 0";

/// Lines without an amount in the books' currency, ever.
const WAITED: &str = "select count(*) from journal_lines where tenant_id = $1 and base is null";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_day_can_be_revalued_once_its_rates_are_known() {
    let database = database().await;
    let mut revalued = 0;
    for seed in 40..44 {
        let events = undone(seed, 90);
        let mut logs = Vec::new();
        for batch in [1, 7, 1_000] {
            let tenant = ledger_alone(&database, &events, batch).await;
            let mut tx = database.read(tenant).await.expect("a transaction begins");
            let lines: Vec<serde_json::Value> =
                sqlx::query_scalar("select to_jsonb(l) - 'tenant_id' from journal_lines l where tenant_id = $1 order by line_id")
                    .bind(tenant.0)
                    .fetch_all(&mut *tx)
                    .await
                    .expect("lines");
            logs.push(lines);
            let count = |query: &'static str| sqlx::query_scalar::<_, i64>(query).bind(tenant.0);
            let waited = count(WAITED).fetch_one(&mut *tx).await.expect("a count");
            let waiting = count(WAITING).fetch_one(&mut *tx).await.expect("a count");
            assert!(waited > 200 && waiting == 0, "seed {seed}: {waiting} days wait, and {waited} lines did");
            let (_, left): (i64, i64) = sqlx::query_as(CLEARED).bind(tenant.0).fetch_one(&mut *tx).await.expect("payments");
            assert_eq!(left, 0, "seed {seed}: payments leave something on the clearing account");
            for n in (0..160).step_by(7) {
                let as_of = first_day() + Days::new(n);
                let filter = RevaluationFilter { as_of: Some(as_of), known_at: None };
                let report = revaluation(&mut tx, &filter, as_of).await.expect("a report");
                assert!(report.lines.iter().all(|line| line.untranslated.is_zero()), "seed {seed}, {as_of}: {:?}", report.lines);
                let posting = report.to_post().unwrap_or_else(|why| panic!("seed {seed}, {as_of}: {why}"));
                revalued += posting.currencies.len();
            }
        }
        assert_eq!(logs[0], logs[1], "by sevens, seed {seed}");
        assert_eq!(logs[0], logs[2], "at once, seed {seed}");
    }
    assert!(revalued > 500, "only {revalued} amounts were revalued");
}
