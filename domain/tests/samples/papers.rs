//! What belongs to documents and parties.

use quittance_domain::attachment::{AttachedFile, AttachmentEvent};
use quittance_domain::subject::{Subject, SubjectKind};

use super::Sample;
use crate::fixtures::*;

pub fn attachments() -> Vec<Sample<AttachmentEvent>> {
    let file = AttachedFile {
        subject: Subject { kind: SubjectKind::Invoice, id: INVOICE.0 },
        file_name: "Lieferschein 77.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 48_213,
        sha256: "ab".repeat(32),
        by: ANNA,
    };
    vec![
        ("", AttachmentEvent::Added(Box::new(file))),
        ("", AttachmentEvent::Detached { reason: "of another delivery".to_owned(), by: BOB }),
    ]
}
