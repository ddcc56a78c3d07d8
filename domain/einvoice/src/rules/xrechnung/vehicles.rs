//! The Clean Vehicles Directive: invoices of XRechnung that say which vehicles were bought, and how clean they are.

use crate::model::{Invoice, Item};
use crate::rules::codes::List;
use crate::rules::judge::Judge;

/// The kind of classification that names a vehicle's category, and the attribute that says how clean it is.
const CATEGORY: &str = "CVD";
const CLEANNESS: &str = "cva";

const CATEGORIES: &[&str] = &["M1", "M2", "M3", "N1", "N2", "N3"];
const DEGREES: &[&str] = &["clean", "zero-emission", "other"];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let is_ubl = invoice.syntax.is_ubl();
    let trade = if is_ubl { Some(root) } else { root.child("rsm:SupplyChainTradeTransaction") };
    let agreement = if is_ubl { trade } else { trade.and_then(|trade| trade.child("ram:ApplicableHeaderTradeAgreement")) };
    if let Some(at) = agreement {
        let references = &invoice.references;
        judge.fatal("BR-DE-CVD-01", at, references.contract.text().is_some(), "the contract reference (BT-12) is missing");
        judge.fatal("BR-DE-CVD-02", at, references.tender_or_lot.text().is_some(), "the tender or lot (BT-17) is missing");
    }
    let items = || invoice.lines.iter().map(|line| &line.item);
    if let Some(at) = trade {
        let some = items().any(|item| categories(item) > 0 && degrees(item) > 0);
        judge.fatal("BR-DE-CVD-03", at, some, "no item has a vehicle category (BT-158, CVD) and says how clean it is (BT-160, cva)");
    }
    items().for_each(|item| vehicle(item, judge));
}

fn categories(item: &Item<'_>) -> usize {
    let codes = item.classifications.iter().flat_map(|classification| classification.code.iter());
    codes.filter(|code| code.attribute("listID") == Some(CATEGORY)).count()
}

fn degrees(item: &Item<'_>) -> usize {
    item.attributes.iter().filter(|attribute| attribute.name.iter().any(|name| name.raw() == CLEANNESS)).count()
}

fn vehicle(item: &Item<'_>, judge: &mut Judge) {
    let Some(at) = item.at else { return };
    classified(item, judge);
    for attribute in item.attributes.iter().filter(|attribute| attribute.name.iter().any(|name| name.raw() == CLEANNESS)) {
        let known = attribute.value.text().is_some_and(|degree| DEGREES.contains(&degree));
        judge.fatal("BR-DE-CVD-05", attribute.at, known, "how clean a vehicle is (BT-161) is none of clean, zero-emission and other");
    }
    let (categories, degrees) = (categories(item), degrees(item));
    judge.fatal("BR-DE-CVD-06-a", at, categories == 0 || degrees == 1, "a vehicle says exactly once how clean it is (BT-160, cva)");
    judge.fatal("BR-DE-CVD-06-b", at, degrees == 0 || categories == 1, "a vehicle has exactly one category (BT-158, CVD)");
}

fn classified(item: &Item<'_>, judge: &mut Judge) {
    for code in item.classifications.iter().flat_map(|classification| classification.code.iter()) {
        let kind = code.attribute("listID").unwrap_or_default().trim();
        // The published list has a gap behind its own code, by which none at all passes; EN 16931 asks for one.
        let known = kind.is_empty() || kind == CATEGORY || List::ItemClassifications.contains(kind);
        judge.fatal("BR-TMP-CVD-01", code.element(), known, "the classification (BT-158) is of no scheme of UNTDID 7143, nor CVD");
        let category = kind != CATEGORY || CATEGORIES.contains(&code.text());
        judge.fatal("BR-DE-CVD-04", code.element(), category, "the vehicle's category (BT-158) is none of M1 to M3 and N1 to N3");
    }
}
