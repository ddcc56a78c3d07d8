//! `quittance call`: any operation of the REST API without a server, by the same guards, permissions, problems and idempotency keys, as
//! whoever the key names. What has a command of its own beside it is easier to type there; what has none is here.

use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail, ensure};
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{Request, Response, header};
use clap::Args;
use serde_json::Value;
use tower::ServiceExt as _;
use url::form_urlencoded;

use super::session::{Key, Session};
use super::words::tell;
use crate::server::in_process;
use crate::settings::Settings;
use crate::sheet::MEDIA_TYPE;
use crate::system::System;

/// As much as any upload is.
const ANSWER_BYTES_MAX: usize = 1 << 30;

#[derive(Args)]
pub struct Call {
    /// The operation as the OpenAPI document names it, with hyphens or underscores: `list-vendors`, `issue-receivable`. Without one all are
    /// listed.
    operation: Option<String>,
    /// What its path and its query take: `id=01890c5e-… status=blocked limit=50`.
    #[arg(value_name = "NAME=VALUE")]
    parameters: Vec<String>,
    /// What is sent: a file, or `-` for standard input. `{}` where the operation takes JSON and nothing is given.
    #[arg(long, value_name = "FILE")]
    body: Option<PathBuf>,
    /// Of a list or a report: a table instead of JSON.
    #[arg(long)]
    csv: bool,
    /// Into this file: a table where it is named .csv or .xlsx, else as it is answered.
    #[arg(long, value_name = "FILE", conflicts_with = "csv")]
    into: Option<PathBuf>,
    /// Only if this is still the version of what is changed.
    #[arg(long, value_name = "VERSION")]
    if_match: Option<String>,
    /// Given again with this key, what changes something answers as the first time and does nothing. A fresh one where absent.
    #[arg(long, value_name = "KEY")]
    idempotency_key: Option<String>,
    #[command(flatten)]
    key: Key,
}

/// One operation of the OpenAPI document.
struct Operation {
    id: String,
    method: String,
    path: String,
    summary: String,
    /// What it takes, if it takes anything.
    takes: Vec<String>,
}

pub async fn run(settings: Settings, call: Call) -> anyhow::Result<()> {
    if call.operation.is_none() {
        return call.lists();
    }
    let system = Arc::new(System::open_kept(settings).await?);
    let told = match system.start_workers().await {
        Ok(()) => call.carried_out(&system).await,
        Err(error) => Err(error),
    };
    if let Ok(system) = Arc::try_unwrap(system) {
        system.close().await;
    }
    tell(&told?)
}

impl Call {
    /// Does it; what is to be printed.
    pub async fn carried_out(self, system: &Arc<System>) -> anyhow::Result<Vec<u8>> {
        let operation = self.wanted()?;
        let session = Session::begin(system, &self.key).await?;
        // Whoever asks has what was recorded until now.
        drop(session.reads(&operation.id).await?);
        let request = self.request(&operation, system)?;
        let answer = in_process(system.clone())?.oneshot(request).await?;
        let (told, position) = read(answer).await?;
        if let Some(position) = position {
            system.settled(session.caller.tenant, position).await?;
        }
        let Some(into) = &self.into else { return Ok(told) };
        std::fs::write(into, &told).with_context(|| format!("{} cannot be written", into.display()))?;
        Ok(format!("{}\n", into.display()).into_bytes())
    }

    fn lists(&self) -> anyhow::Result<()> {
        let mut told = String::new();
        for Operation { id, method, path, summary, .. } in operations()? {
            writeln!(told, "{:<34} {method:<4} {path}\n    {summary}", id.replace('_', "-"))?;
        }
        tell(told.as_bytes())
    }

    fn wanted(&self) -> anyhow::Result<Operation> {
        let named = self.operation.as_deref().unwrap_or_default().replace('-', "_");
        let mut all = operations()?;
        match all.iter().position(|operation| operation.id == named) {
            Some(index) => Ok(all.swap_remove(index)),
            None => bail!("there is no operation {named}; `quittance call` lists them"),
        }
    }

