//! Questions to a policy that change nothing: who would have to approve this, and what would have been different.

use axum::Json;
use chrono::{DateTime, Utc};
use quittance_application::approval::{Difference, PastRound, Preview, PreviewApproval, ReplayPolicy, StepFor};
use quittance_domain::approval::{Eligible, Excluded};
use quittance_domain::ids::{ApprovalId, InvoiceId, UserId};
use quittance_domain::policy::{Facts, PolicyRules, PolicyStep};
use quittance_projections::approval::{self, Requested};
use quittance_projections::approval_policy::{self, PolicyView};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::order::Order;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PreviewBody {
    invoice_id: InvoiceId,
    /// The rules to ask; the policy in force where absent.
    rules: Option<PolicyRules>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PreviewAnswer {
    /// Absent where the rules came with the question.
    policy_version: Option<u32>,
    /// What the rules look at.
    facts: Facts,
    /// Who may never decide this invoice if the caller submits it.
    excluded: Vec<Excluded>,
    /// None where a rate is missing that decides which: `facts.rate_missing` says which rate.
    stages: Vec<StageAsked>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StageAsked {
    stage: u8,
    /// Too few are left who may decide, even with their managers.
    stuck: bool,
    steps: Vec<StepAsked>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StepAsked {
    quorum: u8,
    /// Who could decide, if nobody of them acts in a stage before.
    eligible: Vec<Eligible>,
}

/// Who would have to approve this invoice if the caller submitted it now? Nothing is stored.
#[utoipa::path(post, path = "/v1/approval-policy/preview", tag = "approvals", request_body = PreviewBody,
    responses((status = 200, body = PreviewAnswer), Refusals))]
pub async fn preview_approval(order: Order<PreviewBody>) -> Result<Json<PreviewAnswer>, Problem> {
    let PreviewBody { invoice_id, rules } = order.body;
    let preview = PreviewApproval { id: invoice_id, rules };
    let done = order.app.system.commands.run(&asking(order.ctx), &preview).await?;
    done.output.map(|preview| Json(preview.into())).ok_or_else(Problem::internal)
}

/// A question has no answer of its own in the log: its key is not looked up.
pub(super) fn asking(ctx: quittance_application::Context) -> quittance_application::Context {
    quittance_application::Context { command_id: None, request_hash: None, expected_version: None, ..ctx }
}

impl From<Preview> for PreviewAnswer {
    fn from(preview: Preview) -> Self {
        let step = |step: quittance_application::approval::StepPreview| StepAsked { quorum: step.quorum, eligible: step.eligible };
        let stages = preview.stages.into_iter().map(|stage| StageAsked {
            stage: stage.stage,
            stuck: stage.stuck,
            steps: stage.steps.into_iter().map(step).collect(),
        });
        Self { policy_version: preview.policy_version, facts: preview.facts, excluded: preview.excluded, stages: stages.collect() }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayBody {
    rules: PolicyRules,
    /// Rounds that were requested from this moment on.
    since: DateTime<Utc>,
    /// Before this moment.
    until: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayAnswer {
    /// Rounds of the period that were looked at.
    rounds: usize,
    /// Rounds of before the engine kept what a policy looks at: they cannot be judged.
    unknown: usize,
    unchanged: usize,
    /// There are more rounds in the period than one question takes: ask again from this moment on.
    continue_from: Option<DateTime<Utc>>,
    /// For whom it would have been different, the most affected first.
    people: Vec<PersonAffected>,
    differences: Vec<RoundDifference>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PersonAffected {
    user_id: UserId,
    /// Rounds that would have asked this person as well.
    asked_more: usize,
    /// Rounds that would not have asked this person.
    asked_less: usize,
    /// Rounds in which this person approved and would not have been allowed to.
    barred: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RoundDifference {
    approval_id: ApprovalId,
    invoice_id: InvoiceId,
    /// No rule matches: the invoice could not have been submitted.
    unmatched: bool,
    more: Vec<StepMeans>,
    fewer: Vec<StepMeans>,
    barred: Vec<Excluded>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StepMeans {
    step: PolicyStep,
    /// Whom it means, as roles and managers are today.
    people: Vec<UserId>,
}

/// Rounds that one question takes.
const ROUNDS_MAX: usize = 1_000;

/// The policy time machine: what would have changed, and for whom, had these rules been in force in a past period?
/// Invoices are judged by what the policy saw of them then; roles and managers are those of today. Nothing is stored.
#[utoipa::path(post, path = "/v1/approval-policy/replay", tag = "approvals", request_body = ReplayBody,
    responses((status = 200, body = ReplayAnswer), Refusals))]
pub async fn replay_approval_policy(order: Order<ReplayBody>) -> Result<Json<ReplayAnswer>, Problem> {
    let ReplayBody { rules, since, until } = order.body;
    let system = &order.app.system;
    let mut tx = system.database.read(order.caller.tenant).await?;
    let mut found = approval::requested(&mut tx, since, until, ROUNDS_MAX + 1).await?;
    let versions = approval_policy::versions(&mut tx).await?;
    drop(tx);
    let continue_from = found.get(ROUNDS_MAX).map(|round| round.requested_at);
    found.truncate(ROUNDS_MAX);
    let looked_at = found.len();
    let rounds: Vec<PastRound> = found.into_iter().filter_map(|round| past(round, &versions)).collect();
    let known = rounds.len();
    let done = system.commands.run(&asking(order.ctx), &ReplayPolicy { rules, rounds }).await?;
    let mut differences = done.output.ok_or_else(Problem::internal)?;
    differences.retain(|difference| !difference.is_none());
    Ok(Json(ReplayAnswer {
        rounds: looked_at,
        unknown: looked_at - known,
        unchanged: known - differences.len(),
        continue_from,
        people: affected(&differences),
        differences: differences.into_iter().map(RoundDifference::from).collect(),
    }))
}

fn past(round: Requested, versions: &[PolicyView]) -> Option<PastRound> {
    let facts = round.request.facts?;
    let version = versions.iter().find(|v| v.policy_version == round.request.policy_version)?;
    Some(PastRound {
        approval_id: round.approval_id,
        invoice_id: round.request.invoice_id,
        requested_by: round.request.requested_by,
        requested_at: round.requested_at,
        asked: version.rules.steps_for(&facts),
        facts,
        approved_by: round.approved_by,
    })
}

fn affected(differences: &[Difference]) -> Vec<PersonAffected> {
    let mut people: Vec<PersonAffected> = Vec::new();
    for difference in differences {
        let each = |steps: &[StepFor]| steps.iter().flat_map(|s| s.people.clone()).collect::<Vec<_>>();
        each(&difference.more).into_iter().for_each(|user| person(&mut people, user).asked_more += 1);
        each(&difference.fewer).into_iter().for_each(|user| person(&mut people, user).asked_less += 1);
        difference.barred.iter().for_each(|excluded| person(&mut people, excluded.user_id).barred += 1);
    }
    people.sort_by_key(|p| (std::cmp::Reverse(p.asked_more + p.asked_less + p.barred), p.user_id));
    people
}

fn person(people: &mut Vec<PersonAffected>, user_id: UserId) -> &mut PersonAffected {
    let index = people.iter().position(|p| p.user_id == user_id).unwrap_or_else(|| {
        people.push(PersonAffected { user_id, asked_more: 0, asked_less: 0, barred: 0 });
        people.len() - 1
    });
    &mut people[index]
}

impl From<Difference> for RoundDifference {
    fn from(difference: Difference) -> Self {
        let steps = |steps: Vec<StepFor>| steps.into_iter().map(|s| StepMeans { step: s.step, people: s.people }).collect();
        Self {
            approval_id: difference.approval_id,
            invoice_id: difference.invoice_id,
            unmatched: difference.unmatched,
            more: steps(difference.more),
            fewer: steps(difference.fewer),
            barred: difference.barred,
        }
    }
}
