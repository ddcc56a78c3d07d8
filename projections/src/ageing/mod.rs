//! What is owed, by how late it is (SEMANTICS 10): as of a date in the books, as known at a moment, tied to the control account.
//!
//! Three round trips beside what is known: totals, one page of vendors, the control account. Totals add up the sums of whole blocks of the log
//! and the movements of the last one, so they are bounded by days and not by invoices; a page adds up its vendors'
//! movements. Both are exact at every pair of dates: a movement never changes. Lines are in the order of vendors' ids.

mod buckets;
mod query;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::chart::{Code, PostingRole};
use quittance_domain::ids::VendorId;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

pub use buckets::{AgeingBy, Buckets, BucketsInvalid};
pub(crate) use query::{through as query_through, with_the_ledger};

use crate::known_name::named_as_known;
use crate::ledger::{self, AccountBalance};
use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::report::payable_fact::{Dated, explained_by};

/// Later than anything that is recorded, and within what PostgreSQL can hold.
pub(crate) const END_OF_TIME: DateTime<Utc> = DateTime::from_timestamp(253_402_300_799, 0).expect("the last second of the year 9999");

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgeingFilter {
    /// The date in the books; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    /// Days are counted from the due date where absent.
    pub by: Option<AgeingBy>,
    /// The last day of every bucket but the last; 30,60,90,120 where absent.
    #[param(value_type = Option<String>, example = "30,60,90,120")]
    pub buckets: Option<Buckets>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Ageing {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    pub by: AgeingBy,
    /// One a currency.
    pub totals: Vec<AgeingTotal>,
    /// Those who are owed something, or owe us.
    pub vendors: PageOf<AgeingLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgeingLine {
    pub vendor_id: VendorId,
    pub vendor_name: Option<String>,
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Amounts,
    /// How many invoices and credit notes are open.
    pub documents: i64,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgeingTotal {
    pub currency: Currency,
    #[serde(flatten)]
    pub amounts: Amounts,
    /// Absent where one vendor was asked for.
    pub control: Option<ControlAccount>,
}

/// Open amounts by bucket, the last one for what payments left on account: below zero, and late for nobody. They sum to `total`;
/// `held` is the part of it that nobody has approved, `disputed` the part that the vendors and we do not agree on, both in any bucket.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Amounts {
    pub buckets: Vec<AgeingCell>,
    pub total: Money,
    pub held: Money,
    pub disputed: Money,
    /// The movements that add up to the total.
    pub explained_by: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgeingCell {
    #[schema(example = "31_60")]
    pub bucket: String,
    pub open: Money,
    /// The movements that add up to it.
    #[schema(example = "/v1/reports/payable-facts?as_of=2026-03-31&through=4711&currency=EUR&due_to=2026-02-28&figure=12.50")]
    pub explained_by: String,
}

/// What the ledger says at the same dates: what is owed is above zero here, a credit of ours as a debit of customers.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ControlAccount {
    pub account: Code,
    pub balance: Money,
    /// The total less the balance and those of former control accounts: zero, always.
    pub difference: Money,
    /// The balance in the books' currency, at the rates of the documents.
    #[schema(value_type = String)]
    pub base_balance: Decimal,
    /// The total in the books' currency at the last rate known for `as_of`; absent without one.
    #[schema(value_type = Option<String>)]
    pub at_closing_rate: Option<Decimal>,
    pub explained_by: String,
    /// Accounts that were the control account before this one and hold something still.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub former: Vec<FormerControl>,
}

/// What was posted before another account became the control account is settled where it was posted.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FormerControl {
    pub account: Code,
    pub balance: Money,
    pub explained_by: String,
}

/// What no invoice is late with: credit of ours that the vendor has.
const ON_ACCOUNT: &str = "on_account";

/// What an ageing is asked for, every default filled in.
struct Asked<'f> {
    filter: &'f AgeingFilter,
    as_of: NaiveDate,
    through: i64,
    by: AgeingBy,
    buckets: Buckets,
}

/// Sums of one bucket.
struct Cell {
    currency: Currency,
    bucket: usize,
    open: Decimal,
    held: Decimal,
    disputed: Decimal,
    documents: i64,
}

/// `today` is used where the filter names no date.
pub async fn ageing(tx: &mut TenantTx, filter: &AgeingFilter, page: &Page, today: NaiveDate) -> Result<Ageing, QueryError> {
    let facts = query::through(tx, filter.known_at).await?;
    let through = with_the_ledger(tx, "invoices", facts, filter.known_at).await?;
    let asked = Asked {
        filter,
        as_of: filter.as_of.unwrap_or(today),
        through,
        by: filter.by.unwrap_or_default(),
        buckets: filter.buckets.clone().unwrap_or_default(),
    };
    let mut vendors = vendors(tx, &asked, page).await?;
    named_as_known(tx, filter.known_at, &mut vendors.data, |line| (Some(line.vendor_id), &mut line.vendor_name)).await?;
    let totals = match filter.vendor_id {
        Some(_) => vendors.data.iter().map(AgeingTotal::of_one).collect(),
        None => totals(tx, &asked).await?,
    };
    Ok(Ageing { as_of: asked.as_of, known_at: filter.known_at, through: asked.through, by: asked.by, totals, vendors })
}

