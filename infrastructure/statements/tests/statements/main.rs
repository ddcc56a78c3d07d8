//! Statements held against the expectations beside the real files, against the standards, and against hostile input.

mod camt;
mod data;
mod every_file;
mod hostile;
mod mt940;
mod rules;
