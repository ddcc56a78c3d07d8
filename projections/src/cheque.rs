//! Cheques that were written, as the payments tell them: to whom, over what, and whether they may still be cashed.

use chrono::NaiveDate;
use quittance_domain::Money;
use quittance_domain::ids::{BankAccountId, PaymentId};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::payment::PaymentRow;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChequeView {
    pub bank_account_id: BankAccountId,
    pub number: i64,
    pub payment_id: PaymentId,
    pub payee: String,
    pub amount: Money,
    pub issued_on: NaiveDate,
    /// Set where it must not be paid any more.
    pub voided_on: Option<NaiveDate>,
    /// Why it was voided, or came back.
    pub reason: Option<String>,
}

impl ChequeView {
    /// Of a payment that has one.
    fn of(row: PaymentRow) -> Self {
        let payee = row.state.plan().ok().and_then(|plan| plan.items.first()).map(|item| item.creditor_name.clone());
        Self {
            bank_account_id: BankAccountId(row.cheque_account_id.unwrap_or_default()),
            number: row.cheque_number.unwrap_or_default(),
            payment_id: PaymentId(row.payment_id),
            payee: payee.unwrap_or_default(),
            amount: Money::rounded(row.total, row.currency.0),
            issued_on: row.cheque_issued_on.unwrap_or(row.execution_date),
            voided_on: row.cheque_voided_on,
            reason: row.reason,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChequeFilter {
    pub bank_account_id: Option<BankAccountId>,
    pub number: Option<i64>,
    pub issued_from: Option<NaiveDate>,
    /// Inclusive.
    pub issued_to: Option<NaiveDate>,
    pub voided: Option<bool>,
}

const SORTS: &[Sort<PaymentRow>] =
    &[Sort { name: "number", column: "cheque_number", cast: "bigint", key: |row| row.cheque_number.unwrap_or_default().to_string() }];

pub async fn list(tx: &mut TenantTx, filter: &ChequeFilter, page: &Page) -> Result<PageOf<ChequeView>, QueryError> {
    let found = Listing::<PaymentRow>::of(tx)
        .when("(cheque_number is not null) = ?", Some(true))
        .when("cheque_account_id = ?", filter.bank_account_id.map(Uuid::from))
        .when("cheque_number = ?", filter.number)
        .when("cheque_issued_on >= ?", filter.issued_from)
        .when("cheque_issued_on <= ?", filter.issued_to)
        .when("(cheque_voided_on is not null) = ?", filter.voided)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(ChequeView::of))
}

/// Payments whose cheques on this account were issued or voided in these days.
pub async fn moved(tx: &mut TenantTx, account: BankAccountId, from: NaiveDate, to: NaiveDate) -> sqlx::Result<Vec<PaymentId>> {
    let sql = "select payment_id from payments where tenant_id = $1 and cheque_account_id = $2 \
               and (cheque_issued_on between $3 and $4 or cheque_voided_on between $3 and $4) order by cheque_number";
    let tenant = tx.tenant();
    let found: Vec<Uuid> = sqlx::query_scalar(sql).bind(tenant.0).bind(account.0).bind(from).bind(to).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(PaymentId).collect())
}
