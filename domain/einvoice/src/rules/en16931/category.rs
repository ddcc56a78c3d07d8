//! The VAT categories: one table row each, and the same questions asked of every row.

use rust_decimal::Decimal;

use crate::model::{Invoice, TaxBreakdown, TaxCategory};
use crate::outline::Element;
use crate::rules::judge::Judge;

#[derive(Clone, Copy, PartialEq)]
enum Breakdown {
    AtLeastOne,
    ExactlyOne,
}

#[derive(Clone, Copy)]
enum Identified {
    /// Seller by any tax number, or representative.
    Seller,
    /// Seller's VAT number, or representative.
    SellerVat,
    /// As `Seller`, and the buyer by VAT number or registration.
    AndBuyer,
    /// As `SellerVat`, and the buyer by VAT number.
    AndBuyerVat,
    Nobody,
}

#[derive(Clone, Copy)]
enum Rate {
    Positive,
    Zero,
    NotNegative,
    Absent,
}

struct Category {
    code: &'static str,
    /// The middle of the rule ids.
    family: &'static str,
    breakdown: Breakdown,
    identified: Identified,
    rate: Rate,
    /// Whether the breakdown gives a reason why no VAT is due; otherwise it must give none.
    exempt: bool,
}

const fn row(code: &'static str, family: &'static str, breakdown: Breakdown, identified: Identified, rate: Rate, exempt: bool) -> Category {
    Category { code, family, breakdown, identified, rate, exempt }
}

const CATEGORIES: &[Category] = &[
    row("S", "S", Breakdown::AtLeastOne, Identified::Seller, Rate::Positive, false),
    row("Z", "Z", Breakdown::ExactlyOne, Identified::Seller, Rate::Zero, false),
    row("E", "E", Breakdown::ExactlyOne, Identified::Seller, Rate::Zero, true),
    row("AE", "AE", Breakdown::ExactlyOne, Identified::AndBuyer, Rate::Zero, true),
    row("K", "IC", Breakdown::ExactlyOne, Identified::AndBuyerVat, Rate::Zero, true),
    row("G", "G", Breakdown::ExactlyOne, Identified::SellerVat, Rate::Zero, true),
    row("O", "O", Breakdown::ExactlyOne, Identified::Nobody, Rate::Absent, true),
    row("L", "AF", Breakdown::AtLeastOne, Identified::Seller, Rate::NotNegative, false),
    row("M", "AG", Breakdown::AtLeastOne, Identified::Seller, Rate::NotNegative, false),
];

/// One use of a category: on a line, an allowance or a charge, in the order of the rule numbers.
struct Use<'a, 'd> {
    kind: usize,
    at: Element<'d>,
    tax: &'a TaxCategory<'d>,
}

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    invoice.tax_breakdown.iter().for_each(|part| is_complete(part, judge));
    let uses = uses(invoice);
    for category in CATEGORIES {
        let own: Vec<_> = uses.iter().filter(|used| used.tax.code.text() == Some(category.code)).collect();
        let parts: Vec<_> = invoice.tax_breakdown.iter().filter(|part| part.category.code.text() == Some(category.code)).collect();
        category.is_broken_down(invoice, own.len(), parts.len(), judge);
        own.iter().for_each(|used| category.suits(used, judge));
        category.parties(invoice, &own, judge);
        parts.iter().for_each(|part| category.is_explained(part, judge));
    }
    within_the_union(invoice, judge);
    outside_vat(invoice, &uses, judge);
    split_payment(invoice, &uses, judge);
}

fn is_complete(part: &TaxBreakdown<'_>, judge: &mut Judge) {
    let category = &part.category;
    judge.fatal("BR-45", part.at, part.taxable_amount.is_present(), "the taxable amount (BT-116) is missing");
    judge.fatal("BR-46", part.at, part.tax_amount.is_present(), "the tax amount (BT-117) is missing");
    judge.fatal("BR-47", part.at, category.code.is_present(), "the VAT category (BT-118) is missing");
    let rated = category.rate.is_present() || category.code.text() == Some("O");
    judge.fatal("BR-48", part.at, rated, "the VAT rate (BT-119) is missing");
}

fn uses<'a, 'd>(invoice: &'a Invoice<'d>) -> Vec<Use<'a, 'd>> {
    let lines = invoice.lines.iter().flat_map(|line| line.taxes.iter().map(move |tax| Use { kind: 0, at: line.at, tax }));
    let allowances = invoice.allowances().map(|allowance| Use { kind: 1, at: allowance.at, tax: &allowance.tax });
    let charges = invoice.charges().map(|charge| Use { kind: 2, at: charge.at, tax: &charge.tax });
    lines.chain(allowances).chain(charges).collect()
}

impl Category {
    fn id(&self, number: usize) -> String {
        format!("BR-{}-{number:02}", self.family)
    }

