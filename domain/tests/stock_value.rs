//! What stock is worth (SEMANTICS 11): what leaves costs what its goods cost, what becomes known later is booked when it
//! does, and the inventory account holds exactly what the goods are worth after every event.

mod fixtures;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Currency;
use quittance_domain::chart::PostingRole;
use quittance_domain::ids::StockId;
use quittance_domain::ledger::{
    Books, Entry, Line, Movement, Parcel, Posted, Quote, RateTable, Reason, StockAccount, StockPosting, Worths, costs,
};
use quittance_domain::stock::{CostCause, ReceiptLine, StockEvent, Valuation};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const ID: Uuid = Uuid::from_u128(7);
const TRANSFER: Uuid = Uuid::from_u128(0x7a);

/// One stock and its history, kept as the ledger keeps them, and everything that was posted.
struct Ledger {
    books: Books,
    rates: RateTable,
    account: StockAccount,
    history: Vec<Movement>,
    posted: Vec<Entry>,
    /// By currency: what the account holds, and what the changes of the stock's worth add up to.
    changes: Worths,
    quantity: Decimal,
    position: i64,
    today: NaiveDate,
}

impl Ledger {
    fn of(valuation: Valuation) -> Self {
        let mut ledger = Self {
            books: books(),
            rates: RateTable::default(),
            account: StockAccount::default(),
            history: vec![],
            posted: vec![],
            changes: Worths::default(),
            quantity: Decimal::ZERO,
            position: 0,
            today: day("2026-03-31"),
        };
        ledger.on(&StockEvent::Opened { item_id: ITEM, location: "main".to_owned(), valuation });
        ledger
    }

    fn on(&mut self, event: &StockEvent) -> Vec<Entry> {
        self.on_transferred(event, None)
    }

    fn on_transferred(&mut self, event: &StockEvent, transferred: Option<&Parcel>) -> Vec<Entry> {
        self.position += 1;
        let looks_back = matches!(event, StockEvent::BroughtBack { .. }) || self.account.belongs_before(event);
        let history = if looks_back { self.history.as_slice() } else { &[] };
        let at = StockPosting { position: self.position, recorded_on: self.today, history, transferred, ..at(&self.books, &self.rates) };
        let posted = self.account.on(event, at);
        self.keep(posted)
    }

    /// On a day one euro cost so many dollars.
    fn quote(&mut self, on: &str, rate: Decimal) -> Vec<Entry> {
        self.rates.quote(Quote { unit: Currency::EUR, currency: Currency::USD, on: day(on), rate });
        let at = StockPosting { position: self.position, recorded_on: self.today, history: &self.history, ..at(&self.books, &self.rates) };
        let posted = self.account.translate(at);
        self.keep(posted)
    }

    fn keep(&mut self, posted: Posted) -> Vec<Entry> {
        let entries: Vec<Entry> = posted.entries.into_iter().map(|entry| entry.balanced().expect("it balances")).collect();
        for movement in posted.movements {
            self.history.retain(|known| known.position != movement.position);
            self.history.push(movement);
        }
        for change in posted.changes.iter().filter(|change| change.stock == ID) {
            self.changes = std::mem::take(&mut self.changes).plus(&change.worth);
            self.quantity += change.quantity;
        }
        self.posted.extend(entries.clone());
        entries
    }

    /// By currency, amount and base: what the inventory account holds of it.
    fn inventory(&self) -> BTreeMap<&'static str, (Decimal, Decimal)> {
        let account = self.books.account(PostingRole::Inventory);
        sums(
            self.posted
                .iter()
                .flat_map(|entry| &entry.lines)
                .filter(|line| line.account == account)
                .map(|line| (line.amount.currency().code(), line.amount.amount(), line.base.unwrap_or_default())),
        )
    }
}

fn at<'a>(books: &'a Books, rates: &'a RateTable) -> StockPosting<'a> {
    let recorded_on = day("2026-03-31");
    StockPosting { books, rates, stock: ID, position: 0, recorded_on, history: &[], transferred: None }
}

