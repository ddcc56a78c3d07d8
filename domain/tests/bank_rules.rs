//! Rules for bank lines: adopted in versions, refused where they could take too much, the first that fits books exactly the line.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::bank_rules::{
    BankRule, BankRuleSet, BankRules, BankRulesCommand, BankRulesEvent, LineDirection, LineWhen, RulePart, TextWhen,
};
use quittance_domain::bank_statement::{CodeScheme, Entry, EntryLine, StatementLine, TransactionCode};
use quittance_domain::{Currency, Money, Refusal, Root};
use rust_decimal::{Decimal, dec};

fn iso(code: &str) -> TransactionCode {
    TransactionCode { scheme: CodeScheme::Iso20022, code: code.to_owned() }
}

/// Fees of a café: 11.90 paid by card.
fn line(amount: Decimal) -> StatementLine {
    let told = EntryLine {
        amount: eur(amount),
        end_to_end_id: None,
        references: vec![],
        counterparty_name: Some("Cafe\u{301} Müßig GmbH".to_owned()),
        counterparty_account: Some("DE02 1203 0000 0000 2020 51".to_owned()),
        text: Some("Service  fees\nNovember".to_owned()),
        is_return: false,
        return_reason: None,
        transaction_codes: vec![iso("PMNT/CCRD/POSD")],
        cheque_number: None,
    };
    let entry =
        Entry { booked_on: day("2026-03-30"), value_date: None, amount: eur(amount), bank_reference: None, text: None, lines: vec![told] };
    entry.into_lines("aa", 1).remove(0)
}

fn when() -> LineWhen {
    LineWhen {
        direction: LineDirection::Paid,
        amount_max: eur(dec!(50)),
        bank_account_id: None,
        transaction_code: None,
        counterparty_name: None,
        counterparty_account: None,
        text_contains: Some("fees".to_owned()),
    }
}

fn part(account: &str, percent: Option<Decimal>) -> RulePart {
    RulePart { account_code: code(account), cost_centre: None, project: None, tax_code: None, percent }
}

fn rule(when: LineWhen, parts: Vec<RulePart>) -> BankRule {
    BankRule { name: "fees".to_owned(), when, parts, reason: "bank charges".to_owned() }
}

fn simple(when: LineWhen) -> BankRule {
    rule(when, vec![part("6850", None)])
}

fn set(rules: Vec<BankRule>) -> BankRuleSet {
    BankRuleSet { rules }
}

fn adopt(rules: Vec<BankRule>) -> BankRulesCommand {
    BankRulesCommand::Adopt { set: set(rules), by: ANNA }
}

fn adopted(version: u32, rules: Vec<BankRule>) -> BankRulesEvent {
    BankRulesEvent::Adopted { version, set: set(rules), by: ANNA }
}

fn first(rules: Vec<BankRule>, line: &StatementLine) -> Option<u32> {
    set(rules).ready().first_for(ACCOUNT, line).map(|(number, _)| number)
}

#[test]
fn each_change_is_a_version_and_the_same_again_is_none() {
    let (one, none) = (vec![simple(when())], vec![]);
    nothing::<BankRules>().when(adopt(one.clone())).then_expect_events(vec![adopted(1, one.clone())]);
    given::<BankRules>(vec![adopted(1, one.clone())]).when(adopt(one.clone())).then_expect_events(vec![]);
    given::<BankRules>(vec![adopted(1, one)]).when(adopt(none.clone())).then_expect_events(vec![adopted(2, none)]);
}

