//! The ledger over random histories: it balances, it ties to what is owed, and every figure is the sum of its lines.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::{Database, TenantTx};
use quittance_projections::ageing::{AgeingFilter, ageing};
use quittance_projections::ledger::{
    AccountBalance, JournalFilter, Ledger, StatementFilter, TrialBalance, TrialBalanceFilter, TrialBalanceLine, journal, statement,
    trial_balance,
};
use quittance_projections::page::Page;
use quittance_projections::{Fact, Memory, Projector, Recorded, read_models};
use rust_decimal::Decimal;

use crate::engine::{any_tenant, database};
use crate::histories::{History, first_day, recorded_at};

const CONTROL: &str = "2000";

/// So that sums of whole blocks and single lines both take part, positions lie this far apart.
const STRIDE: i64 = 997;

async fn projected(database: &Database, history: &History, stride: i64) -> TenantId {
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
fn moments(history: &History) -> Vec<(NaiveDate, Option<DateTime<Utc>>)> {
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
            let aged = ageing(&mut tx, &filter, as_of).await.expect("ageing");
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
