//! Read models against the domain, on a real PostgreSQL.

mod documents;
mod engine;
mod journey;
