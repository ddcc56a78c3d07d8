//! Settings: flags win over environment variables, which win over `quittance.toml`, which wins over the defaults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::{Args, ValueEnum};
use ipnet::IpNet;
use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// With a sandbox tenant and an embedded Postgres where no other is named.
    Sandbox,
    /// Refuses to start with anything that is not meant for other people's money.
    Production,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    /// For people at a terminal.
    Pretty,
    /// One object a line, for machines.
    Json,
}

/// What can be set. Every field is optional, because each may come from four places.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Given {
    /// A Postgres server (15.14, 16.10, 17.6 or newer) to use instead of the embedded one.
    #[arg(long, env = "DATABASE_URL", global = true, hide_env_values = true)]
    pub database_url: Option<String>,
    /// A pooler that gives each transaction whichever server connection is free, such as PgBouncer in transaction mode: reads and
    /// projections go through it. What is no transaction still goes straight to DATABASE_URL.
    #[arg(long, env = "QUITTANCE_POOLER_URL", global = true, hide_env_values = true)]
    pub pooler_url: Option<String>,
    /// A NATS server with JetStream: every event is published there.
    #[arg(long, env = "NATS_URL", global = true, hide_env_values = true)]
    pub nats_url: Option<String>,
    /// Where the embedded Postgres keeps its data, and the sandbox's key lies.
    #[arg(long, env = "QUITTANCE_STATE", global = true)]
    pub state: Option<PathBuf>,
    /// Where the server listens.
    #[arg(long, env = "QUITTANCE_LISTEN", global = true)]
    pub listen: Option<SocketAddr>,
    /// Networks of the proxies before the server (10.0.0.0/8,fd00::/8): of what they send on, `X-Forwarded-For` says from where it came.
    #[arg(long, env = "QUITTANCE_TRUSTED_PROXIES", global = true, value_delimiter = ',')]
    pub trusted_proxies: Option<Vec<IpNet>>,
    /// What it is run for.
    #[arg(long, env = "QUITTANCE_ENV", global = true)]
    pub environment: Option<Environment>,
    /// How logs look, on standard error.
    #[arg(long, env = "QUITTANCE_LOG_FORMAT", global = true)]
    pub log_format: Option<LogFormat>,
    /// Which events are logged, as `tracing` directives: `info`, `quittance=debug`, …
    #[arg(long, env = "QUITTANCE_LOG", global = true)]
    pub log: Option<String>,
    /// Connections that append; each tenant goes through one of them.
    #[arg(long, env = "QUITTANCE_COMMIT_LANES", global = true)]
    pub commit_lanes: Option<usize>,
    /// Workers that keep the read models up.
    #[arg(long, env = "QUITTANCE_PROJECTION_WORKERS", global = true)]
    pub projection_workers: Option<usize>,
    /// Requests that are worked on at once; more are told to come back.
    #[arg(long, env = "QUITTANCE_IN_FLIGHT", global = true)]
    pub in_flight: Option<usize>,
    /// Requests a second that one API key may make on one node, and at once; more are told to come back. 0 is any number.
    #[arg(long, env = "QUITTANCE_RATE_PER_KEY", global = true)]
    pub rate_per_key: Option<u32>,
    /// At least 32 characters that sign decision links, the same on every node. Made and kept below the state directory where
    /// absent; production states it.
    #[arg(long, env = "QUITTANCE_LINK_SECRET", global = true, hide_env_values = true)]
    pub link_secret: Option<String>,
    /// At least 32 characters that seal what tenants entrust to us, the same on every node. Made and kept below the state
    /// directory where absent; production states it.
    #[arg(long, env = "QUITTANCE_SECRET_KEY", global = true, hide_env_values = true)]
    pub secret_key: Option<String>,
    /// A PEM file with the Ed25519 key that signs proofs of payment, the same on every node; keys behind the first are those that have
    /// signed before. Made and kept below the state directory where absent; production states it.
    #[arg(long, env = "QUITTANCE_SIGNING_KEY", global = true)]
    pub signing_key: Option<PathBuf>,
    /// The mail server that remittance advice is sent through: `smtps://user:password@host`, `smtp://user:password@host:587?tls=required`
    /// (STARTTLS), or `smtp://localhost`.
    #[arg(long, env = "QUITTANCE_SMTP_URL", global = true, hide_env_values = true)]
    pub smtp_url: Option<String>,
    /// The e-mail address that mail comes from.
    #[arg(long, env = "QUITTANCE_MAIL_FROM", global = true)]
    pub mail_from: Option<String>,
    /// Where attachments are kept: `file:///a/directory`, or `s3://bucket/prefix` with the usual `AWS_…` variables. Below the state
    /// directory where absent; several servers need a place that all of them reach.
    #[arg(long, env = "QUITTANCE_ATTACHMENTS", global = true)]
    pub attachments: Option<String>,
    /// Payment providers may also be reached over plain HTTP: for tests on this machine.
    #[arg(long, env = "QUITTANCE_PROVIDER_PLAIN_HTTP", global = true)]
    pub provider_plain_http: Option<bool>,
    /// Payment providers may also be in private networks and on this machine.
    #[arg(long, env = "QUITTANCE_PROVIDER_PRIVATE_NETWORKS", global = true)]
    pub provider_private_networks: Option<bool>,
    /// Memory for folded aggregates, in MiB.
    #[arg(long, env = "QUITTANCE_CACHE_MIB", global = true)]
    pub cache_mib: Option<u64>,
}

