//! Swedish sellers.

use rust_decimal::{Decimal, dec};

use super::country::{is_exactly_in, split, vat_ids};
use super::identifier::is_swedish;
use crate::model::{Invoice, Party, PaymentMeans, TaxCategory};
use crate::outline::Element;
use crate::rules::judge::Judge;
use crate::term::Term;
use crate::value::{Text, decimal};

const RATES: [Decimal; 3] = [dec!(6), dec!(12), dec!(25)];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let seller = &invoice.seller;
    let swedish_vat = || vat_ids(seller).filter(|id| split(id).0 == "SE");
    if let (Some(at), true) = (seller.at, swedish_vat().next().is_some()) {
        judge.fatal(
            "SE-R-001",
            at,
            swedish_vat().all(|id| id.chars().count() == 14),
            "the seller's VAT identifier (BT-31) has not 14 characters",
        );
        let numeric = |id: &str| id.get(2..).map(|rest| rest.chars().take(12).collect::<String>()).is_some_and(|rest| is_number(&rest));
        judge.fatal("SE-R-002", at, swedish_vat().all(numeric), "the seller's VAT identifier (BT-31) is not SE and 12 digits");
        rates(invoice, judge);
    }
    registration(seller, invoice.syntax.is_ubl(), judge);
    let is_domestic = is_exactly_in(&invoice.buyer, "SE");
    invoice.payment.means.iter().for_each(|means| payment(means, is_domestic, invoice.syntax.is_ubl(), judge));
}

fn registration(seller: &Party<'_>, is_ubl: bool, judge: &mut Judge) {
    let Some(id) = seller.legal_registration.first() else { return };
    let at = id.element();
    judge.fatal("SE-R-003", at, is_number(id.text()), "the Swedish organisation number (BT-30) is not numeric");
    judge.fatal("SE-R-004", at, id.text().chars().count() == 10, "the Swedish organisation number (BT-30) has not 10 digits");
    judge.fatal("SE-R-013", at, has_check_digit(id.text()), "the check digit of the Swedish organisation number (BT-30) is wrong");
    let is_vat = |scheme: &str| scheme.eq_ignore_ascii_case("VAT");
    let is_local = |scheme: Option<&str>| if is_ubl { !scheme.is_some_and(is_vat) } else { scheme == Some("FC") };
    for registration in seller.tax_registrations.iter().filter(|registration| is_local(registration.scheme)) {
        let approved = registration.id.iter().all(|id| is_approval(id.text()));
        judge.fatal("SE-R-005", registration.at, approved, "the seller's tax registration (BT-32) does not say 'Godkänd för F-skatt'");
    }
}

fn is_approval(text: &str) -> bool {
    let words: Vec<_> = text.split_whitespace().map(str::to_uppercase).collect();
    words == ["GODKÄND", "FÖR", "F-SKATT"]
}

/// The check digit is the tenth; how many there are is another rule.
fn has_check_digit(number: &str) -> bool {
    number.bytes().all(|byte| byte.is_ascii_digit()) && number.get(..10).is_some_and(is_swedish)
}

fn rates(invoice: &Invoice<'_>, judge: &mut Judge) {
    let adjustments = invoice.allowance_charges.iter().map(|adjustment| &adjustment.tax);
    let breakdown = invoice.tax_breakdown.iter().map(|part| &part.category);
    let lines = invoice.lines.iter().flat_map(|line| &line.taxes);
    // In CII the rule does not ask for the category; what is of another one is let pass all the same.
    let is_standard = |code: Option<&str>| code.map_or(!invoice.syntax.is_ubl(), |code| code == "S");
    for category in adjustments.chain(breakdown).chain(lines).filter(|category| category.at.is_some() && is_standard(category.code.text()))
    {
        let known = category.rate.value().is_some_and(|rate| RATES.contains(rate));
        judge.fatal("SE-R-006", place(category, invoice), known, "the standard VAT rate is not one of 6, 12 or 25 %");
    }
}

fn place<'d>(category: &TaxCategory<'d>, invoice: &Invoice<'d>) -> Element<'d> {
    category.at.unwrap_or(invoice.outline.root())
}

fn payment(means: &PaymentMeans<'_>, is_domestic: bool, is_ubl: bool, judge: &mut Judge) {
    match means.code.text() {
        Some("30") => giro(means, is_ubl, judge),
        Some("31") => {
            judge.warning("SE-R-012", means.at, !is_domestic, "a transfer between Swedes should have the payment means code (BT-81) 30")
        }
        Some("50" | "56") => {
            judge.warning("SE-R-011", means.at, false, "Bankgiro and Plusgiro should be stated by code 30 and their branch (BT-86)")
        }
        _ => {}
    }
}

/// UBL has one kind of account number, CII a kind for those that are no IBAN.
fn giro(means: &PaymentMeans<'_>, is_ubl: bool, judge: &mut Judge) {
    for account in &means.accounts {
        let ids = if is_ubl { &account.id } else { &account.proprietary_id };
        match account.institution.text() {
            Some("SE:PLUSGIRO") => ids.iter().for_each(|id| account_number(id, ["SE-R-007", "SE-R-010"], 2, judge)),
            Some("SE:BANKGIRO") => ids.iter().for_each(|id| account_number(id, ["SE-R-008", "SE-R-009"], 7, judge)),
            _ => {}
        }
    }
}

fn account_number(id: &Term<'_, Text>, [numeric, length]: [&str; 2], shortest: usize, judge: &mut Judge) {
    judge.warning(numeric, id.element(), is_number(id.text()), "the giro account (BT-84) is not numeric");
    let fits = (shortest..=8).contains(&id.text().chars().count());
    judge.warning(length, id.element(), fits, "the giro account (BT-84) is too short or too long");
}

fn is_number(text: &str) -> bool {
    decimal(text).is_some()
}
