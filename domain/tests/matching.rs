//! Matching an invoice with its order: each check as a table, and what holds for any numbers.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::Currency;
use quittance_domain::matching::{
    Billed, BilledCharge, BilledLine, Check, MatchFinding, MatchingMode, Ordered, OrderedCharge, OrderedLine, Outcome, UnitConversion,
    Units, evaluate,
};
use quittance_domain::tolerance::{Applies, Band, LimitSource, Limits, ToleranceRule, ToleranceSet};
use rust_decimal::{Decimal, dec};

const PIECES: Units<'static> = Units { own: Some("C62"), conversions: &[], contains: None };

fn ordered_line(line: u32, quantity: Decimal, unit_price: Decimal) -> OrderedLine<'static> {
    OrderedLine {
        line,
        item_id: ITEM,
        item_group: Some("paper"),
        units: PIECES,
        quantity,
        unit_price,
        due_date: None,
        mode: MatchingMode::ThreeWay,
        received: quantity,
        accepted: quantity,
        returned: dec!(0),
        invoiced_quantity: dec!(0),
        invoiced_net: dec!(0),
        billable: None,
    }
}

fn order(line: OrderedLine<'_>) -> Ordered<'_> {
    Ordered {
        vendor_id: VENDOR,
        vendor_group: Some("office"),
        currency: Currency::EUR,
        shut: None,
        lines: vec![line],
        charges: vec![],
        net: dec!(1000),
        prepaid: dec!(0),
        prepayable: None,
    }
}

fn billed_line(quantity: Decimal, net: Decimal) -> BilledLine<'static> {
    BilledLine { id: "1", order_line: Some(1), quantity, unit: "C62", net }
}

