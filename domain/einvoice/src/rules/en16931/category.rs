//! The VAT categories: one table row each, and the same questions asked of every row.

use rust_decimal::Decimal;

use super::tally::{Tally, UNTOLD, Use};
use crate::model::{Invoice, Party, TaxBreakdown, TaxRegistration, TaxRegistrationKind};
use crate::rules::judge::Judge;
use crate::totals::is_passed_over;

#[derive(Clone, Copy, PartialEq)]
enum Breakdown {
    AtLeastOne,
    ExactlyOne,
    /// What is not subject to VAT: in CII nobody asks for its breakdown.
    OfNoVat,
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
    /// UBL allows IGIC at zero, CII does not.
    OfIgic,
    Absent,
}

pub(super) struct Category {
    pub(super) code: &'static str,
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

pub(super) const CATEGORIES: [Category; 9] = [
    row("S", "S", Breakdown::AtLeastOne, Identified::Seller, Rate::Positive, false),
    row("Z", "Z", Breakdown::ExactlyOne, Identified::Seller, Rate::Zero, false),
    row("E", "E", Breakdown::ExactlyOne, Identified::Seller, Rate::Zero, true),
    row("AE", "AE", Breakdown::ExactlyOne, Identified::AndBuyer, Rate::Zero, true),
    row("K", "IC", Breakdown::ExactlyOne, Identified::AndBuyerVat, Rate::Zero, true),
    row("G", "G", Breakdown::ExactlyOne, Identified::SellerVat, Rate::Zero, true),
    row("O", "O", Breakdown::OfNoVat, Identified::Nobody, Rate::Absent, true),
    row("L", "AF", Breakdown::AtLeastOne, Identified::Seller, Rate::OfIgic, false),
    row("M", "AG", Breakdown::AtLeastOne, Identified::Seller, Rate::NotNegative, false),
];

pub(super) fn check(invoice: &Invoice<'_>, judge: &mut Judge) {
    let is_ubl = invoice.syntax.is_ubl();
    invoice.tax_breakdown.iter().filter(|part| is_ubl || !is_passed_over(part)).for_each(|part| is_complete(part, judge));
    let tally = Tally::of(invoice, |category, used| category.suits(used, is_ubl, judge));
    for (category, counts) in CATEGORIES.iter().zip(&tally.categories) {
        if !category.is_broken_down(counts, is_ubl) {
            let (used, parts) = (counts.all_uses.iter().sum::<usize>(), counts.all_parts);
            let text = format!("the VAT category {} is used {used} times and broken down (BG-23) {parts} times", category.code);
            judge.fatal(&category.id(1), invoice.outline.root(), false, &text);
        }
        category.parties(invoice, counts, judge);
    }
    for part in invoice.tax_breakdown.iter().filter(|part| part.category.is_vat()) {
        if let Some(category) = CATEGORIES.iter().find(|category| part.category.code.text() == Some(category.code)) {
            category.is_explained(part, judge);
        }
    }
}

fn is_complete(part: &TaxBreakdown<'_>, judge: &mut Judge) {
    let category = &part.category;
    judge.fatal("BR-45", part.at, part.taxable_amount.is_present(), "the taxable amount (BT-116) is missing");
    judge.fatal("BR-46", part.at, part.tax_amount.is_present(), "the tax amount (BT-117) is missing");
    judge.fatal("BR-47", part.at, category.is_vat() && category.code.is_present(), "the VAT category (BT-118) is missing");
    let rated = category.rate.is_present() || category.code.text() == Some("O");
    judge.fatal("BR-48", part.at, category.is_vat() && rated, "the VAT rate (BT-119) is missing");
}

/// How often a category is used, by lines, allowances and charges, and how often broken down.
#[derive(Clone, Copy, Default)]
pub(super) struct Counts {
    /// Of VAT.
    pub(super) uses: [usize; 4],
    pub(super) parts: usize,
    /// Of any tax or none.
    pub(super) all_uses: [usize; 4],
    pub(super) all_parts: usize,
}

impl Category {
    fn id(&self, number: usize) -> String {
        format!("BR-{}-{number:02}", self.family)
    }

    fn is_broken_down(&self, counts: &Counts, is_ubl: bool) -> bool {
        let used: usize = counts.all_uses.iter().sum();
        let of_vat: usize = counts.uses.iter().sum();
        match self.breakdown {
            // At the standard rate UBL does not ask whether the tax is VAT.
            Breakdown::AtLeastOne if is_ubl && self.code == "S" => (used > 0) == (counts.all_parts > 0),
            Breakdown::AtLeastOne if is_ubl => (of_vat > 0) == (counts.parts > 0),
            // CII counts lines and breakdowns together, and asks for two.
            Breakdown::AtLeastOne => {
                let enough = |uses: usize| uses == 0 || uses + counts.all_parts >= 2;
                enough(counts.all_uses[0]) && enough(used - counts.all_uses[0])
            }
            _ if is_ubl => counts.parts == 1 || (counts.parts == 0 && of_vat == 0),
            Breakdown::ExactlyOne => (counts.all_parts == 1 && used > 0) || (counts.all_parts == 0 && used == 0),
            Breakdown::OfNoVat => counts.all_parts == 0 || (counts.all_parts == 1 && used > 0),
        }
    }

