//! Text to lines of positioned glyphs: split by script, shaped, and broken where a line may break.

use krilla::text::{GlyphId, KrillaGlyph};
use rustybuzz::UnicodeBuffer;

use super::font::{Fonts, Script};

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Style {
    pub(super) size: f32,
    pub(super) is_bold: bool,
    pub(super) color: Color,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Color {
    Ink,
    Muted,
    Accent,
    White,
}

/// One line of text, ready to be drawn.
#[derive(Clone)]
pub(super) struct Line {
    pub(super) runs: Vec<Run>,
    pub(super) width: f32,
    pub(super) style: Style,
}

/// Text of one script in one typeface.
#[derive(Clone)]
pub(super) struct Run {
    script: Script,
    pub(super) typeface: usize,
    pub(super) text: String,
    pub(super) glyphs: Vec<KrillaGlyph>,
    pub(super) width: f32,
}

/// More characters than any line shows.
const CHARACTERS_MAX: usize = 250;

impl Style {
    /// From one baseline to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.42
    }
}

impl Line {
    /// Khmer stacks signs above and below its letters and needs more room.
    pub(super) fn leading(&self) -> f32 {
        let is_latin = self.runs.iter().all(|run| run.script == Script::Latin);
        if is_latin { self.style.leading() } else { self.style.size * 1.8 }
    }
}

/// What no font can show: the XML says it all the same.
const UNKNOWN: char = '?';

impl Fonts {
    /// The text as one line, however long.
    pub(super) fn line(&self, text: &str, style: Style) -> Line {
        let runs: Vec<_> = by_script(text).into_iter().map(|(script, part)| self.run(script, &part, style)).collect();
        Line { width: runs.iter().map(|run| run.width).sum(), runs, style }
    }

    /// The text in lines no wider than this. Line feeds in it are kept.
    pub(super) fn wrapped(&self, text: &str, width: f32, style: Style) -> Vec<Line> {
        text.lines().flat_map(|paragraph| self.paragraph(paragraph, width, style)).collect()
    }

    fn paragraph(&self, text: &str, width: f32, style: Style) -> Vec<Line> {
        let (mut lines, mut start, mut fits) = (Vec::new(), 0, 0);
        for end in breaks(text).into_iter().filter(|&end| end > 0) {
            if self.is_within(&text[start..end], width, style) {
                fits = end;
                continue;
            }
            if fits > start {
                lines.push(self.line(text[start..fits].trim(), style));
                start = fits;
            }
            while !self.is_within(&text[start..end], width, style) {
                let cut = start + self.fitting(&text[start..end], width, style);
                lines.push(self.line(text[start..cut].trim(), style));
                start = cut;
            }
            fits = end;
        }
        if start < text.len() || lines.is_empty() {
            lines.push(self.line(text[start..].trim(), style));
        }
        lines
    }

    /// What has more characters than any line is too wide, whatever they are: nothing longer is ever measured.
    fn is_within(&self, text: &str, width: f32, style: Style) -> bool {
        text.chars().nth(CHARACTERS_MAX).is_none() && self.line(text.trim_end(), style).width <= width
    }

    /// How many bytes of a word too long for a line stand on it: at least a character, and no syllable is cut while one fits.
    fn fitting(&self, word: &str, width: f32, style: Style) -> usize {
        let ends = word.char_indices().skip(1).take(CHARACTERS_MAX).map(|(at, _)| at).filter(|&at| !joins(&word[at..]));
        let ends: Vec<_> = ends.collect();
        let fitting = ends.partition_point(|&end| self.is_within(&word[..end], width, style));
        let first = word.chars().next().map_or(word.len(), char::len_utf8);
        fitting.checked_sub(1).map_or(first, |last| ends[last])
    }

    fn run(&self, script: Script, text: &str, style: Style) -> Run {
        let index = Fonts::index(script, style.is_bold);
        let face = &self.typeface(index).face;
        let text: String = text.chars().map(|char| if face.glyph_index(char).is_some() { char } else { UNKNOWN }).collect();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(&text);
        buffer.guess_segment_properties();
        buffer.set_direction(rustybuzz::Direction::LeftToRight);
        let shaped = rustybuzz::shape(face, &[], buffer);
        let glyphs = positioned(&shaped, text.len(), face.units_per_em() as f32);
        let width = glyphs.iter().map(|glyph| glyph.x_advance * style.size).sum();
        Run { script, typeface: index, text, glyphs, width }
    }
}

/// Each glyph knows the bytes of the text that it stands for, so that text can be copied out of the page.
fn positioned(shaped: &rustybuzz::GlyphBuffer, length: usize, units: f32) -> Vec<KrillaGlyph> {
    let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
    let end_of = |at: usize| {
        let cluster = infos[at].cluster;
        infos[at..].iter().find(|info| info.cluster > cluster).map_or(length, |info| info.cluster as usize)
    };
    let glyph = |at: usize| {
        let (info, position) = (infos[at], positions[at]);
        let part = |units_of: i32| units_of as f32 / units;
        let (advance, x, y) = (part(position.x_advance), part(position.x_offset), part(position.y_offset));
        KrillaGlyph::new(GlyphId::new(info.glyph_id), advance, x, y, part(position.y_advance), info.cluster as usize..end_of(at), None)
    };
    (0..infos.len()).map(glyph).collect()
}

