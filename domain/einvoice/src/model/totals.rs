//! Document totals (BG-22). A group that occurs several times states its terms several times.

use rust_decimal::Decimal;

use crate::outline::Element;
use crate::term::Terms;

#[derive(Clone, Debug, Default)]
pub struct Totals<'d> {
    pub at: Option<Element<'d>>,
    /// BT-106.
    pub lines: Terms<'d, Decimal>,
    /// BT-107.
    pub allowances: Terms<'d, Decimal>,
    /// BT-108.
    pub charges: Terms<'d, Decimal>,
    /// BT-109.
    pub without_vat: Terms<'d, Decimal>,
    /// BT-110 and BT-111, told apart by `currencyID`.
    pub vat: Terms<'d, Decimal>,
    /// BT-112.
    pub with_vat: Terms<'d, Decimal>,
    /// BT-113.
    pub prepaid: Terms<'d, Decimal>,
    /// BT-114.
    pub rounding: Terms<'d, Decimal>,
    /// BT-115.
    pub payable: Terms<'d, Decimal>,
}
