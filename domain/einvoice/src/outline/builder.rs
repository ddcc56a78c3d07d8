//! Builds an outline from the events of a parser; linear in time and memory whatever the document holds.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use thiserror::Error;

use super::{AttributeNode, MIXED, NameId, Node, Outline, PathId, PathNode, trimmed};

/// The document is larger than an outline can number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("document too large for an outline")]
pub struct OutlineFull;

/// Of a document, and then some: fewer elements leave room unused, more let it grow.
const BYTES_OF_AN_ELEMENT: usize = 64;

/// Takes `open`, `attribute`, `text`, `close` in document order and ends with an [`Outline`].
#[derive(Debug, Default)]
pub struct OutlineBuilder {
    names: Vec<Box<str>>,
    name_ids: HashMap<Box<str>, NameId, RandomState>,
    paths: Vec<PathNode>,
    path_ids: HashMap<(Option<PathId>, NameId), PathId, RandomState>,
    /// For each path its latest element's parent and occurrence: counts siblings without looking back.
    latest: Vec<(u32, u32)>,
    nodes: Vec<Node>,
    attributes: Vec<AttributeNode>,
    text: String,
    open: Vec<u32>,
}

impl OutlineBuilder {
    /// With room for the text of a document of this size, so that a large one is never copied while it grows.
    pub fn for_text_of(bytes: usize) -> Self {
        let (names, paths) = (
            HashMap::with_capacity_and_hasher(128, RandomState::default()),
            HashMap::with_capacity_and_hasher(256, RandomState::default()),
        );
        Self {
            text: String::with_capacity(bytes),
            nodes: Vec::with_capacity(bytes / BYTES_OF_AN_ELEMENT),
            name_ids: names,
            path_ids: paths,
            ..Self::default()
        }
    }

    /// The id of a canonical name.
    pub fn name(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.name_ids.get(name) {
            return id;
        }
        let id = NameId(self.names.len() as u32);
        self.names.push(name.into());
        self.name_ids.insert(name.into(), id);
        id
    }

    /// How many distinct names and paths there are, for limits.
    pub fn vocabulary(&self) -> usize {
        self.names.len() + self.paths.len()
    }

    pub fn elements(&self) -> usize {
        self.nodes.len()
    }

    pub fn depth(&self) -> usize {
        self.open.len()
    }

    pub fn open(&mut self, name: NameId) -> Result<(), OutlineFull> {
        let id = u32::try_from(self.nodes.len()).map_err(|_| OutlineFull)?;
        let parent = self.open.last().copied();
        if let Some(parent) = parent {
            self.settle_text(parent);
        }
        let path = self.path(parent.map(|parent| self.nodes[parent as usize].path), name);
        let parent = parent.unwrap_or(0);
        let occurrence = self.next_occurrence(path, parent);
        self.nodes.push(Node {
            path,
            parent,
            end: id + 1,
            occurrence,
            first_attribute: self.attributes.len() as u32,
            text_start: 0,
            text_length: 0,
        });
        self.open.push(id);
        Ok(())
    }

    /// An attribute of the element opened last.
    pub fn attribute(&mut self, name: NameId, value: &str) -> Result<(), OutlineFull> {
        let (start, length) = self.store(value)?;
        self.attributes.push(AttributeNode { name, start, length });
        Ok(())
    }

    /// Text of the innermost open element. Text behind a child is not kept, only marked: no invoice syntax has any.
    pub fn text(&mut self, piece: &str) -> Result<(), OutlineFull> {
        let Some(&at) = self.open.last() else { return Ok(()) };
        if self.nodes.len() as u32 > at + 1 {
            if !trimmed(piece).is_empty() {
                self.nodes[at as usize].text_length |= MIXED;
            }
            return Ok(());
        }
        let (start, length) = self.store(piece)?;
        let node = &mut self.nodes[at as usize];
        if node.text_length == 0 {
            node.text_start = start;
        }
        node.text_length += length;
        Ok(())
    }

    pub fn close(&mut self) {
        if let Some(at) = self.open.pop() {
            self.nodes[at as usize].end = self.nodes.len() as u32;
        }
    }

    /// The outline, or nothing if no element was ever opened.
    pub fn finish(mut self) -> Option<Outline> {
        while !self.open.is_empty() {
            self.close();
        }
        (!self.nodes.is_empty()).then_some(Outline {
            names: self.names,
            paths: self.paths,
            nodes: self.nodes,
            attributes: self.attributes,
            text: self.text,
        })
    }

