//! The payment-calendar time machine: how a past period's instalments would have been paid on other days (B5).
//!
//! Costs the histories of the invoices that were paid or fell due in the period, and of their vendors: a page of them a question.

mod past;
mod sums;

use chrono::NaiveDate;
use quittance_application::calendar::calendar_id;
use quittance_domain::calendar::FiscalCalendar;
use quittance_domain::ids::{InvoiceId, VendorId};
use quittance_domain::invoice::Payable;
use quittance_domain::payment_calendar::{Owed, PastInstalment, Runs};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Money, Root};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::logged::recorded;
use crate::page::QueryError;
use past::{Past, concerned};
pub use sums::{CalendarSums, VendorCalendarSums};

/// Invoices that one question takes.
const INVOICES_MAX: usize = 500;

/// The period that is asked about, and where it is asked.
#[derive(Clone, Copy, Debug)]
pub struct Asked {
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Only this invoice and those after it.
    pub continue_from: Option<InvoiceId>,
    pub today: NaiveDate,
    pub zone: TimeZone,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PaymentCalendarReplay {
    /// The days of the period on which payments would have left.
    pub runs: Vec<NaiveDate>,
    /// Instalments of what was looked at that were paid in the period, or fell due in it and were not paid by then.
    pub instalments: usize,
    /// Those that would have been paid on the same day with the same discount.
    pub unchanged: usize,
    /// There is more in the period than one question takes: ask again from this invoice on.
    pub continue_from: Option<InvoiceId>,
    /// Of what was looked at, one a currency.
    pub totals: Vec<CalendarSums>,
    /// The same by vendor, the most affected first.
    pub vendors: Vec<VendorCalendarSums>,
    pub lines: Vec<InstalmentReplay>,
}

/// An instalment as it was paid, and as it would have been.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct InstalmentReplay {
    pub invoice_id: InvoiceId,
    pub number: String,
    /// From 1.
    pub instalment: u32,
    pub vendor_id: VendorId,
    pub vendor_name: String,
    /// What payments settled or have to settle of it, in money, discount and tax that is kept back.
    pub amount: Money,
    pub due_date: NaiveDate,
    /// The last day of its best discount; absent where there is none, or the invoice is owed in parts.
    pub discount_until: Option<NaiveDate>,
    pub was: InstalmentPayment,
    pub would_have_been: InstalmentPayment,
    /// Below zero it would have been paid earlier; absent where either never was.
    pub days_later: Option<i64>,
    /// The days by which each amount would have left later, times the amount.
    #[schema(value_type = Option<String>, example = "-1200.00")]
    pub amount_days: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct InstalmentPayment {
    /// When the last of it was paid; absent where part of it is still open, or no run would have paid it.
    pub paid_on: Option<NaiveDate>,
    pub discount: Money,
    /// After its due date, or not at all by today.
    pub late: bool,
}

/// The days on which the company's banks work.
pub async fn working_days(tx: &mut TenantTx) -> Result<FiscalCalendar, QueryError> {
    let id = calendar_id(tx.tenant()).0;
    let events = recorded::<FiscalCalendar>(tx, vec![id], None).await?.remove(&id).unwrap_or_default();
    Ok(FiscalCalendar::replay(events.into_iter().map(|(_, event)| event)))
}

pub async fn replay(tx: &mut TenantTx, runs: &Runs, asked: &Asked) -> Result<PaymentCalendarReplay, QueryError> {
    let mut ids = concerned(tx, (asked.from, asked.to), asked.continue_from.map(|id| id.0), INVOICES_MAX + 1).await?;
    let continue_from: Option<&Uuid> = ids.get(INVOICES_MAX);
    let continue_from = continue_from.copied().map(InvoiceId);
    ids.truncate(INVOICES_MAX);
    let past = Past::of(tx, ids, asked.zone).await?;
    let lines: Vec<InstalmentReplay> = past.invoices().flat_map(|(id, invoice)| asked.of_invoice(runs, &past, id, invoice)).collect();
    Ok(PaymentCalendarReplay {
        runs: runs.within().to_vec(),
        instalments: lines.len(),
        unchanged: lines.iter().filter(|line| !line.is_changed()).count(),
        continue_from,
        totals: sums::by_currency(&lines),
        vendors: sums::by_vendor(&lines),
        lines,
    })
}

impl Asked {
    fn of_invoice(&self, runs: &Runs, past: &Past, id: InvoiceId, invoice: &Payable) -> Vec<InstalmentReplay> {
        let parts = invoice.past_instalments().into_iter();
        let concerned = parts.filter(|part| part.amount.is_positive() && self.concerns(part));
        concerned.map(|part| self.of_part(runs, past, id, invoice, &part)).collect()
    }

    /// Whether it was paid in the period, or fell due in it and was not paid by then.
    fn concerns(&self, part: &PastInstalment) -> bool {
        let within = |day: NaiveDate| (self.from..=self.to).contains(&day);
        let paid_on = part.paid_on();
        paid_on.is_some_and(within) || within(part.due_date) && paid_on.is_none_or(|day| day > part.due_date)
    }

    fn of_part(&self, runs: &Runs, past: &Past, id: InvoiceId, invoice: &Payable, part: &PastInstalment) -> InstalmentReplay {
        let owed = Owed {
            amount: part.amount,
            due_date: part.due_date,
            discount: &|day| invoice.discount_if_paid_whole(day),
            free: &|day| past.was_free(id, part, day),
        };
        let paid = runs.pay(&owed);
        let received_on = invoice.terms.as_ref().map(|terms| terms.received_on);
        let was = self.payment(part, part.paid_on(), part.discount_taken());
        let none = Money::zero(part.amount.currency());
        let would_have_been = self.payment(part, paid.map(|paid| paid.on), paid.map_or(none, |paid| paid.discount));
        InstalmentReplay {
            invoice_id: id,
            number: invoice.document.number.clone(),
            instalment: part.number,
            vendor_id: invoice.vendor_id,
            vendor_name: past.vendor_name(invoice.vendor_id),
            amount: part.amount,
            due_date: part.due_date,
            discount_until: received_on.and_then(|day| invoice.discount_if_paid_whole(day)).map(|discount| discount.until),
            was,
            would_have_been,
            days_later: was.paid_on.zip(would_have_been.paid_on).map(|(was, then)| (then - was).num_days()),
            amount_days: would_have_been.paid_on.and_then(|day| part.amount_days(day)),
        }
    }

    fn payment(&self, part: &PastInstalment, paid_on: Option<NaiveDate>, discount: Money) -> InstalmentPayment {
        InstalmentPayment { paid_on, discount, late: paid_on.unwrap_or(self.today) > part.due_date }
    }
}

impl InstalmentReplay {
    fn is_changed(&self) -> bool {
        let of = |payment: &InstalmentPayment| (payment.paid_on, payment.discount);
        of(&self.was) != of(&self.would_have_been)
    }
}
