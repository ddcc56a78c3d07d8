//! One row a line, with what explains it.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_application::ports::Later;
use quittance_domain::bank_statement::{
    BankStatement, BankStatementEvent, Booking, ChequeException, Imported, Matching, StatementLine, TransactionCode, Withheld, line_id,
};
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort, find};
use crate::logged::as_known;
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

row! {
    pub struct BankLineRow in "bank_lines" {
        bank_line_id: Uuid,
        bank_statement_id: Uuid,
        bank_account_id: Uuid,
        line: i32,
        booked_on: NaiveDate,
        value_date: Option<NaiveDate>,
        amount: Decimal,
        currency: Word<Currency>,
        bank_reference: Option<String>,
        end_to_end_id: Option<String>,
        cheque_number: Option<String>,
        counterparty_name: Option<String>,
        counterparty_account: Option<String>,
        text: Option<String>,
        is_return: bool,
        transaction_codes: Json<Vec<TransactionCode>>,
        /// By a payment, by words, or by a booking.
        matched: bool,
        matching: Option<Json<Matching>>,
        booking: Option<Json<Booking>>,
        withheld: Option<Json<Withheld>>,
        cheque_exception: Option<Json<ChequeException>>,
        /// With its statement.
        withdrawn: bool,
    }
}

pub struct BankLines;

impl Projector for BankLines {
    fn name(&self) -> &'static str {
        "bank_lines"
    }

    fn version(&self) -> i32 {
        3
    }

    fn tables(&self) -> &'static [&'static str] {
        &["bank_lines"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<BankLineRow>();
            rows.fetch(tx, touched(events)).await?;
            for at in events {
                if let Fact::BankStatement(event) = &at.fact {
                    project(rows, event, at)?;
                }
            }
            rows.flush(tx).await
        })
    }
}

fn touched(events: &[Recorded]) -> HashSet<Uuid> {
    let keys = |at: &Recorded| match &at.fact {
        Fact::BankStatement(BankStatementEvent::Withdrawn { lines, .. }) => {
            lines.iter().map(|line| line_id(at.aggregate_id, *line)).collect()
        }
        Fact::BankStatement(event) => event.line().map(|line| line_id(at.aggregate_id, line)).into_iter().collect(),
        _ => vec![],
    };
    events.iter().flat_map(keys).collect()
}

fn project(rows: &mut Rows<BankLineRow>, event: &BankStatementEvent, at: &Recorded) -> Result<(), ProjectionError> {
    match event {
        BankStatementEvent::Imported(import) => {
            let account = import.bank_account_id;
            import.lines.iter().for_each(|line| rows.put(BankLineRow::of(account, line, at.aggregate_id)));
            Ok(())
        }
        BankStatementEvent::Divided { line, parts, .. } => {
            let account = BankAccountId(line_of(rows, at, *line)?.bank_account_id);
            parts.iter().for_each(|part| rows.put(BankLineRow::of(account, part, at.aggregate_id)));
            Ok(())
        }
        BankStatementEvent::Matched { line, matching } => explain(rows, at, *line, Some(matching.clone()), None),
        BankStatementEvent::Booked { line, booking } => explain(rows, at, *line, None, Some((**booking).clone())),
        BankStatementEvent::Unmatched { line, .. } | BankStatementEvent::BookingTakenBack { line, .. } => {
            explain(rows, at, *line, None, None)
        }
        BankStatementEvent::Withdrawn { lines, .. } => {
            lines.iter().try_for_each(|line| line_of(rows, at, *line).map(|row| row.withdrawn = true))
        }
        BankStatementEvent::BookingWithheld { line, withheld } => {
            line_of(rows, at, *line)?.withheld = Some(Json(withheld.clone()));
            Ok(())
        }
        BankStatementEvent::ChequeExceptionFound { line, exception } => {
            line_of(rows, at, *line)?.cheque_exception = Some(Json(exception.clone()));
            Ok(())
        }
    }
}

fn line_of<'r>(rows: &'r mut Rows<BankLineRow>, at: &Recorded, line: u32) -> Result<&'r mut BankLineRow, ProjectionError> {
    rows.change(&line_id(at.aggregate_id, line)).ok_or_else(|| poison(at, "the line has no row"))
}

fn explain(
    rows: &mut Rows<BankLineRow>,
    at: &Recorded,
    line: u32,
    matching: Option<Matching>,
    booking: Option<Booking>,
) -> Result<(), ProjectionError> {
    let row = line_of(rows, at, line)?;
    row.matched = matching.is_some() || booking.is_some();
    (row.matching, row.booking) = (matching.map(Json), booking.map(Json));
    (row.withheld, row.cheque_exception) = (None, None);
    Ok(())
}

