//! A remittance advice as pages: who pays whom, when and where to, and for which invoices.

use rust_decimal::Decimal;

use super::words::money;
use crate::write::pdf::font::Fonts;
use crate::write::pdf::page::{Align, BODY, HEADING, LEFT, Mark, NAME, Pages, RIGHT, SMALL, STRONG, Shade, TITLE};
use crate::write::pdf::remittance::{Remittance, RemittanceLine};
use crate::write::pdf::table::{Cell, Column, table};

pub(super) const COLUMNS: [Column; 6] = [
    Column { head: "Invoice", share: 20.0, align: Align::Left },
    Column { head: "Date", share: 11.0, align: Align::Left },
    Column { head: "Reference of the transfer", share: 26.0, align: Align::Left },
    Column { head: "Invoice amount", share: 15.5, align: Align::Right },
    Column { head: "Discount", share: 12.0, align: Align::Right },
    Column { head: "Paid", share: 15.5, align: Align::Right },
];

pub(in crate::write::pdf) fn pages(advice: &Remittance, fonts: &Fonts) -> Vec<Vec<Mark>> {
    let mut pages = Pages::new(fonts);
    head(&mut pages, advice);
    table(&mut pages, &COLUMNS, advice.lines.iter().map(row));
    total(&mut pages, advice);
    pages.finish(&advice.payer)
}

fn head(pages: &mut Pages<'_>, advice: &Remittance) {
    let y = pages.y;
    let middle = (LEFT + RIGHT) / 2.0;
    let payer = pages.fonts.wrapped(&advice.payer, middle - LEFT, NAME);
    let payer_end = pages.column(payer, (LEFT, middle), y, Align::Left);
    let title = pages.fonts.line("Remittance advice", TITLE);
    pages.put(title, (middle, RIGHT), y - 4.0, Align::Right);
    pages.y = payer_end.max(y + TITLE.leading()) + 14.0;
    pages.area(LEFT, RIGHT - LEFT, 1.5, Shade::Accent);
    pages.y += 14.0;
    payee_and_facts(pages, advice, middle);
}

fn payee_and_facts(pages: &mut Pages<'_>, advice: &Remittance, middle: f32) {
    let y = pages.y;
    let mut lines = vec![pages.fonts.line("Paid to", HEADING)];
    lines.extend(pages.fonts.wrapped(&advice.payee, middle - LEFT - 24.0, STRONG));
    lines.extend(advice.payee_address.iter().flat_map(|text| pages.fonts.wrapped(text, middle - LEFT - 24.0, BODY)));
    let end = pages.column(lines, (LEFT, middle - 24.0), y, Align::Left);
    let (mut at, split) = (y, middle + 92.0);
    for (label, value) in &advice.facts {
        let label = pages.fonts.line(label, SMALL);
        pages.put(label, (middle, split), at + 1.4, Align::Left);
        let value = pages.fonts.wrapped(value, RIGHT - split, BODY);
        at = pages.column(value, (split, RIGHT), at, Align::Left) + 1.5;
    }
    pages.y = end.max(at) + 16.0;
}

pub(super) fn row(line: &RemittanceLine) -> [Cell; 6] {
    let amount = |amount: Decimal| vec![(money(amount), BODY)];
    [
        vec![(line.invoice.clone(), STRONG)],
        vec![(line.date.to_string(), BODY)],
        vec![(line.reference.clone(), SMALL)],
        amount(line.amount),
        amount(line.discount),
        amount(line.paid),
    ]
}

fn total(pages: &mut Pages<'_>, advice: &Remittance) {
    pages.y += 10.0;
    pages.keep_together(32.0);
    let borders = (LEFT + (RIGHT - LEFT) * 0.45, RIGHT - 4.0);
    pages.area(borders.0 - 8.0, RIGHT - borders.0 + 8.0, 24.0, Shade::Tint);
    let y = pages.y + 4.5;
    let label = pages.fonts.line("Paid", NAME);
    pages.put(label, borders, y, Align::Left);
    let paid = pages.fonts.line(&format!("{} {}", advice.currency, money(advice.paid)), NAME);
    pages.put(paid, borders, y, Align::Right);
}
