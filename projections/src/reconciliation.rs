//! Bank and books of one account at one day: statement balance = book balance + what only the bank has − what only the books have.
//!
//! Both sides are reckoned apart. The bank's is the balance that it states; the books' follow from the payments and from what people
//! explained. A difference means a statement that is missing, or lines that the bank's own balance does not bear out.

use std::collections::HashSet;

use chrono::NaiveDate;
use quittance_domain::bank_statement::{MatchTarget, PaymentEffect};
use quittance_domain::ids::{BankAccountId, BankStatementId, PaymentId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::Row as _;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::bank_line::{BankLineRow, BankLineView, BankMoveRow};
use crate::page::QueryError;
use crate::rows::Row;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reconciliation {
    pub bank_account_id: BankAccountId,
    /// The day of the last statement up to the day that was asked for.
    pub on: NaiveDate,
    pub bank_statement_id: BankStatementId,
    /// As the bank states it.
    pub statement_balance: Money,
    /// The first statement's opening balance, settled and returned payments, and what people explained.
    pub book_balance: Money,
    /// Lines that the books do not have: nothing explains them, or what they tell of counts later.
    pub only_bank: Vec<BankLineView>,
    #[schema(value_type = Money)]
    pub only_bank_total: Money,
    /// Settlements and returns that no line tells of.
    pub only_books: Vec<BookItem>,
    pub only_books_total: Money,
    /// Statement balance less what it should be; zero is the proof.
    pub difference: Money,
    pub proven: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BookItem {
    pub payment_id: PaymentId,
    pub item: i32,
    pub end_to_end_id: String,
    pub value_date: NaiveDate,
    /// Above zero the account grew.
    pub amount: Money,
}

/// A payment's item that left (true) or came back (false).
type Moved = (Uuid, u32, bool);

/// None without a statement up to that day.
pub async fn reconcile(tx: &mut TenantTx, account: BankAccountId, on: NaiveDate) -> Result<Option<Reconciliation>, QueryError> {
    let Some(ends) = ends(tx, account, on).await? else { return Ok(None) };
    let lines = lines(tx, account, ends.on).await?;
    let moves = moves(tx, account).await?;
    Ok(Some(ends.reckon(account, lines, &moves)))
}

struct Ends {
    opening: Decimal,
    closing: Decimal,
    on: NaiveDate,
    currency: Currency,
    statement: Uuid,
}

async fn ends(tx: &mut TenantTx, account: BankAccountId, on: NaiveDate) -> Result<Option<Ends>, QueryError> {
    let sql = "with of_account as (select * from bank_statements where tenant_id = $1 and bank_account_id = $2 and kind = 'end_of_period') \
               select last.bank_statement_id, last.closing, last.to_date, last.currency, \
                      (select opening from of_account where opening is not null order by coalesce(from_date, to_date), position limit 1) as opening \
               from of_account last where closing is not null and to_date <= $3 order by to_date desc, position desc limit 1";
    let tenant = tx.tenant();
    let row = sqlx::query(sql).bind(tenant.0).bind(account.0).bind(on).fetch_optional(&mut **tx).await?;
    let Some(row) = row else { return Ok(None) };
    let currency: String = row.try_get("currency")?;
    Ok(Some(Ends {
        opening: row.try_get::<Option<Decimal>, _>("opening")?.unwrap_or_default(),
        closing: row.try_get("closing")?,
        on: row.try_get("to_date")?,
        currency: currency.parse().map_err(|_| QueryError::Corrupt(format!("{currency} is no currency")))?,
        statement: row.try_get("bank_statement_id")?,
    }))
}

async fn lines(tx: &mut TenantTx, account: BankAccountId, on: NaiveDate) -> sqlx::Result<Vec<BankLineRow>> {
    let columns = BankLineRow::COLUMNS.join(", ");
    let sql = format!(
        "select {columns} from bank_lines where tenant_id = $1 and bank_account_id = $2 and booked_on <= $3 order by booked_on, bank_line_id"
    );
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(account.0).bind(on).fetch_all(&mut **tx).await
}

async fn moves(tx: &mut TenantTx, account: BankAccountId) -> sqlx::Result<Vec<BankMoveRow>> {
    let columns = BankMoveRow::COLUMNS.join(", ");
    let sql = format!(
        "select {columns} from bank_moves where tenant_id = $1 and bank_account_id = $2 and settled_on is not null order by settled_on"
    );
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(account.0).fetch_all(&mut **tx).await
}

impl Ends {
    fn reckon(self, account: BankAccountId, lines: Vec<BankLineRow>, moves: &[BankMoveRow]) -> Reconciliation {
        let in_books: Vec<(Moved, BookItem)> = moves.iter().flat_map(|own| self.book_items(own)).collect();
        let known: HashSet<Moved> = in_books.iter().map(|(moved, _)| *moved).collect();
        let of_account: HashSet<Uuid> = moves.iter().map(|own| own.payment_id).collect();
        let told: HashSet<Moved> = lines.iter().flat_map(moved).collect();
        let mut books = self.opening + in_books.iter().map(|(_, item)| item.amount.amount()).sum::<Decimal>();
        let mut only_bank = vec![];
        for line in lines {
            match standing(&line, &known, &of_account) {
                Standing::Booked => {}
                Standing::Explained => books += line.amount,
                Standing::OnlyBank => only_bank.push(BankLineView::from(line)),
            }
        }
        let only_books: Vec<BookItem> = in_books.into_iter().filter(|(moved, _)| !told.contains(moved)).map(|(_, item)| item).collect();
        self.told(account, books, only_bank, only_books)
    }

    fn told(&self, account: BankAccountId, books: Decimal, only_bank: Vec<BankLineView>, only_books: Vec<BookItem>) -> Reconciliation {
        let bank_total: Decimal = only_bank.iter().map(|line| line.amount.amount()).sum();
        let books_total: Decimal = only_books.iter().map(|item| item.amount.amount()).sum();
        let difference = self.closing - (books + bank_total - books_total);
        let money = |amount| Money::rounded(amount, self.currency);
        Reconciliation {
            bank_account_id: account,
            on: self.on,
            bank_statement_id: BankStatementId(self.statement),
            statement_balance: money(self.closing),
            book_balance: money(books),
            only_bank,
            only_bank_total: money(bank_total),
            only_books,
            only_books_total: money(books_total),
            difference: money(difference),
            proven: difference.is_zero(),
        }
    }

    /// The item's leaving and coming back, as far as they count by the day.
    fn book_items(&self, own: &BankMoveRow) -> Vec<(Moved, BookItem)> {
        let fact = |left: bool, day: Option<NaiveDate>| {
            let value_date = day.filter(|day| *day <= self.on)?;
            let amount = Money::rounded(if left { -own.amount } else { own.amount }, own.currency.0);
            let item = BookItem {
                payment_id: PaymentId(own.payment_id),
                item: own.item,
                end_to_end_id: own.end_to_end_id.clone(),
                value_date,
                amount,
            };
            Some(((own.payment_id, own.item as u32, left), item))
        };
        [fact(true, own.settled_on), fact(false, own.returned_on)].into_iter().flatten().collect()
    }
}

enum Standing {
    /// The books have what the line tells of.
    Booked,
    /// In the books by what a person said, or by a payment that names no account.
    Explained,
    OnlyBank,
}

fn standing(line: &BankLineRow, known: &HashSet<Moved>, of_account: &HashSet<Uuid>) -> Standing {
    match line.matching.as_ref().map(|matching| &matching.target) {
        None => Standing::OnlyBank,
        Some(MatchTarget::Explained { .. }) => Standing::Explained,
        Some(MatchTarget::Payment { payment_id, .. }) if !of_account.contains(&payment_id.0) => Standing::Explained,
        Some(MatchTarget::Payment { .. }) if moved(line).all(|own| known.contains(&own)) => Standing::Booked,
        Some(MatchTarget::Payment { .. }) => Standing::OnlyBank,
    }
}

fn moved(line: &BankLineRow) -> impl Iterator<Item = Moved> + '_ {
    let target = line.matching.as_ref().map(|matching| &matching.target);
    target.into_iter().flat_map(|target| match target {
        MatchTarget::Payment { payment_id, items, effect, .. } => {
            let left = *effect == PaymentEffect::Settles;
            items.iter().map(|item| (payment_id.0, *item, left)).collect()
        }
        MatchTarget::Explained { .. } => vec![],
    })
}
