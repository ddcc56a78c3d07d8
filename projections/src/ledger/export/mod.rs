//! The ledger as plain-text accounting, for hledger and beancount: entries as they were posted, and at the end the balances
//! that those programs are to confirm.
//!
//! Amounts stand in their own currency with their cost in the books' currency, so both kinds of balances can be asked for.
//! What is in the books' currency alone, such as a gain of exchange, stands in it. Read in pages: memory stays bounded.

mod text;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::{AccountKind, Code};
use quittance_domain::ledger::Books;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use tokio::sync::mpsc;
use utoipa::{IntoParams, ToSchema};

use super::kept::books_now;
use super::lines::{JournalLineRow, first_line_of};
use super::trial_balance::through;
use crate::rows::Row;
use crate::word::Word;

/// Lines read at once.
const PAGE: i64 = 5_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, strum::Display, strum::EnumString)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Format {
    Hledger,
    Beancount,
}

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportFilter {
    #[param(value_type = String, example = "hledger")]
    pub format: Format,
    /// The last day in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
}

/// What an account holds, as the programs count it.
#[derive(sqlx::FromRow)]
struct Held {
    account: Word<Code>,
    currency: Word<Currency>,
    amount: Decimal,
}

/// What is in the books' currency alone is held in it, also where it is about another: the same as [`Scribe::postings`].
const HELD: &str = "\
    select account, unit as currency, sum(held) as amount from \
      (select account, currency as unit, amount as held from journal_lines \
        where tenant_id = $1 and effective_date <= $2 and line_id < $3 and amount <> 0 \
        union all \
       select account, coalesce($4, currency), base from journal_lines \
        where tenant_id = $1 and effective_date <= $2 and line_id < $3 and currency is distinct from $4 and base <> 0 \
          and (amount = 0 or sign(base) <> sign(amount)) \
        union all \
       select account, currency, base from journal_lines \
        where tenant_id = $1 and effective_date <= $2 and line_id < $3 and currency = $4 and amount = 0 and base <> 0) posted \
     group by account, unit order by account, unit";

/// Sends the file piece by piece. Whoever hangs up ends it.
pub async fn export(mut tx: TenantTx, filter: &ExportFilter, today: NaiveDate, pieces: &mpsc::Sender<String>) -> sqlx::Result<()> {
    let as_of = filter.as_of.unwrap_or(today);
    let end = first_line_of(through(&mut tx, filter.known_at).await? + 1);
    let books = books_now(&mut tx).await?;
    let tenant = tx.tenant();
    let held: Vec<Held> = sqlx::query_as(HELD).bind(tenant.0).bind(as_of).bind(end).bind(books.base.map(Word)).fetch_all(&mut *tx).await?;
    let scribe = Scribe { format: filter.format, books: &books };
    if pieces.send(scribe.head(&held)).await.is_err() {
        return Ok(());
    }
    let mut pages = Pages { next: 0, end, as_of, rest: vec![] };
    while let Some(lines) = pages.read(&mut tx).await? {
        let text: String = lines.chunk_by(same_entry).map(|entry| scribe.entry(entry)).collect();
        if pieces.send(text).await.is_err() {
            return Ok(());
        }
    }
    let _ = pieces.send(scribe.balances(&held, as_of)).await;
    Ok(())
}

fn same_entry(one: &JournalLineRow, other: &JournalLineRow) -> bool {
    (one.position, one.entry) == (other.position, other.entry)
}

/// The lines in the order of the log, whole entries at a time.
struct Pages {
    next: i64,
    end: i64,
    as_of: NaiveDate,
    /// Lines of an entry that may go on in the next page.
    rest: Vec<JournalLineRow>,
}

impl Pages {
    async fn read(&mut self, tx: &mut TenantTx) -> sqlx::Result<Option<Vec<JournalLineRow>>> {
        let query = format!(
            "select {} from journal_lines where tenant_id = $1 and line_id >= $2 and line_id < $3 and effective_date <= $4 order by line_id limit $5",
            JournalLineRow::COLUMNS.join(", ")
        );
        let tenant = tx.tenant();
        let query = sqlx::query_as(&query).bind(tenant.0).bind(self.next).bind(self.end).bind(self.as_of).bind(PAGE);
        let read: Vec<JournalLineRow> = query.fetch_all(&mut **tx).await?;
        let more = read.len() as i64 == PAGE;
        self.next = read.last().map_or(self.end, |line| line.line_id + 1);
        let mut lines = std::mem::take(&mut self.rest);
        lines.extend(read);
        if more && let Some(last) = lines.last().cloned() {
            let whole = lines.iter().rposition(|line| !same_entry(line, &last)).map_or(0, |index| index + 1);
            self.rest = lines.split_off(whole);
        }
        Ok(if lines.is_empty() && !more { None } else { Some(lines) })
    }
}

/// Writes one of the two formats.
struct Scribe<'b> {
    format: Format,
    books: &'b Books,
}

/// A posting: an amount, and its cost in the books' currency where it is in another.
struct Posting {
    amount: Money,
    cost: Option<Money>,
}

impl Scribe<'_> {
    fn kind(&self, account: &Code) -> AccountKind {
        self.books.chart.accounts.get(account).map_or(AccountKind::Equity, |account| account.kind)
    }

    /// One posting a line, or two where the cost has not the sign of the amount (a cent of rounding).
    fn postings(&self, line: &JournalLineRow) -> Vec<Posting> {
        let amount = Money::rounded(line.amount, line.currency.0);
        let base = self.books.base.zip(line.base).map(|(currency, base)| Money::rounded(base, currency));
        match base {
            Some(base) if amount.is_zero() => vec![Posting { amount: base, cost: None }],
            Some(base) if amount.currency() == base.currency() => vec![Posting { amount, cost: None }],
            Some(base) if base.is_zero() || base.is_positive() == amount.is_positive() => vec![Posting { amount, cost: Some(base) }],
            Some(base) => vec![Posting { amount, cost: Some(Money::zero(base.currency())) }, Posting { amount: base, cost: None }],
            None => vec![Posting { amount, cost: None }],
        }
    }
}
