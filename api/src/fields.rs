//! Names and values, as queries and forms have them. What cannot be read is told by its name, in a problem document: a form of a web
//! page is refused as the API refuses a body.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{StatusCode, header};
use quittance_domain::limits::TextRefusal;
use serde::de::DeserializeOwned;
use url::form_urlencoded;

use crate::operations::essence;
use crate::order::{in_words, missing_field, too_large_or_cut};
use crate::problem::Problem;

const FORM: &str = "application/x-www-form-urlencoded";

/// Reads what `text` holds, as far as a database can hold it; `whole` is what it is called where nothing in it can be named.
pub fn read<T: DeserializeOwned>(text: &[u8], whole: &str) -> Result<T, Problem> {
    for (name, value) in form_urlencoded::parse(text) {
        if value.contains('\0') {
            let unwritten = TextRefusal::Unwritten('\0');
            return Err(Problem::new(StatusCode::UNPROCESSABLE_ENTITY, unwritten.code(), "Invalid field", unwritten.to_string()).at(name));
        }
    }
    let pairs = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text));
    serde_path_to_error::deserialize(pairs).map_err(|error| {
        let (path, rule) = (error.path().to_string(), error.inner().to_string());
        let name = if path == "." { missing_field(&rule).unwrap_or(whole) } else { &path };
        Problem::invalid(name, in_words(&rule))
    })
}

/// The fields of a form.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let given = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if given.map(essence).as_deref() != Some(FORM) {
            return Err(Problem::unsupported_media_type(&[FORM.to_owned()]));
        }
        let Whole(body) = Whole::from_request(request, state).await?;
        read(&body, "form").map(Self)
    }
}

/// A body that came whole, and is none too large.
pub struct Whole(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for Whole {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = Bytes::from_request(request, state).await;
        body.map(Self).map_err(|rejection| too_large_or_cut(rejection.status()))
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::read;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[allow(dead_code, reason = "only whether it can be read is asked")]
    struct Asked {
        limit: Option<u16>,
        after: String,
        day: Option<chrono::NaiveDate>,
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let rows = [
            ("after=a&limit=2", Ok(())),
            ("after=a&limit=abc", Err("limit")),
            ("after=a&limit=70000", Err("limit")),
            ("after=%00", Err("after")),
            ("limit=2", Err("after")),
            ("after=a&after=b", Err("query")),
            ("after=a&day=2026-02-29", Err("day")),
        ];
        for (text, verdict) in rows {
            let read = read::<Asked>(text.as_bytes(), "query").map(drop);
            assert_eq!(read.as_ref().map_err(|problem| problem.errors[0].pointer.as_str()).copied(), verdict, "{text}");
        }
        let no_day = read::<Asked>(b"after=a&day=31.03.2026", "query").expect_err("no day");
        assert_eq!(no_day.errors[0].detail.split(':').next(), Some("a day is written as 2026-03-31, a moment as 2026-03-31T09"));
    }
}
