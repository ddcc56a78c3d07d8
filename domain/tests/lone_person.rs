//! S26, the other half: one person with two names, every role and a delegation, beside honest people who keep to their routine. Whatever
//! that person does and changes in whatever order, no money leaves by their word alone, nor to an account that only they have chosen.
//!
//! The rules under test are the real ones: the control over bank changes, vouching, policies and tolerances with their confirmation,
//! exclusions, delegations, rounds, payments. What must never be is told without them, by who did what.

mod fixtures;

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use fixtures::*;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, Decider, Deed, Eligible, Excluded, Request, StageCandidates, StepCandidates, exclusions,
    tolerators,
};
use quittance_domain::delegation::{Delegation, DelegationCommand, Delegations, Matter, Scope};
use quittance_domain::ids::{BankAccountId, DelegationId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, InvoiceEvent, Reception, Stage};
use quittance_domain::matching::{Evaluation, Inputs, MatchFinding, Outcome};
use quittance_domain::party::{Address, Party};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan};
use quittance_domain::policy::{ApprovalPolicy, Approvers, PolicyCommand, PolicyEvent, PolicyRule, PolicyRules, PolicyStep};
use quittance_domain::role::Role;
use quittance_domain::tenant::{BankChangeControl, Tenant, TenantCommand, TenantEvent};
use quittance_domain::tolerance::{Applies, Limits, ToleranceRule, ToleranceSet, Tolerances, TolerancesCommand};
use quittance_domain::vendor::{Origin, Proposal, Vendor, VendorCommand, VendorEvent};
use quittance_domain::vouching::{HandedKey, Vouching, VouchingCommand, VouchingEvent};
use quittance_domain::{Currency, Root};
use rust_decimal::{Decimal, dec};
use uuid::Uuid;

/// One person: Erin, an owner, and a user whom she added, an owner and approver as well.
const ERIN_HERSELF: [UserId; 2] = [ERIN, CARL];
/// Who plans and who authorises what is approved, as every week.
const TREASURY: [UserId; 2] = [DORA, UserId(Uuid::from_u128(0xA_0009))];
const HERS: BankAccountId = OTHER_ACCOUNT;

fn now() -> DateTime<Utc> {
    at("2026-03-01T12:00:00Z")
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Vouch(UserId),
    Loosen(UserId),
    ConfirmLoosening(UserId),
    ProposeAccount(UserId),
    ApproveAccount(UserId),
    Adopt(UserId),
    PutBack(UserId),
    ConfirmPolicy(UserId),
    Tolerate(UserId),
    ConfirmTolerances(UserId),
    LookAtVendor(UserId),
    Submit(UserId),
    Resolve(UserId),
    Approve(UserId, Option<UserId>),
    Reassign(UserId, UserId),
    Delegate(UserId, UserId),
    Pay([UserId; 2]),
}

fn acts() -> Vec<Act> {
    let [erin, other] = ERIN_HERSELF;
    let hers = ERIN_HERSELF.into_iter().flat_map(|p| {
        [
            Act::Vouch(p),
            Act::Loosen(p),
            Act::ConfirmLoosening(p),
            Act::ProposeAccount(p),
            Act::ApproveAccount(p),
            Act::Adopt(p),
            Act::PutBack(p),
            Act::ConfirmPolicy(p),
            Act::Tolerate(p),
            Act::ConfirmTolerances(p),
            Act::LookAtVendor(p),
            Act::Submit(p),
            Act::Resolve(p),
            Act::Approve(p, None),
            Act::Approve(p, Some(BOB)),
        ]
    });
    let between = [Act::Reassign(erin, other), Act::Reassign(other, erin), Act::Delegate(erin, other), Act::Approve(other, Some(erin))];
    let routine = [Act::Submit(ANNA), Act::Approve(BOB, None), Act::Pay(TREASURY), Act::Pay([erin, other])];
    hers.chain(between).chain(routine).collect()
}

