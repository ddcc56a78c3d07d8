//! Sums of the journal by block of the log, account, currency and day: what any trial balance adds up.
//!
//! A balance at a position takes the sums of the whole blocks before it and the single lines of its own block: bounded
//! work wherever the position lies. One statement a batch.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::chart::Code;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;

use super::lines::JournalLineRow;
use crate::projector::ProjectionError;
use crate::word::Word;

/// Positions of one block. Small enough to add up its lines one by one, large enough that days repeat within it.
const POSITIONS: i64 = 1 << 14;

/// The block that holds a position.
pub(super) fn block_of(position: i64) -> i64 {
    position / POSITIONS
}

/// The first position of a block.
pub(super) fn first_position_of(block: i64) -> i64 {
    block * POSITIONS
}

/// Block, account, currency, day.
type Place<'l> = (i64, &'l Code, &'static str, NaiveDate);

#[derive(Default)]
struct Sum {
    debit: Decimal,
    credit: Decimal,
    base_debit: Decimal,
    base_credit: Decimal,
    untranslated: Decimal,
}

impl Sum {
    fn add(&mut self, line: &JournalLineRow) {
        let sides = |amount: Decimal| (amount.max(Decimal::ZERO), (-amount).max(Decimal::ZERO));
        let (debit, credit) = sides(line.amount);
        let (base_debit, base_credit) = sides(line.base.unwrap_or_default());
        self.debit += debit;
        self.credit += credit;
        self.base_debit += base_debit;
        self.base_credit += base_credit;
        self.untranslated += if line.base.is_none() { line.amount } else { Decimal::ZERO };
    }
}

const ADD: &str = "\
    insert into ledger_sums (tenant_id, block, account, currency, effective_date, debit, credit, base_debit, base_credit, untranslated) \
    select $1, u.* from unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) u \
    on conflict (tenant_id, block, account, currency, effective_date) do update set \
        debit = ledger_sums.debit + excluded.debit, credit = ledger_sums.credit + excluded.credit, \
        base_debit = ledger_sums.base_debit + excluded.base_debit, base_credit = ledger_sums.base_credit + excluded.base_credit, \
        untranslated = ledger_sums.untranslated + excluded.untranslated";

/// Adds new lines to the sums.
pub(super) async fn add(tx: &mut TenantTx, lines: &[JournalLineRow]) -> Result<(), ProjectionError> {
    let mut sums: BTreeMap<Place<'_>, (Word<Currency>, Sum)> = BTreeMap::new();
    for line in lines {
        let key = (block_of(line.position), &line.account.0, line.currency.code(), line.effective_date);
        sums.entry(key).or_insert_with(|| (line.currency, Sum::default())).1.add(line);
    }
    if sums.is_empty() {
        return Ok(());
    }
    let tenant = tx.tenant();
    let column = |of: fn(&Sum) -> Decimal| sums.values().map(|(_, sum)| of(sum)).collect::<Vec<_>>();
    sqlx::query(ADD)
        .bind(tenant.0)
        .bind(sums.keys().map(|key| key.0).collect::<Vec<_>>())
        .bind(sums.keys().map(|key| Word(key.1.clone())).collect::<Vec<_>>())
        .bind(sums.values().map(|(currency, _)| *currency).collect::<Vec<_>>())
        .bind(sums.keys().map(|key| key.3).collect::<Vec<_>>())
        .bind(column(|sum| sum.debit))
        .bind(column(|sum| sum.credit))
        .bind(column(|sum| sum.base_debit))
        .bind(column(|sum| sum.base_credit))
        .bind(column(|sum| sum.untranslated))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
