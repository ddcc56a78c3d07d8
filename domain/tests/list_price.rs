//! What an item was agreed to cost is what an order's line costs that states no price, exactly or not at all.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Currency;
use quittance_domain::item::{ItemCard, ListPrice};
use quittance_domain::purchase_order::{OrderLine, PurchaseOrderRefusal, WantedLine};
use quittance_domain::quantity::Quantity;
use rust_decimal::{Decimal, dec};

fn list(amount: Decimal, base_quantity: Decimal) -> ListPrice {
    ListPrice { amount, currency: Currency::EUR, base_quantity }
}

fn card(list_price: Option<ListPrice>) -> ItemCard {
    ItemCard { list_price, ..ItemCard::of("P-4".to_owned(), "Paper".to_owned(), "C62".to_owned()) }
}

/// A line that states no price, in boxes of so many.
fn boxes(of: Option<Decimal>) -> WantedLine {
    let unit = Some(if of.is_some() { "BX" } else { "C62" }.to_owned());
    let contains = of.map(|value| Quantity { value, unit: "C62".to_owned() });
    let line = OrderLine { unit, contains, ..OrderLine::of(1, ITEM, "Paper", dec!(10), dec!(0)) };
    WantedLine { unit_price: None, ..line.into() }
}

/// An amount, for how many it is, how many are wanted, and what they cost.
#[test]
fn a_price_is_of_as_many_as_the_unit_holds() {
    let table = [
        (dec!(12.345), dec!(1), dec!(1), Some(dec!(12.345))),
        (dec!(12.50), dec!(100), dec!(1), Some(dec!(0.125))),
        (dec!(12.50), dec!(100), dec!(500), Some(dec!(62.5))),
        (dec!(10), dec!(3), dec!(1), None),
        (dec!(10), dec!(3), dec!(12), Some(dec!(40))),
        (dec!(0), dec!(3), dec!(0.5), Some(dec!(0))),
        // Finer or larger than any number that comes in may be.
        (dec!(0.0000000001), dec!(2), dec!(1), None),
        (dec!(9999999999999), dec!(1), dec!(12), None),
        (dec!(9999999999999.9999999999), dec!(1), dec!(9999999999999.9999999999), None),
        (dec!(1234567890123.1234567891), dec!(1), dec!(0.9999999999), None),
    ];
    for (amount, base, units, price) in table {
        assert_eq!(list(amount, base).of(units), price, "{units} at {amount} for {base}");
    }
}

proptest! {
    /// What is answered is exact: as many as the price is for cost what it says.
    #[test]
    fn a_price_of_one_times_its_base_is_the_list_price(cents in 0_i64..1_000_000_000, base in 1_i64..1_000, units in 1_i64..1_000) {
        let (amount, base, units) = (Decimal::new(cents, 2), Decimal::from(base), Decimal::from(units));
        if let Some(price) = list(amount, base).of(units) {
            prop_assert_eq!(price * base, amount * units);
        }
    }

    /// Whoever asks for what the price is for gets it as it stands.
    #[test]
    fn the_base_quantity_costs_the_amount(cents in 0_i64..1_000_000_000, base in 1_i64..100_000) {
        let (amount, base) = (Decimal::new(cents, 2), Decimal::from(base));
        prop_assert_eq!(list(amount, base).of(base), Some(amount));
    }
}

/// What the line states, what was agreed before, what the item's list says, and the price or why there is none.
#[test]
fn a_line_states_its_price_or_keeps_it_or_takes_the_lists() {
    let listed = Some(list(dec!(3), dec!(1)));
    let agreed = |line: WantedLine| Some(line.at(dec!(7)));
    let priced = WantedLine { unit_price: Some(dec!(9)), ..boxes(None) };
    let in_usd = PurchaseOrderRefusal::ListPriceInOtherCurrency { listed: Currency::USD, ordered: Currency::EUR };
    let usd = Some(ListPrice { currency: Currency::USD, ..list(dec!(3), dec!(1)) });
    let table = [
        (priced.clone(), agreed(boxes(None)), listed, Ok(dec!(9))),
        (priced, None, usd, Ok(dec!(9))),
        (boxes(None), agreed(boxes(None)), listed, Ok(dec!(7))),
        (boxes(None), agreed(boxes(None)), usd, Ok(dec!(7))),
        (boxes(None), None, listed, Ok(dec!(3))),
        (boxes(Some(dec!(12))), None, listed, Ok(dec!(36))),
        // What was agreed of another unit, or of other boxes, is not of this one.
        (boxes(Some(dec!(12))), agreed(boxes(None)), listed, Ok(dec!(36))),
        (boxes(Some(dec!(12))), agreed(boxes(Some(dec!(10)))), listed, Ok(dec!(36))),
        (boxes(None), None, usd, Err(in_usd)),
        (boxes(None), None, None, Err(PurchaseOrderRefusal::UnitPriceMissing)),
        (boxes(None), None, Some(list(dec!(10), dec!(3))), Err(PurchaseOrderRefusal::ListPriceEndless)),
    ];
    for (wanted, agreed, list_price, price) in table {
        assert_eq!(wanted.price(agreed.as_ref(), &card(list_price), Currency::EUR), price, "{wanted:?}");
    }
}
