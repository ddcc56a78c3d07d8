//! What recurs.

use quittance_domain::Currency;
use quittance_domain::recurring_invoice::{Arrangement, Every, RecurringInvoiceEvent, Schedule, Template};

use super::Sample;
use crate::fixtures::*;

pub fn recurring_invoices() -> Vec<Sample<RecurringInvoiceEvent>> {
    let template = Template {
        vendor_id: VENDOR,
        number_prefix: "RENT".to_owned(),
        currency: Currency::EUR,
        references: Default::default(),
        remittance: Some("Hall 3".to_owned()),
        lines: document().lines,
        notes: vec!["by the lease of 2024".to_owned()],
    };
    let schedule = Schedule {
        every: Every::Month,
        day: Some(31),
        starts_on: day("2026-01-31"),
        ends_on: Some(day("2028-12-31")),
        occurrences_max: Some(36),
    };
    let bare = Arrangement {
        template: Template { remittance: None, notes: vec![], ..template.clone() },
        schedule: Schedule { every: Every::Week, day: None, ends_on: None, occurrences_max: None, ..schedule },
        by: ANNA,
    };
    vec![
        ("", RecurringInvoiceEvent::Arranged(Box::new(Arrangement { template, schedule, by: ANNA }))),
        ("without_end", RecurringInvoiceEvent::Arranged(Box::new(bare))),
        ("", RecurringInvoiceEvent::Made { occurrence: 1, due_on: day("2026-02-28"), invoice_id: INVOICE }),
        ("", RecurringInvoiceEvent::Paused { reason: "rebuilding".to_owned(), by: BOB }),
        ("", RecurringInvoiceEvent::Resumed { from: day("2026-06-01"), by: BOB }),
        ("", RecurringInvoiceEvent::Ended { reason: "moved out".to_owned(), by: BOB }),
    ]
}
