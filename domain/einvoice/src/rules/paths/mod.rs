//! Rules over places: what may stand where, how often, and with which codes. One walk over the document for all of them.
//!
//! Every distinct path of the document is matched once against all rules; each element then meets just the rules of its path.

mod attribute;
mod book;
mod pattern;
mod table;

pub(super) use book::Book;
pub(super) use table::{attribute_rows, rows};

use super::Flag;
use super::codes::List;
use crate::outline::Element;

/// One rule about the elements of one path.
pub(super) struct PathRule {
    pub(super) rule: &'static str,
    pub(super) flag: Flag,
    /// Names from the outside in, joined by `/`. With a `/` in front the path begins below the root, otherwise anywhere; a name
    /// that begins with `*` stands for every name with this ending.
    pub(super) path: String,
    pub(super) check: Check,
    pub(super) within: Within,
}

/// Where a broken rule is reported once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Within {
    Element,
    /// So many levels up.
    Ancestor(usize),
    Document,
}

/// An element's text, as written or without the blanks around it.
pub(super) type ValueOf = for<'d> fn(Element<'d>) -> &'d str;

#[derive(Clone, Copy)]
pub(super) enum Check {
    /// Has no place in an invoice.
    Absent,
    /// At most once.
    Once,
    /// At most once, counting only some.
    OnceOf(fn(Element<'_>) -> bool),
    /// All of them say the same, by what is compared.
    Alike(ValueOf),
    /// Without this attribute.
    Bare(&'static str),
    /// The text is a code of the list.
    Code(List),
    /// The attribute is a code of the list.
    Attribute(&'static str, List),
    /// The attribute, if there is one, is a code of the list.
    OptionalAttribute(&'static str, List),
    /// Whatever else must hold, and what is wrong if it does not.
    Holds(fn(Element<'_>) -> bool, &'static str),
}

/// A fatal rule that is reported for every element that breaks it.
pub(super) fn fatal(rule: &'static str, path: &str, check: Check) -> PathRule {
    PathRule { rule, flag: Flag::Fatal, path: path.into(), check, within: Within::Element }
}

/// As `fatal`, for a warning.
pub(super) fn warning(rule: &'static str, path: &str, check: Check) -> PathRule {
    PathRule { flag: Flag::Warning, ..fatal(rule, path, check) }
}

impl PathRule {
    pub(super) fn within(self, within: Within) -> Self {
        Self { within, ..self }
    }
}
