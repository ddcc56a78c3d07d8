//! `GET /v1/payments/{id}/remittance-advice`: what a payment pays each vendor for, as data, as text for a mail, or as a PDF.

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
use quittance_infrastructure::remittance_letters::{Account, pdf, text};
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
    /// Credit notes, and what payments left on account, that were set off, so that less is paid.
    set_off: Vec<SetOffLineView>,
    paid: Money,
    discount: Money,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SetOffLineView {
    /// Absent of what a payment left on account.
    #[serde(skip_serializing_if = "Option::is_none")]
    credit_note_id: Option<InvoiceId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_id: Option<PaymentId>,
    /// The credit note's number, or the id under which the vendor's bank told of the payment.
    credit_note_number: String,
    /// What it was set off against.
    invoice_id: InvoiceId,
    invoice_number: String,
    amount: Money,
}

impl From<CreditSetOff> for SetOffLineView {
    fn from(set_off: CreditSetOff) -> Self {
        let CreditSetOff { credit_note_id, payment_id, credit_note_number, invoice_id, invoice_number, amount, .. } = set_off;
        Self { credit_note_id, payment_id, credit_note_number, invoice_id, invoice_number, amount }
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
        let words = text(&only(advices)?, Account::Whole);
        return Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], words).into_response());
    }
    if accept.starts_with("application/pdf") {
        let advice = only(advices)?;
        let written = off_the_reactor(move || pdf(&advice, Account::Whole)).await?;
        let letter = written.map_err(|error| Problem::unavailable(&error))?;
        return Ok(([(header::CONTENT_TYPE, "application/pdf")], letter).into_response());
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
