//! What others may know of approvals and the policy that asks for them.

use quittance_domain::approval::{ApprovalEvent as Event, Eligible, OpenStage, OpenStep, Request};
use quittance_domain::delegation::{Delegation, DelegationEvent};
use quittance_domain::policy::{PolicyEvent, PolicyRule, PolicyRules, PolicyStep};
use serde_json::Value;

use super::data;

pub fn approval(event: &Event) -> Value {
    match event {
        Event::Requested { request } => data! { request: requested(request) },
        // What the policy looked at is the engine's own reckoning.
        Event::Appraised { facts: _, stages } => data! { stages },
        Event::StageOpened { stage } => data! { stage: open(stage) },
        // A link's id is for recognising the link a second time: nobody else needs it.
        Event::Given { stage, by, on_behalf_of, comment, link: _ } => data! { stage, by, on_behalf_of, comment },
        Event::Stuck { stage, cause, because } => data! { stage, cause, because },
        Event::Reresolved { by, stage, excluded: _ } => data! { by, stage: open(stage) },
        Event::Granted { invoice_id, round, version_hash } => data! { invoice_id, round, version_hash },
        Event::Rebound { invoice_id, round, version_hash, amount, facts: _ } => data! { invoice_id, round, version_hash, amount },
        Event::Denied { invoice_id, round, by, on_behalf_of, reason, link: _ } => {
            data! { invoice_id, round, by, on_behalf_of, reason }
        }
        Event::Withdrawn { invoice_id, because } => data! { invoice_id, because },
        Event::Reassigned { stage, from, to, by, reason } => data! { stage, from, to, by, reason },
        Event::Reminded { stage, due_at, people } => data! { stage, due_at, people },
        Event::Escalated { stage, because, due_at } => data! { stage: open(stage), because, due_at },
        Event::Expired { invoice_id, round, stage, due_at } => data! { invoice_id, round, stage, due_at },
        Event::Commented { by, text } => data! { by, text },
        Event::InformationAsked { by, of, text } => data! { by, of, text },
        Event::InformationGiven { by, text } => data! { by, text },
    }
}

fn requested(request: &Request) -> Value {
    // Who is excluded, and what the policy looked at, is the engine's own reckoning; who may decide is in the stages that open.
    let Request {
        invoice_id,
        round,
        version_hash,
        amount,
        policy_version,
        requested_by,
        excluded: _,
        stages,
        same_person_in_stages: _,
        facts: _,
    } = request;
    data! { invoice_id, round, version_hash, amount, policy_version, requested_by, stages }
}

fn open(stage: &OpenStage) -> Value {
    let OpenStage { stage, steps, deadlines } = stage;
    data! { stage, steps: steps.iter().map(step).collect::<Vec<_>>(), deadlines }
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
    match event {
        PolicyEvent::Adopted { version, rules: PolicyRules { currency, rules, terms }, by } => {
            data! { version, rules: data! { currency, rules: rules.iter().map(rule).collect::<Vec<_>>(), terms }, by }
        }
        PolicyEvent::Confirmed { version, by } => data! { version, by },
    }
}

fn rule(rule: &PolicyRule) -> Value {
    let PolicyRule { from, to, aggregate, when, steps } = rule;
    data! { from, to, aggregate: aggregate.then_some(true), when, steps: steps.iter().map(policy_step).collect::<Vec<_>>() }
}

fn policy_step(step: &PolicyStep) -> Value {
    let PolicyStep { stage, approvers, quorum } = step;
    data! { stage, approvers, quorum }
}

pub fn delegation(event: &DelegationEvent) -> Value {
    match event {
        DelegationEvent::Granted { delegation: Delegation { id, delegator, delegate, starts_at, ends_at, scope }, by } => {
            data! { delegation: data! { id, delegator, delegate, starts_at, ends_at, scope }, by }
        }
        DelegationEvent::Revoked { id, by } => data! { id, by },
    }
}
