//! Drives quick-xml and adds what it leaves to its user: namespaces, limits, and the rest of well-formedness.

use std::collections::HashMap;

use foldhash::fast::RandomState;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quittance_einvoice::Outline;
use quittance_einvoice::outline::{NameId, OutlineBuilder, OutlineFull};

use super::characters;
use super::groups;
use super::namespaces::{Namespaces, SpaceId, XML, XMLNS};
use crate::limits::Limits;
use crate::refusal::{Limited, Position, ReadError};

pub(super) struct Parser<'t> {
    text: &'t str,
    limits: &'t Limits,
    outline: OutlineBuilder,
    namespaces: Namespaces,
    /// Names already seen, by namespace: most elements cost one lookup and no allocation.
    names: Vec<HashMap<&'t str, NameId, RandomState>>,
    /// Elements' names as they are written, as long as no prefix changes its meaning.
    written: HashMap<&'t str, NameId, RandomState>,
    /// Names of the document that make a group of the model, each with what it costs there.
    groups: Vec<(NameId, usize)>,
    model_bytes: usize,
    attributes: usize,
    /// Where the current event begins.
    at: usize,
    root_closed: bool,
}

/// A reason may quote the document, whose names have any length.
const REASON_CHARS: usize = 300;

/// More names than any invoice has.
const WRITTEN_MAX: usize = 1_000;

/// What goes wrong, still without the position.
enum Fault {
    Malformed(String),
    Doctype,
    Entity(String),
    Limit(Limited, usize),
}

impl From<&str> for Fault {
    fn from(reason: &str) -> Self {
        Self::Malformed(reason.into())
    }
}

impl From<OutlineFull> for Fault {
    fn from(full: OutlineFull) -> Self {
        Self::Malformed(full.to_string())
    }
}

impl<'t> Parser<'t> {
    pub(super) fn new(text: &'t str, limits: &'t Limits) -> Self {
        Self {
            text,
            limits,
            outline: OutlineBuilder::for_text_of(text.len()),
            namespaces: Namespaces::new(),
            names: Vec::new(),
            written: HashMap::with_capacity_and_hasher(128, RandomState::default()),
            groups: Vec::new(),
            model_bytes: 0,
            attributes: 0,
            at: 0,
            root_closed: false,
        }
    }

    pub(super) fn parse(mut self) -> Result<Outline, ReadError> {
        if let Some(offset) = characters::forbidden(self.text) {
            return Err(self.refusal(offset, "a control character".into()));
        }
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_comments = true;
        loop {
            self.at = reader.buffer_position() as usize;
            let event =
                reader.read_event().map_err(|error| self.refusal(reader.error_position() as usize, Fault::Malformed(error.to_string())))?;
            if matches!(event, Event::Eof) {
                break;
            }
            self.event(event).map_err(|fault| self.refusal(self.at, fault))?;
        }
        self.finish()
    }

    fn finish(self) -> Result<Outline, ReadError> {
        if self.outline.depth() > 0 {
            return Err(self.refusal(self.text.len(), "the document ends inside an element".into()));
        }
        let Self { outline, text, .. } = self;
        outline.finish().ok_or_else(|| {
            let reason = "there is no root element".into();
            ReadError::Malformed { at: Position::of(text, text.len()), reason }
        })
    }

    fn refusal(&self, offset: usize, fault: Fault) -> ReadError {
        let at = Position::of(self.text, offset);
        match fault {
            Fault::Malformed(reason) => ReadError::Malformed { at, reason: reason.chars().take(REASON_CHARS).collect() },
            Fault::Doctype => ReadError::DoctypeForbidden { at },
            Fault::Entity(name) => ReadError::EntityForbidden { at, name },
            Fault::Limit(what, limit) => ReadError::LimitExceeded { at, what, limit },
        }
    }

    fn event(&mut self, event: Event<'t>) -> Result<(), Fault> {
        match event {
            Event::Start(tag) => self.open(&tag),
            Event::Empty(tag) => {
                self.open(&tag)?;
                self.close();
                Ok(())
            }
            Event::End(_) => {
                self.close();
                Ok(())
            }
            Event::Text(text) if text.contains('>') && text.contains("]]>") => Err("`]]>` in text".into()),
            Event::Text(text) => self.content(&text),
            Event::CData(text) => self.content_section(&text),
            Event::GeneralRef(reference) => self.reference(&reference),
            Event::DocType(_) => Err(Fault::Doctype),
            Event::Decl(declaration) => self.declaration(&declaration),
            Event::PI(instruction) => instruction_target(instruction.target()),
            Event::Comment(_) | Event::Eof => Ok(()),
        }
    }

    fn declaration(&self, declaration: &quick_xml::events::BytesDecl<'_>) -> Result<(), Fault> {
        if self.at != 0 {
            return Err("an XML declaration that is not at the start".into());
        }
        match declaration.version() {
            Ok(version) if version == "1.0" => Ok(()),
            Ok(version) => Err(Fault::Malformed(format!("XML version {version}"))),
            Err(error) => Err(Fault::Malformed(error.to_string())),
        }
    }

