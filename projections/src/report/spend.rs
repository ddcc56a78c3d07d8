//! What was spent, by any dimension of the journal: vendor, account, cost centre, project, month.
//!
//! Spend is what invoices posted beside what is owed for them, their tax and their payment: net of credit notes and of
//! invoices that were rejected or voided, in the period in which each counts. Goods of an order stand on the account
//! between receipts and invoices.

use std::collections::BTreeSet;
use std::str::FromStr;

use chrono::{DateTime, Months, NaiveDate, Utc};
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ids::VendorId;
use quittance_domain::ledger::Books;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::known_name::named_as_known;
use crate::ledger::{books_now, through};
use crate::page::QueryError;
use crate::word::Word;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, strum::EnumString, strum::Display)]
#[strum(serialize_all = "snake_case")]
pub enum Dimension {
    Vendor,
    Account,
    CostCentre,
    Project,
    Month,
}

/// `vendor,month`: by which dimensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dimensions(BTreeSet<Dimension>);

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("spend is by vendor, account, cost_centre, project or month, or by several of them with commas between")]
pub struct DimensionUnknown;

impl TryFrom<String> for Dimensions {
    type Error = DimensionUnknown;

    fn try_from(text: String) -> Result<Self, DimensionUnknown> {
        let named = text.split(',').map(|name| Dimension::from_str(name.trim()));
        named.collect::<Result<_, _>>().map(Self).map_err(|_| DimensionUnknown)
    }
}

impl From<Dimensions> for String {
    fn from(dimensions: Dimensions) -> Self {
        dimensions.0.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct SpendFilter {
    pub from: NaiveDate,
    /// The last day of it.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    /// By vendor where absent.
    #[param(value_type = Option<String>, example = "vendor,month")]
    pub by: Option<Dimensions>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Spend {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    pub lines: Vec<SpendLine>,
    /// One a currency.
    pub totals: Vec<Money>,
}

/// What was spent in one place; a dimension that was not asked for, or that its lines do not have, is absent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SpendLine {
    pub vendor_id: Option<VendorId>,
    pub vendor_name: Option<String>,
    pub account: Option<Code>,
    pub cost_centre: Option<Code>,
    pub project: Option<Code>,
    /// Its first day.
    pub month: Option<NaiveDate>,
    pub spent: Money,
    /// In the books' currency, as far as exchange rates are known.
    #[schema(value_type = String)]
    pub base_spent: Decimal,
    /// How many invoices and credit notes.
    pub documents: i64,
    /// The lines of the journal that add up to it.
    #[schema(example = "/v1/journal?spent=true&currency=EUR&effective_from=2026-03-01&as_of=2026-03-31&through=41&account=6000")]
    pub explained_by: String,
}

#[derive(sqlx::FromRow)]
struct Found {
    vendor_id: Option<Uuid>,
    vendor_name: Option<String>,
    account: Option<Word<Code>>,
    cost_centre: Option<Word<Code>>,
    project: Option<Word<Code>>,
    month: Option<NaiveDate>,
    currency: Word<Currency>,
    spent: Decimal,
    base_spent: Decimal,
    documents: i64,
}

const SPENT: &str = "\
    select s.*, v.name as vendor_name from \
      (select case when $6 then party_id end as vendor_id, case when $7 then account end as account, \
              case when $8 then cost_centre end as cost_centre, case when $9 then project end as project, \
              case when $10 then date_trunc('month', effective_date)::date end as month, \
              currency, sum(amount) as spent, coalesce(sum(base), 0) as base_spent, count(distinct document_id) as documents \
         from journal_lines \
        where tenant_id = $1 and document_type = 'invoice' and effective_date between $2 and $3 and position <= $4 and account <> all ($5) \
          and ($11::uuid is null or party_id = $11) and ($12::text is null or currency = $12) \
        group by 1, 2, 3, 4, 5, currency having sum(amount) <> 0) s \
      left join vendors v on v.tenant_id = $1 and v.vendor_id = s.vendor_id \
     order by s.currency, s.month, s.spent desc, s.vendor_id, s.account, s.cost_centre, s.project";

pub async fn spend(tx: &mut TenantTx, filter: &SpendFilter) -> Result<Spend, QueryError> {
    let SpendFilter { from, to, known_at, .. } = *filter;
    let by = filter.by.clone().unwrap_or(Dimensions(BTreeSet::from([Dimension::Vendor])));
    let has = |dimension| by.0.contains(&dimension);
    let through = through(tx, known_at).await?;
    let not_spend: Vec<Word<Code>> = not_spend(&books_now(tx).await?).into_iter().map(Word).collect();
    let tenant = tx.tenant();
    let found: Vec<Found> = sqlx::query_as(SPENT)
        .bind(tenant.0)
        .bind(from)
        .bind(to)
        .bind(through)
        .bind(not_spend)
        .bind(has(Dimension::Vendor))
        .bind(has(Dimension::Account))
        .bind(has(Dimension::CostCentre))
        .bind(has(Dimension::Project))
        .bind(has(Dimension::Month))
        .bind(filter.vendor_id.map(Uuid::from))
        .bind(filter.currency.map(Word))
        .fetch_all(&mut **tx)
        .await?;
    let explained = Explained { from, to, through, vendor: filter.vendor_id, by: &by };
    let mut lines: Vec<SpendLine> = found.into_iter().map(|found| explained.line(found)).collect();
    named_as_known(tx, known_at, &mut lines, |line| (line.vendor_id, &mut line.vendor_name)).await?;
    Ok(Spend { from, to, known_at, through, totals: totals(&lines), lines })
}

/// Accounts that invoices move beside what they buy.
pub(crate) fn not_spend(books: &Books) -> BTreeSet<Code> {
    const BESIDE: [PostingRole; 8] = [
        PostingRole::PayablesControl,
        PostingRole::InputTax,
        PostingRole::Prepayments,
        PostingRole::Retentions,
        PostingRole::BankClearing,
        PostingRole::DiscountsReceived,
        PostingRole::RealisedFxGain,
        PostingRole::RealisedFxLoss,
    ];
    let by_role = BESIDE.iter().map(|role| books.account(*role));
    by_role.chain(super::tax::tax_accounts(books)).collect()
}

fn totals(lines: &[SpendLine]) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for spent in lines.iter().map(|line| line.spent) {
        match totals.iter_mut().find(|total| total.currency() == spent.currency()) {
            Some(total) => *total = Money::rounded(total.amount() + spent.amount(), spent.currency()),
            None => totals.push(spent),
        }
    }
    totals
}

/// What every line of one report has in common.
struct Explained<'a> {
    from: NaiveDate,
    to: NaiveDate,
    through: i64,
    vendor: Option<VendorId>,
    by: &'a Dimensions,
}

