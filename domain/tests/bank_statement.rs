//! A bank statement: imported once, its lines matched by what speaks for it.

mod fixtures;

use std::slice::from_ref;

use fixtures::*;
use quittance_domain::aggregate::Claim;
use quittance_domain::bank_account::PaymentReference;
use quittance_domain::bank_statement::{
    AUTOMATIC_FROM, BalanceProof, BankStatement, BankStatementCommand, BankStatementEvent, BankStatementRefusal, ChequeException,
    ChequeFinding, Counted, Entry, EntryLine, Evidence, Explanation, Import, MatchTarget, Matching, PaymentEffect, Span, StatedBalance,
    StatementKind, StatementLine, best, propose, propose_part,
};
use quittance_domain::party::{folded, names_number};
use quittance_domain::payment::{Method, Payment, PaymentEvent, PaymentPlan};
use quittance_domain::{ClaimChange, Currency, Money, Root};
use rust_decimal::{Decimal, dec};

fn entry(amount: Decimal, reference: Option<&str>, text: &str) -> Entry {
    let line = EntryLine { text: Some(text.to_owned()), ..entry_line(eur(amount)) };
    Entry {
        booked_on: day("2026-03-30"),
        value_date: None,
        amount: eur(amount),
        bank_reference: reference.map(str::to_owned),
        text: Some(text.to_owned()),
        lines: vec![line],
    }
}

fn line(amount: Money) -> StatementLine {
    let mut lines = entry(amount.amount(), Some("BR-1"), "").into_lines("aa", 1);
    lines.remove(0)
}

fn imported() -> Vec<BankStatementEvent> {
    imports(vec![line(eur(dec!(-5)))])
}

fn explained() -> Matching {
    Matching {
        target: MatchTarget::Explained { explanation: "fees".to_owned() },
        score: 100,
        evidence: vec![],
        by: Some(ERIN),
        posted: None,
    }
}

fn settling() -> Matching {
    let target =
        MatchTarget::Payment { payment_id: PAYMENT, items: vec![1], effect: PaymentEffect::Settles, value_date: day("2026-03-30") };
    Matching { target, score: 90, evidence: vec![], by: None, posted: None }
}

fn matched(matching: Matching) -> BankStatementEvent {
    BankStatementEvent::Matched { line: 1, matching }
}

fn match_it(matching: Matching) -> BankStatementCommand {
    BankStatementCommand::Match { line: 1, matching }
}

fn unmatch() -> BankStatementCommand {
    BankStatementCommand::Unmatch { line: 1, by: ERIN, reason: "interest".to_owned(), effective_date: None }
}

#[test]
fn the_same_statement_is_imported_once() {
    let import = Box::new(statement(vec![line(eur(dec!(-5)))]));
    nothing::<BankStatement>().when(BankStatementCommand::Import(import.clone())).then_expect_events(imported());
    given::<BankStatement>(imported()).when(BankStatementCommand::Import(import)).then_expect_events(vec![]);
}

#[test]
fn a_line_is_explained_once() {
    let before = [imported(), vec![matched(explained())]].concat();
    given::<BankStatement>(imported()).when(match_it(explained())).then_expect_events(vec![matched(explained())]);
    given::<BankStatement>(before.clone()).when(match_it(explained())).then_expect_events(vec![]);
    given::<BankStatement>(before).when(match_it(settling())).then_expect_error(BankStatementRefusal::BankLineMatched { line: 1 });
}

/// Nothing rests on it; then all that it had said of the account is free to be said again.
#[test]
fn a_statement_is_withdrawn_while_nothing_rests_on_its_lines() {
    let withdraw = |reason: &str| BankStatementCommand::Withdraw { by: ERIN, reason: reason.to_owned() };
    let withdrawn = || BankStatementEvent::Withdrawn { lines: vec![1], by: ERIN, reason: "of another account".to_owned() };
    given::<BankStatement>(imported()).when(withdraw("of another account")).then_expect_events(vec![withdrawn()]);
    given::<BankStatement>(imported()).when(withdraw(" ")).then_expect_error(BankStatementRefusal::ReasonMissing);
    nothing::<BankStatement>().when(withdraw("x")).then_expect_error(BankStatementRefusal::BankStatementUnknown);
    let settled = [imported(), vec![matched(settling())]].concat();
    given::<BankStatement>(settled).when(withdraw("x")).then_expect_error(BankStatementRefusal::BankStatementInUse { line: 1 });

    let gone = [imported(), vec![withdrawn()]].concat();
    given::<BankStatement>(gone.clone()).when(withdraw("again")).then_expect_events(vec![]);
    given::<BankStatement>(gone).when(match_it(explained())).then_expect_error(BankStatementRefusal::BankStatementWithdrawn);
    let taken: Vec<Claim> = claims_of(BankStatement::default().claims(&imported().remove(0)));
    let released = claims_of(BankStatement::replay(imported()).claims(&withdrawn()));
    assert_eq!((taken.is_empty(), &taken), (false, &released));
}

