//! Discounts that can still be had by paying early, with what the money earns in a year (SEMANTICS 4).
//!
//! What is open is as of the date, as far as it was known; terms are reckoned once when an invoice comes in. What was known
//! at a moment is told for ever: the invoices are read as they were then.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::{DocumentKind, Invoice, InvoiceStatus, Payable};
use quittance_domain::money::round_half_up;
use quittance_domain::payment_run::Discount;
use quittance_domain::terms::{AgreedTerms, Standing};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::ageing::query_through;
use crate::invoice::first_entry_of;
use crate::logged;
use crate::page::QueryError;
use crate::word::Word;

/// Offers that one answer holds: more than a person looks at, and a bound.
const OFFERS_MAX: i64 = 10_000;

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct DiscountFilter {
    /// The value date on which one would pay; today where absent.
    pub as_of: Option<NaiveDate>,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    pub vendor_id: Option<VendorId>,
    pub currency: Option<Currency>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DiscountOpportunities {
    pub as_of: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    /// The last position of the log that is in it.
    pub through: i64,
    /// What ends first comes first.
    pub lines: Vec<DiscountOpportunity>,
    /// One a currency: what all of them are worth.
    pub totals: Vec<Money>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct DiscountOpportunity {
    pub invoice_id: InvoiceId,
    pub number: String,
    pub vendor_id: VendorId,
    pub vendor_name: String,
    /// As far as is known: what is not approved cannot be paid.
    pub status: InvoiceStatus,
    /// The code of its terms.
    pub terms: String,
    pub open: Money,
    pub discount: Money,
    /// What is paid if it is taken.
    pub to_pay: Money,
    /// A payment of it is planned already.
    pub in_payment: bool,
    /// The last day that earns it.
    pub last_day: NaiveDate,
    pub days_left: i64,
    pub due_date: NaiveDate,
    /// What paying on the last day instead of the due date earns, in percent of a year; absent where that is no earlier.
    #[schema(value_type = Option<String>, example = "37.24")]
    pub yearly_percent: Option<Decimal>,
    /// The movements that add up to what is open.
    pub explained_by: String,
}

#[derive(sqlx::FromRow)]
struct Found {
    invoice_id: Uuid,
    kind: Word<DocumentKind>,
    number: String,
    vendor_id: Uuid,
    vendor_name: String,
    status: Word<InvoiceStatus>,
    currency: Word<Currency>,
    payable: Decimal,
    due_date: NaiveDate,
    terms: Json<Option<AgreedTerms>>,
    open: Decimal,
    taken: Decimal,
    credited: Decimal,
    in_payment: bool,
}

const OPEN: &str = "\
    select i.invoice_id, i.kind, i.number, i.vendor_id, i.vendor_name, i.status, i.currency, i.payable, i.due_date, i.terms, i.claims <> '[]' as in_payment, \
           f.open, f.taken, f.credited \
      from invoices i cross join lateral \
        (select coalesce(sum(amount), 0) as open, \
                coalesce(-sum(amount) filter (where kind in ('discounted', 'discount_reversed')), 0) as taken, \
                coalesce(-sum(amount) filter (where kind in ('allocated', 'allocation_reversed')), 0) as credited \
           from payable_facts where tenant_id = $1 and invoice_id = i.invoice_id and effective_date <= $2 and entry < $3) f \
     where i.tenant_id = $1 and f.open > 0 \
       and (($7 and i.first_amended_at is not null) \
            or (i.kind = 'invoice' and jsonb_array_length(coalesce(i.terms->'discounts', '[]')) > 0 \
                and ($4::uuid is null or i.vendor_id = $4) and ($5::text is null or i.currency = $5))) \
     order by i.invoice_id limit $6";

/// `today` is used where the filter names no date. What an amendment has changed since is asked about as well.
pub async fn discount_opportunities(
    tx: &mut TenantTx,
    filter: &DiscountFilter,
    today: NaiveDate,
) -> Result<DiscountOpportunities, QueryError> {
    let as_of = filter.as_of.unwrap_or(today);
    let through = query_through(tx, filter.known_at).await?;
    let tenant = tx.tenant();
    let mut found: Vec<Found> = sqlx::query_as(OPEN)
        .bind(tenant.0)
        .bind(as_of)
        .bind(first_entry_of(through + 1))
        .bind(filter.vendor_id.map(Uuid::from))
        .bind(filter.currency.map(Word))
        .bind(OFFERS_MAX)
        .bind(filter.known_at.is_some())
        .fetch_all(&mut **tx)
        .await?;
    if let Some(known_at) = filter.known_at {
        let then = logged::as_known::<Invoice>(tx, found.iter().map(|found| found.invoice_id).collect(), known_at).await?;
        found
            .iter_mut()
            .filter_map(|found| Some((then.get(&found.invoice_id)?.received().ok()?, found)))
            .for_each(|(then, found)| found.was(then));
        found.retain(|found| found.is_wanted(filter));
    }
    let mut lines: Vec<DiscountOpportunity> = found.into_iter().filter_map(|found| found.offer(as_of, through)).collect();
    lines.sort_by(|a, b| (a.last_day, b.discount.amount()).cmp(&(b.last_day, a.discount.amount())));
    Ok(DiscountOpportunities { as_of, known_at: filter.known_at, through, totals: totals(&lines), lines })
}

impl Found {
    /// What an amendment, a decision or a payment may have changed since.
    fn was(&mut self, then: &Payable) {
        self.kind = Word(then.document.kind);
        self.number.clone_from(&then.document.number);
        self.vendor_id = then.vendor_id.0;
        self.vendor_name.clone_from(&then.document.seller.name);
        self.status = Word(then.status());
        (self.currency, self.payable) = (Word(then.payable.currency()), then.payable.amount());
        self.due_date = then.due_date;
        self.terms = Json(then.terms.clone());
        self.in_payment = !then.claims.is_empty();
    }

    fn is_wanted(&self, filter: &DiscountFilter) -> bool {
        self.kind.0 == DocumentKind::Invoice
            && filter.vendor_id.is_none_or(|vendor| vendor.0 == self.vendor_id)
            && filter.currency.is_none_or(|currency| currency == self.currency.0)
    }

    /// What a payment of all that is open would take on the day.
    fn offer(self, as_of: NaiveDate, through: i64) -> Option<DiscountOpportunity> {
        let terms = self.terms.0?;
        let money = |amount| Money::rounded(amount, self.currency.0);
        let open = money(self.open);
        let standing = Standing { payable: money(self.payable), open, taken: money(self.taken), credited: money(self.credited) };
        let settled = terms.settlement(standing, None, as_of);
        let last_day = terms.available(as_of).filter(|_| settled.discount.is_positive())?.last_day;
        let rate = Discount { amount: settled.discount, until: last_day }.yearly_rate(open, self.due_date);
        Some(DiscountOpportunity {
            invoice_id: InvoiceId(self.invoice_id),
            number: self.number,
            vendor_id: VendorId(self.vendor_id),
            vendor_name: self.vendor_name,
            status: self.status.0,
            terms: terms.code,
            open,
            discount: settled.discount,
            to_pay: settled.cash,
            in_payment: self.in_payment,
            last_day,
            days_left: (last_day - as_of).num_days(),
            due_date: self.due_date,
            yearly_percent: rate.and_then(|rate| rate.checked_mul(dec!(100))).map(|percent| round_half_up(percent, 2)),
            explained_by: format!(
                "/v1/reports/payable-facts?invoice_id={}&currency={}&as_of={as_of}&through={through}&figure={}",
                self.invoice_id,
                self.currency.0,
                open.amount()
            ),
        })
    }
}

fn totals(lines: &[DiscountOpportunity]) -> Vec<Money> {
    let mut totals: Vec<Money> = Vec::new();
    for discount in lines.iter().map(|line| line.discount) {
        match totals.iter_mut().find(|total| total.currency() == discount.currency()) {
            Some(total) => *total = Money::rounded(total.amount() + discount.amount(), discount.currency()),
            None => totals.push(discount),
        }
    }
    totals.sort_by_key(|total| total.currency().code());
    totals
}
