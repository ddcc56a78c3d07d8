//! Payments between the books and the bank: what left the vendors' accounts stands on the clearing account until a line tells of it.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::Code;
use quittance_domain::ids::{BankAccountId, PaymentId};
use quittance_domain::payment::{ItemState, Payment, PaymentStatus};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use super::ends::Ends;
use super::{Moved, moved};
use crate::bank_line::{BankLineRow, BankMoveRow, moves_known};
use crate::logged::as_known;
use crate::page::QueryError;
use crate::rows::Row;
use crate::word::Word;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TransitItem {
    pub payment_id: PaymentId,
    pub item: i32,
    pub end_to_end_id: String,
    /// Of what has moved the day on which that counts, of what is under way none.
    pub value_date: Option<NaiveDate>,
    /// Above zero the account grows.
    pub amount: Money,
}

/// What the payments of one bank account have put on the clearing account, and no line has taken off.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Clearing {
    pub account: Code,
    pub balance: Money,
    /// The balance less what is in transit, and less lines that were matched and are not in the bank's account.
    pub difference: Money,
}

pub(super) struct Transit {
    pub items: Vec<TransitItem>,
    pub under_way: Vec<TransitItem>,
    pub clearing: Clearing,
}

impl Transit {
    pub fn total(&self, currency: Currency) -> Money {
        Money::rounded(self.items.iter().map(|item| item.amount.amount()).sum(), currency)
    }
}

pub(super) async fn transit(
    tx: &mut TenantTx,
    account: BankAccountId,
    ends: &Ends,
    lines: &[BankLineRow],
    posted: &HashMap<Uuid, Decimal>,
) -> Result<Transit, QueryError> {
    let all = match ends.known.at {
        Some(at) => moves_known(tx, account, at).await?,
        None => moves(tx, account).await?,
    };
    let under_way = match ends.known.at {
        Some(at) => under_way_at(tx, &all, at).await?,
        None => under_way(tx, account).await?,
    };
    let moves: Vec<BankMoveRow> = all.into_iter().filter(|own| own.settled_on.is_some()).collect();
    let in_books: Vec<(Moved, TransitItem)> = moves.iter().flat_map(|own| items(own, ends.on)).collect();
    let known: HashSet<Moved> = in_books.iter().map(|(moved, _)| *moved).collect();
    let told: HashSet<Moved> = lines.iter().flat_map(moved).collect();
    // Matched, and all the same not in the bank's account: from before it was kept, or because its period was closed.
    let waits = |line: &&BankLineRow| !posted.contains_key(&line.bank_line_id) && moved(line).any(|own| known.contains(&own));
    let waiting: Decimal = lines.iter().filter(waits).map(|line| line.amount).sum();
    // The bank booked it by the day, and it leaves the vendor's account on its value date after it.
    let amounts: HashMap<Moved, Decimal> = moves.iter().flat_map(BankMoveRow::both).collect();
    let posted_lines = lines.iter().filter(|line| posted.contains_key(&line.bank_line_id));
    let ahead = posted_lines.flat_map(moved).filter(|own| !known.contains(own)).filter_map(|own| amounts.get(&own));
    let ahead: Decimal = ahead.sum();
    let items: Vec<TransitItem> = in_books.into_iter().filter(|(moved, _)| !told.contains(moved)).map(|(_, item)| item).collect();
    let balance = cleared(tx, account, ends).await?;
    let expected: Decimal = items.iter().map(|item| item.amount.amount()).sum::<Decimal>() + waiting - ahead;
    let money = |amount| Money::rounded(amount, ends.currency);
    let clearing = Clearing { account: ends.clearing.clone(), balance: money(balance), difference: money(balance - expected) };
    Ok(Transit { items, under_way, clearing })
}

async fn moves(tx: &mut TenantTx, account: BankAccountId) -> sqlx::Result<Vec<BankMoveRow>> {
    let columns = BankMoveRow::COLUMNS.join(", ");
    let sql = format!(
        "select {columns} from bank_moves where tenant_id = $1 and bank_account_id = $2 and settled_on is not null order by settled_on"
    );
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(account.0).fetch_all(&mut **tx).await
}

/// The item's leaving and coming back, as far as they count by the day.
fn items(own: &BankMoveRow, on: NaiveDate) -> impl Iterator<Item = (Moved, TransitItem)> {
    let fact = |left: bool, day: Option<NaiveDate>| {
        let value_date = day.filter(|day| *day <= on)?;
        let item = own.item(Some(value_date), if left { -own.amount } else { own.amount });
        Some(((own.payment_id, own.item as u32, left), item))
    };
    [fact(true, own.settled_on), fact(false, own.returned_on)].into_iter().flatten()
}

