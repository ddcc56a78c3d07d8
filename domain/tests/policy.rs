//! The approval policy: which rules it takes, and whom it names for which amount.

mod fixtures;

use fixtures::*;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, ApprovalRefusal, Decider, Eligible, Excluded, OpenStage, OpenStep, Request, StageCandidates,
    StepCandidates,
};
use quittance_domain::ids::UserId;
use quittance_domain::ledger::{MissingRate, Translation};
use quittance_domain::policy::{
    ApprovalPolicy, Approvers, Facts, ImmaterialChange, PolicyCommand, PolicyEvent, PolicyRefusal, PolicyRule, PolicyRules, PolicyStep,
    Terms, When,
};
use quittance_domain::role::Role;
use quittance_domain::{Currency, Refusal, Root};
use rust_decimal::{Decimal, dec};

fn step(stage: u8, approvers: Approvers, quorum: u8) -> PolicyStep {
    PolicyStep { stage, approvers, quorum }
}

fn role(stage: u8, role: Role, quorum: u8) -> PolicyStep {
    step(stage, Approvers::Role(role), quorum)
}

fn users(users: &[UserId], quorum: u8) -> PolicyStep {
    step(1, Approvers::Users(users.to_vec()), quorum)
}

fn rule(from: Decimal, to: Option<Decimal>, steps: Vec<PolicyStep>) -> PolicyRule {
    PolicyRule { to, ..PolicyRule::from_amount(from, steps) }
}

fn rules(rules: Vec<PolicyRule>) -> PolicyRules {
    PolicyRules::new(Currency::EUR, rules)
}

fn one_approver() -> PolicyRules {
    rules(vec![rule(dec!(0), None, vec![role(1, Role::Approver, 1)])])
}

fn adopt(rules: PolicyRules) -> PolicyCommand {
    PolicyCommand::Adopt { rules, by: DORA }
}

fn adopted(version: u32, rules: PolicyRules) -> PolicyEvent {
    PolicyEvent::Adopted { version, rules, by: DORA }
}

#[test]
fn each_adoption_is_a_new_version() {
    let first = PolicyRules::default_for(Currency::EUR);
    nothing::<ApprovalPolicy>().when(adopt(first.clone())).then_expect_events(vec![adopted(1, first.clone())]);
    given::<ApprovalPolicy>(vec![adopted(1, first)]).when(adopt(one_approver())).then_expect_events(vec![adopted(2, one_approver())]);
}

#[test]
fn adopting_what_is_in_force_changes_nothing() {
    given::<ApprovalPolicy>(vec![adopted(1, one_approver())]).when(adopt(one_approver())).then_expect_events(vec![]);
}

fn of(by: UserId, version: u32, rules: PolicyRules) -> PolicyEvent {
    PolicyEvent::Adopted { version, rules, by }
}

fn of_owners(quorum: u8) -> PolicyRules {
    rules(vec![rule(dec!(0), None, vec![role(1, Role::Owner, quorum)])])
}

#[test]
fn a_version_is_confirmed_by_anybody_but_its_adopter_and_once() {
    let confirm = |version, by| PolicyCommand::Confirm { version, by };
    let confirmed = |by| PolicyEvent::Confirmed { version: 2, by };
    let waiting = || given::<ApprovalPolicy>(vec![of(DORA, 1, one_approver()), of(DORA, 2, of_owners(1)), of(BOB, 3, of_owners(2))]);
    waiting().when(confirm(2, Some(DORA))).then_expect_error(PolicyRefusal::SelfAdopted);
    for by in [Some(BOB), Some(CARL), None] {
        waiting().when(confirm(2, by)).then_expect_events(vec![confirmed(by)]);
        waiting().and(vec![confirmed(by)]).when(confirm(2, Some(DORA))).then_expect_events(vec![]);
    }
    waiting().when(confirm(1, Some(DORA))).then_expect_events(vec![]);
    for unknown in [0, 4] {
        waiting().when(confirm(unknown, None)).then_expect_error(PolicyRefusal::VersionNotAdopted);
    }
}