/// Where a setting comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// A flag or an environment variable.
    Given,
    File,
    Default,
}

/// What is in force.
#[derive(Clone, Debug, Serialize)]
pub struct Settings {
    /// By field, for `quittance doctor`.
    #[serde(skip)]
    pub origins: Vec<(&'static str, Origin)>,
    #[serde(skip)]
    pub database_url: Option<String>,
    #[serde(skip)]
    pub pooler_url: Option<String>,
    #[serde(skip)]
    pub nats_url: Option<String>,
    pub state: PathBuf,
    pub listen: SocketAddr,
    pub trusted_proxies: Vec<IpNet>,
    pub environment: Environment,
    pub log_format: LogFormat,
    pub log: String,
    pub commit_lanes: usize,
    pub projection_workers: usize,
    pub in_flight: usize,
    pub rate_per_key: u32,
    pub cache_mib: u64,
    #[serde(skip)]
    pub link_secret: Option<String>,
    #[serde(skip)]
    pub secret_key: Option<String>,
    pub signing_key: Option<PathBuf>,
    #[serde(skip)]
    pub smtp_url: Option<String>,
    pub mail_from: Option<String>,
    pub attachments: Option<String>,
    pub provider_plain_http: bool,
    pub provider_private_networks: bool,
}

impl Settings {
    /// `given` are flags and environment; the file is read from the working directory where there is one.
    pub fn resolve(given: Given) -> anyhow::Result<Self> {
        let file = from_file(Path::new("quittance.toml"))?;
        let mut origins = Vec::new();
        macro_rules! choose {
            ($field:ident) => {{
                origins.push((stringify!($field), origin(given.$field.is_some(), file.$field.is_some())));
                given.$field.or(file.$field)
            }};
        }
        Ok(Self {
            database_url: choose!(database_url),
            pooler_url: choose!(pooler_url),
            nats_url: choose!(nats_url),
            state: match choose!(state) {
                Some(state) => state,
                None => quittance_infrastructure::embedded::default_state()?,
            },
            listen: choose!(listen).unwrap_or(SocketAddr::from(([127, 0, 0, 1], 8080))),
            trusted_proxies: choose!(trusted_proxies).unwrap_or_default(),
            environment: choose!(environment).unwrap_or(Environment::Sandbox),
            log_format: choose!(log_format).unwrap_or(LogFormat::Pretty),
            log: choose!(log).unwrap_or_else(|| "info,sqlx=warn,async_nats=warn".to_owned()),
            commit_lanes: choose!(commit_lanes).unwrap_or(2),
            projection_workers: choose!(projection_workers).unwrap_or(1),
            in_flight: choose!(in_flight).unwrap_or(512),
            rate_per_key: choose!(rate_per_key).unwrap_or(10_000),
            cache_mib: choose!(cache_mib).unwrap_or(64),
            link_secret: choose!(link_secret),
            secret_key: choose!(secret_key),
            signing_key: choose!(signing_key),
            smtp_url: choose!(smtp_url),
            mail_from: choose!(mail_from),
            attachments: choose!(attachments),
            provider_plain_http: choose!(provider_plain_http).unwrap_or(false),
            provider_private_networks: choose!(provider_private_networks).unwrap_or(false),
            origins,
        })
    }

    /// Whether there is a server to send mail through, and an address that it comes from.
    pub fn sends_mail(&self) -> bool {
        self.smtp_url.is_some() && self.mail_from.is_some()
    }
}

fn origin(given: bool, in_file: bool) -> Origin {
    match (given, in_file) {
        (true, _) => Origin::Given,
        (false, true) => Origin::File,
        (false, false) => Origin::Default,
    }
}

fn from_file(path: &Path) -> anyhow::Result<Given> {
    match std::fs::read_to_string(path) {
        Ok(text) => toml::from_str(&text).with_context(|| format!("{} cannot be read", path.display())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Given::default()),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}
