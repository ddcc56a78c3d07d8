//! The whole invoice.

use chrono::NaiveDate;

use super::{
    AllowanceCharge, Delivery, Line, Party, Payment, Period, PrecedingInvoice, References, SupportingDocument, TaxBreakdown, Totals,
};
use crate::outline::{Element, Outline};
use crate::specification::Specification;
use crate::syntax::Syntax;
use crate::term::Terms;
use crate::value::Text;

#[derive(Clone, Debug)]
pub struct Invoice<'d> {
    pub outline: &'d Outline,
    pub syntax: Syntax,
    /// BT-1.
    pub number: Terms<'d, Text>,
    /// BT-2.
    pub issue_date: Terms<'d, NaiveDate>,
    /// BT-3.
    pub type_code: Terms<'d, Text>,
    /// BT-5.
    pub currency: Terms<'d, Text>,
    /// BT-6.
    pub tax_currency: Terms<'d, Text>,
    /// BT-7 in UBL; CII states it in the breakdown.
    pub tax_point_date: Terms<'d, NaiveDate>,
    /// BT-9 of a UBL invoice; elsewhere it stands with the payment means or terms.
    pub due_date: Terms<'d, NaiveDate>,
    /// BG-1.
    pub notes: Vec<Note<'d>>,
    /// BT-23.
    pub business_process: Terms<'d, Text>,
    /// BT-24.
    pub specification: Terms<'d, Text>,
    /// Whether the document says that it is only a test.
    pub is_test: Terms<'d, bool>,
    pub references: References<'d>,
    /// BG-3.
    pub preceding_invoices: Vec<PrecedingInvoice<'d>>,
    /// BG-4.
    pub seller: Party<'d>,
    /// BG-7.
    pub buyer: Party<'d>,
    /// BG-10.
    pub payee: Party<'d>,
    /// BG-11.
    pub tax_representative: Party<'d>,
    /// BG-13.
    pub delivery: Delivery<'d>,
    /// BG-14.
    pub period: Period<'d>,
    /// BG-16 to BG-19, BT-20.
    pub payment: Payment<'d>,
    /// BG-20 and BG-21.
    pub allowance_charges: Vec<AllowanceCharge<'d>>,
    /// BG-22.
    pub totals: Totals<'d>,
    /// BG-23.
    pub tax_breakdown: Vec<TaxBreakdown<'d>>,
    /// BG-24.
    pub supporting_documents: Vec<SupportingDocument<'d>>,
    /// BG-25.
    pub lines: Vec<Line<'d>>,
    /// What the model has no place for, the topmost element of each such piece. Nothing else of the document is left out.
    pub unmapped: Vec<Element<'d>>,
}

/// BG-1.
#[derive(Clone, Debug)]
pub struct Note<'d> {
    pub at: Element<'d>,
    /// BT-21 where it is an element; UBL writes `#code#` in front of the text.
    pub subject: Terms<'d, Text>,
    /// BT-22.
    pub text: Terms<'d, Text>,
}

impl<'d> Invoice<'d> {
    /// An invoice that states nothing yet.
    pub fn new(outline: &'d Outline, syntax: Syntax) -> Self {
        Self {
            outline,
            syntax,
            number: Terms::Absent,
            issue_date: Terms::Absent,
            type_code: Terms::Absent,
            currency: Terms::Absent,
            tax_currency: Terms::Absent,
            tax_point_date: Terms::Absent,
            due_date: Terms::Absent,
            notes: Vec::new(),
            business_process: Terms::Absent,
            specification: Terms::Absent,
            is_test: Terms::Absent,
            references: References::default(),
            preceding_invoices: Vec::new(),
            seller: Party::default(),
            buyer: Party::default(),
            payee: Party::default(),
            tax_representative: Party::default(),
            delivery: Delivery::default(),
            period: Period::default(),
            payment: Payment::default(),
            allowance_charges: Vec::new(),
            totals: Totals::default(),
            tax_breakdown: Vec::new(),
            supporting_documents: Vec::new(),
            lines: Vec::new(),
            unmapped: Vec::new(),
        }
    }

    /// What BT-24 and BT-23 say the document follows.
    pub fn follows(&self) -> Specification {
        Specification::of(self.specification.text().unwrap_or_default())
    }

    /// Every line, nested ones behind the line that they detail.
    pub fn all_lines(&self) -> impl Iterator<Item = &Line<'d>> {
        self.lines.iter().flat_map(Line::with_all_below)
    }

    /// BG-20.
    pub fn allowances(&self) -> impl Iterator<Item = &AllowanceCharge<'d>> {
        self.allowance_charges.iter().filter(|adjustment| adjustment.is_allowance())
    }

    /// BG-21.
    pub fn charges(&self) -> impl Iterator<Item = &AllowanceCharge<'d>> {
        self.allowance_charges.iter().filter(|adjustment| adjustment.is_charge())
    }
}

impl<'d> Note<'d> {
    pub fn new(at: Element<'d>) -> Self {
        Self { at, subject: Terms::Absent, text: Terms::Absent }
    }

    /// BT-21 and BT-22, whichever way the syntax writes the subject.
    pub fn parts(&self) -> (Option<&'d str>, &'d str) {
        let text = self.text.text().unwrap_or_default();
        match self.subject.text() {
            Some(subject) => (Some(subject), text),
            None => split_subject(text),
        }
    }
}

/// UBL's `#AAI#text`: three capital letters (UNTDID 4451) between number signs.
fn split_subject(text: &str) -> (Option<&str>, &str) {
    let parts = text.strip_prefix('#').and_then(|rest| rest.split_once('#'));
    match parts {
        Some((code, rest)) if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) => (Some(code), rest.trim_start()),
        _ => (None, text),
    }
}
