//! Near duplicates: what two invoices have in common (SEMANTICS 2, D2 to D4), and what a suspicion does to an invoice.

mod fixtures;

use fixtures::*;
use proptest::prelude::*;
use quittance_domain::ids::RecurringInvoiceId;
use quittance_domain::invoice::{
    DocumentKind, Fingerprint, Invoice, InvoiceCommand, InvoiceEvent, InvoiceRefusal, InvoiceStatus, Likeness, Lookalike, MaterialChange,
};
use quittance_domain::{Money, Root};
use rust_decimal::dec;
use uuid::Uuid;

const KEYS: &[&str] = &["vat:DE136695976", "iban:DE89370400440532013000"];

fn print(number: &str, gross: Money, issued: &str) -> Fingerprint {
    Fingerprint {
        vendor_keys: vec![KEYS[0].to_owned()],
        kind: DocumentKind::Invoice,
        number: number.to_owned(),
        gross,
        issue_date: day(issued),
        file: None,
        seller_id: None,
        refers_to: vec![],
        corrects: false,
        series: None,
    }
}

fn first() -> Fingerprint {
    print("R-2026-118", eur(dec!(119.00)), "2026-03-02")
}

fn credit_note(number: &str, refers_to: &[&str]) -> Fingerprint {
    let refers_to = refers_to.iter().map(|&number| number.to_owned()).collect();
    Fingerprint { kind: DocumentKind::CreditNote, refers_to, ..print(number, eur(dec!(20.00)), "2026-03-09") }
}

fn corrected(number: &str, refers_to: &[&str]) -> Fingerprint {
    let refers_to = refers_to.iter().map(|&number| number.to_owned()).collect();
    Fingerprint { corrects: true, refers_to, ..print(number, eur(dec!(20.00)), "2026-06-09") }
}

