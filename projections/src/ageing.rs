//! What is owed, by how long it has been due (SEMANTICS 10): as of a date in the books, as known at a moment.
//!
//! One pass over the facts, summed in the database. An invoice that was amended after a payment came back stands in the
//! bucket of the due date that each of its facts was posted with.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::VendorId;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::word::Word;

/// The first day of each bucket after `not_due`, in days after the due date; the query is given the same.
const STARTS: [i32; 5] = [1, 31, 61, 91, 121];

/// How long something has been due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum Bucket {
    #[serde(rename = "not_due")]
    NotDue,
    #[serde(rename = "1_30")]
    Days1To30,
    #[serde(rename = "31_60")]
    Days31To60,
    #[serde(rename = "61_90")]
    Days61To90,
    #[serde(rename = "91_120")]
    Days91To120,
    #[serde(rename = "over_120")]
    Over120,
}

impl Bucket {
    pub const ALL: [Self; 6] = [Self::NotDue, Self::Days1To30, Self::Days31To60, Self::Days61To90, Self::Days91To120, Self::Over120];

    /// `days` = the date asked for − the due date.
    pub fn of(days: i64) -> Self {
        Self::ALL[STARTS.iter().take_while(|start| days >= i64::from(**start)).count()]
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgeingFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Ageing {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    pub vendors: Vec<AgeingLine>,
    /// One a currency.
    pub totals: Vec<AgeingTotal>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgeingLine {
    pub vendor_id: VendorId,
    pub vendor_name: Option<String>,
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Amounts,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgeingTotal {
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Amounts,
}

/// Open amounts by bucket. They sum to `total`; `held` is the part of it that nobody has approved, in any bucket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Amounts {
    pub not_due: Money,
    pub days_1_30: Money,
    pub days_31_60: Money,
    pub days_61_90: Money,
    pub days_91_120: Money,
    pub over_120: Money,
    pub total: Money,
    pub held: Money,
    /// How many invoices and credit notes are open.
    pub documents: i64,
}

/// One sum of the query.
#[derive(sqlx::FromRow)]
struct Cell {
    vendor_id: Uuid,
    vendor_name: Option<String>,
    currency: Word<Currency>,
    bucket: i32,
    open: Decimal,
    held: Decimal,
    documents: i64,
}

const CELLS: &str = "\
    select s.vendor_id, v.name as vendor_name, s.currency, s.bucket, s.open, s.held, s.documents from \
      (select i.vendor_id, i.currency, width_bucket($2 - i.due_date, $3) as bucket, \
              sum(i.open) as open, sum(i.held) as held, count(*) filter (where i.open <> 0) as documents \
         from (select vendor_id, currency, due_date, invoice_id, sum(amount) as open, sum(unapproved) as held from payable_facts \
                where tenant_id = $1 and effective_date <= $2 and recorded_at <= $4 \
                  and ($5::uuid is null or vendor_id = $5) and ($6::text is null or currency = $6) \
                group by vendor_id, currency, due_date, invoice_id) i \
        where i.open <> 0 or i.held <> 0 \
        group by i.vendor_id, i.currency, bucket) s \
      left join vendors v on v.tenant_id = $1 and v.vendor_id = s.vendor_id \
     order by v.name, s.vendor_id, s.currency";

/// `today` is used where the filter names no date.
pub async fn ageing(tx: &mut TenantTx, filter: &AgeingFilter, today: NaiveDate) -> sqlx::Result<Ageing> {
    let as_of = filter.as_of.unwrap_or(today);
    let tenant = tx.tenant();
    let cells: Vec<Cell> = sqlx::query_as(CELLS)
        .bind(tenant.0)
        .bind(as_of)
        .bind(STARTS)
        .bind(filter.known_at.unwrap_or(END_OF_TIME))
        .bind(filter.vendor_id.map(Uuid::from))
        .bind(filter.currency.map(Word))
        .fetch_all(&mut **tx)
        .await?;
    Ok(Ageing { as_of, known_at: filter.known_at, totals: totals(&cells), vendors: vendors(&cells) })
}

/// Later than anything that is recorded, and within what PostgreSQL can hold.
pub(crate) const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("the last second of the year 9999");

/// Cells of one vendor and currency follow each other.
fn vendors(cells: &[Cell]) -> Vec<AgeingLine> {
    let mut lines: Vec<AgeingLine> = Vec::new();
    for cell in cells {
        let (vendor_id, currency) = (VendorId(cell.vendor_id), cell.currency.0);
        match lines.last_mut().filter(|line| line.vendor_id == vendor_id && line.currency == currency) {
            Some(line) => line.amounts.add(cell),
            None => {
                let vendor_name = cell.vendor_name.clone();
                lines.push(AgeingLine { vendor_id, vendor_name, currency, amounts: Amounts::of(cell) });
            }
        }
    }
    lines
}

fn totals(cells: &[Cell]) -> Vec<AgeingTotal> {
    let mut totals: Vec<AgeingTotal> = Vec::new();
    for cell in cells {
        match totals.iter_mut().find(|total| total.currency == cell.currency.0) {
            Some(total) => total.amounts.add(cell),
            None => totals.push(AgeingTotal { currency: cell.currency.0, amounts: Amounts::of(cell) }),
        }
    }
    totals.sort_by_key(|total| total.currency.code());
    totals
}

impl Amounts {
    fn of(cell: &Cell) -> Self {
        let zero = Money::zero(cell.currency.0);
        let [not_due, days_1_30, days_31_60, days_61_90, days_91_120, over_120, total, held] = [zero; 8];
        let mut amounts = Self { not_due, days_1_30, days_31_60, days_61_90, days_91_120, over_120, total, held, documents: 0 };
        amounts.add(cell);
        amounts
    }

    fn add(&mut self, cell: &Cell) {
        let more = |amount: &mut Money, by: Decimal| *amount = Money::rounded(amount.amount() + by, amount.currency());
        more(self.bucket_mut(cell.bucket), cell.open);
        more(&mut self.total, cell.open);
        more(&mut self.held, cell.held);
        self.documents += cell.documents;
    }

    fn bucket_mut(&mut self, bucket: i32) -> &mut Money {
        match bucket {
            0 => &mut self.not_due,
            1 => &mut self.days_1_30,
            2 => &mut self.days_31_60,
            3 => &mut self.days_61_90,
            4 => &mut self.days_91_120,
            _ => &mut self.over_120,
        }
    }

    pub fn bucket(&self, bucket: Bucket) -> Money {
        match bucket {
            Bucket::NotDue => self.not_due,
            Bucket::Days1To30 => self.days_1_30,
            Bucket::Days31To60 => self.days_31_60,
            Bucket::Days61To90 => self.days_61_90,
            Bucket::Days91To120 => self.days_91_120,
            Bucket::Over120 => self.over_120,
        }
    }
}
