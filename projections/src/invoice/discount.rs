//! Discounts that end without being taken: when the next one does, and those that were missed.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::invoice::{Allocation, Claimed, DocumentKind, InvoiceEvent, InvoiceStatus, MissedCause};
use quittance_domain::terms::Standing;
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::row::InvoiceRow;
use crate::fact::Recorded;
use crate::row;
use crate::word::Word;

row! {
    pub struct DiscountWindowRow in "discount_windows" {
        invoice_id: Uuid,
        /// When it is over; absent where no payment is needed any more.
        due_at: Option<DateTime<Utc>>,
    }
}

row! {
    pub struct MissedDiscountRow in "missed_discounts" {
        position: i64,
        invoice_id: Uuid,
        vendor_id: Uuid,
        last_day: NaiveDate,
        amount: Decimal,
        currency: Word<Currency>,
        cause: Word<MissedCause>,
        recorded_at: DateTime<Utc>,
        /// A payment was recorded that had taken it in time.
        withdrawn_at: Option<DateTime<Utc>>,
    }
}

impl InvoiceRow {
    /// When the first discount is lost that nobody has taken; the rule is the domain's.
    pub(super) fn discount_due(&self, zone: TimeZone) -> Option<DateTime<Utc>> {
        let terms = self.terms.0.as_ref().filter(|_| self.kind.0 == DocumentKind::Invoice)?;
        if matches!(self.status.0, InvoiceStatus::Rejected | InvoiceStatus::Voided) {
            return None;
        }
        let standing = self.standing();
        let ends = |day: &NaiveDate| !self.discounts_missed.contains(day) && terms.lost_after(standing, *day).is_positive();
        let last_day = terms.last_days().into_iter().find(ends)?;
        zone.end_of(last_day)
    }

    /// It was paid in time, whatever was said before.
    pub(super) fn on_discount_taken(&mut self, amount: Decimal, value_date: NaiveDate) {
        self.settled += amount;
        self.discounts_missed.retain(|last_day| *last_day < value_date);
    }

    fn standing(&self) -> Standing {
        standing(self.currency.0, self.payable, self.open - self.claimed, &self.discounts, &self.allocations)
    }
}

/// Where an invoice stands that has so much left unclaimed.
pub fn standing(currency: Currency, payable: Decimal, unclaimed: Decimal, discounts: &[Claimed], allocations: &[Allocation]) -> Standing {
    let money = |amount| Money::rounded(amount, currency);
    let credits = allocations.iter().filter(|a| a.against.earns_no_discount());
    Standing {
        payable: money(payable),
        open: money(unclaimed),
        taken: money(discounts.iter().map(|c| c.amount.amount()).sum()),
        credited: money(credits.map(|a| a.amount.amount()).sum()),
    }
}

pub(super) fn missed(event: &InvoiceEvent, invoice: &InvoiceRow, at: &Recorded) -> Option<MissedDiscountRow> {
    let InvoiceEvent::DiscountMissed { last_day, amount, cause } = event else { return None };
    Some(MissedDiscountRow {
        position: at.position,
        invoice_id: at.aggregate_id,
        vendor_id: invoice.vendor_id,
        last_day: *last_day,
        amount: amount.amount(),
        currency: Word(amount.currency()),
        cause: Word(*cause),
        recorded_at: at.recorded_at,
        withdrawn_at: None,
    })
}

/// What was said to be missed before, and was not.
pub(super) struct TakenInTime {
    invoice_id: Uuid,
    value_date: NaiveDate,
    position: i64,
    recorded_at: DateTime<Utc>,
}

pub(super) fn taken_in_time(event: &InvoiceEvent, missed: &[NaiveDate], at: &Recorded) -> Option<TakenInTime> {
    let InvoiceEvent::DiscountTaken { value_date, .. } = event else { return None };
    let was_missed = missed.iter().any(|last_day| last_day >= value_date);
    let taken = TakenInTime { invoice_id: at.aggregate_id, value_date: *value_date, position: at.position, recorded_at: at.recorded_at };
    was_missed.then_some(taken)
}

const WITHDRAW: &str = "\
    update missed_discounts set withdrawn_at = $5 \
     where tenant_id = $1 and invoice_id = $2 and last_day >= $3 and position < $4 and withdrawn_at is null";

pub(super) async fn withdraw(tx: &mut TenantTx, taken: Vec<TakenInTime>) -> sqlx::Result<()> {
    let tenant = tx.tenant();
    for TakenInTime { invoice_id, value_date, position, recorded_at } in taken {
        let withdraw = sqlx::query(WITHDRAW).bind(tenant.0).bind(invoice_id).bind(value_date).bind(position).bind(recorded_at);
        withdraw.execute(&mut **tx).await?;
    }
    Ok(())
}
