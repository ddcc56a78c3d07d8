//! A round of approval, given what happened, when somebody decides, then says what happens next.

mod fixtures;

use fixtures::*;
use quittance_domain::Currency;
use quittance_domain::Root;
use quittance_domain::approval::{
    Approval, ApprovalCommand, ApprovalEvent, ApprovalRefusal, Decider, Eligible, Excluded, OpenStage, OpenStep, Request, StageCandidates,
    StepCandidates, StuckCause,
};
use quittance_domain::delegation::Path;
use quittance_domain::ids::UserId;
use quittance_domain::ledger::MissingRate;
use quittance_domain::refusal::Refusal;
use rust_decimal::dec;

/// Stage 1, then stage 2; Anna entered the invoice, Erin changed the vendor's bank account.
fn request() -> Request {
    Request {
        invoice_id: INVOICE,
        round: 1,
        version_hash: "hash".to_owned(),
        amount: eur(dec!(1190.00)),
        policy_version: 3,
        requested_by: ANNA,
        excluded: vec![Excluded::editor_of_invoice(ANNA), Excluded::editor_of_bank_account(ERIN)],
        stages: vec![1, 2],
        same_person_in_stages: false,
        facts: None,
    }
}

fn eligible(people: &[UserId]) -> Vec<Eligible> {
    people.iter().map(|&user_id| Eligible { user_id, because: "role:approver".to_owned() }).collect()
}

fn candidates(stage: u8, steps: &[(u8, &[UserId])]) -> StageCandidates {
    let steps = steps.iter().map(|&(quorum, people)| StepCandidates { quorum, candidates: eligible(people), managers: vec![] }).collect();
    StageCandidates { stage, steps, deadlines: None }
}

fn open(stage: u8, steps: &[(u8, &[UserId])]) -> OpenStage {
    let step = |&(quorum, people): &(u8, &[UserId])| OpenStep { quorum, eligible: eligible(people), approved_by: vec![] };
    OpenStage { stage, steps: steps.iter().map(step).collect(), deadlines: None }
}

fn opened(stage: u8, steps: &[(u8, &[UserId])]) -> ApprovalEvent {
    ApprovalEvent::StageOpened { stage: open(stage, steps) }
}

fn given_by(stage: u8, by: UserId) -> ApprovalEvent {
    ApprovalEvent::Given { stage, by, on_behalf_of: None, comment: None, link: None }
}

fn stuck(stage: u8) -> ApprovalEvent {
    ApprovalEvent::Stuck { stage, cause: StuckCause::QuorumOutOfReach, because: "fewer people may decide than the quorum needs".to_owned() }
}

fn granted() -> ApprovalEvent {
    ApprovalEvent::Granted { invoice_id: INVOICE, round: 1, version_hash: "hash".to_owned() }
}

fn denied(by: UserId) -> ApprovalEvent {
    ApprovalEvent::Denied { invoice_id: INVOICE, round: 1, by, on_behalf_of: None, reason: "never ordered".to_owned(), link: None }
}

fn withdrawn() -> ApprovalEvent {
    ApprovalEvent::Withdrawn { invoice_id: INVOICE, because: "amended".to_owned() }
}

/// Bob or Carl in stage 1; stage 2 is to come.
fn running() -> Vec<ApprovalEvent> {
    requested(&[(1, &[BOB, CARL])])
}

fn requested(steps: &[(u8, &[UserId])]) -> Vec<ApprovalEvent> {
    vec![ApprovalEvent::Requested { request: request().into() }, opened(1, steps)]
}

/// Bob decided stage 1; Carl or Dora in stage 2.
fn in_stage_2() -> Vec<ApprovalEvent> {
    [running(), vec![given_by(1, BOB), opened(2, &[(1, &[CARL, DORA])])]].concat()
}

fn approve(by: UserId) -> ApprovalCommand {
    ApprovalCommand::Approve { decider: Decider::in_person(by), comment: None, next: Some(candidates(2, &[(1, &[BOB, CARL, DORA])])) }
}

