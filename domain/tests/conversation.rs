//! Comments and messages: said once, read by those whom they are for.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::comment::{Comment, CommentCommand, CommentEvent, MENTIONS_MAX, Remark};
use quittance_domain::message::{Correspondent, Direction, Letter, Message, MessageCommand, MessageEvent};
use quittance_domain::subject::{Subject, SubjectKind};

fn invoice() -> Subject {
    Subject { kind: SubjectKind::Invoice, id: INVOICE.0 }
}

fn remark() -> Remark {
    Remark { subject: invoice(), text: "Is this ours?".to_owned(), mentions: vec![BOB, CARL], by: ANNA }
}

fn write(remark: Remark) -> CommentCommand {
    CommentCommand::Write(Box::new(remark))
}

#[test]
fn a_comment_is_said_once_and_read_by_whom_it_mentions() {
    let written = Comment::replay([CommentEvent::Written(Box::new(remark()))]);
    let read = Comment::replay([CommentEvent::Written(Box::new(remark())), CommentEvent::Read { by: BOB }]);
    let table = [
        (&Comment::NotWritten, write(remark()), "CommentWritten"),
        (&Comment::NotWritten, write(Remark { text: "\n".to_owned(), ..remark() }), "text_missing"),
        (&Comment::NotWritten, write(Remark { mentions: vec![BOB; MENTIONS_MAX + 1], ..remark() }), "too_many_mentions"),
        (&Comment::NotWritten, CommentCommand::MarkRead { by: BOB }, "comment_unknown"),
        (&written, write(remark()), "nothing"),
        (&written, write(Remark { by: BOB, ..remark() }), "comment_exists"),
        (&written, CommentCommand::MarkRead { by: CARL }, "CommentRead"),
        (&written, CommentCommand::MarkRead { by: ANNA }, "not_mentioned"),
        (&read, CommentCommand::MarkRead { by: BOB }, "nothing"),
        (&read, CommentCommand::MarkRead { by: CARL }, "CommentRead"),
    ];
    for (state, command, expected) in table {
        let asked = format!("{state:?} {command:?}");
        assert_eq!(verdict(state, command), expected, "{asked}");
    }
}

fn frieda() -> Correspondent {
    Correspondent::Email("frieda@muster.example".to_owned())
}

fn letter(direction: Direction, author: Correspondent) -> Box<Letter> {
    Box::new(Letter { vendor_id: VENDOR, subject: Some(invoice()), direction, author, text: "Where is it?".to_owned(), by: ANNA })
}

#[test]
fn a_message_is_read_by_the_side_that_did_not_write_it() {
    let ours = Message::replay([MessageEvent::Written(letter(Direction::Outbound, Correspondent::User(ANNA)))]);
    let theirs = Message::replay([MessageEvent::Written(letter(Direction::Inbound, frieda()))]);
    let read =
        Message::replay([MessageEvent::Written(letter(Direction::Inbound, frieda())), MessageEvent::Read { by: Correspondent::User(BOB) }]);
    let mark = |by: &Correspondent| MessageCommand::MarkRead { by: by.clone() };
    let us = Correspondent::User(CARL);
    let silent = Box::new(Letter { text: " ".to_owned(), ..*letter(Direction::Inbound, frieda()) });
    let table = [
        (&Message::NotWritten, MessageCommand::Write(letter(Direction::Inbound, frieda())), "MessageWritten"),
        (
            &Message::NotWritten,
            MessageCommand::Write(letter(Direction::Inbound, Correspondent::Email("frieda".to_owned()))),
            "author_invalid",
        ),
        (&Message::NotWritten, MessageCommand::Write(silent), "text_missing"),
        (&Message::NotWritten, mark(&us), "message_unknown"),
        (&theirs, MessageCommand::Write(letter(Direction::Inbound, frieda())), "nothing"),
        (&theirs, MessageCommand::Write(letter(Direction::Outbound, frieda())), "message_exists"),
        (&theirs, mark(&us), "MessageRead"),
        (&theirs, mark(&frieda()), "message_of_reader"),
        (&ours, mark(&us), "message_of_reader"),
        (&ours, mark(&frieda()), "MessageRead"),
        (&read, mark(&us), "nothing"),
    ];
    for (state, command, expected) in table {
        let asked = format!("{state:?} {command:?}");
        assert_eq!(verdict(state, command), expected, "{asked}");
    }
}