impl BankLineRow {
    fn of(account: BankAccountId, line: &StatementLine, statement: Uuid) -> Self {
        Self {
            bank_line_id: line_id(statement, line.line),
            bank_statement_id: statement,
            bank_account_id: account.0,
            line: line.line as i32,
            booked_on: line.booked_on,
            value_date: line.value_date,
            amount: line.amount.amount(),
            currency: Word(line.amount.currency()),
            bank_reference: line.bank_reference.clone(),
            end_to_end_id: line.end_to_end_id.clone(),
            cheque_number: line.cheque_number.clone(),
            counterparty_name: line.counterparty_name.clone(),
            counterparty_account: line.counterparty_account.clone(),
            text: line.text.clone(),
            is_return: line.is_return,
            transaction_codes: Json(line.transaction_codes.clone()),
            matched: false,
            matching: None,
            booking: None,
            withheld: None,
            cheque_exception: None,
            withdrawn: false,
        }
    }

    /// As its statement has it.
    fn told(imported: &Imported, line: &StatementLine, statement: Uuid) -> Self {
        let number = line.line;
        let (matching, booking) = (imported.matched.get(&number).cloned(), imported.booked.get(&number).cloned());
        let withheld = imported.withheld.get(&number).cloned();
        let cheque_exception = imported.cheque_exceptions.get(&number).cloned();
        Self {
            matched: matching.is_some() || booking.is_some(),
            matching: matching.map(Json),
            booking: booking.map(Json),
            withheld: withheld.map(Json),
            cheque_exception: cheque_exception.map(Json),
            ..Self::of(imported.import.bank_account_id, line, statement)
        }
    }