fn claims_of(changes: Vec<ClaimChange>) -> Vec<Claim> {
    let claim = |change| match change {
        ClaimChange::Take(claim) | ClaimChange::Release(claim) => claim,
    };
    changes.into_iter().map(claim).collect()
}

#[test]
fn an_explanation_has_words() {
    let wordless = Matching { target: MatchTarget::Explained { explanation: " ".to_owned() }, ..explained() };
    given::<BankStatement>(imported()).when(match_it(wordless)).then_expect_error(BankStatementRefusal::ExplanationMissing);
}

#[test]
fn a_match_is_taken_back_but_not_the_coming_back_of_money() {
    let explained = [imported(), vec![matched(explained())]].concat();
    let unmatched = BankStatementEvent::Unmatched { line: 1, by: ERIN, reason: "interest".to_owned(), effective_date: None };
    given::<BankStatement>(explained).when(unmatch()).then_expect_events(vec![unmatched]);
    given::<BankStatement>(imported()).when(unmatch()).then_expect_error(BankStatementRefusal::BankLineNotMatched { line: 1 });
    let settled = [imported(), vec![matched(settling())]].concat();
    let unmatched = || BankStatementEvent::Unmatched { line: 1, by: ERIN, reason: "interest".to_owned(), effective_date: None };
    given::<BankStatement>(settled.clone()).when(unmatch()).then_expect_events(vec![unmatched()]);
    let effect = PaymentEffect::Returns { reason: "AC04".to_owned() };
    let target = MatchTarget::Payment { payment_id: PAYMENT, items: vec![1], effect, value_date: day("2026-03-30") };
    let returned = [imported(), vec![matched(Matching { target, ..settling() })]].concat();
    given::<BankStatement>(returned).when(unmatch()).then_expect_error(BankStatementRefusal::MatchMovedPayment { line: 1 });

    // The item may be told by another line, and this line of another payment; the engine does not choose this one again.
    let before = BankStatement::replay(settled.clone());
    let freed: Vec<_> = before.claims(&unmatched());
    assert_eq!(freed, settling().claims().into_iter().map(ClaimChange::Release).collect::<Vec<_>>());
    let after = BankStatement::replay([settled, vec![unmatched()]].concat());
    let state = after.imported().expect("it was imported");
    assert_eq!((state.unmatched().count(), state.is_dismissed(1, PAYMENT), state.is_dismissed(2, PAYMENT)), (1, true, false));
}

#[test]
fn what_was_never_imported_has_no_lines() {
    nothing::<BankStatement>().when(match_it(explained())).then_expect_error(BankStatementRefusal::BankStatementUnknown);
    let other = BankStatementCommand::Match { line: 9, matching: explained() };
    given::<BankStatement>(imported()).when(other).then_expect_error(BankStatementRefusal::BankLineUnknown { line: 9 });
}

#[test]
fn entries_and_items_are_claimed() {
    let keys = |state: &BankStatement, event| {
        state.claims(&event).into_iter().map(|change| match change {
            ClaimChange::Take(claim) => claim.key,
            ClaimChange::Release(claim) => panic!("{claim:?} is given up"),
        })
    };
    let statement = BankStatement::replay(imported());
    let entries: Vec<String> = keys(&BankStatement::default(), imported().remove(0)).collect();
    assert_eq!(entries, [format!("bank_entry|{ACCOUNT}|aa")]);
    let items: Vec<String> = keys(&statement, matched(settling())).collect();
    assert_eq!(items, [format!("bank_match|{PAYMENT}|1|settles")]);
}

