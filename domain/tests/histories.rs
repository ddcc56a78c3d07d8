//! Whatever is asked in whatever order, money is approved by the right people and paid once.

mod engine;
mod fixtures;

use std::collections::{BTreeMap, BTreeSet};

use engine::{Ask, Engine, invoice_id, payment_id};
use fixtures::*;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use quittance_domain::approval::{ApprovalEvent, OpenStage, Request};
use quittance_domain::ids::{ApprovalId, UserId};
use quittance_domain::invoice::Stage;
use quittance_domain::payment::{ItemState, Payment};
use rust_decimal::Decimal;

const INVOICES: usize = 2;
const PAYMENTS: usize = 4;

fn invoices() -> std::ops::Range<usize> {
    0..INVOICES
}

fn anybody() -> impl Strategy<Value = UserId> {
    prop::sample::select(vec![ANNA, BOB, CARL, DORA, ERIN])
}

fn some_cents() -> impl Strategy<Value = i64> {
    prop::sample::select(vec![-1, 0, 1, 4_000, 6_000, 10_000, 10_001])
}

fn some_items() -> impl Strategy<Value = Option<Vec<u32>>> {
    prop::sample::select(vec![None, None, Some(vec![1]), Some(vec![2]), Some(vec![2, 1]), Some(vec![1, 1]), Some(vec![3]), Some(vec![])])
}

fn any_ask() -> impl Strategy<Value = Ask> {
    let both = (some_cents(), some_cents()).prop_map(|(one, other)| vec![(0, one), (1, other)]);
    let planned = prop_oneof![prop::collection::vec((invoices(), some_cents()), 0..3), both];
    let amended = (invoices(), anybody(), prop::sample::select(vec![10_000, 10_000, 5_000, 12_000]), prop::bool::weighted(0.2));
    let payments = || 0..PAYMENTS;
    prop_oneof![
        4 => amended.prop_map(|(invoice, by, cents, wrong)| Ask::Amend { invoice, by, cents, wrong }),
        4 => (invoices(), anybody()).prop_map(|(invoice, by)| Ask::Resolve { invoice, by }),
        8 => (invoices(), anybody()).prop_map(|(invoice, by)| Ask::Submit { invoice, by }),
        40 => (invoices(), anybody()).prop_map(|(invoice, by)| Ask::Approve { invoice, by }),
        2 => (invoices(), anybody()).prop_map(|(invoice, by)| Ask::Deny { invoice, by }),
        1 => (invoices(), anybody()).prop_map(|(invoice, by)| Ask::VoidInvoice { invoice, by }),
        40 => (payments(), planned, anybody()).prop_map(|(payment, items, by)| Ask::Plan { payment, items, by }),
        40 => (payments(), anybody()).prop_map(|(payment, by)| Ask::Authorise { payment, by }),
        40 => (payments(), anybody()).prop_map(|(payment, by)| Ask::Send { payment, by }),
        30 => (payments(), some_items()).prop_map(|(payment, items)| Ask::Settle { payment, items }),
        10 => (payments(), some_items()).prop_map(|(payment, items)| Ask::Fail { payment, items }),
        10 => (payments(), some_items()).prop_map(|(payment, items)| Ask::Return { payment, items }),
        3 => (payments(), anybody()).prop_map(|(payment, by)| Ask::VoidPayment { payment, by }),
        40 => Just(Ask::React),
    ]
}

/// Some histories begin with approved invoices, so that the rest of the story is told as often.
fn any_history() -> impl Strategy<Value = Vec<Ask>> {
    let approved = |invoice| {
        let approvals = [BOB, CARL, DORA].map(|by| Ask::Approve { invoice, by });
        [vec![Ask::Submit { invoice, by: ANNA }], approvals.to_vec(), vec![Ask::React; 2]].concat()
    };
    let begun = prop_oneof![Just(vec![]), Just(approved(0)), Just([approved(0), approved(1)].concat())];
    (begun, prop::collection::vec(any_ask(), 1..120)).prop_map(|(begun, asked)| [begun, asked].concat())
}

/// What the payments' items say: line, invoice, amount, and where its money is; `None` before it leaves.
fn items(payment: &Payment) -> Vec<(usize, Decimal, Option<ItemState>)> {
    let Ok(plan) = payment.plan() else { return vec![] };
    let state = |line| match payment {
        Payment::Sent(sent) => sent.items.iter().find(|i| i.line == line).map(|i| i.state),
        _ => None,
    };
    let index = |item: &quittance_domain::payment::CreditorItem| invoices().find(|&i| invoice_id(i) == item.invoice_id).expect("ours");
    plan.items.iter().map(|item| (index(item), item.amount.amount(), state(item.line))).collect()
}

