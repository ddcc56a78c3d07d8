//! Payment terms: days, parts and discounts, by the worked cases of SEMANTICS 4.

mod fixtures;

use chrono::NaiveDate;
use fixtures::*;
use quittance_domain::Money;
use quittance_domain::invoice::Totals;
use quittance_domain::terms::{
    AgreedTerms, BaseDate, Dates, DiscountBase, DiscountTier, Due, InstalmentPart, PaymentTerms, Standing, TermsCommand, TermsEvent,
    TermsRefusal, TermsRule,
};
use rust_decimal::{Decimal, dec};

fn tier(percent: Decimal, days: u16) -> DiscountTier {
    DiscountTier { percent, days }
}

fn discounted(percent: Decimal) -> TermsRule {
    TermsRule { name: "early".to_owned(), discounts: vec![tier(percent, 10)], ..TermsRule::net(30) }
}

fn totals(lines: Decimal, net: Decimal, tax: Decimal) -> Totals {
    Totals { lines, net, tax, gross: net + tax, ..document_totals() }
}

fn document_totals() -> Totals {
    document().totals
}

fn dates() -> Dates {
    Dates { invoice: day("2026-11-01"), received: day("2026-11-05"), of_order: false }
}

fn agreed(rule: &TermsRule, totals: &Totals) -> AgreedTerms {
    AgreedTerms::of("T", 1, rule, dates(), totals, eur(totals.gross)).expect("amounts that can be reckoned with")
}

fn standing(payable: Decimal, open: Decimal, taken: Decimal) -> Standing {
    Standing { payable: eur(payable), open: eur(open), taken: eur(taken), credited: eur(dec!(0)) }
}

/// The terms' rule, the document, and what a payment inside the window pays and takes.
#[test]
fn the_discount_is_rounded_first_and_the_payment_follows() {
    let on = |base| TermsRule { discount_base: base, ..discounted(dec!(2)) };
    let table = [
        (discounted(dec!(10)), totals(dec!(1725.05), dec!(1725.05), dec!(0)), dec!(1552.54), dec!(172.51)),
        // Four lines of 4.76: 1 % of the total is 0.19, not 4 × 0.05.
        (discounted(dec!(1)), totals(dec!(19.04), dec!(19.04), dec!(0)), dec!(18.85), dec!(0.19)),
        (on(DiscountBase::Gross), totals(dec!(1000), dec!(1000), dec!(200)), dec!(1176.00), dec!(24.00)),
        (on(DiscountBase::Net), totals(dec!(1000), dec!(1000), dec!(200)), dec!(1180.00), dec!(20.00)),
        // The tax base was cut on the invoice already.
        (on(DiscountBase::Net), totals(dec!(1000), dec!(1000), dec!(196)), dec!(1176.00), dec!(20.00)),
        // Freight of 100 on the document earns no discount on the goods.
        (on(DiscountBase::Goods), totals(dec!(900), dec!(1000), dec!(200)), dec!(1182.00), dec!(18.00)),
    ];
    for (row, (rule, totals, cash, discount)) in table.into_iter().enumerate() {
        let settlement = agreed(&rule, &totals).settlement(standing(totals.gross, totals.gross, dec!(0)), None, day("2026-11-11"));
        assert_eq!((settlement.cash, settlement.discount), (eur(cash), eur(discount)), "row {row}");
    }
}