/// A second page begins with the balance that the first one ended with; the same statement twice in a file does not.
#[test]
fn equal_entries_of_two_pages_are_two() {
    let fee = || vec![entry(dec!(-1.50), None, "FEE")];
    let between = |opening, closing| (Some(opening), Some(closing));
    let next = |file: &mut Counted, balances, entries: Vec<Entry>| {
        file.turn(balances);
        let told = file.identities(&entries);
        file.pass_over(told.clone());
        told
    };
    let mut file = Counted::default();
    let first = next(&mut file, between(dec!(100), dec!(98.50)), fee());
    let second = next(&mut file, between(dec!(98.50), dec!(97)), fee());
    assert_ne!(first, second);
    assert_eq!(next(&mut file, between(dec!(98.50), dec!(97)), fee()), first, "told again, not gone on");
    assert_eq!(identities(&fee()), first, "the same in another file");
    let mut silent = Counted::default();
    let told = next(&mut silent, (None, None), fee());
    assert_eq!(next(&mut silent, (None, None), fee()), told, "nobody says that they are two");
    let nothing_moved = || [fee(), vec![entry(dec!(1.50), None, "FEE BACK")]].concat();
    let mut twice = Counted::default();
    let told = next(&mut twice, between(dec!(100), dec!(100)), nothing_moved());
    assert_eq!(next(&mut twice, between(dec!(100), dec!(100)), nothing_moved()), told);
}

/// A statement of `format` under a number, whose entries lead from a balance on.
fn told(format: &str, number: &str, opening: Decimal, amounts: &[Decimal]) -> Import {
    let BankStatementEvent::Imported(import) = imports(vec![]).remove(0) else { panic!("an import") };
    let of_entry = |(index, amount): (usize, &Decimal)| StatementLine { identity: index.to_string(), ..line(eur(*amount)) };
    Import {
        format: format.to_owned(),
        sequence: Some(number.to_owned()),
        kind: StatementKind::EndOfPeriod,
        opening: Some(StatedBalance { amount: opening, date: None }),
        closing: Some(StatedBalance { amount: opening + amounts.iter().sum::<Decimal>(), date: None }),
        proof: BalanceProof::Proved,
        lines: amounts.iter().enumerate().map(of_entry).collect(),
        ..*import
    }
}

#[test]
fn statements_are_apart_where_their_balances_say_so() {
    let apart = |one: &Import, other: &Import| {
        let (one, other) = (Span::imported(one).expect("a span"), Span::imported(other).expect("a span"));
        assert_eq!(one.is_apart_from(&other), other.is_apart_from(&one));
        one.is_apart_from(&other)
    };
    let (five, back) = (dec!(-5), dec!(5));
    let first = told("mt940", "1", dec!(100), &[five]);
    assert!(apart(&first, &told("mt940", "1", dec!(95), &[five])), "the next page, whatever its number");
    assert!(apart(&first, &told("camt.053", "1", dec!(95), &[five])), "in whatever format");
    assert!(apart(&first, &told("mt940", "3", dec!(90), &[five])), "another number of the same bank, the page between them unknown");
    let page = |number: &str, opening: Decimal| Import { page: Some(number.to_owned()), ..told("mt940", "7", opening, &[five]) };
    assert!(apart(&page("1", dec!(100)), &page("3", dec!(90))) && !apart(&page("1", dec!(100)), &page("1", dec!(90))), "another page");
    assert!(!apart(&first, &told("camt.053", "3", dec!(90), &[five])), "nothing says so");
    assert!(!apart(&first, &told("mt940", "2", dec!(100), &[five, five])), "the day so far, and the whole day");
    let round = told("mt940", "9", dec!(100), &[five, back]);
    assert!(!apart(&round, &told("camt.053", "1", dec!(95), &[back])), "a part of it, although it ends where that one begins");
    assert!(apart(&first, &told("mt940", "3", dec!(100), &[five])), "the same way again, as its number says");
    assert!(!apart(&first, &told("mt940", "1", dec!(100), &[five])));
    let rest = Import { repeated: 1, ..told("mt940", "2", dec!(95), &[five]) };
    assert!(apart(&first, &rest) && !apart(&told("mt940", "2", dec!(100), &[five, five]), &rest), "what it tells is not known any more");
    assert!(Span::imported(&Import { opening: None, ..first }).is_none());
}

