//! Tags to elements. An element with a value needs no end tag in SGML; an aggregate always has one, so what is left open inside it was empty.

use std::cell::Cell;

use crate::statement::Unmapped;
use crate::{Place, StatementRefusal};

/// Aggregates nest less than ten deep in the standard.
const DEPTH_MAX: usize = 64;
/// Enough for 500,000 transactions.
const ELEMENTS_MAX: usize = 6_000_000;

#[derive(Debug)]
pub(super) struct Element {
    pub name: String,
    pub at: Place,
    value: String,
    children: Vec<Element>,
    was_read: Cell<bool>,
}

impl Element {
    fn new(name: &str, at: Place) -> Self {
        Self { name: name.to_ascii_uppercase(), at, value: String::new(), children: vec![], was_read: Cell::new(false) }
    }

    pub fn children<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Element> {
        self.children.iter().filter(move |child| child.name == name)
    }

    pub fn child(&self, name: &str) -> Option<&Element> {
        self.children.iter().find(|child| child.name == name)
    }

    pub fn text(&self, name: &str) -> Option<String> {
        self.child(name).and_then(Element::own_text)
    }

    pub fn own_text(&self) -> Option<String> {
        self.was_read.set(true);
        Some(self.value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    /// Every element of the name, at any depth.
    pub fn find<'a>(&'a self, name: &str, found: &mut Vec<&'a Element>) {
        for child in &self.children {
            if child.name == name {
                found.push(child);
            }
            child.find(name, found);
        }
    }

    /// Leaves with a value that nothing read.
    pub fn unread(&self, path: &str, found: &mut Vec<Unmapped>) {
        let path = format!("{path}/{}", self.name);
        let value = self.value.trim();
        if !value.is_empty() && !self.was_read.get() {
            found.push(Unmapped { at: self.at, name: path.trim_start_matches('/').to_owned(), content: value.to_owned() });
        }
        self.children.iter().for_each(|child| child.unread(&path, found));
    }
}

/// The element `OFX` and all below it.
pub(super) fn parse(text: &str) -> Result<Element, StatementRefusal> {
    let mut builder = Builder { open: vec![Element::new("", Place::line(1))], count: 0 };
    let mut line = 1;
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let (value, tagged) = rest.split_at(start);
        builder.value(value);
        line += newlines(value);
        let (consumed, token) = token(tagged).ok_or_else(|| unclosed(line))?;
        builder.take(token, Place::line(line))?;
        line += newlines(&tagged[..consumed]);
        rest = &tagged[consumed..];
    }
    builder.finish()
}

