//! Withholding taxes by code: what a code may mean, and which rate is in force on a day.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::withholding::{
    WithholdingCommand, WithholdingEvent, WithholdingRate, WithholdingRefusal, WithholdingRule, WithholdingTax,
};
use rust_decimal::{Decimal, dec};

fn rule(rates: &[(&str, Decimal)]) -> WithholdingRule {
    let rates = rates.iter().map(|(from, percent)| WithholdingRate { from: day(from), percent: *percent }).collect();
    WithholdingRule { name: "Contractors".to_owned(), account_code: "2200".parse().expect("a code"), rates }
}

fn adopt(code: &str, rule: WithholdingRule) -> WithholdingCommand {
    WithholdingCommand::Adopt { code: code.to_owned(), rule, by: DORA }
}

fn adopted(version: u32, rule: WithholdingRule) -> WithholdingEvent {
    WithholdingEvent::Adopted { code: "WHT".to_owned(), version, rule, by: DORA }
}

#[test]
fn a_code_gets_a_meaning_and_later_another() {
    let (first, second) = (rule(&[("2026-01-01", dec!(10))]), rule(&[("2026-01-01", dec!(10)), ("2026-07-01", dec!(12.5))]));
    nothing::<WithholdingTax>().when(adopt("WHT", first.clone())).then_expect_events(vec![adopted(1, first.clone())]);
    let known = || vec![adopted(1, first.clone())];
    given::<WithholdingTax>(known()).when(adopt("WHT", first.clone())).then_expect_events(vec![]);
    given::<WithholdingTax>(known()).when(adopt("WHT", second.clone())).then_expect_events(vec![adopted(2, second)]);
    assert_eq!(WithholdingTax::default().rule(), Err(WithholdingRefusal::WithholdingUnknown));
}

#[test]
fn a_meaning_is_whole() {
    let many: Vec<(String, Decimal)> = (0..=50).map(|n| (format!("20{n:02}-01-01"), dec!(1))).collect();
    let many: Vec<(&str, Decimal)> = many.iter().map(|(from, percent)| (from.as_str(), *percent)).collect();
    let table = [
        ("WHT", rule(&[("2026-01-01", dec!(0))]), "WithholdingTaxAdopted"),
        ("W.H-T_1", rule(&[("2026-01-01", dec!(99.9999))]), "WithholdingTaxAdopted"),
        ("", rule(&[("2026-01-01", dec!(10))]), "withholding_code_invalid"),
        ("W HT", rule(&[("2026-01-01", dec!(10))]), "withholding_code_invalid"),
        ("WHT", rule(&[]), "withholding_rates_disordered"),
        ("WHT", rule(&many), "withholding_rates_disordered"),
        ("WHT", rule(&[("2026-02-01", dec!(10)), ("2026-01-01", dec!(9))]), "withholding_rates_disordered"),
        ("WHT", rule(&[("2026-01-01", dec!(10)), ("2026-01-01", dec!(9))]), "withholding_rates_disordered"),
        ("WHT", rule(&[("2026-01-01", dec!(-0.1))]), "withholding_rate_out_of_range"),
        ("WHT", rule(&[("2026-01-01", dec!(100))]), "withholding_rate_out_of_range"),
        ("WHT", rule(&[("2026-01-01", dec!(1.00001))]), "withholding_rate_out_of_range"),
    ];
    for (row, (code, rule, expected)) in table.into_iter().enumerate() {
        assert_eq!(verdict(&WithholdingTax::default(), adopt(code, rule)), expected, "row {row}");
    }
}

#[test]
fn a_rate_holds_from_its_day_until_the_next_ones() {
    let tax = WithholdingTax::replay([adopted(3, rule(&[("2026-01-01", dec!(10)), ("2026-07-01", dec!(12.5))]))]);
    let percent = |on: &str| tax.in_force(day(on)).map(|rate| (rate.version, rate.percent));
    for (on, expected) in [
        ("2025-12-31", None),
        ("2026-01-01", Some((3, dec!(10)))),
        ("2026-06-30", Some((3, dec!(10)))),
        ("2026-07-01", Some((3, dec!(12.5)))),
    ] {
        assert_eq!(percent(on), expected, "{on}");
    }
    assert_eq!(WithholdingTax::default().in_force(day("2026-01-01")), None);
}
