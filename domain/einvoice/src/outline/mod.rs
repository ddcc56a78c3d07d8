//! The outline of a document: every element with its path, attributes and text, flat and in document order.
//!
//! Names are canonical: a known namespace has one prefix (`cac:`, `cbc:`, `ram:` ...) whatever the author wrote, any other
//! namespace is spelled out (`{urn:x}Name`). Paths are interned, so a rule over a path costs one comparison of two numbers.

mod builder;
mod element;

pub use builder::{OutlineBuilder, OutlineFull};
pub use element::{Attribute, Element};

/// Without the blanks around it, which in XML are four (it has no form feed): what else looks blank is part of the value.
pub fn trimmed(text: &str) -> &str {
    text.trim_ascii()
}

/// One element of an outline; ids count upwards in document order and the root is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ElementId(u32);

impl ElementId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One distinct path of names from the root, for example `ubl:Invoice/cac:InvoiceLine/cbc:ID`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PathId(u32);

impl PathId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// One distinct canonical name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(u32);

impl NameId {
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// All elements of one document. Always has a root.
#[derive(Clone, Debug)]
pub struct Outline {
    names: Vec<Box<str>>,
    paths: Vec<PathNode>,
    nodes: Vec<Node>,
    attributes: Vec<AttributeNode>,
    text: String,
}

#[derive(Clone, Copy, Debug)]
struct PathNode {
    parent: Option<PathId>,
    name: NameId,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    path: PathId,
    parent: u32,
    /// The first element behind this one's descendants.
    end: u32,
    occurrence: u32,
    first_attribute: u32,
    text_start: u32,
    /// The highest bit says that text stands between or behind child elements.
    text_length: u32,
}

const MIXED: u32 = 1 << 31;

#[derive(Clone, Copy, Debug)]
struct AttributeNode {
    name: NameId,
    start: u32,
    length: u32,
}

impl Outline {
    pub fn root(&self) -> Element<'_> {
        self.element(ElementId(0))
    }

    /// The element with this id, which must come from this outline.
    pub fn element(&self, id: ElementId) -> Element<'_> {
        Element::new(self, id.0)
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Never true: an outline has a root. Here because `len` asks for it.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Every element in document order.
    pub fn elements(&self) -> impl Iterator<Item = Element<'_>> {
        (0..self.nodes.len() as u32).map(|id| Element::new(self, id))
    }

    /// Every distinct path that occurs, parents first.
    pub fn paths(&self) -> impl Iterator<Item = PathId> + use<> {
        (0..self.paths.len() as u32).map(PathId)
    }

    /// Every distinct name of an element or an attribute, in the order of their ids.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(|name| &**name)
    }

    pub fn name_id(&self, path: PathId) -> NameId {
        self.paths[path.index()].name
    }

    pub fn name_of(&self, path: PathId) -> &str {
        let name = self.paths[path.index()].name;
        &self.names[name.0 as usize]
    }

    pub fn parent_of(&self, path: PathId) -> Option<PathId> {
        self.paths[path.index()].parent
    }

    /// The path in full, names joined by `/`, without a leading slash.
    pub fn path_text(&self, path: PathId) -> String {
        let mut names = vec![self.name_of(path)];
        let mut at = path;
        while let Some(parent) = self.parent_of(at) {
            names.push(self.name_of(parent));
            at = parent;
        }
        names.reverse();
        names.join("/")
    }
}