enum Token<'a> {
    Start(&'a str),
    Empty(&'a str),
    End(&'a str),
    Text(&'a str),
    Nothing,
}

fn token(text: &str) -> Option<(usize, Token<'_>)> {
    if let Some(data) = text.strip_prefix("<![CDATA[") {
        let end = data.find("]]>")?;
        return Some((end + "<![CDATA[".len() + 3, Token::Text(&data[..end])));
    }
    if text.starts_with("<!--") {
        return Some((text.find("-->")? + 3, Token::Nothing));
    }
    let end = text.find('>')?;
    let inner = text[1..end].trim();
    let token = match inner.as_bytes().first() {
        Some(b'?' | b'!') | None => Token::Nothing,
        Some(b'/') => Token::End(inner[1..].trim()),
        _ if inner.ends_with('/') => Token::Empty(inner.trim_end_matches('/').trim()),
        _ => Token::Start(inner.split_whitespace().next().unwrap_or(inner)),
    };
    Some((end + 1, token))
}

struct Builder {
    /// The elements still open, the outermost first.
    open: Vec<Element>,
    count: usize,
}

impl Builder {
    fn take(&mut self, token: Token, at: Place) -> Result<(), StatementRefusal> {
        match token {
            Token::Start(name) => self.start(name, at),
            Token::Empty(name) => {
                self.start(name, at)?;
                self.end(&name.to_ascii_uppercase());
                Ok(())
            }
            Token::End(name) => {
                self.end(&name.to_ascii_uppercase());
                Ok(())
            }
            Token::Text(text) => {
                self.last().value.push_str(text);
                Ok(())
            }
            Token::Nothing => Ok(()),
        }
    }

    fn last(&mut self) -> &mut Element {
        let last = self.open.len() - 1;
        &mut self.open[last]
    }

    fn value(&mut self, value: &str) {
        if !value.trim().is_empty() {
            let plain = unescaped(value);
            self.last().value.push_str(&plain);
        }
    }

    /// An element that has a value is at its end when the next one begins.
    fn start(&mut self, name: &str, at: Place) -> Result<(), StatementRefusal> {
        if self.open.len() > 1 && !self.last().value.trim().is_empty() {
            self.fold(false);
        }
        self.count += 1;
        if self.open.len() > DEPTH_MAX || self.count > ELEMENTS_MAX {
            return Err(StatementRefusal::Malformed { at, reason: "too many or too deeply nested elements".to_owned() });
        }
        self.open.push(Element::new(name, at));
        Ok(())
    }

    /// Whatever is open inside the ended element ends with it; an end that nothing opened is ignored, as real files have them.
    fn end(&mut self, name: &str) {
        let Some(index) = self.open.iter().rposition(|element| element.name == name) else { return };
        while self.open.len() > index + 1 {
            self.fold(true);
        }
        self.fold(false);
    }

    /// Closes the last element. One that was never ended itself was an empty value: what seemed to be inside follows it.
    fn fold(&mut self, was_left_open: bool) {
        if self.open.len() < 2 {
            return;
        }
        if let Some(mut element) = self.open.pop() {
            let hoisted = if was_left_open { std::mem::take(&mut element.children) } else { vec![] };
            let parent = self.last();
            parent.children.push(element);
            parent.children.extend(hoisted);
        }
    }

    /// A file cut off before its end must not pass for a whole one.
    fn finish(mut self) -> Result<Element, StatementRefusal> {
        if let Some(cut) = self.open.iter().skip(1).find(|element| element.name == "OFX") {
            return Err(StatementRefusal::Malformed { at: cut.at, reason: "<OFX> is not closed: the file is cut off".to_owned() });
        }
        let mut root = self.open.swap_remove(0);
        let index = root.children.iter().position(|child| child.name == "OFX").ok_or(StatementRefusal::NoStatement)?;
        Ok(root.children.swap_remove(index))
    }
}

/// `&#x10FFFF;`: no more of a value is searched for the end of a reference.
const REFERENCE_MAX: usize = 10;

fn unescaped(value: &str) -> String {
    if !value.contains('&') {
        return value.to_owned();
    }
    let mut plain = String::with_capacity(value.len());
    let mut rest = value;
    while let Some(at) = rest.find('&') {
        let (before, reference) = rest.split_at(at);
        plain.push_str(before);
        let end = reference.char_indices().take(REFERENCE_MAX).find(|(_, char)| *char == ';');
        let named = end.and_then(|(end, _)| Some((character(&reference[1..end])?, &reference[end + 1..])));
        let (meant, behind) = named.unwrap_or(('&', &reference[1..]));
        plain.push(meant);
        rest = behind;
    }
    plain + rest
}

/// What a reference stands for; a bare `&` of a firm's name is itself.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "nbsp" => Some(' '),
        "quot" => Some('"'),
        "apos" => Some('\''),
        "amp" => Some('&'),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|meant| !meant.is_control())
        }
    }
}

fn unclosed(line: usize) -> StatementRefusal {
    StatementRefusal::Malformed { at: Place::line(line), reason: "a tag is not closed".to_owned() }
}

fn newlines(text: &str) -> usize {
    text.bytes().filter(|&byte| byte == b'\n').count()
}
