//! A business term as a document states it: absent, empty, unreadable or read, once or several times, with its place.

use crate::outline::Element;
use crate::value::Value;

/// One statement of a term: the element that makes it and the value read from it, if it can be read.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Term<'d, T> {
    element: Element<'d>,
    value: Option<T>,
}

impl<'d, T: Value> Term<'d, T> {
    pub fn read(element: Element<'d>) -> Self {
        Self { element, value: T::read(element) }
    }
}

impl<'d, T> Term<'d, T> {
    pub fn value(&self) -> Option<&T> {
        self.value.as_ref()
    }

    pub fn element(&self) -> Element<'d> {
        self.element
    }

    /// The text without the blanks around it, readable or not.
    pub fn text(&self) -> &'d str {
        self.element.text()
    }

    pub fn raw(&self) -> &'d str {
        self.element.raw()
    }

    pub fn is_blank(&self) -> bool {
        self.text().is_empty()
    }

    /// Something stands there that is no value of the term's kind.
    pub fn is_unreadable(&self) -> bool {
        self.value.is_none() && !self.is_blank()
    }

    /// `schemeID`, `currencyID`, `unitCode`, `listID`, `mimeCode` ...
    pub fn attribute(&self, name: &str) -> Option<&'d str> {
        self.element.attribute(name)
    }
}

/// All statements of one term in one place. Most have none or one, which costs no allocation.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Terms<'d, T> {
    #[default]
    Absent,
    Once(Term<'d, T>),
    Several(Vec<Term<'d, T>>),
}

impl<'d, T: Value> Terms<'d, T> {
    /// Adds what this element states.
    pub fn state(&mut self, element: Element<'d>) {
        let term = Term::read(element);
        *self = match std::mem::take(self) {
            Self::Absent => Self::Once(term),
            Self::Once(first) => Self::Several(vec![first, term]),
            Self::Several(mut terms) => {
                terms.push(term);
                Self::Several(terms)
            }
        };
    }
}

impl<'d, T> Terms<'d, T> {
    pub fn as_slice(&self) -> &[Term<'d, T>] {
        match self {
            Self::Absent => &[],
            Self::Once(term) => std::slice::from_ref(term),
            Self::Several(terms) => terms,
        }
    }

    pub fn iter(&self) -> std::slice::Iter<'_, Term<'d, T>> {
        self.as_slice().iter()
    }

    pub fn count(&self) -> usize {
        self.as_slice().len()
    }

    /// Whether the document has the element at all, even empty.
    pub fn is_present(&self) -> bool {
        !matches!(self, Self::Absent)
    }

    pub fn first(&self) -> Option<&Term<'d, T>> {
        self.as_slice().first()
    }

    /// The first value that could be read.
    pub fn value(&self) -> Option<&T> {
        self.iter().find_map(Term::value)
    }

    /// The text of the first statement that is not blank.
    pub fn text(&self) -> Option<&'d str> {
        self.iter().map(Term::text).find(|text| !text.is_empty())
    }

    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.iter().filter_map(Term::value)
    }
}
