//! From a document as it came in (UBL, CII, Factur-X PDF) to what the engine captures.

mod billed;

use std::sync::Arc;

use chrono::NaiveDate;
use quittance_application::invoice::Capture;
use quittance_application::ports::Original;
use quittance_domain::bank_account::{BankAccount, Bic, Iban};
use quittance_domain::invoice::{
    Adjustment, DocumentKind, ExceptionKind, Finding, InvoiceDocument, InvoiceException, InvoiceLine, OfferedDiscount, PaymentInstructions,
    References, RuleFinding, RuleSetRelease, RuleSeverity, Source, StatedInstalment, TaxCategory, TaxSubtotal, Totals, Verdict,
};
use quittance_domain::limits::{INTEGER_DIGITS_MAX, check_text, is_too_large};
use quittance_domain::party::{Address, Party};
use quittance_domain::quantity::Quantity;
use quittance_domain::{Currency, Money};
use quittance_einvoice::canonical::{
    CanonicalAddress, CanonicalAdjustment, CanonicalDiscount, CanonicalInvoice, CanonicalLine, CanonicalParty, CanonicalTax,
    CanonicalTotals,
};
use quittance_einvoice::rules::{Flag, Report};
use quittance_einvoice::{DiscountOffer, Syntax, TotalsFinding, capture, check_totals, discount_offers};
use quittance_einvoice_formats::{ConvertError, ReadError, ReadInvoice, examine, judge, read};
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

/// An exception names what is wrong; all of it is in the verdict.
const EXCEPTION_FINDINGS_MAX: usize = 50;

/// Why a document is not taken at all. What can be read completely but does not hold is captured with an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentRefusal {
    /// Stable, `snake_case`.
    pub code: &'static str,
    pub detail: String,
    /// What is wrong where, as far as it is known: term or rule, XPath, message.
    pub findings: Vec<DocumentFinding>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentFinding {
    pub term: String,
    pub location: String,
    pub message: String,
}

impl From<ReadError> for DocumentRefusal {
    fn from(error: ReadError) -> Self {
        Self { code: error.code(), detail: error.to_string(), findings: vec![] }
    }
}

impl From<ConvertError> for DocumentRefusal {
    fn from(error: ConvertError) -> Self {
        match error {
            ConvertError::Unreadable(error) => error.into(),
            ConvertError::Incomplete(missing) => missing_terms(missing),
            ConvertError::Unwritable(_) => Self { code: error.code(), detail: error.to_string(), findings: vec![] },
        }
    }
}

/// What the rules in force now say of a document, complete or not.
pub fn verdict_on(bytes: &[u8]) -> Result<Verdict, DocumentRefusal> {
    Ok(verdict_of(&examine(bytes)?.report))
}

/// A report as the engine keeps it.
pub fn verdict_of(report: &Report) -> Verdict {
    let name = |set: quittance_einvoice::rules::RuleSet| <&str>::from(set).to_owned();
    let rule_sets = report.sets.iter().map(|s| RuleSetRelease { name: name(s.set), version: s.version.clone() }).collect();
    let finding = |f: &quittance_einvoice::rules::Finding| RuleFinding {
        rule_set: name(f.set),
        rule: f.rule.clone(),
        severity: match f.flag {
            Flag::Fatal => RuleSeverity::Fatal,
            Flag::Warning => RuleSeverity::Warning,
        },
        location: f.location.clone(),
        message: f.message.clone(),
        difference: f.difference,
    };
    Verdict::of(rule_sets, report.findings.iter().map(finding).collect())
}

/// Reads a document completely or says why not.
pub fn capture_document(bytes: &[u8], file_name: Option<String>) -> Result<Capture, DocumentRefusal> {
    capture_read(&read(bytes)?, bytes, file_name)
}

