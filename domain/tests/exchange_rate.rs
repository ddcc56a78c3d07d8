//! Exchange rates: positive, of two currencies, and told once.

mod fixtures;

use fixtures::*;
use quittance_domain::exchange_rate::{DayRate, ExchangeRates, RateSheet, RatesCommand, RatesEvent, RatesRefusal};
use quittance_domain::ids::TenantId;
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

fn rate(on: &str, rate: Decimal) -> DayRate {
    DayRate { currency: Currency::USD, on: day(on), rate }
}

fn quote(rates: Vec<DayRate>) -> RatesCommand {
    let sheet = RateSheet { unit: Currency::EUR, year: 2026 };
    RatesCommand { sheet, source: "ECB".to_owned(), rates, by: DORA }
}

fn quoted(rates: Vec<DayRate>) -> RatesEvent {
    RatesEvent::Quoted { unit: Currency::EUR, source: "ECB".to_owned(), rates, by: DORA }
}

#[test]
fn only_what_is_new_or_other_is_told() {
    let known = vec![quoted(vec![rate("2026-03-02", dec!(1.08)), rate("2026-03-03", dec!(1.09))])];
    let stated = vec![rate("2026-03-04", dec!(1.07)), rate("2026-03-02", dec!(1.080)), rate("2026-03-03", dec!(1.10))];
    let news = vec![rate("2026-03-03", dec!(1.10)), rate("2026-03-04", dec!(1.07))];
    given::<ExchangeRates>(known.clone()).when(quote(stated.clone())).then_expect_events(vec![quoted(news.clone())]);
    given::<ExchangeRates>([known, vec![quoted(news)]].concat()).when(quote(stated)).then_expect_events(vec![]);
}

/// Who says the same after somebody else confirms it; who says it twice does not, and another rate begins anew.
#[test]
fn a_rate_is_known_with_everybody_who_has_stated_it() {
    let one = || vec![rate("2026-03-02", dec!(1.08))];
    let by = |by, rates: Vec<DayRate>| RatesCommand { by, ..quote(rates) };
    let said = |by, rates: Vec<DayRate>| RatesEvent::Quoted { unit: Currency::EUR, source: "ECB".to_owned(), rates, by };
    let staters = |events: &[RatesEvent]| ExchangeRates::replay(events.to_vec()).staters(Currency::USD, day("2026-03-02")).to_vec();
    let alone = vec![said(DORA, one())];
    given::<ExchangeRates>(alone.clone()).when(by(ERIN, one())).then_expect_events(vec![said(ERIN, one())]);
    let both = vec![said(DORA, one()), said(ERIN, one())];
    for person in [DORA, ERIN] {
        given::<ExchangeRates>(both.clone()).when(by(person, one())).then_expect_events(vec![]);
    }
    let anew = [both.clone(), vec![said(ERIN, vec![rate("2026-03-02", dec!(1.09))])]].concat();
    assert_eq!([staters(&alone), staters(&both), staters(&anew)], [vec![DORA], vec![DORA, ERIN], vec![ERIN]]);
}

/// A command, and how it is refused.
#[test]
fn a_rate_must_hold() {
    let one = || vec![rate("2026-03-02", dec!(1.08))];
    let table = [
        (quote(vec![rate("2026-03-02", dec!(0))]), RatesRefusal::RateNotPositive { on: day("2026-03-02") }),
        (
            quote(vec![rate("2026-03-02", dec!(1.1)), rate("2026-03-02", dec!(1.2))]),
            RatesRefusal::RateRepeated { on: day("2026-03-02"), currency: Currency::USD, first: dec!(1.1), second: dec!(1.2) },
        ),
        (quote(vec![rate("2026-03-02", dec!(-1))]), RatesRefusal::RateNotPositive { on: day("2026-03-02") }),
        (quote(vec![rate("2025-12-31", dec!(1))]), RatesRefusal::RateOutsideYear { on: day("2025-12-31"), year: 2026 }),
        (quote(vec![DayRate { currency: Currency::EUR, ..rate("2026-03-02", dec!(1)) }]), RatesRefusal::CurrenciesEqual),
        (RatesCommand { source: " ".to_owned(), ..quote(one()) }, RatesRefusal::SourceMissing),
    ];
    for (command, refusal) in table {
        nothing::<ExchangeRates>().when(command).then_expect_error(refusal);
    }
}

#[test]
fn each_unit_has_a_sheet_a_year() {
    let tenant = TenantId(Uuid::from_u128(1));
    let sheet = |on: &str| RateSheet::of(Currency::EUR, day(on));
    assert_eq!(sheet("2026-01-01").id(tenant), sheet("2026-12-31").id(tenant));
    let others = [sheet("2027-01-01"), RateSheet::of(Currency::USD, day("2026-01-01"))];
    assert!(others.iter().all(|other| other.id(tenant) != sheet("2026-01-01").id(tenant)));
    assert_ne!(sheet("2026-01-01").id(tenant), sheet("2026-01-01").id(TenantId(Uuid::from_u128(2))));
}