#[derive(Clone, Debug)]
struct World {
    company: Tenant,
    vouching: Vouching,
    policy: ApprovalPolicy,
    tolerances: Tolerances,
    vendor: Vendor,
    invoice: Invoice,
    approval: Approval,
    delegations: Delegations,
    payment: Payment,
    deeds: Vec<Deed>,
    /// Whether the order's price is exceeded.
    dear: bool,
    /// Who registered the vendor.
    registrant: UserId,
    /// Who has decided for the invoice.
    deciders: Vec<UserId>,
    /// Which rules the round goes by, where not those that the company began with.
    own_rules: bool,
    /// Planned and authorised by these, to this account.
    paid: Option<([UserId; 2], BankAccountId)>,
}

/// A world without one of the rules, to see that its lack is noticed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Lacking {
    Nothing,
    /// Whom one person added is another person.
    Vouching,
    /// Who proposes to loosen the control over bank changes loosens it.
    ControlSecondPerson,
    /// Who adopts a policy decides under it.
    PolicyAdopter,
    /// Who adopts a policy confirms it.
    PolicyConfirmer,
    /// Who adopts tolerances approves what passes by them.
    TolerancesAdopter,
    /// Who adopts tolerances confirms them.
    TolerancesConfirmer,
    /// Who registers a vendor alone approves what it bills.
    Registrant,
    /// Who decides in another's place is judged as that other alone.
    Delegates,
}

impl World {
    /// An invoice that `enterer` entered, for more than was ordered if it is `dear`, of a vendor that only `registrant` has seen.
    fn new(enterer: UserId, dear: bool, registrant: UserId) -> Self {
        let reception = Reception { entered_by: enterer, ..reception() };
        let created = TenantEvent::Created { name: "Acme".to_owned(), base_currency: Currency::EUR, address: Address::default() };
        let handed = HandedKey { user_id: CARL, key_id: KEY, by: ERIN, at: at("2026-01-01T00:00:00Z") };
        let party = Party { name: "Muster GmbH".to_owned(), ..Party::default() };
        let mut world = Self {
            company: Tenant::replay([created]),
            vouching: Vouching::replay([VouchingEvent::KeyHanded { key: handed }]),
            policy: ApprovalPolicy::replay([PolicyEvent::Adopted { version: 1, rules: the_companys(), by: ERIN }]),
            tolerances: Tolerances::default(),
            vendor: Vendor::replay([
                VendorEvent::Registered { party, currency: None, payment_days: 30, origin: Origin::Person, by: registrant },
                VendorEvent::BankAccountAdded { id: ACCOUNT, account: account(), by: DORA, holder: None },
            ]),
            invoice: Invoice::replay([InvoiceEvent::Received(Box::new(reception))]),
            approval: Approval::default(),
            delegations: Delegations::default(),
            payment: Payment::default(),
            deeds: vec![deed("InvoiceReceived", enterer), deed("VendorRegistered", registrant)],
            dear,
            registrant,
            deciders: vec![],
            own_rules: false,
            paid: None,
        };
        world.delegate(BOB, ERIN);
        world.matched();
        world
    }

    /// The world after `act`; `None` where it is refused or changes nothing.
    fn after(&self, act: Act, lacking: Lacking) -> Option<Self> {
        let mut next = self.clone();
        let changed = match act {
            Act::Vouch(by) => next.vouch(by),
            Act::Loosen(by) => next.loosen(by, lacking),
            Act::ConfirmLoosening(by) => {
                let confirm = TenantCommand::ConfirmBankChangeControl { control: LOOSE, by: Some(by) };
                next.second(lacking, |world| &mut world.company, confirm)
            }
            Act::ProposeAccount(by) => next.propose(by),
            Act::ApproveAccount(by) => {
                let approve = VendorCommand::ApproveAccount { id: HERS, by, at: now(), control: next.control() };
                let changed = next.second(lacking, |world| &mut world.vendor, approve);
                next.note(changed, "VendorBankAccountVerified", by)
            }
            Act::LookAtVendor(by) => {
                let changed = next.second(lacking, |world| &mut world.vendor, VendorCommand::Verify { by });
                next.note(changed, "VendorVerified", by)
            }
            Act::Adopt(by) => tell(&mut next.policy, PolicyCommand::Adopt { rules: her_own(), by }),
            Act::PutBack(by) => tell(&mut next.policy, PolicyCommand::Adopt { rules: the_companys(), by }),
            Act::ConfirmPolicy(by) => {
                let by = Some(by).filter(|_| lacking != Lacking::PolicyConfirmer);
                next.second(lacking, |world| &mut world.policy, PolicyCommand::Confirm { version: 2, by })
            }
            Act::Tolerate(by) => next.tolerate(by),
            Act::ConfirmTolerances(by) => {
                let by = Some(by).filter(|_| lacking != Lacking::TolerancesConfirmer);
                next.second(lacking, |world| &mut world.tolerances, TolerancesCommand::Confirm { version: 1, by })
            }
            Act::Submit(by) => next.submit(by, lacking),
            Act::Resolve(by) => next.resolve(by, lacking),
            Act::Approve(by, place) => next.approve(by, place, lacking),
            Act::Reassign(by, to) => next.reassign(by, to, lacking),
            Act::Delegate(from, to) => next.delegate(from, to),
            Act::Pay(people) => next.pay(people, lacking),
        };
        changed.filter(|changed| *changed).map(|_| next)
    }