fn sums(lines: impl Iterator<Item = (&'static str, Decimal, Decimal)>) -> BTreeMap<&'static str, (Decimal, Decimal)> {
    let mut sums: BTreeMap<&str, (Decimal, Decimal)> = BTreeMap::new();
    for (currency, amount, base) in lines {
        let sum = sums.entry(currency).or_default();
        *sum = (sum.0 + amount, sum.1 + base);
    }
    sums.retain(|_, sum| *sum != (Decimal::ZERO, Decimal::ZERO));
    sums
}

fn worth_of(worths: &Worths) -> BTreeMap<&'static str, (Decimal, Decimal)> {
    sums(worths.iter().map(|w| (w.amount.currency().code(), w.amount.amount(), w.base.map_or(Decimal::ZERO, |base| base.amount()))))
}

/// `account amount currency base`, a line each.
fn shown(entry: &Entry) -> Vec<String> {
    let base = |line: &Line| line.base.map_or("?".to_owned(), |b| b.normalize().to_string());
    entry.lines.iter().map(|l| format!("{} {} {}", l.account, l.amount, base(l))).collect()
}

fn receipt(line: u32) -> ReceiptLine {
    ReceiptLine { receipt_id: RECEIPT, line, inspection: 0 }
}

fn came(line: u32, quantity: Decimal, unit_cost: Decimal, on: &str) -> StockEvent {
    came_in(line, quantity, unit_cost, Currency::EUR, day(on))
}

fn came_in(line: u32, quantity: Decimal, unit_cost: Decimal, currency: Currency, effective_date: NaiveDate) -> StockEvent {
    StockEvent::Received { receipt: receipt(line), quantity, unit_cost, currency, on_hand: Decimal::ZERO, effective_date }
}

fn issued(quantity: Decimal, on: &str) -> StockEvent {
    issued_on(quantity, day(on))
}

fn issued_on(quantity: Decimal, effective_date: NaiveDate) -> StockEvent {
    StockEvent::Issued { quantity, on_hand: Decimal::ZERO, reference: None, reason: "sold".to_owned(), by: CARL, effective_date }
}

fn sold_on(quantity: Decimal, effective_date: NaiveDate) -> StockEvent {
    let (on_hand, reference, reason, by) = (Decimal::ZERO, Some("2026-00001".to_owned()), "sold".to_owned(), CARL);
    StockEvent::Issued { quantity, on_hand, reference, reason, by, effective_date }
}

fn brought_back(quantity: Decimal, effective_date: NaiveDate) -> StockEvent {
    let (on_hand, reference, reason, by) = (Decimal::ZERO, "2026-00001".to_owned(), "credited".to_owned(), CARL);
    StockEvent::BroughtBack { reference, quantity, on_hand, reason, by, effective_date }
}

fn went_back(line: u32, quantity: Decimal, unit_cost: Decimal, on: &str) -> StockEvent {
    let (receipt, currency, received_on, reason) = (receipt(line), Currency::EUR, None, "scratched".to_owned());
    let (on_hand, by, effective_date) = (Decimal::ZERO, CARL, day(on));
    StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, received_on, reason, by, effective_date }
}

fn counted(difference: Decimal, on: &str) -> StockEvent {
    StockEvent::Counted { counted: Decimal::ZERO, difference, by: CARL, effective_date: day(on) }
}

fn repriced(line: u32, quantity: Decimal, difference: Decimal, on: &str) -> StockEvent {
    let cause = CostCause::Invoice { invoice_id: INVOICE };
    StockEvent::Revalued { cause, receipt: receipt(line), quantity, difference: eur(difference), effective_date: day(on), rate_day: None }
}

/// Events in turn, what the first entry of each shows, and what the goods are worth afterwards in euros.
fn told(valuation: Valuation, table: &[(StockEvent, &[&str], Decimal)]) -> Ledger {
    let mut ledger = Ledger::of(valuation);
    for (event, expected, worth) in table {
        let entries = ledger.on(event);
        assert_eq!(entries.first().map(shown).unwrap_or_default(), *expected, "{event:?}");
        assert_eq!(ledger.account.worth().base(), *worth, "{event:?}");
    }
    ledger
}

/// 10 at 10, 10 at 15, issue 15: 187.50, and 62.50 are left.
#[test]
fn goods_leave_at_the_average_of_what_is_there() {
    told(
        Valuation::MovingAverage,
        &[
            (came(1, dec!(10), dec!(10), "2026-03-02"), &["1200 100.00 EUR 100", "2100 -100.00 EUR -100"], dec!(100)),
            (came(2, dec!(10), dec!(15), "2026-03-03"), &["1200 150.00 EUR 150", "2100 -150.00 EUR -150"], dec!(250)),
            (issued(dec!(15), "2026-03-04"), &["1200 -187.50 EUR -187.5", "5000 187.50 EUR 187.5"], dec!(62.50)),
            (issued(dec!(5), "2026-03-04"), &["1200 -62.50 EUR -62.5", "5000 62.50 EUR 62.5"], dec!(0)),
        ],
    );
}

