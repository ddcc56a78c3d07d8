//! An invoice as a REST client states it. What follows from the lines may be left out; what is stated must hold.

use axum::http::StatusCode;
use chrono::{Datelike, NaiveDate};
use quittance_application::invoice::Capture;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::VendorId;
use quittance_domain::invoice::{
    Adjustment, DocumentKind, InvoiceDocument, InvoiceLine, PaymentInstructions, References, Source, TaxCategory, Totals, totals,
};
use quittance_domain::limits::LINES_MAX;
use quittance_domain::money::round_half_up;
use quittance_domain::party::Party;
use quittance_domain::quantity::Quantity;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::problem::{FieldError, Problem};

/// Amounts are decimals in the invoice's currency, as strings.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct InvoiceBody {
    pub vendor_id: VendorId,
    #[serde(default = "invoice")]
    pub kind: DocumentKind,
    /// Money is asked for before anything is delivered (BT-3 386): it is posted as paid before, and applied to the invoices that follow.
    #[serde(default)]
    pub prepayment: bool,
    /// BT-1.
    #[schema(example = "2026-001")]
    pub number: String,
    /// BT-2.
    pub issue_date: NaiveDate,
    /// BT-9; from the vendor's payment days where absent.
    pub due_date: Option<NaiveDate>,
    /// When the liability counts. Where absent: the issue date, or the first open day after it where that lies in a hard-closed period.
    pub effective_date: Option<NaiveDate>,
    pub currency: Currency,
    #[serde(default)]
    pub references: References,
    /// The account to pay to, as the invoice states it; the vendor's where absent.
    pub account: Option<BankAccount>,
    /// BG-10: who is paid, where that is not the vendor, such as a factor. It waits for a person unless an approved account of the vendor is in
    /// that name.
    pub payee: Option<Party>,
    /// BT-81, a code of UNTDID 4461: 49 or 59 where the vendor collects the money by direct debit, 48, 54 or 55 where a card has paid it.
    #[schema(example = "58")]
    pub payment_means: Option<String>,
    /// BT-83.
    pub remittance: Option<String>,
    pub lines: Vec<LineBody>,
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub prepaid: Decimal,
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub rounding: Decimal,
    /// Compared with what the lines add up to.
    pub totals: Option<Totals>,
    /// BT-111: the tax in the currency that it is accounted for in (BT-6). In the books' own currency it is what is deducted, whatever rate the
    /// rest is posted at.
    pub accounted_tax: Option<Money>,
    #[serde(default)]
    pub notes: Vec<String>,
}

fn type_code(kind: DocumentKind, prepayment: bool) -> Result<&'static str, Problem> {
    match (kind, prepayment) {
        (DocumentKind::Invoice, false) => Ok("380"),
        (DocumentKind::Invoice, true) => Ok(InvoiceDocument::PREPAYMENT),
        (DocumentKind::CreditNote, false) => Ok("381"),
        (DocumentKind::CreditNote, true) => Err(Problem::invalid("/prepayment", "a credit note asks for no money")),
    }
}

fn invoice() -> DocumentKind {
    DocumentKind::Invoice
}

#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// Its place in the list where absent.
    pub id: Option<String>,
    pub name: String,
    pub item_number: Option<String>,
    pub quantity: Quantity,
    #[schema(value_type = String, example = "12.50")]
    pub unit_price: Decimal,
    #[schema(value_type = Option<String>)]
    pub base_quantity: Option<Decimal>,
    #[serde(default)]
    pub adjustments: Vec<Adjustment>,
    /// Compared with quantity × price.
    #[schema(value_type = Option<String>)]
    pub net: Option<Decimal>,
    pub tax: TaxCategory,
    pub order_line: Option<String>,
}

pub fn lines_within(pointer: &str, count: usize) -> Result<(), Problem> {
    if count > LINES_MAX {
        return Err(Problem::invalid(pointer, format!("at most {LINES_MAX}")));
    }
    Ok(())
}

