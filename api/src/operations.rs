//! Every operation of the OpenAPI document, found by route and method: what it declares is what is let in.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::ensure;
use axum::extract::Request;
use axum::http::{HeaderMap, Method, header};
use serde_json::Value;

use crate::accept::Accept;
use crate::list_columns::{self, Columns};
use crate::period;
use crate::permissions::{PERMISSIONS, roles_for};
use crate::problem::Problem;

#[derive(Clone, Default)]
pub struct Operations(Arc<HashMap<(Method, String), Operation>>);

/// One operation: its id, the query parameters that it knows, the media types that it takes and gives.
#[derive(Clone)]
pub struct Operation {
    pub id: String,
    query: Vec<String>,
    takes: Vec<String>,
    gives: Vec<String>,
    /// Of a list that is also given as a file.
    pub columns: Option<Arc<Columns>>,
}

impl Operations {
    /// Reads them off the OpenAPI document; every operation needs a row in the permission table and the reverse.
    pub fn of(document: &Value) -> anyhow::Result<Self> {
        let mut found = HashMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let (Ok(method), Some(id)) = (Method::from_bytes(method.to_uppercase().as_bytes()), operation["operationId"].as_str())
                else {
                    continue;
                };
                ensure!(roles_for(id).is_some(), "operation {id} has no row in the permission table");
                found.insert((method, path.clone()), Operation::of(id, operation, document));
            }
        }
        for (name, _) in PERMISSIONS {
            ensure!(found.values().any(|operation| operation.id == *name), "the permission table names {name}, which is no operation");
        }
        Ok(Self(Arc::new(found)))
    }

    pub fn at(&self, method: &Method, path: &str) -> Option<&Operation> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned()))
    }
}

impl Operation {
    fn of(id: &str, described: &Value, document: &Value) -> Self {
        let parameters = described["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
        let answers = described["responses"].as_object().into_iter().flatten().filter(|(status, _)| status.starts_with('2'));
        Self {
            id: id.to_owned(),
            query: parameters.filter_map(|p| p["name"].as_str().map(str::to_owned)).collect(),
            takes: media_types(&described["requestBody"]["content"]),
            gives: answers.flat_map(|(_, answer)| media_types(&answer["content"])).collect(),
            columns: described["x-list"].as_bool().and_then(|_| list_columns::of_list(document, described)).map(Arc::new),
        }
    }

    /// Refuses what the operation does not know, before any of it is read.
    pub fn admit(&self, request: &Request) -> Result<(), Problem> {
        self.check_query(request.uri().query())?;
        self.check_content_type(request.headers())?;
        self.check_accept(request.headers())
    }

    /// A misspelt filter would answer everything, a period turned round nothing: they are refused.
    pub fn check_query(&self, query: Option<&str>) -> Result<(), Problem> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        for name in pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name)) {
            if !self.query.iter().any(|known| known == name) {
                let known = if self.query.is_empty() { "none".to_owned() } else { self.query.join(", ") };
                return Err(Problem::malformed(format!("a query parameter is not known here; known: {known}")));
            }
        }
        period::check(query.unwrap_or_default())
    }

    /// A body without a type is looked at; one of another type is not. Without a body its type says nothing.
    fn check_content_type(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let empty =
            headers.get(header::CONTENT_LENGTH).is_none_or(|length| length == "0") && !headers.contains_key(header::TRANSFER_ENCODING);
        if !empty && headers.get(header::CONTENT_ENCODING).is_some_and(|coding| coding != "identity") {
            return Err(Problem::content_coding_unsupported());
        }
        match headers.get(header::CONTENT_TYPE) {
            Some(given) if !empty && !self.takes.is_empty() => {
                let given = given.to_str().map(essence).unwrap_or_default();
                if self.takes.iter().any(|taken| is_one(&given, taken)) {
                    Ok(())
                } else {
                    Err(Problem::unsupported_media_type(&self.takes))
                }
            }
            _ => Ok(()),
        }
    }

    fn check_accept(&self, headers: &HeaderMap) -> Result<(), Problem> {
        // What came in goes out as it was: its type is not known before.
        if self.gives.is_empty() || self.gives.iter().any(|given| given == "application/octet-stream") {
            return Ok(());
        }
        let accept = Accept::of(headers);
        if self.gives.iter().any(|given| accept.takes(given)) { Ok(()) } else { Err(Problem::not_acceptable(&self.gives)) }
    }
}

fn media_types(content: &Value) -> Vec<String> {
    content.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect()
}

/// The media type without its parameters.
pub(crate) fn essence(value: &str) -> String {
    value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// XML has many names. Bytes of no type may be any document, but no JSON.
pub(crate) fn is_one(named: &str, known: &str) -> bool {
    match known {
        "*/*" => true,
        "application/xml" => named == known || named == "text/xml" || named.ends_with("+xml") || named == "application/octet-stream",
        _ => named == known,
    }
}
