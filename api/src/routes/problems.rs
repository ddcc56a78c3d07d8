//! `/problems`: what each problem type means. The refusals' own words are in the answers; this page says what to do.

use axum::Json;
use axum::extract::Path;
use serde_json::{Value, json};

use crate::problem::Problem;

/// Types that every route can answer. Codes of broken rules are answered with their own text.
const KNOWN: &[(&str, u16, &str)] = &[
    ("malformed-request", 400, "The request cannot be read: not JSON, a broken header, a body that was cut."),
    (
        "idempotency-key-missing",
        400,
        "What moves money, stock or bank details needs an Idempotency-Key header: any text of your own, the same when you repeat.",
    ),
    ("credential-invalid", 401, "The API key is missing, unknown, revoked or expired."),
    ("role-missing", 403, "The key's user has none of the roles that may do this."),
    ("self-approval", 403, "Who entered, changed or submitted an invoice cannot approve it."),
    ("bank-account-editor", 403, "Who changed a vendor's bank accounts cannot approve its invoices."),
    ("self-authorisation", 403, "Who planned a payment cannot authorise it."),
    ("not-found", 404, "There is nothing here for you: unknown, or another tenant's."),
    ("method-not-allowed", 405, "The path exists, with another method."),
    ("wrong-state", 409, "The thing is in a state that does not allow this; the detail names it."),
    ("duplicate-invoice", 409, "The same vendor's invoice with this number is already here; existing_id says which."),
    ("exceeds-open-amount", 409, "More than is open and unclaimed; somebody else may have claimed it."),
    ("contended", 409, "Others kept changing the same thing; repeat with the same key."),
    ("version-mismatch", 412, "If-Match names another version; current_version is the one by now."),
    ("body-too-large", 413, "2 MiB for JSON, 20 MiB for documents."),
    ("invalid-field", 422, "A field breaks a rule; errors[] has its JSON pointer."),
    ("totals-do-not-hold", 422, "What is stated is not what follows from the lines; errors[] has the differences."),
    ("idempotency-key-reused", 422, "This key was used for another request."),
    ("document-incomplete", 422, "Business terms that an invoice must have are missing; errors[] names them."),
    ("overloaded", 503, "Too much is waiting; repeat after Retry-After with the same key."),
    ("unavailable", 503, "The outcome is not known; the same Idempotency-Key finds out."),
    ("not-yet-readable", 503, "The read models have not reached min_position yet."),
];

pub async fn index() -> Json<Value> {
    Json(json!({ "problems": KNOWN.iter().map(entry).collect::<Vec<_>>() }))
}

pub async fn page(Path(code): Path<String>) -> Result<Json<Value>, Problem> {
    KNOWN.iter().find(|(known, ..)| *known == code).map(|found| Json(entry(found))).ok_or_else(Problem::not_found)
}

fn entry((code, status, text): &(&str, u16, &str)) -> Value {
    json!({ "type": format!("/problems/{code}"), "status": status, "description": text })
}