    fn is_broken_down(&self, invoice: &Invoice<'_>, used: usize, parts: usize, judge: &mut Judge) {
        let holds = match self.breakdown {
            Breakdown::AtLeastOne => (used > 0) == (parts > 0),
            Breakdown::ExactlyOne => parts == 1 || (used == 0 && parts == 0),
        };
        judge.fatal(&self.id(1), invoice.outline.root(), holds, "the VAT breakdown (BG-23) does not match the categories in use");
    }

    fn suits(&self, used: &Use<'_, '_>, judge: &mut Judge) {
        let rate = used.tax.rate.value().copied();
        let holds = match self.rate {
            Rate::Positive => rate.is_some_and(|rate| rate > Decimal::ZERO),
            Rate::Zero => rate.is_some_and(|rate| rate.is_zero()),
            Rate::NotNegative => rate.is_some_and(|rate| rate >= Decimal::ZERO),
            Rate::Absent => !used.tax.rate.is_present(),
        };
        judge.fatal(&self.id(5 + used.kind), used.at, holds, "the VAT rate does not suit the VAT category");
    }

    fn parties(&self, invoice: &Invoice<'_>, own: &[&Use<'_, '_>], judge: &mut Judge) {
        let holds = self.identified.holds(invoice);
        for kind in 0..3 {
            let used = own.iter().any(|used| used.kind == kind);
            let text = "the tax identifiers of seller, representative and buyer do not suit the VAT category";
            judge.fatal(&self.id(2 + kind), invoice.outline.root(), !used || holds, text);
        }
    }

    fn is_explained(&self, part: &TaxBreakdown<'_>, judge: &mut Judge) {
        let explained = part.category.exemption_reason.is_present() || part.category.exemption_code.is_present();
        judge.fatal(&self.id(10), part.at, explained == self.exempt, "a reason for exemption is missing, or stands where none is due");
    }
}

impl Identified {
    fn holds(self, invoice: &Invoice<'_>) -> bool {
        let (seller, buyer) = (&invoice.seller, &invoice.buyer);
        let represented = invoice.tax_representative.vat_id().is_some();
        let any = represented || seller.tax_registrations.iter().any(|registration| registration.id.is_present());
        let vat = represented || seller.vat_id().is_some();
        match self {
            Self::Seller => any,
            Self::SellerVat => vat,
            Self::AndBuyer => any && (buyer.vat_id().is_some() || buyer.legal_registration.is_present()),
            Self::AndBuyerVat => vat && buyer.vat_id().is_some(),
            Self::Nobody => !vat && buyer.vat_id().is_none(),
        }
    }
}

fn within_the_union(invoice: &Invoice<'_>, judge: &mut Judge) {
    let Some(part) = invoice.tax_breakdown.iter().find(|part| part.category.code.text() == Some("K")) else { return };
    let period = invoice.period.start.is_present() || invoice.period.end.is_present();
    let dated = invoice.delivery.date.text().is_some() || period;
    judge.fatal("BR-IC-11", part.at, dated, "neither a delivery date (BT-72) nor an invoicing period (BG-14) is given");
    let country = invoice.delivery.place.address.country.text().is_some();
    judge.fatal("BR-IC-12", part.at, country, "the country of delivery (BT-80) is missing");
}

/// What is not subject to VAT stands alone.
fn outside_vat(invoice: &Invoice<'_>, uses: &[Use<'_, '_>], judge: &mut Judge) {
    let is_outside = |category: &TaxCategory<'_>| category.code.text() == Some("O");
    let parts = &invoice.tax_breakdown;
    if !parts.iter().any(|part| is_outside(&part.category)) {
        return;
    }
    let at = invoice.outline.root();
    let alone = parts.iter().all(|part| is_outside(&part.category));
    judge.fatal("BR-O-11", at, alone, "another VAT breakdown stands beside the one not subject to VAT");
    for (kind, rule) in ["BR-O-12", "BR-O-13", "BR-O-14"].into_iter().enumerate() {
        let holds = uses.iter().filter(|used| used.kind == kind).all(|used| is_outside(used.tax));
        judge.fatal(rule, at, holds, "another VAT category is used in an invoice not subject to VAT");
    }
}

fn split_payment(invoice: &Invoice<'_>, uses: &[Use<'_, '_>], judge: &mut Judge) {
    let uses_code = |code| uses.iter().any(|used| used.tax.code.text() == Some(code));
    if !uses_code("B") {
        return;
    }
    let at = invoice.outline.root();
    let italian = [&invoice.seller, &invoice.buyer].iter().all(|party| party.address.country.text() == Some("IT"));
    judge.fatal("BR-B-01", at, italian, "split payment is for Italian invoices alone");
    judge.fatal("BR-B-02", at, !uses_code("S"), "split payment and the standard rate exclude each other");
}
