//! What vendors have to pay back: approved credit notes as far as nothing has used them, prepayments as far as they were paid and no
//! invoice has them, and refunds that people recorded before a statement told of them.

use quittance_domain::ids::InvoiceId;
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

/// Documents of which a line may tell that the vendor paid them back: it brings as much as is left of them, or names them, or somebody
/// has recorded just that.
pub async fn may_be_refunded(tx: &mut TenantTx, amount: Money, text: &str) -> sqlx::Result<Vec<InvoiceId>> {
    let sql = "select invoice_id from \
                 (select invoice_id, refundable = $3 as whole, \
                         length(number) >= 4 and strpos($4, upper(regexp_replace(number, '\\s', '', 'g'))) > 0 as named \
                    from invoices where tenant_id = $1 and currency = $2 and refundable > 0 and refundable >= $3 and stage = 'approved' \
                   union \
                  select invoice_id, true, false from invoices, jsonb_array_elements(allocations || applications) refund \
                   where tenant_id = $1 and currency = $2 and refund_recorded \
                     and refund->'against'->>'refund' = 'recorded' and (refund->'amount'->>'amount')::numeric = $3) document \
                group by invoice_id order by bool_or(named) desc, bool_or(whole) desc, invoice_id limit $5";
    let tenant = tx.tenant();
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(Word(amount.currency())).bind(amount.amount());
    let found: Vec<Uuid> = found.bind(folded(text)).bind(CANDIDATES_MAX).fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(InvoiceId).collect())
}

/// Documents of which just one of these amounts is left, or is recorded as paid back.
pub async fn refundable_of(tx: &mut TenantTx, amounts: &[Money]) -> sqlx::Result<Vec<InvoiceId>> {
    if amounts.is_empty() {
        return Ok(vec![]);
    }
    let (currencies, amounts): (Vec<Word<Currency>>, Vec<Decimal>) =
        amounts.iter().map(|amount| (Word(amount.currency()), amount.amount())).unzip();
    let sql = "select i.invoice_id from invoices i \
                where i.tenant_id = $1 and i.refundable > 0 and i.stage = 'approved' \
                  and exists (select from unnest($2, $3) b(currency, amount) where b.currency = i.currency and b.amount = i.refundable) \
               union \
               select i.invoice_id from invoices i, jsonb_array_elements(i.allocations || i.applications) refund \
                where i.tenant_id = $1 and i.refund_recorded and refund->'against'->>'refund' = 'recorded' \
                  and exists (select from unnest($2, $3) b(currency, amount) \
                               where b.currency = i.currency and b.amount = (refund->'amount'->>'amount')::numeric) \
                order by 1 limit $4";
    let tenant = tx.tenant();
    let found = sqlx::query_scalar(sql).bind(tenant.0).bind(currencies).bind(amounts).bind(AUTOMATIC_MAX);
    let found: Vec<Uuid> = found.fetch_all(&mut **tx).await?;
    Ok(found.into_iter().map(InvoiceId).collect())
}
