//! A provider that moves money: a real HTTP server with a ledger of its own that it never forgets, and bad manners on demand.

use std::collections::HashMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, Router, routing};
use quittance_application::ports::Edge;
use serde_json::{Value, json};

pub const CREDENTIAL: &str = "sk_test_of_a_double_provider";
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How the next order is met. What is not said otherwise is done and answered at once, as pending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    Accept,
    SettleAtOnce,
    Decline,
    /// Does nothing and never answers.
    TimeoutBefore,
    /// Does it and never answers.
    TimeoutAfter,
    ErrorBefore,
    ErrorAfter,
    /// Takes its time, but not too much.
    Slow,
    /// Says that it has begun before it answers the order.
    WebhookBeforeAnswer,
    /// Accepts, and forgets the key afterwards.
    ForgetsKey,
}

/// One transfer that was made: money moved, or will.
#[derive(Clone, Debug, PartialEq)]
pub struct Made {
    pub id: String,
    pub reference: String,
    pub key: String,
    pub amount: Value,
    pub account: Value,
    /// As it is stated: `status` and what belongs to it.
    pub status: Value,
}

#[derive(Default)]
struct Books {
    made: Vec<Made>,
    /// What a key was answered: for ever, unless it is forgotten.
    answers: HashMap<String, (u16, Value)>,
    manners: HashMap<String, Manner>,
    /// How often each reference was asked for, and ordered.
    asked: HashMap<String, u32>,
    ordered: HashMap<String, u32>,
}

#[derive(Clone)]
pub struct Provider {
    pub address: SocketAddr,
    /// Where its messages go, once it is told.
    webhooks: Arc<Mutex<Option<String>>>,
    books: Arc<Mutex<Books>>,
    ledger: Arc<Mutex<std::fs::File>>,
    /// It goes by the same time as who it deals with.
    edge: Arc<dyn Edge>,
}

/// Longer than any client of the tests waits.
const NEVER: Duration = Duration::from_secs(3);
const SLOW: Duration = Duration::from_millis(120);

impl Provider {
    pub async fn start(edge: Arc<dyn Edge>) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let ledger = Arc::new(Mutex::new(tempfile::tempfile().expect("a ledger")));
        let provider = Self { address, webhooks: Arc::default(), books: Arc::default(), ledger, edge };
        let routes = Router::new().route("/v1/transfers", routing::get(found).post(ordered)).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, routes).await });
        provider
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}/v1", self.address)
    }

    pub fn sends_webhooks_to(&self, url: String) {
        *self.webhooks.lock().unwrap_or_else(PoisonError::into_inner) = Some(url);
    }

    /// How the next order of this reference is met.
    pub fn will(&self, reference: &str, manner: Manner) {
        self.books().manners.insert(reference.to_owned(), manner);
    }

    pub fn made(&self, reference: &str) -> Vec<Made> {
        self.books().made.iter().filter(|made| made.reference == reference).cloned().collect()
    }

    pub fn ordered(&self, reference: &str) -> u32 {
        self.books().ordered.get(reference).copied().unwrap_or_default()
    }

    /// What became of a transfer: `{"status": "settled", "value_date": …}` and the like.
    pub fn decides(&self, reference: &str, status: Value) {
        let mut books = self.books();
        let made = books.made.iter_mut().find(|made| made.reference == reference).expect("a transfer");
        made.status = status;
    }

    /// Sends a message of how a transfer stands, and answers how it was taken.
    pub async fn tells(&self, reference: &str, event: &str, stated: Option<Value>) -> u16 {
        let mut transfer = self.books().made.iter().find(|made| made.reference == reference).map(Made::stated).expect("a transfer");
        if let Some(stated) = stated {
            merge(&mut transfer, stated);
        }
        self.sends(event, &json!({ "type": "transfer.updated", "data": transfer }).to_string()).await
    }

    pub async fn sends(&self, id: &str, body: &str) -> u16 {
        let url = self.webhooks.lock().unwrap_or_else(PoisonError::into_inner).clone().expect("an address for messages");
        let secret = quittance_infrastructure::provider::WebhookSecret::parse(WEBHOOK_SECRET).expect("a secret");
        let now = self.edge.now().timestamp();
        let request = reqwest::Client::new().post(url).header("webhook-id", id).header("webhook-timestamp", now);
        let signed = request.header("webhook-signature", secret.sign(id, now, body.as_bytes())).body(body.to_owned());
        signed.send().await.expect("an answer").status().as_u16()
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// On disk before anybody is answered.
    fn make(&self, key: &str, order: &Value, status: Value) -> Value {
        let mut books = self.books();
        let id = format!("tr_{}", books.made.len() + 1);
        let reference = order["reference"].as_str().expect("a reference").to_owned();
        let (amount, account) = (order["amount"].clone(), order["creditor"]["account"].clone());
        let made = Made { id, reference, key: key.to_owned(), amount, account, status };
        let mut ledger = self.ledger.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(ledger, "{}", made.stated()).expect("the ledger can be written");
        ledger.sync_all().expect("the ledger is on disk");
        let stated = made.stated();
        books.answers.insert(key.to_owned(), (201, stated.clone()));
        books.made.push(made);
        stated
    }
}

