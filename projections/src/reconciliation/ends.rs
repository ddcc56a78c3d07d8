//! Where a reconciliation begins and ends: the balance before the first line in the books, and the one that the last statement closes with.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::chart::{BankLedgerAccount, Code, PostingRole};
use quittance_domain::ids::BankAccountId;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;
use uuid::Uuid;

use super::currency_of;
use crate::ledger;
use crate::page::QueryError;
use crate::word::Word;

/// What a bank account held before its first line in the books.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Opening {
    /// The day at whose end it was that.
    pub on: NaiveDate,
    pub statement: Money,
    /// What the ledger's account held then, and what opening entries brought since.
    pub ledger: Money,
}

impl Opening {
    /// What an opening entry is to bring.
    pub fn missing(&self) -> Money {
        Money::rounded(self.statement.amount() - self.ledger.amount(), self.statement.currency())
    }
}

pub(super) struct Ends {
    pub kept: Option<BankLedgerAccount>,
    pub opening: Opening,
    pub closing: Decimal,
    pub on: NaiveDate,
    pub currency: Currency,
    pub statement: Uuid,
    /// Where payments stand that are on no line yet.
    pub clearing: Code,
    pub known: Known,
}

/// As far as was recorded by when: everything where no moment is named.
#[derive(Clone, Copy)]
pub(super) struct Known {
    pub at: Option<DateTime<Utc>>,
    /// The last position of the log with lines of the journal by then.
    pub through: i64,
}

impl Known {
    async fn by(tx: &mut TenantTx, at: Option<DateTime<Utc>>) -> sqlx::Result<Self> {
        Ok(Self { at, through: ledger::through(tx, at).await? })
    }

    /// The first line of the journal that is not known.
    pub fn end(self) -> i64 {
        ledger::first_line_of(self.through + 1)
    }
}

/// What was there before the first line in the books; none without a statement that says it.
pub async fn opening(tx: &mut TenantTx, account: BankAccountId) -> Result<Option<Opening>, QueryError> {
    Ok(ends(tx, account, None, None).await?.map(|ends| ends.opening))
}

/// Up to a day, or to the last statement.
pub(super) async fn ends(
    tx: &mut TenantTx,
    account: BankAccountId,
    on: Option<NaiveDate>,
    known_at: Option<DateTime<Utc>>,
) -> Result<Option<Ends>, QueryError> {
    // Of several on one day the last is the one with whose end none begins, whichever came in last.
    let sql = "\
        with known as (select * from bank_statements \
                        where tenant_id = $1 and bank_account_id = $2 and kind = 'end_of_period' and closing is not null \
                          and to_date is not null and ($3::date is null or to_date <= $3) \
                          and ($4::timestamptz is null or imported_at <= $4) \
                          and (withdrawn_at is null or withdrawn_at > $4)), \
             of_day as (select * from known where to_date = (select max(to_date) from known)) \
        select bank_statement_id, closing, to_date, currency from of_day own \
         order by exists (select 1 from of_day next where next.opening = own.closing and next.bank_statement_id <> own.bank_statement_id), \
                  position desc limit 1";
    let tenant = tx.tenant();
    let row = sqlx::query(sql).bind(tenant.0).bind(account.0).bind(on).bind(known_at).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(None) };
    let currency = currency_of(row.try_get("currency")?)?;
    let known = Known::by(tx, known_at).await?;
    let chart = match known_at {
        Some(at) => crate::chart::known(tx, at).await?,
        None => ledger::books_now(tx).await?.chart,
    };
    let kept = chart.bank_account(account).cloned();
    let no_clearing = || QueryError::Corrupt("the chart has no clearing account".to_owned());
    let clearing = chart.posting_account(PostingRole::BankClearing).cloned().ok_or_else(no_clearing)?;
    let on: NaiveDate = row.try_get("to_date")?;
    let from = kept.as_ref().and_then(|kept| kept.in_books_from);
    let (eve, stated) = before_first_line(tx, account, from, known_at).await?;
    let eve = eve.unwrap_or(on);
    let ledger = match &kept {
        Some(kept) => held_at_opening(tx, kept, currency, [eve, on], known).await?,
        None => Decimal::ZERO,
    };
    let money = |amount| Money::rounded(amount, currency);
    let opening = Opening { on: eve, statement: money(stated), ledger: money(ledger) };
    let (closing, statement) = (row.try_get("closing")?, row.try_get("bank_statement_id")?);
    Ok(Some(Ends { kept, opening, closing, on, currency, statement, clearing, known }))
}

