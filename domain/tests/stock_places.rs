//! Goods of one item at several places: what an invoice says of their price follows them to where they were sent, over how many places
//! and bills they ever spread, and the inventory account holds exactly what all of them are worth.

mod fixtures;

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ids::{InvoiceId, StockId};
use quittance_domain::ledger::{Books, Movement, NewPrice, Parcel, Posted, RateTable, StockAccount, StockPosting, costs};
use quittance_domain::stock::{CostCause, ReceiptLine, StockEvent, Valuation};
use quittance_domain::{Currency, Money};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const DOCK: usize = 0;
const SHELF: usize = 1;
const SHOP: usize = 2;
const PLACES: usize = 3;

fn id(place: usize) -> StockId {
    StockId(Uuid::from_u128(0x57_0000 + place as u128))
}

#[derive(Default)]
struct Place {
    account: StockAccount,
    history: Vec<Movement>,
    /// What the changes of its worth add up to.
    worth: Decimal,
    quantity: Decimal,
    sent_to: Vec<usize>,
}

/// Goods come to the dock, go from place to place and leave; all in euros.
struct Warehouse {
    books: Books,
    rates: RateTable,
    valuation: Valuation,
    places: Vec<Place>,
    balances: BTreeMap<Code, Decimal>,
    position: i64,
}

impl Warehouse {
    fn of(valuation: Valuation) -> Self {
        let mut warehouse = Self {
            books: books(),
            rates: RateTable::default(),
            valuation,
            places: (0..PLACES).map(|_| Place::default()).collect(),
            balances: BTreeMap::new(),
            position: 0,
        };
        for place in 0..PLACES {
            warehouse.tell(place, &StockEvent::Opened { item_id: ITEM, location: format!("place {place}"), valuation }, None);
        }
        warehouse
    }

    fn tell(&mut self, place: usize, event: &StockEvent, parcel: Option<&Parcel>) -> Option<(Uuid, Parcel)> {
        self.position += 1;
        let mut account = self.places[place].account.clone();
        let posted = account.on(event, StockPosting { transferred: parcel, ..self.at(place) });
        let sent = posted.sent.clone();
        self.keep(place, account, posted);
        sent
    }

    fn at(&self, place: usize) -> StockPosting<'_> {
        StockPosting {
            books: &self.books,
            rates: &self.rates,
            stock: id(place).0,
            position: self.position,
            recorded_on: day("2026-06-30"),
            history: &self.places[place].history,
            transferred: None,
        }
    }

    fn keep(&mut self, place: usize, account: StockAccount, posted: Posted) {
        for entry in posted.entries {
            for line in entry.balanced().expect("it balances").lines {
                *self.balances.entry(line.account).or_default() += line.amount.amount();
            }
        }
        for change in posted.changes {
            let of = (0..PLACES).find(|of| id(*of).0 == change.stock).expect("one of ours");
            self.places[of].worth += change.worth.base();
            self.places[of].quantity += change.quantity;
        }
        let here = &mut self.places[place];
        here.account = account;
        here.history.extend(posted.movements);
    }

    fn comes(&mut self, n: u32, quantity: Decimal, unit_cost: Decimal, on: NaiveDate) {
        let (receipt, on_hand) = (receipt(n), Decimal::ZERO);
        let event = StockEvent::Received { receipt, quantity, unit_cost, currency: Currency::EUR, on_hand, effective_date: on };
        self.tell(DOCK, &event, None);
    }

    fn goes(&mut self, from: usize, to: usize, quantity: Decimal, on: NaiveDate) {
        let transfer = Uuid::from_u128(self.position as u128);
        let (on_hand, by, effective_date) = (Decimal::ZERO, ANNA, on);
        let sent = StockEvent::SentAway { transfer, to: format!("place {to}"), to_stock: id(to), quantity, on_hand, by, effective_date };
        let (_, parcel) = self.tell(from, &sent, None).expect("it is under way");
        let taken = StockEvent::TakenIn { transfer, from: format!("place {from}"), quantity, on_hand, by, effective_date };
        self.tell(to, &taken, Some(&parcel));
        self.places[from].sent_to.push(to);
    }

    fn leaves(&mut self, place: usize, quantity: Decimal, on: NaiveDate) {
        let (reason, on_hand, effective_date) = ("sold".to_owned(), Decimal::ZERO, on);
        let event = StockEvent::Issued { quantity, on_hand, reference: None, reason, by: ANNA, effective_date };
        self.tell(place, &event, None);
    }

    /// As the ledger does: what is borne elsewhere is found by where goods went.
    fn costs_more(&mut self, bill: u128, n: u32, quantity: Decimal, difference: Decimal, on: NaiveDate) {
        self.position += 1;
        let cause = CostCause::Invoice { invoice_id: InvoiceId(Uuid::from_u128(bill)) };
        let difference = Money::exact(difference, Currency::EUR).expect("cents");
        let event = StockEvent::Revalued { cause, receipt: receipt(n), quantity, difference, effective_date: on, rate_day: None };
        let price = NewPrice::of(&event, &self.books, &self.rates).expect("a new price");
        let elsewhere: Vec<&StockAccount> = self.places[1..].iter().map(|place| &place.account).collect();
        let (own, others) = price.shared(&self.places[DOCK].account, &elsewhere);
        for (place, share) in std::iter::once(own).chain(others).enumerate() {
            if let Some(share) = share {
                let mut account = self.places[place].account.clone();
                let posted = account.bear(&share, self.at(place));
                self.keep(place, account, posted);
            }
        }
    }

    fn balance(&self, role: PostingRole) -> Decimal {
        self.balances.get(&self.books.account(role)).copied().unwrap_or_default()
    }

    fn worth(&self) -> Vec<Decimal> {
        self.places.iter().map(|place| place.worth).collect()
    }

    /// What is kept, what was booked and what a replay of everything says are the same, at each place and in all.
    fn holds(&self) {
        let total: Decimal = self.worth().iter().sum();
        assert_eq!(self.balance(PostingRole::Inventory), total);
        for place in &self.places {
            assert_eq!(place.account.worth().base(), place.worth);
            assert_eq!(place.account.on_hand(), place.quantity);
            let replayed: Decimal = costs(self.valuation, &place.history, &self.books).iter().map(|cost| cost.replayed).sum();
            assert_eq!(replayed, place.worth);
            assert!(place.sent_to.iter().all(|to| place.account.sent_to().any(|known| known == id(*to))));
        }
    }
}

