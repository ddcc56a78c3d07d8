//! A small tree of elements. A group that nothing was said in is left out, since the standards forbid empty elements.

use std::fmt::Write;

use quick_xml::escape::escape;

pub(super) struct Node {
    name: &'static str,
    attributes: Vec<(&'static str, String)>,
    content: Content,
}

enum Content {
    Text(String),
    Children(Vec<Node>),
}

pub(super) fn group(name: &'static str) -> Node {
    Node { name, attributes: Vec::new(), content: Content::Children(Vec::new()) }
}

pub(super) fn leaf(name: &'static str, text: impl Into<String>) -> Node {
    Node { name, attributes: Vec::new(), content: Content::Text(text.into()) }
}

impl Node {
    pub(super) fn attribute(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((name, value.into()));
        self
    }

    pub(super) fn attribute_if(self, name: &'static str, value: Option<&String>) -> Self {
        match value {
            Some(value) => self.attribute(name, value),
            None => self,
        }
    }

    pub(super) fn child(self, child: Node) -> Self {
        if child.is_blank() { self } else { self.demanded(child) }
    }

    /// A child that the schema demands, even if it says nothing.
    pub(super) fn demanded(mut self, child: Node) -> Self {
        if let Content::Children(children) = &mut self.content {
            children.push(child);
        }
        self
    }

    pub(super) fn child_if(self, child: Option<Node>) -> Self {
        self.children(child)
    }

    pub(super) fn children(self, children: impl IntoIterator<Item = Node>) -> Self {
        children.into_iter().fold(self, Self::child)
    }

    pub(super) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.child(leaf(name, text))
    }

    pub(super) fn text_if<T: ToString>(self, name: &'static str, text: Option<&T>) -> Self {
        self.child_if(text.map(|text| leaf(name, text.to_string())))
    }

    fn is_blank(&self) -> bool {
        match &self.content {
            Content::Text(text) => text.trim().is_empty(),
            Content::Children(children) => children.is_empty(),
        }
    }

    /// The whole document with this element as its root.
    pub(super) fn into_document(self) -> String {
        let mut document = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        self.append(0, &mut document);
        document
    }

    fn append(&self, depth: usize, to: &mut String) {
        let indent = "  ".repeat(depth);
        to.push_str(&indent);
        to.push('<');
        to.push_str(self.name);
        for (name, value) in &self.attributes {
            // Writing to a string cannot fail.
            let _ = write!(to, " {name}=\"{}\"", escape(allowed(value)));
        }
        match &self.content {
            Content::Text(text) => {
                let _ = writeln!(to, ">{}</{}>", escape(allowed(text)), self.name);
            }
            Content::Children(children) if children.is_empty() => to.push_str("/>\n"),
            Content::Children(children) => {
                to.push_str(">\n");
                children.iter().for_each(|child| child.append(depth + 1, to));
                let _ = writeln!(to, "{indent}</{}>", self.name);
            }
        }
    }
}

/// XML 1.0 has no place for most control characters, however they are written.
fn allowed(text: &str) -> String {
    text.chars().filter(|&char| matches!(char, '\t' | '\n' | '\r' | ' '..) && !matches!(char, '\u{fffe}' | '\u{ffff}')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_without_content_are_left_out_unless_demanded() {
        let document = group("a").child(group("b").text("c", " ")).demanded(group("d")).into_document();
        assert!(document.ends_with("<a>\n  <d/>\n</a>\n"), "{document}");
    }

    #[test]
    fn text_is_escaped_and_what_xml_forbids_is_dropped() {
        let document = leaf("a", "1 < 2 & \u{0}ខ្មែរ\u{ffff}").attribute("b", "\"'<").into_document();
        assert!(document.ends_with("<a b=\"&quot;&apos;&lt;\">1 &lt; 2 &amp; ខ្មែរ</a>\n"), "{document}");
    }
}
