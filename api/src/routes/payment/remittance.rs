//! `GET /v1/payments/{id}/remittance-advice`: what a payment pays each vendor for, as data, as text for a mail, or as a PDF.

use std::fmt::Write as _;

use axum::Json;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use quittance_application::remittance::{AdviseRemittance, RemittanceAdvice, RemittanceLine};
use quittance_domain::Money;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::ids::{InvoiceId, PaymentId, VendorId};
use quittance_domain::payment::{CreditSetOff, Method};
use quittance_domain::withholding::Withholding;
use quittance_einvoice_formats::{Remittance, write_remittance};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::super::Refusals;
use super::super::einvoice::off_the_reactor;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::reading::{Filter, Id};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Recipient {
    /// Needed for text and PDF where a payment pays several vendors.
    vendor_id: Option<VendorId>,
}

/// What one payment pays one vendor for.
#[derive(Debug, Serialize, ToSchema)]
pub struct RemittanceAdviceView {
    payment_id: PaymentId,
    method: Method,
    payer: String,
    /// When the bank is asked to move the money.
    payment_date: NaiveDate,
    vendor_id: VendorId,
    payee: String,
    account: Option<BankAccount>,
    lines: Vec<RemittanceLineView>,
    /// Credit notes that were set off, so that less is paid.
    set_off: Vec<SetOffLineView>,
    paid: Money,
    discount: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetOffLineView {
    credit_note_id: InvoiceId,
    credit_note_number: String,
    /// What it was set off against.
    invoice_id: InvoiceId,
    invoice_number: String,
    amount: Money,
}

impl From<CreditSetOff> for SetOffLineView {
    fn from(set_off: CreditSetOff) -> Self {
        let CreditSetOff { credit_note_id, credit_note_number, invoice_id, invoice_number, amount, .. } = set_off;
        Self { credit_note_id, credit_note_number, invoice_id, invoice_number, amount }
    }
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RemittanceLineView {
    invoice_id: InvoiceId,
    invoice_number: String,
    invoice_date: NaiveDate,
    invoice_amount: Money,
    /// Taken off for paying early, by this payment.
    discount: Money,
    /// Kept back by this payment, and owed to the tax authority.
    withheld: Option<Withholding>,
    paid: Money,
    /// What the bank's statement names the transfer by.
    end_to_end_id: String,
}

/// What a payment pays each vendor for. `Accept: text/plain` gives the text of a mail, `Accept: application/pdf` a letter; both are to one
/// vendor.
#[utoipa::path(get, path = "/v1/payments/{id}/remittance-advice", tag = "payments", params(("id" = PaymentId, Path), Recipient),
    responses((status = 200, description = "One advice a vendor",
        content((Vec<RemittanceAdviceView> = "application/json"), (String = "text/plain"), (Vec<u8> = "application/pdf"))), Refusals))]
pub async fn get_remittance_advice(
    axum::extract::State(app): axum::extract::State<App>,
    caller: Caller,
    headers: HeaderMap,
    Id(id): Id<PaymentId>,
    Filter(recipient): Filter<Recipient>,
) -> Result<Response, Problem> {
    let ctx = app.system.context(caller.tenant, caller.user).await?;
    let mut advices = app.system.commands.run(&ctx, &AdviseRemittance(id)).await?.output.ok_or_else(Problem::not_found)?;
    advices.retain(|advice| recipient.vendor_id.is_none_or(|vendor| vendor == advice.vendor_id));
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    if accept.starts_with("text/plain") {
        let text = text_of(&only(advices)?);
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response());
    }
    if accept.starts_with("application/pdf") {
        let advice = only(advices)?;
        let written = off_the_reactor(move || write_remittance(&words(&advice))).await?;
        let pdf = written.map_err(|error| Problem::unavailable(&error))?;
        return Ok(([(header::CONTENT_TYPE, "application/pdf")], pdf).into_response());
    }
    Ok(Json(advices.into_iter().map(RemittanceAdviceView::from).collect::<Vec<_>>()).into_response())
}

/// A letter has one reader.
fn only(advices: Vec<RemittanceAdvice>) -> Result<RemittanceAdvice, Problem> {
    let mut advices = advices.into_iter();
    match (advices.next(), advices.next()) {
        (Some(advice), None) => Ok(advice),
        (None, _) => Err(Problem::not_found()),
        (Some(_), Some(_)) => Err(several_recipients("advice")),
    }
}

pub fn several_recipients(paper: &str) -> Problem {
    let detail = format!("the payment pays several vendors or accounts: `vendor_id` says whose {paper} it is to be");
    Problem::new(StatusCode::CONFLICT, "several_recipients", "Several recipients", detail)
}

