//! What others may know of the papers that belong to documents and parties: that they are there, never what people call them.

use quittance_domain::attachment::{AttachedFile, AttachmentEvent};
use quittance_domain::subject::Subject;
use serde_json::Value;

use super::data;

pub fn attachment(event: &AttachmentEvent) -> Value {
    match event {
        AttachmentEvent::Added(file) => {
            let AttachedFile { subject: about, file_name: _, media_type, size_bytes, sha256, by } = &**file;
            data! { subject: subject(about), media_type, size_bytes, sha256, by }
        }
        AttachmentEvent::Detached { reason: _, by } => data! { by },
    }
}

pub fn subject(subject: &Subject) -> Value {
    let Subject { kind, id } = subject;
    data! { kind, id }
}