impl Explained<'_> {
    fn line(&self, found: Found) -> SpendLine {
        SpendLine {
            explained_by: self.explained_by(&found),
            vendor_id: found.vendor_id.map(VendorId),
            vendor_name: found.vendor_name,
            account: found.account.map(|code| code.0),
            cost_centre: found.cost_centre.map(|code| code.0),
            project: found.project.map(|code| code.0),
            month: found.month,
            spent: Money::rounded(found.spent, found.currency.0),
            base_spent: found.base_spent,
            documents: found.documents,
        }
    }

    /// A dimension that was asked for and that the lines do not have is asked for as such.
    fn explained_by(&self, found: &Found) -> String {
        let month_ends = found.month.and_then(|month| month.checked_add_months(Months::new(1))?.pred_opt());
        let (from, to) = (found.month.map_or(self.from, |month| month.max(self.from)), month_ends.map_or(self.to, |end| end.min(self.to)));
        let centre = found.cost_centre.as_ref().map(|code| code.0.to_string());
        let project = found.project.as_ref().map(|code| code.0.to_string());
        let lacks = |dimension, code: &Option<String>| (self.by.0.contains(&dimension) && code.is_none()).then(|| "false".to_owned());
        let narrowed = [
            ("party_id", found.vendor_id.map(VendorId).or(self.vendor).map(|vendor| vendor.to_string())),
            ("account", found.account.as_ref().map(|code| code.0.to_string())),
            ("has_cost_centre", lacks(Dimension::CostCentre, &centre)),
            ("has_project", lacks(Dimension::Project, &project)),
            ("cost_centre", centre),
            ("project", project),
        ];
        let narrowed: String = narrowed.into_iter().filter_map(|(name, value)| Some(format!("&{name}={}", value?))).collect();
        let (currency, through) = (found.currency.0, self.through);
        format!("/v1/journal?spent=true&currency={currency}&effective_from={from}&as_of={to}&through={through}{narrowed}")
    }
}