    /// A command that a second person gives, as the engine lets them.
    fn second<A: Root>(&mut self, lacking: Lacking, of: impl Fn(&mut Self) -> &mut A, command: A::Command) -> Option<bool> {
        if lacking != Lacking::Vouching {
            let vouching = self.vouching.clone();
            vouching.decides_as_one(of(self), &command).ok()?;
        }
        tell(of(self), command)
    }

    /// Her other self has their own key by now, and the first is revoked.
    fn vouch(&mut self, by: UserId) -> Option<bool> {
        tell(&mut self.vouching, VouchingCommand::Vouch { user_id: CARL, by: Some(by), in_force: vec![] })
    }

    fn control(&self) -> BankChangeControl {
        self.company.company().expect("a company").bank_change_control
    }

    fn loosen(&mut self, by: UserId, lacking: Lacking) -> Option<bool> {
        if lacking == Lacking::ControlSecondPerson {
            let changes = self.control() != LOOSE;
            self.company.apply(TenantEvent::BankChangeControlSet { control: LOOSE, by });
            return Some(changes);
        }
        tell(&mut self.company, TenantCommand::SetBankChangeControl { control: LOOSE, by, at: now() })
    }

    fn propose(&mut self, by: UserId) -> Option<bool> {
        let proposal = Proposal { id: HERS, account: other_account(), replaces: None, by, at: now(), holder: None };
        let propose = VendorCommand::ProposeAccount { proposal, control: self.control() };
        let changed = tell(&mut self.vendor, propose);
        self.note(changed, "VendorBankAccountProposed", by)
    }

    fn note(&mut self, changed: Option<bool>, event_type: &str, by: UserId) -> Option<bool> {
        if changed == Some(true) {
            self.deeds.push(deed(event_type, by));
        }
        changed
    }

    fn tolerate(&mut self, by: UserId) -> Option<bool> {
        let rule =
            ToleranceRule { applies: Applies::Tenant, limits: Limits { small_charge_amount: Some(dec!(99999)), ..Limits::default() } };
        let set = ToleranceSet { rules: vec![rule], ..ToleranceSet::default() };
        let changed = tell(&mut self.tolerances, TolerancesCommand::Adopt { set, by });
        self.matched();
        changed
    }

    /// What matching finds: the charge beyond the order is within the tolerances in force, or it holds the invoice.
    fn matched(&mut self) {
        let tolerated = !self.tolerances.set.rules.is_empty();
        let outcome = if tolerated { Outcome::WithinTolerance } else { Outcome::Fail };
        let finding = MatchFinding { outcome, holds: !tolerated, ..match_finding() };
        let inputs = Inputs { tolerances_version: self.tolerances.version, ..Inputs::default() };
        let findings = if self.dear { vec![finding] } else { vec![] };
        let evaluation = Evaluation { purchase_order_id: Some(ORDER), inputs, findings, ..Evaluation::default() };
        tell(&mut self.invoice, InvoiceCommand::RecordMatch { evaluation: Box::new(evaluation) });
    }

