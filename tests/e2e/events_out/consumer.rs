//! The other side of NATS: the relay's stream, and consumers of it.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::OrderedConfig;
use async_nats::{ConnectOptions, Message, ServerAddr, jetstream};
use futures::StreamExt;
use quittance_infrastructure::embedded::{EmbeddedNats, NatsSettings};
use quittance_projections::relay::{Relay, STREAM};
use quittance_tests::app::TestApp;
use serde_json::Value;
use tokio_util::sync::{CancellationToken, DropGuard};

/// A NATS server of a test's own.
pub struct Nats {
    pub server: EmbeddedNats,
    _directory: tempfile::TempDir,
}

impl Nats {
    pub async fn start() -> Self {
        let directory = tempfile::tempdir().expect("a directory");
        let server = EmbeddedNats::start(NatsSettings::kept_in(directory.path())).await.expect("nats-server starts");
        Self { server, _directory: directory }
    }

    pub async fn client(&self) -> async_nats::Client {
        let address: ServerAddr = self.server.address().parse().expect("an address");
        let (user, password) = self.server.credentials();
        let options = ConnectOptions::with_user_and_password(user.to_owned(), password.to_owned());
        options.connect(address).await.expect("connected")
    }
}

/// Runs a relay until the guard is dropped.
pub fn relay(app: &TestApp, nats: &Nats) -> DropGuard {
    let stop = CancellationToken::new();
    let relay = Relay { database: app.system.database.clone(), feed: app.system.committer.feed().clone(), url: nats.server.url() };
    relay.start(stop.clone());
    stop.drop_guard()
}

/// A consumer that drops repeats by message id, and keeps what is new in the order of its arrival.
#[derive(Default)]
pub struct Consumer {
    ids: HashSet<String>,
    arrived: BTreeMap<String, Vec<Value>>,
}

impl Consumer {
    pub fn takes(&mut self, message: &Message) {
        let headers = message.headers.as_ref().expect("headers");
        let id = headers.get("Nats-Msg-Id").expect("a message id").to_string();
        assert_eq!(headers.get("Content-Type").map(ToString::to_string).as_deref(), Some("application/cloudevents+json"));
        let event: Value = serde_json::from_slice(&message.payload).expect("a CloudEvent");
        let tenant = event["source"].as_str().and_then(|s| s.strip_prefix("/quittance/")).expect("a tenant").to_owned();
        assert_eq!(id, format!("{tenant}:{}", super::position(&event)));
        let kind = event["type"].as_str().and_then(|t| t.strip_prefix("quittance.")).expect("a type");
        assert_eq!(message.subject.as_str(), format!("quittance.{tenant}.{kind}"));
        if self.ids.insert(id) {
            self.arrived.entry(tenant).or_default().push(event);
        }
    }

    /// What came of a tenant, in the order of arrival.
    pub fn arrived(&self, tenant: quittance_domain::ids::TenantId) -> &[Value] {
        self.arrived.get(&tenant.to_string()).map_or(&[], Vec::as_slice)
    }

    /// Reads the stream from its beginning until it has `count` events of `tenant`, or gives up.
    pub async fn reads_until(&mut self, nats: &Nats, tenant: quittance_domain::ids::TenantId, count: i64) {
        let patience = tokio::time::Instant::now() + Duration::from_secs(120);
        while (self.arrived(tenant).len() as i64) < count {
            assert!(tokio::time::Instant::now() < patience, "only {} of {count} events came", self.arrived(tenant).len());
            self.reads(nats).await;
        }
    }

    /// Reads the stream from its beginning, for two seconds at most or until nothing comes for a moment.
    pub async fn reads(&mut self, nats: &Nats) {
        tokio::time::sleep(Duration::from_millis(100)).await;
        let enough = tokio::time::Instant::now() + Duration::from_secs(2);
        let jetstream = jetstream::new(nats.client().await);
        let Ok(stream) = jetstream.get_stream(STREAM).await else { return };
        let config = OrderedConfig { deliver_policy: DeliverPolicy::All, ..OrderedConfig::default() };
        let Ok(consumer) = stream.create_consumer(config).await else { return };
        let Ok(mut messages) = consumer.messages().await else { return };
        while tokio::time::Instant::now() < enough
            && let Ok(Some(Ok(message))) = tokio::time::timeout(Duration::from_millis(400), messages.next()).await
        {
            self.takes(&message);
        }
    }
}
