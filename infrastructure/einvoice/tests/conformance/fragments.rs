//! The pieces of invoices in the official rule tests: all of them can be read, however much is missing.

use quittance_einvoice::{capture, check_totals};
use quittance_einvoice_formats::{ReadError, read};

use crate::rule_tests;

#[test]
fn every_fragment_is_read() {
    let tests = rule_tests::all();
    assert!(tests.len() >= 900, "only {} rule tests", tests.len());
    for test in tests {
        match read(test.document.as_bytes()) {
            Ok(read) => {
                let invoice = read.invoice();
                // Neither may panic on what is incomplete; what they say is not in question here.
                let _ = (capture(&invoice).is_ok(), check_totals(&invoice).holds());
            }
            Err(error) => panic!("{}: {error}", test.name),
        }
    }
}

#[test]
fn a_fragment_of_something_else_is_refused_by_its_root() {
    let error = read(b"<testSet xmlns='http://difi.no/xsd/vefa/validator/1.0'/>").err();
    assert_eq!(error, Some(ReadError::NotAnInvoice { root: "{http://difi.no/xsd/vefa/validator/1.0}testSet".into() }));
}
