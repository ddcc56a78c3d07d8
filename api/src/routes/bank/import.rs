//! `POST /v1/bank-statements/import`: a statement file as it came from the bank.

use std::time::Duration;

use chrono::NaiveDate;
use quittance_application::Done;
use quittance_application::bank_statement::{ImportStatements, ImportedStatement};
use quittance_domain::bank_statement::{BalanceProof, StatementKind};
use quittance_domain::ids::{BankAccountId, BankStatementId, PaymentId, TenantId};
use quittance_infrastructure::bank_statements::{ReadStatements, StatementFileRefusal, read_statements};
use quittance_projections::payment;
use quittance_statements::CsvMapping;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::super::Refusals;
use crate::app::App;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{parse, request_hash};
use crate::problem::Problem;
use crate::reading::Filter;
use crate::upload::Upload;

/// Payments and invoices follow before the answer, where that takes no longer than a moment.
const REACTION_WAIT: Duration = Duration::from_millis(500);

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// Which of the company's accounts it is, where the file does not say so.
    bank_account_id: Option<BankAccountId>,
    /// For a CSV file: which column holds what, as JSON.
    csv_mapping: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatementsImported {
    #[serde(flatten)]
    answer: CommandAnswer,
    statements: Vec<StatementImported>,
    /// How many values of the file have no place in the model; the file keeps them.
    unmapped: usize,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatementImported {
    id: BankStatementId,
    bank_account_id: BankAccountId,
    format: String,
    kind: StatementKind,
    from_date: Option<NaiveDate>,
    to_date: Option<NaiveDate>,
    proof: BalanceProof,
    /// Lines that no earlier statement of the account had brought.
    lines: usize,
    /// Those that the engine matched to a payment by itself.
    matched: u32,
    /// Entries that an earlier statement had brought.
    repeated: u32,
    /// Entries not booked yet.
    pending: u32,
}

impl From<ImportedStatement> for StatementImported {
    fn from(imported: ImportedStatement) -> Self {
        let ImportedStatement { id, import, matched } = imported;
        Self {
            id,
            bank_account_id: import.bank_account_id,
            format: import.format,
            kind: import.kind,
            from_date: import.from,
            to_date: import.to,
            proof: import.proof,
            lines: import.lines.len(),
            matched,
            repeated: import.repeated,
            pending: import.pending,
        }
    }
}

/// Import a bank statement: camt.052, .053, .054, MT940, MT942, BAI2, OFX, QFX, or CSV by mapping. What an earlier statement of the account
/// brought is not brought again; lines that tell of a payment for certain settle or return it.
#[utoipa::path(post, path = "/v1/bank-statements/import", tag = "bank",
    request_body(description = "The file itself, or a multipart form with it as `file`", content(("application/xml"), ("text/plain"), ("application/octet-stream"), ("multipart/form-data"))),
    params(ImportQuery, ("Idempotency-Key" = String, Header)), responses((status = 201, body = StatementsImported), Refusals))]
pub async fn import_bank_statement(
    Filter(query): Filter<ImportQuery>,
    mut upload: Upload,
) -> Result<Committed<StatementsImported>, Problem> {
    let bytes = upload.bytes.clone();
    upload.ctx.request_hash = upload.ctx.command_id.map(|_| request_hash("POST /v1/bank-statements/import", &bytes));
    let mapping = query.csv_mapping.as_deref().map(|text| parse::<CsvMapping>(text.as_bytes())).transpose()?;
    let sha256 = hex::encode(Sha256::digest(&bytes));
    // Reading a large file takes a core for a while: not one that others wait on.
    let read = tokio::task::spawn_blocking(move || read_statements(&bytes, mapping.as_ref())).await.map_err(|_| Problem::internal())??;
    let ReadStatements { statements, unmapped } = read;
    let named: Vec<PaymentId> = statements.iter().flat_map(|statement| statement.named_payments()).collect();
    let candidates = candidates(&upload.app, upload.ctx.tenant, &named).await?;
    let import = ImportStatements { account: query.bank_account_id, statements, candidates, sha256 };
    let commands = &upload.app.system.commands;
    let Done { receipt, output } = commands.run(&upload.ctx, &import).await?;
    let imported = match output {
        Some(imported) => imported,
        None => commands.run(&looking(&upload.ctx), &import.again()).await?.output.unwrap_or_default(),
    };
    let system = &upload.app.system;
    system.progress.reacted(&system.database, upload.ctx.tenant, receipt.position, REACTION_WAIT).await?;
    let statements = imported.into_iter().map(StatementImported::from).collect();
    Ok(Committed::created("/v1/bank-statements", receipt).with(|answer| StatementsImported { answer, statements, unmapped }))
}

/// A repeat looks at what the first time made, and makes nothing.
fn looking(ctx: &quittance_application::Context) -> quittance_application::Context {
    let mut ctx = ctx.clone();
    (ctx.command_id, ctx.request_hash) = (None, None);
    ctx
}

pub async fn candidates(app: &App, tenant: TenantId, named: &[PaymentId]) -> Result<Vec<PaymentId>, Problem> {
    let mut tx = app.system.database.read(tenant).await?;
    Ok(payment::may_be_on_statement(&mut tx, named).await?)
}

impl From<StatementFileRefusal> for Problem {
    fn from(refusal: StatementFileRefusal) -> Self {
        Self::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, refusal.code(), "Statement refused", refusal.to_string())
    }
}
