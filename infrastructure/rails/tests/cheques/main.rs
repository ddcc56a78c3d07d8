//! Lists of cheques in a bank's layout, and amounts in words.

mod positive_pay;
mod words;
