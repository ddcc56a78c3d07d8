//! The table of lines.

use quittance_einvoice::CanonicalInvoice;
use quittance_einvoice::canonical::{CanonicalAdjustment, CanonicalLine, CanonicalPrice};
use rust_decimal::Decimal;

use super::head::{joined, period};
use super::words::{money, number, percent, unit};
use crate::write::pdf::page::{Align, BODY, Pages, SMALL, STRONG};
use crate::write::pdf::table::{Cell, Column, table};

const COLUMNS: [Column; 6] = [
    Column { head: "No.", share: 7.0, align: Align::Left },
    Column { head: "Item", share: 43.0, align: Align::Left },
    Column { head: "Quantity", share: 14.0, align: Align::Right },
    Column { head: "Price", share: 13.0, align: Align::Right },
    Column { head: "VAT", share: 9.0, align: Align::Right },
    Column { head: "Net amount", share: 14.0, align: Align::Right },
];

pub(super) fn lines(pages: &mut Pages<'_>, invoice: &CanonicalInvoice) {
    table(pages, &COLUMNS, invoice.lines.iter().enumerate().map(row));
}

fn row((at, line): (usize, &CanonicalLine)) -> [Cell; 6] {
    let quantity = line.quantity.map(|quantity| joined(" ", [Some(number(quantity)), line.unit.as_deref().map(|code| unit(code).into())]));
    let id = line.id.as_ref().filter(|id| id.chars().count() <= SHORT);
    let rate = line.tax_rate.map(percent).or_else(|| line.tax_category.clone());
    [
        vec![(id.cloned().unwrap_or_else(|| (at + 1).to_string()), BODY)],
        item(line, id.is_none()),
        vec![(quantity.flatten().unwrap_or_default(), BODY)],
        line.price.as_ref().map(price).unwrap_or_default(),
        vec![(rate.unwrap_or_default(), BODY)],
        vec![(money(line.net_amount), BODY)],
    ]
}

/// Longer numbers of lines do not fit their column and stand with the item; the line is counted instead.
const SHORT: usize = 6;

fn item(line: &CanonicalLine, with_id: bool) -> Cell {
    let item = &line.item;
    let labelled = |label: &str, text: Option<&String>| text.map(|text| format!("{label} {text}"));
    let standard = item.standard_id.as_ref().map(|id| id.id.clone());
    let numbers = [
        labelled("Line", line.id.as_ref().filter(|_| with_id)),
        labelled("Art.", item.seller_id.as_ref()),
        labelled("Your art.", item.buyer_id.as_ref()),
        labelled("GTIN", standard.as_ref()),
    ];
    let order_line = labelled("Order line", line.order_line.as_ref());
    let attributes = item.attributes.iter().map(|attribute| Some(format!("{}: {}", attribute.name, attribute.value)));
    let details = [item.description.clone(), line.note.clone(), joined(" · ", numbers), order_line, line.period.as_ref().map(period)];
    let adjustments = line.allowances.iter().map(|one| Some(adjustment("Allowance", one, true)));
    let adjustments = adjustments.chain(line.charges.iter().map(|one| Some(adjustment("Charge", one, false))));
    let small = details.into_iter().chain(attributes).chain(adjustments).flatten().map(|text| (text, SMALL));
    let name = item.name.clone().unwrap_or_default();
    std::iter::once((name, STRONG)).chain(small).collect()
}

fn adjustment(kind: &str, adjustment: &CanonicalAdjustment, is_less: bool) -> String {
    let amount = if is_less { -adjustment.amount } else { adjustment.amount };
    let why = adjustment.reason.as_deref().unwrap_or(kind);
    match adjustment.percentage {
        Some(percentage) => format!("{why} ({}): {}", percent(percentage), money(amount)),
        None => format!("{why}: {}", money(amount)),
    }
}

/// The price, for how many, and what was taken off it.
fn price(price: &CanonicalPrice) -> Cell {
    let basis = (price.base_quantity != Decimal::ONE).then(|| format!("per {}", number(price.base_quantity)));
    let gross = price.discount.zip(price.gross).map(|(discount, gross)| format!("{} - {}", money(gross), money(discount)));
    let small = [basis, gross].into_iter().flatten().map(|text| (text, SMALL));
    std::iter::once((money(price.net), BODY)).chain(small).collect()
}
