//! Payables reports over random histories: every cell is what the movements say one by one, explains itself, and ties.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::VendorId;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::ageing::{Ageing, AgeingBy, AgeingFilter, AgeingLine, Buckets, ageing};
use quittance_projections::page::Page;
use quittance_projections::report::cash_requirement::{CashRequirementFilter, Span, cash_requirements};
use quittance_projections::report::open_item::{OpenItem, OpenItemFilter, open_items};
use quittance_projections::report::payable_fact::{PayableFactFilter, facts};
use quittance_projections::report::vendor_statement::{VendorStatementFilter, vendor_statement};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::engine::database;
use crate::histories::{Dice, History, first_day, recorded_at};
use crate::ledger::{STRIDE, projected};

/// A movement as it stands in the table.
#[derive(sqlx::FromRow)]
struct Moved {
    invoice_id: Uuid,
    vendor_id: Uuid,
    amount: Decimal,
    due_date: NaiveDate,
    document_date: NaiveDate,
    effective_date: NaiveDate,
    recorded_at: DateTime<Utc>,
    on_account: bool,
}

async fn movements(tx: &mut TenantTx) -> Vec<Moved> {
    let query = "select invoice_id, vendor_id, amount, due_date, document_date, effective_date, recorded_at, on_account from payable_facts where tenant_id = $1";
    let tenant = tx.tenant();
    sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await.expect("movements")
}

/// A random pair of dates, and what had moved by then.
fn moment(dice: &mut Dice, history: &History) -> (NaiveDate, Option<DateTime<Utc>>) {
    let known = (dice.roll(4) > 0).then(|| recorded_at(dice.roll(history.recorded.len() as u64 + 2) as i64));
    (first_day() + chrono::Duration::days(dice.roll(420) as i64 - 20), known)
}

async fn all_vendors(tx: &mut TenantTx, filter: &AgeingFilter) -> (Ageing, Vec<AgeingLine>) {
    let (mut lines, mut page) = (Vec::new(), Page { limit: Some(1), ..Page::default() });
    loop {
        let found = ageing(tx, filter, &page, first_day()).await.expect("ageing");
        lines.extend(found.vendors.data.clone());
        match &found.vendors.next_cursor {
            Some(next) => page.cursor = Some(next.clone()),
            None => return (found, lines),
        }
    }
}

async fn all_items(tx: &mut TenantTx, filter: &OpenItemFilter) -> Vec<OpenItem> {
    let (mut items, mut page) = (Vec::new(), Page { limit: Some(2), ..Page::default() });
    loop {
        let found = open_items(tx, filter, &page, first_day()).await.expect("open items");
        items.extend(found.page.data);
        match found.page.next_cursor {
            Some(next) => page.cursor = Some(next),
            None => return items,
        }
    }
}

/// What a figure's link asks for.
fn asked(link: &str) -> PayableFactFilter {
    let query = link.strip_prefix("/v1/reports/payable-facts?").expect("a link to the movements");
    let object: serde_json::Map<String, serde_json::Value> = query
        .split('&')
        .map(|pair| pair.split_once('=').expect("a parameter"))
        .map(|(name, value)| {
            let value = match name {
                "through" => value.parse::<i64>().expect("a position").into(),
                "on_account" => (value == "true").into(),
                _ => value.into(),
            };
            (name.to_owned(), value)
        })
        .collect();
    serde_json::from_value(object.into()).expect("parameters that the report takes")
}