fn deny(by: UserId) -> ApprovalCommand {
    ApprovalCommand::Deny { decider: Decider::in_person(by), reason: "never ordered".to_owned() }
}

fn ask(request: Request, candidates: StageCandidates) -> ApprovalCommand {
    ApprovalCommand::Request { request, candidates }
}

#[test]
fn a_round_opens_its_first_stage_for_all_but_the_excluded() {
    let everybody = candidates(1, &[(1, &[ANNA, BOB, CARL, ERIN])]);
    nothing::<Approval>().when(ask(request(), everybody.clone())).then_expect_events(running());
    given::<Approval>(running()).when(ask(request(), everybody)).then_expect_error(ApprovalRefusal::AlreadyRequested);
}

#[test]
fn a_policy_without_a_matching_rule_approves_nothing() {
    let request = Request { stages: vec![], ..request() };
    nothing::<Approval>().when(ask(request, candidates(1, &[]))).then_expect_error(ApprovalRefusal::NoMatchingRule);
}

/// Whom the policy names, how many it needs: where exclusions leave too few, nobody decides.
#[test]
fn a_stage_that_nobody_can_complete_is_stuck_and_never_approved() {
    let tables: [&[(u8, &[UserId])]; 5] = [&[], &[(1, &[])], &[(1, &[ANNA, ERIN])], &[(2, &[BOB, ANNA])], &[(2, &[BOB, BOB])]];
    for steps in tables {
        let asked = vec![ApprovalEvent::Requested { request: request().into() }, stuck(1)];
        nothing::<Approval>().when(ask(request(), candidates(1, steps))).then_expect_events(asked.clone());
        given::<Approval>(asked.clone()).when(approve(BOB)).then_expect_error(ApprovalRefusal::ApprovalStuck);
        given::<Approval>(asked).when(deny(BOB)).then_expect_error(ApprovalRefusal::ApprovalStuck);
    }
}

#[test]
fn one_step_stuck_is_the_whole_stage_stuck() {
    let steps = candidates(1, &[(1, &[BOB, CARL]), (1, &[ANNA])]);
    let asked = vec![ApprovalEvent::Requested { request: request().into() }, stuck(1)];
    nothing::<Approval>().when(ask(request(), steps)).then_expect_events(asked);
}

#[test]
fn the_stage_after_opens_without_those_who_acted_before() {
    given::<Approval>(running()).when(approve(BOB)).then_expect_events(in_stage_2()[2..].to_vec());
}

#[test]
fn the_last_stage_grants() {
    given::<Approval>(in_stage_2()).when(approve(DORA)).then_expect_events(vec![given_by(2, DORA), granted()]);
}

#[test]
fn a_comment_stays_with_its_decision() {
    let comment = Some("checked against the contract".to_owned());
    let approve = ApprovalCommand::Approve { decider: Decider::in_person(DORA), comment: comment.clone(), next: None };
    let given_with = ApprovalEvent::Given { stage: 2, by: DORA, on_behalf_of: None, comment, link: None };
    given::<Approval>(in_stage_2()).when(approve).then_expect_events(vec![given_with, granted()]);
}

/// Who the engine resolved for the stage that follows: missing or meant for another stage, it is never skipped.
#[test]
fn a_stage_without_its_candidates_is_stuck_not_skipped() {
    for next in [None, Some(candidates(1, &[(1, &[CARL])])), Some(candidates(3, &[(1, &[CARL])])), Some(candidates(2, &[]))] {
        given::<Approval>(running())
            .when(ApprovalCommand::Approve { decider: Decider::in_person(BOB), comment: None, next })
            .then_expect_events(vec![given_by(1, BOB), stuck(2)]);
    }
}

