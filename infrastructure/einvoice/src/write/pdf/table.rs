//! Tables that break between rows, repeat their heads on each page, and cut a row only if it is longer than a page.

use super::page::{Align, HEAD, LEFT, Pages, RIGHT, Shade};
use super::text::{Line, Style};

/// Room between the border of a cell and its text.
const PADDING: f32 = 4.0;

pub(super) struct Column {
    pub(super) head: &'static str,
    /// Share of the width.
    pub(super) share: f32,
    pub(super) align: Align,
}

/// Paragraphs, each in its own style.
pub(super) type Cell = Vec<(String, Style)>;

pub(super) fn table<const N: usize>(pages: &mut Pages<'_>, columns: &[Column; N], rows: impl Iterator<Item = [Cell; N]>) {
    let borders = borders(columns);
    let mut has_head = false;
    for row in rows {
        let cells: Vec<_> = row.into_iter().zip(borders).map(|(cell, (left, right))| lines(pages, cell, right - left)).collect();
        let height = cells.iter().map(|cell| height(cell)).fold(0.0, f32::max) + 2.0 * PADDING;
        let head_height = HEAD.leading() + 2.0 * PADDING;
        let must_fit = height.min(Pages::whole_page() - head_height);
        if pages.room() < must_fit + if has_head { 0.0 } else { head_height } {
            pages.next_page();
            has_head = false;
        }
        if !has_head {
            head(pages, columns, &borders);
            has_head = true;
        }
        self::row(pages, columns, &borders, cells);
    }
}

fn borders<const N: usize>(columns: &[Column; N]) -> [(f32, f32); N] {
    let whole: f32 = columns.iter().map(|column| column.share).sum();
    let mut at = LEFT;
    std::array::from_fn(|index| {
        let left = at;
        at += columns[index].share / whole * (RIGHT - LEFT);
        (left + PADDING, at - PADDING)
    })
}

fn lines(pages: &Pages<'_>, cell: Cell, width: f32) -> Vec<Line> {
    cell.into_iter().flat_map(|(text, style)| pages.fonts.wrapped(&text, width, style)).collect()
}

fn height(lines: &[Line]) -> f32 {
    lines.iter().map(|line| line.leading()).sum()
}

fn head(pages: &mut Pages<'_>, columns: &[Column], borders: &[(f32, f32)]) {
    let height = HEAD.leading() + 2.0 * PADDING;
    pages.area(LEFT, RIGHT - LEFT, height, Shade::Accent);
    let y = pages.y + PADDING;
    for (column, &borders) in columns.iter().zip(borders) {
        let line = pages.fonts.line(column.head, HEAD);
        pages.put(line, borders, y, column.align);
    }
    pages.y += height;
}

/// Draws as much of the row as fits, and the rest under a new head.
fn row(pages: &mut Pages<'_>, columns: &[Column], borders: &[(f32, f32)], mut cells: Vec<Vec<Line>>) {
    loop {
        let room = pages.room() - 2.0 * PADDING;
        let rest: Vec<_> = cells.iter_mut().map(|cell| cell.split_off(fitting(cell, room))).collect();
        let (y, height) = (pages.y + PADDING, cells.iter().map(|cell| height(cell)).fold(0.0, f32::max));
        for ((cell, column), &borders) in cells.into_iter().zip(columns).zip(borders) {
            pages.column(cell, borders, y, column.align);
        }
        pages.y += height + 2.0 * PADDING;
        if rest.iter().all(Vec::is_empty) {
            return pages.area(LEFT, RIGHT - LEFT, 0.5, Shade::Rule);
        }
        pages.next_page();
        head(pages, columns, borders);
        cells = rest;
    }
}

/// How many lines fit. At least one is taken, so that a table always ends.
fn fitting(lines: &[Line], room: f32) -> usize {
    let mut used = 0.0;
    let fitting = lines.iter().take_while(|line| {
        used += line.leading();
        used <= room
    });
    fitting.count().max(1).min(lines.len())
}

#[cfg(test)]
mod tests {
    use super::super::font::Fonts;
    use super::super::page::{BODY, Mark};
    use super::*;

    const COLUMNS: [Column; 2] =
        [Column { head: "Left", share: 30.0, align: Align::Left }, Column { head: "Right", share: 70.0, align: Align::Right }];

    fn texts(page: &[Mark]) -> Vec<String> {
        let text = |mark: &Mark| match mark {
            Mark::Text { line, .. } => Some(line.runs.iter().map(|run| run.text.as_str()).collect()),
            _ => None,
        };
        page.iter().filter_map(text).collect()
    }

    fn rows(count: usize, text: &str) -> Vec<Vec<String>> {
        let fonts = Fonts::load().expect("fonts");
        let mut pages = Pages::new(&fonts);
        table(&mut pages, &COLUMNS, (0..count).map(|at| [vec![(at.to_string(), BODY)], vec![(text.to_string(), BODY)]]));
        pages.pages.iter().map(|page| texts(page)).collect()
    }

    #[test]
    fn every_page_has_the_head_once_and_no_row_is_lost_or_cut() {
        let pages = rows(100, "one\ntwo\nthree");
        assert!(pages.len() > 3);
        for page in &pages {
            assert_eq!(page[..2], ["Left", "Right"]);
            assert_eq!(page.iter().filter(|text| *text == "one").count(), page.iter().filter(|text| *text == "three").count());
        }
        let numbers: Vec<_> = pages.iter().flatten().filter(|text| text.parse::<usize>().is_ok()).cloned().collect();
        assert_eq!(numbers, (0..100).map(|at| at.to_string()).collect::<Vec<_>>());
    }

    #[test]
    fn a_row_longer_than_a_page_goes_on_under_the_next_head() {
        let long: String = (0..200).map(|at| format!("line {at}\n")).collect();
        let pages = rows(2, &long);
        let lines: Vec<_> = pages.iter().flatten().filter(|text| text.starts_with("line ")).cloned().collect();
        assert_eq!(lines.len(), 400);
        assert_eq!(lines.last().map(String::as_str), Some("line 199"));
        assert!(pages.iter().all(|page| page[..2] == ["Left", "Right"]));
    }

    #[test]
    fn an_empty_table_has_no_head() {
        assert_eq!(rows(0, ""), [Vec::<String>::new()]);
    }
}
