//! `POST /v1/payments/{id}/send-remittance-advice`: the advice goes to the vendor by e-mail.

use axum::http::StatusCode;
use quittance_application::remittance_mail::RequestRemittanceAdvice;
use quittance_domain::ids::{PaymentId, RemittanceAdviceId, VendorId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::KeyedOrder;
use crate::problem::Problem;
use crate::reading::Id;

#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SendAdviceBody {
    /// Needed where the payment pays several vendors.
    #[serde(default)]
    vendor_id: Option<VendorId>,
    /// An e-mail address. Where absent, the vendor's contact whose subject is `remittance`, `payments` or `accounting`, or its only one.
    #[serde(default)]
    #[schema(example = "accounts@muster.example")]
    to: Option<String>,
}

/// Send the advice of an executed payment to the vendor: the text of a mail with the letter attached, the account masked. That it is to be
/// sent is recorded first, and it is tried until a mail server takes it or two days have passed; `remittance_advices` of the payment say what
/// became of it. Sent at least once: a repeat after a crash has the same Message-ID.
#[utoipa::path(post, path = "/v1/payments/{id}/send-remittance-advice", tag = "payments", request_body = SendAdviceBody,
    params(("id" = PaymentId, Path), ("Idempotency-Key" = String, Header)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn send_remittance_advice(Id(payment_id): Id<PaymentId>, order: KeyedOrder<SendAdviceBody>) -> Result<Committed, Problem> {
    if !order.app.system.settings.sends_mail() {
        let detail = "this server has no mail server: QUITTANCE_SMTP_URL and QUITTANCE_MAIL_FROM name one";
        return Err(Problem::new(StatusCode::CONFLICT, "mail_not_set_up", "Mail not set up", detail));
    }
    let id = RemittanceAdviceId(order.app.system.commands.ports().edge.new_id());
    order
        .on(payment_id, |payment_id, SendAdviceBody { vendor_id, to }, _| Ok(RequestRemittanceAdvice { id, payment_id, vendor_id, to }))
        .await
}
