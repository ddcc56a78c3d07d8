//! Ageing, open items, cash requirements and trial balance over 1,000,000 open items, and ageing of as many receivables, at many pairs of
//! dates, as the API asks for them.
//!
//! `cargo bench -p quittance-tests --bench reports [-- --items 1000000 --vendors 2000]`; ends with an error beyond 500 ms in
//! the median of any of them. The tables are filled by SQL with what the projectors write: two movements and two lines an
//! item, a year of days, sums by block of the log.

use std::time::{Duration, Instant};

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx, migrator_pool};
use quittance_projections::Page;
use quittance_projections::ageing::{AgeingBy, AgeingFilter, ageing};
use quittance_projections::ledger::{TrialBalanceFilter, trial_balance};
use quittance_projections::receivable::{self, ReceivableAgeingFilter};
use quittance_projections::report::cash_requirement::{CashRequirementFilter, cash_requirements};
use quittance_projections::report::open_item::{OpenItemFilter, open_items};
use rust_decimal::Decimal;
use sqlx::Executor;

const LIMIT: Duration = Duration::from_millis(500);
const TENANT: &str = "01890000-0000-7000-8000-000000000001";

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1).and_then(|v| v.parse().ok()).unwrap_or(default)
}

/// Item `n` is of vendor `n mod vendors`, recorded in a year of even days, due 14, 30, 45 or 60 days after its own date.
fn fill(items: u64, vendors: u64) -> Vec<String> {
    let day = format!("(date '2025-01-01' + (n * 365 / {items})::int)");
    let recorded = format!("(timestamptz '2025-01-01 00:00Z' + n * interval '365 days' / {items})");
    let invoice = "('00000000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'))::uuid";
    let vendor = format!("('00000000-0000-7000-8000-' || lpad(to_hex(n % {vendors} + 1), 12, '0'))::uuid");
    let amount = "((n * 7919 % 900000) + 100)::numeric / 100";
    vec![
        format!(
            "insert into read.payable_facts select '{TENANT}', p.position * 128, p.position, {invoice}, {vendor}, p.kind, \
             case p.kind when 'received' then {amount} else 0 end, case p.kind when 'received' then {amount} else -{amount} end, 0, 'EUR', \
             {day} + (array[14, 30, 45, 60])[n % 4 + 1], {day}, {day}, {recorded}, null, false \
             from generate_series(0::bigint, {items} - 1) n cross join lateral (values (n * 3 + 1, 'received'), (n * 3 + 3, 'approved')) p (position, kind)"
        ),
        "insert into read.payable_sums select tenant_id, position / 16384, currency, due_date, document_date, effective_date, on_account, \
         sum(amount), sum(unapproved), sum(disputed) from read.payable_facts group by 1, 2, 3, 4, 5, 6, 7"
            .to_owned(),
        "insert into read.receivable_facts select tenant_id, entry, position, invoice_id, vendor_id, 'issued', amount, currency, due_date, \
         document_date, effective_date, recorded_at from read.payable_facts where kind = 'received'"
            .to_owned(),
        format!(
            "insert into read.journal_lines select '{TENANT}', ((n * 3 + 1) << 20) + l.line, n * 3 + 1, 0, {day}, {recorded}, \
             'invoice_received', 'invoice', {invoice}, null, {vendor}, l.account, null, null, null, 'EUR', l.sign * {amount}, l.sign * {amount} \
             from generate_series(0::bigint, {items} - 1) n cross join (values (0, '2000', -1), (1, '6000', 1)) l (line, account, sign)"
        ),
        "insert into read.ledger_sums select tenant_id, position / 16384, account, currency, effective_date, sum(greatest(amount, 0)), \
         sum(greatest(-amount, 0)), sum(greatest(base, 0)), sum(greatest(-base, 0)), 0 from read.journal_lines group by 1, 2, 3, 4, 5"
            .to_owned(),
        "analyze".to_owned(),
    ]
}

/// Days in the books and moments of knowing, over the year and after it.
fn moments() -> Vec<(NaiveDate, Option<DateTime<Utc>>)> {
    let first = NaiveDate::from_ymd_opt(2025, 1, 1).expect("a date");
    let known = |days: u64| (first + Days::new(days)).and_hms_opt(11, 7, 5).expect("a time").and_utc();
    let days = [40, 200, 364, 500].map(|days| first + Days::new(days));
    days.into_iter().flat_map(|day| [Some(known(90)), Some(known(333)), None].map(|known| (day, known))).collect()
}

struct Timed {
    name: &'static str,
    times: Vec<Duration>,
}

