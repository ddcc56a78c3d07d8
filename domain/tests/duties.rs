//! S26: every world of a few people, checked to the end: whatever they do in whatever order, in their own places or in
//! others', nobody enters and approves one invoice, changes its vendor's bank data and approves it or lets it be paid, or
//! pays alone.
//!
//! The rules under test are the real ones: policy, exclusions over the chain of deeds, delegations, rounds, payments.

mod fixtures;

use std::collections::HashSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hasher};

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use fixtures::*;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, Decider, Deed, Duty, Eligible, Excluded, Request, StageCandidates, StepCandidates, duty_of,
    exclusions,
};
use quittance_domain::delegation::{Delegation, DelegationCommand, Delegations, Matter, Scope};
use quittance_domain::ids::{BankAccountId, DelegationId, UserId};
use quittance_domain::invoice::{Amendment, Invoice, InvoiceCommand, InvoiceEvent, Stage};
use quittance_domain::party::Party;
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan};
use quittance_domain::policy::{Approvers, PolicyRule, PolicyRules, PolicyStep, Terms};
use quittance_domain::purchase_order::PurchaseOrderEvent;
use quittance_domain::vendor::{Origin, Vendor, VendorEvent};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

/// All of them may do everything by their roles: only duties keep them apart.
const PEOPLE: [UserId; 3] = [ANNA, BOB, CARL];

fn now() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Amend(UserId),
    ChangeBankData(UserId),
    Submit(UserId),
    Approve(UserId, Option<UserId>),
    Delegate(UserId, UserId),
    Reassign(UserId, UserId, UserId),
    Plan(UserId),
    Authorise(UserId),
    Start(UserId),
}

fn acts() -> Vec<Act> {
    let pairs = || PEOPLE.into_iter().flat_map(|a| PEOPLE.into_iter().map(move |b| (a, b))).filter(|(a, b)| a != b);
    let alone = PEOPLE.into_iter().flat_map(|p| {
        [Act::Amend(p), Act::ChangeBankData(p), Act::Submit(p), Act::Approve(p, None), Act::Plan(p), Act::Authorise(p), Act::Start(p)]
    });
    let with_another = pairs().flat_map(|(a, b)| [Act::Approve(a, Some(b)), Act::Delegate(a, b), Act::Reassign(a, a, b)]);
    let third = pairs().flat_map(|(a, b)| PEOPLE.into_iter().filter(move |c| *c != a && *c != b).map(move |c| Act::Reassign(a, b, c)));
    alone.chain(with_another).chain(third).collect()
}

#[derive(Clone, Debug)]
struct World {
    invoice: Invoice,
    approval: Approval,
    delegations: Delegations,
    payment: Payment,
    vendor: Vendor,
    deeds: Vec<Deed>,
    /// Who let the payment go and had changed where it goes to.
    bent: Option<UserId>,
    /// Who paid, as far as it went.
    payers: Vec<UserId>,
    /// Everybody who decided for the invoice as it is, in their own place or in another's: who, in which stage, and what
    /// they had done before.
    approvers: Vec<(UserId, u8, Vec<String>)>,
}

/// How strict the world is: the real rules, or a world without one of them, to see that its lack is noticed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Rules {
    Real,
    NobodyExcluded,
    DelegatesUnjudged,
    EditorsRelease,
}

struct Setting {
    policy: PolicyRules,
    rules: Rules,
}

impl World {
    fn new() -> Self {
        let received = InvoiceEvent::Received(Box::new(reception()));
        Self {
            invoice: Invoice::replay([received]),
            approval: Approval::default(),
            delegations: Delegations::default(),
            payment: Payment::default(),
            vendor: vendor(),
            deeds: vec![deed("InvoiceReceived", ANNA)],
            bent: None,
            payers: vec![],
            approvers: vec![],
        }
    }

    /// The world after `act`; `None` where it is refused or changes nothing.
    fn after(&self, act: Act, setting: &Setting) -> Option<Self> {
        let mut next = self.clone();
        let changed = match act {
            Act::Amend(by) => next.amend(by),
            Act::ChangeBankData(by) => next.change_bank_data(by),
            Act::Submit(by) => next.submit(by, setting),
            Act::Approve(by, place) => next.approve(by, place, setting),
            Act::Delegate(from, to) => next.delegate(from, to),
            Act::Reassign(by, from, to) => next.reassign(by, from, to, setting),
            Act::Plan(by) => next.plan(by),
            Act::Authorise(by) => next.authorise(by, setting),
            Act::Start(by) => next.pay(by, PaymentCommand::Start { by, at: now() }),
        };
        changed.filter(|changed| *changed).map(|_| next)
    }

    fn round(&self) -> u32 {
        self.invoice.received().expect("received").round
    }