fn identities(entries: &[Entry]) -> Vec<String> {
    Counted::default().identities(entries)
}

/// Two statements that overlap name an entry alike; equal entries of a day are counted.
#[test]
fn an_entry_is_the_same_in_every_statement() {
    let coffee = || entry(dec!(-3.20), None, "COFFEE  BAR");
    let first = identities(&[coffee(), entry(dec!(-9), Some("R1"), "rent"), coffee()]);
    let second = identities(&[entry(dec!(-9), Some("R1"), "other words"), entry(dec!(-3.20), None, "COFFEE BAR"), coffee(), coffee()]);
    assert_eq!(first[1], second[0], "the bank's reference counts, not its words");
    assert_eq!([&first[0], &first[2]], [&second[1], &second[2]], "the first two coffees are the first two");
    assert!(!first.contains(&second[3]), "the third is new");
    assert_ne!(identities(&[entry(dec!(-9), Some("R1"), "")]), identities(&[entry(dec!(9), Some("R1"), "")]));
}

/// The bank may list what a batch holds in one message, and tell its sum alone in another, without a reference of its own.
#[test]
fn a_batch_is_the_same_by_its_sum_and_by_what_it_holds() {
    let sum = entry(dec!(-9), None, "BATCH");
    let part = |id: &str, amount: Decimal| EntryLine { amount: eur(amount), end_to_end_id: Some(id.to_owned()), ..sum.lines[0].clone() };
    let listed = Entry { lines: vec![part("A", dec!(-4)), part("B", dec!(-5))], ..sum.clone() };
    assert_eq!(identities(from_ref(&sum)), identities(from_ref(&listed)));
    assert_ne!(identities(from_ref(&sum)), identities(&[Entry { lines: vec![part("A", dec!(-9))], ..sum }]), "one transfer has its id");
    let twice = identities(&[listed.clone(), listed]);
    assert_ne!(twice[0], twice[1], "a second batch of the day is another");
}

fn sent_payment() -> Payment {
    Payment::replay([
        PaymentEvent::Planned(Box::new(plan())),
        PaymentEvent::Authorised { by: DORA },
        PaymentEvent::Started { by: ERIN, at: at("2026-03-03T09:00:00Z") },
        PaymentEvent::FileSent { file: sent_file() },
    ])
}

/// What the line says, the score that it gets (none: cannot be), whether the engine takes it by itself.
#[test]
fn the_score_is_the_sum_of_what_speaks_for_it() {
    let plan = plan();
    let item = &plan.items[0];
    let paid = line(item.amount.negated());
    let named = StatementLine { end_to_end_id: Some(item.end_to_end_id.clone()), ..paid.clone() };
    let later = StatementLine { booked_on: day("2026-12-24"), ..paid.clone() };
    let telling = StatementLine {
        text: Some(format!("payment of {}", item.invoice_number)),
        counterparty_name: Some(item.creditor_name.to_uppercase()),
        counterparty_account: item.creditor_account.as_ref().and_then(|account| account.iban()).map(ToString::to_string),
        ..paid.clone()
    };
    let cent_off = StatementLine { amount: eur(item.amount.amount() + dec!(0.01)).negated(), ..named.clone() };
    let returned = StatementLine { amount: item.amount, is_return: true, ..named.clone() };
    let income = StatementLine { amount: item.amount, ..paid.clone() };
    for (line, score) in [
        (paid, Some(30)),
        (later, Some(20)),
        (named, Some(100)),
        (telling, Some(95)),
        (cent_off, None),
        (returned, Some(100)),
        (income, None),
    ] {
        let proposal = propose(&line, PAYMENT, &sent_payment());
        assert_eq!(proposal.as_ref().map(|own| own.score), score, "{line:?}");
        let automatic = proposal.map(|own| best(vec![Explanation::Payment(own)]).is_some_and(|(_, automatic)| automatic));
        assert_eq!(automatic, score.map(|score| score >= AUTOMATIC_FROM), "{line:?}");
    }
}

