//! A cheque as a page: its face, and below it the stub with the invoices that it pays.

use super::remittance::{COLUMNS, row};
use super::words::money;
use crate::write::pdf::cheque::ChequePage;
use crate::write::pdf::font::Fonts;
use crate::write::pdf::page::{Align, BODY, HEADING, LEFT, Mark, NAME, Pages, RIGHT, SMALL, STRONG, Shade, TITLE};
use crate::write::pdf::table::table;
use crate::write::pdf::text::Style;

/// Where the stub begins: forms are cut there.
const FACE_HEIGHT: f32 = 250.0;
const INSET: f32 = 12.0;

pub(in crate::write::pdf) fn pages(cheques: &[ChequePage], fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut pages = Pages::new(fonts);
    for (at, cheque) in cheques.iter().enumerate() {
        if at > 0 {
            pages.next_page();
        }
        let top = pages.y;
        face(&mut pages, cheque);
        pages.y = top + FACE_HEIGHT;
        pages.area(LEFT, RIGHT - LEFT, 0.5, Shade::Rule);
        pages.y += INSET;
        stub(&mut pages, cheque);
    }
    pages.finish(cheques.first().map_or("", |cheque| &cheque.drawer))
}

fn face(pages: &mut Pages<'_>, cheque: &ChequePage) {
    let (top, middle) = (pages.y, (LEFT + RIGHT) / 2.0);
    let drawer = pages.fonts.wrapped(&cheque.drawer, middle - LEFT, NAME);
    let end = pages.column(drawer, (LEFT, middle), top, Align::Left);
    say(pages, &cheque.account, SMALL, (LEFT, middle), end, Align::Left);
    say(pages, &format!("Cheque {}", cheque.number), TITLE, (middle, RIGHT), top - 4.0, Align::Right);
    say(pages, &format!("Date {}", cheque.issued_on), STRONG, (middle, RIGHT), top + 24.0, Align::Right);
    pages.y = top + 62.0;
    payee(pages, cheque);
    amount(pages, cheque);
    pages.y = top + FACE_HEIGHT - 28.0;
    pages.area(RIGHT - 190.0, 190.0, 0.5, Shade::Accent);
    let y = pages.y + 3.0;
    say(pages, "Signature", SMALL, (RIGHT - 190.0, RIGHT), y, Align::Left);
}

fn payee(pages: &mut Pages<'_>, cheque: &ChequePage) {
    let y = pages.y;
    say(pages, "Pay to the order of", HEADING, (LEFT, RIGHT), y, Align::Left);
    let mut lines = pages.fonts.wrapped(&cheque.payee, RIGHT - LEFT - 180.0, NAME);
    lines.extend(cheque.payee_address.iter().flat_map(|text| pages.fonts.wrapped(text, RIGHT - LEFT - 180.0, BODY)));
    pages.column(lines, (LEFT, RIGHT - 180.0), y + HEADING.leading() + 2.0, Align::Left);
}

/// In figures beside the payee, in words across the face.
fn amount(pages: &mut Pages<'_>, cheque: &ChequePage) {
    let figures = if cheque.is_void { "VOID".to_owned() } else { format!("{} **{}**", cheque.currency, money(cheque.amount)) };
    pages.area(RIGHT - 170.0, 170.0, 26.0, Shade::Tint);
    let y = pages.y + 6.0;
    say(pages, &figures, NAME, (RIGHT - 164.0, RIGHT - 6.0), y, Align::Right);
    pages.y += 84.0;
    let words = if cheque.is_void { "Void".to_owned() } else { format!("{} {} ***", cheque.currency, cheque.amount_in_words) };
    pages.flow(&words, STRONG);
    pages.area(LEFT, RIGHT - LEFT, 0.5, Shade::Rule);
}

fn stub(pages: &mut Pages<'_>, cheque: &ChequePage) {
    pages.heading(&format!("Cheque {} of {} to {}", cheque.number, cheque.issued_on, cheque.payee));
    table(pages, &COLUMNS, cheque.stub.iter().map(row));
    pages.y += 8.0;
    pages.keep_together(20.0);
    let y = pages.y;
    say(pages, &format!("{} {}", cheque.currency, money(cheque.amount)), NAME, (LEFT, RIGHT - 4.0), y, Align::Right);
}

fn say(pages: &mut Pages<'_>, text: &str, style: Style, borders: (f32, f32), y: f32, align: Align) {
    let line = pages.fonts.line(text, style);
    pages.put(line, borders, y, align);
}
