//! What is known of the invoices of a past period, from the log: how they and their vendors stood at the end of each day.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Root;
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::{Invoice, Payable};
use quittance_domain::payment_calendar::PastInstalment;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::vendor::Vendor;
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::logged::recorded;
use crate::page::QueryError;

/// Each state with the moment from which it held.
type States<A> = Vec<(DateTime<Utc>, A)>;

pub(super) struct Past {
    invoices: BTreeMap<Uuid, States<Invoice>>,
    vendors: BTreeMap<Uuid, States<Vendor>>,
    zone: TimeZone,
}

/// Paid in the period or after it what was due in it; or still owed. Who is asked about is then decided by what they were.
const CONCERNED: &str = "\
    select invoice_id from \
      (select invoice_id from payable_facts where tenant_id = $1 and kind = 'settled' and effective_date >= $2 \
                                              and (effective_date <= $3 or due_date between $2 and $3) \
        union \
       select invoice_id from invoices where tenant_id = $1 and kind = 'invoice' and status not in ('rejected', 'voided', 'paid') and due_date <= $3) concerned \
     where $4::uuid is null or invoice_id >= $4 order by invoice_id limit $5";

/// Invoices that may have been paid or fallen due in a period, from one on.
pub(super) async fn concerned(
    tx: &mut TenantTx,
    (from, to): (NaiveDate, NaiveDate),
    first: Option<Uuid>,
    limit: usize,
) -> sqlx::Result<Vec<Uuid>> {
    let tenant = tx.tenant();
    let query = sqlx::query_scalar(CONCERNED).bind(tenant.0).bind(from).bind(to).bind(first).bind(limit as i64);
    query.fetch_all(&mut **tx).await
}

impl Past {
    pub async fn of(tx: &mut TenantTx, invoices: Vec<Uuid>, zone: TimeZone) -> Result<Self, QueryError> {
        let invoices = states::<Invoice>(tx, invoices).await?;
        let vendor = |invoice: &Invoice| invoice.received().ok().map(|payable| payable.vendor_id.0);
        let mut vendors: Vec<Uuid> = invoices.values().flatten().filter_map(|(_, invoice)| vendor(invoice)).collect();
        vendors.sort_unstable();
        vendors.dedup();
        let vendors = states::<Vendor>(tx, vendors).await?;
        Ok(Self { invoices, vendors, zone })
    }

    /// The invoices as they are known now.
    pub fn invoices(&self) -> impl Iterator<Item = (InvoiceId, &Payable)> {
        self.invoices.iter().filter_map(|(id, states)| Some((InvoiceId(*id), states.last()?.1.received().ok()?)))
    }

    pub fn vendor_name(&self, vendor: VendorId) -> String {
        let profile = self.vendors.get(&vendor.0).and_then(|states| states.last()?.1.profile().ok());
        profile.map_or_else(String::new, |profile| profile.party.name.clone())
    }

    /// Whether nothing kept money from this part, as the invoice, its vendor and the account that it names stood at the day's end.
    pub fn was_free(&self, invoice: InvoiceId, part: &PastInstalment, day: NaiveDate) -> bool {
        let Some(end) = self.zone.end_of(day) else { return false };
        let then = self.invoices.get(&invoice.0).and_then(|states| standing(states, end)?.received().ok());
        let Some(payable) = then.filter(|payable| payable.is_free_to_pay(part)) else { return false };
        let vendor = self.vendors.get(&payable.vendor_id.0).and_then(|states| standing(states, end)?.profile().ok());
        vendor.is_some_and(|vendor| match &payable.pay_to {
            Some(pay_to) => vendor.payable_to(pay_to.bank_account_id, &pay_to.account, end).is_ok(),
            None => vendor.payable().is_ok(),
        })
    }
}

/// How something stood right before a moment.
fn standing<A>(states: &States<A>, before: DateTime<Utc>) -> Option<&A> {
    states[..states.partition_point(|(since, _)| *since < before)].last().map(|(_, state)| state)
}

async fn states<A: Root>(tx: &mut TenantTx, ids: Vec<Uuid>) -> Result<BTreeMap<Uuid, States<A>>, QueryError> {
    let told = recorded::<A>(tx, ids, None).await?;
    let folded = told.into_iter().map(|(id, events)| {
        let mut state = A::default();
        let states = events.into_iter().map(|(at, event)| {
            state.apply(event);
            (at, state.clone())
        });
        (id, states.collect())
    });
    Ok(folded.collect())
}