/// The bank took its charges from what it moved: a person is told which payment it was, and the engine takes it for nothing.
#[test]
fn a_line_that_names_a_payment_of_another_amount_is_for_a_person() {
    let item = &plan().items[0];
    let less = |by: Decimal| line(Money::rounded(by - item.amount.amount(), item.amount.currency()));
    let named = |line: StatementLine| StatementLine { end_to_end_id: Some(item.end_to_end_id.clone()), ..line };
    let told = propose_part(&named(less(dec!(12.50))), PAYMENT, &sent_payment()).expect("a proposal");
    assert_eq!((told.items, told.score < AUTOMATIC_FROM), (vec![item.line], true));
    assert!(told.evidence.contains(&Evidence::EndToEndId) && !told.evidence.contains(&Evidence::Amount));
    assert_eq!(propose(&named(less(dec!(12.50))), PAYMENT, &sent_payment()), None);
    assert_eq!(propose_part(&less(dec!(12.50)), PAYMENT, &sent_payment()), None, "nothing names it");
    assert_eq!(propose_part(&named(less(dec!(0))), PAYMENT, &sent_payment()), None, "it is worth what moved");
    let abroad = StatementLine { amount: Money::rounded(dec!(-5), Currency::USD), ..named(less(dec!(0))) };
    assert_eq!(propose_part(&abroad, PAYMENT, &sent_payment()), None);
    assert_eq!(propose_part(&named(less(dec!(12.50))), PAYMENT, &Payment::replay([PaymentEvent::Planned(Box::new(plan()))])), None);
}

#[test]
fn of_two_equally_likely_payments_none_is_taken_without_asking() {
    let item = &plan().items[0];
    let named = StatementLine { end_to_end_id: Some(item.end_to_end_id.clone()), ..line(item.amount.negated()) };
    let proposal = propose(&named, PAYMENT, &sent_payment()).expect("a proposal");
    assert!(proposal.evidence.contains(&Evidence::EndToEndId));
    let rival = quittance_domain::bank_statement::Proposal { payment_id: OTHER_PAYMENT, ..proposal.clone() };
    assert_eq!(best(vec![proposal, rival].into_iter().map(Explanation::Payment).collect()).map(|(_, automatic)| automatic), Some(false));
}

#[test]
fn a_payment_that_has_not_left_is_on_no_statement() {
    let item = &plan().items[0];
    let named = StatementLine { end_to_end_id: Some(item.end_to_end_id.clone()), ..line(item.amount.negated()) };
    let planned = Payment::replay([PaymentEvent::Planned(Box::new(plan()))]);
    assert_eq!(propose(&named, PAYMENT, &planned), None);
}

/// The bank's word is later than anybody's who said that the transfer had failed, and it must name it.
#[test]
fn a_line_that_names_a_failed_item_tells_of_it() {
    let mut plan = plan();
    let id = PaymentReference::end_to_end_id(PAYMENT.0, 1).expect("an id").to_string();
    plan.items[0].end_to_end_id = id.clone();
    let item = plan.items[0].clone();
    let failed = Payment::replay([
        PaymentEvent::Planned(Box::new(plan)),
        PaymentEvent::Authorised { by: DORA },
        PaymentEvent::Started { by: ERIN, at: at("2026-03-03T09:00:00Z") },
        PaymentEvent::FileSent { file: sent_file() },
        PaymentEvent::Failed { items: vec![item.line], reason: "no idea".to_owned() },
    ]);
    let named = |amount| StatementLine { end_to_end_id: Some(id.clone()), ..line(amount) };
    assert_eq!(propose(&line(item.amount.negated()), PAYMENT, &failed), None);
    let left = propose(&named(item.amount.negated()), PAYMENT, &failed).expect("a proposal");
    assert_eq!((left.effect, left.score >= AUTOMATIC_FROM), (PaymentEffect::Settles, true));
    let back = propose(&named(item.amount), PAYMENT, &failed).expect("a proposal");
    assert_eq!(back.effect, PaymentEffect::Returns { reason: "returned by the bank".to_owned() });
}

/// Cheque 1001 over 1,200.00, of two invoices.
fn written(after: Vec<PaymentEvent>) -> Payment {
    let before = vec![
        PaymentEvent::Planned(Box::new(PaymentPlan { method: Method::Cheque, ..plan() })),
        PaymentEvent::Authorised { by: DORA },
        PaymentEvent::Started { by: ERIN, at: at("2026-03-03T09:00:00Z") },
        PaymentEvent::ChequeWritten { cheque: cheque() },
    ];
    Payment::replay([before, after].concat())
}