/// The same goods: 175, and 75 are left.
#[test]
fn what_came_in_first_leaves_first() {
    told(
        Valuation::Fifo,
        &[
            (came(1, dec!(10), dec!(10), "2026-03-02"), &["1200 100.00 EUR 100", "2100 -100.00 EUR -100"], dec!(100)),
            (came(2, dec!(10), dec!(15), "2026-03-03"), &["1200 150.00 EUR 150", "2100 -150.00 EUR -150"], dec!(250)),
            (issued(dec!(15), "2026-03-04"), &["1200 -175.00 EUR -175", "5000 175.00 EUR 175"], dec!(75)),
            (issued(dec!(5), "2026-03-04"), &["1200 -75.00 EUR -75", "5000 75.00 EUR 75"], dec!(0)),
        ],
    );
}

#[test]
fn the_last_piece_takes_what_rounding_left() {
    for valuation in [Valuation::Fifo, Valuation::MovingAverage] {
        told(
            valuation,
            &[
                (came(1, dec!(3), dec!(3.3333), "2026-03-02"), &["1200 10.00 EUR 10", "2100 -10.00 EUR -10"], dec!(10)),
                (issued(dec!(1), "2026-03-03"), &["1200 -3.33 EUR -3.33", "5000 3.33 EUR 3.33"], dec!(6.67)),
                (issued(dec!(1), "2026-03-03"), &["1200 -3.34 EUR -3.34", "5000 3.34 EUR 3.34"], dec!(3.33)),
                (issued(dec!(1), "2026-03-03"), &["1200 -3.33 EUR -3.33", "5000 3.33 EUR 3.33"], dec!(0)),
            ],
        );
    }
}

#[test]
fn what_is_counted_away_or_found_is_a_difference_at_what_is_there() {
    told(
        Valuation::MovingAverage,
        &[
            (came(1, dec!(3), dec!(3.33), "2026-03-02"), &["1200 9.99 EUR 9.99", "2100 -9.99 EUR -9.99"], dec!(9.99)),
            (counted(dec!(-1), "2026-03-05"), &["1200 -3.33 EUR -3.33", "5200 3.33 EUR 3.33"], dec!(6.66)),
            (counted(dec!(2), "2026-03-05"), &["1200 6.66 EUR 6.66", "5200 -6.66 EUR -6.66"], dec!(13.32)),
            (counted(dec!(0), "2026-03-05"), &[], dec!(13.32)),
            (issued(dec!(4), "2026-03-06"), &["1200 -13.32 EUR -13.32", "5000 13.32 EUR 13.32"], dec!(0)),
            (counted(dec!(1), "2026-03-07"), &["1200 3.33 EUR 3.33", "5200 -3.33 EUR -3.33"], dec!(3.33)),
        ],
    );
}

/// The vendor owes what the goods came in at; by now they may be worth something else here.
/// Sold at 11 on average, and by now goods cost 20: three of them come back at 33.00, the other five at the rest. What comes back beyond what
/// ever left is found.
#[test]
fn what_a_customer_brings_back_is_worth_what_it_left_at() {
    for (valuation, sold, three, rest) in
        [(Valuation::MovingAverage, "-87.50", "32.81", "54.69"), (Valuation::Fifo, "-80.00", "30.00", "50.00")]
    {
        let mut ledger = Ledger::of(valuation);
        let mut posted = |event: StockEvent| ledger.on(&event).iter().flat_map(shown).collect::<Vec<_>>();
        posted(came(1, dec!(8), dec!(10), "2026-03-02"));
        posted(came(2, dec!(4), dec!(12.8125), "2026-03-03"));
        assert_eq!(posted(sold_on(dec!(8), day("2026-03-04")))[0].split(' ').nth(1), Some(sold));
        posted(came(3, dec!(5), dec!(20), "2026-03-05"));
        let lines = |amount: &str| {
            let base = amount.trim_end_matches('0').trim_end_matches('.');
            vec![format!("1200 {amount} EUR {base}"), format!("5000 -{amount} EUR -{base}")]
        };
        assert_eq!(posted(brought_back(dec!(3), day("2026-03-06"))), lines(three));
        assert_eq!(posted(brought_back(dec!(5), day("2026-03-07"))), lines(rest));
        let found = posted(brought_back(dec!(1), day("2026-03-08")));
        assert_eq!(found.len(), 2, "nobody knows what it left at: it is worth what is there");
    }
}

