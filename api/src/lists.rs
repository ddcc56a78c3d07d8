//! Lists as files: `Accept: text/csv`, or the media type of XLSX, answers a list whole, page after page, each asked for as the caller could have asked for it.
//!
//! A page at a time is in memory, whatever the list holds. What is added meanwhile may be in it, as it may be in pages.

use std::fs::File;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures::StreamExt;
use futures::stream::try_unfold;
use serde_json::Value;

use crate::app::App;
use crate::auth::OperationName;
use crate::list_columns::Columns;
use crate::problem::Problem;
use crate::reads;
use crate::sheet::{self, Sheet};
use crate::table::{Format, heading, lines};

/// Rows of a page: as many as a list gives at once.
const PAGE: u16 = 200;
/// The longest page that is read back.
const PAGE_BYTES_MAX: usize = 32 << 20;

/// As which file the caller wants a list rather than its page.
pub fn wanted(request: &Request) -> Option<Format> {
    Format::wanted(request.headers()).filter(|format| request.method() == Method::GET && *format != Format::Json)
}

/// The whole list. Its first page is read before anything is answered, so that a refusal is answered as one; what fails later cuts the
/// file short, so that nobody takes a part for the whole.
pub async fn as_file(app: App, columns: Arc<Columns>, name: &str, format: Format, request: Request, next: Next) -> Response {
    let (parts, _) = request.into_parts();
    let has_past = parts.extensions.get::<OperationName>().is_some_and(|operation| reads::has_past(&operation.0));
    if has_past && parts.uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("known_at="))) {
        return Problem::invalid("known_at", "a list as it was known is given in pages, as JSON").into_response();
    }
    let mut asked = Asked { app, parts, next, holds_place: true };
    let first = asked.page(None).await;
    if first.status() != StatusCode::OK {
        return first;
    }
    let mut headers = first.headers().clone();
    if format == Format::Xlsx {
        return match sheet_of(&columns, &asked, first).await {
            Ok(file) => sheet::answer(headers, name, file).unwrap_or_else(IntoResponse::into_response),
            Err(error) => {
                tracing::error!(%error, list = name, "a list was not written as a sheet");
                Problem::internal().into_response()
            }
        };
    }
    let named = HeaderValue::from_str(&format!("attachment; filename=\"{name}.csv\""));
    let (Ok(begun), Ok(heading), Ok(named)) = (Page::read(first).await, heading(&columns), named) else {
        return Problem::internal().into_response();
    };
    headers.remove(header::CONTENT_LENGTH);
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/csv; charset=utf-8; header=present"));
    headers.insert(header::CONTENT_DISPOSITION, named);
    asked.holds_place = false;
    let rest = try_unfold((asked, Some(begun)), move |(asked, page)| {
        let columns = columns.clone();
        async move {
            let Some(page) = page else { return Ok(None) };
            let text = lines(&columns, page.rows()).map_err(anyhow::Error::new)?;
            let following = match page.next_cursor() {
                Some(cursor) => Some(Page::read(asked.page(Some(cursor)).await).await?),
                None => None,
            };
            Ok::<_, anyhow::Error>(Some((text, (asked, following))))
        }
    });
    let whole = futures::stream::once(async move { Ok(heading) }).chain(rest);
    (headers, Body::from_stream(whole)).into_response()
}

/// An XLSX is known to be whole before anything of it is sent: its directory comes last.
async fn sheet_of(columns: &Columns, asked: &Asked, first: Response) -> anyhow::Result<File> {
    let mut sheet = Sheet::begin(columns)?;
    let mut page = Some(Page::read(first).await?);
    while let Some(read) = page {
        sheet.rows(read.rows())?;
        page = match read.next_cursor() {
            Some(cursor) => Some(Page::read(asked.page(Some(cursor)).await).await?),
            None => None,
        };
    }
    tokio::task::spawn_blocking(move || sheet.finish()).await?
}

/// The list as it was asked for.
struct Asked {
    app: App,
    parts: Parts,
    next: Next,
    /// The request's own place is still held, until its answer begins: pages read meanwhile take no other.
    holds_place: bool,
}

impl Asked {
    /// In a task of its own: a caller that leaves does not cut a transaction in half. Once the answer has begun it takes a place as any request does.
    async fn page(&self, cursor: Option<&str>) -> Response {
        let mut parts = self.parts.clone();
        let Some(uri) = paged(&parts.uri, cursor) else { return Problem::internal().into_response() };
        parts.uri = uri;
        let (app, next, holds_place) = (self.app.clone(), self.next.clone(), self.holds_place);
        let work = tokio::spawn(async move {
            let _place = if holds_place { None } else { app.in_flight.acquire().await.ok() };
            next.run(Request::from_parts(parts, Body::empty())).await
        });
        work.await.unwrap_or_else(|_| Problem::internal().into_response())
    }
}

/// The same question for one page: the filters as they are, from where the caller began or the last page ended.
fn paged(asked: &Uri, cursor: Option<&str>) -> Option<Uri> {
    let of_list = |pair: &&str| !pair.is_empty() && !pair.starts_with("limit=") && (cursor.is_none() || !pair.starts_with("cursor="));
    let mut query: Vec<String> = asked.query().unwrap_or_default().split('&').filter(of_list).map(str::to_owned).collect();
    query.push(format!("limit={PAGE}"));
    query.extend(cursor.map(|cursor| format!("cursor={cursor}")));
    format!("{}?{}", asked.path(), query.join("&")).parse().ok()
}

struct Page(Value);

impl Page {
    async fn read(answer: Response) -> anyhow::Result<Self> {
        anyhow::ensure!(answer.status() == StatusCode::OK, "a page of the list was answered with {}", answer.status());
        let bytes = to_bytes(answer.into_body(), PAGE_BYTES_MAX).await?;
        Ok(Self(serde_json::from_slice(&bytes)?))
    }

    fn rows(&self) -> &[Value] {
        self.0["data"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    fn next_cursor(&self) -> Option<&str> {
        self.0["next_cursor"].as_str()
    }
}

#[cfg(test)]
mod tests {
    use super::paged;

    #[test]
    fn a_page_is_asked_for_with_the_filters_that_were_given() {
        let rows = [
            ("/v1/invoices", None, "/v1/invoices?limit=200"),
            ("/v1/invoices?status=paid&limit=3", None, "/v1/invoices?status=paid&limit=200"),
            ("/v1/invoices?cursor=a&sort=-due_date", None, "/v1/invoices?cursor=a&sort=-due_date&limit=200"),
            ("/v1/invoices?cursor=a&sort=-due_date", Some("b"), "/v1/invoices?sort=-due_date&limit=200&cursor=b"),
        ];
        for (asked, cursor, page) in rows {
            let uri = asked.parse().expect("a URI");
            assert_eq!(paged(&uri, cursor).map(|uri| uri.to_string()).as_deref(), Some(page));
        }
    }
}