    fn submit(&mut self, by: UserId, lacking: Lacking) -> Option<bool> {
        tell(&mut self.invoice, InvoiceCommand::Submit { approval_id: ROUND_1, by }).filter(|changed| *changed)?;
        let payable = self.invoice.received().ok()?.clone();
        let rules = self.policy.rules.clone()?;
        self.own_rules = rules != the_companys();
        let excluded = self.barred(self.policy.version, by, lacking);
        let request = Request {
            invoice_id: INVOICE,
            round: payable.round,
            version_hash: payable.version_hash(),
            amount: payable.payable,
            policy_version: self.policy.version,
            requested_by: by,
            excluded: excluded.clone(),
            stages: vec![1],
            same_person_in_stages: false,
            facts: None,
        };
        let candidates = self.candidates(&excluded);
        tell(&mut self.approval, ApprovalCommand::Request { request, candidates })
    }

    /// As the rules of the round name them, and as the engine leaves them.
    fn candidates(&self, barred: &[Excluded]) -> StageCandidates {
        let rules = if self.own_rules { her_own() } else { the_companys() };
        let step = |step: &PolicyStep| {
            let people = match &step.approvers {
                Approvers::Users(users) => users.clone(),
                _ => vec![BOB, CARL, ERIN],
            };
            let candidates = people.into_iter().map(|user_id| Eligible { user_id, because: "user".to_owned() }).collect();
            StepCandidates { quorum: step.quorum, candidates, managers: vec![] }
        };
        let amount = self.invoice.received().expect("received").payable;
        let steps = rules.steps_for(&facts(amount)).iter().map(step).collect();
        StageCandidates { stage: 1, steps, deadlines: None }.without(barred)
    }

    fn barred(&self, version: u32, submitter: UserId, lacking: Lacking) -> Vec<Excluded> {
        let payable = self.invoice.received().expect("received");
        let adopter = self.policy.adopter_of(version).filter(|_| lacking != Lacking::PolicyAdopter);
        let tolerators = tolerators(payable, &self.tolerances).into_iter().filter(|_| lacking != Lacking::TolerancesAdopter);
        let makers = adopter.map(Excluded::adopter_of_policy).into_iter().chain(tolerators.map(Excluded::adopter_of_tolerances));
        let counts = |deed: &&Deed| lacking != Lacking::Registrant || deed.event_type != "VendorRegistered";
        let deeds: Vec<Deed> = self.deeds.iter().filter(counts).cloned().collect();
        let excluded = exclusions(&deeds, submitter, &the_companys().terms, &makers.collect::<Vec<_>>(), now());
        if lacking == Lacking::Vouching { excluded } else { self.vouching.excluded_as_one(excluded, &self.voices()) }
    }

    fn voices(&self) -> Vec<UserId> {
        self.approval.running().map(|running| running.voices()).unwrap_or_default()
    }

    fn barred_now(&self, lacking: Lacking) -> Option<Vec<Excluded>> {
        let request = &self.approval.running().ok()?.request;
        Some(self.barred(request.policy_version, request.requested_by, lacking))
    }

    fn resolve(&mut self, by: UserId, lacking: Lacking) -> Option<bool> {
        let barred = self.barred_now(lacking)?;
        let candidates = self.candidates(&barred);
        tell(&mut self.approval, ApprovalCommand::Reresolve { by, candidates, barred })
    }

    fn approve(&mut self, by: UserId, place: Option<UserId>, lacking: Lacking) -> Option<bool> {
        let payable = self.invoice.received().ok()?;
        payable.not_on_hold().ok()?;
        let Stage::PendingApproval { approval_id, .. } = payable.stage else { return None };
        let (barred, amount) = (self.barred_now(lacking)?, payable.payable);
        let delegated = self.delegations.paths(by, now(), Matter { amounts: &[amount], ..Matter::default() }, true);
        let mut decider = Decider { by, on_behalf_of: place, delegated, barred, link: None };
        if let Some(place) = place.filter(|_| lacking == Lacking::Delegates) {
            decider = Decider { by: place, on_behalf_of: None, delegated: vec![], ..decider };
        }
        let events = self.approval.decide(ApprovalCommand::Approve { decider, comment: None, next: None }).ok()?;
        if events.iter().any(|event| matches!(event, ApprovalEvent::Given { .. })) {
            self.deciders.push(by);
        }
        let changed = !events.is_empty();
        events.into_iter().for_each(|event| self.approval.apply(event));
        if let Approval::Granted { request, .. } = &self.approval {
            let approve = InvoiceCommand::Approve { approval_id, version_hash: request.version_hash.clone() };
            tell(&mut self.invoice, approve)?;
        }
        Some(changed)
    }

