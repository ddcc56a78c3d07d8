//! Finds for every path of a document the patterns that match it, walking a trie from the last name outwards.

use std::collections::HashMap;

use foldhash::fast::RandomState;

use crate::outline::{Outline, PathId};

type Key = u16;

#[derive(Default)]
pub(super) struct Patterns {
    names: HashMap<Box<str>, Key, RandomState>,
    /// Endings of names, each with a key of its own.
    endings: Vec<(Box<str>, Key)>,
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    children: Vec<(Key, u32)>,
    /// Patterns that end here and may begin anywhere.
    anywhere: Vec<u16>,
    /// Patterns that end here and begin below the root.
    anchored: Vec<u16>,
}

/// The patterns of each path, by number.
pub(super) struct Matches {
    spans: Vec<(u32, u32)>,
    patterns: Vec<u16>,
}

impl Patterns {
    /// Adds pattern `number`.
    pub(super) fn add(&mut self, pattern: &str, number: u16) {
        if self.nodes.is_empty() {
            self.nodes.push(Node::default());
        }
        let (path, anchored) = pattern.strip_prefix('/').map_or((pattern, false), |path| (path, true));
        let mut at = 0;
        for name in path.rsplit('/') {
            let key = self.key(name);
            at = self.child_or_new(at, key);
        }
        let node = &mut self.nodes[at];
        if anchored { &mut node.anchored } else { &mut node.anywhere }.push(number);
    }

    /// Another name for the same thing.
    pub(super) fn alias(&mut self, alias: &str, name: &str) {
        if let Some(key) = self.names.get(name).copied() {
            self.names.insert(alias.into(), key);
        }
    }

    fn key(&mut self, name: &str) -> Key {
        let next = (self.names.len() + self.endings.len()) as Key;
        let Some(ending) = name.strip_prefix('*') else { return *self.names.entry(name.into()).or_insert(next) };
        if let Some((_, key)) = self.endings.iter().find(|(known, _)| &**known == ending) {
            return *key;
        }
        self.endings.push((ending.into(), next));
        next
    }

    fn child_or_new(&mut self, at: usize, key: Key) -> usize {
        match self.nodes[at].children.binary_search_by_key(&key, |child| child.0) {
            Ok(found) => self.nodes[at].children[found].1 as usize,
            Err(place) => {
                let new = self.nodes.len();
                self.nodes[at].children.insert(place, (key, new as u32));
                self.nodes.push(Node::default());
                new
            }
        }
    }

    pub(super) fn matches(&self, outline: &Outline) -> Matches {
        let keys: Vec<_> = outline.names().map(|name| self.keys(name)).collect();
        let mut matches = Matches { spans: Vec::new(), patterns: Vec::new() };
        for path in outline.paths() {
            let start = matches.patterns.len() as u32;
            if !self.nodes.is_empty() {
                self.climb(0, path, outline, &keys, &mut matches.patterns);
            }
            matches.spans.push((start, matches.patterns.len() as u32));
        }
        matches
    }

    /// A name's own key and that of its ending.
    fn keys(&self, name: &str) -> [Option<Key>; 2] {
        let ending = self.endings.iter().find(|(ending, _)| name.ends_with(&**ending));
        [self.names.get(name).copied(), ending.map(|(_, key)| *key)]
    }

    /// No deeper than the longest pattern.
    fn climb(&self, node: usize, path: PathId, outline: &Outline, keys: &[[Option<Key>; 2]], found: &mut Vec<u16>) {
        let Some(parent) = outline.parent_of(path) else { return };
        let is_below_root = outline.parent_of(parent).is_none();
        for key in keys[outline.name_id(path).index()].iter().flatten() {
            let children = &self.nodes[node].children;
            let Ok(at) = children.binary_search_by_key(key, |child| child.0) else { continue };
            let next = children[at].1 as usize;
            found.extend(&self.nodes[next].anywhere);
            if is_below_root {
                found.extend(&self.nodes[next].anchored);
            }
            self.climb(next, parent, outline, keys, found);
        }
    }
}

impl Matches {
    pub(super) fn of(&self, path: PathId) -> &[u16] {
        let (start, end) = self.spans[path.index()];
        &self.patterns[start as usize..end as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outline::OutlineBuilder;

    fn outline(path: &[&str]) -> Outline {
        let mut builder = OutlineBuilder::default();
        for name in path {
            let name = builder.name(name);
            builder.open(name).expect("room");
        }
        builder.finish().expect("a root")
    }

    #[test]
    fn patterns_match_from_the_end_and_may_be_anchored_or_end_in_a_class() {
        let cases: [(&str, &[&str], bool); 8] = [
            ("/a", &["root", "a"], true),
            ("/a", &["root", "b", "a"], false),
            ("a", &["root", "b", "a"], true),
            ("b/a", &["root", "b", "a"], true),
            ("b/a", &["root", "c", "a"], false),
            ("*Amount/a", &["root", "cbc:TaxAmount", "a"], true),
            ("*Amount", &["root", "cbc:AmountOfTax"], false),
            ("same/as", &["root", "alias", "as"], true),
        ];
        for (pattern, path, expected) in cases {
            let mut patterns = Patterns::default();
            patterns.add(pattern, 7);
            patterns.alias("alias", "same");
            let outline = outline(path);
            let matches = patterns.matches(&outline);
            let last = outline.elements().last().expect("an element");
            assert_eq!(matches.of(last.path()) == [7], expected, "{pattern} on {path:?}");
        }
    }
}
