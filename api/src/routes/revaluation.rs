//! Closing rates: what vendors are owed, customers owe, and bank accounts hold, in other currencies is brought to them on a period's last
//! day and taken back on the next.

use std::time::Duration;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chrono::NaiveDate;
use quittance_application::Refused;
use quittance_application::journal::RevaluePayables;
use quittance_domain::RefusalKind;
use quittance_domain::ids::{JournalEntryId, TenantId};
use quittance_domain::journal::Revaluation;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::report::revaluation::{NotRevaluable, RevaluationFilter, RevaluationLine, RevaluationReport, revaluation};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::{Filter, MinPosition, Patience, Reading};
use crate::system::System;
use crate::table::{Format, FormatParameter, Table};

/// How long one waits for others, and how often it asks.
const TURN_WAIT: Duration = Duration::from_secs(5);
const TURN_PAUSE: Duration = Duration::from_millis(20);

/// All three parts of the report, one below the other.
pub const REVALUATION: Table = Table {
    name: "revaluation",
    rows: "/rows",
    columns: &[
        ("of", "/of"),
        ("account", "/account"),
        ("currency", "/open/currency"),
        ("open", "/open/amount"),
        ("retained", "/retained/amount"),
        ("untranslated", "/untranslated/amount"),
        ("carried", "/carried/amount"),
        ("revalued", "/revalued/amount"),
        ("quoted_on", "/rate/quoted_on"),
        ("closing", "/closing/amount"),
        ("difference", "/difference/amount"),
        ("explained_by", "/explained_by"),
    ],
};

/// What vendors are owed in other currencies, at the rates of their invoices and at the closing rates of a day; what customers owe, in the
/// same way; and what bank accounts hold in them, at the rates of what moved them. A table has all three, and says `of` each row whose it is.
#[utoipa::path(get, path = "/v1/reports/revaluation", tag = "reports", params(RevaluationFilter, FormatParameter, MinPosition),
    responses((status = 200, content((RevaluationReport = "application/json"), (String = "text/csv"))), Refusals))]
pub async fn get_revaluation(format: Format, mut read: Reading, Filter(filter): Filter<RevaluationFilter>) -> Result<Response, Problem> {
    let today = read.today();
    let found = revaluation(&mut read.tx, &filter, today).await?;
    match format {
        Format::Json => Ok(read.answer(found).into_response()),
        format => REVALUATION.answer(format, read.answer(rows(&found))),
    }
}

/// Vendors, customers and bank accounts as rows of one table.
pub fn rows(report: &RevaluationReport) -> Value {
    let owed = |of: &'static str, lines: &[RevaluationLine]| lines.iter().map(|line| row(of, json!(line))).collect::<Vec<_>>();
    let held = report.holdings.iter().map(|line| {
        let mut held = row("bank_account", json!(line));
        held["open"] = held["held"].take();
        held
    });
    let rows: Vec<Value> = owed("vendors", &report.lines).into_iter().chain(owed("customers", &report.receivables)).chain(held).collect();
    json!({ "rows": rows })
}

fn row(of: &str, mut line: Value) -> Value {
    line["of"] = json!(of);
    line
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevaluationBody {
    /// The last day of the period, whose rates close.
    effective_date: NaiveDate,
    #[schema(example = "Closing rates of March")]
    reason: String,
}

/// Post the difference between what is owed in other currencies at the invoices' rates and at the day's closing rates, and the same of what
/// bank accounts hold, as far as everything that was answered before is known. It is taken back on the next day; a later one of the same
/// day posts what has changed since.
#[utoipa::path(post, path = "/v1/revaluations", tag = "books", request_body = RevaluationBody,
    params(("Idempotency-Key" = String, Header)), responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn revalue_payables(order: KeyedOrder<RevaluationBody>) -> Result<Committed, Problem> {
    let (app, tenant, as_of) = (order.app.clone(), order.ctx.tenant, order.body.effective_date);
    plausible("/effective_date", Some(as_of))?;
    let turn = turn(&app.system, tenant).await?;
    Patience::of(&app.system).reach_head(tenant, &["ledger"]).await?;
    let filter = RevaluationFilter { as_of: Some(as_of), known_at: None };
    let found = revaluation(&mut app.system.database.read(tenant).await?, &filter, as_of).await?.to_post().map_err(not_revaluable);
    let posted = order.create("/v1/journal-entries", |id, body, _| revalue(id, body, found)).await;
    drop(turn);
    posted
}

/// One after the other: what one has posted the next must find.
async fn turn(system: &System, tenant: TenantId) -> Result<TenantTx, Problem> {
    let taken = async {
        loop {
            if let Some(turn) = system.database.turn(tenant, "revaluation").await? {
                return Ok::<_, Problem>(turn);
            }
            tokio::time::sleep(TURN_PAUSE).await;
        }
    };
    let detail = "another revaluation is being posted";
    let busy = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_yet_readable", "Not yet readable", detail).after(1);
    tokio::time::timeout(TURN_WAIT, taken).await.map_err(busy)?
}

fn revalue(id: JournalEntryId, body: RevaluationBody, revaluation: Result<Revaluation, Refused>) -> Result<RevaluePayables, Problem> {
    Ok(RevaluePayables { id, effective_date: body.effective_date, reason: body.reason, revaluation })
}

fn not_revaluable(why: NotRevaluable) -> Refused {
    let code = match why {
        NotRevaluable::RateUnknown(_) => "closing_rate_unknown",
        NotRevaluable::Untranslated(_) => "payables_untranslated",
        NotRevaluable::ReceivablesUntranslated(_) => "receivables_untranslated",
        NotRevaluable::HoldingUntranslated(_) => "bank_account_untranslated",
    };
    Refused::new(code, RefusalKind::State, why.to_string())
}
