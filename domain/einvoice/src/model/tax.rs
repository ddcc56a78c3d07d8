//! VAT: the category of a line, an allowance or a charge, and the breakdown of the document (BG-23).

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug, Default)]
pub struct TaxCategory<'d> {
    pub at: Option<Element<'d>>,
    /// BT-151, BT-95, BT-102, BT-118.
    pub code: Terms<'d, Text>,
    /// BT-152, BT-96, BT-103, BT-119.
    pub rate: Terms<'d, Decimal>,
    /// `VAT` in every invoice of EN 16931.
    pub scheme: Terms<'d, Text>,
    /// BT-120; outside the breakdown the standard has none.
    pub exemption_reason: Terms<'d, Text>,
    /// BT-121.
    pub exemption_code: Terms<'d, Text>,
}

/// BG-23.
#[derive(Clone, Debug)]
pub struct TaxBreakdown<'d> {
    pub at: Element<'d>,
    /// BT-116.
    pub taxable_amount: Terms<'d, Decimal>,
    /// BT-117.
    pub tax_amount: Terms<'d, Decimal>,
    /// BT-118 to BT-121.
    pub category: TaxCategory<'d>,
    /// BT-7 in CII.
    pub tax_point_date: Terms<'d, NaiveDate>,
    /// BT-8 in CII.
    pub tax_point_code: Terms<'d, Text>,
    /// Factur-X EXTENDED: the lines' share of the taxable amount.
    pub lines_amount: Terms<'d, Decimal>,
    /// Factur-X EXTENDED: the share of allowances and charges.
    pub adjustments_amount: Terms<'d, Decimal>,
}

impl<'d> TaxBreakdown<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            taxable_amount: Terms::Absent,
            tax_amount: Terms::Absent,
            category: TaxCategory::default(),
            tax_point_date: Terms::Absent,
            tax_point_code: Terms::Absent,
            lines_amount: Terms::Absent,
            adjustments_amount: Terms::Absent,
        }
    }
}

impl TaxCategory<'_> {
    /// Whether the tax is called VAT, as every tax of EN 16931 is.
    pub fn is_vat(&self) -> bool {
        self.scheme.text().is_some_and(|scheme| scheme.eq_ignore_ascii_case("VAT"))
    }
}
