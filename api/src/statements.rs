//! From a statement file to the command that imports it, for REST and the command line alike.

use bytes::Bytes;
use chrono::NaiveDate;
use quittance_application::bank_statement::{Candidates, ImportStatements, StatementDraft};
use quittance_domain::Money;
use quittance_domain::ids::{BankAccountId, BankStatementId, PaymentId, PaymentRunId, TenantId};
use quittance_infrastructure::bank_statements::{ReadStatements, StatementFileRefusal, read_statements};
use quittance_projections::{bank_line, invoice, payment, payment_run, receivable};
use quittance_statements::CsvMapping;
use sha2::{Digest, Sha256};

use crate::problem::Problem;
use crate::reading::Patience;

/// A file that was read.
pub struct Readied {
    pub import: ImportStatements,
    /// How many values of the file have no place in the model.
    pub unmapped: usize,
}

pub async fn ready(
    patience: &Patience<'_>,
    tenant: TenantId,
    account: Option<BankAccountId>,
    bytes: Bytes,
    mapping: Option<CsvMapping>,
    today: NaiveDate,
) -> Result<Readied, Problem> {
    let sha256 = hex::encode(Sha256::digest(&bytes));
    // Reading a large file takes a core for a while: not one that others wait on.
    let read =
        tokio::task::spawn_blocking(move || read_statements(&bytes, mapping.as_ref(), today)).await.map_err(|_| Problem::internal())??;
    let ReadStatements { statements, unmapped } = read;
    let mut named: Vec<PaymentId> = statements.iter().flat_map(|statement| statement.named_payments()).collect();
    let files: Vec<PaymentRunId> = statements.iter().flat_map(|statement| statement.named_files()).collect();
    named.extend(of_runs(patience, tenant, files).await?);
    let lines = statements.iter().flat_map(|statement| &statement.entries).flat_map(|entry| &entry.lines);
    let amounts: Vec<Money> = lines.map(|line| line.amount).filter(|amount| amount.is_positive()).collect();
    let candidates = candidates(patience, tenant, &named, Brought::Amounts(amounts)).await?;
    let told = told_otherwise(patience, tenant, &statements).await?;
    Ok(Readied { import: ImportStatements { account, statements, candidates, told, sha256, told_at: None }, unmapped })
}

/// Statements that brought something of the same days in another format.
async fn told_otherwise(patience: &Patience<'_>, tenant: TenantId, statements: &[StatementDraft]) -> Result<Vec<BankStatementId>, Problem> {
    let mut days: Vec<NaiveDate> = statements.iter().flat_map(|statement| &statement.entries).map(|entry| entry.booked_on).collect();
    days.sort_unstable();
    days.dedup();
    let mut formats: Vec<&str> = statements.iter().map(|statement| statement.format.as_str()).collect();
    formats.dedup();
    patience.reach_head(tenant, &["bank_lines", "bank_statements"]).await?;
    let mut tx = patience.progress.database().read(tenant).await?;
    // Of a file in several formats each statement is of another format than some other.
    let own = if let [format] = formats[..] { Some(format) } else { None };
    Ok(bank_line::statements_of(&mut tx, &days, own).await?)
}

/// The payments of the runs whose file a line names: a bank may book it as one sum when all of them have settled by its report.
async fn of_runs(patience: &Patience<'_>, tenant: TenantId, files: Vec<PaymentRunId>) -> Result<Vec<PaymentId>, Problem> {
    if files.is_empty() {
        return Ok(vec![]);
    }
    patience.reach_head(tenant, &["payment_runs"]).await?;
    let mut tx = patience.progress.database().read(tenant).await?;
    let mut payments = vec![];
    for file in files {
        payments.extend(payment_run::payments(&mut tx, file).await?);
    }
    Ok(payments)
}

/// What came in, of which a vendor may have paid something back.
pub enum Brought {
    Amounts(Vec<Money>),
    /// By the lines of this statement that nothing explains.
    Statement(BankStatementId),
}

/// What a line may tell of: payments in the bank's hands, those that are named, documents that a vendor has just so much of to pay back as
/// came in, and receivables of which just so much is open. What happened a moment ago is among it.
pub async fn candidates(patience: &Patience<'_>, tenant: TenantId, named: &[PaymentId], brought: Brought) -> Result<Candidates, Problem> {
    patience.reach_head(tenant, &["payments", "invoices", "receivables", "bank_lines"]).await?;
    let mut tx = patience.progress.database().read(tenant).await?;
    let payments = payment::may_be_on_statement(&mut tx, named).await?;
    let amounts = match brought {
        Brought::Amounts(amounts) => amounts,
        Brought::Statement(id) => bank_line::unexplained_income(&mut tx, id).await?,
    };
    let refunds = invoice::refundable_of(&mut tx, &amounts).await?;
    let receivables = receivable::worth(&mut tx, &amounts).await?;
    Ok(Candidates { payments, refunds, receivables })
}

impl From<StatementFileRefusal> for Problem {
    fn from(refusal: StatementFileRefusal) -> Self {
        Self::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, refusal.code(), "Statement refused", refusal.to_string())
    }
}
