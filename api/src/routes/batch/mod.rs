//! `POST /v1/commands`: up to 1,000 commands in one request, all or nothing if asked.

mod atomic;
mod operations;

use axum::Json;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use quittance_application::Context;
use quittance_application::context::command_id_of_key;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use self::operations::{Slip, Step};
use super::Refusals;
use crate::committed::{CommandAnswer, REPLAYED};
use crate::order::{KeyedOrder, request_hash};
use crate::permissions::roles_for;
use crate::problem::Problem;

const COMMANDS_MAX: usize = 1_000;
/// Commands of one request that are worked on at once.
const AT_ONCE: usize = 64;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// All or nothing, in one transaction and in order; otherwise each command stands alone, side by side with others.
    #[serde(default)]
    atomic: bool,
    /// 1 to 1,000.
    commands: Vec<BatchCommand>,
}

/// One command, as its own route takes it.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchCommand {
    /// The id of any operation that is a POST, but for those about documents or secrets: `import_invoice`, `validate_einvoice`,
    /// `begin_import`, `preview_import`, `convert_einvoice`, `revalidate_invoice`, `import_bank_statement`, `import_payment_status`, `import_ach_returns`, `import_ach_changes`, `match_bank_statement`, `add_user`,
    /// `issue_key`; questions (`preview_approval`, `replay_approval_policy`, `replay_bank_rules`, `replay_payment_calendar`, `replay_tolerances`), `make_decision_link`; and `run_commands` itself.
    #[schema(example = "submit_invoice")]
    operation: String,
    /// What the command is about, as in its own route's path, unless it creates it.
    id: Option<Uuid>,
    /// As its own route takes it. What a route has behind `{id}` in its path is a field: `bank_account_id`, `key_id`.
    #[serde(default)]
    #[schema(value_type = Object)]
    body: Option<Value>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BatchAnswer {
    results: Vec<BatchResult>,
}

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchResult {
    Done(CommandAnswer),
    Problem(Problem),
}

/// Run many commands. One result each, in their order; an atomic batch that is refused names the command by its JSON
/// pointer and writes nothing. What builds on an earlier command of the request belongs in an atomic batch.
#[utoipa::path(post, path = "/v1/commands", tag = "commands", request_body = Batch, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = BatchAnswer), Refusals))]
pub async fn run_commands(mut order: KeyedOrder<Batch>) -> Result<Response, Problem> {
    let commands = std::mem::take(&mut order.body.commands);
    if commands.is_empty() || commands.len() > COMMANDS_MAX {
        return Err(Problem::invalid("/commands", format!("a batch has 1 to {COMMANDS_MAX} commands")));
    }
    if order.ctx.expected_version.is_some() {
        return Err(Problem::malformed("a batch has no version of its own: If-Match belongs to a command's own route"));
    }
    let mut steps = Vec::with_capacity(commands.len());
    for (index, command) in commands.into_iter().enumerate() {
        steps.push(step(&order, index, command).await.map_err(|problem| at_command(problem, index)));
    }
    let (results, replayed) = if order.body.atomic { atomic::run(&order, steps).await? } else { (each_alone(&order, steps).await, false) };
    let mut response = Json(BatchAnswer { results }).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED.clone(), HeaderValue::from_static("true"));
    }
    Ok(response)
}

async fn step(order: &KeyedOrder<Batch>, index: usize, command: BatchCommand) -> Result<Step, Problem> {
    if roles_for(&command.operation).is_none() {
        return Err(Problem::invalid("/operation", "there is no such operation"));
    }
    order.caller.may(&command.operation)?;
    let new_id = atomic::new_id(order, index);
    Slip { commands: &order.app.system.commands, ctx: &order.ctx, caller: &order.caller, new_id, command }.step().await
}

async fn each_alone(order: &KeyedOrder<Batch>, steps: Vec<Result<Step, Problem>>) -> Vec<BatchResult> {
    let commands = &order.app.system.commands;
    let run = |(index, step): (usize, Result<Step, Problem>)| async move {
        let outcome = match step {
            Ok(step) => {
                commands.run(&alone(order, index), &step).await.map_err(|failure| at_command(Problem::from(failure).below("/body"), index))
            }
            Err(problem) => Err(problem),
        };
        match outcome {
            Ok(done) => BatchResult::Done(done.receipt.into()),
            Err(problem) => BatchResult::Problem(problem),
        }
    };
    futures::stream::iter(steps.into_iter().enumerate()).map(run).buffered(AT_ONCE).collect().await
}

/// Each command has its own identity within the request's key, so a repeat finds each answer.
fn alone(order: &KeyedOrder<Batch>, index: usize) -> Context {
    let mut ctx = order.ctx.clone();
    ctx.command_id = order.ctx.command_id.map(|key| command_id_of_key(order.caller.tenant, &format!("{key}/{index}")));
    ctx.request_hash = order.ctx.request_hash.as_ref().map(|hash| request_hash(order.ctx.actor, hash, &index.to_be_bytes()));
    ctx
}

/// The problem of the command at `index`; where no field is to blame, the command is.
fn at_command(problem: Problem, index: usize) -> Problem {
    let problem = if problem.errors.is_empty() { problem.at("") } else { problem };
    problem.below(&format!("/commands/{index}"))
}