impl Timed {
    /// The median and the worst.
    fn told(mut self) -> bool {
        self.times.sort_unstable();
        let (median, worst) = (self.times[self.times.len() / 2], self.times[self.times.len() - 1]);
        println!("{:<44} median {median:>10.1?}  worst {worst:>10.1?}  ({} runs)", self.name, self.times.len());
        median <= LIMIT
    }
}

async fn read(database: &Database) -> TenantTx {
    database.read(TenantId(TENANT.parse().expect("an id"))).await.expect("a transaction begins")
}

#[tokio::main]
async fn main() {
    let (items, vendors) = (argument("--items", 1_000_000), argument("--vendors", 2_000));
    let database = quittance_tests::postgres::durable_database().await;
    let admin = migrator_pool(&database.admin).await.expect("the administrator connects");
    let start = Instant::now();
    for statement in fill(items, vendors) {
        admin.execute(statement.as_str()).await.expect("the tables are filled");
    }
    let blocks: (i64, i64) = sqlx::query_as("select (select count(*) from read.payable_sums), (select count(*) from read.ledger_sums)")
        .fetch_one(&admin)
        .await
        .expect("counts");
    println!(
        "{items} open items of {vendors} vendors in {:.0?}; {} sums of what is owed, {} of the ledger",
        start.elapsed(),
        blocks.0,
        blocks.1
    );
    let database = database.open();
    let owed = checked(&database, items).await;
    println!("owed at the end: {owed} EUR, as the control account says");

    let mut within = true;
    for by in [AgeingBy::DueDate, AgeingBy::InvoiceDate] {
        let mut timed = Timed {
            name: if by == AgeingBy::DueDate { "ageing by due date, 50 vendors" } else { "ageing by invoice date, 50 vendors" },
            times: vec![],
        };
        for (as_of, known_at) in moments() {
            let filter = AgeingFilter { as_of: Some(as_of), known_at, by: Some(by), ..AgeingFilter::default() };
            let mut tx = read(&database).await;
            let start = Instant::now();
            ageing(&mut tx, &filter, &Page::default(), as_of).await.expect("ageing");
            timed.times.push(start.elapsed());
        }
        within &= timed.told();
    }
    let mut timed = Timed { name: "ageing of receivables, 50 customers", times: vec![] };
    for (as_of, known_at) in moments() {
        let filter = ReceivableAgeingFilter { as_of: Some(as_of), known_at, ..ReceivableAgeingFilter::default() };
        let mut tx = read(&database).await;
        let start = Instant::now();
        receivable::ageing(&mut tx, &filter, &Page::default(), as_of).await.expect("ageing");
        timed.times.push(start.elapsed());
    }
    within &= timed.told();
    let mut timed = ["trial balance", "cash requirements by week", "open items, the first page"].map(|name| Timed { name, times: vec![] });
    for (as_of, known_at) in moments() {
        let mut tx = read(&database).await;
        let start = Instant::now();
        let filter = TrialBalanceFilter { as_of: Some(as_of), known_at, account: None };
        trial_balance(&mut tx, &filter, as_of).await.expect("a trial balance");
        timed[0].times.push(start.elapsed());
        let start = Instant::now();
        let filter = CashRequirementFilter { as_of: Some(as_of), known_at, ..CashRequirementFilter::default() };
        cash_requirements(&mut tx, &filter, as_of).await.expect("cash requirements");
        timed[1].times.push(start.elapsed());
        let start = Instant::now();
        let filter = OpenItemFilter { as_of: Some(as_of), known_at, ..OpenItemFilter::default() };
        open_items(&mut tx, &filter, &Page::default(), as_of).await.expect("open items");
        timed[2].times.push(start.elapsed());
    }
    for timed in timed {
        within &= timed.told();
    }
    assert!(within, "more than {LIMIT:?} in the median");
}

/// All of it is owed, and the control account holds it.
async fn checked(database: &Database, items: u64) -> Decimal {
    let as_of = NaiveDate::from_ymd_opt(2026, 6, 30).expect("a date");
    let filter = AgeingFilter { as_of: Some(as_of), ..AgeingFilter::default() };
    let found = ageing(&mut read(database).await, &filter, &Page::default(), as_of).await.expect("ageing");
    let expected: u64 = (0..items).map(|n| n * 7919 % 900_000 + 100).sum();
    let total = &found.totals[0];
    assert_eq!(total.amounts.total.amount(), Decimal::new(expected as i64, 2));
    assert!(total.control.as_ref().is_some_and(|control| control.difference.is_zero()), "{:?}", total.control);
    total.amounts.total.amount()
}