/// Open before, taken before, cash, and what is settled with which discount; 1 % of 1,000.00, on part payments or not.
#[test]
fn part_payments_take_their_part_and_the_last_one_the_rest() {
    let table = [
        (true, dec!(1000), dec!(0), Some(dec!(500.00)), dec!(5.05)),
        (true, dec!(1000), dec!(0), Some(dec!(495.00)), dec!(5.00)),
        (true, dec!(494.95), dec!(5.05), None, dec!(4.95)),
        (true, dec!(494.95), dec!(5.05), Some(dec!(490.00)), dec!(4.95)),
        (true, dec!(494.95), dec!(5.05), Some(dec!(494.95)), dec!(0)),
        (true, dec!(494.95), dec!(10.00), None, dec!(0)),
        (false, dec!(1000), dec!(0), Some(dec!(500.00)), dec!(0)),
        (false, dec!(1000), dec!(0), Some(dec!(990.00)), dec!(10.00)),
        (false, dec!(1000), dec!(0), Some(dec!(1000.00)), dec!(0)),
        (false, dec!(1000), dec!(0), None, dec!(10.00)),
        (false, dec!(500), dec!(0), None, dec!(0)),
    ];
    for (row, (discount_on_partials, open, taken, cash, discount)) in table.into_iter().enumerate() {
        let rule = TermsRule { discount_on_partials, ..discounted(dec!(1)) };
        let terms = agreed(&rule, &totals(dec!(1000), dec!(1000), dec!(0)));
        let settlement = terms.settlement(standing(dec!(1000), open, taken), cash.map(eur), day("2026-11-02"));
        assert_eq!(settlement.discount, eur(discount), "row {row}");
        assert_eq!(settlement.cash, cash.map_or(eur(open - discount), eur), "row {row}");
    }
}

/// Whatever is paid in whatever parts, cash and discounts settle the invoice and never more.
#[test]
fn parts_settle_the_whole() {
    let rule = TermsRule { discount_on_partials: true, ..discounted(dec!(3)) };
    let terms = agreed(&rule, &totals(dec!(997.31), dec!(997.31), dec!(0)));
    for first in [1, 7, 333, 50_000, 96_000, 96_738] {
        let (mut open, mut taken, mut cash) = (dec!(997.31), dec!(0), dec!(0));
        for part in [Some(eur(Decimal::new(first, 2))), None] {
            let settled = terms.settlement(standing(dec!(997.31), open, taken), part, day("2026-11-02"));
            open -= settled.cash.amount() + settled.discount.amount();
            taken += settled.discount.amount();
            cash += settled.cash.amount();
        }
        assert_eq!((open, taken), (dec!(0), dec!(29.92)), "{first}");
        assert_eq!(cash, dec!(967.39), "{first}");
    }
}

/// What each part earns by itself adds up to the discount, after a payment and a credit note as well.
#[test]
fn the_shares_of_all_parts_are_the_discount() {
    let rule = TermsRule { discount_on_partials: true, ..discounted(dec!(3)) };
    let terms = agreed(&rule, &totals(dec!(997.31), dec!(997.31), dec!(0)));
    let whole = standing(dec!(997.31), dec!(997.31), dec!(0));
    let credited = Standing { open: eur(dec!(897.31)), credited: eur(dec!(100)), ..whole };
    for (standing, discount) in [(whole, dec!(29.92)), (credited, dec!(26.92))] {
        let parts = standing.open.allocate(&[dec!(1); 7]).expect("seven parts");
        let (mut before, mut earned) = (standing.base().less(standing.open), vec![]);
        for part in parts {
            earned.push(terms.share_of(standing, before, part, day("2026-11-02")).amount());
            before = before.plus(part).expect("euros");
        }
        assert_eq!(earned.iter().sum::<Decimal>(), discount);
        assert!(earned.iter().all(|share| (share - discount / dec!(7)).abs() <= dec!(0.01)), "{earned:?}");
    }
    let half = |on, partials| {
        let terms = AgreedTerms { discount_on_partials: partials, ..terms.clone() };
        terms.share_of(whole, eur(dec!(0)), eur(dec!(500)), day(on)).amount()
    };
    assert_eq!([half("2026-11-11", true), half("2026-11-12", true), half("2026-11-11", false)], [dec!(15.00), dec!(0), dec!(0)]);
}

