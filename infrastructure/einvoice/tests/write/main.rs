//! What we write, from real documents: it reads back the same, and the schemas and rules of others find nothing wrong with it.

#[path = "../conformance/data.rs"]
mod data;
mod documents;
mod facturx;
#[path = "../independent/official.rs"]
mod official;
mod round_trips;
mod rules;
mod schemas;