/// Another invoice, and in what it is like `R-2026-118` of 2 March over 119.00.
#[test]
fn what_two_invoices_have_in_common() {
    use Likeness::{
        Corrected, NearNumber, OtherVendor, SameAmountAndDate, SameAmountNearDate, SameDocument, SameFile, SameNumber,
        UnreferencedCreditNote,
    };
    let gross = eur(dec!(119.00));
    let of_nobody_else = |print: Fingerprint| Fingerprint { vendor_keys: vec![KEYS[1].to_owned()], ..print };
    let filed = |print: Fingerprint| Fingerprint { file: Some("ab".repeat(32)), ..print };
    let sent_by = |seller: &str, print: Fingerprint| Fingerprint { seller_id: Some(seller.to_owned()), ..print };
    let table: Vec<(&str, Fingerprint, Fingerprint, &[Likeness])> = vec![
        ("another number", first(), print("A-77", gross, "2026-03-02"), &[SameAmountAndDate]),
        ("another date, seven days on", first(), print("A-77", gross, "2026-03-09"), &[SameAmountNearDate]),
        ("seven days before", first(), print("A-77", gross, "2026-02-23"), &[SameAmountNearDate]),
        ("eight days on", first(), print("A-77", gross, "2026-03-10"), &[]),
        ("another cent", first(), print("A-77", eur(dec!(119.01)), "2026-03-02"), &[]),
        ("another currency", first(), print("A-77", money(dec!(119.00), "CHF"), "2026-03-02"), &[]),
        ("another vendor", first(), of_nobody_else(print("A-77", gross, "2026-03-02")), &[]),
        ("a digit changed, months on", first(), print("R-2026-119", gross, "2026-07-02"), &[NearNumber]),
        ("two digits have changed places", first(), print("R-2062-118", gross, "2026-07-02"), &[NearNumber]),
        ("zeros behind punctuation", print("R-2026-0018", gross, "2026-03-02"), print("R-2026/18", gross, "2026-07-02"), &[SameNumber]),
        ("other days", print("2026-01-15", gross, "2026-01-15"), print("2026-11-05", gross, "2026-11-05"), &[]),
        ("a digit is missing", first(), print("R-2026-18", gross, "2026-07-02"), &[NearNumber]),
        ("two digits changed", first(), print("R-2026-120", gross, "2026-07-02"), &[]),
        ("letters read as digits", first(), print("R-2O26-ll8", gross, "2026-07-02"), &[NearNumber]),
        (
            "a zero read as a letter within a run",
            print("INV-1001", gross, "2026-03-02"),
            print("INV-1O01", gross, "2026-07-02"),
            &[NearNumber],
        ),
        ("and after punctuation", print("INV-2026-0017", gross, "2026-03-02"), print("INV-2026-OO17", gross, "2026-07-02"), &[NearNumber]),
        ("letters of another script", print("AB-77-XC", gross, "2026-03-02"), print("АВ-77-ХС", gross, "2026-07-02"), &[NearNumber]),
        ("the same number over another amount", first(), print("r-2026/118", eur(dec!(7.00)), "2026-07-02"), &[SameNumber]),
        ("the same number and amount", first(), print("R-2026-118", gross, "2026-07-02"), &[SameNumber]),
        ("the same number within a week", first(), print("R-2026-118", gross, "2026-03-05"), &[SameNumber, SameAmountNearDate]),
        ("the same number a year and a day on", first(), print("R-2026-118", eur(dec!(7.00)), "2027-03-03"), &[SameNumber]),
        ("the same number two days later than that", first(), print("R-2026-118", eur(dec!(7.00)), "2027-03-05"), &[]),
        ("near number and day", first(), print("R-2026-119", gross, "2026-03-02"), &[SameAmountAndDate, NearNumber]),
        ("a near number over another amount", first(), print("R-2026-119", eur(dec!(7.00)), "2026-03-02"), &[]),
        ("a credit note that refers", first(), credit_note("r 2026 118", &["R-2026/118"]), &[]),
        ("a credit note that does not", first(), credit_note("r 2026 118", &["R-2026-117"]), &[UnreferencedCreditNote]),
        ("its invoice comes later", credit_note("R-2026-118", &[]), first(), &[UnreferencedCreditNote]),
        ("a credit note of another number", first(), credit_note("G-1", &[]), &[]),
        ("a corrected invoice, over another amount", first(), corrected("K-9", &["R-2026/118"]), &[Corrected]),
        ("it corrects another", first(), corrected("K-9", &["R-2026-117"]), &[]),
        ("an invoice that names one before it", first(), Fingerprint { corrects: false, ..corrected("K-9", &["R-2026/118"]) }, &[]),
        ("its credit note", credit_note("G-1", &["K-9"]), corrected("K-9", &["R-2026-118"]), &[]),
        ("one file, two vendors", filed(first()), filed(of_nobody_else(print("X", eur(dec!(1.00)), "2020-01-01"))), &[SameFile]),
        ("one document, two vendors", sent_by("vat:DE1", first()), sent_by("vat:DE1", of_nobody_else(first())), &[SameDocument]),
        ("one number, two senders", sent_by("vat:DE1", first()), sent_by("vat:DE2", of_nobody_else(first())), &[OtherVendor]),
        ("typed in twice, two vendors", first(), of_nobody_else(first()), &[OtherVendor]),
        ("a week on", first(), of_nobody_else(print("r 2026/118", gross, "2026-03-09")), &[OtherVendor]),
        ("eight days on, two vendors", first(), of_nobody_else(print("R-2026-118", gross, "2026-03-10")), &[]),
        ("another amount, two vendors", first(), of_nobody_else(print("R-2026-118", eur(dec!(1)), "2026-03-02")), &[]),
        ("a number that many have", print("R-7", gross, "2026-03-02"), of_nobody_else(print("R-7", gross, "2026-03-02")), &[]),
    ];
    for (what, ours, theirs, expected) in table {
        assert_eq!(ours.likenesses(&theirs), expected, "{what}");
        assert_eq!(theirs.likenesses(&ours), expected, "{what}, the other way round");
        let is_found = !ours.keys().is_disjoint(&theirs.keys());
        assert!(is_found || expected.is_empty(), "{what}: nobody would compare them");
    }
}

/// Rent is alike every month, and each is made once; what comes from elsewhere is compared with it.
#[test]
fn invoices_of_one_series_are_not_compared_with_each_other() {
    let of = |series: u128| Fingerprint { series: Some(RecurringInvoiceId(Uuid::from_u128(series))), ..first() };
    assert_eq!(of(1).likenesses(&of(1)), []);
    for other in [of(2), first()] {
        assert!(!of(1).likenesses(&other).is_empty() && !other.likenesses(&of(1)).is_empty());
    }
}

proptest! {
    /// Whatever two invoices are alike in, they share a key: the ones that share none need not be looked at.
    #[test]
    fn what_is_alike_shares_a_key(a in a_print(), b in a_print()) {
        prop_assert_eq!(a.likenesses(&b), b.likenesses(&a));
        prop_assert!(a.likenesses(&b).is_empty() || !a.keys().is_disjoint(&b.keys()));
        prop_assert!(a.likenesses(&b).is_sorted_by_key(|likeness| std::cmp::Reverse(likeness.score())));
    }
}

