//! The journal: every line, by account, document, day and position.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::Code;
use quittance_domain::ledger::{DocumentType, Reason};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::kept::books_now;
use super::lines::JournalLineRow;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::report::spend::not_spend;
use crate::word::Word;

/// One line of the journal. Debit is above zero, credit below: amounts add up to the account's balance.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct JournalLineView {
    /// The event that it was posted for.
    pub position: i64,
    /// Which entry of the event, from 0; the lines of one entry balance.
    pub entry: i32,
    pub effective_date: NaiveDate,
    pub recorded_at: DateTime<Utc>,
    pub reason: Reason,
    pub document_type: DocumentType,
    pub document_id: Uuid,
    /// The payment, order or receipt that moved it.
    pub related_id: Option<Uuid>,
    /// The vendor.
    pub party_id: Option<Uuid>,
    pub account: Code,
    pub cost_centre: Option<Code>,
    pub project: Option<Code>,
    pub tax_code: Option<Code>,
    pub amount: Money,
    /// The same in the books' currency; absent as long as no exchange rate is known.
    #[schema(value_type = Option<String>)]
    pub base_amount: Option<Decimal>,
}

impl From<JournalLineRow> for JournalLineView {
    fn from(row: JournalLineRow) -> Self {
        Self {
            position: row.position,
            entry: row.entry,
            effective_date: row.effective_date,
            recorded_at: row.recorded_at,
            reason: row.reason.0,
            document_type: row.document_type.0,
            document_id: row.document_id,
            related_id: row.related_id,
            party_id: row.party_id,
            account: row.account.0,
            cost_centre: row.cost_centre.map(|c| c.0),
            project: row.project.map(|c| c.0),
            tax_code: row.tax_code.map(|c| c.0),
            amount: Money::rounded(row.amount, row.currency.0),
            base_amount: row.base,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct JournalFilter {
    #[param(value_type = Option<String>)]
    pub account: Option<Code>,
    #[param(value_type = Option<String>)]
    pub cost_centre: Option<Code>,
    #[param(value_type = Option<String>)]
    pub project: Option<Code>,
    #[param(value_type = Option<String>)]
    pub tax_code: Option<Code>,
    pub currency: Option<Currency>,
    pub reason: Option<Reason>,
    /// What the spend report counts: what invoices posted beside what is owed for them, their tax and their payment.
    pub spent: Option<bool>,
    /// Lines that have no cost centre, or all that have one.
    pub has_cost_centre: Option<bool>,
    /// Lines that have no project, or all that have one.
    pub has_project: Option<bool>,
    pub document_id: Option<Uuid>,
    /// A payment, order or receipt.
    pub related_id: Option<Uuid>,
    /// A vendor.
    pub party_id: Option<Uuid>,
    /// The event that posted.
    pub position: Option<i64>,
    pub effective_from: Option<NaiveDate>,
    /// The last day in the books.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then.
    pub known_at: Option<DateTime<Utc>>,
    /// What stands in the log up to this position: the `through` of a trial balance.
    pub through: Option<i64>,
}

const SORTS: &[Sort<JournalLineRow>] = &[
    Sort { name: "line", column: "line_id", cast: "bigint", key: |row| row.line_id.to_string() },
    Sort { name: "effective_date", column: "effective_date", cast: "date", key: |row| row.effective_date.to_string() },
];

pub async fn journal(tx: &mut TenantTx, filter: &JournalFilter, page: &Page) -> Result<PageOf<JournalLineView>, QueryError> {
    let spent = filter.spent == Some(true);
    let not_spend: Option<Vec<Word<Code>>> = match spent {
        true => Some(not_spend(&books_now(tx).await?).into_iter().map(Word).collect()),
        false => None,
    };
    let found = Listing::<JournalLineRow>::of(tx)
        .when("document_type = ?", spent.then_some(Word(DocumentType::Invoice)))
        .when("account <> all (?)", not_spend)
        .when("(cost_centre is not null) = ?", filter.has_cost_centre)
        .when("(project is not null) = ?", filter.has_project)
        .when("account = ?", filter.account.clone().map(Word))
        .when("cost_centre = ?", filter.cost_centre.clone().map(Word))
        .when("project = ?", filter.project.clone().map(Word))
        .when("tax_code = ?", filter.tax_code.clone().map(Word))
        .when("currency = ?", filter.currency.map(Word))
        .when("reason = ?", filter.reason.map(Word))
        .when("document_id = ?", filter.document_id)
        .when("related_id = ?", filter.related_id)
        .when("party_id = ?", filter.party_id)
        .when("position = ?", filter.position)
        .when("effective_date >= ?", filter.effective_from)
        .when("effective_date <= ?", filter.as_of)
        .when("recorded_at <= ?", filter.known_at)
        .when("position <= ?", filter.through)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(JournalLineView::from))
}
