//! Two parties that are one under two names: one gives up its name and the other goes on with it, in one write.

use quittance_domain::{RefusalKind, Root};
use uuid::Uuid;

use crate::failure::{Failure, Refused};
use crate::work::Work;

/// What the path names gives up, what the body names goes on. Merging twice is merging once.
pub(crate) async fn merge<A: Root>(
    work: &mut Work<'_>,
    (id, gives_up): (Uuid, A::Command),
    (into, goes_on): (Uuid, A::Command),
) -> Result<(), Failure> {
    work.answer_about::<A>(id).await?;
    if work.decide::<A>(id, gives_up).await? == 0 {
        return Ok(());
    }
    // What the path names is there: whatever is refused now is the body's.
    let absorbed = work.decide::<A>(into, goes_on).await.map(drop);
    absorbed.map_err(|failure| {
        failure.told(|refused| match refused.kind {
            RefusalKind::Unknown => Refused { kind: RefusalKind::Invalid, ..refused }.at("/into"),
            _ => refused.at("/into"),
        })
    })
}
