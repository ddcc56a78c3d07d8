//! One pass over a PDF: which objects it defines, and where their streams lie.

use std::collections::{BTreeMap, HashMap};
use std::ops::Range;

use super::filter::{Unpack, unpack};
use super::object::{Dictionary, Object, Parser};

/// A PDF with more things that could be attachments than this is refused; real ones have a handful, and streams by the thousand.
const REMEMBERED: usize = 100_000;

/// What of a PDF concerns attachments. Of several definitions of one object the last is kept: that is how PDFs are changed.
#[derive(Default)]
pub(super) struct Contents<'b> {
    /// File specifications, by the number of the object that they stand in.
    pub(super) specifications: BTreeMap<u32, Vec<Specification>>,
    /// Dictionaries that may stand in the place of an `/EF`.
    pub(super) file_dictionaries: HashMap<u32, u32>,
    pub(super) streams: BTreeMap<u32, Stream<'b>>,
    pub(super) is_encrypted: bool,
    pub(super) saw_objects: bool,
}

/// A file that the PDF names: its name and the object that holds it, or that holds the dictionary which does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Specification {
    pub(super) name: String,
    pub(super) file: FileObject,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FileObject {
    Stream(u32),
    Dictionary(u32),
}

/// Where a stream is. Its dictionary is read again when somebody wants it: a file can have very many of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stream<'b> {
    pub(super) is_embedded_file: bool,
    dictionary: &'b [u8],
    packed: &'b [u8],
}

impl Stream<'_> {
    pub(super) fn unpack(&self, budget: &mut usize) -> Result<Vec<u8>, Unpack> {
        match Parser::new(self.dictionary, 0).object() {
            Some(Object::Dictionary(dictionary)) => unpack(&dictionary, self.packed, budget),
            _ => Err(Unpack::Damaged),
        }
    }
}

/// Reads what there is; `budget` is what object streams may unpack to, and what is left of it afterwards.
pub(super) fn scan<'b>(bytes: &'b [u8], budget: &mut usize) -> Result<Contents<'b>, Unpack> {
    let mut contents = Contents { is_encrypted: has_encryption(bytes), ..Contents::default() };
    let mut at = 0;
    while let Some((number, start)) = next_object(bytes, at) {
        contents.saw_objects = true;
        let mut parser = Parser::new(bytes, start);
        let object = parser.object();
        at = parser.at.max(start);
        if let Some(Object::Dictionary(dictionary)) = object {
            at = contents.take(number, &dictionary, bytes, start..at, budget)?;
        }
        if contents.specifications.len() + contents.file_dictionaries.len() + contents.streams.len() > REMEMBERED {
            return Err(Unpack::TooMany);
        }
    }
    Ok(contents)
}

impl<'b> Contents<'b> {
    /// Keeps a dictionary, with its stream if it has one, if it concerns attachments; gives the place behind it.
    fn take(
        &mut self,
        number: u32,
        dictionary: &Dictionary<'_>,
        bytes: &'b [u8],
        place: Range<usize>,
        budget: &mut usize,
    ) -> Result<usize, Unpack> {
        let Some((packed, behind)) = stream(bytes, place.end, dictionary) else {
            self.take_dictionary(number, dictionary);
            return Ok(place.end);
        };
        if dictionary.is_named("Type", "ObjStm") {
            self.take_object_stream(dictionary, packed, budget)?;
        } else if !is_page_matter(dictionary) {
            let is_embedded_file = dictionary.is_named("Type", "EmbeddedFile");
            self.streams.insert(number, Stream { is_embedded_file, dictionary: &bytes[place], packed });
        }
        Ok(behind)
    }

    fn take_dictionary(&mut self, number: u32, dictionary: &Dictionary<'_>) {
        let mut found = Vec::new();
        specifications(dictionary, &mut found);
        if !found.is_empty() {
            self.specifications.insert(number, found);
        } else if let Some(file) = file(dictionary) {
            self.file_dictionaries.insert(number, file);
        }
    }

    /// Objects packed together: pairs of number and offset, then the objects. A damaged one is passed over.
    fn take_object_stream(&mut self, dictionary: &Dictionary<'_>, packed: &[u8], budget: &mut usize) -> Result<(), Unpack> {
        let unpacked = match unpack(dictionary, packed, budget) {
            Ok(unpacked) => unpacked,
            Err(Unpack::TooLarge) => return Err(Unpack::TooLarge),
            Err(_) => return Ok(()),
        };
        let first = dictionary.integer("First").and_then(|first| usize::try_from(first).ok()).unwrap_or(0);
        let (mut header, mut behind) = (Parser::new(&unpacked, 0), 0);
        while let (Some(number), Some(offset)) = (header.unsigned(), header.unsigned()) {
            let at = first.saturating_add(offset as usize);
            // The standard wants rising offsets; to insist on it keeps this linear.
            if header.at > first || at < behind || at >= unpacked.len() {
                continue;
            }
            let mut parser = Parser::new(&unpacked, at);
            if let Some(Object::Dictionary(dictionary)) = parser.object() {
                self.take_dictionary(number, &dictionary);
            }
            behind = parser.at;
        }
        Ok(())
    }
}

