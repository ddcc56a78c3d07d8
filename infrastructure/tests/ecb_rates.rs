//! The ECB's own file is read whole: every rate of a currency that still exists, and nothing else.

use std::path::PathBuf;

use quittance_infrastructure::ecb_rates::ReferenceRates;

fn file() -> String {
    let default = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data"));
    let path = std::env::var_os("QUITTANCE_DATA").map_or_else(default, PathBuf::from).join("ecb-fx/eurofxref-hist.csv");
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}; QUITTANCE_DATA names the folder of the documents", path.display()))
}

#[test]
fn every_rate_of_the_file_is_quoted_or_counted() {
    let text = file();
    let read = ReferenceRates::read(&text).expect("the file is read");
    let values = text.lines().skip(1).flat_map(|line| line.split(',').skip(1)).map(str::trim);
    let stated = values.filter(|value| !value.is_empty() && *value != "N/A").count() as u64;
    let passed_over: u64 = read.passed_over.values().sum();
    assert_eq!(read.quotes.len() as u64 + passed_over, stated);
    assert_eq!(read.days, text.lines().count() as u64 - 1);
    assert!(passed_over < stated / 4, "{:?}", read.passed_over);
}