/// The same for a document that has been read.
pub(crate) fn capture_read(document: &ReadInvoice, bytes: &[u8], file_name: Option<String>) -> Result<Capture, DocumentRefusal> {
    let canonical = capture(&document.invoice()).map_err(missing_terms)?;
    let currency = currency_of(&canonical.currency)?;
    let verdict = verdict_of(&judge(document).report);
    let exceptions = exceptions(document, &canonical, currency, &verdict);
    let sha256: [u8; 32] = Sha256::digest(bytes).into();
    let source = Source::Document {
        format: format_of(document).to_owned(),
        specification: canonical.specification.clone(),
        sha256: hex::encode(sha256),
        size_bytes: bytes.len() as u64,
        media_type: if document.attachment().is_some() { "application/pdf" } else { "application/xml" }.to_owned(),
        file_name,
    };
    let (payable, stated_account) = (canonical.totals.payable, stated_account(&canonical));
    let document = within_limits(billed::as_a_whole(invoice_document(canonical, document.syntax(), currency)))?;
    // What is owed to us is owed to us, whatever the document is called.
    let owed_to_us = document.kind == DocumentKind::Invoice && document.totals.gross < Decimal::ZERO && payable <= Decimal::ZERO;
    let document = if owed_to_us { document.turned() } else { document };
    Ok(Capture {
        payable: Money::rounded(document.totals.payable, currency),
        stated_account,
        document,
        effective_date: None,
        source,
        original: Some(Original { sha256, bytes: Arc::from(bytes) }),
        verdict: Some(verdict),
        exceptions,
    })
}

fn within_limits(document: InvoiceDocument) -> Result<InvoiceDocument, DocumentRefusal> {
    if let Some(number) = document.numbers().find(|number| is_too_large(*number)) {
        let detail = format!("{number} has more than {INTEGER_DIGITS_MAX} digits before the point");
        return Err(DocumentRefusal { code: "number_out_of_range", detail, findings: vec![] });
    }
    let (seller, payee) = (&document.seller, document.payee.as_ref().map(|payee| &payee.name));
    let named = [("BT-1", Some(&document.number)), ("BT-27", Some(&seller.name)), ("BT-59", payee)];
    let found_by = named.into_iter().chain([("BT-40", seller.address.country.as_ref())]);
    let ids = [("BT-31", &seller.vat_id), ("BT-32", &seller.tax_registration), ("BT-30", &seller.legal_id)];
    findable(found_by.chain(ids.map(|(term, id)| (term, id.as_ref()))).filter_map(|(term, text)| Some((term, text?.as_str()))))?;
    Ok(document)
}

/// Each term by which a document, its party or its items will be found stands in a key, so it is short enough for one.
pub(crate) fn findable<'t>(mut terms: impl Iterator<Item = (&'static str, &'t str)>) -> Result<(), DocumentRefusal> {
    let broken = terms.find_map(|(term, text)| Some((term, check_text(text).err()?)));
    let Some((term, refusal)) = broken else { return Ok(()) };
    let finding = DocumentFinding { term: term.to_owned(), location: term.to_owned(), message: refusal.to_string() };
    Err(DocumentRefusal { code: refusal.code(), detail: format!("{term}: {refusal}"), findings: vec![finding] })
}

pub(crate) fn currency_of(code: &str) -> Result<Currency, DocumentRefusal> {
    let unknown = |error: quittance_domain::money::MoneyError| DocumentRefusal {
        code: "currency_unknown",
        detail: error.to_string(),
        findings: vec![],
    };
    code.parse().map_err(unknown)
}

pub(crate) fn missing_terms(missing: Vec<quittance_einvoice::MissingTerm>) -> DocumentRefusal {
    let findings: Vec<DocumentFinding> =
        missing.into_iter().map(|m| DocumentFinding { message: m.problem.to_string(), term: m.term, location: m.location }).collect();
    let detail = match findings.as_slice() {
        [only] => format!("{} {}", only.term, only.message),
        several => format!("{} business terms are missing, unreadable or stated twice", several.len()),
    };
    DocumentRefusal { code: "document_incomplete", detail, findings }
}

fn format_of(document: &ReadInvoice) -> &'static str {
    match (document.attachment(), document.syntax()) {
        (Some(_), _) => "factur_x",
        (None, Syntax::UblInvoice) => "ubl_invoice",
        (None, Syntax::UblCreditNote) => "ubl_credit_note",
        (None, Syntax::Cii | Syntax::Zugferd1) => "cii",
    }
}

