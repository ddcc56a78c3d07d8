//! One event of every type, and more where a type has several shapes: what the golden files were written from.

mod bank;
mod books;
mod cheques;
mod customers;
mod documents;
mod goods;
mod matching;
mod papers;
mod parties;
mod payables;
mod provider;
mod receivables;
mod recurring;
mod runs;
mod terms;
mod withholding;

use cqrs_es::DomainEvent;
use quittance_domain::Root;
use serde_json::Value;

pub use bank::{bank_rules, bank_statements};
pub use books::{calendars, charts, exchange_rates, journal_entries};
pub use cheques::chequebooks;
pub use customers::customers;
pub use documents::{despatch_advices, import_mappings, invoice_imports, order_documents};
pub use goods::{goods_receipts, items, locations, purchase_orders, stocks};
pub use matching::tolerances;
pub use papers::{attachments, comments, messages, refused_reactions};
pub use parties::{delegations, policies, tenants, users, vendors, vouchings};
pub use payables::{approvals, invoices, payments};
pub use provider::provider_accounts;
pub use receivables::{number_series, receivables};
pub use recurring::recurring_invoices;
pub use runs::{payment_run_pages, payment_runs};
pub use terms::terms;
pub use withholding::withholding_taxes;

/// A sample with the name of its case; empty for the main one of its type.
pub type Sample<E> = (&'static str, E);

/// What one aggregate has promised to read for ever.
pub struct Contract {
    pub types: &'static [(&'static str, u16)],
    pub samples: Vec<Written>,
    /// Reads a stored payload as the engine does, and writes it as it would be stored today.
    pub reread: fn(&str, u16, Value) -> Result<String, String>,
}

/// A sample as it is stored.
pub struct Written {
    pub event_type: &'static str,
    pub version: u16,
    pub case: &'static str,
    pub json: String,
}

impl Contract {
    pub fn of<A: Root>(types: &'static [(&'static str, u16)], samples: Vec<Sample<A::Event>>) -> Self {
        let written = |(case, event): Sample<A::Event>| Written {
            event_type: A::type_of(&event),
            version: A::version_of(&event),
            case,
            json: written(&event),
        };
        Self { types, samples: samples.into_iter().map(written).collect(), reread: reread::<A> }
    }
}

fn written(event: &impl DomainEvent) -> String {
    format!("{}\n", serde_json::to_string_pretty(event).expect("an event is JSON"))
}

fn reread<A: Root>(event_type: &str, version: u16, payload: Value) -> Result<String, String> {
    let event: A::Event = serde_json::from_value(A::upcast(event_type, version, payload)).map_err(|e| e.to_string())?;
    if A::type_of(&event) != event_type {
        return Err(format!("it reads as {}", A::type_of(&event)));
    }
    Ok(written(&event))
}
