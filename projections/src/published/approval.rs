//! What others may know of approvals and the policy that asks for them.

use quittance_domain::approval::{ApprovalEvent as Event, Eligible, OpenStage, OpenStep, Request};
use quittance_domain::policy::{PolicyEvent, PolicyRule, PolicyRules, PolicyStep};
use serde_json::Value;

use super::data;

pub fn approval(event: &Event) -> Value {
    match event {
        Event::Requested { request } => data! { request: requested(request) },
        Event::StageOpened { stage } => data! { stage: open(stage) },
        Event::Given { stage, by, comment } => data! { stage, by, comment },
        Event::Stuck { stage, cause, because } => data! { stage, cause, because },
        Event::Reresolved { by, stage } => data! { by, stage: open(stage) },
        Event::Granted { invoice_id, round, version_hash } => data! { invoice_id, round, version_hash },
        Event::Denied { invoice_id, round, by, reason } => data! { invoice_id, round, by, reason },
        Event::Withdrawn { invoice_id, because } => data! { invoice_id, because },
    }
}

fn requested(request: &Request) -> Value {
    // Who is excluded is the engine's own reckoning; who may decide is in the stages that open.
    let Request { invoice_id, round, version_hash, amount, policy_version, requested_by, excluded: _, stages } = request;
    data! { invoice_id, round, version_hash, amount, policy_version, requested_by, stages }
}

fn open(stage: &OpenStage) -> Value {
    let OpenStage { stage, steps } = stage;
    data! { stage, steps: steps.iter().map(step).collect::<Vec<_>>() }
}

fn step(step: &OpenStep) -> Value {
    let OpenStep { quorum, eligible, approved_by } = step;
    data! { quorum, eligible: eligible.iter().map(candidate).collect::<Vec<_>>(), approved_by }
}

fn candidate(eligible: &Eligible) -> Value {
    let Eligible { user_id, because } = eligible;
    data! { user_id, because }
}

pub fn policy(event: &PolicyEvent) -> Value {
    let PolicyEvent::Adopted { version, rules: PolicyRules { currency, rules }, by } = event;
    data! { version, rules: data! { currency, rules: rules.iter().map(rule).collect::<Vec<_>>() }, by }
}

fn rule(rule: &PolicyRule) -> Value {
    let PolicyRule { from, to, steps } = rule;
    data! { from, to, steps: steps.iter().map(policy_step).collect::<Vec<_>>() }
}

fn policy_step(step: &PolicyStep) -> Value {
    let PolicyStep { stage, approvers, quorum } = step;
    data! { stage, approvers, quorum }
}