async fn explains(tx: &mut TenantTx, link: &str) {
    let found = facts(tx, &asked(link), &Page::default()).await.expect("movements");
    assert_eq!(found.agrees, Some(true), "{link}: {:?}", found.sums);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_is_the_sum_of_its_movements_at_any_two_dates() {
    let database = database().await;
    let (mut owed_somewhere, mut explained, mut on_account) = (0, 0, 0);
    for seed in 500..504 {
        let history = History::of(seed, 700);
        let tenant = projected(&database, &history, STRIDE).await;
        let mut tx = database.read(tenant).await.expect("a transaction begins");
        let all = movements(&mut tx).await;
        let mut dice = Dice(seed);
        // Positions lie apart: so do the moments that they were recorded at.
        for round in 0..24 {
            let (as_of, known_at) = moment(&mut dice, &history);
            let buckets: Buckets = ["30,60,90,120", "7,14", "1,2,90"][round % 3].parse().expect("buckets");
            let by = if round % 2 == 0 { AgeingBy::DueDate } else { AgeingBy::InvoiceDate };
            let filter =
                AgeingFilter { as_of: Some(as_of), known_at, by: Some(by), buckets: Some(buckets.clone()), ..AgeingFilter::default() };
            let counted: Vec<&Moved> =
                all.iter().filter(|m| m.effective_date <= as_of && known_at.is_none_or(|known| m.recorded_at <= known)).collect();
            let (found, lines) = all_vendors(&mut tx, &filter).await;

            let mut expected = vec![Decimal::ZERO; buckets.count() + 1];
            for moved in &counted {
                let from = if by == AgeingBy::DueDate { moved.due_date } else { moved.document_date };
                let bucket = if moved.on_account { buckets.count() } else { buckets.of((as_of - from).num_days()) };
                expected[bucket] += moved.amount;
            }
            let cell = |bucket: usize| found.totals.first().map_or(Decimal::ZERO, |t| t.amounts.buckets[bucket].open.amount());
            assert!(expected[buckets.count()] <= Decimal::ZERO, "nobody owes what is on account but the vendor");
            on_account += i32::from(!expected[buckets.count()].is_zero());
            assert_eq!((0..=buckets.count()).map(cell).collect::<Vec<_>>(), expected, "seed {seed}, {as_of}, {known_at:?}");
            let total: Decimal = expected.iter().sum();
            let by_vendor: Decimal = lines.iter().map(|line| line.amounts.total.amount()).sum();
            assert_eq!(by_vendor, total, "seed {seed}, {as_of}, {known_at:?}");
            for total in &found.totals {
                let control = total.control.as_ref().expect("a control account");
                assert!(control.difference.is_zero(), "seed {seed}, {as_of}, {known_at:?}: {control:?}");
                assert_eq!(control.at_closing_rate, Some(total.amounts.total.amount()), "the books are in euros");
            }
            owed_somewhere += i32::from(!total.is_zero());

            let links = found.totals.iter().map(|t| &t.amounts).chain(lines.iter().map(|l| &l.amounts));
            for amounts in links {
                explains(&mut tx, &amounts.explained_by).await;
                for cell in &amounts.buckets {
                    explains(&mut tx, &cell.explained_by).await;
                    explained += 1;
                }
            }
            items_are_what_is_open(&mut tx, as_of, known_at, &counted).await;
            cash_is_what_is_open(&mut tx, as_of, known_at, total).await;
        }
    }
    let told = format!("{owed_somewhere}, {explained} and {on_account}: the test tests nothing");
    assert!(owed_somewhere > 40 && explained > 500 && on_account > 10, "{told}");
}

/// Document and vendor, and the due and the document date of what is not on account.
type Place = (Uuid, Uuid, Option<(NaiveDate, NaiveDate)>);

async fn items_are_what_is_open(tx: &mut TenantTx, as_of: NaiveDate, known_at: Option<DateTime<Utc>>, counted: &[&Moved]) {
    let mut places: BTreeMap<Place, Decimal> = BTreeMap::new();
    for moved in counted {
        let dates = (!moved.on_account).then_some((moved.due_date, moved.document_date));
        *places.entry((moved.invoice_id, moved.vendor_id, dates)).or_default() += moved.amount;
    }
    places.retain(|_, open| !open.is_zero());
    let filter = OpenItemFilter { as_of: Some(as_of), known_at, ..OpenItemFilter::default() };
    let items = all_items(tx, &filter).await;
    let listed =
        items.iter().map(|i| ((i.invoice_id.0, i.vendor_id.0, (!i.on_account).then_some((i.due_date, i.document_date))), i.open.amount()));
    let listed: BTreeMap<_, _> = listed.collect();
    assert_eq!((listed.len(), &listed), (items.len(), &places), "{as_of}, {known_at:?}");
    for item in items.iter().take(3) {
        explains(tx, &item.explained_by).await;
    }
}

async fn cash_is_what_is_open(tx: &mut TenantTx, as_of: NaiveDate, known_at: Option<DateTime<Utc>>, total: Decimal) {
    for by in [Span::Day, Span::Week, Span::Month] {
        let filter = CashRequirementFilter { as_of: Some(as_of), known_at, by: Some(by), ..CashRequirementFilter::default() };
        let found = cash_requirements(tx, &filter, first_day()).await.expect("cash requirements");
        assert_eq!(found.lines.iter().map(|line| line.due.amount()).sum::<Decimal>(), total, "{as_of}, {known_at:?}, {by:?}");
        assert_eq!(found.lines.last().map_or(Decimal::ZERO, |line| line.running.amount()), total);
        assert!(found.lines.windows(2).all(|pair| pair[0].to < pair[1].from.expect("only the first is overdue")), "{:?}", found.lines);
        for line in &found.lines {
            explains(tx, &line.explained_by).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vendor_statement_leads_from_opening_to_closing() {
    let database = database().await;
    let history = History::of(510, 900);
    let tenant = projected(&database, &history, 1).await;
    let mut tx = database.read(tenant).await.expect("a transaction begins");
    let vendors: Vec<Uuid> = movements(&mut tx).await.iter().map(|m| m.vendor_id).collect();
    let (from, to) = (first_day() + chrono::Duration::days(40), first_day() + chrono::Duration::days(120));
    for vendor in vendors.iter().collect::<std::collections::BTreeSet<_>>() {
        let filter = VendorStatementFilter { vendor_id: VendorId(*vendor), from, to, known_at: None };
        let found = vendor_statement(&mut tx, &filter, &Page { limit: Some(200), ..Page::default() }).await.expect("a statement");
        let sum = |amounts: &[quittance_domain::Money]| amounts.iter().map(|a| a.amount()).sum::<Decimal>();
        assert_eq!(sum(&found.opening) + sum(&found.moved), sum(&found.closing));
        let lines: Decimal = found.page.data.iter().map(|line| line.amount.amount()).sum();
        assert!(found.page.next_cursor.is_some() || lines == sum(&found.moved), "the lines are what moved");
        assert!(found.page.data.windows(2).all(|pair| pair[0].effective_date <= pair[1].effective_date));
    }
}
