//! CSV exports of online banking, by a mapping that names the columns: there is no standard to go by.

mod mapping;
mod read;

pub use mapping::{AmountColumns, CsvMapping, DecimalMark};
pub use read::read;
