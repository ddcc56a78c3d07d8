//! Payments: planned, authorised by a second person, sent, ended.

pub mod life;
pub mod outcome;
pub mod plan;
pub mod proof;
pub mod query;
pub mod remittance;