fn receipt(n: u32) -> ReceiptLine {
    ReceiptLine { receipt_id: RECEIPT, line: n, inspection: 0 }
}

fn on(days: u64) -> NaiveDate {
    day("2026-03-01") + Days::new(days)
}

#[test]
fn a_new_price_follows_goods_to_where_they_were_sent() {
    for valuation in [Valuation::Fifo, Valuation::MovingAverage] {
        let mut goods = Warehouse::of(valuation);
        goods.comes(1, dec!(10), dec!(10.00), on(1));
        goods.goes(DOCK, SHELF, dec!(6), on(2));
        goods.goes(SHELF, SHOP, dec!(2), on(3));
        goods.costs_more(1, 1, dec!(10), dec!(20.00), on(4));
        assert_eq!(goods.worth(), [dec!(48.00), dec!(48.00), dec!(24.00)]);
        assert_eq!(goods.balance(PostingRole::PriceDifferences), Decimal::ZERO);
        goods.holds();

        // Taken back as it was given.
        goods.costs_more(1, 1, dec!(-10), dec!(-20.00), on(5));
        assert_eq!(goods.worth(), [dec!(40.00), dec!(40.00), dec!(20.00)]);
        goods.holds();
    }
}

#[test]
fn what_has_left_from_anywhere_is_a_difference_of_prices() {
    for valuation in [Valuation::Fifo, Valuation::MovingAverage] {
        let mut goods = Warehouse::of(valuation);
        goods.comes(1, dec!(10), dec!(10.00), on(1));
        goods.goes(DOCK, SHELF, dec!(10), on(2));
        goods.leaves(SHELF, dec!(3), on(3));
        // Two bills of five: the first finds its five, the second only two.
        goods.costs_more(1, 1, dec!(5), dec!(5.00), on(4));
        assert_eq!(goods.worth(), [Decimal::ZERO, dec!(75.00), Decimal::ZERO]);
        goods.costs_more(2, 1, dec!(5), dec!(5.00), on(5));
        assert_eq!(goods.worth(), [Decimal::ZERO, dec!(77.00), Decimal::ZERO]);
        assert_eq!(goods.balance(PostingRole::PriceDifferences), dec!(3.00));
        goods.holds();
    }
}