#[test]
fn a_quorum_needs_that_many_people() {
    let two_of_three = requested(&[(2, &[BOB, CARL, DORA])]);
    given::<Approval>(two_of_three.clone()).when(approve(BOB)).then_expect_events(vec![given_by(1, BOB)]);
    given::<Approval>(two_of_three.clone()).and(vec![given_by(1, BOB)]).when(approve(BOB)).then_expect_events(vec![]);
    given::<Approval>(two_of_three)
        .and(vec![given_by(1, BOB)])
        .when(approve(CARL))
        .then_expect_events(vec![given_by(1, CARL), opened(2, &[(1, &[DORA])])]);
}

#[test]
fn steps_of_one_stage_run_side_by_side() {
    let both = requested(&[(1, &[BOB]), (1, &[CARL])]);
    given::<Approval>(both.clone()).when(approve(CARL)).then_expect_events(vec![given_by(1, CARL)]);
    given::<Approval>(both)
        .and(vec![given_by(1, CARL)])
        .when(approve(BOB))
        .then_expect_events(vec![given_by(1, BOB), opened(2, &[(1, &[DORA])])]);
}

#[test]
fn one_decision_counts_for_every_step_that_names_the_person() {
    given::<Approval>(requested(&[(1, &[BOB, CARL]), (1, &[BOB, DORA])]))
        .when(approve(BOB))
        .then_expect_events(vec![given_by(1, BOB), opened(2, &[(1, &[CARL, DORA])])]);
}

#[test]
fn a_decision_that_no_step_waits_for_is_not_taken() {
    given::<Approval>(requested(&[(1, &[BOB, CARL]), (1, &[DORA])]))
        .and(vec![given_by(1, BOB)])
        .when(approve(CARL))
        .then_expect_error(ApprovalRefusal::NotEligible);
}

/// Who decides in which situation, and why not.
#[test]
fn who_may_not_decide_is_told_why() {
    let table = [
        (running(), ANNA, "self_approval"),
        (running(), ERIN, "bank_account_editor"),
        (running(), DORA, "not_eligible"),
        (in_stage_2(), BOB, "already_acted"),
        (in_stage_2(), ANNA, "self_approval"),
        (vec![], BOB, "approval_unknown"),
    ];
    for (events, person, code) in table {
        let approval = Approval::replay(events);
        assert_eq!(verdict(&approval, approve(person)), code);
        assert_eq!(verdict(&approval, deny(person)), code);
    }
}

#[test]
fn who_approved_a_stage_does_not_deny_it() {
    let waiting = [requested(&[(2, &[BOB, CARL])]), vec![given_by(1, BOB)]].concat();
    given::<Approval>(waiting).when(deny(BOB)).then_expect_error(ApprovalRefusal::AlreadyActed);
}

#[test]
fn one_denial_ends_the_round_and_needs_a_reason() {
    let silent = ApprovalCommand::Deny { decider: Decider::in_person(BOB), reason: "  ".to_owned() };
    let ended = [running(), vec![denied(BOB)]].concat();
    given::<Approval>(running()).when(silent).then_expect_error(ApprovalRefusal::ReasonMissing);
    given::<Approval>(running()).when(deny(BOB)).then_expect_events(vec![denied(BOB)]);
    given::<Approval>(ended.clone()).when(deny(BOB)).then_expect_events(vec![]);
    given::<Approval>(ended).when(approve(CARL)).then_expect_error(ApprovalRefusal::NotRunning { state: "denied" });
}

#[test]
fn a_round_is_withdrawn_while_it_runs_or_after_it_was_granted() {
    let withdraw = ApprovalCommand::Withdraw { because: "amended".to_owned() };
    let granted = [in_stage_2(), vec![given_by(2, DORA), granted()]].concat();
    for before in [running(), granted] {
        given::<Approval>(before.clone()).when(withdraw.clone()).then_expect_events(vec![withdrawn()]);
        given::<Approval>(before).and(vec![withdrawn()]).when(withdraw.clone()).then_expect_events(vec![]);
    }
}

