//! A payment run and its pages: who may do what when, what is reserved, and that twice is once.

mod fixtures;

use fixtures::*;
use quittance_domain::aggregate::ClaimChange;
use quittance_domain::ids::{BankAccountId, InvoiceId, PaymentRunId, VendorId};
use quittance_domain::payment::Method;
use quittance_domain::payment_run::{
    CandidateKind, Criteria, Included, Instalment, PAGE_ITEMS_MAX, PageItem, Payee, PaymentRun, PaymentRunCommand as Command,
    PaymentRunEvent as Event, PaymentRunPage, PaymentRunPageCommand as PageCommand, PaymentRunPageEvent as PageEvent,
    PaymentRunPageRefusal, PaymentRunRefusal, RunProposal, Sums, pages,
};
use quittance_domain::{Money, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

const RUN: PaymentRunId = PaymentRunId(Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_2001));

fn sums() -> Sums {
    Sums { payments: 1, items: 2, totals: vec![eur(dec!(150))], withheld: vec![] }
}

fn proposal(sums: Sums) -> Box<RunProposal> {
    let criteria = Criteria {
        run_date: day("2026-03-30"),
        next_run_date: day("2026-04-06"),
        due_until: day("2026-04-05"),
        hurdle_rate: dec!(0.1),
        account_rest_days: 0,
        currencies: vec![],
        vendors: vec![],
        closed_currencies: vec![],
        cash_limits: vec![],
    };
    Box::new(RunProposal {
        criteria,
        method: Method::SepaCreditTransfer,
        debtor_account_id: Some(ACCOUNT),
        as_of: 9,
        pages: 1,
        exclusion_pages: 0,
        excluded: 0,
        sums,
        proposed_by: ANNA,
        credits: vec![],
        instructions: None,
    })
}

fn proposed() -> Vec<Event> {
    vec![Event::Proposed(proposal(sums()))]
}

fn authorised() -> Vec<Event> {
    [proposed(), vec![Event::Authorised { by: BOB }]].concat()
}

fn started() -> Vec<Event> {
    [authorised(), vec![Event::Started { by: ANNA, at: at("2026-03-29T10:00:00Z") }]].concat()
}

fn planned() -> Vec<Event> {
    [started(), vec![Event::Planned { sums: sums() }]].concat()
}

fn written() -> Vec<Event> {
    [planned(), vec![Event::FileWritten { by: ANNA, at: at("2026-03-29T10:05:00Z"), file: sent_file() }]].concat()
}

fn cancelled() -> Vec<Event> {
    [proposed(), vec![Event::Cancelled { by: ANNA, reason: "x".to_owned() }]].concat()
}

#[test]
fn every_command_in_every_state() {
    let removal = Command::RemoveItem {
        page: 1,
        line: 1,
        invoice_id: INVOICE,
        amount: eur(dec!(50)),
        withheld: None,
        last_of_payment: false,
        by: ANNA,
        reason: "x".to_owned(),
    };
    let start = Command::Start { by: ANNA, at: at("2026-03-29T10:00:00Z") };
    let file = Command::RecordFile { by: ANNA, at: at("2026-03-29T10:05:00Z"), file: sent_file() };
    let cancel = Command::Cancel { by: ANNA, reason: "x".to_owned() };
    let commands = [removal, Command::Authorise { by: BOB }, start, Command::RecordPlanned { sums: sums() }, file, cancel];
    let states = [
        ("none", vec![], ["payment_run_unknown"; 6]),
        ("proposed", proposed(), ["1", "1", "wrong_state", "wrong_state", "wrong_state", "1"]),
        ("authorised", authorised(), ["wrong_state", "0", "1", "wrong_state", "wrong_state", "1"]),
        ("started", started(), ["wrong_state", "wrong_state", "0", "1", "wrong_state", "wrong_state"]),
        ("planned", planned(), ["wrong_state", "wrong_state", "0", "0", "1", "wrong_state"]),
        ("written", written(), ["wrong_state", "wrong_state", "0", "0", "0", "wrong_state"]),
        ("cancelled", cancelled(), ["wrong_state", "wrong_state", "wrong_state", "wrong_state", "wrong_state", "0"]),
    ];
    for (state, events, verdicts) in states {
        let run = PaymentRun::replay(events);
        for (command, expected) in commands.iter().zip(verdicts) {
            use quittance_domain::Refusal;
            let got = run.decide(command.clone()).map_or_else(|refusal| refusal.code().to_owned(), |events| events.len().to_string());
            assert_eq!(got, expected, "{state}: {command:?}");
        }
    }
}

