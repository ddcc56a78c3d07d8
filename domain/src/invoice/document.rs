//! What a vendor's invoice says, in the terms of EN 16931. All amounts are in the document's currency.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::money::{Currency, Money};
use crate::party::{Party, folded};
use crate::quantity::Quantity;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, strum::Display, strum::EnumString)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DocumentKind {
    Invoice,
    CreditNote,
}

/// An invoice or credit note as its issuer stated it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InvoiceDocument {
    pub kind: DocumentKind,
    /// UNTDID 1001 (BT-3): 380 commercial invoice, 381 credit note, …
    pub type_code: String,
    /// BT-1.
    pub number: String,
    /// BT-2.
    pub issue_date: NaiveDate,
    /// BT-9.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_date: Option<NaiveDate>,
    /// BT-5.
    pub currency: Currency,
    /// BG-4.
    pub seller: Party,
    /// BG-7; absent where the caller did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<Party>,
    /// BG-10: who is paid, where that is not the seller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payee: Option<Party>,
    #[serde(default)]
    pub references: References,
    #[serde(default)]
    pub payment: PaymentInstructions,
    pub lines: Vec<InvoiceLine>,
    /// Document-level allowances and charges (BG-20, BG-21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// BG-23, one entry a category and rate.
    pub tax_breakdown: Vec<TaxSubtotal>,
    /// BG-22.
    pub totals: Totals,
    /// BT-111, in the currency that the tax is accounted for in (BT-6): as stated, whatever rate anybody else takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounted_tax: Option<Money>,
    /// BT-22.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl InvoiceDocument {
    /// UNTDID 1001: an invoice for money before anything is delivered.
    pub const PREPAYMENT: &'static str = "386";
    /// UNTDID 1001: a corrected invoice.
    const CORRECTED: &'static str = "384";

    /// The order that it names.
    pub fn order_number(&self) -> Option<&str> {
        self.references.purchase_order.as_deref().filter(|number| !folded(number).is_empty())
    }

    /// Every number that it states.
    pub fn numbers(&self) -> impl Iterator<Item = Decimal> + '_ {
        let of_line = |line: &'_ InvoiceLine| {
            let own = [line.quantity.value, line.unit_price, line.base_quantity.unwrap_or_default(), line.net, line.tax.rate];
            own.into_iter().chain(line.adjustments.iter().map(|adjustment| adjustment.amount).collect::<Vec<_>>())
        };
        let of_tax = |part: &'_ TaxSubtotal| [part.category.rate, part.taxable, part.tax];
        let Totals { lines, allowances, charges, net, tax, gross, prepaid, rounding, payable } = self.totals;
        self.lines
            .iter()
            .flat_map(of_line)
            .chain(self.adjustments.iter().map(|adjustment| adjustment.amount))
            .chain(self.tax_breakdown.iter().flat_map(of_tax))
            .chain([lines, allowances, charges, net, tax, gross, prepaid, rounding, payable])
            .chain(self.accounted_tax.map(|tax| tax.amount()))
    }

    /// Whether it lowers what was invoiced, in whole or in a line.
    pub fn gives_back(&self) -> bool {
        let below_zero = |line: &InvoiceLine| line.quantity.value < Decimal::ZERO || line.net < Decimal::ZERO;
        self.kind == DocumentKind::CreditNote
            || self.lines.iter().any(below_zero)
            || self.adjustments.iter().any(|adjustment| adjustment.amount < Decimal::ZERO)
    }

    pub fn is_prepayment(&self) -> bool {
        self.kind == DocumentKind::Invoice && self.type_code == Self::PREPAYMENT
    }

    /// Whether it takes the place of the invoice that it refers to.
    pub fn corrects(&self) -> bool {
        self.kind == DocumentKind::Invoice && self.type_code == Self::CORRECTED
    }

    /// The same claim seen from the other side: an invoice below zero is a credit note above it.
    #[must_use]
    pub fn turned(mut self) -> Self {
        self.kind = match self.kind {
            DocumentKind::Invoice => DocumentKind::CreditNote,
            DocumentKind::CreditNote => DocumentKind::Invoice,
        };
        self.lines.iter_mut().for_each(InvoiceLine::turn);
        self.adjustments.iter_mut().for_each(Adjustment::turn);
        for part in &mut self.tax_breakdown {
            (part.taxable, part.tax) = (-part.taxable, -part.tax);
        }
        let Totals { lines, allowances, charges, net, tax, gross, prepaid, rounding, payable } = &mut self.totals;
        for total in [lines, allowances, charges, net, tax, gross, prepaid, rounding, payable] {
            *total = -*total;
        }
        self.accounted_tax = self.accounted_tax.map(Money::negated);
        self
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct References {
    /// BT-10.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<String>,
    /// BT-13.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purchase_order: Option<String>,
    /// BT-12.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// BT-25.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preceding_invoices: Vec<String>,
}

/// How the issuer wants to be paid (BG-16).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PaymentInstructions {
    /// UNTDID 4461 (BT-81): 30 credit transfer, 58 SEPA credit transfer, …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub means_code: Option<String>,
    /// The account as stated (BT-84), not yet compared with the vendor's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// BT-86.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bic: Option<String>,
    /// Remittance information (BT-83).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remittance: Option<String>,
    /// Payment terms as text (BT-20).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub terms: Option<String>,
    /// What the terms offer for paying early, where they say it so that machines read it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<OfferedDiscount>,
    /// Which part is due when, where that is not all on one day: what is due in all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instalments: Vec<StatedInstalment>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct StatedInstalment {
    pub due_date: NaiveDate,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "59.50"))]
    pub amount: Decimal,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OfferedDiscount {
    /// From the invoice's date, inclusive.
    pub days: u16,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2.00"))]
    pub percent: Decimal,
    /// What it is of, where that is not all that is due.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub base: Option<Decimal>,
    /// The discount itself, where the document states it: the percentage then only describes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub amount: Option<Decimal>,
}