async fn vendors(tx: &mut TenantTx, asked: &Asked<'_>, page: &Page) -> Result<PageOf<AgeingLine>, QueryError> {
    let list = list_name("ageing", asked.filter, "vendor_id");
    let after = page.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &list)).transpose()?;
    let after = after.map(|(_, id)| id.parse().map_err(|_| QueryError::CursorInvalid)).transpose()?;
    let mut found = query::vendors(tx, asked, after, page.limit() + 1).await?;
    let more = found.len() > page.limit();
    found.truncate(page.limit());
    let next = found.last().filter(|_| more).map(|vendor| vendor.id.to_string());
    let next_cursor = next.map(|id| Cursor::new(id.clone(), id, &list).encode());
    let data = found.into_iter().flat_map(|vendor| lines(asked, vendor)).collect();
    Ok(PageOf { data, next_cursor })
}

/// One line a currency.
fn lines(asked: &Asked<'_>, vendor: query::VendorCells) -> Vec<AgeingLine> {
    let (id, cells) = (VendorId(vendor.id), &vendor.cells);
    let line = |currency| AgeingLine {
        vendor_id: id,
        vendor_name: vendor.name.clone(),
        currency,
        amounts: asked.amounts(currency, Some(id), cells),
        documents: cells.iter().filter(|cell| cell.currency == currency).map(|cell| cell.documents).sum(),
    };
    currencies(cells).into_iter().map(line).collect()
}

async fn totals(tx: &mut TenantTx, asked: &Asked<'_>) -> Result<Vec<AgeingTotal>, QueryError> {
    let cells = query::totals(tx, asked).await?;
    let mut totals = Vec::new();
    for currency in currencies(&cells) {
        let amounts = asked.amounts(currency, None, &cells);
        let control = Some(control(tx, PostingRole::PayablesControl, amounts.total, asked.as_of, asked.through).await?);
        totals.push(AgeingTotal { currency, amounts, control });
    }
    Ok(totals)
}

/// What the account of `role` holds beside a total of open amounts, and those that were it before.
pub(crate) async fn control(
    tx: &mut TenantTx,
    role: PostingRole,
    total: Money,
    as_of: NaiveDate,
    through: i64,
) -> sqlx::Result<ControlAccount> {
    let ((account, held), former) = ledger::control_balance(tx, role, total.currency(), as_of, through).await?;
    // A liability is a credit.
    let owed_by_us = role == PostingRole::PayablesControl;
    let turned = |balance: Money| if owed_by_us { balance.negated() } else { balance };
    let balance = turned(held.balance);
    let formerly =
        |(account, held): (Code, AccountBalance)| FormerControl { account, balance: turned(held.balance), explained_by: held.explained_by };
    let former: Vec<FormerControl> = former.into_iter().map(formerly).collect();
    let proven = former.iter().fold(balance.amount(), |sum, former| sum + former.balance.amount());
    let difference = Money::rounded(total.amount() - proven, total.currency());
    let at_closing_rate = ledger::in_base(tx, total, as_of).await?;
    // A zero has no sign.
    let base_balance = if owed_by_us && !held.base_balance.is_zero() { -held.base_balance } else { held.base_balance };
    let explained_by = held.explained_by;
    Ok(ControlAccount { account, balance, difference, base_balance, at_closing_rate, explained_by, former })
}

fn currencies(cells: &[Cell]) -> Vec<Currency> {
    let mut found: Vec<Currency> = cells.iter().map(|cell| cell.currency).collect();
    found.sort_by_key(|currency| currency.code());
    found.dedup();
    found
}

impl AgeingTotal {
    fn of_one(line: &AgeingLine) -> Self {
        Self { currency: line.currency, amounts: line.amounts.clone(), control: None }
    }
}

impl Asked<'_> {
    fn amounts(&self, currency: Currency, vendor: Option<VendorId>, cells: &[Cell]) -> Amounts {
        let own = || cells.iter().filter(move |cell| cell.currency == currency);
        let money = |amount| Money::rounded(amount, currency);
        let open = |bucket: usize| money(own().filter(|cell| cell.bucket == bucket).map(|cell| cell.open).sum());
        let dated = (0..self.buckets.count()).map(|bucket| self.cell(bucket, open(bucket), vendor));
        let on_account = open(self.buckets.count());
        let explained_by = self.explained_by(vendor, Dated::OnAccount, on_account);
        let on_account = AgeingCell { bucket: ON_ACCOUNT.to_owned(), open: on_account, explained_by };
        let buckets = dated.chain([on_account]).collect();
        let total = money(own().map(|cell| cell.open).sum());
        let held = money(own().map(|cell| cell.held).sum());
        let disputed = money(own().map(|cell| cell.disputed).sum());
        Amounts { buckets, total, held, disputed, explained_by: self.explained_by(vendor, Dated::Any, total) }
    }

    /// The bucket after the dated ones, as the database numbers them.
    fn on_account(&self) -> i32 {
        i32::try_from(self.buckets.count()).unwrap_or(i32::MAX)
    }

    fn cell(&self, bucket: usize, open: Money, vendor: Option<VendorId>) -> AgeingCell {
        let (first, last) = self.buckets.dates(bucket, self.as_of);
        let dated = match self.by {
            AgeingBy::DueDate => Dated::LateBy(first, last),
            AgeingBy::InvoiceDate => Dated::Document(first, last),
        };
        AgeingCell { bucket: self.buckets.name(bucket), open, explained_by: self.explained_by(vendor, dated, open) }
    }

    fn explained_by(&self, vendor: Option<VendorId>, dated: Dated, figure: Money) -> String {
        explained_by(self.as_of, self.through, vendor, dated, figure)
    }
}

impl Amounts {
    /// What is in the bucket of this name.
    pub fn bucket(&self, name: &str) -> Option<Money> {
        self.buckets.iter().find(|cell| cell.bucket == name).map(|cell| cell.open)
    }
}
