//! What others may know of recurring invoices.

use quittance_domain::recurring_invoice::{Arrangement, RecurringInvoiceEvent, Schedule, Template};
use serde_json::Value;

use super::data;
use super::invoice::{line, references};

pub fn recurring_invoice(event: &RecurringInvoiceEvent) -> Value {
    match event {
        RecurringInvoiceEvent::Arranged(arrangement) => {
            let Arrangement { template: made_from, schedule: when, by } = &**arrangement;
            data! { template: template(made_from), schedule: schedule(when), by }
        }
        RecurringInvoiceEvent::Made { occurrence, due_on, invoice_id } => data! { occurrence, due_on, invoice_id },
        RecurringInvoiceEvent::Resumed { from, by } => data! { from, by },
        RecurringInvoiceEvent::Paused { reason, by } | RecurringInvoiceEvent::Ended { reason, by } => data! { reason, by },
    }
}

fn template(template: &Template) -> Value {
    let Template { vendor_id, number_prefix, currency, references: referred, remittance: _, lines, notes: _ } = template;
    data! { vendor_id, number_prefix, currency, references: references(referred), lines: lines.iter().map(line).collect::<Vec<_>>() }
}

fn schedule(schedule: &Schedule) -> Value {
    let Schedule { every, day, starts_on, ends_on, occurrences_max } = schedule;
    data! { every, day, starts_on, ends_on, occurrences_max }
}