impl PaymentInstructions {
    /// UNTDID 4461 where the vendor takes the money itself or has it already: cash, debit transfer, bank card, direct debit, credit
    /// card, debit card, standing agreement, SEPA direct debit, online payment service, clearing between partners.
    const OTHERWISE: [&str; 10] = ["10", "31", "48", "49", "54", "55", "57", "59", "68", "97"];

    /// Whether nothing is to be sent: it would be paid twice.
    pub fn settles_otherwise(&self) -> bool {
        self.means_code.as_deref().is_some_and(|code| Self::OTHERWISE.contains(&code.trim()))
    }
}

/// BG-25.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct InvoiceLine {
    /// BT-126.
    pub id: String,
    /// Item name (BT-153).
    pub name: String,
    /// Seller's (BT-155) or buyer's (BT-156) item number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item_number: Option<String>,
    /// BT-129, BT-130.
    pub quantity: Quantity,
    /// Item net price (BT-146), per base quantity.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "12.50"))]
    pub unit_price: Decimal,
    /// BT-149; 1 where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub base_quantity: Option<Decimal>,
    /// BG-27, BG-28.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// BT-131.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "125.00"))]
    pub net: Decimal,
    pub tax: TaxCategory,
    /// BT-132.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_line: Option<String>,
}

impl InvoiceLine {
    /// What is given becomes what is taken back, and the other way round.
    pub fn turn(&mut self) {
        self.quantity.value = -self.quantity.value;
        self.net = -self.net;
        self.adjustments.iter_mut().for_each(Adjustment::turn);
    }
}

/// A VAT category with its rate in percent (BT-151/152, BT-95/96, BT-118/119).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxCategory {
    /// UNTDID 5305: S standard, Z zero, E exempt, AE reverse charge, K intra-community, G export, O outside, …
    pub code: String,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "19"))]
    pub rate: Decimal,
}

impl TaxCategory {
    /// Whether a document of ours may state it (EN 16931 BR-S-5, BR-Z-5, BR-E-5, BR-AE-5, BR-IC-5, BR-G-5, BR-O-5, BR-CL-17).
    pub fn is_sound(&self) -> bool {
        match self.code.as_str() {
            "S" => self.rate > Decimal::ZERO,
            "Z" | "E" | "AE" | "K" | "G" | "O" => self.rate.is_zero(),
            "L" | "M" => self.rate >= Decimal::ZERO,
            _ => false,
        }
    }
}

/// An allowance lowers, a charge raises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Adjustment {
    pub is_charge: bool,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "5.00"))]
    pub amount: Decimal,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Document level only: a line's adjustments share the line's category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax: Option<TaxCategory>,
}

impl Adjustment {
    fn turn(&mut self) {
        self.amount = -self.amount;
    }

    pub fn signed(&self) -> Decimal {
        if self.is_charge { self.amount } else { -self.amount }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TaxSubtotal {
    pub category: TaxCategory,
    /// BT-116.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub taxable: Decimal,
    /// BT-117.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub tax: Decimal,
}

/// BG-22.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Totals {
    /// BT-106.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub lines: Decimal,
    /// BT-107.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub allowances: Decimal,
    /// BT-108.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub charges: Decimal,
    /// BT-109.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub net: Decimal,
    /// BT-110.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub tax: Decimal,
    /// BT-112.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub gross: Decimal,
    /// BT-113.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub prepaid: Decimal,
    /// BT-114.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub rounding: Decimal,
    /// BT-115: what is due, as stated.
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub payable: Decimal,
}
