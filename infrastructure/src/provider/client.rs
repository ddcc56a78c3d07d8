//! Asks a provider over HTTP. Follows no redirect and no proxy, reads no more than a bounded answer, waits a bounded time.
//!
//! `GET  {endpoint}/transfers?reference=R` answers `{"transfers": […]}`; `POST {endpoint}/transfers` with an
//! `Idempotency-Key` makes one and answers it. Only a transfer, or `{"declined": {"code", "detail"}}` with 400, 402, 409 or
//! 422, says something definite: whatever else comes back, it may have happened.

use std::time::Duration;

use anyhow::Context as _;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Method, Request, StatusCode};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use quittance_application::ports::Later;
use quittance_application::provider::{Door, Rail, RailTrouble, TransferOrder};
use quittance_domain::payment::TransferReport;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::address::{GuardedResolver, Reach, admitted};
use super::message::{Declined, StatedTransfer};

const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);
const ANSWER_BYTES_MAX: usize = 64 << 10;

type Https = HttpsConnector<HttpConnector<GuardedResolver>>;

pub struct HttpRail {
    client: Client<Https, Full<Bytes>>,
    reach: Reach,
    answer_time_max: Duration,
}

#[derive(Deserialize)]
struct Found {
    transfers: Vec<StatedTransfer>,
}

impl HttpRail {
    pub fn new(reach: Reach) -> anyhow::Result<Self> {
        let mut connector = HttpConnector::new_with_resolver(GuardedResolver(reach));
        connector.enforce_http(false);
        connector.set_connect_timeout(Some(CONNECT_TIME_MAX));
        let tls = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .context("TLS cannot be set up")?;
        let tls = if reach.plain_http { tls.https_or_http() } else { tls.https_only() };
        let client = Client::builder(TokioExecutor::new()).build(tls.enable_http1().wrap_connector(connector));
        Ok(Self { client, reach, answer_time_max: ANSWER_TIME_MAX })
    }

    /// With less patience.
    pub fn waiting(mut self, answer_time_max: Duration) -> Self {
        self.answer_time_max = answer_time_max;
        self
    }

    async fn ask_for(&self, door: &Door, order: &TransferOrder) -> Result<Option<TransferReport>, RailTrouble> {
        let mut url = self.transfers(door)?;
        url.query_pairs_mut().append_pair("reference", &order.reference);
        let (status, body) = self.send(request(Method::GET, &url, door)?.body(Full::default())).await?;
        if status != StatusCode::OK {
            return Err(unknown(status));
        }
        let mut found: Found = read(&body)?;
        match (found.transfers.pop(), found.transfers.len()) {
            (None, _) => Ok(None),
            (Some(transfer), 0) => transfer.report_on(order).map(Some),
            (Some(_), others) => Err(RailTrouble::Mismatch(format!("{} of them", others + 1))),
        }
    }

    async fn make(&self, door: &Door, order: &TransferOrder) -> Result<TransferReport, RailTrouble> {
        let body = json!({
            "reference": order.reference,
            "amount": order.amount,
            "execution_date": order.execution_date,
            "debtor": { "name": order.debtor_name },
            "creditor": { "name": order.creditor_name, "account": order.creditor_account },
            "remittance": order.remittance,
        });
        let request = request(Method::POST, &self.transfers(door)?, door)?
            .header("Idempotency-Key", order.key.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::from(body.to_string()));
        let (status, body) = self.send(request).await?;
        match status.as_u16() {
            200..=202 => read::<StatedTransfer>(&body)?.report_on(order),
            400 | 402 | 409 | 422 => serde_json::from_slice::<Declined>(&body).map(Declined::report).map_err(|_| unknown(status)),
            _ => Err(unknown(status)),
        }
    }

    fn transfers(&self, door: &Door) -> Result<Url, RailTrouble> {
        let mut url = admitted(&door.endpoint, self.reach).map_err(|e| RailTrouble::Forbidden(e.to_string()))?;
        let path = format!("{}/transfers", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(url)
    }

    /// The time covers everything from the connection to the last byte of the answer.
    async fn send(&self, request: http::Result<Request<Full<Bytes>>>) -> Result<(StatusCode, Bytes), RailTrouble> {
        let request = request.map_err(|e| RailTrouble::Forbidden(e.to_string()))?;
        let answered = async {
            let response = self.client.request(request).await.map_err(|e| RailTrouble::Unknown(cause(&e)))?;
            let status = response.status();
            let body = Limited::new(response.into_body(), ANSWER_BYTES_MAX).collect().await;
            Ok((status, body.map_err(|e| RailTrouble::Unknown(cause(&*e)))?.to_bytes()))
        };
        let late = |_| RailTrouble::Unknown("it did not answer in time".to_owned());
        tokio::time::timeout(self.answer_time_max, answered).await.map_err(late)?
    }
}

impl Rail for HttpRail {
    fn find<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<Option<TransferReport>, RailTrouble>> {
        Box::pin(self.ask_for(door, order))
    }

    fn transfer<'a>(&'a self, door: &'a Door, order: &'a TransferOrder) -> Later<'a, Result<TransferReport, RailTrouble>> {
        Box::pin(self.make(door, order))
    }
}

fn request(method: Method, url: &Url, door: &Door) -> Result<http::request::Builder, RailTrouble> {
    let mut credential = HeaderValue::try_from(format!("Bearer {}", door.credential))
        .map_err(|_| RailTrouble::Forbidden("the credential has characters that no header may have".to_owned()))?;
    credential.set_sensitive(true);
    Ok(Request::builder().method(method).uri(url.as_str()).header(AUTHORIZATION, credential))
}

fn read<'b, T: Deserialize<'b>>(body: &'b [u8]) -> Result<T, RailTrouble> {
    serde_json::from_slice(body).map_err(|e| RailTrouble::Unknown(format!("the answer cannot be read: {e}")))
}

fn unknown(status: StatusCode) -> RailTrouble {
    RailTrouble::Unknown(format!("it answered {status}"))
}

/// The innermost cause says most: "connection refused" rather than "client error".
fn cause(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |e| e.source()).last().map_or_else(String::new, ToString::to_string)
}
