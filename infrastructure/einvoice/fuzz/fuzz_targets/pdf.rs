//! The objects of a PDF.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::drive;

fuzz_target!(|bytes: &[u8]| {
    drive(&[b"%PDF-1.7\n", bytes].concat());
});