#[test]
fn what_goes_back_is_owed_by_the_vendor_at_the_price_it_came_in_at() {
    let fifo: &[(StockEvent, &[&str], Decimal)] = &[
        (came(1, dec!(10), dec!(10), "2026-03-02"), &["1200 100.00 EUR 100", "2100 -100.00 EUR -100"], dec!(100)),
        (came(2, dec!(10), dec!(15), "2026-03-03"), &["1200 150.00 EUR 150", "2100 -150.00 EUR -150"], dec!(250)),
        (went_back(2, dec!(4), dec!(15), "2026-03-04"), &["1200 -60.00 EUR -60", "2100 60.00 EUR 60"], dec!(190)),
    ];
    told(Valuation::Fifo, fifo);
    told(
        Valuation::MovingAverage,
        &[
            (fifo[0].0.clone(), fifo[0].1, dec!(100)),
            (fifo[1].0.clone(), fifo[1].1, dec!(250)),
            (fifo[2].0.clone(), &["1200 -50.00 EUR -50", "2100 60.00 EUR 60", "5100 -10.00 EUR -10"], dec!(200)),
            (
                went_back(1, dec!(10), dec!(10), "2026-03-05"),
                &["1200 -125.00 EUR -125", "2100 100.00 EUR 100", "5100 25.00 EUR 25"],
                dec!(75),
            ),
            (went_back(2, dec!(6), dec!(15), "2026-03-05"), &["1200 -75.00 EUR -75", "2100 90.00 EUR 90", "5100 -15.00 EUR -15"], dec!(0)),
        ],
    );
}

#[test]
fn goods_in_another_currency_count_once_their_rate_is_known() {
    let mut ledger = Ledger::of(Valuation::MovingAverage);
    let first = ledger.on(&came_in(1, dec!(4), dec!(25), Currency::USD, day("2026-03-02")));
    assert_eq!((shown(&first[0])[0].as_str(), ledger.account.untranslated()), ("1200 100.00 USD ?", Some(Currency::USD)));
    let left = ledger.on(&issued(dec!(1), "2026-03-03"));
    assert_eq!(shown(&left[0]), ["1200 -25.00 USD ?", "5000 25.00 USD ?"]);
    assert!(ledger.quote("2026-03-03", dec!(2)).is_empty(), "a rate of a later day is none");
    let translated = ledger.quote("2026-03-02", dec!(1.25));
    assert_eq!(translated.iter().map(|e| e.effective_date).collect::<Vec<_>>(), [day("2026-03-02"), day("2026-03-03")]);
    assert_eq!((ledger.account.worth().base(), ledger.account.untranslated()), (dec!(60), None));
    assert_eq!(ledger.inventory(), BTreeMap::from([("USD", (dec!(75), dec!(60)))]), "its own currency is not mixed with another");
    let last = ledger.on(&issued(dec!(3), "2026-03-04"));
    assert_eq!(shown(&last[0]), ["1200 -75.00 USD -60", "5000 75.00 USD 60"]);
}

/// 10 came, 6 left; the invoice is 5.00 dearer: 4 of 10 are here.
#[test]
fn a_price_that_becomes_known_changes_what_is_here_and_is_a_difference_for_what_has_left() {
    for valuation in [Valuation::Fifo, Valuation::MovingAverage] {
        let ledger = told(
            valuation,
            &[
                (came(1, dec!(10), dec!(10), "2026-03-02"), &["1200 100.00 EUR 100", "2100 -100.00 EUR -100"], dec!(100)),
                (issued(dec!(6), "2026-03-04"), &["1200 -60.00 EUR -60", "5000 60.00 EUR 60"], dec!(40)),
                (repriced(1, dec!(10), dec!(5), "2026-03-03"), &["1200 2.00 EUR 2", "5100 3.00 EUR 3", "2100 -5.00 EUR -5"], dec!(42)),
                (issued(dec!(4), "2026-03-05"), &["1200 -42.00 EUR -42", "5000 42.00 EUR 42"], dec!(0)),
            ],
        );
        assert!(ledger.posted.iter().all(|entry| entry.reason != Reason::CostAdjusted), "past issues stay as they are");
    }
}

