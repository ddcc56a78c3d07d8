//! Totals of an invoice: the worked cases of the standard's guide, and laws that hold for all.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Currency;
use quittance_domain::invoice::totals::{line_net, totals};
use quittance_domain::invoice::{Adjustment, InvoiceLine, TaxCategory, TaxSubtotal, Totals};
use quittance_domain::money::round_half_up;
use rust_decimal::{Decimal, dec};

fn rate(rate: Decimal) -> TaxCategory {
    TaxCategory { code: if rate.is_zero() { "Z" } else { "S" }.to_owned(), rate }
}

fn net_line(net: Decimal, tax: TaxCategory) -> InvoiceLine {
    InvoiceLine { tax, ..line("1", Decimal::ONE, net, net) }
}

fn adjustment(signed: Decimal, tax: Option<TaxCategory>) -> Adjustment {
    Adjustment { is_charge: signed > Decimal::ZERO, amount: signed.abs(), reason: None, tax }
}

fn computed(lines: &[InvoiceLine], adjustments: &[Adjustment], currency: Currency) -> (Vec<TaxSubtotal>, Totals) {
    totals(lines, adjustments, Decimal::ZERO, Decimal::ZERO, currency).expect("totals")
}

fn gross(nets: &[Decimal], percent: Decimal) -> Decimal {
    let lines: Vec<_> = nets.iter().map(|&net| net_line(net, rate(percent))).collect();
    computed(&lines, &[], Currency::EUR).1.gross
}

/// Tax on the sum and tax on the parts disagree: the invoice says 334.99, four credit notes would say 335.00.
#[test]
fn tax_is_computed_once_on_the_sum_of_its_category() {
    let fees = [dec!(68.33), dec!(68.33), dec!(57.50), dec!(85.00)];
    assert_eq!(gross(&fees, dec!(20)), dec!(334.99));
    let each: Vec<Decimal> = fees.iter().map(|&fee| gross(&[fee], dec!(20))).collect();
    assert_eq!(each, [dec!(82.00), dec!(82.00), dec!(69.00), dec!(102.00)]);
    assert_eq!(each.into_iter().sum::<Decimal>(), dec!(335.00));
}

/// Quantity, price, base quantity, adjustments, currency, and the line's net amount.
#[test]
fn each_part_of_a_line_is_rounded_on_its_own() {
    type Case<'a> = (Decimal, Decimal, Option<Decimal>, &'a [Decimal], &'a str, Decimal);
    let table: [Case; 11] = [
        (dec!(10), dec!(12.50), None, &[], "EUR", dec!(125.00)),
        (dec!(3), dec!(0.335), None, &[], "EUR", dec!(1.01)),
        (dec!(-3), dec!(0.335), None, &[], "EUR", dec!(-1.01)),
        (dec!(1000), dec!(2.99), Some(dec!(100)), &[], "EUR", dec!(29.90)),
        (dec!(1), dec!(1), Some(dec!(3)), &[], "EUR", dec!(0.33)),
        (dec!(1), dec!(0.004), None, &[dec!(0.004)], "EUR", dec!(0.00)),
        (dec!(1), dec!(0.005), None, &[dec!(0.005), dec!(0.005)], "EUR", dec!(0.03)),
        (dec!(1), dec!(10.005), None, &[dec!(-0.005)], "EUR", dec!(10.00)),
        (dec!(7), dec!(33.5), None, &[], "JPY", dec!(235)),
        (dec!(1), dec!(1.0005), None, &[], "KWD", dec!(1.001)),
        (dec!(0.000000001), dec!(1000000000), None, &[dec!(5)], "EUR", dec!(6.00)),
    ];
    for (quantity, price, base, adjustments, code, expected) in table {
        let adjustments: Vec<_> = adjustments.iter().map(|&signed| adjustment(signed, None)).collect();
        let currency = code.parse().expect("a currency");
        assert_eq!(line_net(quantity, price, base, &adjustments, currency), Some(expected), "{quantity} × {price} {code}");
    }
}

#[test]
fn what_cannot_be_computed_is_not_guessed() {
    assert_eq!(line_net(dec!(1), dec!(1), Some(dec!(0)), &[], Currency::EUR), None);
    assert_eq!(line_net(Decimal::MAX, dec!(2), None, &[], Currency::EUR), None);
    let huge = [net_line(Decimal::MAX, rate(dec!(0))), net_line(Decimal::MAX, rate(dec!(0)))];
    assert_eq!(totals(&huge, &[], Decimal::ZERO, Decimal::ZERO, Currency::EUR), None);
}