    /// What Bob is asked, by one of her names to the other.
    fn reassign(&mut self, by: UserId, to: UserId, lacking: Lacking) -> Option<bool> {
        if lacking != Lacking::Vouching && self.vouching.may_be_one(by, to) {
            return None;
        }
        let barred = self.barred_now(lacking)?;
        let reason = "leave".to_owned();
        tell(&mut self.approval, ApprovalCommand::Reassign { by, from: BOB, to, reason, of_anybody: true, barred })
    }

    fn delegate(&mut self, delegator: UserId, delegate: UserId) -> Option<bool> {
        let id = DelegationId(Uuid::from_u128(delegator.0.as_u128() ^ delegate.0.as_u128().rotate_left(7)));
        let (starts_at, ends_at) = (at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z"));
        let delegation = Delegation { id, delegator, delegate, starts_at, ends_at, scope: Scope::default() };
        tell(&mut self.delegations, DelegationCommand::Grant { delegation, by: delegator })
    }

    /// To where the vendor is paid now, by one who plans and one who authorises.
    fn pay(&mut self, people: [UserId; 2], lacking: Lacking) -> Option<bool> {
        let [planner, authoriser] = people;
        let profile = self.vendor.profile().ok()?.clone();
        let to = profile.default_account(now())?.clone();
        profile.payable_to(to.id, &to.account, now()).ok()?;
        profile.releasable_by(authoriser).ok()?;
        let amount = self.invoice.received().ok()?.unclaimed();
        tell(&mut self.invoice, InvoiceCommand::Claim { payment_id: PAYMENT, amount })?;
        let items = vec![creditor(1, INVOICE, amount.amount())];
        let plan = PaymentPlan { items, total: amount, planned_by: planner, ..plan() };
        tell(&mut self.payment, PaymentCommand::Plan(Box::new(plan)))?;
        self.second(lacking, |world| &mut world.payment, PaymentCommand::Authorise { by: authoriser })?;
        let started = tell(&mut self.payment, PaymentCommand::Start { by: planner, at: now() });
        self.paid = Some((people, to.id));
        started
    }

    /// What must never be, in words.
    fn wrong(&self) -> Option<&'static str> {
        let (people, account) = self.paid?;
        let hers = |people: &[UserId]| people.iter().all(|person| ERIN_HERSELF.contains(person));
        let entered = self.deeds.iter().any(|deed| deed.event_type == "InvoiceReceived" && ERIN_HERSELF.contains(&deed.by));
        let looks = ["VendorVerified", "VendorBankAccountVerified"];
        let seen = self.deeds.iter().any(|deed| looks.contains(&&*deed.event_type) && !ERIN_HERSELF.contains(&deed.by));
        if account == HERS {
            Some("money went to an account that she alone has chosen")
        } else if hers(&people) {
            Some("she planned and authorised it")
        } else if !hers(&self.deciders) {
            None
        } else if self.own_rules {
            Some("she approved it by a policy of her own")
        } else if self.dear {
            Some("she approved what passed by tolerances of her own")
        } else if ERIN_HERSELF.contains(&self.registrant) && !seen {
            Some("she registered whom it pays and approved it")
        } else if entered {
            Some("she entered it and approved it")
        } else {
            None
        }
    }

    fn key(&self) -> u64 {
        let mut hashed = DefaultHasher::new();
        let payable = self.invoice.received().expect("received");
        let invoice = (&payable.stage, payable.claims.len());
        let settings = (&self.company, &self.vouching, &self.policy, self.tolerances.version, self.tolerances.adopters().next());
        let round = (&self.approval, &self.delegations, &self.deciders, self.own_rules);
        format!("{invoice:?}{settings:?}{round:?}{:?}{:?}{:?}", self.vendor, self.deeds, self.paid).hash(&mut hashed);
        hashed.finish()
    }
}

const LOOSE: BankChangeControl = BankChangeControl { second_person: false, cooling_off_days: 0 };

/// One approver, whatever the amount.
fn the_companys() -> PolicyRules {
    of(Approvers::Role(Role::Approver))
}

fn her_own() -> PolicyRules {
    of(Approvers::Users(ERIN_HERSELF.to_vec()))
}