#[test]
fn freight_is_spread_from_the_account_that_it_stood_on() {
    let mut ledger = Ledger::of(Valuation::Fifo);
    ledger.on(&came(1, dec!(3), dec!(10), "2026-03-02"));
    let cost_account = "5400".parse().expect("a code");
    let (cause, effective_date) = (CostCause::LandedCost { landed_cost_id: TRANSFER, cost_account }, day("2026-03-05"));
    let entries = ledger.on(&StockEvent::Revalued {
        cause,
        receipt: receipt(1),
        quantity: dec!(3),
        difference: eur(dec!(1)),
        effective_date,
        rate_day: None,
    });
    assert_eq!(shown(&entries[0]), ["1200 1.00 EUR 1", "5400 -1.00 EUR -1"]);
}

/// A receipt of an earlier day is entered after goods left at the wrong cost.
#[test]
fn what_belongs_before_others_is_booked_when_it_becomes_known() {
    let mut ledger = Ledger::of(Valuation::Fifo);
    ledger.on(&came(1, dec!(10), dec!(15), "2026-03-03"));
    ledger.on(&issued(dec!(5), "2026-03-05"));
    let entries = ledger.on(&came(2, dec!(10), dec!(10), "2026-03-01"));
    assert_eq!(shown(&entries[0]), ["1200 100.00 EUR 100", "2100 -100.00 EUR -100"]);
    assert_eq!((entries[0].effective_date, entries[1].effective_date), (day("2026-03-01"), day("2026-03-31")));
    assert_eq!(
        (shown(&entries[1]), entries[1].reason),
        (vec!["1200 25.00 EUR 25".to_owned(), "5000 -25.00 EUR -25".to_owned()], Reason::CostAdjusted)
    );
    assert_eq!(ledger.account.worth().base(), dec!(200), "5 at 10 and 10 at 15");
    let replayed: Vec<Decimal> = costs(Valuation::Fifo, &ledger.history, &ledger.books).iter().map(|cost| cost.replayed).collect();
    assert_eq!(replayed, [dec!(100), dec!(150), dec!(-50)]);
}

#[test]
fn goods_that_left_before_they_came_in_are_covered_at_what_they_cost() {
    let ledger = told(
        Valuation::MovingAverage,
        &[
            (came(1, dec!(2), dec!(10), "2026-03-01"), &["1200 20.00 EUR 20", "2100 -20.00 EUR -20"], dec!(20)),
            (issued(dec!(5), "2026-03-02"), &["1200 -50.00 EUR -50", "5000 50.00 EUR 50"], dec!(-30)),
            (came(2, dec!(10), dec!(12), "2026-03-04"), &["1200 120.00 EUR 120", "2100 -120.00 EUR -120"], dec!(84)),
        ],
    );
    let covered = ledger.posted.last().expect("an entry");
    assert_eq!((covered.reason, covered.effective_date), (Reason::CostAdjusted, day("2026-03-04")));
    assert_eq!(shown(covered), ["1200 -6.00 EUR -6", "5000 6.00 EUR 6"]);
}

#[test]
fn what_goes_to_another_place_takes_its_worth_along() {
    let (mut main, mut north) = (Ledger::of(Valuation::Fifo), Ledger::of(Valuation::Fifo));
    main.on(&came(1, dec!(4), dec!(10), "2026-03-01"));
    let (quantity, on_hand, by, effective_date) = (dec!(1), dec!(3), CARL, day("2026-03-02"));
    let to_stock = StockId::of(ITEM, "north");
    let sent = StockEvent::SentAway { transfer: TRANSFER, to: "north".to_owned(), to_stock, quantity, on_hand, by, effective_date };
    let at = StockPosting { position: 9, ..at(&main.books, &main.rates) };
    let posted = main.account.on(&sent, at);
    assert!(posted.entries.is_empty(), "it stays on one account");
    let changes: Vec<_> = posted.changes.iter().map(|c| (c.stock, c.quantity, c.worth.base())).collect();
    assert_eq!(changes, [(ID, dec!(-1), dec!(-10)), (to_stock.0, dec!(1), dec!(10))]);
    let (transfer, worth) = posted.sent.expect("goods are under way");
    let taken = StockEvent::TakenIn { transfer, from: "main".to_owned(), quantity, on_hand, by, effective_date };
    north.on_transferred(&taken, Some(&worth));
    assert_eq!((main.account.worth().base(), north.account.worth().base()), (dec!(30), dec!(10)));
}

