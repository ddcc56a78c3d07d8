//! A refusal is the caller's mistake: it has a stable code, changes nothing, and is never an outage.

/// Which kind of answer a broken rule gets. The REST layer maps each kind to one status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// The thing does not exist for this tenant (404).
    Unknown,
    /// The thing is in a state that does not allow this (409).
    State,
    /// The request itself breaks a rule (422).
    Invalid,
    /// This person may not do this, whatever the role: segregation of duties (403).
    Person,
}

/// A broken rule of an aggregate.
pub trait Refusal: std::error::Error + Send + Sync + 'static {
    /// The rule's stable name, `snake_case`; never reworded.
    fn code(&self) -> &'static str;
    fn kind(&self) -> RefusalKind;
    /// JSON pointer into the command, where one field is to blame.
    fn pointer(&self) -> Option<String> {
        None
    }
}
