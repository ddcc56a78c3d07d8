//! PDF objects and their parser: iterative where files repeat, bounded where they nest.

use std::borrow::Cow;

/// An object is at most this deep and has at most so many parts; what describes an attachment is far below.
const DEPTH: usize = 24;
const PARTS: usize = 50_000;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Object<'b> {
    /// Null, booleans, reals and names of operators: nothing that is looked at here.
    Other,
    Integer(i64),
    Name(Cow<'b, [u8]>),
    Text(Vec<u8>),
    Array(Vec<Object<'b>>),
    Dictionary(Dictionary<'b>),
    Reference(u32),
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Dictionary<'b>(Vec<(Cow<'b, [u8]>, Object<'b>)>);

impl<'b> Dictionary<'b> {
    pub(super) fn get(&self, key: &str) -> Option<&Object<'b>> {
        self.0.iter().find(|(name, _)| &**name == key.as_bytes()).map(|(_, value)| value)
    }

    pub(super) fn values(&self) -> impl Iterator<Item = &Object<'b>> {
        self.0.iter().map(|(_, value)| value)
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key) {
            Some(Object::Integer(value)) => Some(*value),
            _ => None,
        }
    }

    pub(super) fn is_named(&self, key: &str, name: &str) -> bool {
        matches!(self.get(key), Some(Object::Name(value)) if &**value == name.as_bytes())
    }
}

/// Reads objects from `at` on; after a failure `at` is where the trouble is.
pub(super) struct Parser<'b> {
    bytes: &'b [u8],
    pub(super) at: usize,
    parts: usize,
}

impl<'b> Parser<'b> {
    pub(super) fn new(bytes: &'b [u8], at: usize) -> Self {
        Self { bytes, at, parts: 0 }
    }

    pub(super) fn object(&mut self) -> Option<Object<'b>> {
        self.nested(0)
    }

    /// Whether this word comes next; if so it is consumed.
    pub(super) fn word(&mut self, word: &[u8]) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(word);
        self.at += if found { word.len() } else { 0 };
        found
    }

    pub(super) fn unsigned(&mut self) -> Option<u32> {
        self.skip_blanks();
        let digits = self.take_while(|byte| byte.is_ascii_digit());
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    fn nested(&mut self, depth: usize) -> Option<Object<'b>> {
        self.parts += 1;
        if depth > DEPTH || self.parts > PARTS {
            return None;
        }
        self.skip_blanks();
        match self.bytes.get(self.at)? {
            b'/' => Some(Object::Name(self.name())),
            b'(' => self.literal().map(Object::Text),
            b'[' => self.array(depth),
            b'<' if self.bytes.get(self.at + 1) == Some(&b'<') => self.dictionary(depth).map(Object::Dictionary),
            b'<' => self.hexadecimal().map(Object::Text),
            b'+' | b'-' | b'.' | b'0'..=b'9' => Some(self.number()),
            byte if byte.is_ascii_alphabetic() => self.keyword(),
            _ => None,
        }
    }

    /// What is not read yet; nothing once the end is passed.
    fn rest(&self) -> &'b [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    fn skip_blanks(&mut self) {
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                0 | b'\t' | b'\n' | 12 | b'\r' | b' ' => self.at += 1,
                b'%' => {
                    self.take_while(|byte| !matches!(byte, b'\n' | b'\r'));
                }
                _ => return,
            }
        }
    }

    fn take_while(&mut self, wanted: impl Fn(&u8) -> bool) -> &'b [u8] {
        let rest = self.rest();
        let length = rest.iter().position(|byte| !wanted(byte)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    /// `#20` in a name is the byte 0x20.
    fn name(&mut self) -> Cow<'b, [u8]> {
        self.at += 1;
        let raw = self.take_while(|byte| is_regular(*byte));
        if !raw.contains(&b'#') {
            return raw.into();
        }
        let mut name = Vec::with_capacity(raw.len());
        let mut rest = raw;
        while let [first, behind @ ..] = rest {
            match (first, behind) {
                (b'#', [high, low, behind @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                    name.push(hex(*high) << 4 | hex(*low));
                    rest = behind;
                }
                _ => {
                    name.push(*first);
                    rest = behind;
                }
            }
        }
        name.into()
    }

    fn keyword(&mut self) -> Option<Object<'b>> {
        match self.take_while(|byte| is_regular(*byte)) {
            b"true" | b"false" | b"null" => Some(Object::Other),
            _ => None,
        }
    }

    /// A number, or the reference that begins with one.
    fn number(&mut self) -> Object<'b> {
        let text = self.take_while(|byte| matches!(byte, b'+' | b'-' | b'.' | b'0'..=b'9'));
        let Some(value) = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok()) else { return Object::Other };
        match u32::try_from(value).ok().filter(|_| self.generation_and_r()) {
            Some(number) => Object::Reference(number),
            None => Object::Integer(value),
        }
    }

    fn generation_and_r(&mut self) -> bool {
        let start = self.at;
        let generation = self.unsigned();
        self.skip_blanks();
        let is_reference = generation.is_some()
            && self.bytes.get(self.at) == Some(&b'R')
            && self.bytes.get(self.at + 1).is_none_or(|byte| !is_regular(*byte));
        self.at = if is_reference { self.at + 1 } else { start };
        is_reference
    }

    fn array(&mut self, depth: usize) -> Option<Object<'b>> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.word(b"]") {
            items.push(self.nested(depth + 1)?);
        }
        Some(Object::Array(items))
    }

    fn dictionary(&mut self, depth: usize) -> Option<Dictionary<'b>> {
        self.at += 2;
        let mut entries = Vec::new();
        while !self.word(b">>") {
            if self.bytes.get(self.at) != Some(&b'/') {
                return None;
            }
            let key = self.name();
            entries.push((key, self.nested(depth + 1)?));
        }
        Some(Dictionary(entries))
    }

    fn hexadecimal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let digits = self.take_while(|byte| *byte != b'>');
        self.at += 1;
        from_hex(digits)
    }

    /// A string in parentheses, which may nest and be escaped.
    fn literal(&mut self) -> Option<Vec<u8>> {
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1);
        loop {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            match byte {
                b'\\' => self.escaped(&mut text)?,
                b')' if open == 1 => return Some(text),
                _ => {
                    open = open + usize::from(byte == b'(') - usize::from(byte == b')');
                    text.push(byte);
                }
            }
        }
    }

    fn escaped(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'0'..=b'7' => text.push(self.octal(byte)),
            // An escaped end of line is none.
            b'\r' => self.at += usize::from(self.bytes.get(self.at) == Some(&b'\n')),
            b'\n' => {}
            other => text.push(other),
        }
        Some(())
    }

    fn octal(&mut self, first: u8) -> u8 {
        let mut value = first - b'0';
        for _ in 0..2 {
            let Some(digit @ b'0'..=b'7') = self.bytes.get(self.at) else { break };
            value = value.wrapping_mul(8).wrapping_add(digit - b'0');
            self.at += 1;
        }
        value
    }
}

