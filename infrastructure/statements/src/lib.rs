//! Bank statements of every common format, read into one neutral [`StatementFile`] that keeps what it could not map and says whether its balances prove.
//!
//! ```
//! let file = quittance_statements::read(b":20:1\n:25:NL71RABO0123456789\n:28C:1\n:60F:C260101EUR10,00\n:61:260102D4,00NTRFNONREF\n:62F:C260102EUR6,00\n")?;
//! let statement = &file.statements[0];
//! assert_eq!(statement.entries[0].amount.to_string(), "-4.00");
//! assert_eq!(statement.proof(), quittance_statements::BalanceProof::Proved);
//! # Ok::<(), quittance_statements::StatementRefusal>(())
//! ```
//!
//! Money is decimal, never a float, and never repaired: a statement whose balances do not follow from its entries is read and says by how much it is off.

mod bai2;
mod camt;
mod classify;
mod csv;
mod decode;
mod detect;
mod entry;
mod mt;
mod number;
mod ofx;
mod proof;
mod quoting;
mod refusal;
mod statement;

pub use csv::{AmountColumns, CsvMapping, DecimalMark, read as read_csv};
pub use decode::xml_text;
pub use detect::{looks_like_a_statement, read};
pub use entry::{Charge, CodeScheme, Detail, Entry, EntryStatus, Exchange, Party, References, Remittance, ReturnReason, TransactionCode};
pub use proof::{BalanceProof, Unprovable};
pub use quoting::swallows_rows;
pub use refusal::{Place, StatementRefusal};
pub use statement::{Account, Balance, BalanceKind, Control, Format, Period, Statement, StatementFile, StatementKind, Unmapped};
