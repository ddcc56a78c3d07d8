//! Attachments: a file is added once, as it is, and detached with a reason; nothing takes it back.

mod fixtures;

use fixtures::*;
use quittance_domain::aggregate::Root;
use quittance_domain::attachment::{AttachedFile, Attachment, AttachmentCommand, AttachmentEvent, SIZE_BYTES_MAX};
use quittance_domain::subject::{Subject, SubjectKind};
use strum::VariantArray;

fn note() -> AttachedFile {
    AttachedFile {
        subject: Subject { kind: SubjectKind::Invoice, id: INVOICE.0 },
        file_name: "note.pdf".to_owned(),
        media_type: "application/pdf".to_owned(),
        size_bytes: 1,
        sha256: "ab".repeat(32),
        by: ANNA,
    }
}

fn add(file: AttachedFile) -> AttachmentCommand {
    AttachmentCommand::Add(Box::new(file))
}

fn detach(reason: &str) -> AttachmentCommand {
    AttachmentCommand::Detach { reason: reason.to_owned(), by: BOB }
}

#[test]
fn a_file_has_bytes_a_name_and_a_type() {
    let table = [
        (note(), "AttachmentAdded"),
        (AttachedFile { size_bytes: SIZE_BYTES_MAX, ..note() }, "AttachmentAdded"),
        (AttachedFile { size_bytes: SIZE_BYTES_MAX + 1, ..note() }, "file_too_large"),
        (AttachedFile { size_bytes: 0, ..note() }, "file_empty"),
        (AttachedFile { file_name: " ".to_owned(), ..note() }, "file_name_missing"),
        (AttachedFile { media_type: "pdf".to_owned(), ..note() }, "media_type_invalid"),
    ];
    for (file, expected) in table {
        let asked = format!("{file:?}");
        assert_eq!(verdict(&Attachment::default(), add(file)), expected, "{asked}");
    }
}

#[test]
fn a_file_is_added_once_and_detached_once() {
    let added = Attachment::replay([AttachmentEvent::Added(Box::new(note()))]);
    let detached = Attachment::replay([
        AttachmentEvent::Added(Box::new(note())),
        AttachmentEvent::Detached { reason: "of another delivery".to_owned(), by: BOB },
    ]);
    let other = AttachedFile { file_name: "other.pdf".to_owned(), ..note() };
    let table = [
        (&Attachment::NotAdded, detach("wrong"), "attachment_unknown"),
        (&added, add(note()), "nothing"),
        (&added, add(other), "attachment_exists"),
        (&added, detach(" "), "reason_missing"),
        (&added, detach("wrong"), "AttachmentDetached"),
        (&detached, detach("again"), "nothing"),
        (&detached, add(note()), "attachment_exists"),
    ];
    for (state, command, expected) in table {
        let asked = format!("{state:?} {command:?}");
        assert_eq!(verdict(state, command), expected, "{asked}");
    }
}

/// A subject's kind is told by the event that its log begins with: each is an event of one aggregate, and of another for each kind.
#[test]
fn every_kind_of_subject_begins_with_an_event_of_its_own() {
    let firsts: std::collections::BTreeSet<&str> = SubjectKind::VARIANTS.iter().map(|kind| kind.first_event()).collect();
    assert_eq!(firsts.len(), SubjectKind::VARIANTS.len());
    let golden = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
    for first in firsts {
        assert!(std::path::Path::new(&format!("{golden}/{first}.v1.json")).exists(), "{first} is no event");
    }
}