/// Pieces of one script each. Blanks and signs of no script stay with what is in front of them.
fn by_script(text: &str) -> Vec<(Script, String)> {
    let mut parts: Vec<(Script, String)> = Vec::new();
    for char in text.chars().filter(|char| !char.is_control()) {
        match parts.last_mut() {
            Some((script, part)) if *script == script_of(char) || (char == ' ' && *script == Script::Khmer) => part.push(char),
            _ if char == '\u{200b}' => {}
            _ => parts.push((script_of(char), char.into())),
        }
    }
    parts
}

fn script_of(char: char) -> Script {
    if matches!(char, '\u{1780}'..='\u{17ff}' | '\u{19e0}'..='\u{19ff}' | '\u{200c}' | '\u{200d}') { Script::Khmer } else { Script::Latin }
}

/// Where a line may end: behind blanks, at hyphens of words but not of numbers and dates, and between the syllables of Khmer, which writes no blanks between words.
fn breaks(text: &str) -> Vec<usize> {
    let mut places = Vec::new();
    let mut before = None;
    let mut characters = text.char_indices().peekable();
    while let Some((at, char)) = characters.next() {
        let is_final = characters.peek().is_some_and(|&(_, next)| FINAL.contains(&next));
        let behind_blank = matches!(before, Some(' ' | '\t' | '\u{200b}')) && !char.is_whitespace();
        let behind_hyphen = matches!(before, Some('-' | '/')) && char.is_alphabetic();
        let new_syllable =
            before.is_some_and(|before| script_of(before) == Script::Khmer && before != COENG) && begins_syllable(char) && !is_final;
        if behind_blank || behind_hyphen || new_syllable {
            places.push(at);
        }
        before = Some(char);
    }
    places.push(text.len());
    places
}

/// Joins the next consonant below the one in front of it.
const COENG: char = '\u{17d2}';

/// Signs of a consonant that ends a syllable.
const FINAL: [char; 2] = ['\u{17cb}', '\u{17cd}'];

/// Khmer consonants and independent vowels.
fn begins_syllable(char: char) -> bool {
    matches!(char, '\u{1780}'..='\u{17b3}')
}

/// Whether what follows belongs to the character in front of it.
fn joins(rest: &str) -> bool {
    rest.chars().next().is_some_and(|char| script_of(char) == Script::Khmer && !begins_syllable(char))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BODY: Style = Style { size: 9.0, is_bold: false, color: Color::Ink };

    fn texts(lines: &[Line]) -> Vec<String> {
        lines.iter().map(|line| line.runs.iter().map(|run| run.text.as_str()).collect()).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_never_exceed_the_width() {
        let fonts = Fonts::load().expect("fonts");
        let lines = fonts.wrapped("Office chair, black, with armrests\nsecond line", 80.0, BODY);
        assert!(lines.iter().all(|line| line.width <= 80.0));
        assert_eq!(texts(&lines).join("|"), "Office chair, black,|with armrests|second line");
    }

    #[test]
    fn a_word_that_is_too_long_is_cut_and_nothing_of_it_is_lost() {
        let fonts = Fonts::load().expect("fonts");
        let word = "Donaudampfschifffahrtsgesellschaftskapitänsmütze";
        let lines = fonts.wrapped(word, 60.0, BODY);
        assert!(lines.len() > 2 && lines.iter().all(|line| line.width <= 60.0));
        assert_eq!(texts(&lines).concat(), word);
        assert_eq!(texts(&fonts.wrapped("abc", 1.0, BODY)), ["a", "b", "c"], "a character is always taken");
    }

    #[test]
    fn a_very_long_word_takes_time_in_proportion() {
        let fonts = Fonts::load().expect("fonts");
        let word = "m".repeat(50_000);
        let lines = fonts.wrapped(&word, 60.0, BODY);
        assert_eq!(texts(&lines).concat().len(), word.len());
    }

    #[test]
    fn khmer_is_shaped_by_its_own_font_and_breaks_between_syllables() {
        let fonts = Fonts::load().expect("fonts");
        let text = "ក្រុមហ៊ុនទូរគមនាគមន៍";
        let line = fonts.line(&format!("{text} Ltd"), BODY);
        assert_eq!(line.runs.len(), 2, "Khmer and Latin");
        assert_eq!(line.runs[0].typeface, Fonts::index(Script::Khmer, false));
        assert!(line.runs[0].glyphs.iter().all(|glyph| glyph.glyph_id.to_u32() != 0));
        let broken = fonts.wrapped(text, 30.0, BODY);
        assert!(broken.len() > 1);
        assert_eq!(texts(&broken).concat(), text);
        let starts = texts(&broken).into_iter().filter_map(|line| line.chars().next());
        assert!(starts.into_iter().all(begins_syllable), "no line begins with a dependent sign");
    }

    #[test]
    fn what_no_font_has_is_marked() {
        let fonts = Fonts::load().expect("fonts");
        assert_eq!(texts(&[fonts.line("a漢b", BODY)]), ["a?b"]);
    }
}