/// A part that is more than what closes the invoice loses none of its discount: 995.00 of 1,000.00 at 1 % leave nothing open.
#[test]
fn a_part_just_below_the_whole_closes_the_invoice() {
    let rule = TermsRule { discount_on_partials: true, ..discounted(dec!(1)) };
    let terms = agreed(&rule, &totals(dec!(1000), dec!(1000), dec!(0)));
    let table = [
        (dec!(1000), dec!(0), dec!(995), dec!(5)),
        (dec!(1000), dec!(0), dec!(990), dec!(10)),
        (dec!(1000), dec!(0), dec!(1000), dec!(0)),
        (dec!(595.96), dec!(4.04), dec!(592), dec!(3.96)),
    ];
    for (open, taken, cash, discount) in table {
        let settled = terms.settlement(standing(dec!(1000), open, taken), Some(eur(cash)), day("2026-11-02"));
        assert_eq!((settled.cash, settled.discount), (eur(cash), eur(discount)), "{cash} of {open}");
    }
}

/// Tiers of 3 % in 7 days, 2 % in 14, with two days of grace; the value date, and the discount that it may take.
#[test]
fn the_largest_discount_whose_day_has_not_passed_counts() {
    let rule = TermsRule { discounts: vec![tier(dec!(2), 14), tier(dec!(3), 7)], grace_days: 2, ..discounted(dec!(1)) };
    let terms = agreed(&rule, &totals(dec!(1000), dec!(1000), dec!(0)));
    let table = [
        ("2026-10-01", Some(dec!(30))),
        ("2026-11-08", Some(dec!(30))),
        ("2026-11-10", Some(dec!(30))),
        ("2026-11-11", Some(dec!(20))),
        ("2026-11-17", Some(dec!(20))),
        ("2026-11-18", None),
    ];
    for (value_date, amount) in table {
        assert_eq!(terms.available(day(value_date)).map(|d| d.amount), amount.map(eur), "{value_date}");
    }
    assert_eq!(terms.available(day("2026-11-10")).map(|d| d.until), Some(day("2026-11-08")));
}

/// When something is due, counted from which day.
#[test]
fn days_are_counted_as_people_say_them() {
    let end = |months, days| Due::EndOfMonth { months, days };
    let table: [(Due, &str, &str); 14] = [
        (Due::NetDays { days: 30 }, "2026-11-01", "2026-12-01"),
        (Due::NetDays { days: 0 }, "2026-11-01", "2026-11-01"),
        (end(0, 0), "2026-11-01", "2026-11-30"),
        (end(0, 10), "2026-11-30", "2026-12-10"),
        (end(1, 0), "2026-01-31", "2026-02-28"),
        (end(1, 0), "2028-01-31", "2028-02-29"),
        (end(2, 15), "2026-12-31", "2027-03-15"),
        (Due::DayOfMonth { months: 1, day: 15 }, "2026-11-30", "2026-12-15"),
        (Due::DayOfMonth { months: 3, day: 31 }, "2026-11-30", "2027-02-28"),
        // Nothing is due before its base date.
        (Due::DayOfMonth { months: 0, day: 0 }, "2026-11-30", "2026-12-01"),
        (Due::DayOfMonth { months: 0, day: 1 }, "2026-01-31", "2026-02-01"),
        (Due::DayOfMonth { months: 0, day: 30 }, "2026-11-30", "2026-11-30"),
        (Due::DayOfMonth { months: 0, day: 31 }, "2026-02-28", "2026-02-28"),
        (Due::NetDays { days: u16::MAX }, "2026-11-01", "2206-04-07"),
    ];
    for (due, base, expected) in table {
        assert_eq!(due.after(day(base)), day(expected), "{due:?} after {base}");
    }
    assert_eq!(Due::EndOfMonth { months: 255, days: u16::MAX }.after(NaiveDate::MAX), NaiveDate::MAX);
}

#[test]
fn terms_count_from_the_day_that_they_name() {
    let base = |base_date| TermsRule { base_date, ..TermsRule::net(30) }.base(dates());
    assert_eq!(base(BaseDate::InvoiceDate), day("2026-11-01"));
    assert_eq!(base(BaseDate::InvoiceReceipt), day("2026-11-05"));
    assert_eq!(base(BaseDate::EndOfMonth), day("2026-11-30"));
    // What bills no goods of an order.
    assert_eq!(base(BaseDate::GoodsReceipt), day("2026-11-05"));
}

