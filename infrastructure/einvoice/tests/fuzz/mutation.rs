//! Breaks documents: most of the time as trees, so that the damage gets past the parser; sometimes as bytes.

/// SplitMix64: small, and the same everywhere.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64, round: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ round.wrapping_mul(0xD1B5_4A32_D192_ED03))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// From 0 to just below `end`; 0 where there is no choice.
    pub fn below(&mut self, end: usize) -> usize {
        if end == 0 { 0 } else { (self.next() % end as u64) as usize }
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}

/// Values that sums, dates, codes and texts stumble over.
const VALUES: &[&str] = &[
    "",
    " ",
    "0",
    "-0.00",
    "1e9",
    "NaN",
    "79228162514264337593543950335",
    "-79228162514264337593543950335",
    "0.0000000000000000000000000001",
    "99999999999999999999999999999999.99",
    "1,5",
    "2024-02-30",
    "9999-12-31",
    "-0001-01-01",
    "20240230",
    "true",
    "EUR",
    "XXX",
    "S",
    "O",
    "AE",
    "VAT",
    "381",
    "380",
    "DE",
    "urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0",
    "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0",
    "#SKONTO#TAGE=7#PROZENT=2.00#\n",
    "#AAI#",
    "\u{0}",
    "\u{FFFD}\u{1F4B6}",
    "e\u{301}\u{202E}",
    "&#x10FFFF;",
    "&amp;&lt;",
    "]]>",
    "<![CDATA[x]]>",
    "<!-- c -->",
];

/// One to four faults.
pub fn mutated(document: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = document.to_vec();
    for _ in 0..=dice.below(4) {
        bytes = match (std::str::from_utf8(&bytes), dice.below(8)) {
            (Ok(text), 1..) => in_tree(text, std::str::from_utf8(other).unwrap_or_default(), dice).into_bytes(),
            _ => in_bytes(bytes, other, dice),
        };
    }
    bytes
}

fn in_tree(text: &str, other: &str, dice: &mut Dice) -> String {
    let Some(here) = element(text, dice) else { return text.to_owned() };
    let (before, piece, behind) = (&text[..here.start], &text[here.start..here.end], &text[here.end..]);
    match dice.below(7) {
        0 => format!("{before}{behind}"),
        1 => format!("{before}{piece}{piece}{behind}"),
        2 => format!("{before}{}{behind}", piece.repeat(2 + dice.below(60))),
        3 => match element(other, dice) {
            Some(there) => format!("{before}{}{behind}", &other[there.start..there.end]),
            None => text.to_owned(),
        },
        4 => match element(text, dice) {
            Some(there) => format!("{before}{piece}{}{behind}", &text[there.start..there.end]),
            None => text.to_owned(),
        },
        5 => in_attribute(text, dice),
        _ => in_text(text, &here, dice),
    }
}

struct Span {
    start: usize,
    end: usize,
}

/// Some element with all that is in it, found by its name alone: where names nest in themselves the cut is crooked, which is
/// a fault like any other.
fn element(text: &str, dice: &mut Dice) -> Option<Span> {
    let bytes = text.as_bytes();
    let starts: Vec<usize> =
        (0..bytes.len()).filter(|&at| bytes[at] == b'<' && bytes.get(at + 1).is_some_and(u8::is_ascii_alphabetic)).collect();
    let start = *dice.pick(starts.get(1..)?)?;
    let name_end = start + 1 + text[start + 1..].find(|c: char| c.is_whitespace() || matches!(c, '>' | '/'))?;
    let tag_end = start + text[start..].find('>')? + 1;
    if text[..tag_end].ends_with("/>") {
        return Some(Span { start, end: tag_end });
    }
    let closing = format!("</{}>", &text[start + 1..name_end]);
    let end = tag_end + text[tag_end..].find(&closing)? + closing.len();
    Some(Span { start, end })
}

/// Another value for the element's text, or for the first text in it.
fn in_text(text: &str, at: &Span, dice: &mut Dice) -> String {
    let open = at.start + text[at.start..].find('>').unwrap_or_default() + 1;
    let end = open + text[open..].find('<').unwrap_or_default();
    let value = dice.pick(VALUES).copied().unwrap_or_default();
    format!("{}{value}{}", &text[..open], &text[end..])
}

fn in_attribute(text: &str, dice: &mut Dice) -> String {
    let quotes: Vec<usize> = text.match_indices("=\"").map(|(at, _)| at + 2).collect();
    let Some(&start) = dice.pick(&quotes) else { return text.to_owned() };
    let end = start + text[start..].find('"').unwrap_or_default();
    let value = dice.pick(VALUES).copied().unwrap_or_default();
    format!("{}{value}{}", &text[..start], &text[end..])
}

fn in_bytes(mut bytes: Vec<u8>, other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let at = dice.below(bytes.len());
    match dice.below(6) {
        0 => bytes.truncate(at),
        1 => bytes.splice(at..at, [dice.below(256) as u8]).for_each(drop),
        2 => bytes.splice(at..(at + dice.below(64)).min(bytes.len()), []).for_each(drop),
        3 => {
            let from = dice.below(other.len());
            let piece = &other[from..(from + dice.below(512)).min(other.len())];
            bytes.splice(at..at, piece.iter().copied()).for_each(drop);
        }
        4 => {
            let piece = bytes[at..(at + dice.below(512)).min(bytes.len())].repeat(3);
            bytes.splice(at..at, piece).for_each(drop);
        }
        _ => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
    }
    bytes
}
