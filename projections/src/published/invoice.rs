//! What others may know of invoices.

use quittance_domain::exception::ExceptionOf;
use quittance_domain::invoice::{
    Adjustment, Allocation, Amendment, Assignment, CodedLine, CodedPart, Coding, Dispute, ExceptionAssignment, Finding, InvoiceDocument,
    InvoiceEvent as Event, InvoiceException, InvoiceLine, Lookalike, PayTo, PaymentInstructions, PlacedHold, Reception, References,
    RuleFinding, RuleSetRelease, Source, TaxCategory, TaxSubtotal, Totals, Verdict,
};
use quittance_domain::quantity::Quantity;
use serde_json::Value;

use super::data;
use super::matching::{evaluation, finding as match_finding};
use super::parties::{account, party};
use super::terms::agreed;
use super::withholding::withholding;

pub fn invoice(event: &Event) -> Value {
    match event {
        Event::Received(reception) => received(reception),
        Event::Amended(amendment) => amended(amendment),
        Event::ExceptionRaised { exception: InvoiceException { kind, findings } } => {
            data! { exception: data! { kind, findings: findings.iter().map(finding).collect::<Vec<_>>() } }
        }
        Event::ExceptionResolved { kind, by, reason } => data! { kind, by, reason },
        Event::Submitted { round, approval_id, by, version_hash } => data! { round, approval_id, by, version_hash },
        Event::ApprovalKept { round, approval_id, version_hash } => data! { round, approval_id, version_hash },
        Event::ApprovalReset { round, approval_id, because } => data! { round, approval_id, because },
        Event::Approved { round, approval_id, version_hash } => data! { round, approval_id, version_hash },
        Event::Rejected { round, approval_id, by, reason } => data! { round, approval_id, by, reason },
        Event::Validated { verdict: given } => data! { verdict: verdict(given) },
        Event::Coded { coding: said, by, effective_date: _ } => data! { coding: coding(said), by },
        Event::MatchEvaluated { evaluation: found } => data! { evaluation: evaluation(found) },
        Event::HoldReleased { finding, by, reason } => data! { finding: match_finding(finding), by, reason },
        Event::PutOnHold { hold: PlacedHold { hold_id, kind, reason, until, by } } => {
            data! { hold: data! { hold_id, kind, reason, until, by } }
        }
        Event::TakenOffHold { hold_id, by, reason } => data! { hold_id, by, reason },
        Event::ExceptionAssigned { assignment: ExceptionAssignment { exception, owner, due_at, by } } => {
            let ExceptionOf { kind, line, code, hold_id, dispute_id } = exception;
            data! { assignment: data! { exception: data! { kind, line, code, hold_id, dispute_id }, owner, due_at, by } }
        }
        Event::DisputeOpened { dispute: Dispute { dispute_id, amount, reason, by } } => {
            data! { dispute: data! { dispute_id, amount, reason, by } }
        }
        Event::DisputeResolved { dispute_id, outcome, by, reason } => data! { dispute_id, outcome, by, reason },
        Event::DuplicatesSuspected { lookalikes } => data! { lookalikes: lookalikes.iter().map(lookalike).collect::<Vec<_>>() },
        Event::DuplicateOverridden { rule, other, by, reason } => data! { rule, other, by, reason },
        Event::DuplicateDismissed { other, by, reason } => data! { other, by, reason },
        Event::PaymentClaimed { payment_id, amount } => data! { payment_id, amount },
        Event::ClaimReleased { payment_id, amount, because } => data! { payment_id, amount, because },
        Event::PaymentSettled { payment_id, amount, value_date } => data! { payment_id, amount, value_date },
        Event::PaymentReturned { payment_id, amount, value_date, reason } => data! { payment_id, amount, value_date, reason },
        Event::TermsAgreed { terms } => data! { terms: agreed(terms) },
        Event::DiscountClaimed { payment_id, amount, until } => data! { payment_id, amount, until },
        Event::DiscountMissed { last_day, amount, cause } => data! { last_day, amount, cause },
        Event::DiscountTaken { payment_id, amount, value_date, tax_breakdown } => {
            data! { payment_id, amount, value_date, tax_breakdown: subtotals(tax_breakdown) }
        }
        Event::DiscountReversed { payment_id, amount, value_date } => data! { payment_id, amount, value_date },
        Event::WithholdingClaimed { payment_id, withholding: kept } => data! { payment_id, withholding: withholding(kept) },
        Event::TaxWithheld { payment_id, withholding: kept, value_date }
        | Event::WithholdingReversed { payment_id, withholding: kept, value_date } => {
            data! { payment_id, withholding: withholding(kept), value_date }
        }
        Event::Allocated { allocation: Allocation { allocation_id, against, amount, effective_date }, by, reason, tax_breakdown: _ } => {
            data! { allocation: data! { allocation_id, against, amount, effective_date }, by, reason }
        }
        Event::PrepaymentApplied { allocation: Allocation { allocation_id, against, amount, effective_date }, by } => {
            data! { allocation: data! { allocation_id, against, amount, effective_date }, by }
        }
        Event::AllocationReversed { allocation_id, amount, effective_date, by, reason }
        | Event::RefundReversed { allocation_id, amount, effective_date, by, reason }
        | Event::PrepaymentTakenBack { allocation_id, amount, effective_date, by, reason } => {
            data! { allocation_id, amount, effective_date, by, reason }
        }
        // How it came back a person writes, and may write an account into it.
        Event::Refunded { allocation: Allocation { allocation_id, against, amount, effective_date }, record: _, by } => {
            data! { allocation: data! { allocation_id, against, amount, effective_date }, by }
        }
        Event::Voided { by, reason, effective_date } => data! { by, reason, effective_date },
    }
}

