//! One connection to JetStream: what it carries, how large, and in which order it arrives.
//!
//! Messages of a window are sent without waiting for each other and arrive in order, because a connection is used once:
//! one that came back by itself would send what it still holds, without what was lost on the way before it.

use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use async_nats::connection::State;
use async_nats::jetstream;
use async_nats::jetstream::context::{GetStreamErrorKind, PublishAckFuture};
use async_nats::jetstream::stream::{self, LastRawMessageErrorKind, Stream};
use async_nats::{Auth, AuthError, ConnectOptions, HeaderMap, ServerAddr};
use futures::future::try_join_all;
use quittance_domain::ids::TenantId;

use super::STREAM;
use crate::checkpoint::Checkpoint;
use crate::feed::Published;

pub struct Courier {
    jetstream: jetstream::Context,
    client: async_nats::Client,
    /// As it was found; absent where there was none.
    stream: Option<Stream>,
    /// What the stream takes at most, where it says so.
    stream_bytes_max: Option<usize>,
}

/// How far a window came.
pub struct Delivered {
    pub events: usize,
    /// Why the next one cannot be sent at all.
    pub refused: Option<String>,
}

/// Room for the headers, which count as well.
const HEADER_BYTES: usize = 512;

impl Courier {
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        let address: ServerAddr = url.parse().context("NATS_URL is not a NATS address")?;
        let client = single_use(&address).connect(address).await?;
        let jetstream = jetstream::new(client.clone());
        let stream = match jetstream.get_stream(STREAM).await {
            Ok(stream) => Some(stream),
            Err(error) if is_missing(&error.kind()) => None,
            Err(error) => return Err(error).context("JetStream does not answer"),
        };
        Ok(Self { jetstream, client, stream, stream_bytes_max: None })
    }

    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Where JetStream has not all that was `sent` of a tenant: the position of the last event that it still has.
    pub async fn lost_after(&self, tenant: TenantId, sent: i64) -> anyhow::Result<Option<(TenantId, i64)>> {
        let Some(stream) = &self.stream else { return Ok(Some((tenant, 0))) };
        let kept = match stream.get_last_raw_message_by_subject(&format!("quittance.{tenant}.>")).await {
            // What somebody else published there says nothing about ours.
            Ok(message) => position_of(&message.headers).unwrap_or(sent),
            Err(error) if error.kind() == LastRawMessageErrorKind::NoMessageFound => match keeps_everything(stream) {
                true => 0,
                false => sent,
            },
            Err(error) => return Err(error).context("JetStream does not answer"),
        };
        Ok((kept < sent).then_some((tenant, kept)))
    }

    /// Makes the stream where it is not there; an operator's limits are honoured.
    pub async fn open_stream(&mut self) -> anyhow::Result<()> {
        let wanted = stream::Config { name: STREAM.to_owned(), subjects: vec!["quittance.>".to_owned()], ..stream::Config::default() };
        let stream = self.jetstream.get_or_create_stream(wanted).await.context("JetStream has no stream for us")?;
        let limit = stream.cached_info().config.max_message_size;
        self.stream_bytes_max = usize::try_from(limit).ok().filter(|bytes| *bytes > 0);
        Ok(())
    }

    /// Sends events in order, the first one after `from`, and returns once all that were sent are acknowledged. An
    /// acknowledgement that fails to come fails the whole window: it is sent again, and what had arrived is dropped there.
    pub async fn deliver(&self, tenant: TenantId, from: &Checkpoint, events: Vec<Published>) -> anyhow::Result<Delivered> {
        let mut acknowledgements = Vec::with_capacity(events.len());
        let mut refused = None;
        for (position, event) in (from.position + 1..).zip(events) {
            match self.send(tenant, position, position <= from.replay_until, event).await? {
                Ok(acknowledgement) => acknowledgements.push(acknowledgement.into_future()),
                Err(reason) => {
                    refused = Some(reason);
                    break;
                }
            }
        }
        let events = try_join_all(acknowledgements).await.context("an event was not acknowledged")?.len();
        Ok(Delivered { events, refused })
    }

    /// The inner error is about this event, the outer one about the connection.
    async fn send(
        &self,
        tenant: TenantId,
        position: i64,
        replay: bool,
        event: Published,
    ) -> anyhow::Result<Result<PublishAckFuture, String>> {
        let mut headers = HeaderMap::new();
        headers.insert("Nats-Msg-Id", format!("{tenant}:{position}").as_str());
        headers.insert("Content-Type", "application/cloudevents+json");
        if replay {
            headers.insert("Quittance-Replay", "true");
        }
        let subject = subject(tenant, &event);
        match self.fitting(position, event) {
            Ok(message) => Ok(Ok(self.jetstream.publish_with_headers(subject, headers, message.into()).await?)),
            Err(reason) => Ok(Err(reason)),
        }
    }

    /// The event whole, or with a reference to its data where JetStream would not take it.
    fn fitting(&self, position: i64, event: Published) -> Result<Vec<u8>, String> {
        let server = self.client.max_payload();
        let room = self.stream_bytes_max.unwrap_or(server).min(server).saturating_sub(HEADER_BYTES);
        let written = |event: &Published| serde_json::to_vec(event).map_err(|error| error.to_string());
        let whole = written(&event)?;
        if whole.len() <= room {
            return Ok(whole);
        }
        let reference = written(&event.by_reference(position))?;
        let too_large =
            || format!("even without its data the event takes {} bytes, more than the {room} there is room for", reference.len());
        if reference.len() <= room { Ok(reference) } else { Err(too_large()) }
    }
}

/// Whether what is no longer there was lost, not let go.
fn keeps_everything(stream: &Stream) -> bool {
    let config = &stream.cached_info().config;
    config.max_age.is_zero() && config.max_bytes <= 0 && config.max_messages <= 0 && config.max_messages_per_subject <= 0
}

fn position_of(headers: &HeaderMap) -> Option<i64> {
    headers.get("Nats-Msg-Id")?.as_str().rsplit_once(':')?.1.parse().ok()
}

fn is_missing(kind: &GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.error_code() == jetstream::ErrorCode::STREAM_NOT_FOUND)
}

/// `quittance.<tenant>.<type>`, where the type is dotted itself.
fn subject(tenant: TenantId, event: &Published) -> String {
    format!("quittance.{tenant}.{}", event.r#type.trim_start_matches("quittance."))
}

/// Gives its credentials once, so that the client cannot reconnect behind our back. (It has no switch for that: no
/// reconnects at all means as many as it likes.) The credentials of an address are given here as well, because the client
/// does not look at them.
fn single_use(address: &ServerAddr) -> ConnectOptions {
    let (username, password) = (address.username().map(str::to_owned), address.password().map(str::to_owned));
    let used = AtomicBool::new(false);
    let credentials = move |_nonce| {
        let first = !used.swap(true, Ordering::SeqCst);
        let mut auth = Auth::new();
        match password.clone() {
            Some(password) => (auth.username, auth.password) = (username.clone(), Some(password)),
            None => auth.token = username.clone(),
        }
        async move { if first { Ok(auth) } else { Err(AuthError::new("the connection was lost")) } }
    };
    ConnectOptions::with_auth_callback(credentials).max_reconnects(1)
}
