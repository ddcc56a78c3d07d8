//! Danish sellers; most rules only where the buyer is Danish, too.

use rust_decimal::Decimal;

use super::country::is_exactly_in;
use crate::model::{AllowanceCharge, Invoice, Line, Party, PaymentMeans};
use crate::rules::judge::Judge;
use crate::syntax::Syntax;
use crate::value::decimal;

const MEANS: &[&str] = &["1", "10", "31", "42", "48", "49", "50", "58", "59", "93", "97"];
const UNSPSC_RELEASES: &[&str] = &["19.05.01", "19.0501", "26.08.01", "26.0801"];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let registered = invoice.seller.legal_registration.text().is_some();
    judge.fatal("DK-R-002", root, registered, "the Danish seller's CVR number (BT-30) is missing");
    judge.fatal("DK-R-014", root, is_cvr(&invoice.seller), "the Danish seller's legal registration (BT-30) is not of scheme 0184");
    if is_exactly_in(&invoice.buyer, "DK") {
        between_danes(invoice, judge);
    }
}

fn between_danes(invoice: &Invoice<'_>, judge: &mut Judge) {
    let root = invoice.outline.root();
    let is_credit = invoice.syntax == Syntax::UblCreditNote || (invoice.syntax == Syntax::Cii && invoice.type_code.text() == Some("381"));
    let negative = invoice.totals.payable.value().is_some_and(|payable| *payable < Decimal::ZERO);
    judge.fatal("DK-R-016", root, !(is_credit && negative), "a credit note's amount due (BT-115) is negative");
    parties(invoice, judge);
    if invoice.syntax != Syntax::UblCreditNote {
        invoice.payment.means.iter().for_each(|means| payment(means, invoice, judge));
    }
    invoice.lines.iter().for_each(|line| classification(line, judge));
    for adjustment in adjustments(invoice) {
        other_tax(adjustment, judge);
    }
}

fn is_cvr(party: &Party<'_>) -> bool {
    party.legal_registration.iter().all(|id| id.attribute("schemeID").map(str::trim) == Some("0184"))
}

fn parties(invoice: &Invoice<'_>, judge: &mut Judge) {
    for id in invoice.seller.identifiers.iter().chain(invoice.buyer.identifiers.iter()) {
        // In CII an identifier without a scheme has an element of its own.
        let scheme = id.attribute("schemeID").is_some_and(|scheme| !scheme.trim().is_empty()) || id.element().name() == "ram:ID";
        judge.fatal("DK-R-013", id.element(), scheme, "an identifier of a Danish party (BT-29, BT-46) has no scheme");
    }
    if invoice.syntax.is_ubl() {
        let at = invoice.buyer.at.unwrap_or(invoice.outline.root());
        judge.warning("DK-R-017", at, is_cvr(&invoice.buyer), "the Danish buyer's legal registration (BT-47) is not of scheme 0184");
    }
}

fn payment(means: &PaymentMeans<'_>, invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    let code = means.code.text().unwrap_or_default();
    let account = means.accounts.first().and_then(|account| account.id.text());
    let branch = means.accounts.first().and_then(|account| account.institution.text());
    let reference = if is_ubl { means.at.child("cbc:PaymentID").map(|id| id.text()) } else { invoice.payment.reference.text() };
    judge.fatal("DK-R-005", means.at, MEANS.contains(&code), "the payment means code (BT-81) is not one for Danish sellers");
    match code {
        "31" | "42" => {
            let whole = account.is_some() && branch.is_some();
            judge.fatal("DK-R-006", means.at, whole, "the bank account (BT-84) or its registration number (BT-86) is missing");
        }
        "49" => {
            judge.fatal("DK-R-007", means.at, is_mandated(means, invoice), "the mandate (BT-89) or the debited account (BT-91) is missing")
        }
        "50" => giro(means, account.is_some_and(|number| is_giro_account(number, is_ubl)), Slip::of(reference), judge),
        "93" => fik(means, account, Slip::of(reference), judge),
        _ => {}
    }
}