/// Bytes written as digits, with blanks between them and an odd last digit standing for its upper half.
pub(super) fn from_hex(digits: &[u8]) -> Option<Vec<u8>> {
    let digits: Vec<_> = digits.iter().filter(|byte| !byte.is_ascii_whitespace()).copied().collect();
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    Some(digits.chunks(2).map(|pair| hex(pair[0]) << 4 | pair.get(1).map_or(0, |low| hex(*low))).collect())
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'a'..=b'f' => digit - b'a' + 10,
        _ => digit - b'A' + 10,
    }
}

fn is_regular(byte: u8) -> bool {
    !matches!(byte, 0 | 9 | 10 | 12 | 13 | b' ' | b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Option<Object<'_>> {
        Parser::new(text.as_bytes(), 0).object()
    }

    #[test]
    fn objects_of_every_kind() {
        let cases = [
            ("12", Object::Integer(12)),
            ("12 0 R", Object::Reference(12)),
            ("12 0 Rx", Object::Integer(12)),
            ("-1.5", Object::Other),
            ("/A#20B", Object::Name(b"A B".to_vec().into())),
            (r"(a\(b\)\101\n(c))", Object::Text(b"a(b)A\n(c)".to_vec())),
            ("<48 6 5>", Object::Text(b"He".to_vec())),
            ("[1 2 0 R]", Object::Array(vec![Object::Integer(1), Object::Reference(2)])),
        ];
        for (text, object) in cases {
            assert_eq!(parse(text), Some(object), "{text}");
        }
    }

    #[test]
    fn a_dictionary_gives_its_entries() {
        let Some(Object::Dictionary(dictionary)) = parse("<< /Type /Filespec % comment\n /EF << /F 9 0 R >> /Length 3>>") else {
            panic!("no dictionary");
        };
        assert!(dictionary.is_named("Type", "Filespec"));
        assert_eq!(dictionary.integer("Length"), Some(3));
        assert!(matches!(dictionary.get("EF"), Some(Object::Dictionary(files)) if files.get("F") == Some(&Object::Reference(9))));
    }

    #[test]
    fn broken_deep_and_endless_objects_are_refused() {
        let deep = "[".repeat(100_000);
        let wide = format!("[{}]", "1 ".repeat(100_000));
        for text in ["", "(never ends", "<< /A 1", "<< 1 >>", "[1 2", ">", "<4Z>", &deep, &wide] {
            assert_eq!(parse(text), None);
        }
    }
}
