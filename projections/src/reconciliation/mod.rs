//! Bank and books of one account at one day: statement balance = ledger balance + what only the bank has − what only the books have.
//!
//! Both sides are reckoned apart: the bank's is the balance that it states, the books' the balance of the ledger's own account, which the
//! lines move one by one when a payment or a person explains them. What is on its way between the two stands on the clearing account, and
//! is told payment by payment.

mod ends;
mod transit;

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::bank_statement::MatchTarget;
use quittance_domain::chart::Code;
use quittance_domain::ids::{BankAccountId, BankStatementId};
use quittance_domain::ledger::{DocumentType, Reason};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub use ends::{Opening, opening};
pub use transit::{Clearing, TransitItem};

use crate::bank_line::{BankLineRow, BankLineView, lines_known};
use crate::ledger;
use crate::page::QueryError;
use crate::rows::Row;
use crate::word::Word;
use ends::{Ends, ends};
use transit::Transit;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Reconciliation {
    pub bank_account_id: BankAccountId,
    /// The day of the last statement up to the day that was asked for.
    pub on: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    pub bank_statement_id: BankStatementId,
    /// As the bank states it.
    pub statement_balance: Money,
    /// The account of the books that moves with the bank account; absent where none is assigned.
    pub ledger: Option<LedgerAccount>,
    /// What was there before the first line in the books: as the bank states it, and as the books have it.
    pub opening: Opening,
    /// Lines that the ledger's account does not have: nobody has booked them, or they count later.
    pub only_bank: Vec<BankLineView>,
    #[schema(value_type = Money)]
    pub only_bank_total: Money,
    /// What moved the ledger's account and is no line of a statement.
    pub only_books: Vec<LedgerItem>,
    pub only_books_total: Money,
    /// Statement balance less what it should be by the ledger and these items.
    pub difference: Money,
    /// What has left the vendors' accounts, or come back to them, and is on no line yet.
    pub in_transit: Vec<TransitItem>,
    pub in_transit_total: Money,
    /// What the bank was told to pay: in no account of the books until it says that it did.
    pub under_way: Vec<TransitItem>,
    /// The balance of the ledger's account with what is in transit: what the company may count on.
    pub book_balance: Option<Money>,
    /// The clearing account of this bank account's payments beside them.
    pub clearing: Clearing,
    /// Whether statement, lines and ledger tie, the opening balance is in the books, and the clearing account holds what is in transit.
    pub proven: bool,
    /// What stands in the way of the proof.
    pub not_proven: Vec<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LedgerAccount {
    pub account: Code,
    pub balance: Money,
    /// In the books' currency, at the rates of what moved it and with what was revalued; absent before the books have a currency.
    pub base_balance: Option<Money>,
    /// The part of the balance that has no amount in the books' currency, because no rate of its day is known.
    pub untranslated: Money,
    #[schema(example = "/v1/journal?account=1000&currency=EUR&as_of=2026-03-31&through=4711")]
    pub explained_by: String,
}

/// A line of the journal on the bank's account that no statement brought.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LedgerItem {
    pub position: i64,
    pub reason: Reason,
    pub document_type: DocumentType,
    pub document_id: Uuid,
    pub effective_date: NaiveDate,
    /// Debit above zero.
    pub amount: Money,
}

/// As it is stored.
type LedgerItemRow = (i64, Word<Reason>, Word<DocumentType>, Uuid, NaiveDate, Decimal);

/// None without a statement up to that day. As far as was recorded by a moment it says the same for ever; without one all that is known now.
pub async fn reconcile(
    tx: &mut TenantTx,
    account: BankAccountId,
    on: NaiveDate,
    known_at: Option<DateTime<Utc>>,
) -> Result<Option<Reconciliation>, QueryError> {
    let Some(ends) = ends(tx, account, Some(on), known_at).await? else { return Ok(None) };
    let lines = match known_at {
        Some(at) => lines_known(tx, account, ends.on, at).await?,
        None => lines(tx, account, ends.on).await?,
    };
    let posted = posted(tx, &ends).await?;
    let ledger = ledger_account(tx, &ends).await?;
    let only_books = only_books(tx, &ends).await?;
    let transit = transit::transit(tx, account, &ends, &lines, &posted).await?;
    Ok(Some(ends.reckon(account, lines, &posted, ledger, only_books, transit)))
}

async fn lines(tx: &mut TenantTx, account: BankAccountId, on: NaiveDate) -> sqlx::Result<Vec<BankLineRow>> {
    let columns = BankLineRow::COLUMNS.join(", ");
    let sql = format!(
        "select {columns} from bank_lines where tenant_id = $1 and bank_account_id = $2 and booked_on <= $3 and not withdrawn order by booked_on, bank_line_id"
    );
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(account.0).bind(on).fetch_all(&mut **tx).await
}

/// What each line has moved the ledger's accounts by up to the day; what was taken back has moved nothing.
async fn posted(tx: &mut TenantTx, ends: &Ends) -> sqlx::Result<HashMap<Uuid, Decimal>> {
    let sql = "select document_id, sum(amount) from journal_lines \
                where tenant_id = $1 and account = $2 and currency = $3 and effective_date <= $4 and line_id < $5 \
                  and document_type = 'bank_line' \
                group by document_id having sum(amount) <> 0";
    let Some(kept) = &ends.kept else { return Ok(HashMap::new()) };
    let tenant = tx.tenant();
    let query = sqlx::query_as(sql).bind(tenant.0).bind(Word(kept.account_code.clone())).bind(Word(ends.currency)).bind(ends.on);
    Ok(query.bind(ends.known.end()).fetch_all(&mut **tx).await?.into_iter().collect())
}

