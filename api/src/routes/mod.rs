//! The index of the API: every operation.

mod accrual;
mod approval;
mod attachment;
mod bank;
mod batch;
mod calendar;
mod chart;
pub mod cheque;
mod comment;
mod company;
mod console;
mod conversion;
mod customer;
mod decision_link;
mod delegation;
pub mod despatch_advice;
mod einvoice;
mod events;
mod exception;
mod exchange_rate;
mod goods_receipt;
mod health;
mod history;
mod import_mapping;
mod import_progress;
mod index;
mod invoice;
pub mod invoice_import;
mod item;
mod journal;
mod ledger_export;
mod location;
mod message;
pub mod order_import;
mod original;
pub mod payment;
mod payment_calendar;
pub mod payment_run;
mod policy;
mod policy_preview;
mod problems;
pub mod provider;
mod purchase_order;
mod receivable;
mod recurring_invoice;
mod refusals;
mod refused_reaction;
pub mod report;
pub mod revaluation;
mod router;
mod signing_keys;
mod stock;
mod terms;
mod tolerance;
mod tolerance_replay;
mod user;
pub mod vendor;
mod vouching;
pub mod withholding;

use serde_json::Value;
use utoipa::openapi::OpenApi as Document;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;

pub use refusals::Refusals;
pub use router::{probes, router};

use crate::app::App;
use crate::description;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Quittance",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    modifiers(&Bearer),
    security(("api_key" = []))
)]
struct Api;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut Document) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("qk_live_…").build();
        api.components.get_or_insert_default().add_security_scheme("api_key", SecurityScheme::Http(scheme));
    }
}

fn operations() -> OpenApiRouter<App> {
    index::all(Api::openapi())
}

/// The OpenAPI 3.1 document, made from the handlers.
pub fn openapi() -> anyhow::Result<Value> {
    described(&operations().split_for_parts().1)
}

fn described(api: &Document) -> anyhow::Result<Value> {
    let mut document = serde_json::to_value(api)?;
    description::complete(&mut document)?;
    Ok(document)
}
