//! What belongs to documents and parties, and what somebody says of what was refused.

use quittance_domain::attachment::{AttachedFile, AttachmentEvent};
use quittance_domain::comment::{CommentEvent, Remark};
use quittance_domain::message::{Correspondent, Direction, Letter, MessageEvent};
use quittance_domain::refused_reaction::{Dismissal, RefusedReactionEvent};
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

fn the_invoice() -> Subject {
    Subject { kind: SubjectKind::Invoice, id: INVOICE.0 }
}

pub fn comments() -> Vec<Sample<CommentEvent>> {
    let remark =
        Remark { subject: the_invoice(), text: "@bob@acme.example, is this ours?".to_owned(), mentions: vec![BOB, CARL], by: ANNA };
    let to_nobody = Remark { mentions: vec![], ..remark.clone() };
    vec![
        ("", CommentEvent::Written(Box::new(remark))),
        ("to_nobody", CommentEvent::Written(Box::new(to_nobody))),
        ("", CommentEvent::Read { by: BOB }),
    ]
}

pub fn messages() -> Vec<Sample<MessageEvent>> {
    let frieda = || Correspondent::Email("frieda@muster.example".to_owned());
    let ours = Letter {
        vendor_id: VENDOR,
        subject: Some(the_invoice()),
        direction: Direction::Outbound,
        author: Correspondent::User(ANNA),
        text: "Where is the delivery note?".to_owned(),
        by: ANNA,
    };
    let theirs = Letter { subject: None, direction: Direction::Inbound, author: frieda(), text: "On its way.".to_owned(), ..ours.clone() };
    vec![
        ("", MessageEvent::Written(Box::new(ours))),
        ("received", MessageEvent::Written(Box::new(theirs))),
        ("", MessageEvent::Read { by: Correspondent::User(BOB) }),
        ("by_vendor", MessageEvent::Read { by: frieda() }),
    ]
}

pub fn refused_reactions() -> Vec<Sample<RefusedReactionEvent>> {
    let of_a_receipt = Dismissal {
        process_manager: "reactions".to_owned(),
        asked_at_position: 4711,
        concerned_id: None,
        refused_as: "item_unknown".to_owned(),
        reason: "counted by hand".to_owned(),
        by: ANNA,
    };
    let of_an_order = Dismissal { concerned_id: Some(ORDER.0), ..of_a_receipt.clone() };
    vec![("", RefusedReactionEvent::Dismissed(of_a_receipt)), ("of_one_concerned", RefusedReactionEvent::Dismissed(of_an_order))]
}