#[test]
fn goods_that_were_priced_before_they_went_are_not_priced_again_where_they_are() {
    let mut goods = Warehouse::of(Valuation::Fifo);
    goods.comes(1, dec!(10), dec!(10.00), on(1));
    goods.costs_more(1, 1, dec!(5), dec!(5.00), on(2));
    goods.goes(DOCK, SHELF, dec!(10), on(3));
    goods.goes(SHELF, DOCK, dec!(4), on(4));
    goods.costs_more(2, 1, dec!(5), dec!(10.00), on(5));
    assert_eq!(goods.worth().iter().sum::<Decimal>(), dec!(115.00));
    assert_eq!(goods.balance(PostingRole::PriceDifferences), Decimal::ZERO);
    goods.costs_more(1, 1, dec!(-5), dec!(-5.00), on(6));
    goods.costs_more(2, 1, dec!(-5), dec!(-10.00), on(6));
    assert_eq!(goods.worth(), [dec!(40.00), dec!(60.00), Decimal::ZERO]);
    goods.holds();
}

#[derive(Clone, Debug)]
enum Step {
    Goes(usize, usize, u32),
    Leaves(usize, u32),
    CostsMore(u128, u32, i64),
}

fn steps(leave: bool) -> impl Strategy<Value = Vec<Step>> {
    let goes = (0..PLACES, 0..PLACES, 1..9_u32).prop_map(|(from, to, quantity)| Step::Goes(from, to, quantity));
    let leaves = (0..PLACES, 1..5_u32).prop_map(|(place, quantity)| Step::Leaves(place, quantity));
    let more = (0..5_u128, 1..4_u32, -900..900_i64).prop_map(|(bill, n, cents)| Step::CostsMore(bill, n, cents));
    let step = prop_oneof![3 => goes, (if leave { 1 } else { 0 }) => leaves, 2 => more];
    proptest::collection::vec(step, 1..40)
}

const CAME: [Decimal; 3] = [dec!(10), dec!(7), dec!(12)];

/// Every place gives only what it has; each bill prices what of its receipt no bill has priced.
fn played(valuation: Valuation, steps: &[Step]) -> (Warehouse, Decimal) {
    let mut goods = Warehouse::of(valuation);
    for (n, quantity) in (1..).zip(CAME) {
        goods.comes(n, quantity, Decimal::from(n) * dec!(3.33), on(u64::from(n)));
    }
    let mut unpriced = CAME;
    let mut told = Decimal::ZERO;
    for (step, turn) in steps.iter().zip(5..) {
        match *step {
            Step::Goes(from, to, quantity) => {
                let quantity = Decimal::from(quantity).min(goods.places[from].quantity);
                if from != to && quantity > Decimal::ZERO {
                    goods.goes(from, to, quantity, on(turn));
                }
            }
            Step::Leaves(place, quantity) => {
                let quantity = Decimal::from(quantity).min(goods.places[place].quantity);
                if quantity > Decimal::ZERO {
                    goods.leaves(place, quantity, on(turn));
                }
            }
            Step::CostsMore(bill, n, cents) => {
                let left = &mut unpriced[n as usize - 1];
                let quantity = dec!(3).min(*left);
                if quantity > Decimal::ZERO && cents != 0 {
                    *left -= quantity;
                    told += Decimal::new(cents, 2);
                    goods.costs_more(bill, n, quantity, Decimal::new(cents, 2), on(turn));
                }
            }
        }
        goods.holds();
    }
    (goods, told)
}

proptest! {
    /// As long as nothing leaves, all that bills ever say is in the worth of the goods, wherever they are.
    #[test]
    fn nothing_is_lost_between_places(steps in steps(false), fifo in any::<bool>()) {
        let (goods, told) = played(if fifo { Valuation::Fifo } else { Valuation::MovingAverage }, &steps);
        let came: Decimal = (1_u32..).zip(CAME).map(|(n, quantity)| quantity * Decimal::from(n) * dec!(3.33)).sum();
        prop_assert_eq!(goods.worth().iter().sum::<Decimal>(), came + told);
        prop_assert_eq!(goods.balance(PostingRole::PriceDifferences), Decimal::ZERO);
    }

    /// What leaves takes its price along; what comes to light later of it is a difference, and nothing else is.
    #[test]
    fn what_comes_in_is_here_or_was_spent(steps in steps(true), fifo in any::<bool>()) {
        let (goods, told) = played(if fifo { Valuation::Fifo } else { Valuation::MovingAverage }, &steps);
        let came: Decimal = (1_u32..).zip(CAME).map(|(n, quantity)| quantity * Decimal::from(n) * dec!(3.33)).sum();
        let spent = goods.balance(PostingRole::CostOfGoods) + goods.balance(PostingRole::PriceDifferences);
        prop_assert_eq!(goods.worth().iter().sum::<Decimal>() + spent, came + told);
    }
}