/// Sums that do not hold by the official rules of the document's syntax or are finer than the currency's minor unit, and
/// every other fatal rule that is broken. Warnings, our strict sums among them, are for people to look at, not a reason to stop.
fn exceptions(document: &ReadInvoice, canonical: &CanonicalInvoice, currency: Currency, verdict: &Verdict) -> Vec<InvoiceException> {
    let checked = check_totals(&document.invoice());
    let mut findings: Vec<Finding> = checked.official().map(totals_finding).collect();
    if Money::exact(canonical.totals.payable, currency).is_err() {
        findings.push(Finding {
            rule: "minor_unit".to_owned(),
            message: format!("the amount due has more decimals than {currency} has"),
            stated: Some(canonical.totals.payable.to_string()),
            expected: Some(Money::rounded(canonical.totals.payable, currency).amount().to_string()),
        });
    }
    let broken: Vec<Finding> = verdict
        .findings
        .iter()
        .filter(|f| f.severity == RuleSeverity::Fatal && !findings.iter().any(|sum| sum.rule == f.rule))
        .take(EXCEPTION_FINDINGS_MAX)
        .map(rule_finding)
        .collect();
    let unread = canonical.payment.unread_terms.iter().map(|why| Finding {
        rule: "payment_terms".to_owned(),
        message: why.clone(),
        stated: None,
        expected: None,
    });
    let raised = [(ExceptionKind::Totals, findings), (ExceptionKind::Rule, broken), (ExceptionKind::PaymentTerms, unread.collect())];
    raised.into_iter().filter(|(_, findings)| !findings.is_empty()).map(|(kind, findings)| InvoiceException { kind, findings }).collect()
}

fn rule_finding(broken: &RuleFinding) -> Finding {
    let message = format!("{} ({})", broken.message, broken.location);
    Finding { rule: broken.rule.clone(), message, stated: None, expected: None }
}

fn totals_finding(finding: &TotalsFinding) -> Finding {
    let text = |number: Option<Decimal>| number.map(|n| n.to_string());
    let by = text(finding.difference).map(|d| format!(", by {d}")).unwrap_or_default();
    Finding {
        rule: finding.rule.clone(),
        message: format!("{} at {} does not hold{by}", finding.term, finding.location),
        stated: text(finding.stated),
        expected: text(finding.computed),
    }
}

/// The first account of a credit transfer that is one: an IBAN, with its BIC where a valid one is stated.
fn stated_account(canonical: &CanonicalInvoice) -> Option<BankAccount> {
    let accounts = canonical.payment.means.iter().flat_map(|m| &m.accounts);
    accounts.filter_map(|a| Some((a.id.as_deref()?, a.institution.as_deref()))).find_map(|(id, bic)| {
        let iban = Iban::parse(id).ok()?;
        Some(BankAccount::Iban { iban, bic: bic.and_then(|b| Bic::parse(b).ok()) })
    })
}

fn invoice_document(c: CanonicalInvoice, syntax: Syntax, currency: Currency) -> InvoiceDocument {
    let credit = syntax == Syntax::UblCreditNote || CREDIT_NOTES.contains(&c.type_code.as_str());
    let means = c.payment.means.first();
    let account = c.payment.means.iter().flat_map(|m| &m.accounts).next();
    let accounted_in = c.tax_currency.as_deref().and_then(|code| code.parse::<Currency>().ok());
    let accounted_tax = c.totals.vat_in_tax_currency.zip(accounted_in).map(|(tax, currency)| Money::rounded(tax, currency));
    let structured = c.payment.discounts.iter().filter_map(|discount| structured_offer(discount, c.issue_date, c.totals.payable));
    let of_text = c.payment.terms.as_deref().map(discount_offers).unwrap_or_default().into_iter().map(offered);
    let instalments = c.payment.instalments.iter().map(|part| Some(StatedInstalment { due_date: part.due_date, amount: part.amount? }));
    let payment = PaymentInstructions {
        means_code: means.and_then(|m| m.code.clone()),
        account: account.and_then(|a| a.id.clone()),
        bic: account.and_then(|a| a.institution.clone()),
        remittance: c.payment.reference,
        discounts: of_text.chain(structured).collect(),
        instalments: instalments.collect::<Option<Vec<_>>>().unwrap_or_default(),
        terms: c.payment.terms,
    };
    let references = References {
        buyer: c.references.buyer,
        purchase_order: c.references.purchase_order,
        contract: c.references.contract,
        preceding_invoices: c.preceding_invoices.into_iter().map(|p| p.number).collect(),
    };
    let allowances = c.allowances.into_iter().map(|a| adjustment(a, false, true));
    let charges = c.charges.into_iter().map(|a| adjustment(a, true, true));
    InvoiceDocument {
        kind: if credit { DocumentKind::CreditNote } else { DocumentKind::Invoice },
        type_code: c.type_code,
        number: c.number,
        issue_date: c.issue_date,
        due_date: c.due_date,
        currency,
        seller: party(c.seller),
        buyer: Some(party(c.buyer)),
        payee: c.payee.map(party),
        references,
        payment,
        adjustments: allowances.chain(charges).collect(),
        lines: c.lines.into_iter().filter(|line| billed::counts(line, syntax)).enumerate().map(|(i, l)| line(i, l)).collect(),
        tax_breakdown: c.tax_breakdown.into_iter().map(subtotal).collect(),
        totals: totals(&c.totals),
        accounted_tax,
        notes: c.notes.into_iter().map(|n| n.text).collect(),
    }
}

