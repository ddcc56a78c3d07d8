//! The content of a UBL credit note.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::{drive, ubl};

fuzz_target!(|bytes: &[u8]| {
    drive(&ubl("CreditNote", bytes));
});
