//! How a command can fail: refused is the caller's mistake, everything else is ours.

use std::fmt::Display;

use quittance_domain::{Refusal, RefusalKind};
use uuid::Uuid;

use crate::ports::Unavailable;

/// A broken rule, ready to be answered.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    pub code: &'static str,
    pub kind: RefusalKind,
    pub detail: String,
    pub pointer: Option<String>,
    /// The thing that is in the way, where there is one (the invoice that a duplicate repeats).
    pub existing_id: Option<Uuid>,
}

impl Refused {
    pub fn new(code: &'static str, kind: RefusalKind, detail: impl Into<String>) -> Self {
        Self { code, kind, detail: detail.into(), pointer: None, existing_id: None }
    }

    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        self.pointer = Some(pointer.into());
        self
    }

    /// Of a part of the request that stands below `place`.
    pub fn below(mut self, place: impl Display) -> Self {
        self.pointer = Some(format!("{place}{}", self.pointer.unwrap_or_default()));
        self
    }
}

impl Failure {
    /// Says of a refusal what the caller needs to hear; what else failed stays as it is.
    pub fn told(self, tell: impl FnOnce(Refused) -> Refused) -> Self {
        match self {
            Self::Refused(refused) => tell(*refused).into(),
            failure => failure,
        }
    }
}

impl<R: Refusal> From<R> for Refused {
    fn from(refusal: R) -> Self {
        Self { code: refusal.code(), kind: refusal.kind(), detail: refusal.to_string(), pointer: refusal.pointer(), existing_id: None }
    }
}

#[derive(Clone, Debug, thiserror::Error)]
pub enum Failure {
    #[error("{}", .0.detail)]
    Refused(Box<Refused>),
    /// The caller's `If-Match` names another version than the current one.
    #[error("the version is {current} by now")]
    VersionMismatch { current: i64 },
    /// The key was used before, for another request.
    #[error("this idempotency key was used for another request")]
    KeyReused,
    /// Lost the race too often.
    #[error("others kept changing the same thing")]
    Contended,
    /// More is waiting than can be done in time.
    #[error("too much is waiting")]
    Overloaded,
    /// A read model that this depends on is not there yet: try again.
    #[error("what this depends on is not known yet")]
    Behind,
    /// Nothing was done, or it is not known whether: the same key finds out.
    #[error("the store is not available: {0}")]
    Unavailable(String),
}

impl From<Unavailable> for Failure {
    fn from(away: Unavailable) -> Self {
        Self::Unavailable(away.0)
    }
}

impl From<Refused> for Failure {
    fn from(refused: Refused) -> Self {
        Self::Refused(Box::new(refused))
    }
}

impl<R: Refusal> From<R> for Failure {
    fn from(refusal: R) -> Self {
        Self::Refused(Box::new(refusal.into()))
    }
}
