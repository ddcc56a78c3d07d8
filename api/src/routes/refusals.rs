//! The problem answers that operations share in the OpenAPI document: each stands there once, by its status.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::{Ref, RefOr, Response};

/// Everything that any operation may refuse with; the description leaves out what one cannot.
pub struct Refusals;

const STATUSES: &[u16] = &[400, 401, 403, 404, 406, 408, 409, 412, 413, 415, 422, 429, 500, 503];

impl IntoResponses for Refusals {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let shared = |status: &u16| (status.to_string(), RefOr::Ref(Ref::from_response_name(format!("Problem{status}"))));
        STATUSES.iter().map(shared).collect()
    }
}
