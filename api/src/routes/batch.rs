//! `POST /v1/commands`: up to 1,000 commands in one request, all or nothing if asked.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use quittance_application::approval::{ApproveInvoice, RejectInvoice, SubmitInvoice};
use quittance_application::context::command_id_of_key;
use quittance_application::invoice::ReceiveInvoice;
use quittance_application::payment::PlanPayment;
use quittance_application::{Context, Done, Failure, UseCase, Work};
use quittance_domain::aggregate::derived_id;
use quittance_domain::ids::{InvoiceId, ItemId, PaymentId};
use quittance_domain::item::{Item, ItemCard, ItemCommand};
use quittance_domain::payment::{Payment, PaymentCommand};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Refusals;
use super::invoice::body::InvoiceBody;
use super::invoice::create::seller;
use super::payment::plan::PaymentBody;
use super::vendor::ReasonBody;
use crate::committed::CommandAnswer;
use crate::order::{KeyedOrder, parse, request_hash};
use crate::problem::Problem;

const COMMANDS_MAX: usize = 1_000;
/// Commands of one request that are worked on at once.
const AT_ONCE: usize = 64;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// All or nothing, in one transaction; otherwise each command stands alone.
    #[serde(default)]
    atomic: bool,
    commands: Vec<BatchCommand>,
}

/// One command, as its own route takes it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BatchCommand {
    /// `create_invoice`, `submit_invoice`, `approve_invoice`, `reject_invoice`, `create_item`, `change_item`, `plan_payment` or `authorise_payment`.
    operation: String,
    /// What the command is about, unless it creates it.
    id: Option<Uuid>,
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

/// Run many commands. One result each, in order; an atomic batch that is refused names the command and writes nothing.
#[utoipa::path(post, path = "/v1/commands", tag = "commands", request_body = Batch, params(("Idempotency-Key" = String, Header)),
    responses((status = 200, body = BatchAnswer), Refusals))]
pub async fn run_commands(order: KeyedOrder<Batch>) -> Result<Response, Problem> {
    if order.body.commands.is_empty() || order.body.commands.len() > COMMANDS_MAX {
        return Err(Problem::invalid("/commands", format!("a batch has 1 to {COMMANDS_MAX} commands")));
    }
    let mut steps = Vec::with_capacity(order.body.commands.len());
    for (index, command) in order.body.commands.iter().enumerate() {
        steps.push(step(&order, index, command).await.map_err(|problem| at_command(problem, index)));
    }
    let results = if order.body.atomic { all_or_nothing(&order, steps).await? } else { each_alone(&order, steps).await };
    Ok((StatusCode::OK, Json(BatchAnswer { results })).into_response())
}

async fn all_or_nothing(order: &KeyedOrder<Batch>, steps: Vec<Result<Step, Problem>>) -> Result<Vec<BatchResult>, Problem> {
    let all = Together(steps.into_iter().collect::<Result<_, _>>()?);
    let ids: Vec<Uuid> = all.0.iter().map(Step::id).collect();
    let Done { receipt, output } = order.app.system.commands.run(&order.ctx, &all).await?;
    let versions = match output {
        Some(versions) => versions,
        None => versions_at(order, &ids, receipt.position).await?,
    };
    let answer = |(id, version)| BatchResult::Done(CommandAnswer { id, version, position: receipt.position });
    Ok(ids.into_iter().zip(versions).map(answer).collect())
}

/// A repeat is told the versions that things had at the position of the first run's write.
async fn versions_at(order: &KeyedOrder<Batch>, ids: &[Uuid], position: i64) -> Result<Vec<i64>, Problem> {
    const NO_SNAPSHOT: i32 = -1;
    let log = &order.app.system.commands.ports().log;
    let mut versions = Vec::with_capacity(ids.len());
    for id in ids {
        let stream = log.load(order.ctx.tenant, *id, NO_SNAPSHOT).await.map_err(Failure::Unavailable)?;
        let last = stream.events.iter().take_while(|event| event.position <= position).last();
        versions.push(last.map_or(0, |event| event.sequence));
    }
    Ok(versions)
}