    /// A first child arrives: blanks in front of it were layout, anything else is mixed content.
    fn settle_text(&mut self, parent: u32) {
        let no_child_yet = self.nodes.len() as u32 == parent + 1;
        let node = &mut self.nodes[parent as usize];
        if !no_child_yet || node.text_length == 0 {
            return;
        }
        let start = node.text_start as usize;
        if trimmed(&self.text[start..]).is_empty() {
            self.text.truncate(start);
            node.text_length = 0;
        } else {
            node.text_length |= MIXED;
        }
    }

    fn path(&mut self, parent: Option<PathId>, name: NameId) -> PathId {
        let next = PathId(self.paths.len() as u32);
        let id = *self.path_ids.entry((parent, name)).or_insert(next);
        if id == next {
            self.paths.push(PathNode { parent, name });
            self.latest.push((u32::MAX, 0));
        }
        id
    }

    fn next_occurrence(&mut self, path: PathId, parent: u32) -> u32 {
        let latest = &mut self.latest[path.index()];
        let occurrence = if latest.0 == parent { latest.1 + 1 } else { 1 };
        *latest = (parent, occurrence);
        occurrence
    }

    fn store(&mut self, text: &str) -> Result<(u32, u32), OutlineFull> {
        let start = self.text.len();
        if start + text.len() >= MIXED as usize {
            return Err(OutlineFull);
        }
        self.text.push_str(text);
        Ok((start as u32, text.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(build: impl FnOnce(&mut OutlineBuilder)) -> Outline {
        let mut builder = OutlineBuilder::default();
        build(&mut builder);
        builder.finish().expect("a root")
    }

    fn element(builder: &mut OutlineBuilder, name: &str, text: &str) {
        let name = builder.name(name);
        builder.open(name).expect("room");
        builder.text(text).expect("room");
        builder.close();
    }

    #[test]
    fn elements_know_their_occurrence_text_and_location() {
        let outline = outline(|b| {
            let root = b.name("ubl:Invoice");
            b.open(root).expect("room");
            b.text("\n  ").expect("room");
            element(b, "cbc:Note", "one");
            b.text("\n  ").expect("room");
            element(b, "cbc:ID", " 7 ");
            element(b, "cbc:Note", "two");
        });
        let notes: Vec<_> = outline.root().children().filter(|e| e.name() == "cbc:Note").collect();
        assert_eq!(notes.iter().map(|e| e.raw()).collect::<Vec<_>>(), ["one", "two"]);
        assert_eq!(notes[1].xpath(), "/ubl:Invoice[1]/cbc:Note[2]");
        assert_eq!(notes[0].path(), notes[1].path());
        assert_eq!(outline.path_text(notes[0].path()), "ubl:Invoice/cbc:Note");
        assert_eq!(outline.root().at(&["cbc:ID"]).map(|e| (e.raw(), e.text())), Some((" 7 ", "7")));
        assert!(!outline.root().is_mixed());
        assert_eq!(outline.root().raw(), "");
    }

    #[test]
    fn blanks_are_those_of_xml() {
        let outline = outline(|b| element(b, "cbc:ID", "\u{a0}S \n"));
        assert_eq!(outline.root().text(), "\u{a0}S", "a no-break space is no blank: the code is not S");
    }

    #[test]
    fn attributes_belong_to_their_own_element() {
        let outline = outline(|b| {
            let (root, id, scheme) = (b.name("r"), b.name("id"), b.name("schemeID"));
            b.open(root).expect("room");
            b.open(id).expect("room");
            b.attribute(scheme, "0088").expect("room");
            b.text("x").expect("room");
            b.close();
            element(b, "id", "y");
        });
        let schemes: Vec<_> = outline.elements().map(|e| e.attribute("schemeID")).collect();
        assert_eq!(schemes, [None, Some("0088"), None]);
        assert_eq!(outline.root().child("id").map(|e| e.raw()), Some("x"));
    }

    #[test]
    fn text_beside_children_is_marked_and_costs_nothing() {
        let outline = outline(|b| {
            let root = b.name("r");
            b.open(root).expect("room");
            b.text("before").expect("room");
            for _ in 0..3 {
                element(b, "a", "");
                b.text("between").expect("room");
            }
        });
        assert!(outline.root().is_mixed());
        assert_eq!(outline.root().raw(), "before");
    }
}