impl InvoiceBody {
    /// Computes what is left out and refuses what does not hold, naming each field.
    pub fn capture(self, seller: Party) -> Result<Capture, Problem> {
        self.check()?;
        let currency = self.currency;
        let lines = self.lines.into_iter().enumerate().map(|(i, line)| line.complete(i, currency)).collect::<Result<Vec<_>, _>>()?;
        let (tax_breakdown, computed) =
            totals::totals(&lines, &self.adjustments, self.prepaid, self.rounding, currency).ok_or_else(|| too_large("/lines"))?;
        if let Some(stated) = &self.totals {
            compare(stated, &computed)?;
        }
        if computed.gross < Decimal::ZERO {
            let other = if self.kind == DocumentKind::Invoice { "a credit note" } else { "an invoice" };
            return Err(Problem::invalid("/lines", format!("an amount below zero is {other} with an amount above it")));
        }
        let payable = Money::exact(computed.payable, currency).map_err(|error| {
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "below_minor_unit", "Invalid request", error.to_string()).at("/lines")
        })?;
        let document = InvoiceDocument {
            kind: self.kind,
            type_code: type_code(self.kind, self.prepayment)?.to_owned(),
            number: self.number,
            issue_date: self.issue_date,
            due_date: self.due_date,
            currency,
            seller,
            buyer: None,
            payee: self.payee,
            references: self.references,
            payment: PaymentInstructions { means_code: self.payment_means, remittance: self.remittance, ..PaymentInstructions::default() },
            lines,
            adjustments: self.adjustments,
            tax_breakdown,
            totals: computed,
            accounted_tax: self.accounted_tax,
            notes: self.notes,
        };
        Ok(Capture {
            verdict: None,
            document,
            payable,
            effective_date: self.effective_date,
            stated_account: self.account,
            source: Source::Json,
            original: None,
            exceptions: vec![],
        })
    }

    fn check(&self) -> Result<(), Problem> {
        if quittance_domain::invoice::normalised_number(&self.number).is_empty() {
            return Err(Problem::invalid("/number", "a number has at least one letter or digit"));
        }
        if self
            .payment_means
            .as_ref()
            .is_some_and(|code| code.is_empty() || code.len() > 3 || !code.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            return Err(Problem::invalid("/payment_means", "a code of UNTDID 4461, such as 58"));
        }
        if self.payee.as_ref().is_some_and(|payee| payee.name.trim().is_empty()) {
            return Err(Problem::invalid("/payee/name", "who is paid has a name"));
        }
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return Err(Problem::invalid("/lines", format!("an invoice has 1 to {LINES_MAX} lines")));
        }
        for (pointer, date) in
            [("/issue_date", Some(self.issue_date)), ("/due_date", self.due_date), ("/effective_date", self.effective_date)]
        {
            plausible(pointer, date)?;
        }
        if self.due_date.is_some_and(|due| due < self.issue_date) {
            return Err(Problem::invalid("/due_date", "an invoice is not due before it is issued"));
        }
        match self.adjustments.iter().position(|a| a.tax.is_none() || a.amount < Decimal::ZERO) {
            Some(index) => Err(Problem::invalid(
                format!("/adjustments/{index}"),
                "an allowance or charge has a tax category and an amount not below zero",
            )),
            None => Ok(()),
        }
    }
}

impl LineBody {
    /// The line with its net amount, which holds where it is stated.
    pub fn complete(self, index: usize, currency: Currency) -> Result<InvoiceLine, Problem> {
        let at = |field: &str| format!("/lines/{index}/{field}");
        if self.base_quantity.is_some_and(|base| base <= Decimal::ZERO) {
            return Err(Problem::invalid(at("base_quantity"), "a base quantity is above zero"));
        }
        let computed = totals::line_net(self.quantity.value, self.unit_price, self.base_quantity, &self.adjustments, currency)
            .ok_or_else(|| too_large(&at("quantity")))?;
        if let Some(stated) = self.net.filter(|stated| *stated != computed) {
            return Err(does_not_hold(vec![difference(at("net"), stated, computed)]));
        }
        Ok(InvoiceLine {
            id: self.id.unwrap_or_else(|| (index + 1).to_string()),
            name: self.name,
            item_number: self.item_number,
            quantity: self.quantity,
            unit_price: self.unit_price,
            base_quantity: self.base_quantity,
            adjustments: self.adjustments,
            net: round_half_up(computed, currency.exponent()),
            tax: self.tax,
            order_line: self.order_line,
        })
    }
}

/// A date that the books can hold.
pub fn plausible(pointer: &str, date: Option<NaiveDate>) -> Result<(), Problem> {
    match date {
        Some(date) if !(1900..=2999).contains(&date.year()) => Err(Problem::invalid(pointer, "a date lies between 1900 and 2999")),
        _ => Ok(()),
    }
}

fn compare(stated: &Totals, computed: &Totals) -> Result<(), Problem> {
    let pairs = [
        ("lines", stated.lines, computed.lines),
        ("allowances", stated.allowances, computed.allowances),
        ("charges", stated.charges, computed.charges),
        ("net", stated.net, computed.net),
        ("tax", stated.tax, computed.tax),
        ("gross", stated.gross, computed.gross),
        ("prepaid", stated.prepaid, computed.prepaid),
        ("rounding", stated.rounding, computed.rounding),
        ("payable", stated.payable, computed.payable),
    ];
    let differences: Vec<FieldError> =
        pairs.into_iter().filter(|(_, s, c)| s != c).map(|(name, s, c)| difference(format!("/totals/{name}"), s, c)).collect();
    if differences.is_empty() { Ok(()) } else { Err(does_not_hold(differences)) }
}

fn difference(pointer: String, stated: Decimal, computed: Decimal) -> FieldError {
    FieldError { pointer, detail: format!("stated {stated}, computed {computed}, difference {}", stated - computed) }
}

fn does_not_hold(errors: Vec<FieldError>) -> Problem {
    let detail = "what is stated is not what follows from the lines";
    Problem { errors, ..Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "totals_do_not_hold", "Totals do not hold", detail) }
}

fn too_large(pointer: &str) -> Problem {
    Problem::invalid(pointer, "the amounts are too large")
}