fn presenting(number: &str, amount: Decimal) -> StatementLine {
    StatementLine { cheque_number: Some(number.to_owned()), booked_on: day("2026-06-30"), ..line(eur(amount)) }
}

#[test]
fn a_cheque_is_matched_by_its_exact_number_and_whole_amount() {
    for (number, amount, items) in [
        ("1001", dec!(-1200), Some(vec![1, 2])),
        ("0000001001", dec!(-1200), Some(vec![1, 2])),
        (" 1001 ", dec!(-1200), Some(vec![1, 2])),
        ("1002", dec!(-1200), None),
        ("11001", dec!(-1200), None),
        ("1001", dec!(-1190), None),
        ("1001", dec!(1200), None),
    ] {
        let found = propose(&presenting(number, amount), PAYMENT, &written(vec![]));
        let told = found.as_ref().map(|own| (own.items.clone(), own.score, own.evidence.clone()));
        let expected = items.map(|items| (items, 100, vec![Evidence::ChequeNumber, Evidence::Amount]));
        assert_eq!(told, expected, "{number} {amount}");
    }
    let transfer = propose(&presenting("1001", dec!(-1190)), PAYMENT, &sent_payment()).expect("by its amount");
    assert!(transfer.score < AUTOMATIC_FROM, "a cheque's number says nothing of a transfer");
    for (number, read) in
        [("0", None), ("", None), ("10 01", None), ("+1001", None), ("10000000000", None), ("9999999999", Some(9_999_999_999))]
    {
        assert_eq!(presenting(number, dec!(-1)).cheque(), read, "{number:?}");
    }
}

#[test]
fn what_does_not_fit_a_cheque_is_told_once() {
    let voided = || vec![PaymentEvent::Failed { items: vec![1, 2], reason: "lost".to_owned() }];
    let differs = ChequeFinding::AmountDiffers { written: eur(dec!(1200)) };
    for (amount, after, finding) in [
        (dec!(-1200), vec![], None),
        (dec!(-1200.01), vec![], Some(differs.clone())),
        (dec!(-1190), vec![], Some(differs)),
        (dec!(-1200), voided(), Some(ChequeFinding::Voided)),
        (dec!(-1), voided(), Some(ChequeFinding::Voided)),
    ] {
        assert_eq!(presenting("1001", amount).misfit(&written(after)), finding, "{amount}");
    }

    let exception = |number| ChequeException { number, payment_id: Some(PAYMENT), finding: ChequeFinding::Voided };
    let tell = |number| BankStatementCommand::TellChequeException { line: 1, exception: exception(number) };
    let told = BankStatementEvent::ChequeExceptionFound { line: 1, exception: exception(1001) };
    given::<BankStatement>(imported()).when(tell(1001)).then_expect_events(vec![told.clone()]);
    given::<BankStatement>([imported(), vec![told.clone()]].concat()).when(tell(1001)).then_expect_events(vec![]);
    let waiting = BankStatement::replay([imported(), vec![told.clone()]].concat());
    let state = waiting.imported().expect("imported");
    assert_eq!((state.unmatched().count(), state.for_rules().count()), (1, 0), "no rule books what is in doubt");
    let after = [imported(), vec![told, matched(explained())]].concat();
    given::<BankStatement>(after.clone()).when(tell(1001)).then_expect_events(vec![]);
    assert!(BankStatement::replay(after).imported().expect("imported").cheque_exceptions.is_empty());
}

/// Blanks may part a number, as where a line ends; digits before or behind it make it another one.
#[test]
fn a_text_names_a_number_or_another_one() {
    let table = [
        ("Rechnung 2026-00003", true),
        ("2026-00003", true),
        ("rechnung 2026-\n00003 vom 3.11.", true),
        ("RE2026-00003", true),
        ("2026-00003/2026-00004", true),
        ("2026-00003 34,00 EUR", true),
        ("Bestellung 2026-000034", false),
        ("Kundennr 12026-00003 77", false),
        ("2026-00004", false),
        ("", false),
    ];
    for (text, named) in table {
        assert_eq!(names_number(text, &folded("2026-00003")), named, "{text:?}");
    }
}
