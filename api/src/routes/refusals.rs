//! The problem answers that every operation shares in the OpenAPI document.

use std::collections::BTreeMap;

use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::problem::Problem;

/// 400, 401, 403, 404, 409, 412, 422 and 503 as problem documents.
pub struct Refusals;

const ANSWERS: &[(&str, &str)] = &[
    ("400", "Malformed request, or an Idempotency-Key is missing"),
    ("401", "No valid credential"),
    ("403", "Role or segregation of duties"),
    ("404", "Unknown, or of another tenant"),
    ("409", "Not possible in this state"),
    ("412", "If-Match names another version"),
    ("422", "The request breaks a rule"),
    ("503", "Overloaded or unavailable; Retry-After says when"),
];

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let schema = Ref::from_schema_name(Problem::name());
        let answer = |text: &str| {
            let content = ContentBuilder::new().schema(Some(schema.clone())).build();
            ResponseBuilder::new().description(text).content("application/problem+json", content).build()
        };
        ANSWERS.iter().map(|(status, text)| ((*status).to_owned(), RefOr::T(answer(text)))).collect()
    }
}