/// Who approves a granted round, and whether that is a repeat.
#[test]
fn a_granted_round_is_granted_again_only_to_who_granted_it() {
    let granted = [in_stage_2(), vec![given_by(2, DORA), granted()]].concat();
    for giver in [BOB, DORA] {
        given::<Approval>(granted.clone()).when(approve(giver)).then_expect_events(vec![]);
    }
    for (person, refusal) in
        [(CARL, ApprovalRefusal::NotEligible), (ANNA, ApprovalRefusal::SelfApproval), (ERIN, ApprovalRefusal::BankAccountEditor)]
    {
        given::<Approval>(granted.clone()).when(approve(person)).then_expect_error(refusal);
    }
}

/// A round that has ended, what is asked of it, its answer.
#[test]
fn a_round_that_has_ended_decides_nothing_more() {
    let ends = [
        ("granted", [in_stage_2(), vec![given_by(2, DORA), granted()]].concat()),
        ("denied", [running(), vec![denied(BOB)]].concat()),
        ("withdrawn", [running(), vec![withdrawn()]].concat()),
    ];
    let table = [
        ("granted", deny(CARL), "not_running"),
        ("granted", reresolve(2, &[(1, &[CARL])]), "not_running"),
        ("denied", approve(CARL), "not_running"),
        ("denied", deny(CARL), "not_running"),
        ("denied", reresolve(1, &[(1, &[CARL])]), "not_running"),
        ("denied", ApprovalCommand::Withdraw { because: "amended".to_owned() }, "not_running"),
        ("withdrawn", approve(CARL), "not_running"),
        ("withdrawn", deny(CARL), "not_running"),
        ("withdrawn", reresolve(1, &[(1, &[CARL])]), "not_running"),
    ];
    for (state, command, expected) in table {
        let (_, events) = ends.iter().find(|(name, _)| *name == state).expect("an end");
        let approval = Approval::replay(events.clone());
        assert_eq!(verdict(&approval, command), expected, "{state}");
        assert_eq!(approval.running().expect_err("ended"), ApprovalRefusal::NotRunning { state });
    }
}

fn reresolve(stage: u8, steps: &[(u8, &[UserId])]) -> ApprovalCommand {
    ApprovalCommand::Reresolve { by: DORA, candidates: candidates(stage, steps), barred: vec![] }
}

fn reresolved(stage: OpenStage) -> ApprovalEvent {
    ApprovalEvent::Reresolved { by: DORA, stage, excluded: None }
}

#[test]
fn looking_again_for_approvers_frees_a_stuck_stage() {
    let nobody = vec![ApprovalEvent::Requested { request: request().into() }, stuck(1)];
    let found = reresolved(open(1, &[(1, &[CARL])]));
    given::<Approval>(nobody.clone()).when(reresolve(1, &[(1, &[CARL])])).then_expect_events(vec![found.clone()]);
    given::<Approval>(nobody.clone()).when(reresolve(1, &[(1, &[ANNA])])).then_expect_events(vec![]);
    given::<Approval>(nobody)
        .and(vec![found])
        .when(approve(CARL))
        .then_expect_events(vec![given_by(1, CARL), opened(2, &[(1, &[BOB, DORA])])]);
}

#[test]
fn looking_again_keeps_the_decisions_of_those_who_still_may() {
    let waiting = [requested(&[(2, &[BOB, CARL])]), vec![given_by(1, BOB)]].concat();
    let mut with_dora = open(1, &[(2, &[BOB, CARL, DORA])]);
    with_dora.steps[0].approved_by = vec![BOB];
    given::<Approval>(waiting.clone()).when(reresolve(1, &[(2, &[BOB, CARL])])).then_expect_events(vec![]);
    given::<Approval>(waiting.clone()).when(reresolve(1, &[(2, &[BOB, CARL, DORA])])).then_expect_events(vec![reresolved(with_dora)]);
    given::<Approval>(waiting.clone())
        .when(reresolve(1, &[(2, &[CARL, DORA])]))
        .then_expect_events(vec![reresolved(open(1, &[(2, &[CARL, DORA])]))]);
    given::<Approval>(waiting).when(reresolve(1, &[(2, &[BOB])])).then_expect_events(vec![stuck(1)]);
}