#[test]
fn a_rule_that_could_take_too_much_is_refused() {
    let words = |text: &str| Some(TextWhen::Contains(text.to_owned()));
    let parts = |percents: &[Option<Decimal>]| rule(when(), percents.iter().map(|percent| part("6850", *percent)).collect());
    for (row, (rule, verdict, place)) in [
        (BankRule { name: " ".to_owned(), ..simple(when()) }, "bank_rule_unnamed", "/rules/1/name"),
        (BankRule { reason: String::new(), ..simple(when()) }, "bank_rule_unnamed", "/rules/1/name"),
        (BankRule { name: "x".repeat(141), ..simple(when()) }, "bank_rule_unnamed", "/rules/1/name"),
        (simple(LineWhen { text_contains: None, ..when() }), "bank_rule_too_wide", "/rules/1/when"),
        (simple(LineWhen { text_contains: None, bank_account_id: Some(ACCOUNT), ..when() }), "bank_rule_too_wide", "/rules/1/when"),
        (simple(LineWhen { text_contains: Some("a b".to_owned()), ..when() }), "bank_rule_pattern_invalid", "/rules/1/when/text_contains"),
        (simple(LineWhen { text_contains: Some("x".repeat(141)), ..when() }), "bank_rule_pattern_invalid", "/rules/1/when/text_contains"),
        (simple(LineWhen { counterparty_name: words(" "), ..when() }), "bank_rule_pattern_invalid", "/rules/1/when/counterparty_name"),
        (
            simple(LineWhen { counterparty_account: Some("12 34-5".to_owned()), ..when() }),
            "bank_rule_pattern_invalid",
            "/rules/1/when/counterparty_account",
        ),
        (simple(LineWhen { transaction_code: Some(iso(" ")), ..when() }), "bank_rule_pattern_invalid", "/rules/1/when/transaction_code"),
        (simple(LineWhen { amount_max: eur(dec!(0)), ..when() }), "bank_rule_limit_invalid", "/rules/1/when/amount_max"),
        (simple(LineWhen { amount_max: eur(dec!(-1)), ..when() }), "bank_rule_limit_invalid", "/rules/1/when/amount_max"),
        (parts(&[]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[None, None]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[Some(dec!(50)), Some(dec!(50))]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[Some(dec!(100)), None]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[Some(dec!(0)), None]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[Some(dec!(-1)), None]), "bank_rule_parts_invalid", "/rules/1/parts"),
        (parts(&[Some(Decimal::MAX), Some(Decimal::MAX), None]), "bank_rule_parts_invalid", "/rules/1/parts"),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = BankRules::default().decide(adopt(vec![simple(when()), rule])).expect_err(&format!("row {row}"));
        assert_eq!((refused.code(), refused.pointer().as_deref()), (verdict, Some(place)), "row {row}");
    }
}

/// What a rule asks for, a line, and whether it fits.
#[test]
fn all_that_a_rule_states_must_be_so() {
    let paid = line(dec!(-11.90));
    let none = LineWhen { text_contains: None, ..when() };
    let name = |name: TextWhen| LineWhen { counterparty_name: Some(name), ..none.clone() };
    let of_code = |code| LineWhen { transaction_code: Some(code), ..none.clone() };
    let text = |text: &str| LineWhen { text_contains: Some(text.to_owned()), ..none.clone() };
    let dollars = StatementLine { amount: Money::exact(dec!(-11.90), Currency::USD).expect("money"), ..paid.clone() };
    let swift = TransactionCode { scheme: CodeScheme::Swift, code: "PMNT/CCRD/POSD".to_owned() };
    for (row, (when, line, fits)) in [
        (when(), paid.clone(), true),
        (text("SERVICE FEES november"), paid.clone(), true),
        (text("december"), paid.clone(), false),
        // The same letters in other forms of Unicode, and full width.
        (name(TextWhen::Equals("CAFÉ MÜSSIG GMBH".to_owned())), paid.clone(), true),
        (name(TextWhen::Contains("ｃａｆé".to_owned())), paid.clone(), true),
        (name(TextWhen::Equals("Café Müßig".to_owned())), paid.clone(), false),
        (name(TextWhen::Contains("Müßig".to_owned())), StatementLine { counterparty_name: None, ..paid.clone() }, false),
        (LineWhen { counterparty_account: Some("de02-120300000000202051".to_owned()), ..none.clone() }, paid.clone(), true),
        (LineWhen { counterparty_account: Some("120300000000202051".to_owned()), ..none.clone() }, paid.clone(), false),
        (of_code(iso("PMNT/CCRD")), paid.clone(), true),
        (of_code(iso("pmnt/ccrd/posd")), paid.clone(), true),
        (of_code(iso("PMNT/CC")), paid.clone(), false),
        (of_code(iso("PMNT/CCRD/POSD/X")), paid.clone(), false),
        (of_code(swift), paid.clone(), false),
        (LineWhen { direction: LineDirection::Received, ..when() }, paid.clone(), false),
        (LineWhen { direction: LineDirection::Received, ..when() }, line(dec!(11.90)), true),
        (when(), line(dec!(11.90)), false),
        (when(), line(dec!(-50)), true),
        (when(), line(dec!(-50.01)), false),
        (when(), line(dec!(0)), false),
        (when(), dollars, false),
        (LineWhen { bank_account_id: Some(ACCOUNT), ..when() }, paid.clone(), true),
        (LineWhen { bank_account_id: Some(OTHER_ACCOUNT), ..when() }, paid.clone(), false),
        // Money coming back, and what names a payment of ours, is for matching alone.
        (when(), StatementLine { is_return: true, ..paid.clone() }, false),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(first(vec![simple(when)], &line).is_some(), fits, "row {row}");
    }
    let ours = PaymentReference::end_to_end_id(PAYMENT.0, 1).expect("an id").to_string();
    let named = StatementLine { end_to_end_id: Some(ours), ..paid };
    assert_eq!(first(vec![simple(when())], &named), None);
}