/// What happened, and who would not decide under the version that came of it.
#[test]
fn rules_are_nobodys_where_a_company_began_with_them_or_their_adopter_alone_had_replaced_them() {
    let begun = of(BOB, 1, one_approver());
    let confirmed = |version| PolicyEvent::Confirmed { version, by: None };
    let table = [
        (vec![], 1, None),
        (vec![of(DORA, 2, of_owners(1))], 2, Some(DORA)),
        (vec![of(DORA, 2, of_owners(1)), confirmed(2)], 2, None),
        // Put back by who had replaced them; the other version stays who made it.
        (vec![of(DORA, 2, of_owners(1)), of(DORA, 3, one_approver())], 3, None),
        (vec![of(DORA, 2, of_owners(1)), of(DORA, 3, one_approver())], 2, Some(DORA)),
        // Put back by another, who so undoes what somebody wanted.
        (vec![of(DORA, 2, of_owners(1)), of(CARL, 3, one_approver())], 3, Some(CARL)),
        (vec![of(CARL, 2, of_owners(1)), of(DORA, 3, of_owners(2)), of(DORA, 4, one_approver())], 4, Some(DORA)),
        // What was confirmed is what counts, the newest of it, and not what was confirmed long ago.
        (vec![of(DORA, 2, of_owners(1)), confirmed(2), of(DORA, 3, one_approver())], 3, Some(DORA)),
        (vec![of(DORA, 2, of_owners(1)), of(DORA, 3, of_owners(2)), confirmed(3), confirmed(2), of(DORA, 4, of_owners(1))], 4, Some(DORA)),
        (vec![of(DORA, 2, of_owners(1)), confirmed(2), of(CARL, 3, of_owners(2)), of(CARL, 4, of_owners(1))], 4, None),
    ];
    for (events, version, adopter) in table {
        let policy = ApprovalPolicy::replay(std::iter::once(begun.clone()).chain(events.clone()));
        assert_eq!(policy.adopter_of(version), adopter, "{version}: {events:?}");
        if version == policy.version && version > 1 {
            let rules = policy.rules.clone().expect("rules");
            assert_eq!(policy.adopter_if(&rules, ANNA), adopter, "what is in force is whose it is, whoever asks");
            let before = ApprovalPolicy::replay(std::iter::once(begun.clone()).chain(events.clone()).take(events.len()));
            let last = match events.last() {
                Some(PolicyEvent::Adopted { by, .. }) => *by,
                _ => continue,
            };
            assert_eq!(before.adopter_if(&rules, last), adopter, "asked before it is adopted: {events:?}");
        }
    }
}

/// Bob adopted the policy. As long as that stands against him he decides in nobody's place; once it does not, he is found and decides.
#[test]
fn what_ends_excludes_as_long_as_it_is_found_and_no_longer() {
    let of_bob = Excluded::adopter_of_policy(BOB);
    let anna = Excluded::editor_of_invoice(ANNA);
    let request = Request {
        invoice_id: INVOICE,
        round: 1,
        version_hash: "hash".to_owned(),
        amount: eur(dec!(100)),
        policy_version: 2,
        requested_by: ANNA,
        excluded: vec![anna.clone(), of_bob.clone()],
        stages: vec![1],
        same_person_in_stages: false,
        facts: None,
    };
    let asks = |people: &[UserId]| people.iter().map(|&user_id| Eligible { user_id, because: "user".to_owned() }).collect::<Vec<_>>();
    let open =
        |people| OpenStage { stage: 1, steps: vec![OpenStep { quorum: 1, eligible: asks(people), approved_by: vec![] }], deadlines: None };
    let began = vec![ApprovalEvent::Requested { request: request.into() }, ApprovalEvent::StageOpened { stage: open(&[CARL]) }];
    let decides = |barred: Vec<Excluded>| ApprovalCommand::Approve {
        decider: Decider { barred, ..Decider::in_person(BOB) },
        comment: None,
        next: None,
    };
    given::<Approval>(began.clone()).when(decides(vec![of_bob.clone()])).then_expect_error(ApprovalRefusal::PolicyAdopter);
    given::<Approval>(began.clone()).when(decides(vec![])).then_expect_error(ApprovalRefusal::NotEligible);

    let steps = vec![StepCandidates { quorum: 1, candidates: asks(&[BOB, CARL]), managers: vec![] }];
    let candidates = StageCandidates { stage: 1, steps, deadlines: None };
    let looks_again = ApprovalCommand::Reresolve { by: DORA, candidates, barred: vec![anna.clone()] };
    let found = ApprovalEvent::Reresolved { by: DORA, stage: open(&[BOB, CARL]), excluded: Some(vec![anna]) };
    given::<Approval>(began.clone()).when(looks_again).then_expect_events(vec![found.clone()]);
    let given_by_bob = ApprovalEvent::Given { stage: 1, by: BOB, on_behalf_of: None, comment: None, link: None };
    let granted = ApprovalEvent::Granted { invoice_id: INVOICE, round: 1, version_hash: "hash".to_owned() };
    given::<Approval>(began).and(vec![found]).when(decides(vec![])).then_expect_events(vec![given_by_bob, granted]);
}