fn offered(offer: DiscountOffer) -> OfferedDiscount {
    OfferedDiscount { days: offer.days, percent: offer.percent, base: offer.base, amount: None }
}

/// The percentage of a discount that is stated as an amount only describes it.
fn structured_offer(offer: &CanonicalDiscount, issued: NaiveDate, payable: Decimal) -> Option<OfferedDiscount> {
    let days = u16::try_from((offer.until - issued).num_days()).ok()?;
    let share = || offer.amount?.checked_mul(Decimal::ONE_HUNDRED)?.checked_div(offer.base.unwrap_or(payable));
    let percent = offer.percent.or_else(share)?.round_dp(4);
    Some(OfferedDiscount { days, percent, base: offer.base, amount: offer.amount })
}

/// UNTDID 1001 codes that EN 16931 treats as credit notes.
const CREDIT_NOTES: &[&str] = &["81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"];

pub(crate) fn party(p: CanonicalParty) -> Party {
    Party {
        name: p.name,
        vat_id: p.vat_id,
        tax_registration: p.tax_registration,
        legal_id: p.legal_registration.map(|l| l.id),
        electronic_address: p.electronic_address.map(|e| match e.scheme {
            Some(scheme) => format!("{scheme}:{}", e.id),
            None => e.id,
        }),
        email: p.contact.and_then(|c| c.email),
        address: p.address.map(address).unwrap_or_default(),
    }
}

fn address(a: CanonicalAddress) -> Address {
    Address {
        lines: [a.line_1, a.line_2, a.line_3].into_iter().flatten().collect(),
        city: a.city,
        postal_code: a.post_code,
        subdivision: a.subdivision,
        country: a.country,
    }
}

fn adjustment(a: CanonicalAdjustment, is_charge: bool, with_tax: bool) -> Adjustment {
    let tax = a.tax_category.filter(|_| with_tax).map(|code| TaxCategory { code, rate: a.tax_rate.unwrap_or_default() });
    Adjustment { is_charge, amount: a.amount, reason: a.reason.or(a.reason_code), tax }
}

fn line(index: usize, l: CanonicalLine) -> InvoiceLine {
    let price = l.price;
    let allowances = l.allowances.into_iter().map(|a| adjustment(a, false, false));
    let charges = l.charges.into_iter().map(|a| adjustment(a, true, false));
    InvoiceLine {
        id: l.id.unwrap_or_else(|| (index + 1).to_string()),
        name: l.item.name.unwrap_or_default(),
        item_number: l.item.seller_id.or(l.item.buyer_id),
        quantity: Quantity { value: l.quantity.unwrap_or(Decimal::ONE), unit: l.unit.unwrap_or_else(|| "C62".to_owned()) },
        unit_price: price.as_ref().map_or(l.net_amount, |p| p.net),
        base_quantity: price.map(|p| p.base_quantity).filter(|q| *q != Decimal::ONE),
        adjustments: allowances.chain(charges).collect(),
        net: l.net_amount,
        tax: TaxCategory { code: l.tax_category.unwrap_or_default(), rate: l.tax_rate.unwrap_or_default() },
        order_line: l.order_line,
    }
}

fn subtotal(t: CanonicalTax) -> TaxSubtotal {
    let category = TaxCategory { code: t.category.unwrap_or_default(), rate: t.rate.unwrap_or_default() };
    TaxSubtotal { category, taxable: t.taxable_amount, tax: t.tax_amount }
}

fn totals(t: &CanonicalTotals) -> Totals {
    Totals {
        lines: t.lines.unwrap_or(t.without_vat + t.allowances - t.charges),
        allowances: t.allowances,
        charges: t.charges,
        net: t.without_vat,
        tax: t.vat,
        gross: t.with_vat,
        prepaid: t.prepaid,
        rounding: t.rounding,
        payable: t.payable,
    }
}
