//! An item: created once, counted in one unit for ever, known by its SKU.

mod fixtures;

use fixtures::*;
use quittance_domain::Currency;
use quittance_domain::item::{Item, ItemCard, ItemCommand, ItemEvent, ItemRefusal, ListPrice, sku_key};
use quittance_domain::matching::UnitConversion;
use quittance_domain::{Refusal, Root};
use rust_decimal::{Decimal, dec};

fn card() -> ItemCard {
    ItemCard {
        sku: "P-4".to_owned(),
        name: "Paper, A4".to_owned(),
        unit: "C62".to_owned(),
        conversions: vec![],
        reorder_level: Some(dec!(10)),
        valuation: None,
        unit_weight: None,
        unit_volume: None,
        coding: None,
        group: None,
        list_price: None,
    }
}

fn created() -> Vec<ItemEvent> {
    vec![ItemEvent::Created { card: card() }]
}

fn create(card: ItemCard) -> ItemCommand {
    ItemCommand::Create { card }
}

fn change(card: ItemCard) -> ItemCommand {
    ItemCommand::Change { card }
}

#[test]
fn an_item_is_created_once() {
    nothing::<Item>().when(create(card())).then_expect_events(created());
    given::<Item>(created()).when(create(card())).then_expect_error(ItemRefusal::ItemExists);
}

#[test]
fn a_change_says_what_is_new_or_nothing() {
    let renamed = ItemCard { name: "Paper, A4, white".to_owned(), reorder_level: None, ..card() };
    given::<Item>(created()).when(change(renamed.clone())).then_expect_events(vec![ItemEvent::Changed { card: renamed }]);
    given::<Item>(created()).when(change(card())).then_expect_events(vec![]);
}

#[test]
fn what_was_never_created_is_unknown() {
    nothing::<Item>().when(change(card())).then_expect_error(ItemRefusal::ItemUnknown);
    assert_eq!(Item::default().card().expect_err("no card"), ItemRefusal::ItemUnknown);
}

#[test]
fn quantities_already_count_in_the_unit() {
    let boxed = ItemCard { unit: "XBX".to_owned(), ..card() };
    given::<Item>(created()).when(change(boxed)).then_expect_error(ItemRefusal::UnitFixed);
}

fn boxed(units: &[(&str, Decimal)]) -> ItemCard {
    let conversions = units.iter().map(|(unit, factor)| UnitConversion { unit: (*unit).to_owned(), factor: *factor }).collect();
    ItemCard { conversions, ..card() }
}

fn listed(amount: Decimal, base_quantity: Decimal) -> ItemCard {
    ItemCard { list_price: Some(ListPrice { amount, currency: Currency::EUR, base_quantity }), ..card() }
}

fn unsound(unit: &str) -> ItemRefusal {
    ItemRefusal::ConversionUnsound { unit: unit.to_owned() }
}

#[test]
fn an_item_says_how_many_of_its_unit_others_are() {
    let card = boxed(&[("BX", dec!(12)), ("PF", dec!(1200))]);
    assert_eq!((card.factor_of("PF"), card.factor_of("C62"), card.factor_of("KGM")), (Some(dec!(1200)), None, None));
    nothing::<Item>().when(create(card.clone())).then_expect_events(vec![ItemEvent::Created { card }]);
}

/// A card, how it is refused, and which field is to blame.
#[test]
fn a_card_must_be_complete() {
    let table = [
        (ItemCard { sku: " ".to_owned(), ..card() }, ItemRefusal::SkuMissing, "/sku"),
        (ItemCard { name: " ".to_owned(), ..card() }, ItemRefusal::NameMissing, "/name"),
        (ItemCard { reorder_level: Some(dec!(-0.1)), ..card() }, ItemRefusal::ReorderLevelNegative, "/reorder_level"),
        (ItemCard { unit_weight: Some(dec!(0)), ..card() }, ItemRefusal::UnitWeightNotPositive, "/unit_weight"),
        (boxed(&[("BX", dec!(0))]), unsound("BX"), "/conversions"),
        (boxed(&[(" ", dec!(12))]), unsound(" "), "/conversions"),
        (boxed(&[("C62", dec!(12))]), unsound("C62"), "/conversions"),
        (boxed(&[("BX", dec!(12)), ("PF", dec!(1200)), ("BX", dec!(10))]), unsound("BX"), "/conversions"),
        (ItemCard { unit_volume: Some(dec!(0)), ..card() }, ItemRefusal::UnitVolumeNotPositive, "/unit_volume"),
        (listed(dec!(-0.01), dec!(1)), ItemRefusal::ListPriceNegative, "/list_price/amount"),
        (listed(dec!(12.50), dec!(0)), ItemRefusal::ListPriceBaseNotPositive, "/list_price/base_quantity"),
    ];
    for (broken, refusal, pointer) in table {
        assert_eq!(refusal.pointer().as_deref(), Some(pointer));
        nothing::<Item>().when(create(broken.clone())).then_expect_error(refusal.clone());
        given::<Item>(created()).when(change(broken)).then_expect_error(refusal);
    }
}

#[test]
fn a_sku_is_claimed_by_one_item_and_freed_when_it_changes() {
    let item = Item::replay(created());
    let resized = |sku: &str| ItemEvent::Changed { card: ItemCard { sku: sku.to_owned(), ..card() } };
    assert_eq!(claims(&Item::default(), &created()[0]), "+item|sku|P-4");
    assert_eq!(claims(&item, &resized("p-5")), "-item|sku|P-4 +item|sku|P-5");
    assert_eq!(claims(&item, &resized(" p-4")), "");
}

/// Two spellings, and whether they are one SKU.
#[test]
fn one_sku_in_two_spellings_is_one() {
    let table = [("P-4", "p-4", true), ("P-4", " P - 4 ", true), ("Ｐ-４", "P-4", true), ("1-10", "11-0", false), ("P4", "P-4", false)];
    for (one, other, same) in table {
        assert_eq!(sku_key(one) == sku_key(other), same, "{one} {other}");
    }
}
