//! Adding a file to a document or a party. Its bytes are kept before: see the attachment store.

use quittance_domain::attachment::{AttachedFile, Attachment, AttachmentCommand};
use quittance_domain::ids::AttachmentId;
use quittance_domain::subject::Subject;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::subject;
use crate::work::Work;

/// Whether it is a file of this document or party, and still attached.
pub async fn is_attached(work: &mut Work<'_>, id: AttachmentId, subject: Subject) -> Result<bool, Failure> {
    let attachment = work.load::<Attachment>(id).await?;
    Ok(matches!(&*attachment, Attachment::Added(file) if file.subject == subject))
}

pub struct AttachFile {
    pub id: AttachmentId,
    pub file: AttachedFile,
}

impl UseCase for AttachFile {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        subject::known(work, self.file.subject).await?;
        work.create::<Attachment>(self.id, AttachmentCommand::Add(Box::new(self.file.clone()))).map(drop)
    }
}
