//! An electronic invoice written in another syntax. Nothing of it is kept.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use quittance_einvoice::rules::Report;
use quittance_einvoice_formats::{ConvertError, Converted, Format, convert, examine};
use quittance_infrastructure::documents::{DocumentRefusal, verdict_of};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Refusals;
use super::einvoice::off_the_reactor;
use crate::problem::Problem;
use crate::reading::Filter;
use crate::upload::Glance;

const NOT_CARRIED: HeaderName = HeaderName::from_static("quittance-not-carried");
const VALID: HeaderName = HeaderName::from_static("quittance-valid");

/// What an invoice can be written as.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    Ubl,
    Cii,
    /// A PDF/A-3 with readable pages and CII inside.
    Facturx,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Conversion {
    /// The syntax to write.
    #[param(inline)]
    to: Target,
}

/// A converted invoice with what is to be said of it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConvertedEinvoice {
    media_type: String,
    /// The document, in base64.
    document: String,
    /// What the document says differently from its source, or not at all. Empty where all is carried.
    not_carried: Vec<LostTerm>,
    /// Whether the document breaks no fatal rule. The two syntaxes are not equally strict: a valid source may have an invalid copy.
    valid: bool,
    /// The fatal rules that it breaks.
    fatal_rules: Vec<String>,
}

/// One thing that was not carried.
#[derive(Debug, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LostTerm {
    /// There is no place for this element of the source.
    NotCaptured { xpath: String, text: String },
    /// A term, by JSON pointer into the neutral invoice, as it was and as it reads back.
    Changed { term: String, before: Option<String>, after: Option<String> },
}

impl From<quittance_einvoice_formats::NotCarried> for LostTerm {
    fn from(lost: quittance_einvoice_formats::NotCarried) -> Self {
        use quittance_einvoice_formats::NotCarried;
        match lost {
            NotCarried::NotCaptured { xpath, text } => Self::NotCaptured { xpath, text },
            NotCarried::Changed { term, before, after } => Self::Changed { term, before, after },
        }
    }
}

impl From<Target> for Format {
    fn from(target: Target) -> Self {
        match target {
            Target::Ubl => Self::Ubl,
            Target::Cii => Self::Cii,
            Target::Facturx => Self::FacturX,
        }
    }
}

/// Write a document (UBL, CII, Factur-X or ZUGFeRD PDF) in another syntax. The answer is the document; `Quittance-Not-Carried` counts what it
/// says differently from its source and `Quittance-Valid` says whether it breaks no fatal rule. With `Accept: application/json` the document
/// comes in base64 with both as lists. Nothing is stored.
#[utoipa::path(post, path = "/v1/einvoices/convert", tag = "e-invoices", params(Conversion),
    request_body(description = "The document itself, or a multipart form with it as `file`", content(("application/xml"), ("application/pdf"), ("multipart/form-data"))),
    responses((status = 200, description = "The document, or what is to be said of it",
        content((String = "application/xml"), (Vec<u8> = "application/pdf"), (ConvertedEinvoice = "application/json"))), Refusals))]
pub async fn convert_einvoice(Filter(conversion): Filter<Conversion>, document: Glance) -> Result<Response, Problem> {
    let bytes = document.bytes;
    let (converted, report) = off_the_reactor(move || convert_and_examine(&bytes, conversion.to.into())).await??;
    Ok(match asks_for_json(&document.headers) {
        true => Json(described(conversion.to, converted, &report)).into_response(),
        false => plain(conversion.to, converted, &report),
    })
}

fn convert_and_examine(bytes: &[u8], format: Format) -> Result<(Converted, Report), DocumentRefusal> {
    let converted = convert(bytes, format)?;
    let report = examine(&converted.bytes).map_err(ConvertError::from)?.report;
    Ok((converted, report))
}

fn asks_for_json(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|v| v.to_str().ok()).is_some_and(|accept| accept.trim().starts_with("application/json"))
}

fn media_type(target: Target) -> &'static str {
    match target {
        Target::Ubl | Target::Cii => "application/xml",
        Target::Facturx => "application/pdf",
    }
}

fn plain(target: Target, converted: Converted, report: &Report) -> Response {
    let head = [
        (header::CONTENT_TYPE, media_type(target).to_owned()),
        (NOT_CARRIED, converted.not_carried.len().to_string()),
        (VALID, report.is_valid().to_string()),
    ];
    (head, converted.bytes).into_response()
}

fn described(target: Target, converted: Converted, report: &Report) -> ConvertedEinvoice {
    ConvertedEinvoice {
        media_type: media_type(target).to_owned(),
        document: STANDARD.encode(&converted.bytes),
        not_carried: converted.not_carried.into_iter().map(LostTerm::from).collect(),
        valid: report.is_valid(),
        fatal_rules: verdict_of(report).fatal_rules().into_iter().map(str::to_owned).collect(),
    }
}
