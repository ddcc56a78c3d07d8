//! Customers.

use quittance_domain::Currency;
use quittance_domain::customer::{CustomerDetails, CustomerEvent};
use quittance_domain::invoice::Assignment;
use quittance_domain::party::{Contact, Party};

use super::Sample;
use crate::fixtures::*;

pub fn customers() -> Vec<Sample<CustomerEvent>> {
    let bare = CustomerDetails { party: Party { name: "Laden am Eck".to_owned(), ..Party::default() }, ..CustomerDetails::default() };
    let registered = |details| CustomerEvent::Registered { details: Box::new(details), by: ANNA };
    vec![
        ("", registered(customer_details())),
        ("bare", registered(bare.clone())),
        ("", CustomerEvent::DetailsChanged { details: Box::new(customer_details()), by: CARL }),
        ("bare", CustomerEvent::DetailsChanged { details: Box::new(bare), by: CARL }),
        ("", CustomerEvent::Blocked { reason: "three reminders".to_owned(), by: BOB }),
        ("", CustomerEvent::Unblocked { by: DORA }),
        ("", CustomerEvent::MergedInto { into: CUSTOMER, by: BOB }),
        ("", CustomerEvent::Absorbed { customers: vec![OTHER_CUSTOMER], by: BOB }),
    ]
}

fn customer_details() -> CustomerDetails {
    let text = |text: &str| Some(text.to_owned());
    let code = |text: &str| text.parse().expect("a code");
    CustomerDetails {
        party: party("Nordlicht GmbH"),
        other_names: vec!["Nordlicht Versand".to_owned()],
        number: text("C-2041"),
        group: text("wholesale"),
        contacts: vec![Contact {
            name: "Karla Kauf".to_owned(),
            subject: text("invoices"),
            email: text("karla@nordlicht.example"),
            phone: None,
        }],
        buyer_reference: text("04011000-12345-03"),
        currency: Some(Currency::EUR),
        payment_terms: text("2-10-N30"),
        coding: Some(Assignment {
            account_code: code("4000"),
            cost_centre: Some(code("SALES")),
            project: Some(code("NORTH")),
            tax_code: Some(code("S19")),
        }),
    }
}