fn of(approvers: Approvers) -> PolicyRules {
    let step = PolicyStep { stage: 1, approvers, quorum: 1 };
    PolicyRules::new(Currency::EUR, vec![PolicyRule::from_amount(Decimal::ZERO, vec![step])])
}

fn deed(event_type: &str, by: UserId) -> Deed {
    Deed { event_type: event_type.to_owned(), by, at: at("2026-02-01T00:00:00Z") }
}

/// Whether anything changed; `None` where it was refused.
fn tell<A: Root>(state: &mut A, command: A::Command) -> Option<bool> {
    let events = state.decide(command).ok()?;
    let changed = !events.is_empty();
    events.into_iter().for_each(|event| state.apply(event));
    Some(changed)
}

#[derive(Default)]
struct Explored {
    states: usize,
    paid: usize,
    wrong: Option<String>,
}

/// Every world up to a depth, breadth first: what is found wrong is found the shortest way.
fn explore(world: World, lacking: Lacking, depth: usize) -> Explored {
    let acts = acts();
    let mut seen = HashSet::from([world.key()]);
    let mut edge = vec![(world, Vec::new())];
    let mut explored = Explored::default();
    for _ in 0..depth {
        let mut next_edge = Vec::new();
        for (world, path) in &edge {
            for act in &acts {
                let Some(next) = world.after(*act, lacking).filter(|next| seen.insert(next.key())) else { continue };
                let path: Vec<Act> = path.iter().copied().chain([*act]).collect();
                if let Some(wrong) = next.wrong() {
                    explored.wrong = Some(format!("{wrong}: {path:?}"));
                    return explored;
                }
                explored.states += 1;
                // Nothing is left to take once it is paid.
                if next.paid.is_some() {
                    explored.paid += 1;
                } else {
                    next_edge.push((next, path));
                }
            }
        }
        edge = next_edge;
    }
    explored
}

#[test]
fn no_money_leaves_by_one_persons_word_or_to_an_account_that_one_person_chose() {
    let mut states = 0;
    for (enterer, dear, registrant) in [(ANNA, false, DORA), (ANNA, true, DORA), (ERIN, false, DORA), (ANNA, false, ERIN)] {
        let explored = explore(World::new(enterer, dear, registrant), Lacking::Nothing, DEPTH);
        assert_eq!(explored.wrong, None, "entered by {enterer}, dear {dear}, registered by {registrant}");
        assert!(explored.paid > 0, "nothing was paid at all: entered by {enterer}, dear {dear}, registered by {registrant}");
        states += explored.states;
    }
    assert!(states >= STATES_MIN, "only {states} states");
}

const DEPTH: usize = 6;
const STATES_MIN: usize = 30_000;

/// The same search finds the way where a rule is missing: it looks where it should.
#[test]
fn a_world_without_one_of_the_rules_is_noticed() {
    let registered_by_dora = [
        (Lacking::Vouching, ANNA, false, "she planned and authorised it"),
        (Lacking::Vouching, ERIN, false, "she entered it"),
        (Lacking::ControlSecondPerson, ANNA, false, "an account that she alone has chosen"),
        (Lacking::PolicyAdopter, ANNA, false, "a policy of her own"),
        (Lacking::PolicyConfirmer, ANNA, false, "a policy of her own"),
        (Lacking::TolerancesAdopter, ANNA, true, "tolerances of her own"),
        (Lacking::TolerancesConfirmer, ANNA, true, "tolerances of her own"),
        (Lacking::Delegates, ERIN, false, "she entered it"),
    ];
    let registered = "she registered whom it pays";
    let registered_by_erin = [(Lacking::Registrant, ANNA, false, registered), (Lacking::Vouching, ANNA, false, registered)];
    let table = registered_by_dora.map(|row| (DORA, row)).into_iter().chain(registered_by_erin.map(|row| (ERIN, row)));
    for (registrant, (lacking, enterer, dear, said)) in table {
        let wrong =
            explore(World::new(enterer, dear, registrant), lacking, DEPTH).wrong.unwrap_or_else(|| panic!("{lacking:?} is not noticed"));
        assert!(wrong.contains(said), "{lacking:?}: {wrong}");
    }
}
