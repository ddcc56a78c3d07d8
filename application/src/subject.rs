//! Whether there is what a paper, a comment or a message is about.

use quittance_domain::subject::Subject;
use quittance_domain::{Refusal, RefusalKind};

use crate::commands::NO_SNAPSHOT;
use crate::failure::Failure;
use crate::work::Work;

#[derive(Debug, thiserror::Error)]
#[error("there is nothing here")]
struct SubjectUnknown;

impl Refusal for SubjectUnknown {
    fn code(&self) -> &'static str {
        "subject_unknown"
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Unknown
    }
    fn pointer(&self) -> Option<String> {
        Some("/subject".to_owned())
    }
}

/// Refuses what is about nothing, or about a thing of another kind. What there is once is there for ever: whoever changes it
/// meanwhile is not in the way.
pub async fn known(work: &Work<'_>, subject: Subject) -> Result<(), Failure> {
    let stream = work.ports().log.load(work.tenant(), subject.id, NO_SNAPSHOT).await?;
    match stream.events.first() {
        Some(first) if first.event_type == subject.kind.first_event() => Ok(()),
        _ => Err(SubjectUnknown.into()),
    }
}