#[test]
fn the_first_rule_that_fits_takes_the_line() {
    let narrow = simple(LineWhen { amount_max: eur(dec!(5)), ..when() });
    let (wide, wider) = (simple(when()), simple(LineWhen { amount_max: eur(dec!(500)), ..when() }));
    let rules = || vec![narrow.clone(), wide.clone(), wider.clone()];
    let taken: Vec<Option<u32>> =
        [dec!(-4), dec!(-40), dec!(-400), dec!(-4000)].into_iter().map(|amount| first(rules(), &line(amount))).collect();
    assert_eq!(taken, [Some(1), Some(2), Some(3), None]);
}

#[test]
fn a_gross_fee_is_split_into_net_and_tax() {
    let split = rule(when(), vec![part("1400", Some(dec!(15.9664))), part("6850", None)]);
    let told = |amount| split.parts_of(eur(amount)).iter().map(|part| part.amount.amount().to_string()).collect::<Vec<_>>();
    assert_eq!(told(dec!(-11.90)), ["1.90", "10.00"]);
    assert_eq!(told(dec!(11.90)), ["-1.90", "-10.00"]);
    assert_eq!(told(dec!(-0.01)), ["0.01"], "a share that comes to nothing is left out");
}

proptest! {
    /// Whatever the shares are: together they are the line the other way round, none is nothing, and none goes against the others.
    #[test]
    fn parts_always_sum_to_the_line(cents in -10_000_000_000i64..10_000_000_000, shares in prop::collection::vec(1u32..=9_000, 0..9)) {
        prop_assume!(cents != 0);
        let mut parts = vec![part("6850", None)];
        let mut left = 1_000_000i64;
        for share in shares {
            left -= i64::from(share) * 10;
            parts.push(part("1400", Some(Decimal::new(i64::from(share) * 10, 4))));
        }
        prop_assert!(left > 0);
        let moved = eur(Decimal::new(cents, 2));
        let rule = rule(when(), parts);
        prop_assert!(set(vec![rule.clone()]).check().is_ok());
        let booked = rule.parts_of(moved);
        let sum: Decimal = booked.iter().map(|part| part.amount.amount()).sum();
        prop_assert_eq!(sum, -moved.amount());
        prop_assert!(booked.iter().all(|part| !part.amount.is_zero() && part.amount.is_positive() != moved.is_positive()));
    }
}