/// Money of an invoice that has left, may leave or is about to.
fn exposed(engine: &Engine, invoice: usize) -> Decimal {
    let live = engine.payments.iter().filter(|p| !matches!(p, Payment::Voided { .. }));
    let exposed =
        live.flat_map(items).filter(|(i, _, state)| *i == invoice && matches!(state, None | Some(ItemState::Sent | ItemState::Settled)));
    exposed.map(|(_, amount, _)| amount).sum()
}

fn never_pays_more_than_is_owed(engine: &Engine) {
    for invoice in invoices() {
        let payable = engine.payable(invoice);
        let claimed: Decimal = payable.claims.iter().map(|c| c.amount.amount()).sum();
        assert!(payable.claims.iter().all(|c| c.amount.is_positive()));
        assert!(claimed + payable.settled().amount() <= payable.payable.amount());
        assert_eq!(payable.open().amount(), payable.payable.amount() - payable.settled().amount());
        assert_eq!(payable.unclaimed().amount(), payable.open().amount() - claimed);
        assert!(payable.settled().amount() >= Decimal::ZERO && payable.unclaimed().amount() >= Decimal::ZERO);
        assert!(exposed(engine, invoice) <= payable.payable.amount(), "more is on its way than is owed");
    }
}

/// Once nothing waits, both sides tell the same story of every item.
fn invoices_and_payments_agree(engine: &Engine) {
    for invoice in invoices() {
        let payable = engine.payable(invoice);
        let (mut claims, mut settled) = (BTreeMap::new(), Decimal::ZERO);
        for (index, payment) in engine.payments.iter().enumerate().filter(|(_, p)| !matches!(p, Payment::Voided { .. })) {
            for (_, amount, state) in items(payment).into_iter().filter(|(i, ..)| *i == invoice) {
                match state {
                    None | Some(ItemState::Sent) => drop(claims.insert(payment_id(index), amount)),
                    Some(ItemState::Settled) => settled += amount,
                    Some(ItemState::Failed | ItemState::OnAccount | ItemState::Returned) => {}
                }
            }
        }
        let claimed: BTreeMap<_, _> = payable.claims.iter().map(|c| (c.payment_id, c.amount.amount())).collect();
        assert_eq!((claimed, payable.settled().amount()), (claims, settled));
    }
}

fn only_what_was_approved_is_paid(engine: &Engine) {
    for invoice in invoices() {
        let payable = engine.payable(invoice);
        if let Stage::Approved { version_hash, .. } = &payable.stage {
            assert_eq!(*version_hash, payable.version_hash(), "an approval outlived what it approved");
            assert!(payable.exceptions.is_empty(), "approved although something is wrong with it");
        }
        if !matches!(payable.stage, Stage::Approved { .. }) {
            assert_eq!(exposed(engine, invoice), Decimal::ZERO, "money moves for what is not approved");
        }
    }
}

fn two_people_pay(engine: &Engine) {
    for payment in &engine.payments {
        if let Payment::Authorised { plan, by } = payment {
            assert_ne!(plan.planned_by, *by);
        }
    }
}

/// A second opinion on every approval, from its events alone.
fn approvals_have_their_quorums(engine: &Engine) {
    engine.said.iter().for_each(|(id, said)| quorums_hold(*id, said));
}

fn quorums_hold(id: ApprovalId, said: &[ApprovalEvent]) {
    let Some(ApprovalEvent::Requested { request }) = said.first() else { panic!("{id} began without a request") };
    let mut deciders: BTreeMap<u8, BTreeSet<UserId>> = BTreeMap::new();
    let mut opened: Vec<&OpenStage> = Vec::new();
    for event in said {
        match event {
            ApprovalEvent::StageOpened { stage } => opened.push(stage),
            ApprovalEvent::Given { stage, by, .. } => {
                assert!(deciders.entry(*stage).or_default().insert(*by), "one person counted twice");
                may_decide(request, opened.last().expect("an open stage"), *by);
            }
            ApprovalEvent::Denied { by, .. } => may_decide(request, opened.last().expect("an open stage"), *by),
            ApprovalEvent::Granted { .. } => complete(request, &opened, &deciders),
            _ => {}
        }
    }
}

