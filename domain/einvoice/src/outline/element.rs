//! A handle on one element of an outline: cheap to copy, knows its text, attributes, relatives and location.

use std::fmt;

use super::{ElementId, MIXED, Node, Outline, PathId, trimmed};

#[derive(Clone, Copy)]
pub struct Element<'d> {
    outline: &'d Outline,
    id: u32,
}

/// One attribute; namespace declarations are not attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'d> {
    pub name: &'d str,
    pub value: &'d str,
}

impl<'d> Element<'d> {
    pub(super) fn new(outline: &'d Outline, id: u32) -> Self {
        Self { outline, id }
    }

    fn node(&self) -> &'d Node {
        &self.outline.nodes[self.id as usize]
    }

    pub fn outline(&self) -> &'d Outline {
        self.outline
    }

    pub fn id(&self) -> ElementId {
        ElementId(self.id)
    }

    pub fn path(&self) -> PathId {
        self.node().path
    }

    /// The canonical name, for example `cbc:ID`.
    pub fn name(&self) -> &'d str {
        self.outline.name_of(self.node().path)
    }

    /// The text as written. For an element with children, the text in front of the first child.
    pub fn raw(&self) -> &'d str {
        let node = self.node();
        let start = node.text_start as usize;
        &self.outline.text[start..start + (node.text_length & !MIXED) as usize]
    }

    /// The text without the blanks around it.
    pub fn text(&self) -> &'d str {
        trimmed(self.raw())
    }

    /// Whether text stands beside child elements, which no invoice syntax allows.
    pub fn is_mixed(&self) -> bool {
        self.node().text_length & MIXED != 0
    }

    pub fn has_children(&self) -> bool {
        self.node().end > self.id + 1
    }

    pub fn parent(&self) -> Option<Element<'d>> {
        (self.id != 0).then(|| Element::new(self.outline, self.node().parent))
    }

    /// The how-manieth of its name among its siblings, counted from 1.
    pub fn occurrence(&self) -> u32 {
        self.node().occurrence
    }

    pub fn children(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let (outline, end) = (self.outline, self.node().end);
        let mut next = self.id + 1;
        std::iter::from_fn(move || {
            let child = (next < end).then(|| Element::new(outline, next))?;
            next = child.node().end;
            Some(child)
        })
    }

    /// Everything below this element, in document order.
    pub fn descendants(&self) -> impl Iterator<Item = Element<'d>> + use<'d> {
        let outline = self.outline;
        (self.id + 1..self.node().end).map(move |id| Element::new(outline, id))
    }

    pub fn child(&self, name: &str) -> Option<Element<'d>> {
        self.children().find(|child| child.name() == name)
    }

    /// Follows one name after the other, taking the first child of each.
    pub fn at(&self, path: &[&str]) -> Option<Element<'d>> {
        path.iter().try_fold(*self, |element, name| element.child(name))
    }

    pub fn attributes(&self) -> impl Iterator<Item = Attribute<'d>> + use<'d> {
        let outline = self.outline;
        let first = self.node().first_attribute as usize;
        let behind = match outline.nodes.get(self.id as usize + 1) {
            Some(next) => next.first_attribute as usize,
            None => outline.attributes.len(),
        };
        outline.attributes[first..behind].iter().map(move |attribute| {
            let start = attribute.start as usize;
            Attribute { name: &outline.names[attribute.name.0 as usize], value: &outline.text[start..start + attribute.length as usize] }
        })
    }

    pub fn attribute(&self, name: &str) -> Option<&'d str> {
        self.attributes().find(|attribute| attribute.name == name).map(|attribute| attribute.value)
    }

    /// The location as an XPath that selects exactly this element, given the usual prefixes.
    pub fn xpath(&self) -> String {
        let mut steps = vec![self.step()];
        let mut at = *self;
        while let Some(parent) = at.parent() {
            steps.push(parent.step());
            at = parent;
        }
        steps.reverse();
        steps.concat()
    }

    fn step(&self) -> String {
        let occurrence = self.occurrence();
        match self.name().strip_prefix('{').and_then(|name| name.rsplit_once('}')) {
            None => format!("/{}[{occurrence}]", self.name()),
            Some((space, local)) => {
                format!("/*[local-name()='{local}' and namespace-uri()='{space}'][{occurrence}]")
            }
        }
    }
}

impl PartialEq for Element<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.outline, other.outline) && self.id == other.id
    }
}

impl Eq for Element<'_> {}

impl fmt::Debug for Element<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.xpath())
    }
}
