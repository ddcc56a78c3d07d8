//! What both mappings share: taking terms out of elements, and keeping whatever has no place in the model.

use quittance_einvoice::value::Value;
use quittance_einvoice::{Element, Terms};

/// The pieces of the document that no term took, the topmost element of each.
#[derive(Default)]
pub(crate) struct Leftover<'d>(Vec<Element<'d>>);

impl<'d> Leftover<'d> {
    pub(crate) fn into_elements(self) -> Vec<Element<'d>> {
        self.0
    }

    pub(crate) fn keep(&mut self, element: Element<'d>) {
        self.0.push(element);
    }

    /// The element itself states the term.
    pub(crate) fn term<T: Value>(&mut self, element: Element<'d>, into: &mut Terms<'d, T>) {
        into.state(element);
        self.0.extend(element.children());
    }

    /// The elements at `path` below state the term; whatever stands beside the path is left over.
    pub(crate) fn below<T: Value>(&mut self, element: Element<'d>, path: &[&str], into: &mut Terms<'d, T>) {
        match path {
            [] => self.term(element, into),
            [name, deeper @ ..] => self.each(element, name, |left, child| left.below(child, deeper, into)),
        }
    }

    /// CII wraps dates and indicators in an element of their type; the release candidate of ZUGFeRD 1 does not.
    pub(crate) fn content<T: Value>(&mut self, element: Element<'d>, into: &mut Terms<'d, T>) {
        const WRAPPERS: &[&str] = &["udt:DateTimeString", "qdt:DateTimeString", "udt:DateString", "udt:Indicator"];
        if !element.has_children() && !element.text().is_empty() {
            return self.term(element, into);
        }
        for child in element.children() {
            if WRAPPERS.contains(&child.name()) {
                self.term(child, into);
            } else {
                self.keep(child);
            }
        }
    }

    /// Visits the children of one name and leaves the others over.
    pub(crate) fn each(&mut self, element: Element<'d>, name: &str, mut visit: impl FnMut(&mut Self, Element<'d>)) {
        for child in element.children() {
            if child.name() == name {
                visit(self, child);
            } else {
                self.keep(child);
            }
        }
    }
}

/// Remembers where a group stands first.
pub(crate) fn found<'d>(at: &mut Option<Element<'d>>, element: Element<'d>) {
    at.get_or_insert(element);
}