#[test]
fn who_proposed_a_run_does_not_authorise_it() {
    given::<PaymentRun>(proposed()).when(Command::Authorise { by: ANNA }).then_expect_error(PaymentRunRefusal::SelfAuthorisation);
}

#[test]
fn a_run_that_pays_nothing_is_not_authorised() {
    let nothing = vec![Event::Proposed(proposal(Sums::default()))];
    given::<PaymentRun>(nothing).when(Command::Authorise { by: BOB }).then_expect_error(PaymentRunRefusal::NothingToPay);
}

#[test]
fn a_second_form_of_the_file_is_refused() {
    let other = quittance_domain::payment::SentFile { format: "pain.001.001.03".to_owned(), ..sent_file() };
    let run = PaymentRun::replay(written());
    let refused = run.decide(Command::RecordFile { by: ANNA, at: at("2026-03-29T11:00:00Z"), file: other });
    assert!(matches!(refused, Err(PaymentRunRefusal::WrongState { .. })), "{refused:?}");
}

#[test]
fn what_is_removed_leaves_the_sums() {
    let removed = Event::ItemRemoved {
        page: 1,
        line: 1,
        invoice_id: INVOICE,
        amount: eur(dec!(50)),
        withheld: None,
        last_of_payment: false,
        by: ANNA,
        reason: "x".to_owned(),
    };
    let run = PaymentRun::replay([proposed(), vec![removed]].concat());
    let left = &run.proposed().expect("proposed").sums;
    assert_eq!((left.payments, left.items, left.totals.as_slice()), (1, 1, [eur(dec!(100))].as_slice()));
}

fn item(line: u32, invoice_id: InvoiceId, amount: Decimal) -> PageItem {
    PageItem {
        line,
        instalment: Instalment { invoice_id, number: 1 },
        amount: eur(amount),
        discount: eur(dec!(0)),
        withheld: None,
        set_off: vec![],
        legal_priority: None,
        with_instalments: vec![],
    }
}

fn page() -> Vec<PageEvent> {
    let items = vec![item(1, INVOICE, dec!(50)), item(2, OTHER_INVOICE, dec!(100))];
    let payee = Payee { payment_id: PAYMENT, vendor_id: VENDOR, bank_account_id: Some(ACCOUNT), items };
    vec![PageEvent::Selected { run_id: RUN, page: 1, payees: vec![payee] }]
}

fn changes(before: &[PageEvent], event: &PageEvent) -> (usize, usize) {
    let state = PaymentRunPage::replay(before.to_vec());
    let changes = state.claims(event);
    let taken = changes.iter().filter(|change| matches!(change, ClaimChange::Take(_))).count();
    (taken, changes.len() - taken)
}

#[test]
fn a_page_reserves_its_instalments_until_they_are_planned_removed_or_given_up() {
    let removed = PageEvent::ItemRemoved { line: 1, by: ANNA, reason: "x".to_owned() };
    let planned = PageEvent::Planned { payments: vec![PAYMENT], dropped: vec![], so_far: sums(), withheld: vec![] };
    assert_eq!(changes(&[], &page()[0]), (2, 0));
    assert_eq!(changes(&page(), &removed), (0, 1));
    assert_eq!(changes(&page(), &planned), (0, 2));
    assert_eq!(changes(&page(), &PageEvent::Released {}), (0, 2));
    let at_once = PageItem { with_instalments: vec![2, 3], ..item(1, INVOICE, dec!(50)) };
    let payee = Payee { payment_id: PAYMENT, vendor_id: VENDOR, bank_account_id: Some(ACCOUNT), items: vec![at_once] };
    let whole = vec![PageEvent::Selected { run_id: RUN, page: 1, payees: vec![payee] }];
    assert_eq!((changes(&[], &whole[0]), changes(&whole, &removed)), ((3, 0), (0, 3)), "an invoice that is paid at once, in three parts");
    let without_one = [page(), vec![removed]].concat();
    assert_eq!(changes(&without_one, &planned), (0, 1), "what was removed is not given up twice");
}

