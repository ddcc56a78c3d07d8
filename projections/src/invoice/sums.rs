//! Sums of what is owed by block of the log, currency, due date, invoice date and day: what any ageing adds up.
//!
//! What is owed at a position takes the sums of the whole blocks before it and the single movements of its own block:
//! bounded work wherever the position lies. One statement a batch.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;

use super::facts::PayableFactRow;
use crate::projector::ProjectionError;
use crate::word::Word;

/// Positions of one block. Small enough to add up its movements one by one, large enough that days repeat within it.
const POSITIONS: i64 = 1 << 14;

/// The block that holds a position.
pub(crate) fn block_of(position: i64) -> i64 {
    position / POSITIONS
}

/// The first position of a block.
pub(crate) fn first_position_of(block: i64) -> i64 {
    block * POSITIONS
}

/// Block, currency, due date, invoice date, day in the books, whether on account.
type Place = (i64, &'static str, NaiveDate, NaiveDate, NaiveDate, bool);

struct Sum {
    currency: Word<Currency>,
    amount: Decimal,
    unapproved: Decimal,
    disputed: Decimal,
}

impl Sum {
    fn zero(currency: Word<Currency>) -> Self {
        Self { currency, amount: Decimal::ZERO, unapproved: Decimal::ZERO, disputed: Decimal::ZERO }
    }
}

const ADD: &str = "\
    insert into payable_sums (tenant_id, block, currency, due_date, document_date, effective_date, on_account, amount, unapproved, disputed) \
    select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) u \
    on conflict (tenant_id, block, currency, due_date, document_date, effective_date, on_account) do update set \
        amount = payable_sums.amount + excluded.amount, unapproved = payable_sums.unapproved + excluded.unapproved, \
        disputed = payable_sums.disputed + excluded.disputed";

/// Adds new movements to the sums.
pub(super) async fn add(tx: &mut TenantTx, facts: &[PayableFactRow]) -> Result<(), ProjectionError> {
    let mut sums: BTreeMap<Place, Sum> = BTreeMap::new();
    for fact in facts {
        let place =
            (block_of(fact.position), fact.currency.code(), fact.due_date, fact.document_date, fact.effective_date, fact.on_account);
        let sum = sums.entry(place).or_insert_with(|| Sum::zero(fact.currency));
        sum.amount += fact.amount;
        sum.unapproved += fact.unapproved;
        sum.disputed += fact.disputed;
    }
    if sums.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    sqlx::query(ADD)
        .bind(tenant.0)
        .bind(sums.keys().map(|place| place.0).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.currency).collect::<Vec<_>>())
        .bind(sums.keys().map(|place| place.2).collect::<Vec<_>>())
        .bind(sums.keys().map(|place| place.3).collect::<Vec<_>>())
        .bind(sums.keys().map(|place| place.4).collect::<Vec<_>>())
        .bind(sums.keys().map(|place| place.5).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.amount).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.unapproved).collect::<Vec<_>>())
        .bind(sums.values().map(|sum| sum.disputed).collect::<Vec<_>>())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
