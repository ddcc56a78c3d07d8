//! Which format a file has, by its first lines: statements come without a reliable name or type.

use crate::{StatementFile, StatementRefusal, bai2, camt, decode, mt, ofx};

/// Banks put up to a handful of lines of their own before the first tag of an MT940.
const MT_HEAD_LINES: usize = 12;
const HEAD_BYTES: usize = 4096;

enum Family {
    Camt,
    Mt,
    Bai2,
    Ofx,
}

/// Reads a statement of any format that can be told by its content; CSV cannot ([`crate::read_csv`]).
pub fn read(bytes: &[u8]) -> Result<StatementFile, StatementRefusal> {
    decode::check_size(bytes)?;
    match family(bytes).ok_or(StatementRefusal::UnknownFormat)? {
        Family::Camt => camt::read(bytes),
        Family::Mt => mt::read(&decode::undeclared(bytes)?),
        Family::Bai2 => bai2::read(&decode::undeclared(bytes)?),
        Family::Ofx => ofx::read(bytes),
    }
}

/// Whether [`read`] would take the file for a statement; cheap, for telling statements from other documents.
pub fn looks_like_a_statement(bytes: &[u8]) -> bool {
    family(bytes).is_some()
}

fn family(bytes: &[u8]) -> Option<Family> {
    let head = decode::head(bytes, HEAD_BYTES);
    let head = head.trim_start();
    if head.starts_with("OFXHEADER") || contains_ignoring_case(head, "<OFX>") {
        return Some(Family::Ofx);
    }
    if head.starts_with('<') {
        return contains_ignoring_case(head, "camt.05").then_some(Family::Camt).or_else(|| names_camt(head));
    }
    if head.starts_with("01,") {
        return Some(Family::Bai2);
    }
    head.lines().filter(|line| !line.trim().is_empty()).take(MT_HEAD_LINES).any(mt::starts_with_tag).then_some(Family::Mt)
}

/// The message's element, for files whose namespace says nothing.
fn names_camt(head: &str) -> Option<Family> {
    camt::MESSAGES.iter().any(|(element, _)| head.contains(element)).then_some(Family::Camt)
}

fn contains_ignoring_case(text: &str, part: &str) -> bool {
    text.as_bytes().windows(part.len()).any(|window| window.eq_ignore_ascii_case(part.as_bytes()))
}