fn a_print() -> impl Strategy<Value = Fingerprint> {
    let number = prop::sample::select(vec!["A1", "A-01", "Al", "A2", "1A", "B77", "B7", "INV-1001"]);
    let amount = prop::sample::select(vec![dec!(10.00), dec!(11.00)]);
    let file = prop::option::of(prop::sample::select(vec!["aa".to_owned(), "bb".to_owned()]));
    let seller = prop::option::of(prop::sample::select(vec!["vat:1".to_owned(), "vat:2".to_owned()]));
    let corrected = prop::option::of(prop::sample::select(vec!["A1", "B77"]));
    (prop::sample::subsequence(KEYS.to_vec(), 1..=2), any::<bool>(), number, amount, 1..20u32, file, seller, corrected).prop_map(
        |(keys, is_credit, number, amount, on, file, seller_id, corrected)| Fingerprint {
            vendor_keys: keys.into_iter().map(str::to_owned).collect(),
            corrects: corrected.is_some() && !is_credit,
            refers_to: corrected.map(str::to_owned).into_iter().collect(),
            kind: if is_credit { DocumentKind::CreditNote } else { DocumentKind::Invoice },
            file,
            seller_id,
            ..print(number, eur(amount), &format!("2026-03-{on:02}"))
        },
    )
}

fn received() -> Vec<InvoiceEvent> {
    vec![InvoiceEvent::Received(Box::new(reception()))]
}

fn lookalike() -> Lookalike {
    Lookalike { invoice_id: OTHER_INVOICE, number: "R-1".to_owned(), likenesses: vec![Likeness::NearNumber], score: 85 }
}

fn suspect(lookalikes: Vec<Lookalike>) -> InvoiceCommand {
    InvoiceCommand::SuspectDuplicates { lookalikes }
}

fn suspected() -> Vec<InvoiceEvent> {
    [received(), vec![InvoiceEvent::DuplicatesSuspected { lookalikes: vec![lookalike()] }]].concat()
}

fn dismiss(by: quittance_domain::ids::UserId) -> InvoiceCommand {
    InvoiceCommand::DismissDuplicate { other: OTHER_INVOICE, by, reason: "two deliveries".to_owned() }
}

fn dismissed() -> Vec<InvoiceEvent> {
    let event = InvoiceEvent::DuplicateDismissed { other: OTHER_INVOICE, by: BOB, reason: "two deliveries".to_owned() };
    [suspected(), vec![event]].concat()
}

fn submission() -> InvoiceEvent {
    let version_hash = Invoice::replay(received()).received().expect("received").version_hash();
    InvoiceEvent::Submitted { round: 1, approval_id: ROUND_1, by: ANNA, version_hash }
}

fn status(events: Vec<InvoiceEvent>) -> InvoiceStatus {
    Invoice::replay(events).received().expect("received").status()
}

#[test]
fn what_is_submitted_after_a_denial_is_compared_again() {
    let rejected = InvoiceEvent::Rejected { round: 1, approval_id: ROUND_1, by: BOB, reason: "never ordered".to_owned() };
    let reset = InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because: vec![MaterialChange::Expired] };
    let is_resubmitted = |events: Vec<InvoiceEvent>| Invoice::replay(events).received().expect("received").is_resubmitted();
    let once = || [received(), vec![submission()]].concat();
    assert!(!is_resubmitted(once()));
    assert!(is_resubmitted([once(), vec![rejected, submission()]].concat()));
    assert!(!is_resubmitted([once(), vec![reset, submission()]].concat()));
}

#[test]
fn a_suspicion_holds_the_invoice_until_somebody_else_has_looked() {
    let submit = InvoiceCommand::Submit { approval_id: ROUND_1, by: ANNA };
    given::<Invoice>(received()).when(suspect(vec![lookalike()])).then_expect_events(suspected().split_off(1));
    given::<Invoice>(suspected()).when(suspect(vec![lookalike()])).then_expect_events(vec![]);
    given::<Invoice>(suspected()).when(submit.clone()).then_expect_error(InvoiceRefusal::InException);
    given::<Invoice>(suspected()).when(dismiss(ANNA)).then_expect_error(InvoiceRefusal::SelfResolution);
    given::<Invoice>(received()).when(dismiss(BOB)).then_expect_error(InvoiceRefusal::DuplicateNotSuspected);
    given::<Invoice>(suspected()).when(dismiss(BOB)).then_expect_events(dismissed().split_off(2));
    given::<Invoice>(dismissed()).when(dismiss(CARL)).then_expect_events(vec![]);
    // What was dismissed does not come up again.
    given::<Invoice>(dismissed()).when(suspect(vec![lookalike()])).then_expect_events(vec![]);
    assert_eq!([status(suspected()), status(dismissed())], [InvoiceStatus::InException, InvoiceStatus::Received]);
}

