//! Problem documents (RFC 9457): one stable type a broken rule, no internals, the request's id.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use quittance_application::{Failure, Refused};
use quittance_domain::RefusalKind;
use quittance_projections::QueryError;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// An answer that says which rule was broken. `request_id` is filled in on the way out.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// `/problems/<code>`: a page that explains it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The rule's stable name.
    pub code: String,
    pub title: &'static str,
    pub status: u16,
    pub detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// What is in the way, such as the invoice that a duplicate repeats.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub existing_id: Option<Uuid>,
    /// With `version-mismatch`: the version by now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current_version: Option<i64>,
    #[serde(skip)]
    pub retry_after_s: Option<u32>,
}

/// One field and the rule that it breaks.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// JSON pointer into the request, or the name of a parameter, or an XPath into a document.
    pub pointer: String,
    pub detail: String,
}

/// A rule's name as callers see it, over REST as on the command line.
pub fn public_code(code: &str) -> String {
    code.replace('_', "-")
}

impl Problem {
    pub fn new(status: StatusCode, code: &str, title: &'static str, detail: impl Into<String>) -> Self {
        let code = public_code(code);
        Self {
            kind: format!("/problems/{code}"),
            code,
            title,
            status: status.as_u16(),
            detail: detail.into(),
            request_id: None,
            errors: vec![],
            existing_id: None,
            current_version: None,
            retry_after_s: None,
        }
    }

    pub fn at(mut self, pointer: impl Into<String>) -> Self {
        let detail = self.detail.clone();
        self.errors.push(FieldError { pointer: pointer.into(), detail });
        self
    }

    /// The same problem of a part of a larger request.
    pub fn below(mut self, pointer: &str) -> Self {
        self.errors.iter_mut().for_each(|error| error.pointer.insert_str(0, pointer));
        self
    }

    /// Of another tenant or of none: nobody can tell.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found", "there is nothing here")
    }

    pub fn unauthenticated() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            "credential_invalid",
            "Not authenticated",
            "a valid API key is needed: Authorization: Bearer qk_…",
        )
    }

    pub fn role_missing(needed: &str) -> Self {
        Self::new(StatusCode::FORBIDDEN, "role_missing", "Not permitted", format!("this needs one of the roles {needed}"))
    }

    pub fn malformed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed_request", "Malformed request", detail)
    }

    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", "Invalid field", detail).at(pointer)
    }

    pub fn unsupported_media_type(taken: &[String]) -> Self {
        let detail = format!("the body here is {}", taken.join(", "));
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type_unsupported", "Unsupported content type", detail)
    }

    pub fn content_coding_unsupported() -> Self {
        let detail = "the body is coded (Content-Encoding), and is taken only as it is";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "content_type_unsupported", "Unsupported content type", detail)
    }

    pub fn not_acceptable(given: &[String]) -> Self {
        let detail = format!("the answer here is {}", given.join(", "));
        Self::new(StatusCode::NOT_ACCEPTABLE, "not_acceptable", "Not acceptable", detail)
    }

    pub fn overloaded() -> Self {
        let detail = "more is waiting than can be done in time; try again with the same Idempotency-Key";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", "Overloaded", detail).after(1)
    }

    pub fn too_fast(per_second: u32, retry_after_s: u32) -> Self {
        let detail = format!("this key makes more than {per_second} requests a second");
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", "Too many requests", detail).after(retry_after_s)
    }

    /// The cause goes to the log, never to the caller.
    pub fn unavailable(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request could not be served");
        let detail = "the outcome is not known; the same Idempotency-Key finds out";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "Temporarily unavailable", detail).after(1)
    }

    /// As who only asks is told: a question has no outcome that could be unknown, and no key.
    pub fn of_question(self) -> Self {
        match self.code.as_str() {
            "unavailable" => Self { detail: "this cannot be answered at the moment; ask again".to_owned(), ..self },
            "overloaded" => Self { detail: "more is waiting than can be done in time; ask again".to_owned(), ..self },
            _ => self,
        }
    }

    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Internal error", "something went wrong on our side")
    }

    pub fn after(mut self, seconds: u32) -> Self {
        self.retry_after_s = Some(seconds);
        self
    }

    /// Refusals that name what cannot be named to others all look the same.
    fn of_refusal(refused: Refused) -> Self {
        let (status, title) = match refused.kind {
            RefusalKind::Unknown => return refused.pointer.into_iter().fold(Self::not_found(), Self::at),
            RefusalKind::State => (StatusCode::CONFLICT, "Not possible in this state"),
            RefusalKind::Invalid => (StatusCode::UNPROCESSABLE_ENTITY, "Invalid request"),
            RefusalKind::Person => (StatusCode::FORBIDDEN, "Segregation of duties"),
        };
        let problem = Self { existing_id: refused.existing_id, ..Self::new(status, refused.code, title, refused.detail) };
        match refused.pointer {
            Some(pointer) => problem.at(pointer),
            None => problem,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused(refused) => Self::of_refusal(*refused),
            Failure::VersionMismatch { current } => {
                let detail = format!("If-Match names another version than the current one, {current}");
                let problem = Self::new(StatusCode::PRECONDITION_FAILED, "version_mismatch", "Changed meanwhile", detail);
                Self { current_version: Some(current), ..problem }
            }
            Failure::KeyReused => {
                let detail = "this Idempotency-Key was used for another request";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", "Key reused", detail)
            }
            Failure::Contended => {
                let detail = "others kept changing the same thing; try again";
                Self::new(StatusCode::CONFLICT, "contended", "Contended", detail).after(1)
            }
            Failure::Overloaded => Self::overloaded(),
            Failure::Behind => Self::unavailable(&"a read model is behind"),
            Failure::Unavailable(cause) => Self::unavailable(&cause),
        }
    }
}

impl From<QueryError> for Problem {
    fn from(error: QueryError) -> Self {
        match error.code() {
            Some("cursor_invalid") => Self::invalid("cursor", error.to_string()),
            Some("sort_unknown") => Self::invalid("sort", error.to_string()),
            Some(_) => Self::malformed(error.to_string()),
            None => match error {
                QueryError::Database(error) => error.into(),
                error => Self::unavailable(&error),
            },
        }
    }
}

impl From<sqlx::Error> for Problem {
    fn from(error: sqlx::Error) -> Self {
        // Class 22: a value that the database cannot hold, such as a date before its calendar. Only a caller states one.
        let data = error.as_database_error().and_then(|e| e.code()).is_some_and(|code| code.starts_with("22"));
        if data {
            return Self::malformed("a value lies outside of what can be asked for");
        }
        Self::unavailable(&error)
    }
}

impl From<anyhow::Error> for Problem {
    fn from(error: anyhow::Error) -> Self {
        Self::unavailable(&error)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let retry_after = self.retry_after_s;
        let mut response = (status, Json(&self)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}