#[derive(Clone, Debug)]
enum Step {
    Event(StockEvent),
    Quote(u64, Decimal),
}

fn any_step() -> impl Strategy<Value = Step> {
    let date = || (0u64..20).prop_map(|days| day("2026-03-01") + Days::new(days));
    let quantity = || (1i64..80).prop_map(|tenths| Decimal::new(tenths, 1));
    let cost = || (0i64..5_000).prop_map(|cents| Decimal::new(cents, 3));
    let currency = || prop_oneof![3 => Just(Currency::EUR), 1 => Just(Currency::USD)];
    let line = || 1u32..6;
    let back = |(line, quantity, unit_cost, currency, effective_date)| {
        let (receipt, reason, on_hand, by) = (receipt(line), "back".to_owned(), Decimal::ZERO, CARL);
        StockEvent::Returned { receipt, quantity, unit_cost, currency, on_hand, received_on: None, reason, by, effective_date }
    };
    let price = |(line, quantity, cents, effective_date): (u32, Decimal, i64, NaiveDate)| {
        let (cause, difference) = (CostCause::Invoice { invoice_id: INVOICE }, eur(Decimal::new(cents, 2)));
        StockEvent::Revalued { cause, receipt: receipt(line), quantity, difference, effective_date, rate_day: None }
    };
    prop_oneof![
        4 => (line(), quantity(), cost(), currency(), date()).prop_map(|(l, q, c, m, d)| Step::Event(came_in(l, q, c, m, d))),
        4 => (quantity(), date()).prop_map(|(q, d)| Step::Event(issued_on(q, d))),
        2 => (quantity(), date()).prop_map(|(q, d)| Step::Event(sold_on(q, d))),
        2 => (quantity(), date()).prop_map(|(q, d)| Step::Event(brought_back(q, d))),
        1 => (line(), quantity(), cost(), currency(), date()).prop_map(move |all| Step::Event(back(all))),
        1 => (-40i64..40, date()).prop_map(|(tenths, effective_date)| {
            let (counted, difference, by) = (Decimal::ZERO, Decimal::new(tenths, 1), CARL);
            Step::Event(StockEvent::Counted { counted, difference, by, effective_date })
        }),
        1 => (line(), quantity(), -500i64..500, date()).prop_map(move |all| Step::Event(price(all))),
        1 => (0u64..20, 500i64..2_000).prop_map(|(days, rate)| Step::Quote(days, Decimal::new(rate, 3))),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    /// Whatever happens, in order or not, above zero or below, with rates or before them.
    #[test]
    fn the_account_holds_what_the_goods_are_worth_after_every_event(
        fifo: bool, steps in prop::collection::vec(any_step(), 1..40)
    ) {
        let method = if fifo { Valuation::Fifo } else { Valuation::MovingAverage };
        let mut ledger = Ledger::of(method);
        for step in steps {
            match step {
                Step::Event(event) => ledger.on(&event),
                Step::Quote(days, rate) => ledger.quote(&(day("2026-03-01") + Days::new(days)).to_string(), rate),
            };
            let worth = worth_of(&ledger.account.worth());
            prop_assert_eq!(&ledger.inventory(), &worth, "what is posted is what is there, in each currency and in base");
            prop_assert_eq!(&worth_of(&ledger.changes), &worth, "and what the stock's own account adds up to");
            prop_assert_eq!(ledger.quantity, ledger.account.on_hand());
            let replayed: Decimal = costs(method, &ledger.history, &ledger.books).iter().map(|cost| cost.replayed).sum();
            prop_assert_eq!(replayed, ledger.account.worth().base(), "what everything is worth had it come in order");
            if ledger.account.on_hand().is_zero() && ledger.account.untranslated().is_none() {
                prop_assert_eq!(ledger.account.worth().base(), Decimal::ZERO, "nothing is worth nothing");
            }
        }
    }
}
