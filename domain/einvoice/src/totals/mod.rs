//! Do the sums of a document hold? Everything is computed again by the rules of EN 16931 and compared with what is stated.
//!
//! The official rules leave some slack, and not the same in both syntaxes; each comparison here has the slack of the syntax
//! received. What the rules let pass although it is not exact is found too, as [`Level::Strict`]. Nothing is ever repaired.
//! ZUGFeRD 1 has no official rules: of its sums only total and amount due are judged, the others are strict findings.

mod contribution;
mod document;
pub(crate) mod exact;
mod finding;
mod lines;
mod vat;

pub use finding::{Level, TotalsCheck, TotalsFinding};
pub(crate) use vat::is_passed_over;

use crate::model::{Invoice, Line};
use crate::specification::Specification;
use crate::syntax::Syntax;
use finding::Findings;

/// The rule book that a document's sums are measured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RuleBook {
    Ubl,
    Cii,
    /// Factur-X EXTENDED, which allows a cent for each line, allowance and charge.
    CiiExtended,
}

impl RuleBook {
    fn of(invoice: &Invoice<'_>) -> Self {
        match (invoice.syntax.is_ubl(), invoice.follows()) {
            (true, _) => Self::Ubl,
            (false, Specification::FacturXExtended) => Self::CiiExtended,
            (false, _) => Self::Cii,
        }
    }

    /// Whether a line takes part in the sums: in EXTENDED groups and remarks stand among the lines.
    fn counts(self, line: &Line<'_>) -> bool {
        self != Self::CiiExtended || line.counts()
    }
}

/// Computes lines, VAT breakdown and document totals again.
pub fn check_totals(invoice: &Invoice<'_>) -> TotalsCheck {
    let book = RuleBook::of(invoice);
    let mut findings = Findings::default();
    lines::check(invoice, book, &mut findings);
    vat::check(invoice, book, &mut findings);
    document::check(invoice, book, &mut findings);
    match invoice.syntax {
        Syntax::Zugferd1 => findings.official_only_for(&["BR-CO-15", "BR-CO-16"]),
        _ => findings.into_check(),
    }
}
