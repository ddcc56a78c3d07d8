//! The content of a ZUGFeRD 1 invoice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{cefact, drive};

const SPACES: [&str; 3] = [
    "urn:ferd:CrossIndustryDocument:invoice:1p0",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15",
];

fuzz_target!(|bytes: &[u8]| {
    drive(&cefact("CrossIndustryDocument", SPACES, bytes));
});
