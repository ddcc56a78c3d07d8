//! `POST /v1/bank-statements/import`: a statement file as it came from the bank.

use chrono::NaiveDate;
use quittance_application::bank_statement::ImportedStatement;
use quittance_application::{Context, Done};
use quittance_domain::bank_statement::{BalanceProof, StatementKind};
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_statements::CsvMapping;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed, REACTION_WAIT};
use crate::order::parse;
use crate::problem::Problem;
use crate::reading::{Filter, Patience};
use crate::statements::{Readied, ready};
use crate::upload::Upload;

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
    request_body(description = "The file itself, or a multipart form with it as `file`", content(("application/xml"), ("text/csv"), ("text/plain"), ("application/octet-stream"), ("multipart/form-data"))),
    params(ImportQuery, ("Idempotency-Key" = String, Header)), responses((status = 201, body = StatementsImported), Refusals))]
pub async fn import_bank_statement(Filter(query): Filter<ImportQuery>, upload: Upload) -> Result<Committed<StatementsImported>, Problem> {
    let (bytes, tenant) = (upload.bytes.clone(), upload.ctx.tenant);
    let mapping = query.csv_mapping.as_deref().map(|text| parse::<CsvMapping>(text.as_bytes())).transpose()?;
    let (patience, today) = (Patience::of(&upload.app.system), upload.ctx.today());
    let Readied { import, unmapped } = ready(&patience, tenant, query.bank_account_id, bytes, mapping, today).await?;
    let commands = &upload.app.system.commands;
    let Done { receipt, output } = commands.run(&upload.ctx, &import).await?;
    let imported = match output {
        Some(imported) => imported,
        None => commands.run(&looking(&upload.ctx), &import.again(receipt.position)).await?.output.unwrap_or_default(),
    };
    let system = &upload.app.system;
    // Payments and invoices follow before the answer, where that takes no longer than a moment.
    system.progress.reacted(tenant, receipt.position, REACTION_WAIT).await?;
    let statements = imported.into_iter().map(StatementImported::from).collect();
    Ok(Committed::created("/v1/bank-statements", receipt).with(|answer| StatementsImported { answer, statements, unmapped }))
}

/// A repeat looks at what the first time made, and makes nothing.
fn looking(ctx: &Context) -> Context {
    let mut ctx = ctx.clone();
    (ctx.command_id, ctx.request_hash) = (None, None);
    ctx
}