    fn open(&mut self, tag: &BytesStart<'t>) -> Result<(), Fault> {
        if self.root_closed {
            return Err("a second root element".into());
        }
        let depth = self.outline.depth() + 1;
        limit(Limited::Depth, depth, self.limits.depth)?;
        limit(Limited::Elements, self.outline.elements() + 1, self.limits.elements)?;
        let tag = self.source_tag(tag);
        let name = tag.bytes().position(|byte| is_blank(byte.into())).map_or(tag, |end| &tag[..end]);
        let attributes = &tag[name.len()..];
        if attributes.is_empty() {
            return self.open_named(name);
        }
        self.open_with_attributes(name, attributes, depth)
    }

    /// The tag's content as a slice of the text, which outlives the event.
    fn source_tag(&self, tag: &BytesStart<'t>) -> &'t str {
        let length = tag.len();
        &self.text[self.at + 1..self.at + 1 + length]
    }

    fn open_with_attributes(&mut self, name: &'t str, attributes: &'t str, depth: usize) -> Result<(), Fault> {
        let mut plain = Vec::new();
        for (name, value) in split_attributes(attributes, self.limits.attributes_per_element)? {
            match name.strip_prefix("xmlns") {
                Some("") => self.declare("", value, depth)?,
                Some(":") => return Err(not_a_name(name)),
                Some(rest) if rest.starts_with(':') => self.declare(&rest[1..], value, depth)?,
                _ => plain.push((name, value)),
            }
        }
        self.attributes += plain.len();
        limit(Limited::Attributes, self.attributes, self.limits.attributes)?;
        self.open_named(name)?;
        let mut seen = Vec::with_capacity(plain.len());
        for (name, value) in plain {
            let name = self.attribute_name(name)?;
            if seen.contains(&name) {
                return Err("an attribute that stands there twice".into());
            }
            seen.push(name);
            self.outline.attribute(name, &attribute_value(value)?)?;
        }
        Ok(())
    }

    fn open_named(&mut self, name: &'t str) -> Result<(), Fault> {
        let name = self.element_name(name)?;
        if let Some((_, cost)) = self.groups.iter().find(|(group, _)| *group == name) {
            self.model_bytes += cost;
            limit(Limited::ModelBytes, self.model_bytes, self.limits.model_bytes)?;
        }
        Ok(self.outline.open(name)?)
    }

    fn declare(&mut self, prefix: &str, value: &str, depth: usize) -> Result<(), Fault> {
        let uri = attribute_value(value)?;
        limit(Limited::NameBytes, prefix.len() + uri.len(), self.limits.name_bytes)?;
        let reserved = (prefix == "xml") != (uri == XML) || prefix == "xmlns" || uri == XMLNS;
        let unbinding = !prefix.is_empty() && uri.is_empty();
        if reserved || unbinding || (!prefix.is_empty() && !characters::is_name(prefix)) {
            return Err(Fault::Malformed(format!("a namespace declaration for the prefix `{prefix}`")));
        }
        if self.namespaces.declared_at(prefix, depth) {
            return Err("an attribute that stands there twice".into());
        }
        limit(Limited::Namespaces, self.namespaces.in_force() + 1, self.limits.namespaces)?;
        self.namespaces.bind(prefix, &uri, depth);
        self.written.clear();
        limit(Limited::Names, self.namespaces.known(), self.limits.vocabulary)
    }

    fn element_name(&mut self, name: &'t str) -> Result<NameId, Fault> {
        if let Some(&known) = self.written.get(name) {
            return Ok(known);
        }
        let id = self.resolved_name(name)?;
        if self.written.len() < WRITTEN_MAX {
            self.written.insert(name, id);
        }
        Ok(id)
    }

    fn resolved_name(&mut self, name: &'t str) -> Result<NameId, Fault> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if prefix.is_empty() && name.starts_with(':') {
            return Err(not_a_name(name));
        }
        let space = self.namespaces.resolve(prefix).ok_or_else(|| undeclared(prefix))?;
        self.name(space, local)
    }

    fn attribute_name(&mut self, name: &'t str) -> Result<NameId, Fault> {
        match name.split_once(':') {
            None => self.name(0, name),
            Some(("", _)) => Err(not_a_name(name)),
            Some((prefix, local)) => {
                let space = self.namespaces.resolve(prefix).ok_or_else(|| undeclared(prefix))?;
                self.name(space, local)
            }
        }
    }

