//! The content of a UBL despatch advice.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{drive, ubl};

fuzz_target!(|bytes: &[u8]| {
    drive(&ubl("DespatchAdvice", bytes));
});