    fn request(&self, operation: &Operation, system: &System) -> anyhow::Result<Request<Body>> {
        let body = self.sent(operation)?;
        let key = self.idempotency_key.clone().unwrap_or_else(|| system.commands.ports().edge.new_id().to_string());
        let mut request = Request::builder()
            .method(operation.method.as_str())
            .uri(self.target(&operation.path)?)
            .header(header::AUTHORIZATION, format!("Bearer {}", self.key.given().unwrap_or_default()))
            .header(header::ACCEPT, self.accepts())
            .header(header::CONTENT_LENGTH, body.len());
        if operation.method != "GET" {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(version) = &self.if_match {
            request = request.header(header::IF_MATCH, format!("\"{}\"", version.trim_matches('"')));
        }
        if let Some(media_type) = operation.media_type(self.body.as_deref()) {
            request = request.header(header::CONTENT_TYPE, media_type);
        }
        Ok(request.body(Body::from(body))?)
    }

    /// The path with its own parameters in it, and the others behind it.
    fn target(&self, path: &str) -> anyhow::Result<String> {
        let mut path = path.to_owned();
        let mut query = form_urlencoded::Serializer::new(String::new());
        for parameter in &self.parameters {
            let (name, value) = parameter.split_once('=').with_context(|| format!("{parameter} is no NAME=VALUE"))?;
            let place = format!("{{{name}}}");
            if path.contains(&place) {
                path = path.replace(&place, &form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>());
            } else {
                query.append_pair(name, value);
            }
        }
        if let Some((_, rest)) = path.split_once('{') {
            bail!("the operation is about something: {}=…", rest.split('}').next().unwrap_or_default());
        }
        let query = query.finish();
        Ok(if query.is_empty() { path } else { format!("{path}?{query}") })
    }

    fn sent(&self, operation: &Operation) -> anyhow::Result<Bytes> {
        let Some(file) = &self.body else {
            let nothing = operation.takes.iter().any(|taken| taken == "application/json").then_some("{}");
            return Ok(Bytes::from(nothing.unwrap_or_default()));
        };
        ensure!(operation.method != "GET", "{} takes no body", operation.id);
        if file.as_os_str() != "-" {
            return Ok(std::fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?.into());
        }
        let mut text = Vec::new();
        std::io::stdin().lock().read_to_end(&mut text)?;
        Ok(text.into())
    }

    fn accepts(&self) -> &'static str {
        let named = self.into.as_deref().and_then(Path::extension).unwrap_or_default();
        match () {
            () if named.eq_ignore_ascii_case("xlsx") => MEDIA_TYPE,
            () if self.csv || named.eq_ignore_ascii_case("csv") => "text/csv",
            () => "*/*",
        }
    }
}

impl Operation {
    /// What a file is by its name, where the operation takes that; else what it takes first.
    fn media_type(&self, file: Option<&Path>) -> Option<&str> {
        let by_name = match file.and_then(Path::extension).and_then(|name| name.to_str()).unwrap_or_default() {
            "csv" => "text/csv",
            "xml" => "application/xml",
            "pdf" => "application/pdf",
            "zip" => "application/zip",
            "xlsx" => MEDIA_TYPE,
            _ => "application/json",
        };
        self.takes.iter().find(|taken| *taken == by_name).or_else(|| self.takes.first()).map(String::as_str).filter(|taken| *taken != "*/*")
    }
}

fn operations() -> anyhow::Result<Vec<Operation>> {
    let document = crate::openapi()?;
    let mut found = Vec::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for (method, described) in item.as_object().into_iter().flatten() {
            let Some(id) = described["operationId"].as_str() else { continue };
            found.push(Operation {
                id: id.to_owned(),
                method: method.to_uppercase(),
                path: path.clone(),
                summary: described["summary"].as_str().unwrap_or_default().to_owned(),
                takes: described["requestBody"]["content"].as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect(),
            });
        }
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(found)
}

/// What was answered, and as far as what has to be in the read models; what was refused is told with the fields that it points at.
async fn read(answer: Response<Body>) -> anyhow::Result<(Vec<u8>, Option<i64>)> {
    let (parts, body) = answer.into_parts();
    let endless = parts.headers.get(header::CONTENT_TYPE).is_some_and(|told| told.as_bytes().starts_with(b"text/event-stream"));
    ensure!(!endless, "what this operation tells has no end: a server sends it as it happens");
    let told = to_bytes(body, ANSWER_BYTES_MAX).await?;
    let json: Option<Value> = serde_json::from_slice(&told).ok();
    if !parts.status.is_success() {
        let problem = json.unwrap_or_default();
        let pointed = problem["errors"].as_array().into_iter().flatten();
        let pointed: Vec<String> = pointed.filter_map(|e| Some(format!("{}: {}", e["pointer"].as_str()?, e["detail"].as_str()?))).collect();
        let detail = if pointed.is_empty() { problem["detail"].as_str().unwrap_or_default().to_owned() } else { pointed.join("; ") };
        bail!("{detail} ({})", problem["code"].as_str().unwrap_or(parts.status.as_str()));
    }
    let Some(json) = json else { return Ok((told.into(), None)) };
    let mut pretty = serde_json::to_vec_pretty(&json)?;
    pretty.push(b'\n');
    Ok((pretty, json["position"].as_i64()))
}
