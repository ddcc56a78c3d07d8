//! A line that tells a sum becomes the lines that it is made of.

mod fixtures;

use fixtures::*;
use quittance_domain::Currency;
use quittance_domain::Root;
use quittance_domain::bank_statement::{
    BankStatement, BankStatementCommand, BankStatementEvent, BankStatementRefusal, Division, DivisionSource, Entry, EntryLine, MatchTarget,
    Matching, StatementLine,
};
use rust_decimal::{Decimal, dec};

fn part(amount: Decimal) -> EntryLine {
    entry_line(eur(amount))
}

fn told(amount: Decimal, identity: &str, first: u32, lines: Vec<EntryLine>) -> Vec<StatementLine> {
    let (booked_on, bank_reference) = (day("2026-03-30"), Some("BR-1".to_owned()));
    Entry { booked_on, value_date: None, amount: eur(amount), bank_reference, text: None, lines }.into_lines(identity, first)
}

/// Two entries: 303.00 that left, and 5.00 that came.
fn imported() -> Vec<BankStatementEvent> {
    let lines = [told(dec!(-303), "aa", 1, vec![part(dec!(-303))]), told(dec!(5), "bb", 2, vec![part(dec!(5))])].concat();
    imports(lines)
}

fn by_person() -> DivisionSource {
    DivisionSource::Person { reason: "the bank's list".to_owned() }
}

fn divide(line: u32, parts: &[Decimal]) -> BankStatementCommand {
    let parts = parts.iter().map(|amount| part(*amount)).collect();
    BankStatementCommand::Divide { line, division: Division { parts, told: by_person(), by: ERIN } }
}

/// Into the numbers that are given.
fn divided(line: u32, into: &[(u32, Decimal)]) -> BankStatementEvent {
    let one = |(number, amount): &(u32, Decimal)| told(*amount, "aa", *number, vec![part(*amount)]).remove(0);
    BankStatementEvent::Divided { line, parts: into.iter().map(one).collect(), told: by_person(), by: ERIN }
}

fn explain(line: u32) -> BankStatementCommand {
    let target = MatchTarget::Explained { explanation: "fees".to_owned() };
    BankStatementCommand::Match { line, matching: Matching { target, score: 100, evidence: vec![], by: Some(ERIN), posted: None } }
}

#[test]
fn the_first_part_has_the_lines_number_and_the_others_follow_the_last() {
    let first = divided(1, &[(1, dec!(-100)), (3, dec!(-203))]);
    given::<BankStatement>(imported()).when(divide(1, &[dec!(-100), dec!(-203)])).then_expect_events(vec![first.clone()]);
    let before = [imported(), vec![first]].concat();
    let again = divided(3, &[(3, dec!(-210)), (4, dec!(7))]);
    given::<BankStatement>(before.clone()).when(divide(3, &[dec!(-210), dec!(7)])).then_expect_events(vec![again.clone()]);

    let after = BankStatement::replay([before, vec![again]].concat());
    let waiting: Vec<_> = after.imported().expect("imported").unmatched().map(|line| (line.line, line.amount.amount())).collect();
    assert_eq!(waiting, [(1, dec!(-100)), (2, dec!(5)), (3, dec!(-210)), (4, dec!(7))]);
}

#[test]
fn the_parts_are_worth_what_the_line_is() {
    for (parts, refusal) in [
        (vec![], BankStatementRefusal::DivisionOfOne),
        (vec![dec!(-303)], BankStatementRefusal::DivisionOfOne),
        (vec![dec!(-100), dec!(-202.99)], BankStatementRefusal::DivisionDiffers { line: eur(dec!(-303)) }),
        (vec![dec!(100), dec!(203)], BankStatementRefusal::DivisionDiffers { line: eur(dec!(-303)) }),
        (vec![dec!(-303), dec!(0)], BankStatementRefusal::PartInvalid { part: 1, currency: Currency::EUR }),
    ] {
        given::<BankStatement>(imported()).when(divide(1, &parts)).then_expect_error(refusal);
    }
    given::<BankStatement>(imported())
        .when(divide(9, &[dec!(1), dec!(2)]))
        .then_expect_error(BankStatementRefusal::BankLineUnknown { line: 9 });
    let wordless =
        Division { parts: vec![part(dec!(-1)), part(dec!(-302))], told: DivisionSource::Person { reason: " ".to_owned() }, by: ERIN };
    let wordless = BankStatementCommand::Divide { line: 1, division: wordless };
    given::<BankStatement>(imported()).when(wordless).then_expect_error(BankStatementRefusal::ReasonMissing);
}

/// A part is explained by itself, and what is explained is not divided.
#[test]
fn what_is_explained_is_not_divided() {
    let before = [imported(), vec![divided(1, &[(1, dec!(-100)), (3, dec!(-203))])]].concat();
    let BankStatementCommand::Match { matching, .. } = explain(3) else { unreachable!("it is one") };
    let explained = BankStatementEvent::Matched { line: 3, matching };
    given::<BankStatement>(before.clone()).when(explain(3)).then_expect_events(vec![explained.clone()]);
    let after = [before, vec![explained]].concat();
    given::<BankStatement>(after.clone())
        .when(divide(3, &[dec!(-200), dec!(-3)]))
        .then_expect_error(BankStatementRefusal::BankLineMatched { line: 3 });
    let waiting: Vec<u32> = BankStatement::replay(after).imported().expect("imported").unmatched().map(|line| line.line).collect();
    assert_eq!(waiting, [1, 2]);
}
