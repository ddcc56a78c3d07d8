//! A bank statement of one of the company's own accounts: imported once, each line explained by a payment, or booked
//! to accounts by a person or by a rule of the company.
//!
//! Statements overlap: today's intraday report and tomorrow's statement list the same lines. A line is the account's, not the
//! statement's: whichever comes first claims it by its [`identity`](Entry::identity), and the later one only counts it.

mod booking;
mod cheque;
mod code;
mod division;
mod event;
mod format;
mod identity;
mod incoming;
mod matching;
mod refund;
mod span;
mod state;

pub(crate) use booking::entry;
pub use booking::{AppliedRule, BookedPart, Booking, Cleared, LinePosting, TakenBack, Withheld};
pub use cheque::{ChequeException, ChequeFinding};
pub use code::{CodeScheme, TransactionCode};
pub use division::{Division, DivisionSource};
pub use event::{
    BalanceProof, BankStatementEvent, Import, MatchTarget, Matching, PaymentEffect, StatedBalance, StatementKind, StatementLine,
};
pub use format::{OtherFormats, Retold, retold_key};
pub use identity::{
    Balances, Counted, Entry, EntryLine, customer_refund_key, day_keys, entry_key, incoming_key, line_id, payment_item_key, refund_key,
};
pub use incoming::{IncomingProposal, Told, propose_incoming};
pub use matching::{AUTOMATIC_FROM, Evidence, Explanation, Proposal, best, propose, propose_part};
pub use refund::{RefundProposal, propose_refund};
pub use span::Span;
pub use state::{BankStatement, BankStatementCommand, BankStatementRefusal, Imported};
