//! The sums of an ageing, as the database adds them up.

use chrono::{DateTime, Utc};
use quittance_domain::Currency;
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use sqlx::types::Json;
use uuid::Uuid;

use super::{AgeingBy, Asked, Cell, END_OF_TIME};
use crate::checkpoint;
use crate::invoice::first_entry_of;
use crate::invoice::sums::{block_of, first_position_of};
use crate::ledger::through as ledger_through;
use crate::page::QueryError;
use crate::word::Word;

/// The last position whose movements were recorded by then. Positions and times rise together.
pub(crate) async fn through(tx: &mut TenantTx, known_at: Option<DateTime<Utc>>) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query =
        "select position from payable_facts where tenant_id = $1 and recorded_at <= $2 order by recorded_at desc, entry desc limit 1";
    let last = sqlx::query_scalar(query).bind(tenant.0).bind(known_at.unwrap_or(END_OF_TIME));
    Ok(last.fetch_optional(&mut **tx).await?.unwrap_or_default())
}

/// The same, or that of the ledger's last entry beside them, no further than `projector` and the ledger have both read: a rate that comes
/// late moves what the control account is worth, and nothing that is open.
pub(crate) async fn with_the_ledger(
    tx: &mut TenantTx,
    projector: &'static str,
    facts: i64,
    known_at: Option<DateTime<Utc>>,
) -> Result<i64, QueryError> {
    let read = checkpoint::lowest(tx, &[projector, "ledger"]).await?;
    Ok(facts.max(ledger_through(tx, known_at).await?.min(read)))
}

const TOTALS: &str = "\
    select currency, bucket, sum(open), sum(held), sum(disputed) from \
      (select currency, case when on_account then $9 else width_bucket($2 - case when $3 then document_date else due_date end, $4) end as bucket, \
              sum(amount) as open, sum(unapproved) as held, sum(disputed) as disputed \
         from payable_sums where tenant_id = $1 and block < $5 and effective_date <= $2 and ($8::text is null or currency = $8) \
        group by 1, 2 \
        union all \
       select currency, case when on_account then $9 else width_bucket($2 - case when $3 then document_date else due_date end, $4) end, amount, unapproved, disputed \
         from payable_facts where tenant_id = $1 and entry >= $6 and entry < $7 and effective_date <= $2 \
          and ($8::text is null or currency = $8)) moved \
     group by currency, bucket having sum(open) <> 0 or sum(held) <> 0 or sum(disputed) <> 0";

pub(super) async fn totals(tx: &mut TenantTx, asked: &Asked<'_>) -> sqlx::Result<Vec<Cell>> {
    let (tenant, block) = (tx.tenant(), block_of(asked.through));
    let sums: Vec<(Word<Currency>, i32, Decimal, Decimal, Decimal)> = sqlx::query_as(TOTALS)
        .bind(tenant.0)
        .bind(asked.as_of)
        .bind(asked.by == AgeingBy::InvoiceDate)
        .bind(asked.buckets.starts())
        .bind(block)
        .bind(first_entry_of(first_position_of(block)))
        .bind(first_entry_of(asked.through + 1))
        .bind(asked.filter.currency.map(Word))
        .bind(asked.on_account())
        .fetch_all(&mut **tx)
        .await?;
    Ok(sums.into_iter().map(|(currency, bucket, open, held, disputed)| cell((currency.0, bucket, open, held, disputed, 0))).collect())
}

/// What one vendor is owed.
pub(super) struct VendorCells {
    pub id: Uuid,
    pub name: Option<String>,
    pub cells: Vec<Cell>,
}

/// From vendor to vendor along the index, so that a page reads its own vendors' movements and nobody else's. An invoice counts
/// once, in whichever buckets its instalments stand.
const VENDORS: &str = "\
    with recursive vendor (vendor_id) as ( \
        (select vendor_id from payable_facts \
          where tenant_id = $1 and ($7::uuid is null or vendor_id = $7) and vendor_id > $8 order by vendor_id limit 1) \
        union all \
        select (select f.vendor_id from payable_facts f \
                 where f.tenant_id = $1 and ($7::uuid is null or f.vendor_id = $7) and f.vendor_id > v.vendor_id order by f.vendor_id limit 1) \
          from vendor v where v.vendor_id is not null) \
    select v.vendor_id, n.name, c.cells from vendor v \
      cross join lateral \
        (select jsonb_agg(jsonb_build_array(s.currency, s.bucket, s.open::text, s.held::text, s.disputed::text, s.documents) order by s.currency, s.bucket) as cells \
           from (select i.currency, i.bucket, sum(i.open) as open, sum(i.held) as held, sum(i.disputed) as disputed, \
                        count(*) filter (where i.open <> 0 and i.counts and i.bucket <> $10) as documents \
                   from (select currency, case when on_account then $10 else width_bucket($2 - case when $3 then document_date else due_date end, $4) end as bucket, \
                                invoice_id, \
                                sum(amount) as open, sum(unapproved) as held, sum(disputed) as disputed, \
                                row_number() over (partition by currency, invoice_id order by sum(amount) = 0) = 1 as counts \
                           from payable_facts \
                          where tenant_id = $1 and vendor_id = v.vendor_id and effective_date <= $2 and entry < $5 \
                            and ($6::text is null or currency = $6) \
                          group by 1, 2, 3) i \
                  where i.open <> 0 or i.held <> 0 or i.disputed <> 0 group by i.currency, i.bucket) s) c \
      left join vendors n on n.tenant_id = $1 and n.vendor_id = v.vendor_id \
     where v.vendor_id is not null and c.cells is not null limit $9";

/// As the database states a cell: amounts as text, so that no float comes between.
type Stated = (Currency, i32, Decimal, Decimal, Decimal, i64);

pub(super) async fn vendors(
    tx: &mut TenantTx,
    asked: &Asked<'_>,
    after: Option<Uuid>,
    limit: usize,
) -> Result<Vec<VendorCells>, QueryError> {
    let tenant = tx.tenant();
    let found: Vec<(Uuid, Option<String>, Json<Vec<Stated>>)> = sqlx::query_as(VENDORS)
        .bind(tenant.0)
        .bind(asked.as_of)
        .bind(asked.by == AgeingBy::InvoiceDate)
        .bind(asked.buckets.starts())
        .bind(first_entry_of(asked.through + 1))
        .bind(asked.filter.currency.map(Word))
        .bind(asked.filter.vendor_id.map(Uuid::from))
        .bind(after.unwrap_or_default())
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(asked.on_account())
        .fetch_all(&mut **tx)
        .await?;
    let vendor = |(id, name, Json(cells)): (Uuid, Option<String>, Json<Vec<Stated>>)| VendorCells {
        id,
        name,
        cells: cells.into_iter().map(cell).collect(),
    };
    Ok(found.into_iter().map(vendor).collect())
}

fn cell((currency, bucket, open, held, disputed, documents): Stated) -> Cell {
    Cell { currency, bucket: usize::try_from(bucket).unwrap_or_default(), open, held, disputed, documents }
}
