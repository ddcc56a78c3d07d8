//! The receivables that a line of a statement may tell of: what is open of them came in, or they are named, or somebody has recorded just
//! that; and those whose customers may have money back by it.

use chrono::{Months, NaiveDate};
use quittance_domain::ids::{BankAccountId, ReceivableId};
use quittance_domain::party::folded;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::word::Word;

/// A person chooses among so many.
const CANDIDATES_MAX: i64 = 50;
/// The engine matches by itself only what stands out.
const AUTOMATIC_MAX: i64 = 1_000;
/// A direct debit that nobody had authorised goes back for so long (SEPA core rulebook, 4.3.4), and a few days of the banks'.
const RETURNED_WITHIN: Months = Months::new(14);

/// Receivables of which a line may tell that a customer paid of them. What is recorded for a line to come is little among what is paid.
pub async fn may_be_paid(tx: &mut TenantTx, amount: Money, text: &str) -> sqlx::Result<Vec<ReceivableId>> {
    let sql = "select receivable_id from \
                 (select receivable_id, open = $3 as whole, strpos($4, number) > 0 as named \
                    from receivables where tenant_id = $1 and currency = $2 and open > 0 and (open >= $3 or strpos($4, number) > 0) \
                   union \
                  select receivable_id, true, false from receivables, jsonb_array_elements(state->'issued'->'payments') payment \
                   where tenant_id = $1 and currency = $2 and payment_recorded \
                     and payment->>'channel' = 'recorded' and (payment->'amount'->>'amount')::numeric = $3) owed \
                group by receivable_id order by bool_or(named) desc, bool_or(whole) desc, receivable_id limit $5";
    named(tx, sql, amount, text).await
}

async fn named(tx: &mut TenantTx, sql: &'static str, amount: Money, text: &str) -> sqlx::Result<Vec<ReceivableId>> {
    let tenant = tx.tenant();
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(Word(amount.currency())).bind(amount.amount());
    let found: Vec<Uuid> = found.bind(folded(text)).bind(CANDIDATES_MAX).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(ReceivableId).collect())
}

/// Receivables of which a line may tell that a customer has so much back.
pub async fn may_be_refunded(tx: &mut TenantTx, amount: Money, text: &str) -> sqlx::Result<Vec<ReceivableId>> {
    let sql = "select receivable_id from \
                 (select receivable_id, owed_back = $3 as whole, strpos($4, number) > 0 as named \
                    from receivables where tenant_id = $1 and currency = $2 and owed_back > 0 and owed_back >= $3 \
                   union \
                  select receivable_id, true, false from receivables, jsonb_array_elements(state->'issued'->'refunds') refund \
                   where tenant_id = $1 and currency = $2 and payment_recorded \
                     and refund->>'channel' = 'recorded' and (refund->'amount'->>'amount')::numeric = $3) owed \
                group by receivable_id order by bool_or(named) desc, bool_or(whole) desc, receivable_id limit $5";
    named(tx, sql, amount, text).await
}

/// Receivables of which just so much had come in on this account, and may go back by a line of that day.
pub async fn may_have_gone_back(
    tx: &mut TenantTx,
    account: BankAccountId,
    booked_on: NaiveDate,
    amount: Money,
) -> sqlx::Result<Vec<ReceivableId>> {
    let sql = "select (matching->'target'->'receivable'->>'receivable_id')::uuid as receivable_id from bank_lines \
                where tenant_id = $1 and bank_account_id = $2 and booked_on between $3 and $4 \
                  and currency = $5 and amount = $6 and matching->'target' ? 'receivable' \
                order by booked_on desc, bank_line_id limit $7";
    let (tenant, since) = (tx.tenant(), booked_on.checked_sub_months(RETURNED_WITHIN).unwrap_or(booked_on));
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(account.0).bind(since).bind(booked_on);
    let found = found.bind(Word(amount.currency())).bind(amount.amount()).bind(CANDIDATES_MAX);
    let found: Vec<Uuid> = found.fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(ReceivableId).collect())
}

/// Receivables of which just one of these amounts is open, or is with a discount that their terms grant, or is recorded as paid.
pub async fn worth(tx: &mut TenantTx, amounts: &[Money]) -> sqlx::Result<Vec<ReceivableId>> {
    if amounts.is_empty() {
        return Ok(vec![]);
    }
    let (currencies, amounts): (Vec<Word<Currency>>, Vec<Decimal>) =
        amounts.iter().map(|amount| (Word(amount.currency()), amount.amount())).unzip();
    let sql = "select r.receivable_id from receivables r \
                where r.tenant_id = $1 and r.open > 0 \
                  and exists (select from unnest($2, $3) b(currency, amount) where b.currency = r.currency and b.amount = r.open) \
               union \
               select r.receivable_id from receivables r, jsonb_array_elements(r.state->'issued'->'terms'->'discounts') discount \
                where r.tenant_id = $1 and r.open > 0 \
                  and exists (select from unnest($2, $3) b(currency, amount) \
                               where b.currency = r.currency and b.amount = r.open - (discount->'amount'->>'amount')::numeric) \
               union \
               select r.receivable_id from receivables r, jsonb_array_elements(r.state->'issued'->'payments') payment \
                where r.tenant_id = $1 and r.payment_recorded and payment->>'channel' = 'recorded' \
                  and exists (select from unnest($2, $3) b(currency, amount) \
                               where b.currency = r.currency and b.amount = (payment->'amount'->>'amount')::numeric) \
                order by 1 limit $4";
    let tenant = tx.tenant();
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(currencies).bind(amounts).bind(AUTOMATIC_MAX);
    let found: Vec<Uuid> = found.fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(ReceivableId).collect())
}
