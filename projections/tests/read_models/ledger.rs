//! The ledger over random histories: it balances, it ties to what is owed, and every figure is the sum of its lines.

use std::collections::HashMap;

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::bank_statement::{
    BalanceProof, BankStatementEvent, BookedPart, Booking, Cleared, Import, LinePosting, MatchTarget, Matching, PaymentEffect,
    StatementKind, StatementLine,
};
use quittance_domain::exchange_rate::{DayRate, RatesEvent};
use quittance_domain::ids::{AllocationId, BankAccountId, InvoiceId, PaymentId, TenantId, UserId, VendorId};
use quittance_domain::incoming::IncomingChannel;
use quittance_domain::invoice::{Against, Allocation, Assignment, DocumentKind, InvoiceEvent, Reception, Source};
use quittance_domain::party::Address;
use quittance_domain::tenant::TenantEvent;
use quittance_domain::withholding::Withholding;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_projections::ageing::{AgeingFilter, ageing};
use quittance_projections::ledger::{
    AccountBalance, JournalFilter, Ledger, StatementFilter, TrialBalance, TrialBalanceFilter, TrialBalanceLine, journal, statement,
    trial_balance,
};
use quittance_projections::page::Page;
use quittance_projections::{Fact, Memory, Projector, Recorded, read_models};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::documents::document;
use crate::engine::{any_tenant, database};
use crate::histories::{Dice, History, first_day, recorded, recorded_at};

const CONTROL: &str = "2000";

/// So that sums of whole blocks and single lines both take part, positions lie this far apart.
pub const STRIDE: i64 = 997;

pub async fn projected(database: &Database, history: &History, stride: i64) -> TenantId {
    let tenant = any_tenant();
    let spread = |at: &Recorded| Recorded { position: at.position * stride, ..at.clone() };
    let events: Vec<Recorded> = history.recorded.iter().map(spread).collect();
    let mut memory = Memory::default();
    for events in events.chunks(37) {
        let mut tx = database.project(tenant).await.expect("a transaction begins");
        for projector in read_models().iter() {
            projector.project(&mut tx, &mut memory, events).await.expect("every event can be projected");
        }
        tx.commit().await.expect("it commits");
    }
    tenant
}

/// Days in the books and moments of knowing, from before the first to after the last.
pub fn moments(history: &History) -> Vec<(NaiveDate, Option<DateTime<Utc>>)> {
    let last = history.recorded.len() as i64;
    let days = (0..=8).map(|n| first_day() + Days::new(n * 25) - Days::new(1));
    let known = [Some(0), Some(last / 3), Some(last / 2), Some(last - 1), None].map(|n| n.map(recorded_at));
    days.flat_map(|day| known.map(|known| (day, known))).collect()
}

async fn balance(tx: &mut TenantTx, as_of: NaiveDate, known_at: Option<DateTime<Utc>>) -> TrialBalance {
    let filter = TrialBalanceFilter { as_of: Some(as_of), known_at, account: None };
    trial_balance(tx, &filter, as_of).await.expect("a trial balance")
}

