//! The process's clock and its source of ids.

use chrono::{DateTime, Utc};
use quittance_application::ports::Edge;
use uuid::Uuid;

pub struct SystemEdge;

impl Edge for SystemEdge {
    #[expect(clippy::disallowed_methods, reason = "this is the edge")]
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    #[expect(clippy::disallowed_methods, reason = "this is the edge")]
    fn new_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}
