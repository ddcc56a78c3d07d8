//! The content of an Order-X order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{cefact, drive};

const SPACES: [&str; 3] = [
    "urn:un:unece:uncefact:data:SCRDMCCBDACIOMessageStructure:100",
    "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:128",
    "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:128",
];

fuzz_target!(|bytes: &[u8]| {
    drive(&cefact("SCRDMCCBDACIOMessageStructure", SPACES, bytes));
});
