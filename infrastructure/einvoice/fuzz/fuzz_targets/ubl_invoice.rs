//! The content of a UBL invoice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{drive, ubl};

fuzz_target!(|bytes: &[u8]| {
    drive(&ubl("Invoice", bytes));
});
