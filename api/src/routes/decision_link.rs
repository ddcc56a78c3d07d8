//! Decision links: made by who is asked, opened from a mail or a chat message without a session, good for one decision.

use askama::Template;
use axum::extract::{Path, State};
use axum::middleware::{from_fn_with_state, map_response};
use axum::response::Html;
use axum::{Json, Router, routing};
use chrono::{DateTime, TimeDelta, Utc};
use quittance_application::approval::{DecideByLink, RoundToLink, Verdict};
use quittance_application::{Channel, Context};
use quittance_domain::ids::{DecisionLinkId, InvoiceId};
use quittance_domain::role::Role;
use quittance_domain::user::User;
use quittance_infrastructure::decision_links::{DecisionLink, LinkRefusal};
use quittance_projections::invoice::{self, InvoiceDetail};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use super::console::as_page;
use crate::app::App;
use crate::fields::Form;
use crate::order::Order;
use crate::permissions::roles_for;
use crate::problem::Problem;
use crate::reading::{Id, Patience};
use crate::{layers, limits};

const HOURS_DEFAULT: u32 = 72;
const HOURS_MAX: u32 = 24 * 30;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkBody {
    /// How long the link works; 72 where absent, 720 at most.
    expires_after_hours: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LinkAnswer {
    link_id: DecisionLinkId,
    /// Below the server's address. Who has it decides in the caller's name: it belongs to the caller alone.
    #[schema(example = "/decide/AQGfo…")]
    path: String,
    expires_at: DateTime<Utc>,
}

/// Make a link that decides the running round once, in the caller's own name and without a session: for the caller's mail or
/// chat. It ends with its time, with its round, with its first decision, and with the key that made it. Nothing is stored before it is used.
#[utoipa::path(post, path = "/v1/invoices/{id}/decision-links", tag = "approvals", request_body = LinkBody,
    params(("id" = InvoiceId, Path)), responses((status = 200, body = LinkAnswer), Refusals))]
pub async fn make_decision_link(Id(invoice): Id<InvoiceId>, order: Order<LinkBody>) -> Result<Json<LinkAnswer>, Problem> {
    let system = &order.app.system;
    let hours = order.body.expires_after_hours.unwrap_or(HOURS_DEFAULT);
    if !(1..=HOURS_MAX).contains(&hours) {
        return Err(Problem::invalid("/expires_after_hours", format!("a link works for 1 to {HOURS_MAX} hours")));
    }
    let (tenant, user, key, now) = (order.caller.tenant, order.caller.user, order.caller.key, order.ctx.now);
    let asking = Context { command_id: None, request_hash: None, expected_version: None, ..order.ctx };
    let approval = system.commands.run(&asking, &RoundToLink { id: invoice }).await?.output.ok_or_else(Problem::internal)?;
    let id = DecisionLinkId(system.commands.ports().edge.new_id());
    let expires_at = DateTime::from_timestamp((now + TimeDelta::hours(i64::from(hours))).timestamp(), 0).unwrap_or(now);
    let token = system.decision_links()?.sign(&DecisionLink { id, tenant, invoice, approval, user, key, expires_at });
    Ok(Json(LinkAnswer { link_id: id, path: format!("/decide/{token}"), expires_at }))
}

/// The pages that a link opens. Looking decides nothing: mail scanners look at every link.
pub fn router(app: &App) -> Router<App> {
    let pages = Router::new().route("/decide/{token}", routing::get(page).post(decide));
    pages.layer(from_fn_with_state(app.clone(), layers::admit)).layer(map_response(as_page))
}

#[derive(Template)]
#[template(path = "decide.html")]
struct Page {
    invoice: InvoiceDetail,
    /// What was decided, once it is.
    decided: Option<&'static str>,
}

async fn page(State(app): State<App>, Path(token): Path<String>) -> Result<Html<String>, Problem> {
    let link = opened(&app, &token).await?;
    shown(&app, link, None).await
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    decision: Choice,
    /// The comment of an approval, the reason of a rejection.
    #[serde(default)]
    text: String,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Choice {
    Approve,
    Reject,
}

async fn decide(State(app): State<App>, Path(token): Path<String>, Form(given): Form<Decision>) -> Result<Html<String>, Problem> {
    let link = opened(&app, &token).await?;
    limits::check_text("text", &given.text)?;
    let text = given.text.trim().to_owned();
    let (verdict, told) = match given.decision {
        Choice::Approve => (Verdict::Approve { comment: (!text.is_empty()).then_some(text) }, "approved"),
        Choice::Reject => (Verdict::Reject { reason: text }, "rejected"),
    };
    let roles: &'static [Role] = roles_for("approve_invoice").unwrap_or_default();
    let decide = DecideByLink { link: link.id, invoice: link.invoice, approval: link.approval, verdict, roles };
    let commands = &app.system.commands;
    let ctx = commands.context(link.tenant, link.user, Channel::DecisionLink, commands.ports().edge.new_id()).await?;
    commands.run(&ctx, &decide).await?;
    shown(&app, link, Some(told)).await
}

async fn opened(app: &App, token: &str) -> Result<DecisionLink, Problem> {
    let now = app.system.commands.ports().edge.now();
    let link = app.system.decision_links()?.read(token, now).map_err(|refusal| match refusal {
        LinkRefusal::Unknown => Problem::not_found(),
        LinkRefusal::Expired => {
            Problem::new(axum::http::StatusCode::GONE, "link_expired", "Link expired", "this link has expired; ask for another")
        }
    })?;
    // Whoever has left, or has lost the key that it was made with, sees and decides nothing any more, however long it would last.
    let (user, _) = app.system.commands.state_of::<User>(link.tenant, link.user.0).await?;
    let account = user.account().ok().filter(|account| account.active);
    let made_with = account.and_then(|account| account.keys.iter().find(|key| key.key_id == link.key));
    let in_force = made_with.is_some_and(|key| key.expires_at.is_none_or(|end| now < end));
    if in_force { Ok(link) } else { Err(Problem::not_found()) }
}

async fn linked(app: &App, link: DecisionLink) -> Result<Option<InvoiceDetail>, Problem> {
    Ok(invoice::get(&mut app.system.database.read(link.tenant).await?, link.invoice).await?)
}

async fn shown(app: &App, link: DecisionLink, decided: Option<&'static str>) -> Result<Html<String>, Problem> {
    let invoice = match linked(app, link).await? {
        Some(invoice) => invoice,
        // It may have come in a moment ago.
        None => {
            Patience::of(&app.system).reach_head(link.tenant, &["invoices"]).await?;
            linked(app, link).await?.ok_or_else(Problem::not_found)?
        }
    };
    Page { invoice, decided }.render().map(Html).map_err(|error| Problem::unavailable(&error))
}