fn on_control(balance: &TrialBalance) -> Decimal {
    balance.lines.iter().filter(|l| l.account.as_str() == CONTROL).map(|l| l.balance.amount()).sum()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn debits_equal_credits_and_the_control_account_is_what_is_owed() {
    let database = database().await;
    let mut owed_somewhere = false;
    for seed in 200..208 {
        let history = History::of(seed, 700);
        let tenant = projected(&database, &history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        for (as_of, known_at) in moments(&history) {
            let balance = balance(&mut tx, as_of, known_at).await;
            for total in &balance.totals {
                assert_eq!(total.debit, total.credit, "seed {seed}, {as_of}, {known_at:?}");
            }
            assert_eq!(balance.base.debit, balance.base.credit, "seed {seed}, {as_of}, {known_at:?}");
            assert!(balance.lines.iter().all(|l| l.untranslated.is_zero()), "everything is in the books' currency");
            let filter = AgeingFilter { as_of: Some(as_of), known_at, ..AgeingFilter::default() };
            let aged = ageing(&mut tx, &filter, &Page::default(), as_of).await.expect("ageing");
            let owed: Decimal = aged.totals.iter().map(|t| t.amounts.total.amount()).sum();
            assert_eq!(-on_control(&balance), owed, "seed {seed}, {as_of}, {known_at:?}");
            owed_somewhere |= !owed.is_zero();
        }
    }
    assert!(owed_somewhere, "nothing was ever owed: the test tests nothing");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_figure_is_the_sum_of_the_lines_that_explain_it() {
    let database = database().await;
    let history = History::of(42, 900);
    let tenant = projected(&database, &history, STRIDE).await;
    let mut tx = database.read(tenant).await.expect("a transaction begins");
    let mut explained = 0;
    for (as_of, known_at) in moments(&history) {
        let balance = balance(&mut tx, as_of, known_at).await;
        for line in balance.lines {
            let (amount, base, lines) = added_up(&mut tx, &line, as_of, balance.through).await;
            assert_eq!((amount, base), (line.balance.amount(), line.base_balance), "{line:?}");
            explained += lines;
        }
    }
    assert!(explained > 1_000, "only {explained} lines were added up");
}

/// The lines that a figure names, page by page.
async fn added_up(tx: &mut TenantTx, line: &TrialBalanceLine, as_of: NaiveDate, through: i64) -> (Decimal, Decimal, usize) {
    let (account, currency) = (line.account.clone(), line.currency);
    let wanted = format!("/v1/journal?account={account}&currency={currency}&as_of={as_of}&through={through}");
    assert_eq!(line.explained_by, wanted);
    let (account, currency, as_of, through) = (Some(account), Some(currency), Some(as_of), Some(through));
    let filter = JournalFilter { account, currency, as_of, through, ..JournalFilter::default() };
    let (mut amount, mut base, mut lines, mut page) = (Decimal::ZERO, Decimal::ZERO, 0, Page { limit: Some(7), ..Page::default() });
    loop {
        let found = journal(tx, &filter, &page).await.expect("a page");
        lines += found.data.len();
        amount += found.data.iter().map(|l| l.amount.amount()).sum::<Decimal>();
        base += found.data.iter().filter_map(|l| l.base_amount).sum::<Decimal>();
        let Some(next) = found.next_cursor else { return (amount, base, lines) };
        page.cursor = Some(next);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_leads_from_opening_to_closing() {
    let database = database().await;
    let history = History::of(7, 900);
    let tenant = projected(&database, &history, 1).await;
    let mut tx = database.read(tenant).await.expect("a transaction begins");
    let (from, to) = (first_day() + Days::new(40), first_day() + Days::new(120));
    let (filter, page) = (StatementFilter { from, to, known_at: None }, Page { limit: Some(200), ..Page::default() });
    let found = statement(&mut tx, CONTROL.parse().expect("a code"), &filter, &page).await.expect("a statement");
    assert!(found.lines.next_cursor.is_none() && found.lines.data.len() > 10, "{} lines", found.lines.data.len());
    let in_euros = |balances: &[AccountBalance]| balances.iter().map(|b| b.balance.amount()).sum::<Decimal>();
    let moved: Decimal = found.lines.data.iter().map(|l| l.amount.amount()).sum();
    assert_eq!(in_euros(&found.opening) + moved, in_euros(&found.closing));
    assert!(found.lines.data.windows(2).all(|w| w[0].effective_date <= w[1].effective_date));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_entry_that_does_not_fit_its_history_stops_the_ledger() {
    let database = database().await;
    let history = History::of(3, 300);
    let orphan = history.recorded.iter().find(|at| !at.is_first() && matches!(at.fact, Fact::Invoice(_)));
    let orphan = [orphan.expect("an invoice that went on").clone()];
    let mut tx = database.project(any_tenant()).await.expect("a transaction begins");
    let refused = Ledger.project(&mut tx, &mut Memory::default(), &orphan).await;
    assert!(refused.is_err(), "what has no beginning is never posted");
}

/// Bills in other currencies, partly settled, and lines of bank accounts in them, matched or booked, with exchange rates that become known in between.
fn foreign(seed: u64, steps: u64) -> Vec<Recorded> {
    let mut dice = Dice(seed);
    let company = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: Address::default() };
    let mut log = Log::default();
    log.add(Uuid::from_u128(9), Fact::Tenant(company));
    let mut open: Vec<(Uuid, Money)> = Vec::new();
    for step in 0..steps {
        let day = first_day() + Days::new(dice.roll(120));
        match dice.roll(13) {
            0..=3 => {
                let id = Uuid::from_u128(0x100 + u128::from(step));
                let amount = Money::rounded(Decimal::new(dice.roll(90_000) as i64 + 100, 2), CURRENCIES[dice.roll(3) as usize]());
                log.add(id, Fact::Invoice(InvoiceEvent::Received(Box::new(billed(amount, day)))));
                open.push((id, amount));
            }
            4 if !open.is_empty() => {
                let (id, _) = open[dice.roll(open.len() as u64) as usize];
                log.add(
                    id,
                    Fact::Invoice(InvoiceEvent::Coded { coding: Box::default(), by: UserId(Uuid::from_u128(1)), effective_date: None }),
                );
            }
            5..=7 if !open.is_empty() => {
                let index = dice.roll(open.len() as u64) as usize;
                let (id, left) = open[index];
                let amount = Money::rounded(left.amount() / Decimal::from(dice.roll(2) + 1), left.currency());
                log.add(id, Fact::Invoice(settled(&mut dice, step, amount, day + Days::new(30))));
                let left = left.minus(amount).expect("one currency");
                if left.is_zero() {
                    open.remove(index);
                } else {
                    open[index].1 = left;
                }
            }
            10..=12 => bank_line(&mut dice, &mut log, step, day),
            _ => {
                let currency = CURRENCIES[dice.roll(3) as usize]();
                log.add(Uuid::from_u128(8), Fact::ExchangeRates(quoted(&mut dice, currency, day)));
            }
        }
    }
    log.recorded
}

pub fn quoted(dice: &mut Dice, currency: Currency, on: NaiveDate) -> RatesEvent {
    let rate = Decimal::new(dice.roll(9_000) as i64 + 1_000, 4);
    let (unit, source, by) = (Currency::EUR, "bank".to_owned(), UserId(Uuid::from_u128(1)));
    RatesEvent::Quoted { unit, source, rates: vec![DayRate { currency, on, rate }], by }
}

/// A line of a bank account in another currency: matched to a payment of some days before, whose rate may be told anew in between, or
/// booked in or out, and sometimes taken back, then or later.
fn bank_line(dice: &mut Dice, log: &mut Log, step: u64, day: NaiveDate) {
    let (id, by) = (Uuid::from_u128(0x700_000 + u128::from(step)), UserId(Uuid::from_u128(1)));
    let is_matched = dice.roll(2) == 0;
    let paid = Money::rounded(Decimal::new(dice.roll(90_000) as i64 + 100, 2), CURRENCIES[dice.roll(3) as usize]());
    let moved = if is_matched || dice.roll(2) == 0 { paid.negated() } else { paid };
    log.add(id, Fact::BankStatement(BankStatementEvent::Imported(Box::new(imported(moved, day)))));
    let posted = |clears| LinePosting { account_code: "1001".parse().expect("a code"), effective_date: day, clears };
    let back = dice.roll(3) == 0;
    let later = day + Days::new(dice.roll(2) * 3);
    let taken_back = if is_matched {
        let on = day - Days::new(dice.roll(5));
        let clears = vec![Cleared { amount: paid, on }];
        let invoice = Uuid::from_u128(0x500_000 + u128::from(step));
        log.add(invoice, Fact::Invoice(InvoiceEvent::Received(Box::new(billed(paid, on)))));
        log.add(invoice, Fact::Invoice(InvoiceEvent::PaymentSettled { payment_id: PaymentId(id), amount: paid, value_date: on }));
        if dice.roll(2) == 0 {
            log.add(Uuid::from_u128(8), Fact::ExchangeRates(quoted(dice, paid.currency(), on)));
        }
        let (payment_id, effect) = (PaymentId(id), PaymentEffect::Settles);
        let target = MatchTarget::Payment { payment_id, items: vec![1], effect, value_date: day };
        let matching = Matching { target, score: 100, evidence: vec![], by: None, posted: Some(posted(clears)) };
        log.add(id, Fact::BankStatement(BankStatementEvent::Matched { line: 1, matching }));
        BankStatementEvent::Unmatched { line: 1, by, reason: "another".to_owned(), effective_date: Some(later) }
    } else {
        let to = |code: &str| Assignment { account_code: code.parse().expect("a code"), cost_centre: None, project: None, tax_code: None };
        let parts = moved.negated().allocate(&[Decimal::from(19), Decimal::ONE_HUNDRED]).expect("parts");
        let parts = parts.into_iter().zip(["1400", "6850"]).map(|(amount, account)| BookedPart { to: to(account), amount }).collect();
        let booking = Box::new(Booking { parts, reason: "fees".to_owned(), posted: posted(vec![]), by: None, rule: None });
        log.add(id, Fact::BankStatement(BankStatementEvent::Booked { line: 1, booking }));
        BankStatementEvent::BookingTakenBack { line: 1, effective_date: later, by, reason: "another".to_owned() }
    };
    if back {
        log.add(id, Fact::BankStatement(taken_back));
    }
}

fn imported(amount: Money, day: NaiveDate) -> Import {
    let line = StatementLine {
        line: 1,
        identity: "aa".to_owned(),
        booked_on: day,
        value_date: None,
        amount,
        bank_reference: None,
        end_to_end_id: None,
        references: vec![],
        counterparty_name: None,
        counterparty_account: None,
        text: None,
        is_return: false,
        return_reason: None,
        transaction_codes: vec![],
        cheque_number: None,
    };
    Import {
        bank_account_id: BankAccountId(Uuid::from_u128(5)),
        format: "camt.053".to_owned(),
        kind: StatementKind::EndOfPeriod,
        statement_id: None,
        sequence: None,
        currency: amount.currency(),
        from: None,
        to: None,
        opening: None,
        closing: None,
        proof: BalanceProof::Proved,
        lines: vec![line],
        repeated: 0,
        pending: 0,
        page: None,
        retold: vec![],
        goes_round: false,
        sha256: String::new(),
        imported_by: UserId(Uuid::from_u128(1)),
    }
}

/// By one of the means that are posted at the rate of their day, or at the invoice's.
pub fn settled(dice: &mut Dice, step: u64, amount: Money, on: NaiveDate) -> InvoiceEvent {
    let (by, id) = (UserId(Uuid::from_u128(1)), Uuid::from_u128(0x900_000 + u128::from(step)));
    let allocation = |against| Allocation { allocation_id: AllocationId(id), against, amount, effective_date: on };
    match dice.roll(6) {
        4 => InvoiceEvent::Refunded { allocation: allocation(Against::Refund(IncomingChannel::Recorded)), record: None, by: Some(by) },
        0 => {
            InvoiceEvent::Allocated { allocation: allocation(Against::CreditNote(InvoiceId(id))), by, reason: None, tax_breakdown: vec![] }
        }
        1 => InvoiceEvent::Allocated { allocation: allocation(Against::SmallDifference), by, reason: None, tax_breakdown: vec![] },
        2 => InvoiceEvent::PrepaymentApplied { allocation: allocation(Against::Invoice(InvoiceId(id))), by },
        3 => InvoiceEvent::TaxWithheld { payment_id: PaymentId(id), withholding: Box::new(withheld(amount)), value_date: on },
        _ => InvoiceEvent::PaymentSettled { payment_id: PaymentId(id), amount, value_date: on },
    }
}

fn withheld(tax: Money) -> Withholding {
    let (code, name, account_code) = ("W15".to_owned(), "Services".to_owned(), "2300".parse().expect("a code"));
    Withholding { code, version: 1, name, percent: Decimal::from(15), account_code, settled: tax, base: tax, tax }
}

pub const CURRENCIES: [fn() -> Currency; 3] = [|| Currency::USD, || "GBP".parse().expect("pounds"), || "JPY".parse().expect("yen")];

pub fn billed(amount: Money, day: NaiveDate) -> Reception {
    Reception {
        vendor_id: VendorId(Uuid::from_u128(77)),
        vendor_keys: vec![],
        document: document(DocumentKind::Invoice, "N-1", amount.amount(), amount.currency(), day, None),
        payable: amount,
        due_date: day,
        effective_date: day,
        pay_to: None,
        entered_by: UserId(Uuid::from_u128(1)),
        source: Source::Json,
        namesake: None,
    }
}

/// Events in their order, numbered as a log does.
#[derive(Default)]
pub struct Log {
    pub recorded: Vec<Recorded>,
    sequences: HashMap<Uuid, i64>,
}

impl Log {
    pub fn add(&mut self, aggregate_id: Uuid, fact: Fact) {
        let position = self.recorded.len() as i64 + 1;
        let sequence = self.sequences.entry(aggregate_id).or_default();
        *sequence += 1;
        self.recorded.push(recorded(position, aggregate_id, *sequence, fact));
    }
}

pub async fn ledger_alone(database: &Database, events: &[Recorded], batch: usize) -> TenantId {
    let tenant = any_tenant();
    for events in events.chunks(batch) {
        let mut tx = database.project(tenant).await.expect("a transaction begins");
        Ledger.project(&mut tx, &mut Memory::default(), events).await.expect("every event can be posted");
        tx.commit().await.expect("it commits");
    }
    tenant
}

/// Days of bank accounts, and those whose lines do not add up to what is carried.
const CARRIED: &str = "\
    select count(*), count(*) filter (where (h.carried, h.carried_base) <> \
             (select coalesce(sum(l.amount) filter (where l.base is not null), 0), coalesce(sum(l.base), 0) from journal_lines l \
               where l.tenant_id = $1 and l.account = h.account and l.currency = h.currency and l.effective_date <= h.effective_date)) \
      from bank_holdings h where h.tenant_id = $1";

/// Payments that have met their line on the clearing account, and those that leave something there.
pub const CLEARED: &str = "\
    select count(*), count(*) filter (where base <> 0) \
      from (select sum(base) as base from journal_lines where tenant_id = $1 and account = '1090' and related_id is not null group by related_id \
            having sum(amount) = 0 and coalesce(sum(amount) filter (where base is null), 0) = 0) met";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn late_rates_post_the_same_lines_in_whatever_batches_they_come() {
    let database = database().await;
    for seed in 0..4 {
        let events = foreign(seed, 160);
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
            let balance = balance(&mut tx, first_day() + Days::new(400), None).await;
            assert!(balance.totals.iter().all(|t| t.debit == t.credit), "seed {seed}");
            assert_eq!(balance.base.debit, balance.base.credit, "seed {seed}");
            assert!(lines.iter().any(|line| line["reason"] == "translated"), "seed {seed}: nothing waited for a rate");
            logs.push(lines);
            let (days, other): (i64, i64) = sqlx::query_as(CARRIED).bind(tenant.0).fetch_one(&mut *tx).await.expect("days");
            assert!(days > 20 && other == 0, "seed {seed}: {other} of {days} days are carried at what the journal does not say");
            let (met, left): (i64, i64) = sqlx::query_as(CLEARED).bind(tenant.0).fetch_one(&mut *tx).await.expect("payments");
            assert!(met > 5 && left == 0, "seed {seed}: {left} of {met} payments leave something on the clearing account");
        }
        assert_eq!(logs[0], logs[1], "by sevens, seed {seed}");
        assert_eq!(logs[0], logs[2], "at once, seed {seed}");
    }
}