/// Rules, and how they are refused.
#[test]
fn a_policy_that_could_approve_by_nobody_is_refused() {
    let by_approver = || vec![role(1, Role::Approver, 1)];
    let good = || rule(dec!(0), None, by_approver());
    let table = [
        (vec![], PolicyRefusal::NoRules, "/rules"),
        (vec![good(), rule(dec!(0), None, vec![])], PolicyRefusal::NoSteps { rule: 1 }, "/rules/1/steps"),
        (vec![rule(dec!(0), None, vec![role(1, Role::Approver, 0)])], PolicyRefusal::QuorumImpossible { rule: 0 }, "/rules/0/steps"),
        (vec![rule(dec!(0), None, vec![users(&[], 1)])], PolicyRefusal::QuorumImpossible { rule: 0 }, "/rules/0/steps"),
        (vec![rule(dec!(0), None, vec![users(&[BOB], 0)])], PolicyRefusal::QuorumImpossible { rule: 0 }, "/rules/0/steps"),
        (vec![rule(dec!(0), None, vec![users(&[BOB, CARL], 3)])], PolicyRefusal::QuorumImpossible { rule: 0 }, "/rules/0/steps"),
        (vec![rule(dec!(0), None, vec![users(&[BOB, BOB], 2)])], PolicyRefusal::QuorumImpossible { rule: 0 }, "/rules/0/steps"),
        (vec![good(), rule(dec!(10), Some(dec!(10)), by_approver())], PolicyRefusal::BandEmpty { rule: 1 }, "/rules/1"),
        (vec![rule(dec!(10), Some(dec!(9)), by_approver())], PolicyRefusal::BandEmpty { rule: 0 }, "/rules/0"),
        (vec![rule(dec!(-1), None, by_approver())], PolicyRefusal::BandEmpty { rule: 0 }, "/rules/0"),
    ];
    for (broken, refusal, pointer) in table {
        assert_eq!(refusal.pointer().as_deref(), Some(pointer));
        nothing::<ApprovalPolicy>().when(adopt(rules(broken))).then_expect_error(refusal);
    }
}

/// Amount and currency, then `stage:approvers:quorum` of each step that the default policy asks for.
#[test]
fn the_default_policy_asks_an_owner_from_ten_thousand_on() {
    let policy = PolicyRules::default_for(Currency::EUR);
    let table = [
        (dec!(0.00), "EUR", "1:approver:1"),
        (dec!(9999.99), "EUR", "1:approver:1"),
        (dec!(10000.00), "EUR", "1:approver:1 2:owner:1"),
        (dec!(-10000.00), "EUR", "1:approver:1 2:owner:1"),
    ];
    for (amount, currency, expected) in table {
        assert_eq!(shown(&policy.steps_for(&facts(money(amount, currency)))), expected, "{amount} {currency}");
    }
}

/// What an invoice of 1.00 dollar waits for, as long as it is not known what it comes to in euros.
#[test]
fn a_band_waits_for_the_rate_that_it_depends_on() {
    let missing = MissingRate { from: Currency::USD, to: Currency::EUR, on: day("2026-03-01") };
    let dollar = Facts { amount: None, with_recent: None, rate_missing: Some(missing), ..facts(money(dec!(1.00), "USD")) };
    let banded = |when: When| PolicyRule { when, ..rule(dec!(10000), None, vec![role(2, Role::Owner, 1)]) };
    let of_pounds = When { currencies: vec!["GBP".parse().expect("a currency")], ..When::default() };
    let together = PolicyRule { aggregate: true, ..banded(When::default()) };
    let alone_known = Facts { amount: Some(eur(dec!(0.90))), ..dollar.clone() };
    let table = [
        (one_approver(), &dollar, false, "no band: whatever it comes to"),
        (PolicyRules::default_for(Currency::EUR), &dollar, true, "an owner from ten thousand on"),
        (rules(vec![rule(dec!(0), Some(dec!(5)), vec![role(1, Role::Approver, 1)])]), &dollar, true, "an upper limit"),
        (rules(vec![banded(of_pounds)]), &dollar, false, "a band that is for pounds only"),
        (PolicyRules::default_for(Currency::EUR), &alone_known, false, "its own amount is known"),
        (rules(vec![together]), &alone_known, true, "what the vendor's invoices come to together is not"),
    ];
    for (rules, facts, waits, why) in table {
        assert_eq!(rules.missing_rate(facts), waits.then_some(missing), "{why}");
    }
}

