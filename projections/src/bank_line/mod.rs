//! The lines of the company's accounts, whichever statement brought them, and what the books say went through an account.

mod moves;
mod row;

pub(crate) use moves::known as moves_known;
pub use moves::{BankMoveRow, BankMoves};
pub(crate) use row::known as lines_known;
pub use row::{BankLineFilter, BankLineRow, BankLineView, BankLines, get, list, statements_of, unexplained_income};
