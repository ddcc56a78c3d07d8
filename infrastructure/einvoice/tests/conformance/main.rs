//! The readers over real documents. They lie outside the project; `QUITTANCE_DATA` says where.

mod code_lists;
mod data;
mod fragments;
mod full_documents;
mod pairs;
mod pdfs;
mod rule_tests;
mod rules;
mod totals;
mod variants;
