//! A person with a key who may get no answer.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use quittance_tests::app::Answer;
use serde_json::{Value, json};

/// A busy machine may take long to bring a killed database back; longer than this is a defect.
pub const PATIENCE: Duration = Duration::from_secs(120);

#[derive(Clone)]
pub struct Client {
    base: String,
    secret: String,
    http: reqwest::Client,
}

/// What became of a request that was sent.
pub enum Outcome {
    Answered(Answer),
    /// Cut, late, or 5xx: it was carried out or it was not.
    Unknown(String),
    /// Nobody listened.
    NotSent,
}

impl Client {
    pub fn of(server: SocketAddr, secret: String) -> Self {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(10)).build().expect("a client");
        Self { base: format!("http://{server}"), secret, http }
    }

    /// Another person at the same server.
    pub fn with_key(&self, secret: String) -> Self {
        Self { secret, ..self.clone() }
    }

    /// The same person at another server.
    pub fn at(&self, server: SocketAddr) -> Self {
        Self { base: format!("http://{server}"), ..self.clone() }
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// These very bytes.
    pub async fn sends(&self, path: &str, bytes: Vec<u8>, content_type: &str, key: &str) -> Outcome {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).header("Idempotency-Key", key);
        outcome(request.header("Content-Type", content_type).body(bytes)).await
    }

    pub async fn posts(&self, path: &str, body: &Value, key: &str) -> Outcome {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(&self.secret).header("Idempotency-Key", key);
        outcome(request.json(body)).await
    }

    pub async fn gets(&self, path: &str) -> Outcome {
        outcome(self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.secret)).await
    }

    /// Reads until the server is there to answer.
    pub async fn reads(&self, path: &str) -> Answer {
        let began = Instant::now();
        while began.elapsed() < PATIENCE {
            if let Outcome::Answered(answer) = self.gets(path).await {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} is never answered");
    }
    /// Waits until what was approved at `position` is approved. A process manager that was killed amid its work is soon
    /// tried again, and until then is named rather than waited for.
    pub async fn is_approved(&self, invoice: &str, position: i64) {
        let began = Instant::now();
        while self.reads(&format!("/v1/invoices/{invoice}?min_position={position}")).await.body["status"] != "approved" {
            assert!(began.elapsed() < PATIENCE, "{invoice} is never approved");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

async fn outcome(request: reqwest::RequestBuilder) -> Outcome {
    match answer(request).await {
        Ok(answer) if answer.status < 500 => Outcome::Answered(answer),
        Ok(answer) => Outcome::Unknown(answer.status.to_string()),
        Err(error) if error.is_connect() => Outcome::NotSent,
        Err(error) => Outcome::Unknown(error.to_string()),
    }
}

async fn answer(request: reqwest::RequestBuilder) -> reqwest::Result<Answer> {
    let response = request.send().await?;
    let header = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let (status, etag, replayed) = (response.status().as_u16(), header("etag"), header("idempotent-replayed").is_some());
    let text = response.text().await?;
    Ok(Answer { status, etag, replayed, body: serde_json::from_str(&text).unwrap_or(json!(text)) })
}
