//! The content of a Cross Industry Invoice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{cefact, drive};

const SPACES: [&str; 3] = [
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
];

fuzz_target!(|bytes: &[u8]| {
    drive(&cefact("CrossIndustryInvoice", SPACES, bytes));
});