    pub fn money(&self) -> Money {
        Money::rounded(self.amount, self.currency.0)
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BankLineView {
    pub id: Uuid,
    pub bank_statement_id: BankStatementId,
    pub bank_account_id: BankAccountId,
    /// Its number in the statement: what a match names.
    pub line: i32,
    pub booked_on: NaiveDate,
    pub value_date: Option<NaiveDate>,
    /// Above zero the account grew.
    pub amount: Money,
    pub bank_reference: Option<String>,
    pub end_to_end_id: Option<String>,
    /// As the bank writes it.
    pub cheque_number: Option<String>,
    pub counterparty_name: Option<String>,
    pub counterparty_account: Option<String>,
    pub text: Option<String>,
    pub is_return: bool,
    /// What kind of transaction the bank says it is.
    pub transaction_codes: Vec<TransactionCode>,
    /// The payment, or the words, that explain it; absent in the queue of the unmatched.
    pub matching: Option<Matching>,
    /// The accounts that a person or a rule booked it to, where no payment explains it.
    pub booking: Option<Booking>,
    /// The rule that fits it, and why it has not been booked all the same.
    pub withheld: Option<Withheld>,
    /// What is wrong with the cheque that it names: a person looks at it before it is matched or booked.
    pub cheque_exception: Option<ChequeException>,
}

impl From<BankLineRow> for BankLineView {
    fn from(row: BankLineRow) -> Self {
        Self {
            id: row.bank_line_id,
            bank_statement_id: BankStatementId(row.bank_statement_id),
            bank_account_id: BankAccountId(row.bank_account_id),
            line: row.line,
            booked_on: row.booked_on,
            value_date: row.value_date,
            amount: row.money(),
            bank_reference: row.bank_reference,
            end_to_end_id: row.end_to_end_id,
            cheque_number: row.cheque_number,
            counterparty_name: row.counterparty_name,
            counterparty_account: row.counterparty_account,
            text: row.text,
            is_return: row.is_return,
            transaction_codes: row.transaction_codes.0,
            matching: row.matching.map(|matching| matching.0),
            booking: row.booking.map(|booking| booking.0),
            withheld: row.withheld.map(|withheld| withheld.0),
            cheque_exception: row.cheque_exception.map(|exception| exception.0),
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct BankLineFilter {
    pub bank_account_id: Option<BankAccountId>,
    pub bank_statement_id: Option<BankStatementId>,
    /// `false` is the queue of what neither a match nor a booking explains yet.
    pub matched: Option<bool>,
    pub end_to_end_id: Option<String>,
    pub booked_from: Option<NaiveDate>,
    /// Inclusive.
    pub booked_to: Option<NaiveDate>,
    /// Money that left has an amount below zero.
    #[param(value_type = Option<String>, example = "-119.00")]
    pub amount_from: Option<Decimal>,
    /// Inclusive.
    #[param(value_type = Option<String>)]
    pub amount_to: Option<Decimal>,
    /// The bank says that it is money coming back.
    pub is_return: Option<bool>,
    /// It names a cheque of ours that was written over another amount, was voided, or was presented before.
    pub cheque_exception: Option<bool>,
    /// Stands in what the bank tells: text, name or account of the other side, or a reference; in whatever case.
    #[param(example = "muster")]
    pub search: Option<String>,
}

const SORTS: &[Sort<BankLineRow>] = &[
    Sort { name: "booked_on", column: "booked_on", cast: "date", key: |row| row.booked_on.to_string() },
    Sort { name: "amount", column: "amount", cast: "numeric", key: |row| row.amount.to_string() },
];

pub async fn list(tx: &mut TenantTx, filter: &BankLineFilter, page: &Page) -> Result<PageOf<BankLineView>, QueryError> {
    let found = Listing::<BankLineRow>::of(tx)
        .when("withdrawn = ?", Some(false))
        .when("bank_account_id = ?", filter.bank_account_id.map(Uuid::from))
        .when("bank_statement_id = ?", filter.bank_statement_id.map(Uuid::from))
        .when("matched = ?", filter.matched)
        .when("end_to_end_id = ?", filter.end_to_end_id.as_deref())
        .when("booked_on >= ?", filter.booked_from)
        .when("booked_on <= ?", filter.booked_to)
        .when("amount >= ?", filter.amount_from)
        .when("amount <= ?", filter.amount_to)
        .when("is_return = ?", filter.is_return)
        .when("(cheque_exception is not null) = ?", filter.cheque_exception)
        .when(
            "strpos(lower(concat_ws(' ', text, counterparty_name, counterparty_account, bank_reference, end_to_end_id)), lower(?)) > 0",
            filter.search.as_deref(),
        )
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(BankLineView::from))
}

/// The lines of an account up to a day, with what explained them as far as was recorded by a moment: from the log itself.
pub(crate) async fn known(
    tx: &mut TenantTx,
    account: BankAccountId,
    on: NaiveDate,
    at: DateTime<Utc>,
) -> Result<Vec<BankLineRow>, QueryError> {
    let tenant = tx.tenant();
    let ids = sqlx::query_scalar("select bank_statement_id from bank_statements where tenant_id = $1 and bank_account_id = $2");
    let ids: Vec<Uuid> = ids.bind(tenant.0).bind(account.0).fetch_all(&mut **tx).await?;
    let mut rows = Vec::new();
    for (statement, state) in as_known::<BankStatement>(tx, ids, at).await? {
        if let BankStatement::Imported(imported) = state {
            let lines = imported.lines().filter(|line| line.booked_on <= on);
            rows.extend(lines.map(|line| BankLineRow::told(&imported, line, statement)));
        }
    }
    rows.sort_by_key(|row| (row.booked_on, row.bank_line_id));
    Ok(rows)
}

/// What came in by the lines of a statement that nothing explains.
pub async fn unexplained_income(tx: &mut TenantTx, statement: BankStatementId) -> sqlx::Result<Vec<Money>> {
    let sql = "select distinct amount, currency from bank_lines where tenant_id = $1 and bank_statement_id = $2 and not matched and not withdrawn and amount > 0";
    let tenant = tx.tenant();
    let found: Vec<(Decimal, Word<Currency>)> = sqlx::query_as(sql).bind(tenant.0).bind(statement.0).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(|(amount, currency)| Money::rounded(amount, currency.0)).collect())
}

/// The statements that brought lines of these days, in the order of their import, but for those of one format.
pub async fn statements_of(tx: &mut TenantTx, days: &[NaiveDate], but_of: Option<&str>) -> sqlx::Result<Vec<BankStatementId>> {
    let sql = "select s.bank_statement_id from bank_statements s \
         where s.tenant_id = $1 and s.withdrawn_at is null and s.format is distinct from $3 \
           and s.bank_statement_id in (select l.bank_statement_id from bank_lines l where l.tenant_id = $1 and l.booked_on = any($2) \
             and l.bank_account_id in (select a.bank_account_id from bank_statements a where a.tenant_id = $1)) \
         order by s.imported_at, s.bank_statement_id";
    let tenant = tx.tenant();
    let found: Vec<Uuid> = sqlx::query_scalar(sql).bind(tenant.0).bind(days).bind(but_of).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(BankStatementId).collect())
}

pub async fn get(tx: &mut TenantTx, id: Uuid) -> sqlx::Result<Option<BankLineView>> {
    Ok(find::<BankLineRow>(tx, id).await?.filter(|row| !row.withdrawn).map(BankLineView::from))
}
