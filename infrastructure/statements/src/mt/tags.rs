//! Lines to tagged fields: `:61:…` with the lines that continue it.

use crate::Place;

/// The tags of MT940, MT941, MT942 and MT950, and what banks add; a line such as `:26:37 h` inside a narrative is none.
const KNOWN: [&str; 31] = [
    "12", "13", "13D", "20", "21", "23", "25", "25P", "28", "28C", "34", "34F", "60", "60F", "60M", "61", "62", "62F", "62M", "64", "65",
    "86", "90", "90C", "90D", "940", "941", "942", "950", "NS", "83",
];

#[derive(Clone, Debug)]
pub(super) struct Field<'a> {
    pub at: Place,
    pub tag: &'a str,
    /// The first line after the tag and the lines that continue it.
    pub lines: Vec<&'a str>,
}

/// A message is the fields between two separators.
#[derive(Debug, Default)]
pub(super) struct Block<'a> {
    pub fields: Vec<Field<'a>>,
    /// The application header `{2:O940…}`.
    pub envelope: Option<&'a str>,
    /// Lines before the first tag.
    pub preamble: Vec<(usize, &'a str)>,
}

impl<'a> Field<'a> {
    /// The lines as one text, blank ends removed.
    pub fn text(&self) -> String {
        self.lines.join("\n").trim().to_owned()
    }

    pub fn first(&self) -> &'a str {
        self.lines.first().map_or("", |line| line.trim_end())
    }
}

/// Whether the line starts a field of a message.
pub(crate) fn starts_with_tag(line: &str) -> bool {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || is_frame(c));
    line.starts_with("{1:") || tag_of(line).is_some()
}

pub(super) fn blocks(text: &str) -> Vec<Block<'_>> {
    let mut blocks: Vec<Block> = vec![];
    let mut current = Block::default();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let line = line.trim_start_matches(is_frame);
        let body = match envelope(line) {
            Some((header, body)) => {
                finish(&mut blocks, &mut current);
                current.envelope = header;
                body
            }
            None => line,
        };
        if body.starts_with("-}") || is_separator(body) && !goes_on(lines.clone().map(|(_, line)| line)) {
            finish(&mut blocks, &mut current);
        } else {
            take(&mut blocks, &mut current, index + 1, body);
        }
    }
    finish(&mut blocks, &mut current);
    blocks
}

/// Start and end of a text as SWIFT's interfaces write them around each message.
fn is_frame(character: char) -> bool {
    matches!(character, '\u{1}' | '\u{3}')
}

/// A dash in a narrative ends no message: what comes next goes on with this one.
fn goes_on<'a>(mut rest: impl Iterator<Item = &'a str>) -> bool {
    let next = rest.find(|line| envelope(line).is_some() || tag_of(line).is_some());
    next.and_then(tag_of).is_some_and(|(tag, _)| matches!(tag, "61" | "86" | "62" | "62F" | "62M" | "64" | "65" | "90C" | "90D"))
}

/// A dash alone, perhaps with SWIFT's end-of-text character.
fn is_separator(line: &str) -> bool {
    line.trim_matches(|c: char| c.is_whitespace() || c.is_control()) == "-"
}

fn take<'a>(blocks: &mut Vec<Block<'a>>, current: &mut Block<'a>, number: usize, line: &'a str) {
    match tag_of(line) {
        Some((tag, rest)) => {
            let opens = tag == "20" && current.fields.iter().any(|field| field.tag != "940" && field.tag != "942");
            if opens {
                finish(blocks, current);
            }
            current.fields.push(Field { at: Place::line(number), tag, lines: vec![rest] });
        }
        None => match current.fields.last_mut() {
            Some(field) => field.lines.push(line),
            None if line.trim().is_empty() => {}
            None => current.preamble.push((number, line)),
        },
    }
}

/// The application header and the text after it of a line such as `{1:F01…}{2:O940…}{4:`, also behind the end of the message before.
fn envelope(line: &str) -> Option<(Option<&str>, &str)> {
    let start = line.find("{1:").filter(|&at| at == 0 || line.starts_with("-}"))?;
    let header = &line[start..];
    let application = header.find("{2:").and_then(|at| header[at + 3..].split('}').next());
    Some((application, header.find("{4:").map_or("", |at| &header[at + 3..])))
}

fn finish<'a>(blocks: &mut Vec<Block<'a>>, current: &mut Block<'a>) {
    let block = std::mem::take(current);
    if !block.fields.is_empty() || !block.preamble.is_empty() {
        blocks.push(block);
    }
}

fn tag_of(line: &str) -> Option<(&str, &str)> {
    let (tag, rest) = line.strip_prefix(':')?.split_once(':')?;
    KNOWN.contains(&tag).then_some((tag, rest))
}