async fn ledger_account(tx: &mut TenantTx, ends: &Ends) -> sqlx::Result<Option<LedgerAccount>> {
    let Some(kept) = &ends.kept else { return Ok(None) };
    let (account, through) = (kept.account_code.clone(), ends.known.through);
    let held = ledger::account_balances(tx, &account, ends.on, through).await?;
    let line = held.into_iter().find(|line| line.currency == ends.currency);
    let explained_by = format!("/v1/journal?account={account}&currency={}&as_of={}&through={through}", ends.currency, ends.on);
    let nothing = Money::zero(ends.currency);
    let (balance, in_base, untranslated) =
        line.map_or((nothing, Decimal::ZERO, nothing), |line| (line.balance, line.base_balance, line.untranslated));
    let base_balance = ledger::books_now(tx).await?.base.map(|base| Money::rounded(in_base, base));
    Ok(Some(LedgerAccount { account, balance, base_balance, untranslated, explained_by }))
}

/// Entries by hand from before the account was the bank's alone; what opened it is told as its opening, and a revaluation moves no amount.
async fn only_books(tx: &mut TenantTx, ends: &Ends) -> sqlx::Result<Vec<LedgerItem>> {
    let sql = "select position, reason, document_type, document_id, effective_date, amount from journal_lines \
                where tenant_id = $1 and account = $2 and currency = $3 and effective_date > $4 and effective_date <= $5 \
                  and line_id < $6 and amount <> 0 and document_type <> 'bank_line' and reason not in ('opening_balance', 'opening_balance_reversed') order by line_id";
    let Some(kept) = &ends.kept else { return Ok(vec![]) };
    let tenant = tx.tenant();
    let query = sqlx::query_as(sql).bind(tenant.0).bind(Word(kept.account_code.clone())).bind(Word(ends.currency));
    let found: Vec<LedgerItemRow> = query.bind(ends.opening.on).bind(ends.on).bind(ends.known.end()).fetch_all(&mut **tx).await?;
    let item = |(position, reason, document_type, document_id, effective_date, amount): LedgerItemRow| {
        let amount = Money::rounded(amount, ends.currency);
        LedgerItem { position, reason: reason.0, document_type: document_type.0, document_id, effective_date, amount }
    };
    Ok(found.into_iter().map(item).collect())
}

impl Ends {
    fn reckon(
        self,
        account: BankAccountId,
        lines: Vec<BankLineRow>,
        posted: &HashMap<Uuid, Decimal>,
        ledger: Option<LedgerAccount>,
        only_books: Vec<LedgerItem>,
        transit: Transit,
    ) -> Reconciliation {
        let money = |amount| Money::rounded(amount, self.currency);
        let counts = |line: &BankLineRow| line.booked_on > self.opening.on;
        let unposted = |line: &BankLineRow| !posted.contains_key(&line.bank_line_id);
        let only_bank: Vec<BankLineView> =
            lines.into_iter().filter(|line| counts(line) && unposted(line)).map(BankLineView::from).collect();
        let bank_total: Decimal = only_bank.iter().map(|line| line.amount.amount()).sum();
        let books_total: Decimal = only_books.iter().map(|item| item.amount.amount()).sum();
        // Without an account in the books what the bank states must follow from its own opening balance and lines.
        let held = ledger.as_ref().map_or(self.opening.statement.amount(), |ledger| ledger.balance.amount());
        let difference = money(self.closing - (held + bank_total - books_total));
        let obstacles = [
            ("ledger_account_missing", ledger.is_none()),
            ("opening_balance_not_in_books", ledger.is_some() && self.opening.statement != self.opening.ledger),
            ("difference", !difference.is_zero()),
            ("clearing_account_differs", ledger.is_some() && !transit.clearing.difference.is_zero()),
        ];
        let not_proven: Vec<&'static str> = obstacles.into_iter().filter(|(_, is_so)| *is_so).map(|(code, _)| code).collect();
        let in_transit_total = transit.total(self.currency);
        Reconciliation {
            bank_account_id: account,
            on: self.on,
            known_at: self.known.at,
            bank_statement_id: BankStatementId(self.statement),
            statement_balance: money(self.closing),
            book_balance: ledger.as_ref().map(|ledger| money(ledger.balance.amount() + in_transit_total.amount())),
            ledger,
            opening: self.opening,
            only_bank,
            only_bank_total: money(bank_total),
            only_books,
            only_books_total: money(books_total),
            difference,
            in_transit: transit.items,
            in_transit_total,
            under_way: transit.under_way,
            clearing: transit.clearing,
            proven: not_proven.is_empty(),
            not_proven,
        }
    }
}

/// A payment's item that left (true) or came back (false).
type Moved = (Uuid, u32, bool);

fn moved(line: &BankLineRow) -> impl Iterator<Item = Moved> + '_ {
    let target = line.matching.as_ref().map(|matching| &matching.target);
    target.into_iter().flat_map(|target| match target {
        MatchTarget::Payment { payment_id, items, effect, .. } => {
            let left = *effect == quittance_domain::bank_statement::PaymentEffect::Settles;
            items.iter().map(|item| (payment_id.0, *item, left)).collect()
        }
        MatchTarget::Refund { .. }
        | MatchTarget::Receivable { .. }
        | MatchTarget::CustomerRefund { .. }
        | MatchTarget::IncomingReturned { .. }
        | MatchTarget::Explained { .. } => vec![],
    })
}

fn currency_of(text: &str) -> Result<Currency, QueryError> {
    text.parse().map_err(|_| QueryError::Corrupt(format!("{text} is no currency")))
}