fn may_decide(request: &Request, open: &OpenStage, by: UserId) {
    assert!(open.steps.iter().any(|s| s.eligible.iter().any(|e| e.user_id == by)), "somebody decided who was not asked");
    assert!(!request.excluded.iter().any(|e| e.user_id == by), "somebody excluded decided");
    assert_ne!(request.requested_by, by, "who asked decided");
}

fn complete(request: &Request, opened: &[&OpenStage], deciders: &BTreeMap<u8, BTreeSet<UserId>>) {
    let stages: Vec<u8> = opened.iter().map(|open| open.stage).collect();
    assert_eq!(stages, request.stages, "a stage was skipped");
    for open in opened {
        let decided = &deciders[&open.stage];
        for step in &open.steps {
            let eligible = step.eligible.iter().filter(|e| decided.contains(&e.user_id)).count();
            assert!(eligible >= usize::from(step.quorum), "a quorum was not met");
        }
    }
    let people: BTreeSet<_> = deciders.values().flatten().collect();
    assert_eq!(people.len(), deciders.values().map(BTreeSet::len).sum::<usize>(), "one person decided two stages");
}

fn everything_holds(engine: &Engine) {
    never_pays_more_than_is_owed(engine);
    only_what_was_approved_is_paid(engine);
    two_people_pay(engine);
    approvals_have_their_quorums(engine);
    if engine.nothing_waits() {
        invoices_and_payments_agree(engine);
    }
}

fn catch_up(engine: &mut Engine) {
    while !engine.nothing_waits() {
        engine.ask(&Ask::React).expect("what waits can always be done");
        everything_holds(engine);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_approves_rightly_and_pays_once(history in any_history()) {
        let mut engine = Engine::new(INVOICES, PAYMENTS);
        for ask in &history {
            let before = engine.clone();
            match engine.ask(ask) {
                Ok(()) => everything_holds(&engine),
                Err(code) => {
                    prop_assert!(!matches!(ask, Ask::React), "what waits was refused as {}", code);
                    prop_assert_eq!(&engine, &before);
                }
            }
        }
    }

    /// Asking again, at once, changes nothing.
    #[test]
    fn twice_is_once_in_any_history(history in any_history()) {
        let mut engine = Engine::new(INVOICES, PAYMENTS);
        for ask in history {
            let done = engine.ask(&ask);
            if done.is_ok() && !matches!(ask, Ask::React) {
                let once = engine.clone();
                let _ = engine.ask(&ask);
                prop_assert_eq!(&engine, &once, "{:?}", ask);
            }
        }
    }

    /// However a history was left, its payments can be brought to an end, and then nothing is claimed any more.
    #[test]
    fn any_history_can_be_brought_to_an_end(history in any_history()) {
        let mut engine = Engine::new(INVOICES, PAYMENTS);
        for ask in &history {
            let _ = engine.ask(ask);
        }
        for payment in 0..PAYMENTS {
            let by = ANNA;
            let _ = engine.ask(&Ask::Settle { payment, items: None });
            let _ = engine.ask(&Ask::VoidPayment { payment, by });
        }
        catch_up(&mut engine);
        for invoice in invoices() {
            let payable = engine.payable(invoice);
            prop_assert!(payable.claims.is_empty(), "a claim outlived its payment");
            prop_assert_eq!(exposed(&engine, invoice), payable.settled().amount());
        }
    }
}

/// The histories above reach every end there is: a property over histories that never pay proves nothing.
#[test]
fn histories_reach_every_end() {
    let mut runner = TestRunner::deterministic();
    let mut reached: BTreeMap<String, u32> = BTreeMap::new();
    for _ in 0..1000 {
        let mut engine = Engine::new(INVOICES, PAYMENTS);
        for ask in any_history().new_tree(&mut runner).expect("a history").current() {
            let _ = engine.ask(&ask);
        }
        for invoice in invoices() {
            *reached.entry(format!("invoice {}", engine.payable(invoice).status())).or_default() += 1;
        }
        for status in engine.payments.iter().filter_map(Payment::status) {
            *reached.entry(format!("payment {status}")).or_default() += 1;
        }
    }
    let ends = [
        "invoice approved",
        "invoice in_exception",
        "invoice paid",
        "invoice partially_paid",
        "invoice pending_approval",
        "invoice received",
        "invoice rejected",
        "invoice scheduled",
        "invoice voided",
        "payment authorised",
        "payment failed",
        "payment partially_settled",
        "payment planned",
        "payment returned",
        "payment sent",
        "payment settled",
        "payment voided",
    ];
    assert_eq!(reached.keys().map(String::as_str).collect::<Vec<_>>(), ends, "{reached:?}");
}