fn received(reception: &Reception) -> Value {
    let Reception {
        vendor_id,
        vendor_keys: _,
        document: stated,
        payable,
        due_date,
        effective_date,
        pay_to,
        entered_by,
        source: from,
        namesake: _,
    } = reception;
    data! {
        vendor_id, document: document(stated), payable, due_date, effective_date,
        pay_to: pay_to.as_ref().map(destination),
        entered_by, source: source(from),
    }
}

fn amended(amendment: &Amendment) -> Value {
    let Amendment { vendor_id, vendor_keys: _, document: stated, payable, due_date, effective_date, pay_to, by, reason, rebooking: _ } =
        amendment;
    data! {
        vendor_id, document: document(stated), payable, due_date, effective_date,
        pay_to: pay_to.as_ref().map(destination),
        by, reason,
    }
}

fn coding(coding: &Coding) -> Value {
    let Coding { lines } = coding;
    let part = |CodedPart { to: Assignment { account_code, cost_centre, project, tax_code }, percent, amount }: &CodedPart| {
        data! { account_code, cost_centre, project, tax_code, percent, amount }
    };
    let line = |CodedLine { line, tax, parts, default_of: _ }: &CodedLine| data! { line, tax: category(tax), parts: parts.iter().map(part).collect::<Vec<_>>() };
    data! { lines: lines.iter().map(line).collect::<Vec<_>>() }
}

fn lookalike(lookalike: &Lookalike) -> Value {
    let Lookalike { invoice_id, number, likenesses, score } = lookalike;
    data! { invoice_id, number, likenesses, score }
}

fn destination(pay_to: &PayTo) -> Value {
    let PayTo { bank_account_id, account: bank } = pay_to;
    data! { bank_account_id, account: account(bank) }
}

pub(super) fn source(source: &Source) -> Value {
    match source {
        Source::Json => data! { channel: "json" },
        Source::Sheet { import_id, row } => data! { channel: "sheet", import_id, row },
        Source::Recurring { recurring_invoice_id, occurrence } => data! { channel: "recurring", recurring_invoice_id, occurrence },
        Source::Document { format, specification, sha256, size_bytes, media_type, file_name: _ } => {
            data! { channel: "document", format, specification, sha256, size_bytes, media_type }
        }
    }
}

fn verdict(verdict: &Verdict) -> Value {
    let Verdict { rule_sets, findings, fatal, warnings } = verdict;
    let set = |RuleSetRelease { name, version }: &RuleSetRelease| data! { name, version };
    let broken = |finding: &RuleFinding| {
        let RuleFinding { rule_set, rule, severity, location, message, difference } = finding;
        data! { rule_set, rule, severity, location, message, difference }
    };
    data! {
        rule_sets: rule_sets.iter().map(set).collect::<Vec<_>>(),
        findings: findings.iter().map(broken).collect::<Vec<_>>(),
        fatal, warnings,
    }
}

fn finding(finding: &Finding) -> Value {
    let Finding { rule, message, stated, expected } = finding;
    data! { rule, message, stated, expected }
}

fn document(document: &InvoiceDocument) -> Value {
    let InvoiceDocument {
        kind,
        type_code,
        number,
        issue_date,
        due_date,
        currency,
        seller,
        buyer,
        payee: _,
        references: referred,
        payment: PaymentInstructions { means_code, account: _, bic: _, remittance: _, terms: _, discounts: _, instalments: _ },
        lines,
        adjustments,
        tax_breakdown,
        totals: sums,
        accounted_tax: _,
        notes: _,
    } = document;
    data! {
        kind, type_code, number, issue_date, due_date, currency,
        seller: party(seller),
        buyer: buyer.as_ref().map(party),
        references: references(referred),
        payment: data! { means_code },
        lines: lines.iter().map(line).collect::<Vec<_>>(),
        adjustments: adjustments.iter().map(adjustment).collect::<Vec<_>>(),
        tax_breakdown: tax_breakdown.iter().map(subtotal).collect::<Vec<_>>(),
        totals: totals(sums),
    }
}

pub(super) fn references(references: &References) -> Value {
    let References { buyer, purchase_order, contract, preceding_invoices } = references;
    data! { buyer, purchase_order, contract, preceding_invoices }
}

pub(super) fn line(line: &InvoiceLine) -> Value {
    let InvoiceLine { id, name, item_number, quantity, unit_price, base_quantity, adjustments, net, tax, order_line } = line;
    let Quantity { value, unit } = quantity;
    data! {
        id, name, item_number, quantity: data! { value, unit }, unit_price, base_quantity,
        adjustments: adjustments.iter().map(adjustment).collect::<Vec<_>>(),
        net, tax: category(tax), order_line,
    }
}

pub(super) fn adjustment(adjustment: &Adjustment) -> Value {
    let Adjustment { is_charge, amount, reason, tax } = adjustment;
    data! { is_charge, amount, reason, tax: tax.as_ref().map(category) }
}

fn category(tax: &TaxCategory) -> Value {
    let TaxCategory { code, rate } = tax;
    data! { code, rate }
}

/// Absent where there are none.
pub(super) fn subtotals(parts: &[TaxSubtotal]) -> Option<Vec<Value>> {
    (!parts.is_empty()).then(|| parts.iter().map(subtotal).collect())
}

pub(super) fn subtotal(subtotal: &TaxSubtotal) -> Value {
    let TaxSubtotal { category: of, taxable, tax } = subtotal;
    data! { category: category(of), taxable, tax }
}

pub(super) fn totals(totals: &Totals) -> Value {
    let Totals { lines, allowances, charges, net, tax, gross, prepaid, rounding, payable } = totals;
    data! { lines, allowances, charges, net, tax, gross, prepaid, rounding, payable }
}