fn bill(lines: Vec<BilledLine<'_>>) -> Billed<'_> {
    let issue_date = day("2026-03-02");
    Billed {
        vendor_id: VENDOR,
        currency: Currency::EUR,
        issue_date,
        is_credit: false,
        is_approved: false,
        lines,
        charges: vec![],
        prepayment: None,
    }
}

fn set(rules: Vec<(Applies, Limits)>) -> ToleranceSet {
    let rules = rules.into_iter().map(|(applies, limits)| ToleranceRule { applies, limits }).collect();
    ToleranceSet { rules, ..Default::default() }
}

fn for_all(limits: Limits) -> ToleranceSet {
    set(vec![(Applies::Tenant, limits)])
}

fn found(findings: &[MatchFinding], check: Check) -> &MatchFinding {
    findings.iter().find(|f| f.check == check).unwrap_or_else(|| panic!("no {check} in {findings:?}"))
}

fn band(percent: Option<Decimal>, amount: Option<Decimal>) -> Option<Band> {
    Some(Band { percent, amount })
}

fn price_up(percent: Option<Decimal>, amount: Option<Decimal>) -> ToleranceSet {
    for_all(Limits { price_up: band(percent, amount), ..Default::default() })
}

#[test]
fn a_price_fails_beyond_either_of_its_limits() {
    use Outcome::{Fail, Pass, WithinTolerance};
    // Agreed 10.00: invoiced quantity, its net, percent, amount, what is found and whether it holds.
    let cases = [
        (dec!(10), dec!(100), None, None, Check::Price, Pass, false),
        (dec!(10), dec!(100.01), None, None, Check::Price, Fail, true),
        (dec!(10), dec!(105), Some(dec!(5)), None, Check::Price, WithinTolerance, false),
        (dec!(10), dec!(105.01), Some(dec!(5)), None, Check::Price, Fail, true),
        (dec!(10), dec!(105), Some(dec!(5)), Some(dec!(5)), Check::Price, WithinTolerance, false),
        (dec!(10), dec!(105), Some(dec!(5)), Some(dec!(4.99)), Check::Price, Fail, true),
        (dec!(10), dec!(105), None, Some(dec!(5)), Check::Price, WithinTolerance, false),
        (dec!(10), dec!(95), None, None, Check::PriceBelow, Fail, false),
        (dec!(3), dec!(30), None, None, Check::Price, Pass, false),
    ];
    for (quantity, net, percent, amount, check, outcome, holds) in cases {
        let tolerances = price_up(percent, amount);
        let findings = evaluate(&bill(vec![billed_line(quantity, net)]), &order(ordered_line(1, dec!(20), dec!(10))), &tolerances);
        let finding = found(&findings, check);
        assert_eq!((finding.outcome, finding.is_hold()), (outcome, holds), "{net} for {quantity}: {finding:?}");
    }
}

#[test]
fn a_band_that_states_nothing_leaves_it_to_the_next_rule() {
    let tenant = ToleranceRule { applies: Applies::Tenant, limits: Limits { price_up: band(Some(dec!(5)), None), ..Default::default() } };
    let empty = ToleranceRule { applies: Applies::Vendor(VENDOR), limits: Limits { price_up: band(None, None), ..Default::default() } };
    let tolerances = ToleranceSet { rules: vec![empty, tenant], ..Default::default() };
    for (net, holds) in [(dec!(105), false), (dec!(106), true)] {
        let findings = evaluate(&bill(vec![billed_line(dec!(10), net)]), &order(ordered_line(1, dec!(20), dec!(10))), &tolerances);
        let finding = found(&findings, Check::Price);
        assert_eq!((finding.is_hold(), finding.source), (holds, Some(LimitSource::Tenant)), "{net}");
    }
}

#[test]
fn a_finding_says_expected_actual_limit_and_whose_limit() {
    let tolerances = price_up(Some(dec!(5)), Some(dec!(2)));
    let findings = evaluate(&bill(vec![billed_line(dec!(10), dec!(110))]), &order(ordered_line(1, dec!(10), dec!(10))), &tolerances);
    let finding = found(&findings, Check::Price);
    let told = (finding.expected.as_str(), finding.actual.as_str(), finding.limit.as_deref(), finding.source, finding.line.as_deref());
    // 5 % would allow 10.50; 2.00 over 10 pieces allow 10.20, the lower.
    assert_eq!(told, ("10", "11", Some("10.2"), Some(LimitSource::Tenant), Some("1")));
}

#[test]
fn a_line_rounded_to_the_cent_is_not_another_price() {
    // 3 × 1.255 = 3.765, which an honest vendor writes as 3.77.
    let findings =
        evaluate(&bill(vec![billed_line(dec!(3), dec!(3.77))]), &order(ordered_line(1, dec!(3), dec!(1.255))), &ToleranceSet::default());
    assert!(findings.iter().all(|f| f.outcome == Outcome::Pass), "{findings:?}");
}

#[test]
fn what_was_to_be_free_has_only_the_absolute_limit() {
    let free = || order(ordered_line(1, dec!(10), dec!(0)));
    let one = bill(vec![billed_line(dec!(10), dec!(1))]);
    let outcome = |tolerances: &ToleranceSet| found(&evaluate(&one, &free(), tolerances), Check::Price).outcome;
    assert_eq!(outcome(&price_up(Some(dec!(50)), Some(dec!(1)))), Outcome::WithinTolerance);
    assert_eq!(outcome(&price_up(Some(dec!(50)), Some(dec!(0.99)))), Outcome::Fail);
    assert_eq!(outcome(&price_up(Some(dec!(50)), None)), Outcome::Fail);
}

#[test]
fn what_is_billed_without_a_quantity_has_only_the_absolute_limit() {
    let nothing = |net| bill(vec![billed_line(dec!(0), net)]);
    let held = |net, tolerances: &ToleranceSet| {
        let findings = evaluate(&nothing(net), &order(ordered_line(1, dec!(100), dec!(10))), tolerances);
        findings.iter().any(|f| f.check == Check::Price && f.is_hold())
    };
    assert!(held(dec!(500), &ToleranceSet::default()));
    assert!(held(dec!(500), &price_up(Some(dec!(50)), None)));
    assert!(held(dec!(500), &price_up(Some(dec!(50)), Some(dec!(499.99)))));
    assert!(!held(dec!(500), &price_up(None, Some(dec!(500)))));
    assert!(!held(dec!(0), &ToleranceSet::default()) && !held(dec!(-5), &ToleranceSet::default()));
}

#[test]
fn a_lower_price_holds_only_beyond_a_limit_that_somebody_set() {
    let lower = bill(vec![billed_line(dec!(10), dec!(80))]);
    let is_held =
        |limits| found(&evaluate(&lower, &order(ordered_line(1, dec!(10), dec!(10))), &for_all(limits)), Check::PriceBelow).is_hold();
    assert!(!is_held(Limits::default()));
    assert!(is_held(Limits { price_down: band(Some(dec!(10)), None), ..Default::default() }));
    assert!(!is_held(Limits { price_down: band(Some(dec!(20)), None), ..Default::default() }));
}

#[test]
fn quantities_count_what_was_invoiced_before() {
    // Ordered 10: received, accepted, returned, invoiced before, mode; then how ordered and received come out for 4 more.
    use MatchingMode::{FourWay, ThreeWay, TwoWay};
    let (pass, fail) = (Outcome::Pass, Outcome::Fail);
    let cases = [
        (dec!(10), dec!(10), dec!(0), dec!(0), ThreeWay, pass, Some(pass)),
        (dec!(10), dec!(10), dec!(0), dec!(6), ThreeWay, pass, Some(pass)),
        (dec!(10), dec!(10), dec!(0), dec!(7), ThreeWay, fail, Some(fail)),
        (dec!(3), dec!(3), dec!(0), dec!(0), ThreeWay, pass, Some(fail)),
        (dec!(3), dec!(3), dec!(0), dec!(0), TwoWay, pass, None),
        (dec!(10), dec!(3), dec!(0), dec!(0), ThreeWay, pass, Some(pass)),
        (dec!(10), dec!(3), dec!(0), dec!(0), FourWay, pass, Some(fail)),
        (dec!(10), dec!(10), dec!(7), dec!(0), ThreeWay, pass, Some(fail)),
        (dec!(10), dec!(10), dec!(6), dec!(0), FourWay, pass, Some(pass)),
    ];
    for case @ (received, accepted, returned, invoiced_quantity, mode, by_order, by_receipt) in cases {
        let line = OrderedLine { received, accepted, returned, invoiced_quantity, mode, ..ordered_line(1, dec!(10), dec!(10)) };
        let findings = evaluate(&bill(vec![billed_line(dec!(4), dec!(40))]), &order(line), &ToleranceSet::default());
        assert_eq!(found(&findings, Check::QuantityOrdered).outcome, by_order, "{case:?}");
        assert_eq!(findings.iter().find(|f| f.check == Check::QuantityReceived).map(|f| f.outcome), by_receipt, "{case:?}");
    }
}

#[test]
fn two_lines_of_one_invoice_cannot_each_pass_alone() {
    let second = BilledLine { id: "2", ..billed_line(dec!(6), dec!(60)) };
    let findings = evaluate(
        &bill(vec![billed_line(dec!(6), dec!(60)), second]),
        &order(ordered_line(1, dec!(10), dec!(10))),
        &ToleranceSet::default(),
    );
    let of_quantity: Vec<_> = findings.iter().filter(|f| f.check == Check::QuantityOrdered).map(|f| f.outcome).collect();
    assert_eq!(of_quantity, [Outcome::Pass, Outcome::Fail]);
}

#[test]
fn a_percentage_of_quantity_is_of_what_was_expected() {
    let limits = Limits { quantity_ordered_percent: Some(dec!(10)), quantity_received_percent: Some(dec!(10)), ..Default::default() };
    for (quantity, outcome) in [(dec!(11), Outcome::WithinTolerance), (dec!(11.001), Outcome::Fail)] {
        let one = bill(vec![billed_line(quantity, quantity * dec!(10))]);
        let findings = evaluate(&one, &order(ordered_line(1, dec!(10), dec!(10))), &for_all(limits.clone()));
        assert_eq!(found(&findings, Check::QuantityOrdered).outcome, outcome, "{quantity}");
        assert_eq!(found(&findings, Check::QuantityReceived).outcome, outcome, "{quantity}");
    }
}

#[test]
fn a_line_total_goes_beyond_by_the_lower_limit_at_most() {
    // Agreed 1,000.00; invoiced in all, percent, amount, outcome.
    let cases = [
        (dec!(1000), None, None, Outcome::Pass),
        (dec!(1000.01), None, None, Outcome::Fail),
        (dec!(1020), Some(dec!(2)), None, Outcome::WithinTolerance),
        (dec!(1020), Some(dec!(2)), Some(dec!(19.99)), Outcome::Fail),
        (dec!(1020), Some(dec!(1.99)), Some(dec!(50)), Outcome::Fail),
        (dec!(1020), None, Some(dec!(20)), Outcome::WithinTolerance),
    ];
    for (total, percent, amount, outcome) in cases {
        let limits = Limits { line_total: band(percent, amount), ..Default::default() };
        let line = OrderedLine { invoiced_net: total - dec!(100), ..ordered_line(1, dec!(100), dec!(10)) };
        let findings = evaluate(&bill(vec![billed_line(dec!(10), dec!(100))]), &order(line), &for_all(limits));
        assert_eq!(found(&findings, Check::LineTotal).outcome, outcome, "{total} {percent:?} {amount:?}");
    }
}

#[test]
fn an_early_invoice_is_measured_in_money_times_days() {
    // Agreed for 10 March, invoiced on the 2nd: eight days early.
    let line = OrderedLine { due_date: Some(day("2026-03-10")), ..ordered_line(1, dec!(10), dec!(10)) };
    let one = bill(vec![billed_line(dec!(10), dec!(100))]);
    let outcome = |limit| {
        let limits = Limits { schedule_product: limit, ..Default::default() };
        found(&evaluate(&one, &order(line.clone()), &for_all(limits)), Check::Early).outcome
    };
    assert_eq!(outcome(Some(dec!(800))), Outcome::WithinTolerance);
    assert_eq!(outcome(Some(dec!(799.99))), Outcome::Fail);
    assert_eq!(outcome(None), Outcome::Fail);
    let late = OrderedLine { due_date: Some(day("2026-03-01")), ..line.clone() };
    assert_eq!(found(&evaluate(&one, &order(late), &ToleranceSet::default()), Check::Early).outcome, Outcome::Pass);
}

#[test]
fn a_charge_that_the_order_does_not_know_is_let_through_only_if_small() {
    // Agreed and invoiced before; the charge; the small limit; outcome.
    let cases = [
        (dec!(0), dec!(0), dec!(5), None, Outcome::Fail),
        (dec!(0), dec!(0), dec!(5), Some(dec!(5)), Outcome::WithinTolerance),
        (dec!(0), dec!(0), dec!(5.01), Some(dec!(5)), Outcome::Fail),
        (dec!(5), dec!(0), dec!(5), None, Outcome::Pass),
        (dec!(5), dec!(5), dec!(5), None, Outcome::Fail),
    ];
    for case @ (agreed, invoiced, amount, small_charge_amount, outcome) in cases {
        let charges = vec![OrderedCharge { code: "freight", agreed, invoiced }];
        let order = Ordered { charges, ..order(ordered_line(1, dec!(10), dec!(10))) };
        let charged = Billed { charges: vec![BilledCharge { code: "freight", amount }], ..bill(vec![]) };
        let findings = evaluate(&charged, &order, &for_all(Limits { small_charge_amount, ..Default::default() }));
        assert_eq!(found(&findings, Check::Charge).outcome, outcome, "{case:?}");
        assert_eq!(findings[0].code.as_deref(), Some("freight"));
    }
}

#[test]
fn what_cannot_be_compared_is_not() {
    let one = || bill(vec![billed_line(dec!(10), dec!(100))]);
    let line = || ordered_line(1, dec!(10), dec!(10));
    let only = |bill: Billed<'_>, order: Ordered<'_>| {
        let findings = evaluate(&bill, &order, &ToleranceSet::default());
        findings.iter().filter(|f| f.is_hold()).map(|f| f.check).collect::<Vec<_>>()
    };
    assert_eq!(only(Billed { currency: Currency::USD, ..one() }, order(line())), [Check::Currency]);
    assert_eq!(only(Billed { vendor_id: OTHER_VENDOR, ..one() }, order(line())), [Check::Vendor]);
    assert_eq!(only(one(), Ordered { shut: Some("cancelled"), ..order(line()) }), [Check::OrderState]);
    assert_eq!(only(bill(vec![BilledLine { order_line: Some(9), ..billed_line(dec!(1), dec!(1)) }]), order(line())), [Check::OrderLine]);
    assert_eq!(only(bill(vec![BilledLine { order_line: None, ..billed_line(dec!(1), dec!(1)) }]), order(line())), [Check::OrderLine]);
    assert_eq!(only(bill(vec![BilledLine { unit: "DZN", ..billed_line(dec!(1), dec!(1)) }]), order(line())), [Check::Unit]);
}

#[test]
fn units_are_converted_before_anything_is_compared() {
    let dozens = [UnitConversion { unit: "DZN".to_owned(), factor: dec!(12) }];
    let line = || OrderedLine { units: Units { conversions: &dozens, ..PIECES }, ..ordered_line(1, dec!(24), dec!(1)) };
    let in_dozens = |quantity, net| bill(vec![BilledLine { unit: "DZN", ..billed_line(quantity, net) }]);
    assert!(evaluate(&in_dozens(dec!(2), dec!(24)), &order(line()), &ToleranceSet::default()).iter().all(|f| f.outcome == Outcome::Pass));
    let findings = evaluate(&in_dozens(dec!(3), dec!(72)), &order(line()), &ToleranceSet::default());
    assert_eq!(found(&findings, Check::QuantityOrdered).actual, "36");
    assert_eq!(found(&findings, Check::Price).actual, "2");
}

#[test]
fn a_credit_note_lowers_the_sums_and_gives_back_no_more_than_was_asked_for() {
    let line = OrderedLine { invoiced_quantity: dec!(10), invoiced_net: dec!(100), ..ordered_line(1, dec!(10), dec!(10)) };
    let credit = Billed { is_credit: true, ..bill(vec![billed_line(dec!(4), dec!(60))]) };
    assert!(evaluate(&credit, &order(line.clone()), &ToleranceSet::default()).is_empty());
    for (lines, invoiced, credited) in [
        (vec![billed_line(dec!(10), dec!(300))], "100", "300"),
        (vec![billed_line(dec!(50), dec!(100.01))], "100", "100.01"),
        (vec![billed_line(dec!(6), dec!(60)), BilledLine { id: "2", ..billed_line(dec!(5), dec!(50)) }], "40", "50"),
    ] {
        let credit = Billed { is_credit: true, ..bill(lines) };
        let findings = evaluate(&credit, &order(line.clone()), &ToleranceSet::default());
        let [beyond] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((beyond.check, beyond.is_hold()), (Check::LineTotal, true));
        assert_eq!((beyond.expected.as_str(), beyond.actual.as_str()), (invoiced, credited));
    }
}

#[test]
fn the_most_specific_rule_that_states_a_limit_decides() {
    let limit = |percent| Limits { quantity_ordered_percent: Some(percent), ..Default::default() };
    let rules = [
        (Applies::VendorItem { vendor_id: VENDOR, item_id: ITEM }, limit(dec!(60)), LimitSource::VendorItem),
        (Applies::Item(ITEM), limit(dec!(50)), LimitSource::Item),
        (Applies::ItemGroup("paper".to_owned()), limit(dec!(40)), LimitSource::ItemGroup),
        (Applies::Vendor(VENDOR), limit(dec!(30)), LimitSource::Vendor),
        (Applies::VendorGroup("office".to_owned()), limit(dec!(20)), LimitSource::VendorGroup),
        (Applies::Tenant, limit(dec!(10)), LimitSource::Tenant),
    ];
    let outcome = |tolerances: &ToleranceSet| {
        let one = bill(vec![billed_line(dec!(20), dec!(200))]);
        let findings = evaluate(&one, &order(ordered_line(1, dec!(10), dec!(10))), tolerances);
        let finding = found(&findings, Check::QuantityOrdered);
        (finding.limit.clone(), finding.source)
    };
    for from in 0..rules.len() {
        // In any order of the rules: the scope decides, not the place.
        let tolerances = set(rules[from..].iter().rev().map(|(applies, limits, _)| (applies.clone(), limits.clone())).collect());
        let (_, limits, source) = &rules[from];
        let expected = dec!(10) + limits.quantity_ordered_percent.expect("stated") / dec!(10);
        assert_eq!(outcome(&tolerances), (Some(expected.normalize().to_string()), Some(*source)));
    }
    assert_eq!(outcome(&ToleranceSet::default()), (Some("10".to_owned()), Some(LimitSource::Strict)));
    let silent = (Applies::Item(ITEM), Limits { small_charge_amount: Some(dec!(1)), ..Default::default() });
    let (applies, limits, _) = &rules[3];
    assert_eq!(outcome(&set(vec![silent, (applies.clone(), limits.clone())])).1, Some(LimitSource::Vendor), "a rule that does not say");
}

fn amounts() -> impl Strategy<Value = Decimal> {
    (0i64..1_000_000).prop_map(|cents| Decimal::new(cents, 2))
}

proptest! {
    /// However a quantity is cut into lines, the last of them tells whether all of it is too much.
    #[test]
    fn cutting_an_invoice_into_lines_never_lets_more_through(parts in proptest::collection::vec(1i64..50, 1..8), ordered in 1i64..200) {
        let lines: Vec<_> = parts.iter().map(|part| billed_line(Decimal::from(*part), Decimal::from(*part * 10))).collect();
        let total: i64 = parts.iter().sum();
        let findings = evaluate(&bill(lines), &order(ordered_line(1, Decimal::from(ordered), dec!(10))), &ToleranceSet::default());
        let held = findings.iter().any(|f| f.check == Check::QuantityOrdered && f.is_hold());
        prop_assert_eq!(held, total > ordered);
    }

    /// A wider tolerance never holds what a narrower one lets through.
    #[test]
    fn a_wider_tolerance_holds_no_more(net in amounts(), narrow in 0u32..50, wider in 0u32..50) {
        let holds = |percent: u32| {
            let one = bill(vec![billed_line(dec!(10), net)]);
            let tolerances = price_up(Some(Decimal::from(percent)), None);
            evaluate(&one, &order(ordered_line(1, dec!(10), dec!(100))), &tolerances).iter().any(|f| f.check == Check::Price && f.is_hold())
        };
        prop_assert!(!holds(narrow + wider) || holds(narrow));
    }

    /// No numbers are too large to be judged.
    #[test]
    fn any_numbers_are_judged(mantissa in any::<i64>(), scale in 0u32..28, price in any::<i64>(), high in 0i32..i32::MAX) {
        let large = Decimal::from_parts(u32::MAX, u32::MAX, high as u32, mantissa < 0, scale);
        let line = OrderedLine { invoiced_net: large, invoiced_quantity: large, due_date: Some(day("2400-01-01")), ..ordered_line(1, large, Decimal::from(price)) };
        let one = bill(vec![billed_line(Decimal::from(mantissa), large), billed_line(large, large), billed_line(dec!(0), large)]);
        let limits = Limits { price_up: band(Some(large.abs()), Some(large.abs())), line_total: band(Some(large.abs()), None), schedule_product: Some(large.abs()), ..Default::default() };
        evaluate(&one, &order(line), &for_all(limits));
    }
}

/// What earlier prepayments ask for, this one's, and whether it is held: the order comes to 1,000.
#[test]
fn all_prepayments_of_an_order_together_ask_for_no_more_than_it_comes_to() {
    let table = [(dec!(0), dec!(1000), false), (dec!(0), dec!(1000.01), true), (dec!(700), dec!(300), false), (dec!(700), dec!(301), true)];
    for (prepaid, asked, held) in table {
        let ordered = Ordered { prepaid, ..order(ordered_line(1, dec!(10), dec!(100))) };
        let findings = evaluate(&Billed { prepayment: Some(asked), ..bill(vec![]) }, &ordered, &ToleranceSet::default());
        assert_eq!(findings.len(), 1, "a prepayment bills no line: {findings:?}");
        assert_eq!((findings[0].check, findings[0].is_hold()), (Check::Prepayment, held), "{prepaid} and {asked}");
    }
    // Of 1,000, invoices have billed 700: nobody prepays that once more, whatever was prepaid of it.
    for (prepaid, asked, held) in [(dec!(0), dec!(300), false), (dec!(0), dec!(301), true), (dec!(700), dec!(300), false)] {
        let billed = OrderedLine { invoiced_net: dec!(700), ..ordered_line(1, dec!(10), dec!(100)) };
        let findings =
            evaluate(&Billed { prepayment: Some(asked), ..bill(vec![]) }, &Ordered { prepaid, ..order(billed) }, &ToleranceSet::default());
        assert_eq!(findings[0].is_hold(), held, "{prepaid} and {asked}");
    }
    let theirs = Ordered { vendor_id: OTHER_VENDOR, ..order(ordered_line(1, dec!(10), dec!(100))) };
    let findings = evaluate(&Billed { prepayment: Some(dec!(1)), ..bill(vec![]) }, &theirs, &ToleranceSet::default());
    assert_eq!((findings[0].check, findings[0].is_hold()), (Check::Vendor, true));
}