#[test]
fn who_becomes_eligible_for_a_second_step_decides_it_too() {
    let waiting = [requested(&[(1, &[BOB]), (1, &[DORA])]), vec![given_by(1, BOB)]].concat();
    let mut also_bob = open(1, &[(1, &[BOB]), (1, &[BOB])]);
    also_bob.steps[0].approved_by = vec![BOB];
    given::<Approval>(waiting.clone())
        .when(reresolve(1, &[(1, &[BOB]), (1, &[BOB])]))
        .then_expect_events(vec![reresolved(also_bob.clone())]);
    given::<Approval>(waiting)
        .and(vec![reresolved(also_bob)])
        .when(approve(BOB))
        .then_expect_events(vec![given_by(1, BOB), opened(2, &[(1, &[CARL, DORA])])]);
}

#[test]
fn looking_again_never_changes_the_stage() {
    let refusal = ApprovalRefusal::StageNotCurrent { stage: 2 };
    given::<Approval>(running()).when(reresolve(2, &[(1, &[DORA])])).then_expect_error(refusal);
}

#[test]
fn the_inbox_names_those_whom_a_step_still_waits_for() {
    let half = [requested(&[(1, &[BOB]), (1, &[CARL, DORA])]), vec![given_by(1, BOB)]].concat();
    let approval = Approval::replay(half);
    let running = approval.running().expect("running");
    let waiting: Vec<_> = running.open.as_ref().expect("open").eligible().collect();
    assert_eq!(waiting, [CARL, DORA]);
    assert_eq!((running.stage(), running.stage_after(1), running.stage_after(2)), (Some(1), Some(2), None));
}

fn missing() -> MissingRate {
    MissingRate { from: Currency::USD, to: Currency::EUR, on: day("2026-03-01") }
}

fn unrated() -> Vec<ApprovalEvent> {
    let request = Box::new(Request { stages: vec![], ..request() });
    let because = "no exchange rate from USD to EUR is known for 2026-03-01".to_owned();
    vec![ApprovalEvent::Requested { request }, ApprovalEvent::Stuck { stage: 0, cause: StuckCause::RateMissing, because }]
}

fn appraise(steps: &[(u8, &[UserId])]) -> ApprovalCommand {
    ApprovalCommand::Appraise { facts: facts(eur(dec!(952.00))), stages: vec![1, 2], candidates: candidates(1, steps) }
}

fn appraised() -> ApprovalEvent {
    ApprovalEvent::Appraised { facts: Box::new(facts(eur(dec!(952.00)))), stages: vec![1, 2] }
}

#[test]
fn a_round_whose_amount_is_not_known_is_decided_by_nobody() {
    let ask = ApprovalCommand::RequestUnrated { request: request(), missing: missing() };
    nothing::<Approval>().when(ask).then_expect_events(unrated());
    for command in [approve(BOB), deny(BOB)] {
        given::<Approval>(unrated()).when(command).then_expect_error(ApprovalRefusal::RateMissing);
    }
    let withdraw = ApprovalCommand::Withdraw { because: "amended".to_owned() };
    given::<Approval>(unrated()).when(withdraw).then_expect_events(vec![withdrawn()]);
    assert_eq!(Approval::replay(unrated()).running().expect("running").stage(), None, "which stages there are is not known");
}

#[test]
fn a_round_goes_on_once_its_amount_is_known() {
    let first: &[(u8, &[UserId])] = &[(1, &[BOB, CARL])];
    given::<Approval>(unrated()).when(appraise(first)).then_expect_events(vec![appraised(), opened(1, first)]);
    let going_on = [unrated(), vec![appraised(), opened(1, first)]].concat();
    given::<Approval>(going_on.clone()).when(appraise(first)).then_expect_events(vec![]);
    given::<Approval>(going_on).when(approve(BOB)).then_expect_events(vec![given_by(1, BOB), opened(2, &[(1, &[CARL, DORA])])]);
    // Known, and nobody there to decide: stuck for another reason, never approved.
    given::<Approval>(unrated()).when(appraise(&[(1, &[ANNA])])).then_expect_events(vec![appraised(), stuck(1)]);
    let ended = [unrated(), vec![withdrawn()]].concat();
    given::<Approval>(ended).when(appraise(first)).then_expect_events(vec![]);
}

