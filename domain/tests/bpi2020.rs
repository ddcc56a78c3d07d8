//! A real log of requests for payment (BPI Challenge 2020) run against our states: each step as a command, and every
//! refusal explained. Roles of the log are stages of a policy; its people are one person a role.

mod fixtures;

use std::collections::BTreeMap;
use std::io::Read;

use cqrs_es::Aggregate;
use fixtures::*;
use flate2::read::GzDecoder;
use quittance_domain::approval::{Approval, ApprovalCommand, Decider, Eligible, Excluded, Request, StageCandidates, StepCandidates};
use quittance_domain::ids::{ApprovalId, UserId};
use quittance_domain::invoice::{Invoice, InvoiceCommand, InvoiceEvent, Stage};
use quittance_domain::payment::{Payment, PaymentCommand, PaymentPlan};
use quittance_domain::{Refusal, Root};
use uuid::Uuid;

/// Who decides in the log, in the order in which they do; the last two end a round.
const STAGES: [&str; 5] = ["PRE_APPROVER", "ADMINISTRATION", "BUDGET OWNER", "SUPERVISOR", "DIRECTOR"];

fn log() -> String {
    let folder = std::env::var("QUITTANCE_DATA").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").to_owned());
    let path = format!("{folder}/bpi2020/RequestForPayment.xes.gz");
    let file = std::fs::File::open(&path).unwrap_or_else(|e| panic!("{path}: {e}; QUITTANCE_DATA names the folder of real documents"));
    let mut text = String::new();
    GzDecoder::new(file).read_to_string(&mut text).expect("a gzip file of text");
    text
}

/// One step of the log: what was done, and in which role.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    what: String,
    role: String,
}

/// `Request For Payment FINAL_APPROVED by SUPERVISOR`; the last two steps of a request name no role.
fn step(name: &str) -> Step {
    let short = name.strip_prefix("Request For Payment ").unwrap_or(name);
    let (what, role) = short.split_once(" by ").unwrap_or((short, ""));
    Step { what: what.to_owned(), role: role.to_owned() }
}

fn traces(log: &str) -> Vec<Vec<Step>> {
    let document = roxmltree::Document::parse(log).expect("the log is XML");
    let named = |event: roxmltree::Node<'_, '_>| {
        let name = event.children().find(|c| c.attribute("key") == Some("concept:name")).expect("a step has a name");
        step(name.attribute("value").expect("a name"))
    };
    let events = |trace: roxmltree::Node<'_, '_>| trace.children().filter(|c| c.has_tag_name((XES, "event"))).map(named).collect();
    document.root_element().children().filter(|c| c.has_tag_name((XES, "trace"))).map(events).collect()
}

const XES: &str = "http://www.xes-standard.org";

fn person(role: &str) -> UserId {
    UserId(Uuid::from_u128(role.bytes().fold(1, |id, byte| id * 251 + u128::from(byte))))
}

/// One request for payment as our engine has it.
#[derive(Default)]
struct Engine {
    invoice: Invoice,
    approval: Approval,
    payment: Payment,
}

/// What a step came to: `done`, `nothing` where it changed nothing, or the code of the refusal.
type Outcome = String;

impl Engine {
    fn take(&mut self, step: &Step, rest: &[Step]) -> Outcome {
        let by = person(&step.role);
        let told = match step.what.as_str() {
            // A draft is not ours yet: an invoice begins when it comes in.
            "SAVED" => Ok(0),
            "SUBMITTED" => self.submit(by, rest),
            "APPROVED" | "FINAL_APPROVED" => self.approve(step),
            "REJECTED" => self.reject(by, &step.role),
            "Request Payment" => self.plan(),
            "Payment Handled" => self.pay(),
            other => panic!("{other} is no step of the log"),
        };
        match told {
            Ok(0) => "nothing".to_owned(),
            Ok(_) => "done".to_owned(),
            Err(code) => code.to_owned(),
        }
    }