    fn name(&mut self, space: SpaceId, local: &'t str) -> Result<NameId, Fault> {
        if let Some(&known) = self.names.get(space).and_then(|names| names.get(local)) {
            return Ok(known);
        }
        if !characters::is_name(local) {
            return Err(not_a_name(local));
        }
        limit(Limited::Names, self.outline.vocabulary() + 1, self.limits.vocabulary)?;
        let start = self.namespaces.start(space);
        limit(Limited::NameBytes, start.len() + local.len(), self.limits.name_bytes)?;
        let canonical = format!("{start}{local}");
        let id = self.outline.name(&canonical);
        self.groups.extend(groups::cost_of(&canonical).map(|cost| (id, cost)));
        if self.names.len() <= space {
            self.names.resize_with(space + 1, HashMap::default);
        }
        self.names[space].insert(local, id);
        Ok(id)
    }

    fn close(&mut self) {
        self.outline.close();
        let depth = self.outline.depth();
        if self.namespaces.leave(depth) {
            self.written.clear();
        }
        self.root_closed = depth == 0;
    }

    fn content(&mut self, text: &str) -> Result<(), Fault> {
        if self.outline.depth() == 0 {
            let blank = text.chars().all(is_blank);
            return if blank { Ok(()) } else { Err("text outside the root element".into()) };
        }
        match text.contains('\r') {
            false => Ok(self.outline.text(text)?),
            true => Ok(self.outline.text(&text.replace("\r\n", "\n").replace('\r', "\n"))?),
        }
    }

    fn content_section(&mut self, text: &str) -> Result<(), Fault> {
        match self.outline.depth() {
            0 => Err("text outside the root element".into()),
            _ => self.content(text),
        }
    }

    fn reference(&mut self, reference: &BytesRef<'t>) -> Result<(), Fault> {
        let character = resolve(reference)?;
        match self.outline.depth() {
            0 => Err("text outside the root element".into()),
            _ => Ok(self.outline.text(character.encode_utf8(&mut [0; 4]))?),
        }
    }
}

fn limit(what: Limited, count: usize, limit: usize) -> Result<(), Fault> {
    if count > limit { Err(Fault::Limit(what, limit)) } else { Ok(()) }
}

fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r')
}

fn undeclared(prefix: &str) -> Fault {
    Fault::Malformed(format!("the prefix `{prefix}` is not declared"))
}

fn not_a_name(name: &str) -> Fault {
    Fault::Malformed(format!("`{}` is not a name", name.chars().take(40).collect::<String>()))
}

fn instruction_target(target: &str) -> Result<(), Fault> {
    match characters::is_name(&target.replace(':', "_")) && !target.eq_ignore_ascii_case("xml") {
        true => Ok(()),
        false => Err("a processing instruction without a proper name".into()),
    }
}

/// Splits ` a="1" b='2'`; quick-xml's own iterator lets attributes touch and knows no limit.
fn split_attributes(mut rest: &str, at_most: usize) -> Result<Vec<(&str, &str)>, Fault> {
    let mut attributes = Vec::new();
    loop {
        let trimmed = rest.trim_start_matches(is_blank);
        if trimmed.is_empty() {
            return Ok(attributes);
        }
        if trimmed.len() == rest.len() {
            return Err("attributes without a blank between them".into());
        }
        limit(Limited::Attributes, attributes.len() + 1, at_most)?;
        let (name, behind) = trimmed.split_once('=').ok_or("an attribute without a value")?;
        let value = behind.trim_start_matches(is_blank);
        let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''));
        let quote = quote.ok_or("an attribute value without quotes")?;
        let (value, behind) = value[1..].split_once(quote).ok_or("an attribute value that does not end")?;
        attributes.push((name.trim_end_matches(is_blank), value));
        rest = behind;
    }
}

/// The value with references resolved and blanks normalised to spaces.
fn attribute_value(raw: &str) -> Result<std::borrow::Cow<'_, str>, Fault> {
    if raw.contains('<') {
        return Err("`<` in an attribute value".into());
    }
    if !raw.contains(['&', '\t', '\n', '\r']) {
        return Ok(raw.into());
    }
    let raw = raw.replace("\r\n", " ").replace(is_blank, " ");
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw.as_str();
    while let Some((before, behind)) = rest.split_once('&') {
        let (name, behind) = behind.split_once(';').ok_or("a reference without an end")?;
        value.push_str(before);
        value.push(resolve(&BytesRef::new(name))?);
        rest = behind;
    }
    value.push_str(rest);
    Ok(value.into())
}

/// The five predefined entities and character references; everything else would need a document type.
fn resolve(reference: &BytesRef<'_>) -> Result<char, Fault> {
    if let Some(character) = reference.resolve_char_ref().map_err(|error| Fault::Malformed(error.to_string()))? {
        return match characters::is_allowed(character) {
            true => Ok(character),
            false => Err("a reference to a character that XML forbids".into()),
        };
    }
    match &**reference {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "apos" => Ok('\''),
        "quot" => Ok('"'),
        name => Err(Fault::Entity(name.chars().take(40).collect())),
    }
}
