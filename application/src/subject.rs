//! Whether there is what a paper, a comment or a message is about.

use quittance_domain::RefusalKind;
use quittance_domain::subject::Subject;

use crate::commands::NO_SNAPSHOT;
use crate::failure::{Failure, Refused};
use crate::work::Work;

/// Refuses what is about nothing, or about a thing of another kind. What there is once is there for ever: whoever changes it
/// meanwhile is not in the way.
pub async fn known(work: &Work<'_>, subject: Subject) -> Result<(), Failure> {
    let stream = work.ports().log.load(work.tenant(), subject.id, NO_SNAPSHOT).await.map_err(Failure::Unavailable)?;
    match stream.events.first() {
        Some(first) if first.event_type == subject.kind.first_event() => Ok(()),
        _ => Err(Refused::new("subject_unknown", RefusalKind::Unknown, "there is nothing here").at("/subject").into()),
    }
}