    fn suits(&self, used: &Use<'_, '_>, is_ubl: bool, judge: &mut Judge) {
        if used.kind == UNTOLD || used.is_nested {
            return;
        }
        let rate = used.tax.rate.value().copied();
        let holds = match self.rate {
            Rate::OfIgic if is_ubl => rate.is_some_and(|rate| rate >= Decimal::ZERO),
            Rate::Positive | Rate::OfIgic => rate.is_some_and(|rate| rate > Decimal::ZERO),
            Rate::Zero => rate.is_some_and(|rate| rate.is_zero()),
            Rate::NotNegative => rate.is_some_and(|rate| rate >= Decimal::ZERO),
            Rate::Absent => !used.tax.rate.is_present(),
        };
        if !holds {
            let text = format!("in the VAT category {} the VAT rate {}", self.code, self.rate.demand());
            judge.fatal(&self.id(5 + used.kind), used.at, false, &text);
        }
    }

    fn parties(&self, invoice: &Invoice<'_>, counts: &Counts, judge: &mut Judge) {
        for kind in (0..3).filter(|&kind| counts.uses[kind] > 0 || self.is_odd(kind, counts, invoice)) {
            let holds = counts.uses[kind] > 0 && self.identified.holds(invoice);
            if !holds {
                let text = format!("the VAT category {} {}", self.code, self.identified.demand());
                judge.fatal(&self.id(2 + kind), invoice.outline.root(), false, &text);
            }
        }
    }

    /// UBL's BR-S-02 also minds a line of the standard rate whose tax is not called VAT.
    fn is_odd(&self, kind: usize, counts: &Counts, invoice: &Invoice<'_>) -> bool {
        self.code == "S" && kind == 0 && counts.all_uses[0] > 0 && invoice.syntax.is_ubl()
    }

    fn is_explained(&self, part: &TaxBreakdown<'_>, judge: &mut Judge) {
        let explained = part.category.exemption_reason.is_present() || part.category.exemption_code.is_present();
        if explained != self.exempt {
            let demand = if self.exempt { "needs a" } else { "can have no" };
            let text = format!("the VAT category {} {demand} reason for exemption (BT-120, BT-121)", self.code);
            judge.fatal(&self.id(10), part.at, false, &text);
        }
    }
}

impl Rate {
    fn demand(self) -> &'static str {
        match self {
            Self::Positive => "must be above 0",
            Self::Zero => "must be 0",
            Self::NotNegative | Self::OfIgic => "must be given and not negative",
            Self::Absent => "must be left out",
        }
    }
}

impl Identified {
    fn demand(self) -> &'static str {
        match self {
            Self::Seller => "needs a tax number of the seller (BT-31, BT-32) or of its representative (BT-63)",
            Self::SellerVat => "needs a VAT identifier of the seller (BT-31) or of its representative (BT-63)",
            Self::AndBuyer => {
                "needs a tax number of the seller (BT-31, BT-32) or of its representative (BT-63), and the buyer's VAT identifier (BT-48) \
                 or legal registration (BT-47)"
            }
            Self::AndBuyerVat => {
                "needs a VAT identifier of the seller (BT-31) or of its representative (BT-63), and the buyer's VAT identifier (BT-48)"
            }
            Self::Nobody => "allows no VAT identifier of seller (BT-31), representative (BT-63) or buyer (BT-48)",
        }
    }

    fn holds(self, invoice: &Invoice<'_>) -> bool {
        let (seller, buyer) = (&invoice.seller, &invoice.buyer);
        let represented = has_vat_id(&invoice.tax_representative);
        // CII knows two schemes of tax numbers and counts no others.
        let counts = |registration: &TaxRegistration<'_>| invoice.syntax.is_ubl() || matches!(registration.scheme, Some("VA" | "FC"));
        let any = represented || seller.tax_registrations.iter().any(|registration| registration.id.is_present() && counts(registration));
        let vat = represented || has_vat_id(seller);
        match self {
            Self::Seller => any,
            Self::SellerVat => vat,
            Self::AndBuyer => any && (has_vat_id(buyer) || buyer.legal_registration.is_present()),
            Self::AndBuyerVat => vat && has_vat_id(buyer),
            Self::Nobody => !vat && !has_vat_id(buyer),
        }
    }
}

/// Even an empty one: whether it says something is asked elsewhere.
fn has_vat_id(party: &Party<'_>) -> bool {
    let mut vat = party.tax_registrations.iter().filter(|registration| registration.kind == TaxRegistrationKind::Vat);
    vat.any(|registration| registration.id.is_present())
}