/// Streams that are never attachments need not be remembered.
fn is_page_matter(dictionary: &Dictionary<'_>) -> bool {
    ["XObject", "XRef", "Metadata"].iter().any(|kind| dictionary.is_named("Type", kind))
}

/// The next `12 0 obj`: its number and where its value begins.
fn next_object(bytes: &[u8], from: usize) -> Option<(u32, usize)> {
    let mut at = from;
    loop {
        let found = at + find(bytes.get(at..)?, b"obj")?;
        if let Some(number) = number_before(&bytes[from..found]) {
            return Some((number, found + 3));
        }
        at = found + 3;
    }
}

/// The object number if the bytes end with `number generation `.
fn number_before(bytes: &[u8]) -> Option<u32> {
    let tail = &bytes[bytes.len().saturating_sub(24)..];
    let blank = tail.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let tail = &tail[..tail.len() - blank];
    let generation = tail.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let tail = &tail[..tail.len() - generation];
    let between = tail.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
    let tail = &tail[..tail.len() - between];
    let digits = tail.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    if generation == 0 || between == 0 {
        return None;
    }
    std::str::from_utf8(&tail[tail.len() - digits..]).ok()?.parse().ok()
}

/// The bytes between `stream` and `endstream`, and the place behind. A stated length is believed only if it fits.
fn stream<'b>(bytes: &'b [u8], at: usize, dictionary: &Dictionary<'_>) -> Option<(&'b [u8], usize)> {
    let mut parser = Parser::new(bytes, at);
    if !parser.word(b"stream") {
        return None;
    }
    let start = parser.at + end_of_line(&bytes[parser.at..]);
    let stated = dictionary.integer("Length").and_then(|length| usize::try_from(length).ok());
    if let Some(length) = stated
        && let Some(end) = start.checked_add(length).filter(|end| *end <= bytes.len())
        && ends_at(bytes, end)
    {
        return Some((&bytes[start..end], end));
    }
    // Without an end the rest of the file is the stream, so that no byte is looked at twice.
    let length = find(&bytes[start..], b"endstream").unwrap_or(bytes.len() - start);
    let packed = &bytes[start..start + length];
    Some((packed, start + length))
}

/// An end of line stands before the word; whoever states a length may lead it into megabytes of blanks.
fn ends_at(bytes: &[u8], end: usize) -> bool {
    const BLANKS_MAX: usize = 16;
    let near = &bytes[end..bytes.len().min(end + BLANKS_MAX)];
    let blanks = near.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    bytes[end + blanks..].starts_with(b"endstream")
}

fn end_of_line(bytes: &[u8]) -> usize {
    match bytes {
        [b'\r', b'\n', ..] => 2,
        [b'\r' | b'\n', ..] => 1,
        _ => 0,
    }
}

/// The dictionary's own specification and those written inside of it; the parser bounds the depth.
fn specifications(dictionary: &Dictionary<'_>, found: &mut Vec<Specification>) {
    found.extend(specification(dictionary));
    dictionary.values().for_each(|value| nested_specifications(value, found));
}

fn nested_specifications(object: &Object<'_>, found: &mut Vec<Specification>) {
    match object {
        Object::Dictionary(dictionary) => specifications(dictionary, found),
        Object::Array(items) => items.iter().for_each(|item| nested_specifications(item, found)),
        _ => {}
    }
}

fn specification(dictionary: &Dictionary<'_>) -> Option<Specification> {
    let file = match dictionary.get("EF")? {
        Object::Dictionary(files) => FileObject::Stream(file(files)?),
        Object::Reference(number) => FileObject::Dictionary(*number),
        _ => return None,
    };
    let name = ["UF", "F", "Desc"].iter().find_map(|key| match dictionary.get(key) {
        Some(Object::Text(name)) if !name.is_empty() => Some(text(name)),
        _ => None,
    });
    Some(Specification { name: name.unwrap_or_default(), file })
}

/// The object in an `/EF` dictionary; nothing else has these keys with references alone.
fn file(dictionary: &Dictionary<'_>) -> Option<u32> {
    ["F", "UF", "Unix", "DOS", "Mac"].iter().find_map(|key| match dictionary.get(key) {
        Some(Object::Reference(number)) => Some(*number),
        _ => None,
    })
}

/// A file name is UTF-16 with a mark, else near enough to ISO-8859-1.
fn text(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, rest @ ..] => {
            let units = rest.as_chunks::<2>().0.iter().map(|pair| u16::from_be_bytes(*pair));
            char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
        }
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|&byte| char::from(byte)).collect(),
    }
}

/// Whether a trailer speaks of encryption; consulted only if no invoice was found.
fn has_encryption(bytes: &[u8]) -> bool {
    find(bytes, b"/Encrypt").is_some()
}

fn find(bytes: &[u8], word: &[u8]) -> Option<usize> {
    memchr::memmem::find(bytes, word)
}
