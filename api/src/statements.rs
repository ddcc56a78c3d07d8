//! From a statement file to the command that imports it, for REST and the command line alike.

use bytes::Bytes;
use quittance_application::bank_statement::ImportStatements;
use quittance_domain::ids::{BankAccountId, PaymentId, TenantId};
use quittance_infrastructure::bank_statements::{ReadStatements, StatementFileRefusal, read_statements};
use quittance_projections::payment;
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
) -> Result<Readied, Problem> {
    let sha256 = hex::encode(Sha256::digest(&bytes));
    // Reading a large file takes a core for a while: not one that others wait on.
    let read = tokio::task::spawn_blocking(move || read_statements(&bytes, mapping.as_ref())).await.map_err(|_| Problem::internal())??;
    let ReadStatements { statements, unmapped } = read;
    let named: Vec<PaymentId> = statements.iter().flat_map(|statement| statement.named_payments()).collect();
    let candidates = candidates(patience, tenant, &named).await?;
    Ok(Readied { import: ImportStatements { account, statements, candidates, sha256, repeats: false }, unmapped })
}

/// The payments that a line may tell of: those in the bank's hands, and those that are named. One that left a moment ago is among them.
pub async fn candidates(patience: &Patience<'_>, tenant: TenantId, named: &[PaymentId]) -> Result<Vec<PaymentId>, Problem> {
    patience.reach_head(tenant, &["payments"]).await?;
    let mut tx = patience.progress.database().read(tenant).await?;
    Ok(payment::may_be_on_statement(&mut tx, named).await?)
}

impl From<StatementFileRefusal> for Problem {
    fn from(refusal: StatementFileRefusal) -> Self {
        Self::new(axum::http::StatusCode::UNPROCESSABLE_ENTITY, refusal.code(), "Statement refused", refusal.to_string())
    }
}