fn is_mandated(means: &PaymentMeans<'_>, invoice: &Invoice<'_>) -> bool {
    match invoice.syntax.is_ubl() {
        true => {
            means.at.at(&["cac:PaymentMandate", "cbc:ID"]).is_some_and(|id| !id.text().is_empty()) && means.debited_account.text().is_some()
        }
        // The rule looks for the terms where CII has none, below the means; either place will do.
        false => {
            let below = means.at.at(&["ram:SpecifiedTradePaymentTerms", "ram:DirectDebitMandateID"]);
            let mandated = invoice.payment.mandate.text().is_some() || below.is_some_and(|id| !id.text().is_empty());
            mandated && invoice.payment.creditor_identifier.text().is_some()
        }
    }
}

/// The payment reference (BT-83) of a slip: its type and how long it is as a whole.
struct Slip<'d> {
    kind: &'d str,
    length: usize,
}

impl<'d> Slip<'d> {
    fn of(reference: Option<&'d str>) -> Self {
        let reference = reference.unwrap_or_default();
        Self { kind: reference.get(..3).unwrap_or_default(), length: reference.chars().count() }
    }
}

/// The rule for CII still asks for seven characters.
fn is_giro_account(number: &str, is_ubl: bool) -> bool {
    match is_ubl {
        true => matches!(number.len(), 7 | 8) && number.bytes().all(|byte| byte.is_ascii_digit()),
        false => number.chars().count() == 7,
    }
}

fn giro(means: &PaymentMeans<'_>, numbered: bool, slip: Slip<'_>, judge: &mut Judge) {
    let known = matches!(slip.kind, "01#" | "04#" | "15#");
    judge.fatal(
        "DK-R-008",
        means.at,
        known && numbered,
        "a giro payment needs a reference of type 01, 04 or 15 and an account of 7 or 8 digits",
    );
    let whole = !matches!(slip.kind, "04#" | "15#") || slip.length == 19;
    judge.fatal("DK-R-009", means.at, whole, "a giro reference of type 04 or 15 has 16 digits");
}

fn fik(means: &PaymentMeans<'_>, account: Option<&str>, slip: Slip<'_>, judge: &mut Judge) {
    let known = matches!(slip.kind, "71#" | "73#" | "75#");
    let numbered = account.is_some_and(|account| account.chars().count() == 8);
    judge.fatal(
        "DK-R-010",
        means.at,
        known && numbered,
        "a FIK payment needs a reference of type 71, 73 or 75 and a creditor of 8 characters",
    );
    let whole = !matches!(slip.kind, "71#" | "75#") || matches!(slip.length, 18 | 19);
    judge.fatal("DK-R-011", means.at, whole, "a FIK reference of type 71 or 75 has 15 or 16 digits");
}

fn classification(line: &Line<'_>, judge: &mut Judge) {
    let codes = || line.item.classifications.iter().flat_map(|classification| classification.code.iter());
    let is_unspsc = codes().any(|code| code.attribute("listID") == Some("TST"));
    let is_current = codes().filter_map(|code| code.attribute("listVersionID")).any(|release| UNSPSC_RELEASES.contains(&release));
    judge.warning(
        "DK-R-003",
        line.at,
        !is_unspsc || is_current,
        "the item's UNSPSC class (BT-158) is of another release than 19.05.01 or 26.08.01",
    );
}

/// CII is looked at on the document alone.
fn adjustments<'a, 'd>(invoice: &'a Invoice<'d>) -> impl Iterator<Item = &'a AllowanceCharge<'d>> {
    let lines = invoice.lines.iter().filter(|_| invoice.syntax.is_ubl());
    let below = lines.flat_map(|line| line.allowance_charges.iter().chain(&line.price.discounts));
    invoice.allowance_charges.iter().chain(below)
}

fn other_tax(adjustment: &AllowanceCharge<'_>, judge: &mut Judge) {
    if adjustment.reason_code.text() == Some("ZZZ") {
        let named = adjustment.reason.text().is_some_and(|reason| is_tax_category(reason) || is_marked(reason));
        judge.fatal("DK-R-004", adjustment.at, named, "the reason of a tax other than VAT is neither four digits nor parted by #");
    }
}

fn is_tax_category(reason: &str) -> bool {
    reason.chars().count() == 4 && decimal(reason).is_some_and(|number| !number.is_sign_negative())
}

fn is_marked(reason: &str) -> bool {
    reason.contains('#') && !reason.starts_with('#') && !reason.ends_with('#')
}