async fn each_alone(order: &KeyedOrder<Batch>, steps: Vec<Result<Step, Problem>>) -> Vec<BatchResult> {
    let commands = &order.app.system.commands;
    let run = |(index, step): (usize, Result<Step, Problem>)| async move {
        let outcome = match step {
            Ok(step) => commands.run(&alone(order, index), &step).await.map_err(|failure| at_command(failure.into(), index)),
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
    ctx.expected_version = None;
    ctx.command_id = order.ctx.command_id.map(|key| command_id_of_key(order.caller.tenant, &format!("{key}/{index}")));
    ctx.request_hash = order.ctx.request_hash.as_ref().map(|hash| request_hash(hash, &index.to_be_bytes()));
    ctx
}

fn at_command(mut problem: Problem, index: usize) -> Problem {
    if problem.errors.is_empty() {
        return problem.at(format!("/commands/{index}"));
    }
    problem.errors.iter_mut().for_each(|e| e.pointer = format!("/commands/{index}/body{}", e.pointer));
    problem
}

enum Step {
    Receive(Box<ReceiveInvoice>),
    Submit(SubmitInvoice),
    Approve(ApproveInvoice),
    Reject(RejectInvoice),
    Item(ItemId, ItemCommand),
    Plan(PlanPayment),
    Authorise(PaymentId, PaymentCommand),
}

/// What one write creates is named by its key, so that a repeat names the same; a command on its own is found by its own.
fn new_id(order: &KeyedOrder<Batch>, index: usize) -> Uuid {
    match order.ctx.command_id.filter(|_| order.body.atomic) {
        Some(key) => derived_id(&[b"made by a batch", key.0.as_bytes(), &index.to_be_bytes()]),
        None => order.app.system.commands.ports().edge.new_id(),
    }
}

async fn step(order: &KeyedOrder<Batch>, index: usize, command: &BatchCommand) -> Result<Step, Problem> {
    order.caller.may(&command.operation)?;
    let commands = &order.app.system.commands;
    let new_id = || new_id(order, index);
    let id = || command.id.ok_or_else(|| Problem::malformed("this operation needs an id"));
    let by = order.caller.user;
    Ok(match command.operation.as_str() {
        "create_invoice" => {
            let body: InvoiceBody = body_of(command)?;
            let vendor_id = body.vendor_id;
            let seller = seller(commands, &order.ctx, vendor_id).await?;
            Step::Receive(Box::new(ReceiveInvoice { id: InvoiceId(new_id()), vendor_id, capture: body.capture(seller)? }))
        }
        "submit_invoice" => Step::Submit(SubmitInvoice { id: InvoiceId(id()?) }),
        "approve_invoice" => Step::Approve(ApproveInvoice { id: InvoiceId(id()?), comment: None }),
        "reject_invoice" => {
            let reason = body_of::<ReasonBody>(command)?.given()?;
            Step::Reject(RejectInvoice { id: InvoiceId(id()?), reason })
        }
        "create_item" => Step::Item(ItemId(new_id()), ItemCommand::Create { card: body_of::<ItemCard>(command)? }),
        "change_item" => Step::Item(ItemId(id()?), ItemCommand::Change { card: body_of::<ItemCard>(command)? }),
        "plan_payment" => Step::Plan(body_of::<PaymentBody>(command)?.plan(PaymentId(new_id()), order.ctx.today())),
        "authorise_payment" => Step::Authorise(PaymentId(id()?), PaymentCommand::Authorise { by }),
        other => return Err(Problem::malformed(format!("{other} is not an operation of a batch"))),
    })
}

fn body_of<T: serde::de::DeserializeOwned>(command: &BatchCommand) -> Result<T, Problem> {
    let text = command.body.as_ref().map(Value::to_string).unwrap_or_default();
    parse(text.as_bytes())
}

impl Step {
    fn id(&self) -> Uuid {
        match self {
            Self::Receive(s) => s.id.0,
            Self::Submit(s) => s.id.0,
            Self::Approve(s) => s.id.0,
            Self::Reject(s) => s.id.0,
            Self::Item(id, _) => id.0,
            Self::Plan(s) => s.id.0,
            Self::Authorise(id, _) => id.0,
        }
    }
}

impl UseCase for Step {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        match self {
            Self::Receive(step) => step.attempt(work).await,
            Self::Submit(step) => step.attempt(work).await.map(drop),
            Self::Approve(step) => step.attempt(work).await,
            Self::Reject(step) => step.attempt(work).await,
            Self::Item(id, command) => work.decide::<Item>(*id, command.clone()).await.map(drop),
            Self::Plan(step) => step.attempt(work).await,
            Self::Authorise(id, command) => work.decide::<Payment>(*id, command.clone()).await.map(drop),
        }
    }
}

struct Together(Vec<Step>);

impl UseCase for Together {
    /// The versions of what the commands were about, after all of them.
    type Output = Vec<i64>;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<Vec<i64>, Failure> {
        for (index, step) in self.0.iter().enumerate() {
            step.attempt(work).await.map_err(|failure| named(failure, index))?;
        }
        Ok(self.0.iter().map(|step| work.version_of(step.id()).unwrap_or_default()).collect())
    }
}

fn named(failure: Failure, index: usize) -> Failure {
    match failure {
        Failure::Refused(mut refused) => {
            refused.pointer = Some(format!("/commands/{index}{}", refused.pointer.map(|p| format!("/body{p}")).unwrap_or_default()));
            Failure::Refused(refused)
        }
        failure => failure,
    }
}
