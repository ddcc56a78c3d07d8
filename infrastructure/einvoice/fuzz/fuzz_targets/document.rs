//! Any file, as it comes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use quittance_einvoice_fuzz::drive;

fuzz_target!(|bytes: &[u8]| {
    drive(bytes);
});