    /// The stages of the round are the roles that decide in it, as the log goes on: its policy is not in the log.
    fn submit(&mut self, by: UserId, rest: &[Step]) -> Result<usize, &'static str> {
        if matches!(self.invoice, Invoice::NotReceived) {
            self.invoice.apply(InvoiceEvent::Received(Box::new(quittance_domain::invoice::Reception { entered_by: by, ..reception() })));
        }
        let round = self.invoice.received().expect("received").round + 1;
        let told = tell(&mut self.invoice, InvoiceCommand::Submit { approval_id: round_id(round), by })?;
        let decides = |stage: &&str| {
            let this_round = rest.iter().take_while(|s| s.what != "SUBMITTED");
            this_round.filter(|s| s.what != "SAVED" && !s.role.is_empty()).any(|s| s.role == **stage)
        };
        let mut stages: Vec<u8> = (1..).zip(STAGES).filter(|(_, role)| decides(role)).map(|(stage, _)| stage).collect();
        if stages.is_empty() {
            stages = vec![4];
        }
        let payable = self.invoice.received().expect("received");
        let request = Request {
            invoice_id: INVOICE,
            round,
            version_hash: payable.version_hash(),
            amount: payable.payable,
            policy_version: 1,
            requested_by: by,
            excluded: vec![Excluded::editor_of_invoice(by)],
            stages: stages.clone(),
            same_person_in_stages: false,
            facts: None,
        };
        self.approval = Approval::default();
        tell(&mut self.approval, ApprovalCommand::Request { request, candidates: candidates(stages[0]) })?;
        Ok(told)
    }

    fn approve(&mut self, step: &Step) -> Result<usize, &'static str> {
        let next = self.approval.running().ok().and_then(|r| r.stage().and_then(|stage| r.stage_after(stage))).map(candidates);
        let decider = Decider::in_person(person(&step.role));
        let told = tell(&mut self.approval, ApprovalCommand::Approve { decider, comment: None, next })?;
        if let (Approval::Granted { request, .. }, Stage::PendingApproval { approval_id, .. }) = (&self.approval, self.stage()) {
            let approve = InvoiceCommand::Approve { approval_id, version_hash: request.version_hash.clone() };
            tell(&mut self.invoice, approve)?;
        }
        Ok(told)
    }

    fn reject(&mut self, by: UserId, role: &str) -> Result<usize, &'static str> {
        let reason = format!("rejected by {role}");
        let told = tell(&mut self.approval, ApprovalCommand::Deny { decider: Decider::in_person(by), reason: reason.clone() })?;
        if let Stage::PendingApproval { approval_id, .. } = self.stage() {
            tell(&mut self.invoice, InvoiceCommand::Reject { approval_id, by, reason })?;
        }
        Ok(told)
    }

    fn plan(&mut self) -> Result<usize, &'static str> {
        let amount = self.invoice.received().map_err(|r| r.code())?.unclaimed();
        tell(&mut self.invoice, InvoiceCommand::Claim { payment_id: PAYMENT, amount })?;
        let items = vec![creditor(1, INVOICE, amount.amount())];
        tell(&mut self.payment, PaymentCommand::Plan(Box::new(PaymentPlan { items, total: amount, ..plan() })))
    }

    fn pay(&mut self) -> Result<usize, &'static str> {
        tell(&mut self.payment, PaymentCommand::Authorise { by: DORA })?;
        tell(&mut self.payment, PaymentCommand::Start { by: ERIN, at: at("2026-03-29T10:00:00Z") })?;
        let file = quittance_domain::payment::SentFile { transactions: 1, control_sum: self.total(), ..sent_file() };
        tell(&mut self.payment, PaymentCommand::RecordFile { file })?;
        let value_date = day("2026-03-30");
        tell(&mut self.payment, PaymentCommand::Settle { items: None, value_date })?;
        tell(&mut self.invoice, InvoiceCommand::Settle { payment_id: PAYMENT, value_date })
    }

    fn total(&self) -> rust_decimal::Decimal {
        self.payment.plan().expect("planned").total.amount()
    }

    fn stage(&self) -> Stage {
        self.invoice.received().map(|payable| payable.stage.clone()).unwrap_or(Stage::Received)
    }
}

fn round_id(round: u32) -> ApprovalId {
    ApprovalId(Uuid::from_u128(u128::from(round)))
}

fn candidates(stage: u8) -> StageCandidates {
    let role = STAGES[usize::from(stage) - 1];
    let candidates = vec![Eligible { user_id: person(role), because: format!("role:{role}") }];
    StageCandidates { stage, steps: vec![StepCandidates { quorum: 1, candidates, managers: vec![] }], deadlines: None }
}

fn tell<A: Root>(state: &mut A, command: A::Command) -> Result<usize, &'static str> {
    let events = state.decide(command).map_err(|refusal| refusal.code())?;
    let told = events.len();
    events.into_iter().for_each(|event| state.apply(event));
    Ok(told)
}