/// Until the goods are there the days are provisional and no discount ends; then they are those of the rule, with grace.
#[test]
fn terms_that_await_their_goods_are_fixed_when_these_are_there() {
    let part = |percent, days| InstalmentPart { percent, due: Due::NetDays { days } };
    let rule = TermsRule {
        base_date: BaseDate::GoodsReceipt,
        instalments: vec![part(dec!(50), 30), part(dec!(50), 60)],
        grace_days: 2,
        ..discounted(dec!(2))
    };
    let of_order = Dates { of_order: true, ..dates() };
    let awaiting = AgreedTerms::of("G", 1, &rule, of_order, &totals(dec!(1000), dec!(1000), dec!(0)), eur(dec!(1000))).expect("terms");
    assert_eq!((awaiting.due_date(), awaiting.last_days().len()), (Some(day("2026-12-01")), 0));
    for paid_on in ["2026-11-13", "2026-11-14", "2027-03-01"] {
        let available = awaiting.available(day(paid_on)).map(|d| (d.amount, d.last_day));
        assert_eq!(available, Some((eur(dec!(20)), day(paid_on).max(day("2026-11-13")))));
    }
    let fixed = awaiting.clone().counted_from(day("2026-12-20"));
    assert_eq!(fixed.instalments.iter().map(|i| i.due_date).collect::<Vec<_>>(), [day("2027-01-19"), day("2027-02-18")]);
    assert_eq!(fixed.instalments.iter().map(|i| i.amount).collect::<Vec<_>>(), [eur(dec!(500)), eur(dec!(500))]);
    assert_eq!(fixed.last_days().into_iter().collect::<Vec<_>>(), [day("2027-01-01")]);
    assert_eq!(fixed.available(day("2027-01-02")), None);
    assert_eq!(fixed.clone().counted_from(day("2026-01-01")), fixed, "reckoned once");
}

#[test]
fn instalments_sum_to_the_whole_by_largest_remainder() {
    let part = |percent, days| InstalmentPart { percent, due: Due::NetDays { days } };
    let thirds = vec![part(dec!(33.33), 30), part(dec!(33.33), 60), part(dec!(33.34), 90)];
    let terms = agreed(&TermsRule { instalments: thirds, ..TermsRule::net(0) }, &totals(dec!(100), dec!(100), dec!(0)));
    let amounts: Vec<Money> = terms.instalments.iter().map(|i| i.amount).collect();
    assert_eq!(amounts, [eur(dec!(33.33)), eur(dec!(33.33)), eur(dec!(33.34))]);
    let odd = TermsRule { instalments: vec![part(dec!(50), 30), part(dec!(50), 60)], ..TermsRule::net(0) };
    let terms = agreed(&odd, &totals(dec!(0.01), dec!(0.01), dec!(0)));
    assert_eq!(terms.instalments.iter().map(|i| i.amount.amount()).sum::<Decimal>(), dec!(0.01));
    assert_eq!(terms.due_date(), Some(day("2026-12-01")));
}

#[test]
fn a_code_gets_a_new_version_when_its_meaning_changes() {
    let adopt = |rule: TermsRule| TermsCommand::Adopt { code: "N30".to_owned(), rule, by: DORA };
    let adopted = |version, rule: TermsRule| TermsEvent::Adopted { code: "N30".to_owned(), version, rule, by: DORA };
    let first = adopted(1, TermsRule::net(30));
    nothing::<PaymentTerms>().when(adopt(TermsRule::net(30))).then_expect_events(vec![first.clone()]);
    given::<PaymentTerms>(vec![first.clone()]).when(adopt(TermsRule::net(30))).then_expect_events(vec![]);
    given::<PaymentTerms>(vec![first]).when(adopt(TermsRule::net(45))).then_expect_events(vec![adopted(2, TermsRule::net(45))]);
    assert_eq!(PaymentTerms::default().rule(), Err(TermsRefusal::TermsUnknown));
}

