//! Statements held against the expectations beside the real files, against the standards, and against hostile input.

mod camt;
mod camt_variants;
mod controls;
mod data;
mod every_file;
mod hostile;
mod mt940;
mod rules;
mod text_variants;
