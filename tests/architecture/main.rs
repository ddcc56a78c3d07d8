//! The architecture, as tests: what may depend on what, who may touch the database, how sources look. No database.

mod database_access;
mod dependencies;
mod purity;
mod schema_names;
mod sources;
mod tree;
