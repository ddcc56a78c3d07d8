//! A question to tolerances that changes nothing: what would they have found in the past?

use axum::Json;
use chrono::{DateTime, Utc};
use quittance_application::tolerance::{MatchDifference, ReplayTolerances};
use quittance_domain::Money;
use quittance_domain::ids::{InvoiceId, PurchaseOrderId, UserId};
use quittance_domain::matching::MatchFinding;
use quittance_domain::tolerance::ToleranceSet;
use quittance_projections::tolerance;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::lines_within;
use super::policy_preview::asking;
use crate::order::Order;
use crate::problem::Problem;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayTolerancesBody {
    tolerances: ToleranceSet,
    /// What matching found from this moment on.
    since: DateTime<Utc>,
    /// Before this moment.
    until: DateTime<Utc>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReplayTolerancesAnswer {
    /// How often an invoice was held against its order and something new came out.
    evaluations: usize,
    unchanged: usize,
    /// There is more in the period than one question takes: ask again from this moment on.
    continue_from: Option<DateTime<Utc>>,
    /// Who would have had more or less to answer for, the most affected first.
    buyers: Vec<BuyerAffected>,
    differences: Vec<EvaluationDifference>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct BuyerAffected {
    user_id: UserId,
    /// Holds that there would have been and were not.
    more: usize,
    /// Holds that there were and would not have been.
    fewer: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct EvaluationDifference {
    invoice_id: InvoiceId,
    purchase_order_id: Option<PurchaseOrderId>,
    /// Who placed the order.
    buyer: Option<UserId>,
    found_at: DateTime<Utc>,
    /// What was asked for then.
    payable: Money,
    /// What would have held it and did not.
    more: Vec<MatchFinding>,
    /// What held it and would not have.
    fewer: Vec<MatchFinding>,
}

/// Evaluations that one question takes.
const EVALUATIONS_MAX: usize = 500;

/// The tolerance time machine: what would have been held, and what let through, had these tolerances been in force in a past
/// period? Invoices and orders are as they were then, groups of vendors and items as they are today; an invoice whose order is
/// none of ours was looked at where the tolerances of its day made it wait. Nothing is stored.
#[utoipa::path(post, path = "/v1/tolerances/replay", tag = "matching", request_body = ReplayTolerancesBody,
    responses((status = 200, body = ReplayTolerancesAnswer), Refusals))]
pub async fn replay_tolerances(order: Order<ReplayTolerancesBody>) -> Result<Json<ReplayTolerancesAnswer>, Problem> {
    let ReplayTolerancesBody { tolerances: set, since, until } = order.body;
    lines_within("/tolerances/rules", set.rules.len())?;
    let system = &order.app.system;
    let mut tx = system.database.read(order.caller.tenant).await?;
    let mut past = tolerance::matched(&mut tx, since, until, EVALUATIONS_MAX + 1).await?;
    drop(tx);
    let continue_from = past.get(EVALUATIONS_MAX).map(|next| next.found_at);
    past.truncate(EVALUATIONS_MAX);
    let evaluations = past.len();
    let done = system.commands.run(&asking(order.ctx), &ReplayTolerances { set, past }).await?;
    let differences = done.output.ok_or_else(Problem::internal)?;
    Ok(Json(ReplayTolerancesAnswer {
        evaluations,
        unchanged: evaluations - differences.len(),
        continue_from,
        buyers: affected(&differences),
        differences: differences.into_iter().map(EvaluationDifference::from).collect(),
    }))
}

fn affected(differences: &[MatchDifference]) -> Vec<BuyerAffected> {
    let mut buyers: Vec<BuyerAffected> = Vec::new();
    for difference in differences {
        let Some(user_id) = difference.buyer else { continue };
        let index = buyers.iter().position(|buyer| buyer.user_id == user_id).unwrap_or_else(|| {
            buyers.push(BuyerAffected { user_id, more: 0, fewer: 0 });
            buyers.len() - 1
        });
        buyers[index].more += difference.more.len();
        buyers[index].fewer += difference.fewer.len();
    }
    buyers.sort_by_key(|buyer| (std::cmp::Reverse(buyer.more + buyer.fewer), buyer.user_id));
    buyers
}

impl From<MatchDifference> for EvaluationDifference {
    fn from(difference: MatchDifference) -> Self {
        let MatchDifference { invoice_id, purchase_order_id, buyer, found_at, payable, more, fewer } = difference;
        Self { invoice_id, purchase_order_id, buyer, found_at, payable, more, fewer }
    }
}
