//! What bank accounts in other currencies are carried at, a row for each day on which one moved. A line that comes in order reads the
//! last of them and writes its own; one that belongs before others reads and writes those after it.

use std::collections::HashMap;

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::aggregate::derived_id;
use quittance_domain::chart::Code;
use quittance_domain::ledger::{HoldingDay, Holdings, Valued};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::row;
use crate::word::Word;

row! {
    pub struct HoldingRow in "bank_holdings" {
        holding_id: Uuid,
        account: Word<Code>,
        currency: Word<Currency>,
        effective_date: NaiveDate,
        came_in: Decimal,
        came_in_base: Decimal,
        went_out: Decimal,
        went_out_base: Decimal,
        carried: Decimal,
        carried_base: Decimal,
    }
}

/// The days from the one asked for on, and the last before it.
const FROM: &str = "\
    select h.account, h.currency, h.effective_date, h.came_in, h.came_in_base, h.went_out, h.went_out_base, h.carried, h.carried_base, h.holding_id \
      from unnest($2, $3, $4) w(account, currency, day) cross join lateral \
        (select * from bank_holdings n where n.tenant_id = $1 and n.account = w.account and n.currency = w.currency and n.effective_date >= w.day \
          union all \
         (select * from bank_holdings b where b.tenant_id = $1 and b.account = w.account and b.currency = w.currency and b.effective_date < w.day \
           order by b.effective_date desc limit 1)) h";

/// The days that lines of these accounts from these days on can touch.
pub(super) async fn load(tx: &mut TenantTx, wanted: HashMap<(Code, Currency), NaiveDate>) -> sqlx::Result<Holdings> {
    let (accounts, currencies): (Vec<_>, Vec<_>) =
        wanted.keys().map(|(account, currency)| (Word(account.clone()), Word(*currency))).unzip();
    let days: Vec<NaiveDate> = wanted.values().copied().collect();
    let mut holdings = Holdings::filled_from(wanted);
    if accounts.is_empty() {
        return Ok(holdings);
    }
    let tenant = tx.tenant();
    let rows: Vec<HoldingRow> = sqlx::query_as(FROM).bind(tenant.0).bind(accounts).bind(currencies).bind(days).fetch_all(&mut **tx).await?;
    for row in rows {
        let (account, currency, on) = (row.account.0.clone(), row.currency.0, row.effective_date);
        holdings.fill(account, currency, on, row.into());
    }
    Ok(holdings)
}

impl From<HoldingRow> for HoldingDay {
    fn from(row: HoldingRow) -> Self {
        Self {
            came_in: Valued { amount: row.came_in, base: row.came_in_base },
            went_out: Valued { amount: row.went_out, base: row.went_out_base },
            carried: Valued { amount: row.carried, base: row.carried_base },
        }
    }
}

pub(super) fn rows_of(holdings: &Holdings) -> Vec<HoldingRow> {
    let row = |(account, currency, on, day): (&Code, Currency, NaiveDate, HoldingDay)| HoldingRow {
        holding_id: derived_id(&[b"bank holding", account.as_str().as_bytes(), currency.code().as_bytes(), on.to_string().as_bytes()]),
        account: Word(account.clone()),
        currency: Word(currency),
        effective_date: on,
        came_in: day.came_in.amount,
        came_in_base: day.came_in.base,
        went_out: day.went_out.amount,
        went_out_base: day.went_out.base,
        carried: day.carried.amount,
        carried_base: day.carried.base,
    };
    holdings.changed().map(row).collect()
}
