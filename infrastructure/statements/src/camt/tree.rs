//! Elements by local name, remembering which leaves were read: what is left over is reported as unmapped.

use std::cell::{Cell, RefCell};
use std::collections::HashSet;

use roxmltree::{Document, Node, NodeId};
use rust_decimal::Decimal;

use crate::number::{decimal, iso_date, of_our_time};
use crate::statement::Unmapped;
use crate::{Place, StatementRefusal};

#[derive(Default)]
pub(super) struct Seen {
    leaves: RefCell<HashSet<NodeId>>,
    /// Where the last place that was asked for is. Places are asked for in the order of the file: to count from its start each time
    /// would cost the square of its length.
    last: Cell<Option<(usize, Place)>>,
}

impl Seen {
    fn place(&self, text: &str, offset: usize) -> Place {
        let (from, mut place) = self.last.get().filter(|(from, _)| *from <= offset).unwrap_or((0, Place::line(1)));
        for character in text[from..offset].chars() {
            place = match character {
                '\n' => Place::line(place.line + 1),
                _ => Place { column: place.column + 1, ..place },
            };
        }
        self.last.set(Some((offset, place)));
        place
    }
}

/// An element and the list of leaves read so far.
#[derive(Clone, Copy)]
pub(super) struct Element<'a, 'input> {
    node: Node<'a, 'input>,
    seen: &'a Seen,
}

impl<'a, 'input> Element<'a, 'input> {
    pub fn root(document: &'a Document<'input>, seen: &'a Seen) -> Self {
        Self { node: document.root_element(), seen }
    }

    pub fn name(self) -> &'a str {
        self.node.tag_name().name()
    }

    pub fn namespace(self) -> Option<&'a str> {
        self.node.tag_name().namespace()
    }

    pub fn place(self) -> Place {
        self.seen.place(self.node.document().input_text(), self.node.range().start)
    }

    pub fn children(self, name: &'static str) -> impl Iterator<Item = Self> + use<'a, 'input> {
        let seen = self.seen;
        self.node.children().filter(move |child| child.tag_name().name() == name).map(move |node| Self { node, seen })
    }

    /// The element itself and all below it, in the order of the file.
    pub fn descendants(self) -> impl Iterator<Item = Self> + use<'a, 'input> {
        let seen = self.seen;
        self.node.descendants().filter(Node::is_element).map(move |node| Self { node, seen })
    }

    pub fn child(self, name: &'static str) -> Option<Self> {
        self.children(name).next()
    }

    /// The first of several children by name: versions renamed or wrapped elements.
    pub fn any(self, names: &[&'static str]) -> Option<Self> {
        names.iter().find_map(|name| self.child(name))
    }

    pub fn path(self, names: &[&'static str]) -> Option<Self> {
        names.iter().try_fold(self, |element, name| element.child(name))
    }

    pub fn own_text(self) -> Option<String> {
        self.seen.leaves.borrow_mut().insert(self.node.id());
        let text: String = self.node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
        Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    pub fn text(self, name: &'static str) -> Option<String> {
        self.child(name)?.own_text()
    }

    pub fn texts(self, name: &'static str) -> Vec<String> {
        self.children(name).filter_map(Self::own_text).collect()
    }

    pub fn attribute(self, name: &str) -> Option<&'a str> {
        self.node.attribute(name)
    }

    pub fn amount(self, name: &'static str) -> Result<Option<(Decimal, Option<String>)>, StatementRefusal> {
        self.child(name).map(Self::own_amount).transpose()
    }

    pub fn own_amount(self) -> Result<(Decimal, Option<String>), StatementRefusal> {
        let text = self.own_text().unwrap_or_default();
        let value = Some(&text).filter(|text| !text.contains(',')).and_then(|text| decimal(text));
        let value = value.ok_or_else(|| StatementRefusal::invalid(self.place(), "the amount", &text))?;
        Ok((value, self.attribute("Ccy").map(str::to_owned)))
    }

    /// `Dt`, `DtTm`, or in the first version the date itself.
    pub fn date(self, name: &'static str) -> Result<Option<chrono::NaiveDate>, StatementRefusal> {
        let Some(element) = self.child(name) else { return Ok(None) };
        let choice = element.any(&["Dt", "DtTm"]).unwrap_or(element);
        let Some(text) = choice.own_text() else { return Ok(None) };
        iso_date(&text).and_then(of_our_time).map(Some).ok_or_else(|| StatementRefusal::invalid(choice.place(), "the date", &text))
    }

    /// Every leaf below that nothing read.
    pub fn unread(self) -> Vec<Unmapped> {
        let seen = self.seen.leaves.borrow();
        let leaves = self.node.descendants().filter(|node| node.is_element() && !node.children().any(|child| child.is_element()));
        leaves.filter(|leaf| !seen.contains(&leaf.id())).filter_map(|leaf| unmapped(Self { node: leaf, seen: self.seen })).collect()
    }
}

fn unmapped(leaf: Element) -> Option<Unmapped> {
    let content = leaf.node.text().map(str::trim).filter(|text| !text.is_empty())?;
    let mut path: Vec<&str> = leaf.node.ancestors().filter(Node::is_element).map(|node| node.tag_name().name()).collect();
    path.reverse();
    Some(Unmapped { at: leaf.place(), name: path.join("/"), content: content.to_owned() })
}

/// A code, or the bank's own in its place; the choice stands directly or one element deeper.
pub(super) fn code_or_proprietary(element: Element) -> Option<String> {
    let choice = element.child("CdOrPrtry").unwrap_or(element);
    choice.text("Cd").or_else(|| choice.text("Prtry")).or_else(|| choice.child("Prtry")?.text("Id"))
}
