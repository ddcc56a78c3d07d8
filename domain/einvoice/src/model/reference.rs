//! References to other documents, and the documents that come along (BG-3, BG-24).

use chrono::NaiveDate;

use crate::outline::Element;
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug, Default)]
pub struct References<'d> {
    /// BT-10.
    pub buyer: Terms<'d, Text>,
    /// BT-11.
    pub project: Terms<'d, Text>,
    /// Demanded by CII beside BT-11; the standard has no term for it.
    pub project_name: Terms<'d, Text>,
    /// BT-12.
    pub contract: Terms<'d, Text>,
    /// BT-13.
    pub purchase_order: Terms<'d, Text>,
    /// BT-14.
    pub sales_order: Terms<'d, Text>,
    /// BT-15.
    pub receiving_advice: Terms<'d, Text>,
    /// BT-16.
    pub despatch_advice: Terms<'d, Text>,
    /// BT-17.
    pub tender_or_lot: Terms<'d, Text>,
    /// BT-18; its scheme is BT-18-1, see `invoiced_object_scheme` for CII.
    pub invoiced_object: Terms<'d, Text>,
    /// BT-18-1 where it is an element.
    pub invoiced_object_scheme: Terms<'d, Text>,
    /// BT-19.
    pub buyer_accounting: Terms<'d, Text>,
}

/// BG-3.
#[derive(Clone, Debug)]
pub struct PrecedingInvoice<'d> {
    pub at: Element<'d>,
    /// BT-25.
    pub number: Terms<'d, Text>,
    /// BT-26.
    pub issue_date: Terms<'d, NaiveDate>,
    /// Factur-X EXTENDED.
    pub type_code: Terms<'d, Text>,
}

/// BG-24, and whatever else stands among the additional documents.
#[derive(Clone, Debug)]
pub struct SupportingDocument<'d> {
    pub at: Element<'d>,
    /// BT-122.
    pub reference: Terms<'d, Text>,
    /// Says what the reference is: 916 a document, 130 an object, 50 a tender or a project.
    pub type_code: Terms<'d, Text>,
    /// BT-123.
    pub description: Terms<'d, Text>,
    /// BT-124.
    pub location: Terms<'d, Text>,
    /// BT-125 in Base64, with `mimeCode` and `filename`. Not decoded here: most readers never look.
    pub content: Terms<'d, Text>,
}

impl<'d> PrecedingInvoice<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, number: Terms::Absent, issue_date: Terms::Absent, type_code: Terms::Absent }
    }
}

impl<'d> SupportingDocument<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            reference: Terms::Absent,
            type_code: Terms::Absent,
            description: Terms::Absent,
            location: Terms::Absent,
            content: Terms::Absent,
        }
    }
}