#[test]
fn a_page_goes_on_once_and_one_way() {
    let planned = PageEvent::Planned { payments: vec![PAYMENT], dropped: vec![], so_far: sums(), withheld: vec![] };
    let plan = PageCommand::RecordPlanned { payments: vec![PAYMENT], dropped: vec![], so_far: sums(), withheld: vec![] };
    given::<PaymentRunPage>(page()).when(plan.clone()).then_expect_events(vec![planned.clone()]);
    let after = [page(), vec![planned]].concat();
    given::<PaymentRunPage>(after.clone()).when(plan).then_expect_events(vec![]);
    given::<PaymentRunPage>(after.clone()).when(PageCommand::Release).then_expect_error(PaymentRunPageRefusal::RunPageMovedOn);
    given::<PaymentRunPage>(after).when(PageCommand::RecordFile).then_expect_events(vec![PageEvent::FileRecorded {}]);
    let unknown = PageCommand::RemoveItem { line: 9, by: ANNA, reason: "x".to_owned() };
    given::<PaymentRunPage>(page()).when(unknown).then_expect_error(PaymentRunPageRefusal::RunItemUnknown);
}

fn included(number: u128, instalment: u32, vendor: u128) -> Included {
    Included {
        instalment: Instalment { invoice_id: InvoiceId(Uuid::from_u128(number)), number: instalment },
        kind: CandidateKind::Payable,
        vendor_id: VendorId(Uuid::from_u128(vendor)),
        amount: eur(Decimal::from(number as u64 + 1)),
        withheld: eur(dec!(0)),
        discount: Money::zero(eur(dec!(1)).currency()),
        set_off: vec![],
        legal_priority: None,
        with_instalments: vec![],
    }
}

#[test]
fn pages_hold_every_item_once_under_payments_whose_ids_follow_from_the_run() {
    let selected: Vec<Included> = (0..1_000).map(|n| included(n, 1, n % 7)).collect();
    let account = |_| Some(BankAccountId(Uuid::from_u128(1)));
    let (listed, sums) = pages(RUN, &selected, account);
    let items: Vec<&PageItem> = listed.iter().flatten().flat_map(|payee| &payee.items).collect();
    let lines: Vec<u32> = items.iter().map(|item| item.line).collect();
    assert_eq!(lines, (1..=1_000).collect::<Vec<_>>(), "lines count through the run");
    assert!(listed.iter().all(|page| page.iter().map(|payee| payee.items.len()).sum::<usize>() <= PAGE_ITEMS_MAX));
    let total: Decimal = items.iter().map(|item| item.amount.amount()).sum();
    assert_eq!((sums.items, sums.totals.as_slice()), (1_000, [eur(total)].as_slice()));
    assert_eq!(sums.payments as usize, listed.iter().flatten().count());
    let ids: std::collections::HashSet<_> = listed.iter().flatten().map(|payee| payee.payment_id).collect();
    assert_eq!(ids.len(), sums.payments as usize);
    assert_eq!(pages(RUN, &selected, account), (listed, sums), "the same run has the same pages");
}

#[test]
fn instalments_of_one_invoice_go_into_payments_of_their_own() {
    let selected = [included(1, 2, 7), included(1, 1, 7), included(2, 1, 7)];
    let (listed, sums) = pages(RUN, &selected, |_| None);
    let payees: Vec<usize> = listed.iter().flatten().map(|payee| payee.items.len()).collect();
    assert_eq!((payees, sums.payments), (vec![2, 1], 2));
}
