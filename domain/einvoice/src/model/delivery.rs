//! Delivery information (BG-13) and periods (BG-14, BG-26).

use chrono::NaiveDate;

use super::Party;
use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

/// BG-13 to BG-15: what was delivered when, and where to.
#[derive(Clone, Debug, Default)]
pub struct Delivery<'d> {
    pub at: Option<Element<'d>>,
    /// BT-72.
    pub date: Terms<'d, NaiveDate>,
    /// BT-70 (name), BT-71 (identifiers), BG-15 (address).
    pub place: Party<'d>,
}

/// BG-14 or BG-26.
#[derive(Clone, Debug, Default)]
pub struct Period<'d> {
    pub at: Option<Element<'d>>,
    /// BT-73, BT-134.
    pub start: Terms<'d, NaiveDate>,
    /// BT-74, BT-135.
    pub end: Terms<'d, NaiveDate>,
    /// BT-8 in UBL.
    pub tax_point_code: Terms<'d, Text>,
}