    /// Another amount: material, so that approval starts over.
    fn amend(&mut self, by: UserId) -> Option<bool> {
        let to = if self.invoice.received().ok()?.payable == eur(dec!(1190.00)) { dec!(1000.00) } else { dec!(1190.00) };
        let amendment = Amendment { payable: eur(to), by, ..amendment() };
        let changed =
            tell(&mut self.invoice, InvoiceCommand::Amend { amendment: Box::new(amendment), exceptions: vec![], rise_max: None })?;
        if matches!(self.approval, Approval::Running(_) | Approval::Granted { .. }) {
            tell(&mut self.approval, ApprovalCommand::Withdraw { because: "amended".to_owned() })?;
        }
        self.approvers.clear();
        self.note("InvoiceAmended", by);
        Some(changed)
    }

    fn change_bank_data(&mut self, by: UserId) -> Option<bool> {
        let id = BankAccountId(by.0);
        self.vendor.apply(VendorEvent::BankAccountAdded { id, account: account(), by, holder: None });
        self.note("VendorBankAccountAdded", by)
    }

    /// A deed once is as good as twice, and the order of deeds is nothing to the rules.
    fn note(&mut self, event_type: &str, by: UserId) -> Option<bool> {
        let deed = deed(event_type, by);
        if self.deeds.contains(&deed) {
            return Some(false);
        }
        self.deeds.push(deed);
        self.deeds.sort_by_key(|d| (d.event_type.clone(), d.by));
        Some(true)
    }

    fn submit(&mut self, by: UserId, setting: &Setting) -> Option<bool> {
        let approval_id = if self.round() == 0 { ROUND_1 } else { ROUND_2 };
        tell(&mut self.invoice, InvoiceCommand::Submit { approval_id, by }).filter(|changed| *changed)?;
        let payable = self.invoice.received().ok()?.clone();
        let steps = setting.policy.steps_for(&facts(payable.payable));
        let mut stages: Vec<u8> = steps.iter().map(|s| s.stage).collect();
        stages.dedup();
        let request = Request {
            invoice_id: INVOICE,
            round: payable.round,
            version_hash: payable.version_hash(),
            amount: payable.payable,
            policy_version: 1,
            requested_by: by,
            excluded: self.excluded(by, setting),
            stages,
            same_person_in_stages: setting.policy.terms.same_person_in_stages,
            facts: None,
        };
        let candidates = candidates(&steps, request.stages[0]);
        self.approval = Approval::default();
        tell(&mut self.approval, ApprovalCommand::Request { request, candidates })
    }

    fn excluded(&self, submitter: UserId, setting: &Setting) -> Vec<Excluded> {
        match setting.rules {
            Rules::NobodyExcluded => vec![],
            _ => exclusions(&self.deeds, submitter, &setting.policy.terms, &[], now()),
        }
    }

    fn approve(&mut self, by: UserId, place: Option<UserId>, setting: &Setting) -> Option<bool> {
        let request = self.approval.running().ok()?.request.clone();
        let barred = self.excluded(request.requested_by, setting);
        let delegated = self.delegations.paths(by, now(), Matter { amounts: &[request.amount], ..Matter::default() }, true);
        let mut decider = Decider { by, on_behalf_of: place, delegated, barred, link: None };
        if setting.rules == Rules::DelegatesUnjudged && place.is_some() {
            // As if a delegate were their principal and nothing else.
            decider = Decider { by: place?, on_behalf_of: None, delegated: vec![], ..decider };
        }
        let running = self.approval.running().ok()?;
        let next = running.stage().and_then(|stage| running.stage_after(stage));
        let steps = setting.policy.steps_for(&facts(request.amount));
        let next = next.map(|stage| candidates(&steps, stage));
        let events = self.approval.decide(ApprovalCommand::Approve { decider, comment: None, next }).ok()?;
        for event in &events {
            if let ApprovalEvent::Given { stage, on_behalf_of, .. } = event {
                let people = [Some(by), *on_behalf_of];
                let done = |person: UserId| self.deeds.iter().filter(|d| d.by == person).map(|d| d.event_type.clone()).collect();
                let mut deciders: Vec<_> = people.into_iter().flatten().map(|person| (person, *stage, done(person))).collect();
                self.approvers.append(&mut deciders);
                self.approvers.sort();
            }
            self.approval.apply(event.clone());
        }
        if let Approval::Granted { request, .. } = &self.approval {
            let Stage::PendingApproval { approval_id, .. } = self.invoice.received().ok()?.stage else { return Some(true) };
            let approve = InvoiceCommand::Approve { approval_id, version_hash: request.version_hash.clone() };
            tell(&mut self.invoice, approve)?;
        }
        Some(!events.is_empty())
    }