#[test]
fn a_suspicion_ends_an_approval_and_goes_when_the_other_invoice_does() {
    let pending = [received(), vec![submission()]].concat();
    let because = vec![MaterialChange::Duplicates];
    let reset = InvoiceEvent::ApprovalReset { round: 1, approval_id: ROUND_1, because };
    let found = InvoiceEvent::DuplicatesSuspected { lookalikes: vec![lookalike()] };
    given::<Invoice>(pending.clone()).when(suspect(vec![lookalike()])).then_expect_events(vec![found.clone(), reset]);
    let gone = InvoiceEvent::DuplicatesSuspected { lookalikes: vec![] };
    given::<Invoice>(suspected()).when(suspect(vec![])).then_expect_events(vec![gone]);
    let void = InvoiceEvent::Voided { by: ANNA, reason: "never ours".to_owned(), effective_date: day("2026-03-05") };
    given::<Invoice>([received(), vec![void]].concat()).when(suspect(vec![lookalike()])).then_expect_events(vec![]);
}

#[test]
fn a_suspicion_stops_a_payment_that_was_not_planned_yet_and_no_other() {
    let hash = Invoice::replay(received()).received().expect("received").version_hash();
    let approved = [received(), vec![submission(), InvoiceEvent::Approved { round: 1, approval_id: ROUND_1, version_hash: hash }]].concat();
    let claimed = InvoiceEvent::PaymentClaimed { payment_id: PAYMENT, amount: eur(dec!(10.00)) };
    let under_way = [approved, vec![claimed]].concat();
    let found = InvoiceEvent::DuplicatesSuspected { lookalikes: vec![lookalike()] };
    // The money may be on its way: the invoice stays approved, but nothing more is claimed of it.
    given::<Invoice>(under_way.clone()).when(suspect(vec![lookalike()])).then_expect_events(vec![found.clone()]);
    let claim = InvoiceCommand::Claim { payment_id: OTHER_PAYMENT, amount: eur(dec!(1.00)) };
    given::<Invoice>([under_way, vec![found]].concat()).when(claim).then_expect_error(InvoiceRefusal::InException);
}

/// Bills of one amount by number and day, and whether the last looks like any of those before it.
#[test]
fn the_next_bill_of_a_regular_amount_is_no_duplicate_of_the_last() {
    let rent = |(number, issued): &(&str, &str)| print(number, eur(dec!(850.00)), issued);
    type Bills = &'static [(&'static str, &'static str)];
    let table: [(&str, Bills, bool); 9] = [
        ("the third week", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-113", "2026-03-16")], false),
        ("a day late", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-113", "2026-03-17")], false),
        ("months, counted one by one", &[("R-1", "2026-01-31"), ("R-2", "2026-02-28"), ("R-3", "2026-03-31")], false),
        ("the second, nobody knows yet", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09")], true),
        ("too early", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-113", "2026-03-12")], true),
        ("twice on the day", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-113", "2026-03-16"), ("W-114", "2026-03-16")], true),
        ("a number of no series", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("ZZ-113", "2026-03-16")], true),
        ("a number out of turn", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-105", "2026-03-16")], true),
        ("another length", &[("W-101", "2026-03-02"), ("W-107", "2026-03-09"), ("W-1071", "2026-03-16")], true),
    ];
    for (what, bills, suspected) in table {
        let (last, before) = bills.split_last().expect("bills");
        let before: Vec<_> = before.iter().map(|bill| (OTHER_INVOICE, rent(bill))).collect();
        assert_eq!(!rent(last).lookalikes(&before).is_empty(), suspected, "{what}");
    }
}

#[test]
fn what_is_regular_is_so_for_one_vendor_and_one_amount() {
    let week = |day: &str, number: &str| print(number, eur(dec!(850.00)), day);
    let now = week("2026-03-16", "W-113");
    let last = (OTHER_INVOICE, week("2026-03-09", "W-107"));
    let of_another = Fingerprint { vendor_keys: vec![KEYS[1].to_owned()], ..week("2026-03-02", "W-101") };
    let of_less = Fingerprint { gross: eur(dec!(849.99)), ..week("2026-03-02", "W-101") };
    for earlier in [of_another, of_less] {
        assert_eq!(now.lookalikes(&[(OTHER_INVOICE, earlier), last.clone()]).len(), 1);
    }
    // The same file is the same file, however regularly it comes.
    let filed = |print: Fingerprint| Fingerprint { file: Some("ab".repeat(32)), ..print };
    let found = filed(now).lookalikes(&[(OTHER_INVOICE, week("2026-03-02", "W-101")), (OTHER_INVOICE, filed(week("2026-03-09", "W-107")))]);
    assert_eq!(found.iter().map(|found| found.likenesses.clone()).collect::<Vec<_>>(), [[Likeness::SameFile]]);
}
