//! The catalogue's side of tenant isolation: what is enabled, forced, approved and granted, on every relation there is.
//!
//! The server asks this before it opens its port; the tests also try every table as every role.

use std::fmt;

use sqlx::PgConnection;

const AUDIT: &str = include_str!("audit.sql");

/// A place where isolation is not as approved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, sqlx::FromRow)]
pub struct Finding {
    pub rule: String,
    pub object: String,
    pub detail: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.rule, self.object, self.detail)
    }
}

/// Everything that is not as approved; nothing is the only acceptable answer. `admin` is the administrator's connection.
pub async fn audit(admin: &mut PgConnection) -> sqlx::Result<Vec<Finding>> {
    sqlx::query_as(AUDIT).fetch_all(admin).await
}
