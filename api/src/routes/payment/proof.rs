//! `GET /v1/payments/{id}/proof`: what is known of a payment to a vendor, from the order's line to the bank statement's entry, to be
//! read or signed.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quittance_application::bank_line::statements_telling_of;
use quittance_domain::ids::{PaymentId, TenantId, VendorId};
use quittance_domain::payment::{CreditorItem, Payment};
use quittance_projections::payment_proof::{self, Asked, PaymentProof};
use serde::Deserialize;
use utoipa::IntoParams;

use super::super::Refusals;
use super::remittance::several_recipients;
use crate::app::App;
use crate::auth::Caller;
use crate::problem::Problem;
use crate::reading::{Filter, Id};
use crate::system::System;

/// What a signed proof says that it is.
pub const PROOF_TYPE: &str = "payment-proof+jws";
const JOSE: &str = "application/jose";

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Transfers {
    /// Needed where a payment pays several vendors.
    pub vendor_id: Option<VendorId>,
    /// Only this transfer, by the id that the bank's statement names it by.
    pub end_to_end_id: Option<String>,
}

/// What is known of a payment to one vendor, as far as the log's last position: the order's lines, the invoices, who planned, authorised and
/// executed it, the bank's file and its report, the statement's entries, a return. `settled` is said only where the bank's statement,
/// its report or the provider proves it. `Accept: application/jose` gives the same signed: a compact JWS (EdDSA, type `payment-proof+jws`)
/// whose payload is this document. Its keys are published at `/v1/signing-keys`, without a credential.
#[utoipa::path(get, path = "/v1/payments/{id}/proof", tag = "payments", params(("id" = PaymentId, Path), Transfers),
    responses((status = 200, description = "The proof", content((PaymentProof = "application/json"), (String = "application/jose"))), Refusals))]
pub async fn get_payment_proof(
    State(app): State<App>,
    caller: Caller,
    headers: HeaderMap,
    Id(id): Id<PaymentId>,
    Filter(transfers): Filter<Transfers>,
) -> Result<Response, Problem> {
    let proof = proof_of(&app.system, caller.tenant, id, &transfers).await?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default().trim();
    if accept.starts_with(JOSE) {
        return Ok(([(header::CONTENT_TYPE, JOSE)], signed(&app.system, &proof)?).into_response());
    }
    Ok(Json(proof).into_response())
}

/// As it stands now.
pub async fn proof_of(system: &System, tenant: TenantId, id: PaymentId, transfers: &Transfers) -> Result<PaymentProof, Problem> {
    let (payment, _) = system.commands.state_of::<Payment>(tenant, id.0).await?;
    let plan = payment.plan().map_err(|_| Problem::not_found())?;
    let asked_for = |item: &&CreditorItem| {
        transfers.vendor_id.is_none_or(|vendor| vendor == item.vendor_id)
            && transfers.end_to_end_id.as_ref().is_none_or(|id| *id == item.end_to_end_id)
    };
    let items: Vec<&CreditorItem> = plan.items.iter().filter(asked_for).collect();
    let first = items.first().ok_or_else(Problem::not_found)?;
    if items.iter().any(|item| item.vendor_id != first.vendor_id) {
        return Err(several_recipients("proof"));
    }
    let lines: Vec<u32> = items.iter().map(|item| item.line).collect();
    let statements = statements_telling_of(&system.commands, tenant, id, &lines).await?;
    let asked = Asked { payment_id: id, lines, statements, at: system.commands.ports().edge.now().timestamp() };
    let found = payment_proof::of(&mut system.database.read(tenant).await?, &asked).await?;
    found.ok_or_else(|| {
        let detail = "nothing of the payment has left: it has not been executed, or it was voided";
        Problem::new(StatusCode::CONFLICT, "nothing_to_prove", "Nothing to prove", detail)
    })
}

/// The proof in a compact JWS.
pub fn signed(system: &System, proof: &PaymentProof) -> Result<String, Problem> {
    let payload = serde_json::to_vec(proof).map_err(|_| Problem::internal())?;
    Ok(system.signing_keys()?.sign(PROOF_TYPE, &payload))
}