impl From<RemittanceAdvice> for RemittanceAdviceView {
    fn from(advice: RemittanceAdvice) -> Self {
        Self {
            payment_id: advice.payment_id,
            method: advice.method,
            payer: advice.payer,
            payment_date: advice.payment_date,
            vendor_id: advice.vendor_id,
            payee: advice.payee,
            account: advice.account,
            lines: advice.lines.into_iter().map(RemittanceLineView::from).collect(),
            set_off: advice.set_off.into_iter().map(SetOffLineView::from).collect(),
            paid: advice.paid,
            discount: advice.discount,
        }
    }
}

impl From<RemittanceLine> for RemittanceLineView {
    fn from(line: RemittanceLine) -> Self {
        let RemittanceLine { invoice_id, invoice_number, invoice_date, invoice_amount, discount, withheld, paid, end_to_end_id } = line;
        Self { invoice_id, invoice_number, invoice_date, invoice_amount, discount, withheld, paid, end_to_end_id }
    }
}

/// Plain enough for every mail program: one line an invoice.
fn text_of(advice: &RemittanceAdvice) -> String {
    let mut text = format!("{} pays {} on {}: {}\n", advice.payer, advice.payee, advice.payment_date, advice.paid);
    if let Some(account) = &advice.account {
        let _ = writeln!(text, "To: {}", number(account));
    }
    text.push('\n');
    for line in &advice.lines {
        let _ = write!(text, "{} of {}: {} of {}", line.invoice_number, line.invoice_date, line.paid, line.invoice_amount);
        if line.discount.is_positive() {
            let _ = write!(text, ", less {} for paying early", line.discount);
        }
        if let Some(withheld) = &line.withheld {
            let _ = write!(text, ", less {} {} ({} % of {})", withheld.tax, withheld.name, withheld.percent, withheld.base);
        }
        let _ = writeln!(text, " (reference {})", line.end_to_end_id);
    }
    for set_off in &advice.set_off {
        let _ = writeln!(text, "Credit note {}: {} taken off {}", set_off.credit_note_number, set_off.amount, set_off.invoice_number);
    }
    text
}

/// As the vendor knows it.
fn number(account: &BankAccount) -> String {
    account.iban().map_or_else(|| account.canonical(), |iban| iban.to_string())
}

pub fn words(advice: &RemittanceAdvice) -> Remittance {
    let address = &advice.payee_address;
    let town = [address.postal_code.as_deref(), address.city.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
    let below = [town, address.country.clone().unwrap_or_default()].into_iter().filter(|text| !text.is_empty());
    let account = advice.account.as_ref().map(|account| ("To account", number(account)));
    let facts = [("Payment date", advice.payment_date.to_string()), ("Payment", advice.payment_id.to_string())];
    Remittance {
        payer: advice.payer.clone(),
        payee: advice.payee.clone(),
        payee_address: address.lines.iter().cloned().chain(below).collect(),
        payment_date: advice.payment_date,
        facts: facts.into_iter().chain(account).collect(),
        currency: advice.currency().to_string(),
        lines: advice.lines.iter().flat_map(in_words).chain(advice.set_off.iter().map(credit_in_words)).collect(),
        paid: advice.paid.amount(),
    }
}

/// The invoice, and under it the tax that was kept back of it.
fn in_words(line: &RemittanceLine) -> impl Iterator<Item = quittance_einvoice_formats::RemittanceLine> {
    let invoice = quittance_einvoice_formats::RemittanceLine {
        invoice: line.invoice_number.clone(),
        date: line.invoice_date,
        reference: line.end_to_end_id.clone(),
        amount: line.invoice_amount.amount(),
        discount: line.discount.amount(),
        paid: line.paid.amount(),
    };
    let withheld = line.withheld.as_ref().map(|withheld| quittance_einvoice_formats::RemittanceLine {
        reference: format!("{}: {} % of {}", withheld.name, withheld.percent, withheld.base),
        amount: -withheld.tax.amount(),
        discount: Decimal::ZERO,
        paid: Decimal::ZERO,
        ..invoice.clone()
    });
    std::iter::once(invoice).chain(withheld)
}

/// A credit stands under the invoices, with what it took off in place of an amount; nothing was paid by it.
fn credit_in_words(set_off: &CreditSetOff) -> quittance_einvoice_formats::RemittanceLine {
    quittance_einvoice_formats::RemittanceLine {
        invoice: set_off.credit_note_number.clone(),
        date: set_off.credit_note_date,
        reference: format!("Credit taken off {}", set_off.invoice_number),
        amount: -set_off.amount.amount(),
        discount: Decimal::ZERO,
        paid: Decimal::ZERO,
    }
}
