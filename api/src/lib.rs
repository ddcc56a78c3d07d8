//! The REST API, its OpenAPI document, the console and the command line.
//!
//! A request passes: request id, load shedding, its own task (a client that leaves cancels nothing), authentication and
//! permission by the table in [`permissions`], then one small handler that issues one command or one query.

mod accept;
pub mod app;
pub mod auth;
mod body_budget;
pub mod cli;
pub mod command;
pub mod committed;
pub mod connections;
pub mod description;
pub mod examples;
mod fields;
mod figures;
pub mod layers;
pub mod limits;
mod list_columns;
mod lists;
pub mod logging;
pub mod operations;
pub mod order;
pub mod pace;
mod period;
pub mod permissions;
pub mod problem;
pub mod problem_types;
pub mod production;
pub mod reading;
pub mod reads;
pub mod routes;
pub mod sandbox;
mod secrets;
pub mod server;
mod set_aside;
pub mod settings;
pub mod sheet;
pub mod standing;
pub mod statements;
mod streaming;
pub mod system;
pub mod table;
mod upload;

pub use app::App;
pub use routes::{openapi, router};