    fn delegate(&mut self, delegator: UserId, delegate: UserId) -> Option<bool> {
        let id = DelegationId(Uuid::from_u128(delegator.0.as_u128() ^ delegate.0.as_u128().rotate_left(7)));
        let (starts_at, ends_at) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let delegation = Delegation { id, delegator, delegate, starts_at, ends_at, scope: Scope::default() };
        let changed = tell(&mut self.delegations, DelegationCommand::Grant { delegation, by: delegator });
        self.delegations.standing.sort_by_key(|d| d.id);
        changed
    }

    /// Everybody here is an administrator as well.
    fn reassign(&mut self, by: UserId, from: UserId, to: UserId, setting: &Setting) -> Option<bool> {
        let submitter = self.approval.running().ok()?.request.requested_by;
        let (reason, barred) = ("leave".to_owned(), self.excluded(submitter, setting));
        tell(&mut self.approval, ApprovalCommand::Reassign { by, from, to, reason, of_anybody: true, barred })
    }

    fn plan(&mut self, by: UserId) -> Option<bool> {
        let amount = self.invoice.received().ok()?.unclaimed();
        tell(&mut self.invoice, InvoiceCommand::Claim { payment_id: PAYMENT, amount })?;
        let items = vec![creditor(1, INVOICE, amount.amount())];
        self.pay(by, PaymentCommand::Plan(Box::new(PaymentPlan { items, total: amount, planned_by: by, ..plan() })))
    }

    fn authorise(&mut self, by: UserId, setting: &Setting) -> Option<bool> {
        if setting.rules != Rules::EditorsRelease {
            self.vendor.profile().ok()?.releasable_by(by).ok()?;
        }
        self.bent = Some(by).filter(|by| self.deeds.contains(&deed("VendorBankAccountAdded", *by)));
        self.pay(by, PaymentCommand::Authorise { by })
    }

    fn pay(&mut self, by: UserId, command: PaymentCommand) -> Option<bool> {
        let changed = tell(&mut self.payment, command)?;
        if changed {
            self.payers.push(by);
        }
        Some(changed)
    }

    /// What must never be, in words.
    fn wrong(&self, terms: &Terms) -> Option<String> {
        let guilty = self.approvers.iter().find(|(.., done)| !done.is_empty());
        if let Some((person, _, done)) = guilty {
            return Some(format!("{person} had done {done:?} and approved"));
        }
        let within = |stage: u8| if terms.same_person_in_stages { stage } else { 0 };
        let mut voices: Vec<(UserId, u8)> = self.approvers.iter().map(|(person, stage, _)| (*person, within(*stage))).collect();
        let spoken = voices.len();
        voices.dedup();
        if voices.len() < spoken {
            return Some("one person is two voices".to_owned());
        }
        if let Some(person) = self.bent {
            return Some(format!("{person} had changed the bank data and let the payment go"));
        }
        match self.payers.as_slice() {
            [planner, authoriser, ..] if planner == authoriser => Some("one person paid alone".to_owned()),
            _ => None,
        }
    }

    fn key(&self) -> u64 {
        struct Hashed(DefaultHasher);
        impl std::fmt::Write for Hashed {
            fn write_str(&mut self, text: &str) -> std::fmt::Result {
                self.0.write(text.as_bytes());
                Ok(())
            }
        }
        let mut hashed = Hashed(DefaultHasher::new());
        let payable = self.invoice.received().expect("received");
        let invoice = (&payable.stage, payable.payable, payable.round, &payable.editors, payable.claims.len());
        write!(hashed, "{invoice:?}{:?}{:?}{:?}", self.approval, self.delegations, self.deeds).expect("hashing");
        write!(hashed, "{:?}{:?}{:?}{:?}", self.payment.status(), self.payers, self.approvers, self.bent).expect("hashing");
        hashed.0.finish()
    }
}

fn deed(event_type: &str, by: UserId) -> Deed {
    Deed { event_type: event_type.to_owned(), by, at: at("2026-02-01T00:00:00Z") }
}

fn vendor() -> Vendor {
    let party = Party { name: "Muster GmbH".to_owned(), ..Party::default() };
    let registered = VendorEvent::Registered { party, currency: None, payment_days: 30, origin: Origin::Person, by: DORA };
    Vendor::replay([registered])
}

fn candidates(steps: &[PolicyStep], stage: u8) -> StageCandidates {
    let everybody: Vec<Eligible> = PEOPLE.map(|user_id| Eligible { user_id, because: "role:approver".to_owned() }).to_vec();
    let step = |step: &PolicyStep| StepCandidates { quorum: step.quorum, candidates: everybody.clone(), managers: vec![] };
    StageCandidates { stage, steps: steps.iter().filter(|s| s.stage == stage).map(step).collect(), deadlines: None }
}

