//! A despatch advice (UBL, Peppol BIS Despatch Advice 3): what the seller says is on its way.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::model::{Item, Note, Party, Period};
use crate::outline::{Element, Outline};
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug)]
pub struct DespatchAdvice<'d> {
    pub outline: &'d Outline,
    pub number: Terms<'d, Text>,
    pub issue_date: Terms<'d, NaiveDate>,
    pub type_code: Terms<'d, Text>,
    pub business_process: Terms<'d, Text>,
    pub specification: Terms<'d, Text>,
    pub notes: Vec<Note<'d>>,
    /// The order that all of it answers to; lines may name others.
    pub order: Terms<'d, Text>,
    pub sales_order: Terms<'d, Text>,
    /// Who sends the goods.
    pub supplier: Party<'d>,
    /// Who gets them.
    pub customer: Party<'d>,
    pub buyer: Party<'d>,
    pub seller: Party<'d>,
    pub shipment: Terms<'d, Text>,
    pub tracking: Terms<'d, Text>,
    pub despatch_date: Terms<'d, NaiveDate>,
    pub estimated_delivery: Period<'d>,
    pub lines: Vec<DespatchLine<'d>>,
    /// What the model has no place for, the topmost element of each such piece. Nothing else of the document is left out.
    pub unmapped: Vec<Element<'d>>,
}

#[derive(Clone, Debug)]
pub struct DespatchLine<'d> {
    pub at: Element<'d>,
    pub id: Terms<'d, Text>,
    pub note: Terms<'d, Text>,
    /// What was sent, with `unitCode`.
    pub quantity: Terms<'d, Decimal>,
    /// What is still to come.
    pub outstanding: Terms<'d, Decimal>,
    pub outstanding_reason: Terms<'d, Text>,
    pub order: Terms<'d, Text>,
    pub order_line: Terms<'d, Text>,
    pub item: Item<'d>,
}

impl<'d> DespatchAdvice<'d> {
    /// An advice that states nothing yet.
    pub fn new(outline: &'d Outline) -> Self {
        Self {
            outline,
            number: Terms::Absent,
            issue_date: Terms::Absent,
            type_code: Terms::Absent,
            business_process: Terms::Absent,
            specification: Terms::Absent,
            notes: Vec::new(),
            order: Terms::Absent,
            sales_order: Terms::Absent,
            supplier: Party::default(),
            customer: Party::default(),
            buyer: Party::default(),
            seller: Party::default(),
            shipment: Terms::Absent,
            tracking: Terms::Absent,
            despatch_date: Terms::Absent,
            estimated_delivery: Period::default(),
            lines: Vec::new(),
            unmapped: Vec::new(),
        }
    }
}

impl<'d> DespatchLine<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self {
            at,
            id: Terms::Absent,
            note: Terms::Absent,
            quantity: Terms::Absent,
            outstanding: Terms::Absent,
            outstanding_reason: Terms::Absent,
            order: Terms::Absent,
            order_line: Terms::Absent,
            item: Item::default(),
        }
    }
}
