//! A bucket over HTTP: the object store signs its requests, our client carries them.

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use async_trait::async_trait;
use http_body_util::BodyExt;
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector as Tcp;
use hyper_util::rt::TokioExecutor;
use object_store::aws::AmazonS3Builder;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody, HttpResponse, HttpResponseBody, HttpService,
};
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use object_store::{ClientConfigKey, ClientOptions, ObjectStore, RetryConfig};
use url::Url;

const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);
/// For one try, until the answer begins.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);
/// For all tries of one request: a caller waits for it.
const TRIES_TIME_MAX: Duration = Duration::from_secs(25);

/// `s3://bucket/prefix`; whatever else it takes stands in the environment.
pub fn bucket(url: &Url) -> anyhow::Result<Arc<dyn ObjectStore>> {
    let name = url.host_str().with_context(|| format!("{url} names no bucket"))?;
    let retry = RetryConfig { retry_timeout: TRIES_TIME_MAX, ..RetryConfig::default() };
    let builder = AmazonS3Builder::from_env().with_bucket_name(name).with_retry(retry).with_http_connector(Carriers);
    let store = builder.build().context("the bucket cannot be used as it is set")?;
    Ok(Arc::new(PrefixStore::new(store, Path::from_url_path(url.path())?)))
}

/// Makes the client that carries requests; over TLS unless `AWS_ALLOW_HTTP` says otherwise.
#[derive(Debug)]
struct Carriers;

impl HttpConnector for Carriers {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let said = options.get_config_value(&ClientConfigKey::AllowHttp).unwrap_or_default();
        let plain = ["true", "1", "on", "yes", "y"].contains(&said.to_ascii_lowercase().as_str());
        let carrier = Carrier::new(plain).map_err(|e| object_store::Error::Generic { store: "S3", source: e.into() })?;
        Ok(HttpClient::new(carrier))
    }
}

#[derive(Debug)]
struct Carrier(Client<HttpsConnector<Tcp>, HttpRequestBody>);

impl Carrier {
    fn new(plain: bool) -> anyhow::Result<Self> {
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_connect_timeout(Some(CONNECT_TIME_MAX));
        let tls = hyper_rustls::HttpsConnectorBuilder::new()
            .with_provider_and_webpki_roots(rustls::crypto::ring::default_provider())
            .context("TLS cannot be set up")?;
        let tls = if plain { tls.https_or_http() } else { tls.https_only() };
        Ok(Self(Client::builder(TokioExecutor::new()).build(tls.enable_http1().wrap_connector(tcp))))
    }
}

#[async_trait]
impl HttpService for Carrier {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let late = |elapsed| HttpError::new(HttpErrorKind::Timeout, elapsed);
        let answered = tokio::time::timeout(ANSWER_TIME_MAX, self.0.request(request)).await.map_err(late)?;
        let response = answered.map_err(|error| {
            let kind = if error.is_connect() { HttpErrorKind::Connect } else { HttpErrorKind::Interrupted };
            HttpError::new(kind, error)
        })?;
        let cut = |error| HttpError::new_boxed(HttpErrorKind::Interrupted, Box::<dyn Error + Send + Sync>::from(error));
        Ok(response.map(|body| HttpResponseBody::new(body.map_err(cut))))
    }
}
