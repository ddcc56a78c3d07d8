//! What the syntaxes offer beyond EN 16931, and how often they may say what it allows once; with the code lists.

mod cii;
mod codes;
mod ubl;

use std::sync::LazyLock;

use super::places;
use crate::model::Invoice;
use crate::rules::judge::Judge;
use crate::rules::paths::{Book, attribute_rows, rows};

const UBL_TABLE: &str = include_str!("ubl.tsv");
const CII_TABLE: &str = include_str!("cii.tsv");

static UBL: LazyLock<Book> = LazyLock::new(|| {
    let rules = rows(UBL_TABLE).chain(ubl::rules()).chain(places::ubl()).chain(codes::ubl());
    Book::of(rules, attribute_rows(UBL_TABLE), &[("cac:CreditNoteLine", "cac:InvoiceLine")])
});

static CII: LazyLock<Book> = LazyLock::new(|| {
    let rules = rows(CII_TABLE).chain(cii::rules()).chain(places::cii()).chain(codes::cii());
    Book::of(rules, attribute_rows(CII_TABLE), &[])
});

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    if invoice.syntax.is_ubl() {
        UBL.check(invoice.outline, judge);
    } else {
        CII.check(invoice.outline, judge);
        cii::document(invoice.outline, judge);
    }
}