#[test]
fn terms_that_do_not_add_up_are_refused() {
    let part = |percent| InstalmentPart { percent, due: Due::NetDays { days: 30 } };
    let parts = |percents: &[Decimal]| TermsRule { instalments: percents.iter().copied().map(part).collect(), ..TermsRule::net(0) };
    let tiers = |tiers: &[(u16, Decimal)]| TermsRule {
        discounts: tiers.iter().map(|&(days, percent)| DiscountTier { days, percent }).collect(),
        ..TermsRule::net(30)
    };
    let adopt = |code: &str, rule| TermsCommand::Adopt { code: code.to_owned(), rule, by: DORA };
    let table = [
        ("N 30", TermsRule::net(30), TermsRefusal::TermsCodeInvalid),
        ("", TermsRule::net(30), TermsRefusal::TermsCodeInvalid),
        ("N30", parts(&[]), TermsRefusal::InstalmentsIncomplete),
        ("N30", parts(&[dec!(50), dec!(49.99)]), TermsRefusal::InstalmentsIncomplete),
        ("N30", parts(&[dec!(150), dec!(-50)]), TermsRefusal::InstalmentsIncomplete),
        ("N30", parts(&[Decimal::MAX, Decimal::MAX]), TermsRefusal::InstalmentsIncomplete),
        ("N30", parts(&[dec!(2.5); 40]), TermsRefusal::TermsTooLong),
        ("N30", discounted(dec!(0)), TermsRefusal::DiscountOutOfRange { index: 0 }),
        ("N30", discounted(dec!(100)), TermsRefusal::DiscountOutOfRange { index: 0 }),
        ("N30", tiers(&[(10, dec!(3)), (10, dec!(2))]), TermsRefusal::DiscountsOutOfOrder { index: 1 }),
        ("N30", tiers(&[(10, dec!(3)), (20, dec!(2)), (30, dec!(2))]), TermsRefusal::DiscountsOutOfOrder { index: 2 }),
    ];
    for (code, rule, refusal) in table {
        nothing::<PaymentTerms>().when(adopt(code, rule)).then_expect_error(refusal);
    }
}

/// 1,200.00 with 24.00 off in time; what a credit note took of it earns no discount (SEMANTICS 4).
#[test]
fn a_credit_note_reduces_the_discount_by_its_share() {
    let terms = agreed(&discounted(dec!(2)), &totals(dec!(1000), dec!(1000), dec!(200)));
    let table = [
        (dec!(0), dec!(1176.00), dec!(24.00)),
        (dec!(300), dec!(882.00), dec!(18.00)),
        (dec!(0.25), dec!(1175.75), dec!(24.00)),
        (dec!(0.30), dec!(1175.71), dec!(23.99)),
    ];
    for (credit, cash, discount) in table {
        let standing = Standing { credited: eur(credit), ..standing(dec!(1200), dec!(1200) - credit, dec!(0)) };
        let settlement = terms.settlement(standing, None, day("2026-11-11"));
        assert_eq!((settlement.cash, settlement.discount), (eur(cash), eur(discount)), "{credit}");
    }
    let all = Standing { credited: eur(dec!(1200)), ..standing(dec!(1200), dec!(0), dec!(0)) };
    assert_eq!(terms.left(all, day("2026-11-11")), eur(dec!(0)));
}

/// 3 % for ten days, 2 % for twenty: each day loses only what the next tier does not grant.
#[test]
fn what_a_day_loses_is_what_the_next_tier_does_not_grant() {
    let tiers = TermsRule { discounts: vec![tier(dec!(3), 10), tier(dec!(2), 20)], ..discounted(dec!(3)) };
    let terms = agreed(&tiers, &totals(dec!(1000), dec!(1000), dec!(0)));
    let days: Vec<NaiveDate> = terms.last_days().into_iter().collect();
    assert_eq!(days, [day("2026-11-11"), day("2026-11-21")]);
    let lost = |taken| days.iter().map(|on| terms.lost_after(standing(dec!(1000), dec!(1000), taken), *on).amount()).collect::<Vec<_>>();
    assert_eq!(lost(dec!(0)), [dec!(10.00), dec!(20.00)]);
    assert_eq!(lost(dec!(30)), [dec!(0.00), dec!(0.00)], "taken in time");
    assert_eq!(lost(dec!(20)), [dec!(10.00), dec!(0.00)], "the second tier was taken");
}
