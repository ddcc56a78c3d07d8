//! Converts an invoice: `cargo run --example convert -- ubl|cii|facturx SOURCE TARGET`. What could not be carried is listed.

use quittance_einvoice_formats::{Format, convert};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    let [_, format, source, target] = arguments.as_slice() else { return Err("convert ubl|cii|facturx SOURCE TARGET".into()) };
    let format = match format.as_str() {
        "ubl" => Format::Ubl,
        "cii" => Format::Cii,
        "facturx" => Format::FacturX,
        other => return Err(format!("no format {other}").into()),
    };
    let converted = convert(&std::fs::read(source)?, format)?;
    converted.not_carried.iter().for_each(|lost| println!("{lost:?}"));
    Ok(std::fs::write(target, converted.bytes)?)
}