/// The eve of the first line, and what the bank states for it: what the last statement before it closed with, else the opening balance of
/// the first statement in the books with those of its lines that are not.
async fn before_first_line(
    tx: &mut TenantTx,
    account: BankAccountId,
    from: Option<NaiveDate>,
    known_at: Option<DateTime<Utc>>,
) -> sqlx::Result<(Option<NaiveDate>, Decimal)> {
    let sql = "\
        with known as (select * from bank_statements where tenant_id = $1 and bank_account_id = $2 \
                          and ($4::timestamptz is null or imported_at <= $4) \
                          and (withdrawn_at is null or withdrawn_at > $4)), \
             lines as (select l.booked_on, l.amount from bank_lines l \
                        where l.tenant_id = $1 and l.bank_account_id = $2 and l.bank_statement_id in (select bank_statement_id from known)), \
             of_account as (select * from known where kind = 'end_of_period'), \
             in_books as (select *, coalesce(from_date, to_date) as begins from of_account \
                           where opening is not null and ($3::date is null or to_date >= $3)), \
             first_day as (select * from in_books where begins is not distinct from (select min(begins) from in_books)), \
             first as (select opening, begins from first_day own \
                        order by exists (select 1 from first_day other \
                                          where other.closing = own.opening and other.bank_statement_id <> own.bank_statement_id), \
                                 position limit 1), \
             earlier as (select * from of_account where closing is not null and to_date < $3), \
             last_day as (select * from earlier where to_date = (select max(to_date) from earlier)), \
             before as (select closing from last_day own \
                         order by exists (select 1 from last_day next \
                                           where next.opening = own.closing and next.bank_statement_id <> own.bank_statement_id), \
                                  position desc limit 1) \
        select (select begins from first), (select min(booked_on) from lines), \
               coalesce((select closing from before), \
                        (select opening + coalesce((select sum(amount) from lines where booked_on >= begins and booked_on < $3), 0) \
                           from first), 0)";
    let tenant = tx.tenant();
    let (begins, booked, stated): (Option<NaiveDate>, Option<NaiveDate>, Decimal) =
        sqlx::query_as(sql).bind(tenant.0).bind(account.0).bind(from).bind(known_at).fetch_one(&mut **tx).await?;
    let first = from.or_else(|| begins.into_iter().chain(booked).min());
    Ok((first.map(|day| day.checked_sub_days(Days::new(1)).unwrap_or(day)), stated))
}

/// Whatever brought it there by then, and opening entries that count later because their period was closed.
async fn held_at_opening(
    tx: &mut TenantTx,
    kept: &BankLedgerAccount,
    currency: Currency,
    [eve, on]: [NaiveDate; 2],
    known: Known,
) -> sqlx::Result<Decimal> {
    let held = ledger::account_balances(tx, &kept.account_code, eve, known.through).await?;
    let held = held.into_iter().find(|line| line.currency == currency).map_or(Decimal::ZERO, |line| line.balance.amount());
    let sql = "select coalesce(sum(amount), 0) from journal_lines where tenant_id = $1 and account = $2 and currency = $3 \
                  and effective_date > $4 and effective_date <= $5 and line_id < $6 \
                  and reason in ('opening_balance', 'opening_balance_reversed')";
    let tenant = tx.tenant();
    let query = sqlx::query_scalar(sql).bind(tenant.0).bind(Word(kept.account_code.clone())).bind(Word(currency));
    let later: Decimal = query.bind(eve).bind(on).bind(known.end()).fetch_one(&mut **tx).await?;
    Ok(held + later)
}
