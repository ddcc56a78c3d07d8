//! Who is calling, and whether they may: before any handler runs.

use std::collections::HashMap;
use std::sync::Arc;

use anyhow::ensure;
use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use quittance_domain::ids::{TenantId, UserId};
use quittance_domain::role::Role;
use utoipa::openapi::OpenApi;

use crate::app::App;
use crate::permissions::{PERMISSIONS, roles_for};
use crate::problem::Problem;

/// The person or program behind a request. The tenant comes from the credential alone.
#[derive(Clone, Debug)]
pub struct Caller {
    pub tenant: TenantId,
    pub user: UserId,
    pub roles: Arc<[Role]>,
}

impl Caller {
    /// The holder of the key in `headers`, as things stand now.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let secret = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.strip_prefix("Bearer "));
        let secret = secret.ok_or_else(Problem::unauthenticated)?;
        let now = app.system.commands.ports().edge.now();
        let holder = app.system.identity.authenticate(secret, now).await?.ok_or_else(Problem::unauthenticated)?;
        Ok(Self { tenant: holder.tenant, user: holder.user, roles: holder.roles.into() })
    }

    pub fn may(&self, operation: &str) -> Result<(), Problem> {
        let needed = roles_for(operation).ok_or_else(Problem::not_found)?;
        if self.roles.iter().any(|role| needed.contains(role)) {
            return Ok(());
        }
        let names: Vec<String> = needed.iter().map(ToString::to_string).collect();
        Err(Problem::role_missing(&names.join(", ")))
    }
}

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Self, Problem> {
        parts.extensions.get::<Self>().cloned().ok_or_else(Problem::unauthenticated)
    }
}

/// Which operation a method on a path is.
#[derive(Clone, Default)]
pub struct Operations(Arc<HashMap<(Method, String), Operation>>);

/// One operation: its id, and the query parameters that it knows.
#[derive(Clone)]
struct Operation {
    id: String,
    query: Vec<String>,
}

impl Operation {
    fn of(id: &str, described: &serde_json::Value) -> Self {
        let parameters = described["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query");
        Self { id: id.to_owned(), query: parameters.filter_map(|p| p["name"].as_str().map(str::to_owned)).collect() }
    }

    /// A misspelt filter would answer everything: it is refused.
    fn check_query(&self, query: Option<&str>) -> Result<(), Problem> {
        let pairs = query.unwrap_or_default().split('&').filter(|pair| !pair.is_empty());
        for name in pairs.map(|pair| pair.split_once('=').map_or(pair, |(name, _)| name)) {
            if !self.query.iter().any(|known| known == name) {
                let known = if self.query.is_empty() { "none".to_owned() } else { self.query.join(", ") };
                return Err(Problem::malformed(format!("a query parameter is not known here; known: {known}")));
            }
        }
        Ok(())
    }
}

impl Operations {
    /// Reads them off the OpenAPI document; every operation needs a row in the permission table and the reverse.
    pub fn of(api: &OpenApi) -> anyhow::Result<Self> {
        let document = serde_json::to_value(api)?;
        let mut found = HashMap::new();
        for (path, item) in document["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let (Ok(method), Some(id)) = (Method::from_bytes(method.to_uppercase().as_bytes()), operation["operationId"].as_str())
                else {
                    continue;
                };
                ensure!(roles_for(id).is_some(), "operation {id} has no row in the permission table");
                found.insert((method, path.clone()), Operation::of(id, operation));
            }
        }
        for (name, _) in PERMISSIONS {
            ensure!(found.values().any(|operation| operation.id == *name), "the permission table names {name}, which is no operation");
        }
        Ok(Self(Arc::new(found)))
    }

    fn at(&self, method: &Method, path: &str) -> Option<&Operation> {
        let method = if method == Method::HEAD { Method::GET } else { method.clone() };
        self.0.get(&(method, path.to_owned()))
    }
}

/// The operation that a request is, for metrics.
#[derive(Clone)]
pub struct OperationName(pub String);

pub async fn authenticate(
    State((app, operations)): State<(App, Operations)>,
    mut request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let caller = Caller::of(&app, request.headers()).await?;
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()).unwrap_or_default();
    let Some(operation) = operations.at(request.method(), &path) else {
        // A path that exists, asked with another method: the router says 405.
        return Ok(next.run(request).await);
    };
    caller.may(&operation.id)?;
    operation.check_query(request.uri().query())?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(OperationName(operation.id.clone()));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(OperationName(operation.id.clone()));
    Ok(response)
}
