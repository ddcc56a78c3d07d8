//! Bank statements: whose, of which days, whether their balances prove, and how many of their lines are explained.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Currency;
use quittance_domain::bank_statement::{BalanceProof, BankStatement, BankStatementEvent, StatementKind};
use quittance_domain::ids::{BankAccountId, BankStatementId, UserId};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct BankStatementRow in "bank_statements" {
        bank_statement_id: Uuid,
        version: i64,
        position: i64,
        bank_account_id: Uuid,
        format: String,
        kind: Word<StatementKind>,
        statement_id: Option<String>,
        sequence: Option<String>,
        currency: Word<Currency>,
        from_date: Option<NaiveDate>,
        to_date: Option<NaiveDate>,
        opening: Option<Decimal>,
        closing: Option<Decimal>,
        proof: Json<BalanceProof>,
        lines: i32,
        matched: i32,
        booked: i32,
        repeated: i32,
        pending: i32,
        sha256: String,
        imported_by: Uuid,
        imported_at: DateTime<Utc>,
        withdrawn_at: Option<DateTime<Utc>>,
    }
}

aggregate_row!(BankStatementRow, BankStatement, BankStatement);

impl BankStatementRow {
    fn began(event: &BankStatementEvent, at: &Recorded) -> Option<Self> {
        let BankStatementEvent::Imported(import) = event else { return None };
        Some(Self {
            bank_statement_id: at.aggregate_id,
            version: 0,
            position: 0,
            bank_account_id: import.bank_account_id.0,
            format: import.format.clone(),
            kind: Word(import.kind),
            statement_id: import.statement_id.clone(),
            sequence: import.sequence.clone(),
            currency: Word(import.currency),
            from_date: import.from,
            to_date: import.to,
            opening: import.opening.map(|balance| balance.amount),
            closing: import.closing.map(|balance| balance.amount),
            proof: Json(import.proof.clone()),
            lines: i32::try_from(import.lines.len()).ok()?,
            matched: 0,
            booked: 0,
            repeated: i32::try_from(import.repeated).ok()?,
            pending: i32::try_from(import.pending).ok()?,
            sha256: import.sha256.clone(),
            imported_by: import.imported_by.0,
            imported_at: at.recorded_at,
            withdrawn_at: None,
        })
    }

    fn on(&mut self, event: &BankStatementEvent, at: &Recorded) {
        match event {
            BankStatementEvent::Imported(_)
            | BankStatementEvent::BookingWithheld { .. }
            | BankStatementEvent::ChequeExceptionFound { .. } => {}
            BankStatementEvent::Withdrawn { .. } => self.withdrawn_at = Some(at.recorded_at),
            BankStatementEvent::Divided { parts, .. } => self.lines += parts.len() as i32 - 1,
            BankStatementEvent::Matched { .. } => self.matched += 1,
            BankStatementEvent::Unmatched { .. } => self.matched -= 1,
            BankStatementEvent::Booked { .. } => self.booked += 1,
            BankStatementEvent::BookingTakenBack { .. } => self.booked -= 1,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BankStatementView {
    pub id: BankStatementId,
    pub version: i64,
    pub bank_account_id: BankAccountId,
    /// `camt.053`, `mt940`, `bai2`, `ofx`, `csv`, …
    pub format: String,
    pub kind: StatementKind,
    pub statement_id: Option<String>,
    pub sequence: Option<String>,
    pub currency: Currency,
    pub from_date: Option<NaiveDate>,
    pub to_date: Option<NaiveDate>,
    #[schema(value_type = Option<String>)]
    pub opening: Option<Decimal>,
    #[schema(value_type = Option<String>)]
    pub closing: Option<Decimal>,
    /// Whether opening balance and entries give the closing balance that the bank states.
    pub proof: BalanceProof,
    /// Lines that no earlier statement of the account had brought.
    pub lines: i32,
    pub matched: i32,
    /// Lines that a person booked to accounts.
    pub booked: i32,
    /// Entries that an earlier statement had brought.
    pub repeated: i32,
    /// Entries not booked yet.
    pub pending: i32,
    pub sha256: String,
    pub imported_by: UserId,
    pub imported_at: DateTime<Utc>,
    /// Since when its lines are none of the account's.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

impl From<BankStatementRow> for BankStatementView {
    fn from(row: BankStatementRow) -> Self {
        Self {
            id: BankStatementId(row.bank_statement_id),
            version: row.version,
            bank_account_id: BankAccountId(row.bank_account_id),
            format: row.format,
            kind: row.kind.0,
            statement_id: row.statement_id,
            sequence: row.sequence,
            currency: row.currency.0,
            from_date: row.from_date,
            to_date: row.to_date,
            opening: row.opening,
            closing: row.closing,
            proof: row.proof.0,
            lines: row.lines,
            matched: row.matched,
            booked: row.booked,
            repeated: row.repeated,
            pending: row.pending,
            sha256: row.sha256,
            imported_by: UserId(row.imported_by),
            imported_at: row.imported_at,
            withdrawn_at: row.withdrawn_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BankStatementFilter {
    pub bank_account_id: Option<BankAccountId>,
    pub to_from: Option<NaiveDate>,
    /// Inclusive.
    pub to_until: Option<NaiveDate>,
}

const SORTS: &[Sort<BankStatementRow>] =
    &[Sort { name: "imported_at", column: "imported_at", cast: "timestamptz", key: |row| row.imported_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &BankStatementFilter, page: &Page) -> Result<PageOf<BankStatementView>, QueryError> {
    let found = Listing::<BankStatementRow>::of(tx)
        .when("bank_account_id = ?", filter.bank_account_id.map(Uuid::from))
        .when("to_date >= ?", filter.to_from)
        .when("to_date <= ?", filter.to_until)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(BankStatementView::from))
}

pub async fn get(tx: &mut TenantTx, id: BankStatementId) -> sqlx::Result<Option<BankStatementView>> {
    Ok(find::<BankStatementRow>(tx, id.0).await?.map(BankStatementView::from))
}