#[test]
fn an_appraisal_that_asks_nobody_is_refused() {
    let nobody = ApprovalCommand::Appraise { facts: facts(eur(dec!(952.00))), stages: vec![], candidates: candidates(1, &[]) };
    given::<Approval>(unrated()).when(nobody).then_expect_error(ApprovalRefusal::NoMatchingRule);
}

#[test]
fn a_round_goes_on_about_an_immaterially_changed_invoice() {
    let rebind = || ApprovalCommand::Rebind { version_hash: "new".to_owned(), amount: eur(dec!(1200)), facts: facts(eur(dec!(1200))) };
    let rebound = || ApprovalEvent::Rebound {
        invoice_id: INVOICE,
        round: 1,
        version_hash: "new".to_owned(),
        amount: eur(dec!(1200)),
        facts: Box::new(facts(eur(dec!(1200)))),
    };
    let granted_of = |version_hash: &str| ApprovalEvent::Granted { invoice_id: INVOICE, round: 1, version_hash: version_hash.to_owned() };
    let all = [in_stage_2(), vec![given_by(2, CARL), granted_of("hash")]].concat();
    for before in [running(), in_stage_2(), all.clone(), unrated()] {
        given::<Approval>(before.clone()).when(rebind()).then_expect_events(vec![rebound()]);
        given::<Approval>(before).and(vec![rebound()]).when(rebind()).then_expect_events(vec![]);
    }
    // What is granted from then on is granted for what the invoice says now.
    given::<Approval>(in_stage_2()).and(vec![rebound()]).when(approve(CARL)).then_expect_events(vec![given_by(2, CARL), granted_of("new")]);
    let granted = Approval::replay([all, vec![rebound()]].concat());
    assert_eq!(granted.request().expect("asked").version_hash, "new");
    let ended = [running(), vec![withdrawn()]].concat();
    given::<Approval>(ended).when(rebind()).then_expect_error(ApprovalRefusal::NotRunning { state: "withdrawn" });
}

/// Bob decides in Carl's place: that is his one voice in the stage, and nobody waits for another of his.
#[test]
fn who_decides_in_anothers_place_is_waited_for_no_more_and_keeps_back_no_voice_that_is_needed() {
    let for_carl =
        || Decider { on_behalf_of: Some(CARL), delegated: vec![Path { principal: CARL, through: vec![] }], ..Decider::in_person(BOB) };
    type Steps<'s> = &'s [(u8, &'s [UserId])];
    type Waiting<'w> = Result<&'w [UserId], &'static str>;
    let table: [(Steps, Waiting); 4] = [
        (&[(1, &[BOB, DORA]), (1, &[CARL])], Ok(&[DORA])),
        (&[(2, &[BOB, CARL, DORA])], Ok(&[DORA])),
        (&[(2, &[BOB, CARL])], Err("own_voice_needed")),
        (&[(1, &[BOB]), (1, &[CARL])], Err("own_voice_needed")),
    ];
    for (steps, expected) in table {
        let before = Approval::replay(requested(steps));
        let approve = ApprovalCommand::Approve { decider: for_carl(), comment: None, next: None };
        match (before.decide(approve), expected) {
            (Ok(events), Ok(waiting)) => {
                let after = Approval::replay([requested(steps), events].concat());
                let open = after.running().expect("it runs").open.clone().expect("the stage is open");
                assert_eq!(open.waiting_for(), waiting, "{steps:?}");
            }
            (told, expected) => assert_eq!(told.map_err(|refusal| refusal.code()).err(), expected.err(), "{steps:?}"),
        }
    }
}
