//! What should have followed from an event and was refused: seen by a person, tried again on demand, or dismissed.

use axum::Json;
use quittance_application::refused_reaction::DismissRefused;
use quittance_domain::refused_reaction::Dismissal;
use quittance_projections::refused::{self, RefusedReaction, Waiting};
use quittance_projections::{Page, PageOf, source};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use crate::committed::Committed;
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};

/// Tried by one request at most.
const TRIED_MAX: i64 = 100;

/// What should have followed from what was done and was refused, such as goods that came in and that no stock took: oldest
/// first. Each stays here until it has been done after all, or somebody dismisses it.
#[utoipa::path(get, path = "/v1/refused-reactions", tag = "history", params(Page, MinPosition),
    responses((status = 200, body = PageOf<RefusedReaction>), Refusals))]
pub async fn list_refused_reactions(mut read: Reading, Filter(page): Filter<Page>) -> Result<Fresh<PageOf<RefusedReaction>>, Problem> {
    let found = refused::list(&mut read.tx, &page).await?;
    Ok(read.answer(found))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhatToRetry {
    /// Only what the event of this position asked for.
    position: Option<i64>,
}

#[derive(Debug, Default, Serialize, ToSchema)]
pub struct Retried {
    /// How many have been done by now.
    done: u32,
    /// How many are refused still.
    refused: u32,
    /// Queries with `?min_position=` of this show what was done.
    position: i64,
}

/// Try again what was refused, once its cause is mended; at most a hundred at once, oldest first. Each happens once, however
/// often it is tried, in the name of whoever caused it.
#[utoipa::path(post, path = "/v1/refused-reactions/retry", tag = "history", params(WhatToRetry),
    responses((status = 200, body = Retried), Refusals))]
pub async fn retry_refused_reactions(Filter(what): Filter<WhatToRetry>, order: Order<Nothing>) -> Result<Json<Retried>, Problem> {
    let (system, tenant) = (&order.app.system, order.caller.tenant);
    let mut tx = system.database.read(tenant).await?;
    let waiting = refused::waiting(&mut tx, what.position, TRIED_MAX).await?;
    drop(tx);
    let mut retried = Retried::default();
    for refused in &waiting {
        match system.retry(refused).await? {
            true => retried.done += 1,
            false => retried.refused += 1,
        }
    }
    let mut tx = system.database.read(tenant).await?;
    retried.position = source::head(&mut tx).await?;
    Ok(Json(retried))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WhatToDismiss {
    /// What the event of this position asked for.
    position: i64,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DismissBody {
    /// Why it need not follow any more.
    #[schema(example = "counted and booked by hand")]
    reason: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Dismissed {
    /// Queries with `?min_position=` of this no longer show them; 0 where nothing of that event waits.
    position: i64,
}

/// Say that what an event asked for, and was refused, need not follow any more: it has been seen to by hand, at most a hundred
/// commands at once. It is not listed and not tried again; who has dismissed it, and why, stays in the audit trail.
#[utoipa::path(post, path = "/v1/refused-reactions/dismiss", tag = "history", params(WhatToDismiss), request_body = DismissBody,
    responses((status = 200, body = Dismissed), Refusals))]
pub async fn dismiss_refused_reactions(
    Filter(what): Filter<WhatToDismiss>,
    order: Order<DismissBody>,
) -> Result<Committed<Dismissed>, Problem> {
    let system = &order.app.system;
    let mut tx = system.database.read(order.caller.tenant).await?;
    let waiting = refused::waiting(&mut tx, Some(what.position), TRIED_MAX).await?;
    drop(tx);
    let dismissed = |waiting: Waiting| {
        let Waiting { tenant: _, id, manager: process_manager, position: asked_at_position, concerned: concerned_id, code: refused_as } =
            waiting;
        let (reason, by) = (order.body.reason.clone(), order.ctx.actor);
        (id, Dismissal { process_manager, asked_at_position, concerned_id, refused_as, reason, by })
    };
    let dismiss = DismissRefused(waiting.into_iter().map(dismissed).collect());
    let done = system.commands.run(&order.ctx, &dismiss).await?;
    Ok(Committed::done(done.receipt).with(|done| Dismissed { position: done.position }))
}
