//! Cheques: the chequebook of an account, the cheques written, their print, and the lists for the bank.

pub mod book;
pub mod positive_pay;
pub mod print;