impl BankMoveRow {
    /// Its leaving and its coming back, as they move the bank's account.
    fn both(&self) -> [(Moved, Decimal); 2] {
        [true, false].map(|left| ((self.payment_id, self.item as u32, left), if left { -self.amount } else { self.amount }))
    }

    fn item(&self, value_date: Option<NaiveDate>, amount: Decimal) -> TransitItem {
        let (payment_id, end_to_end_id) = (PaymentId(self.payment_id), self.end_to_end_id.clone());
        TransitItem { payment_id, item: self.item, end_to_end_id, value_date, amount: Money::rounded(amount, self.currency.0) }
    }
}

/// What the bank has and has said nothing of, as of now.
async fn under_way(tx: &mut TenantTx, account: BankAccountId) -> sqlx::Result<Vec<TransitItem>> {
    let columns = BankMoveRow::COLUMNS.iter().map(|column| format!("m.{column}")).collect::<Vec<_>>().join(", ");
    let sql = format!(
        "select {columns}, p.state from bank_moves m join payments p on p.tenant_id = m.tenant_id and p.payment_id = m.payment_id \
          where m.tenant_id = $1 and m.bank_account_id = $2 and m.settled_on is null and p.status in ('started', 'sent', 'partially_settled') \
          order by p.execution_date, m.end_to_end_id"
    );
    #[derive(sqlx::FromRow)]
    struct Waiting {
        #[sqlx(flatten)]
        own: BankMoveRow,
        state: Json<Payment>,
    }
    let tenant = tx.tenant();
    let waiting: Vec<Waiting> = sqlx::query_as(&sql).bind(tenant.0).bind(account.0).fetch_all(&mut **tx).await?;
    let with_the_bank = |waiting: &Waiting| waiting.state.item_state(waiting.own.item as u32) == Some(ItemState::Sent);
    Ok(waiting.iter().filter(|waiting| with_the_bank(waiting)).map(|waiting| waiting.own.item(None, -waiting.own.amount)).collect())
}

/// The same at a moment.
async fn under_way_at(tx: &mut TenantTx, moves: &[BankMoveRow], at: DateTime<Utc>) -> Result<Vec<TransitItem>, QueryError> {
    let waiting: Vec<&BankMoveRow> = moves.iter().filter(|own| own.settled_on.is_none()).collect();
    let mut ids: Vec<Uuid> = waiting.iter().map(|own| own.payment_id).collect();
    ids.dedup();
    let payments = as_known::<Payment>(tx, ids, at).await?;
    let with_the_bank = |own: &&BankMoveRow| {
        payments.get(&own.payment_id).is_some_and(|payment| {
            let status = payment.status();
            let is_out = matches!(status, Some(PaymentStatus::Started | PaymentStatus::Sent | PaymentStatus::PartiallySettled));
            is_out && payment.item_state(own.item as u32) == Some(ItemState::Sent)
        })
    };
    let day = |own: &BankMoveRow| payments.get(&own.payment_id).and_then(|payment| payment.plan().ok()).map(|plan| plan.execution_date);
    let mut out: Vec<&BankMoveRow> = waiting.into_iter().filter(with_the_bank).collect();
    out.sort_by(|one, other| (day(one), &one.end_to_end_id).cmp(&(day(other), &other.end_to_end_id)));
    Ok(out.into_iter().map(|own| own.item(None, -own.amount)).collect())
}

async fn cleared(tx: &mut TenantTx, account: BankAccountId, ends: &Ends) -> sqlx::Result<Decimal> {
    let sql = "select coalesce(sum(j.amount), 0) from journal_lines j \
                where j.tenant_id = $1 and j.account = $2 and j.currency = $3 and j.effective_date <= $4 \
                  and j.line_id < $6 and case when j.document_type = 'payment' then coalesce(j.related_id, j.document_id) else j.related_id end in \
                      (select payment_id from bank_moves where tenant_id = $1 and bank_account_id = $5)";
    let tenant = tx.tenant();
    let query = sqlx::query_scalar(sql).bind(tenant.0).bind(Word(ends.clearing.clone())).bind(Word(ends.currency)).bind(ends.on);
    query.bind(account.0).bind(ends.known.end()).fetch_one(&mut **tx).await
}