impl Made {
    fn stated(&self) -> Value {
        let mut stated = json!({ "id": self.id, "reference": self.reference, "amount": self.amount });
        merge(&mut stated, self.status.clone());
        stated
    }
}

fn merge(into: &mut Value, from: Value) {
    for (name, value) in from.as_object().cloned().unwrap_or_default() {
        into[name] = value;
    }
}

pub fn settled() -> Value {
    json!({ "status": "settled", "value_date": "2026-11-20" })
}

fn pending() -> Value {
    json!({ "status": "pending" })
}

fn signed_in(headers: &HeaderMap) -> bool {
    headers.get("authorization").is_some_and(|value| value == &format!("Bearer {CREDENTIAL}"))
}

async fn found(State(provider): State<Provider>, headers: HeaderMap, Query(query): Query<HashMap<String, String>>) -> Response {
    if !signed_in(&headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let reference = query.get("reference").cloned().unwrap_or_default();
    *provider.books().asked.entry(reference.clone()).or_default() += 1;
    let transfers: Vec<Value> = provider.made(&reference).iter().map(Made::stated).collect();
    Json(json!({ "transfers": transfers })).into_response()
}

async fn ordered(State(provider): State<Provider>, headers: HeaderMap, Json(order): Json<Value>) -> Response {
    let key = headers.get("idempotency-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
    if !signed_in(&headers) || key.is_empty() {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let reference = order["reference"].as_str().unwrap_or_default().to_owned();
    let (known, manner) = {
        let mut books = provider.books();
        *books.ordered.entry(reference.clone()).or_default() += 1;
        (books.answers.get(&key).cloned(), books.manners.remove(&reference).unwrap_or(Manner::Accept))
    };
    if let Some((status, body)) = known {
        return answer(status, body);
    }
    match manner {
        Manner::Accept => answer(201, provider.make(&key, &order, pending())),
        Manner::SettleAtOnce => answer(200, provider.make(&key, &order, settled())),
        Manner::Decline => {
            let body = json!({ "declined": { "code": "account_closed", "detail": "the creditor's account is closed" } });
            provider.books().answers.insert(key, (402, body.clone()));
            answer(402, body)
        }
        Manner::TimeoutBefore => {
            tokio::time::sleep(NEVER).await;
            StatusCode::GATEWAY_TIMEOUT.into_response()
        }
        Manner::TimeoutAfter => {
            let stated = provider.make(&key, &order, pending());
            tokio::time::sleep(NEVER).await;
            answer(201, stated)
        }
        Manner::ErrorBefore => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Manner::ErrorAfter => {
            provider.make(&key, &order, pending());
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
        Manner::Slow => {
            let stated = provider.make(&key, &order, pending());
            tokio::time::sleep(SLOW).await;
            answer(201, stated)
        }
        Manner::WebhookBeforeAnswer => {
            let stated = provider.make(&key, &order, pending());
            provider.tells(&reference, &format!("early-{reference}"), None).await;
            answer(201, stated)
        }
        Manner::ForgetsKey => {
            let stated = provider.make(&key, &order, pending());
            provider.books().answers.remove(&key);
            answer(201, stated)
        }
    }
}

fn answer(status: u16, body: Value) -> Response {
    (StatusCode::from_u16(status).expect("a status"), Json(body)).into_response()
}
