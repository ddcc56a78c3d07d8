//! The whole order.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::OrderLine;
use crate::model::{AllowanceCharge, Delivery, Note, Party, Period, SupportingDocument, Totals};
use crate::outline::{Element, Outline};
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderSyntax {
    /// UBL 2 Order, plain or Peppol BIS Ordering 3.
    Ubl,
    /// UN/CEFACT Cross Industry Order as in Order-X, alone or inside a PDF.
    OrderX,
}

/// What a document of an order's shape does. Order-X writes all four alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    Order,
    /// It changes an order that stands.
    Change,
    /// The seller's answer to an order.
    Response,
    Cancellation,
}

#[derive(Clone, Debug)]
pub struct Order<'d> {
    pub outline: &'d Outline,
    pub syntax: OrderSyntax,
    pub number: Terms<'d, Text>,
    pub issue_date: Terms<'d, NaiveDate>,
    /// UNTDID 1001: 220 an order, 230 a change, 231 a response ...
    pub type_code: Terms<'d, Text>,
    /// UNTDID 1225: 9 original, 1 cancellation, 7 duplicate ... (Order-X).
    pub purpose: Terms<'d, Text>,
    pub currency: Terms<'d, Text>,
    pub business_process: Terms<'d, Text>,
    pub specification: Terms<'d, Text>,
    pub is_test: Terms<'d, bool>,
    pub notes: Vec<Note<'d>>,
    pub references: OrderReferences<'d>,
    pub supporting_documents: Vec<SupportingDocument<'d>>,
    /// As long as the order may be accepted.
    pub validity: Period<'d>,
    pub buyer: Party<'d>,
    pub seller: Party<'d>,
    /// Who needs the goods.
    pub originator: Party<'d>,
    /// Who gets the invoice.
    pub invoicee: Party<'d>,
    /// Where to, and the last day where one is named.
    pub delivery: Delivery<'d>,
    /// When the buyer wants the goods.
    pub requested: Period<'d>,
    pub payment_terms: Terms<'d, Text>,
    pub allowance_charges: Vec<AllowanceCharge<'d>>,
    pub totals: Totals<'d>,
    pub lines: Vec<OrderLine<'d>>,
    /// What the model has no place for, the topmost element of each such piece. Nothing else of the document is left out.
    pub unmapped: Vec<Element<'d>>,
}

#[derive(Clone, Debug, Default)]
pub struct OrderReferences<'d> {
    /// BT-10.
    pub buyer: Terms<'d, Text>,
    /// BT-11.
    pub project: Terms<'d, Text>,
    /// BT-12.
    pub contract: Terms<'d, Text>,
    /// The buyer's own number, where it stands beside the document's.
    pub purchase_order: Terms<'d, Text>,
    /// The seller's number of the order.
    pub sales_order: Terms<'d, Text>,
    pub quotation: Terms<'d, Text>,
    pub previous_order: Terms<'d, Text>,
    pub blanket_order: Terms<'d, Text>,
    pub catalogue: Terms<'d, Text>,
    /// The paper by which somebody asked for the goods.
    pub requisition: Terms<'d, Text>,
    /// BT-19.
    pub buyer_accounting: Terms<'d, Text>,
}

impl<'d> Order<'d> {
    /// An order that states nothing yet.
    pub fn new(outline: &'d Outline, syntax: OrderSyntax) -> Self {
        Self {
            outline,
            syntax,
            number: Terms::Absent,
            issue_date: Terms::Absent,
            type_code: Terms::Absent,
            purpose: Terms::Absent,
            currency: Terms::Absent,
            business_process: Terms::Absent,
            specification: Terms::Absent,
            is_test: Terms::Absent,
            notes: Vec::new(),
            references: OrderReferences::default(),
            supporting_documents: Vec::new(),
            validity: Period::default(),
            buyer: Party::default(),
            seller: Party::default(),
            originator: Party::default(),
            invoicee: Party::default(),
            delivery: Delivery::default(),
            requested: Period::default(),
            payment_terms: Terms::Absent,
            allowance_charges: Vec::new(),
            totals: Totals::default(),
            lines: Vec::new(),
            unmapped: Vec::new(),
        }
    }

    pub fn kind(&self) -> OrderKind {
        match (self.purpose.text(), self.type_code.text()) {
            (Some("1"), _) => OrderKind::Cancellation,
            (_, Some("230")) => OrderKind::Change,
            (_, Some("231")) => OrderKind::Response,
            _ => OrderKind::Order,
        }
    }
}