/// A rounding row apart, an allowance and a charge each in its own category.
#[test]
fn adjustments_belong_to_their_category() {
    let lines = [net_line(dec!(100.00), rate(dec!(19))), net_line(dec!(50.00), rate(dec!(7)))];
    let adjustments = [adjustment(dec!(-10.00), Some(rate(dec!(19)))), adjustment(dec!(5.00), Some(rate(dec!(7))))];
    let (breakdown, totals) = totals(&lines, &adjustments, dec!(20.00), dec!(0.05), Currency::EUR).expect("totals");
    let subtotal = |percent, taxable, tax| TaxSubtotal { category: rate(percent), taxable, tax };
    assert_eq!(breakdown, [subtotal(dec!(19), dec!(90.00), dec!(17.10)), subtotal(dec!(7), dec!(55.00), dec!(3.85))]);
    assert_eq!(
        totals,
        Totals {
            lines: dec!(150.00),
            allowances: dec!(10.00),
            charges: dec!(5.00),
            net: dec!(145.00),
            tax: dec!(20.95),
            gross: dec!(165.95),
            prepaid: dec!(20.00),
            rounding: dec!(0.05),
            payable: dec!(146.00),
        }
    );
}

/// A net amount, a rate, and the tax: half a cent goes up, away from zero.
#[test]
fn tax_is_rounded_half_up() {
    let table = [
        (dec!(0.50), dec!(5), dec!(0.03)),
        (dec!(0.70), dec!(5), dec!(0.04)),
        (dec!(-0.50), dec!(5), dec!(-0.03)),
        (dec!(0.49), dec!(5), dec!(0.02)),
    ];
    for (net, percent, tax) in table {
        assert_eq!(gross(&[net], percent), net + tax, "{net} at {percent} %");
    }
}

#[test]
fn one_rate_written_two_ways_is_one_category() {
    let lines = [net_line(dec!(0.02), rate(dec!(19))), net_line(dec!(0.01), rate(dec!(19.00)))];
    let (breakdown, totals) = computed(&lines, &[], Currency::EUR);
    assert_eq!((breakdown.len(), totals.tax), (1, dec!(0.01)));
}

#[test]
fn an_invoice_of_nothing_costs_nothing() {
    assert_eq!(computed(&[], &[], Currency::EUR), (vec![], Totals::default()));
}

fn any_line() -> impl Strategy<Value = InvoiceLine> {
    let rates = prop::sample::select(vec![dec!(0), dec!(5.5), dec!(7), dec!(19), dec!(20)]);
    (-10_000_000i64..100_000_000, rates).prop_map(|(cents, percent)| net_line(Decimal::new(cents, 2), rate(percent)))
}

proptest! {
    /// BR-CO-10, 13, 14, 15, 16, 17 and BR-S-08 hold without any slack.
    #[test]
    fn computed_totals_hold_every_equation(lines in prop::collection::vec(any_line(), 0..30), prepaid in 0i64..1_000_000) {
        let prepaid = Decimal::new(prepaid, 2);
        let (breakdown, totals) = totals(&lines, &[], prepaid, Decimal::ZERO, Currency::EUR).expect("totals");
        prop_assert_eq!(totals.net, lines.iter().map(|l| l.net).sum::<Decimal>());
        prop_assert_eq!(totals.net, breakdown.iter().map(|t| t.taxable).sum::<Decimal>());
        prop_assert_eq!(totals.tax, breakdown.iter().map(|t| t.tax).sum::<Decimal>());
        prop_assert_eq!(totals.gross, totals.net + totals.tax);
        prop_assert_eq!(totals.payable, totals.gross - prepaid);
        for subtotal in breakdown {
            let exact = subtotal.taxable * subtotal.category.rate / Decimal::ONE_HUNDRED;
            prop_assert_eq!(subtotal.tax, round_half_up(exact, 2));
        }
    }

    #[test]
    fn the_order_of_lines_does_not_matter(lines in prop::collection::vec(any_line(), 0..30)) {
        let reversed: Vec<_> = lines.iter().rev().cloned().collect();
        prop_assert_eq!(computed(&lines, &[], Currency::EUR).1, computed(&reversed, &[], Currency::EUR).1);
    }
}
