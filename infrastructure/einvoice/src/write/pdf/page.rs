//! Pages as lists of things to draw, filled from top to bottom. Points, measured from the upper left corner.

use super::font::Fonts;
use super::text::{Color, Line, Style};

pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 51.0;
pub(super) const RIGHT: f32 = WIDTH - 51.0;
const TOP: f32 = 51.0;
/// Below it is the footer.
const BOTTOM: f32 = HEIGHT - 62.0;

pub(super) enum Mark {
    /// A line of text; `y` is its baseline.
    Text {
        x: f32,
        y: f32,
        line: Line,
    },
    Area {
        x: f32,
        y: f32,
        width: f32,
        height: f32,
        color: Shade,
    },
    /// Small squares of one size, as one shape.
    Squares {
        side: f32,
        corners: Vec<(f32, f32)>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shade {
    Accent,
    Tint,
    Rule,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Right,
}

/// The pages so far and the place where the next thing goes.
pub(super) struct Pages<'f> {
    pub(super) fonts: &'f Fonts,
    pub(super) pages: Vec<Vec<Mark>>,
    pub(super) y: f32,
}

impl<'f> Pages<'f> {
    pub(super) fn new(fonts: &'f Fonts) -> Self {
        Self { fonts, pages: vec![Vec::new()], y: TOP }
    }

    pub(super) fn room(&self) -> f32 {
        BOTTOM - self.y
    }

    pub(super) fn whole_page() -> f32 {
        BOTTOM - TOP
    }

    pub(super) fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = TOP;
    }

    /// Begins a new page unless this much still fits.
    pub(super) fn keep_together(&mut self, height: f32) {
        if self.room() < height && self.y > TOP {
            self.next_page();
        }
    }

    pub(super) fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    pub(super) fn area(&mut self, x: f32, width: f32, height: f32, color: Shade) {
        let y = self.y;
        self.mark(Mark::Area { x, y, width, height, color });
    }

    /// A line whose upper edge is at `y`, between two borders.
    pub(super) fn put(&mut self, line: Line, (left, right): (f32, f32), y: f32, align: Align) {
        let x = if align == Align::Left { left } else { right - line.width };
        let y = y + line.style.size * 1.07;
        self.mark(Mark::Text { x, y, line });
    }

    /// A column of lines from `y` down. Returns where it ends.
    pub(super) fn column(&mut self, lines: Vec<Line>, borders: (f32, f32), mut y: f32, align: Align) -> f32 {
        for line in lines {
            let leading = line.leading();
            self.put(line, borders, y, align);
            y += leading;
        }
        y
    }

    /// Text over the whole width that may run over pages.
    pub(super) fn flow(&mut self, text: &str, style: Style) {
        for line in self.fonts.wrapped(text, RIGHT - LEFT, style) {
            let leading = line.leading();
            self.keep_together(leading);
            let y = self.y;
            self.put(line, (LEFT, RIGHT), y, Align::Left);
            self.y += leading;
        }
    }

    /// A heading that does not stand alone at the foot of a page.
    pub(super) fn heading(&mut self, text: &str) {
        self.heading_over(0.0, text);
    }

    /// A heading on the page of what stands below it, which this much of stays together.
    pub(super) fn heading_over(&mut self, height: f32, text: &str) {
        self.y += 14.0;
        self.keep_together(HEADING.leading() + 2.0 + height.clamp(30.0, Self::whole_page() / 2.0));
        let line = self.fonts.line(text, HEADING);
        let y = self.y;
        self.put(line, (LEFT, RIGHT), y, Align::Left);
        self.y += HEADING.leading() + 2.0;
    }

    /// What stands at the foot of each page, when the number of pages is known.
    pub(super) fn finish(mut self, foot: &str) -> Vec<Vec<Mark>> {
        let count = self.pages.len();
        for (at, page) in self.pages.iter_mut().enumerate() {
            let y = HEIGHT - 40.0;
            page.push(Mark::Area { x: LEFT, y: y - 12.0, width: RIGHT - LEFT, height: 0.5, color: Shade::Rule });
            let number = self.fonts.line(&format!("Page {} of {count}", at + 1), SMALL);
            let room = RIGHT - LEFT - number.width - 12.0;
            page.push(Mark::Text { x: RIGHT - number.width, y, line: number });
            page.extend(self.fonts.wrapped(foot, room, SMALL).into_iter().take(2).enumerate().map(|(at, line)| {
                let y = y + at as f32 * SMALL.leading();
                Mark::Text { x: LEFT, y, line }
            }));
        }
        self.pages
    }
}

pub(super) const TITLE: Style = Style { size: 20.0, is_bold: true, color: Color::Accent };
pub(super) const HEADING: Style = Style { size: 9.0, is_bold: true, color: Color::Accent };
pub(super) const NAME: Style = Style { size: 11.0, is_bold: true, color: Color::Ink };
pub(super) const BODY: Style = Style { size: 9.0, is_bold: false, color: Color::Ink };
pub(super) const STRONG: Style = Style { size: 9.0, is_bold: true, color: Color::Ink };
pub(super) const SMALL: Style = Style { size: 7.5, is_bold: false, color: Color::Muted };
pub(super) const HEAD: Style = Style { size: 7.5, is_bold: true, color: Color::White };