/// Percent, amount in euros, what was asked, the euros of a dollar, and by how much that may rise.
#[test]
fn an_immaterial_change_is_a_percentage_or_an_amount_whichever_is_more() {
    let rate = |numerator| Translation { numerator, denominator: dec!(1), quoted_on: day("2026-03-01") };
    let table = [
        (dec!(2), dec!(5), eur(dec!(100.00)), None, dec!(5)),
        (dec!(2), dec!(5), eur(dec!(1000.00)), None, dec!(20)),
        (dec!(2), dec!(5), eur(dec!(-1000.00)), None, dec!(20)),
        (dec!(0), dec!(0), eur(dec!(1000.00)), None, dec!(0)),
        (dec!(0), dec!(5), money(dec!(1000.00), "USD"), Some(rate(dec!(0.8))), dec!(6.25)),
        (dec!(1), dec!(5), money(dec!(1000.00), "USD"), Some(rate(dec!(0.8))), dec!(10)),
        (dec!(0), dec!(5), money(dec!(1000.00), "USD"), None, dec!(0)),
    ];
    for (percent, amount, asked, rate, expected) in table {
        let change = ImmaterialChange { percent, amount };
        assert_eq!(change.rise_max(asked, Currency::EUR, rate), expected, "{change:?} of {asked:?}");
    }
    for (percent, amount) in [(dec!(-1), dec!(0)), (dec!(100.01), dec!(0)), (dec!(0), dec!(-0.01))] {
        let terms = Terms { immaterial_change: Some(ImmaterialChange { percent, amount }), ..Terms::default() };
        let refusal = PolicyRefusal::ImmaterialChangeInvalid;
        assert_eq!(refusal.pointer().as_deref(), Some("/terms/immaterial_change"));
        nothing::<ApprovalPolicy>().when(adopt(PolicyRules { terms, ..one_approver() })).then_expect_error(refusal);
    }
}

#[test]
fn a_change_into_another_band_asks_for_more() {
    let policy = PolicyRules::default_for(Currency::EUR);
    let of = |amount| facts(eur(amount));
    assert!(policy.asks_no_more(&of(dec!(9000)), &of(dec!(9999.99))));
    assert!(!policy.asks_no_more(&of(dec!(9999.99)), &of(dec!(10000))));
    assert!(policy.asks_no_more(&of(dec!(10000)), &of(dec!(9999.99))), "fewer are asked");
}

fn shown(steps: &[PolicyStep]) -> String {
    let approvers = |approvers: &Approvers| match approvers {
        Approvers::Role(role) => role.to_string(),
        Approvers::Users(users) => format!("{} people", users.len()),
        Approvers::ManagerOf(managed) => format!("manager {}", managed.level),
    };
    steps.iter().map(|s| format!("{}:{}:{}", s.stage, approvers(&s.approvers), s.quorum)).collect::<Vec<_>>().join(" ")
}

/// Bands contain their lower limit and not their upper one.
#[test]
fn bands_are_half_open() {
    let banded = rules(vec![
        rule(dec!(100), Some(dec!(200)), vec![role(1, Role::Approver, 1)]),
        rule(dec!(200), Some(dec!(300)), vec![role(1, Role::Owner, 1)]),
    ]);
    let table = [
        (dec!(99.99), ""),
        (dec!(100.00), "1:approver:1"),
        (dec!(199.99), "1:approver:1"),
        (dec!(200.00), "1:owner:1"),
        (dec!(300.00), ""),
    ];
    for (amount, expected) in table {
        assert_eq!(shown(&banded.steps_for(&facts(eur(amount)))), expected, "{amount}");
    }
}

#[test]
fn all_matching_rules_contribute_and_the_strictest_quorum_wins() {
    let overlapping = rules(vec![
        rule(dec!(0), None, vec![role(2, Role::Owner, 1), role(1, Role::Approver, 2)]),
        rule(dec!(500), None, vec![role(1, Role::Approver, 1), role(2, Role::Owner, 3), role(1, Role::Admin, 1)]),
    ]);
    assert_eq!(shown(&overlapping.steps_for(&facts(eur(dec!(499.99))))), "1:approver:2 2:owner:1");
    assert_eq!(shown(&overlapping.steps_for(&facts(eur(dec!(500.00))))), "1:approver:2 1:admin:1 2:owner:3");
}
