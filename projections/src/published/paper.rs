//! What others may know of the papers, comments and messages around documents and parties, and of what was dismissed: that they
//! are there, whom they are for, never what they say.

use quittance_domain::attachment::{AttachedFile, AttachmentEvent};
use quittance_domain::comment::{CommentEvent, Remark};
use quittance_domain::message::{Correspondent, Letter, MessageEvent};
use quittance_domain::refused_reaction::{Dismissal, RefusedReactionEvent};
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

pub fn comment(event: &CommentEvent) -> Value {
    match event {
        CommentEvent::Written(remark) => {
            let Remark { subject: about, text: _, mentions, by } = &**remark;
            data! { subject: subject(about), mentions: Some(mentions).filter(|all| !all.is_empty()), by }
        }
        CommentEvent::Read { by } => data! { by },
    }
}

pub fn message(event: &MessageEvent) -> Value {
    match event {
        MessageEvent::Written(letter) => {
            let Letter { vendor_id, subject: about, direction, author, text: _, by } = &**letter;
            data! { vendor_id, subject: about.as_ref().map(subject), direction, author: correspondent(author), by }
        }
        MessageEvent::Read { by } => data! { by: correspondent(by) },
    }
}

/// Of the vendor's people nothing is said.
fn correspondent(of: &Correspondent) -> Value {
    match of {
        Correspondent::User(user) => data! { user },
        Correspondent::Email(_) => data! {},
    }
}

fn subject(subject: &Subject) -> Value {
    let Subject { kind, id } = subject;
    data! { kind, id }
}

pub fn refused_reaction(event: &RefusedReactionEvent) -> Value {
    let RefusedReactionEvent::Dismissed(Dismissal { process_manager: _, asked_at_position, concerned_id, refused_as, reason: _, by }) =
        event;
    data! { asked_at_position, concerned_id, refused_as, by }
}
