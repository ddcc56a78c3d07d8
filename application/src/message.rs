//! Messages to and from a vendor.

use quittance_domain::ids::{MessageId, VendorId};
use quittance_domain::message::{Correspondent, Direction, Letter, Message, MessageCommand};
use quittance_domain::subject::{Subject, SubjectKind};

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::subject;
use crate::work::Work;

pub struct WriteMessage {
    pub id: MessageId,
    pub vendor: VendorId,
    pub subject: Option<Subject>,
    pub text: String,
    /// Who at the vendor's said it; where absent, the caller says it to the vendor.
    pub from_email: Option<String>,
}

impl UseCase for WriteMessage {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        subject::known(work, Subject { kind: SubjectKind::Vendor, id: self.vendor.0 }).await?;
        if let Some(about) = self.subject {
            subject::known(work, about).await?;
        }
        let by = work.ctx.actor;
        let (direction, author) = match &self.from_email {
            Some(email) => (Direction::Inbound, Correspondent::Email(email.trim().to_owned())),
            None => (Direction::Outbound, Correspondent::User(by)),
        };
        let letter = Letter { vendor_id: self.vendor, subject: self.subject, direction, author, text: self.text.clone(), by };
        work.create::<Message>(self.id, MessageCommand::Write(Box::new(letter))).map(drop)
    }
}