/// Whether anything changed; `None` where it was refused.
fn tell<A: Root>(state: &mut A, command: A::Command) -> Option<bool> {
    let events = state.decide(command).ok()?;
    let changed = !events.is_empty();
    events.into_iter().for_each(|event| state.apply(event));
    Some(changed)
}

/// A policy of one stage for each quorum.
fn policy(quorums: &[u8], terms: Terms) -> PolicyRules {
    let everybody = || Approvers::Users(PEOPLE.to_vec());
    let steps = (1..).zip(quorums).map(|(stage, &quorum)| PolicyStep { stage, approvers: everybody(), quorum }).collect();
    PolicyRules { terms, ..PolicyRules::new(Currency::EUR, vec![PolicyRule::from_amount(Decimal::ZERO, steps)]) }
}

/// What was found on the way through all worlds up to a depth.
struct Explored {
    states: usize,
    granted: usize,
    paid: usize,
    wrong: Option<String>,
}

fn explore(setting: &Setting, depth: usize) -> Explored {
    let acts = acts();
    let mut seen = HashSet::from([World::new().key()]);
    let mut edge = vec![(World::new(), Vec::new())];
    let mut explored = Explored { states: 1, granted: 0, paid: 0, wrong: None };
    for _ in 0..depth {
        let mut next_edge = Vec::new();
        for (world, path) in &edge {
            for act in &acts {
                let Some(next) = world.after(*act, setting).filter(|next| seen.insert(next.key())) else { continue };
                let path: Vec<Act> = path.iter().copied().chain([*act]).collect();
                if let Some(wrong) = next.wrong(&setting.policy.terms) {
                    explored.wrong = Some(format!("{wrong}: {path:?}"));
                    return explored;
                }
                explored.states += 1;
                explored.granted += usize::from(matches!(next.approval, Approval::Granted { .. }));
                explored.paid += usize::from(next.payers.len() == 3);
                next_edge.push((next, path));
            }
        }
        edge = next_edge;
    }
    explored
}

#[test]
fn nobody_alone_enters_approves_and_pays_in_any_world_of_three() {
    let relaxed = Terms { same_person_in_stages: true, ..Terms::default() };
    let recent = Terms { bank_change_days: Some(30), ..Terms::default() };
    let worlds = [(policy(&[1], Terms::default()), 6), (policy(&[2], recent), 6), (policy(&[1, 1], relaxed), 6)];
    let mut states = 0;
    for (policy, depth) in worlds {
        let setting = Setting { policy, rules: Rules::Real };
        let explored = explore(&setting, depth);
        assert_eq!(explored.wrong, None, "{:?}", setting.policy);
        assert!(explored.granted > 0 && explored.paid > 0, "nothing was paid at all: {:?}", setting.policy);
        states += explored.states;
    }
    assert!(states >= 100_000, "only {states} states");
}

/// A new event about bank data or the invoice's content stands against approving, until somebody says that it does not.
#[test]
fn every_event_that_could_be_a_duty_is_judged() {
    let harmless = ["VendorBankAccountVerified", "VendorBankAccountRejected"];
    let bank = VendorEvent::TYPES.iter().map(|(name, _)| *name).filter(|name| name.contains("BankAccount"));
    let unjudged: Vec<&str> = bank.filter(|name| duty_of(name).is_none() && !harmless.contains(name)).collect();
    assert!(unjudged.is_empty(), "{unjudged:?}");
    assert_eq!((duty_of("InvoiceReceived"), duty_of("InvoiceAmended")), (Some(Duty::Entered), Some(Duty::Entered)));
    let types: Vec<&str> =
        [InvoiceEvent::TYPES, VendorEvent::TYPES, PurchaseOrderEvent::TYPES].concat().iter().map(|(name, _)| *name).collect();
    let known = ["InvoiceReceived", "InvoiceAmended", "VendorBankAccountProposed", "PurchaseOrderReceived"];
    assert!(known.iter().all(|name| types.contains(name)), "the table speaks of events that there are");
}

/// The same search finds the way at once where a rule is missing: it looks where it should.
#[test]
fn a_world_without_one_of_the_rules_is_noticed() {
    let missing =
        [(Rules::NobodyExcluded, "approved"), (Rules::DelegatesUnjudged, "approved"), (Rules::EditorsRelease, "let the payment go")];
    for (rules, said) in missing {
        let setting = Setting { policy: policy(&[1], Terms::default()), rules };
        let wrong = explore(&setting, 5).wrong.expect("a way to do it alone");
        assert!(wrong.contains(said), "{wrong}");
    }
}