/// What is done in the log, in which role, what it comes to with us, how often, and why.
const TABLE: &[(&str, &str, &str, usize, &str)] = &[
    ("APPROVED", "ADMINISTRATION", "done", 5_359, "decided in its stage"),
    ("APPROVED", "ADMINISTRATION", "not_eligible", 2, "another stage was open: stages run in order, however the log's system let them"),
    ("APPROVED", "ADMINISTRATION", "nothing", 1, "approved before: twice is once"),
    ("APPROVED", "BUDGET OWNER", "done", 1_953, "decided in its stage"),
    ("APPROVED", "BUDGET OWNER", "nothing", 1, "approved before: twice is once"),
    ("APPROVED", "PRE_APPROVER", "done", 403, "decided in its stage"),
    ("APPROVED", "PRE_APPROVER", "not_eligible", 4, "another stage was open: stages run in order, however the log's system let them"),
    ("APPROVED", "PRE_APPROVER", "nothing", 6, "approved before: twice is once"),
    ("APPROVED", "SUPERVISOR", "done", 37, "decided in its stage"),
    ("FINAL_APPROVED", "DIRECTOR", "done", 36, "the last stage grants"),
    ("FINAL_APPROVED", "DIRECTOR", "not_eligible", 1, "another stage was open: the last word comes last"),
    ("FINAL_APPROVED", "SUPERVISOR", "done", 6_200, "the last stage grants"),
    ("FINAL_APPROVED", "SUPERVISOR", "not_eligible", 1, "another stage was open: the last word comes last"),
    ("FINAL_APPROVED", "SUPERVISOR", "nothing", 25, "approved before: twice is once"),
    ("Payment Handled", "", "done", 6_185, "authorised, sent and settled"),
    ("Payment Handled", "", "payment_unknown", 2, "nothing was planned: what nobody requested is not paid"),
    ("REJECTED", "ADMINISTRATION", "done", 821, "one denial ends the round"),
    ("REJECTED", "ADMINISTRATION", "not_eligible", 1, "another stage was open"),
    ("REJECTED", "BUDGET OWNER", "done", 47, "one denial ends the round"),
    ("REJECTED", "EMPLOYEE", "not_running", 1_070, "the employee takes note of a rejection: the round has ended"),
    (
        "REJECTED",
        "EMPLOYEE",
        "self_approval",
        4,
        "the employee takes back what they submitted: with us they amend or void it, they do not decide",
    ),
    (
        "REJECTED",
        "MISSING",
        "not_running",
        66,
        "taken back by the system after the last approval: with us an approved invoice is voided, its round is over",
    ),
    ("REJECTED", "PRE_APPROVER", "done", 50, "one denial ends the round"),
    ("REJECTED", "PRE_APPROVER", "not_running", 1, "the round has ended"),
    ("REJECTED", "SUPERVISOR", "done", 174, "one denial ends the round"),
    ("Request Payment", "", "done", 6_186, "planned, and the open amount claimed"),
    ("Request Payment", "", "wrong_state", 1, "not everybody had approved: only what is approved is paid"),
    ("SAVED", "EMPLOYEE", "nothing", 74, "a draft is not ours yet"),
    ("SUBMITTED", "EMPLOYEE", "done", 7_331, "a round begins"),
    ("SUBMITTED", "EMPLOYEE", "wrong_state", 30, "a round ran or was granted: only a rejected invoice is submitted again"),
];

#[test]
fn a_real_log_runs_through_our_states_and_every_refusal_is_explained() {
    let mut table: BTreeMap<(String, String, Outcome), usize> = BTreeMap::new();
    let (mut requests, mut paid) = (0, 0);
    for trace in traces(&log()) {
        let mut engine = Engine::default();
        requests += 1;
        for (index, step) in trace.iter().enumerate() {
            let outcome = engine.take(step, &trace[index + 1..]);
            *table.entry((step.what.clone(), step.role.clone(), outcome)).or_default() += 1;
        }
        paid += usize::from(engine.invoice.received().is_ok_and(|payable| payable.open().is_zero()));
    }
    let found: Vec<_> =
        table.iter().map(|((what, role, outcome), count)| (what.as_str(), role.as_str(), outcome.as_str(), *count)).collect();
    let told: Vec<_> = TABLE.iter().map(|&(what, role, outcome, count, _)| (what, role, outcome, count)).collect();
    assert_eq!((requests, paid), (6_760, 6_185), "{found:#?}");
    assert_eq!(found, told);
}
