//! Balances by account and currency: as of a day in the books, as known at a moment or a position of the log.
//!
//! Every figure says which lines of the journal add up to it.

use chrono::{DateTime, Days, NaiveDate, Utc};
use quittance_domain::chart::{AccountKind, Code, PostingRole};
use quittance_domain::ledger::Books;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::journal::{JournalFilter, JournalLineView, journal};
use super::kept::books_now;
use super::lines::first_line_of;
use super::sums::{block_of, first_position_of};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrialBalanceFilter {
    /// The last day in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    #[param(value_type = Option<String>)]
    pub account: Option<Code>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrialBalance {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// The currency of the books.
    pub base_currency: Option<Currency>,
    pub lines: Vec<TrialBalanceLine>,
    /// One a currency; debits equal credits.
    pub totals: Vec<CurrencyTotal>,
    /// In the books' currency; debits equal credits.
    pub base: BaseTotal,
}

/// One account in one currency. Debit is above zero.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TrialBalanceLine {
    pub account: Code,
    /// As it is called now.
    pub name: Option<String>,
    pub kind: Option<AccountKind>,
    pub currency: Currency,
    pub debit: Money,
    pub credit: Money,
    pub balance: Money,
    #[schema(value_type = String)]
    pub base_debit: Decimal,
    #[schema(value_type = String)]
    pub base_credit: Decimal,
    #[schema(value_type = String)]
    pub base_balance: Decimal,
    /// The part of the balance that no exchange rate is known for.
    pub untranslated: Money,
    /// The lines whose amounts add up to the balance.
    #[schema(example = "/v1/journal?account=2000&currency=EUR&as_of=2026-03-31&through=4711")]
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CurrencyTotal {
    pub currency: Currency,
    pub debit: Money,
    pub credit: Money,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct BaseTotal {
    #[schema(value_type = String)]
    pub debit: Decimal,
    #[schema(value_type = String)]
    pub credit: Decimal,
}

#[derive(sqlx::FromRow)]
struct Balance {
    account: Word<Code>,
    currency: Word<Currency>,
    debit: Decimal,
    credit: Decimal,
    base_debit: Decimal,
    base_credit: Decimal,
    untranslated: Decimal,
}

const BALANCES: &str = "\
    select account, currency, sum(debit) as debit, sum(credit) as credit, sum(base_debit) as base_debit, sum(base_credit) as base_credit, \
           sum(untranslated) as untranslated \
      from (select account, currency, debit, credit, base_debit, base_credit, untranslated from ledger_sums \
             where tenant_id = $1 and effective_date <= $2 and block < $3 and ($6::text is null or account = $6) \
             union all \
            select account, currency, greatest(amount, 0), greatest(-amount, 0), greatest(coalesce(base, 0), 0), greatest(-coalesce(base, 0), 0), \
                   case when base is null then amount else 0 end \
              from journal_lines \
             where tenant_id = $1 and effective_date <= $2 and line_id >= $4 and line_id < $5 and ($6::text is null or account = $6)) moved \
     group by account, currency order by account, currency";

/// `today` is used where the filter names no day.
pub async fn trial_balance(tx: &mut TenantTx, filter: &TrialBalanceFilter, today: NaiveDate) -> sqlx::Result<TrialBalance> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = through(tx, filter.known_at).await?;
    let balances = balances(tx, as_of, through, filter.account.as_ref()).await?;
    let books = books_now(tx).await?;
    let lines: Vec<TrialBalanceLine> = balances.into_iter().map(|b| b.line(&books, as_of, through)).collect();
    let base = lines
        .iter()
        .fold(BaseTotal::default(), |sum, line| BaseTotal { debit: sum.debit + line.base_debit, credit: sum.credit + line.base_credit });
    let known_at = filter.known_at;
    Ok(TrialBalance { as_of, known_at, through, base_currency: books.base, totals: totals(&lines), lines, base })
}

/// The last position whose lines were recorded by then. Positions and times rise together.
pub(crate) async fn through(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let last = match known_at {
        None => sqlx::query_scalar("select position from journal_lines where tenant_id = $1 order by line_id desc limit 1").bind(tenant.0),
        Some(at) => {
            let query = "select position from journal_lines where tenant_id = $1 and recorded_at <= $2 order by recorded_at desc, line_id desc limit 1";
            sqlx::query_scalar(query).bind(tenant.0).bind(at)
        }
    };
    Ok(last.fetch_optional(&mut **tx).await?.unwrap_or_default())
}

async fn balances(tx: &mut TenantTx, as_of: NaiveDate, through: i64, account: Option<&Code>) -> sqlx::Result<Vec<Balance>> {
    let (tenant, block) = (tx.tenant(), block_of(through));
    sqlx::query_as(BALANCES)
        .bind(tenant.0)
        .bind(as_of)
        .bind(block)
        .bind(first_line_of(first_position_of(block)))
        .bind(first_line_of(through + 1))
        .bind(account.cloned().map(Word))
        .fetch_all(&mut **tx)
        .await
}

impl Balance {
    fn line(self, books: &Books, as_of: NaiveDate, through: i64) -> TrialBalanceLine {
        let (account, currency) = (self.account.0, self.currency.0);
        let money = |amount| Money::rounded(amount, currency);
        let known = books.chart.accounts.get(&account);
        let in_base = |amount| books.base.map_or(amount, |base| Money::rounded(amount, base).amount());
        TrialBalanceLine {
            name: known.map(|a| a.name.clone()),
            kind: known.map(|a| a.kind),
            currency,
            debit: money(self.debit),
            credit: money(self.credit),
            balance: money(self.debit - self.credit),
            base_debit: in_base(self.base_debit),
            base_credit: in_base(self.base_credit),
            base_balance: in_base(self.base_debit - self.base_credit),
            untranslated: money(self.untranslated),
            explained_by: format!("/v1/journal?account={account}&currency={currency}&as_of={as_of}&through={through}"),
            account,
        }
    }
}

fn totals(lines: &[TrialBalanceLine]) -> Vec<CurrencyTotal> {
    let mut totals: Vec<CurrencyTotal> = Vec::new();
    let more = |sum: Money, by: Money| Money::rounded(sum.amount() + by.amount(), sum.currency());
    for line in lines {
        match totals.iter_mut().find(|total| total.currency == line.currency) {
            Some(total) => (total.debit, total.credit) = (more(total.debit, line.debit), more(total.credit, line.credit)),
            None => totals.push(CurrencyTotal { currency: line.currency, debit: line.debit, credit: line.credit }),
        }
    }
    totals.sort_by_key(|total| total.currency.code());
    totals
}

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StatementFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

/// What an account held before a time, what moved it, and what it held after.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccountStatement {
    pub account: Code,
    pub name: Option<String>,
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub through: i64,
    /// One a currency.
    pub opening: Vec<AccountBalance>,
    pub closing: Vec<AccountBalance>,
    /// By day.
    pub lines: PageOf<JournalLineView>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AccountBalance {
    pub balance: Money,
    #[schema(value_type = String)]
    pub base_balance: Decimal,
    /// The lines whose amounts add up to it.
    pub explained_by: String,
}

pub async fn statement(tx: &mut TenantTx, account: Code, filter: &StatementFilter, page: &Page) -> Result<AccountStatement, QueryError> {
    let StatementFilter { from, to, known_at } = *filter;
    let through = through(tx, known_at).await?;
    let books = books_now(tx).await?;
    let before = from.checked_sub_days(Days::new(1)).unwrap_or(from);
    let opening = balances(tx, before, through, Some(&account)).await?.into_iter().map(|b| b.line(&books, before, through).into());
    let closing = balances(tx, to, through, Some(&account)).await?.into_iter().map(|b| b.line(&books, to, through).into());
    let moved = JournalFilter {
        account: Some(account.clone()),
        effective_from: Some(from),
        as_of: Some(to),
        through: Some(through),
        ..JournalFilter::default()
    };
    let page = Page { sort: page.sort.clone().or_else(|| Some("effective_date".to_owned())), ..page.clone() };
    let lines = journal(tx, &moved, &page).await?;
    let name = books.chart.accounts.get(&account).map(|a| a.name.clone());
    Ok(AccountStatement { account, name, from, to, through, opening: opening.collect(), closing: closing.collect(), lines })
}

/// What one account holds, a line a currency.
pub async fn account_balances(tx: &mut TenantTx, account: &Code, as_of: NaiveDate, through: i64) -> sqlx::Result<Vec<TrialBalanceLine>> {
    let books = books_now(tx).await?;
    let held = balances(tx, as_of, through, Some(account)).await?;
    Ok(held.into_iter().map(|balance| balance.line(&books, as_of, through)).collect())
}

/// What the accounts hold that stand for a role now or did once, a line an account and currency.
pub async fn role_balances(
    tx: &mut TenantTx,
    books: &Books,
    role: PostingRole,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<Vec<TrialBalanceLine>> {
    let mut held = account_balances(tx, &books.account(role), as_of, through).await?;
    for former in books.chart.former_accounts(role) {
        held.extend(account_balances(tx, former, as_of, through).await?);
    }
    Ok(held)
}

/// The account of `role`, and what it holds in one currency; after it those that were it once and hold something.
pub async fn control_balance(
    tx: &mut TenantTx,
    role: PostingRole,
    currency: Currency,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<((Code, AccountBalance), Vec<(Code, AccountBalance)>)> {
    let books = books_now(tx).await?;
    let now = held(tx, &books, books.account(role), currency, as_of, through).await?;
    let mut former = Vec::new();
    for account in books.chart.former_accounts(role) {
        former.push(held(tx, &books, account.clone(), currency, as_of, through).await?);
    }
    former.retain(|(_, held)| !held.balance.is_zero() || !held.base_balance.is_zero());
    Ok((now, former))
}

async fn held(
    tx: &mut TenantTx,
    books: &Books,
    account: Code,
    currency: Currency,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<(Code, AccountBalance)> {
    let found = balances(tx, as_of, through, Some(&account)).await?.into_iter().find(|balance| balance.currency.0 == currency);
    let zero = Decimal::ZERO;
    let nothing = || {
        let (account, currency) = (Word(account.clone()), Word(currency));
        Balance { account, currency, debit: zero, credit: zero, base_debit: zero, base_credit: zero, untranslated: zero }
    };
    let line = found.unwrap_or_else(nothing).line(books, as_of, through);
    Ok((account, line.into()))
}

impl From<TrialBalanceLine> for AccountBalance {
    fn from(line: TrialBalanceLine) -> Self {
        Self { balance: line.balance, base_balance: line.base_balance, explained_by: line.explained_by }
    }
}
