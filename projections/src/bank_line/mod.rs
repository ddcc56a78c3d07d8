//! The lines of the company's accounts, whichever statement brought them, and what the books say went through an account.

mod moves;
mod row;

pub use moves::{BankMoveRow, BankMoves};
pub use row::{BankLineFilter, BankLineRow, BankLineView, BankLines, get, list};
