//! Who is calling, and whether they may: before any handler runs.

use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use quittance_domain::ids::{KeyId, TenantId, UserId};
use quittance_domain::role::Role;
use quittance_infrastructure::identity::KeyHolder;

use crate::app::App;
use crate::lists;
use crate::operations::{Operation, Operations};
use crate::pace::Left;
use crate::permissions::roles_for;
use crate::problem::Problem;

/// The person or program behind a request. The tenant comes from the credential alone.
#[derive(Clone, Debug)]
pub struct Caller {
    pub tenant: TenantId,
    pub user: UserId,
    pub key: KeyId,
    pub roles: Arc<[Role]>,
    /// When the key ends, if ever.
    pub until: Option<DateTime<Utc>>,
}

impl From<KeyHolder> for Caller {
    fn from(holder: KeyHolder) -> Self {
        Self { tenant: holder.tenant, user: holder.user, key: holder.key, roles: holder.roles.into(), until: holder.expires_at }
    }
}

impl Caller {
    /// The holder of the key in `headers`, as things stand now.
    pub async fn of(app: &App, headers: &HeaderMap) -> Result<Self, Problem> {
        let given = headers.get(header::AUTHORIZATION).and_then(|v| v.to_str().ok()).and_then(|v| v.split_once(' '));
        // RFC 9110, 11.1: schemes are compared without regard to case.
        let bearer = given.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
        let (_, secret) = bearer.ok_or_else(Problem::unauthenticated)?;
        let now = app.system.commands.ports().edge.now();
        let holder = app.system.identity.authenticate(secret, now).await?.ok_or_else(Problem::unauthenticated)?;
        Ok(holder.into())
    }

    pub fn is_one_of(&self, roles: &[Role]) -> bool {
        self.roles.iter().any(|role| roles.contains(role))
    }

    pub fn may(&self, operation: &str) -> Result<(), Problem> {
        let needed = roles_for(operation).ok_or_else(Problem::not_found)?;
        if self.is_one_of(needed) {
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

/// The operation that a request is.
#[derive(Clone)]
pub struct OperationName(pub String);

pub async fn authenticate(State((app, operations)): State<(App, Operations)>, request: Request, next: Next) -> Response {
    let path = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str);
    let operation = operations.at(request.method(), path);
    let mut response = admitted(app, operation, request, next).await.unwrap_or_else(IntoResponse::into_response);
    // Also of what is refused it is counted which operation it was.
    if let Some(operation) = operation {
        response.extensions_mut().insert(OperationName(operation.id.clone()));
    }
    response
}

async fn admitted(app: App, operation: Option<&Operation>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let caller = Caller::of(&app, request.headers()).await?;
    let left = match paced(&app, &caller) {
        Ok(left) => left,
        Err(too_fast) => return Ok(too_fast),
    };
    // A path that exists, asked with another method: the router says 405.
    let Some(operation) = operation else { return Ok(next.run(request).await) };
    caller.may(&operation.id)?;
    operation.admit(&request)?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(OperationName(operation.id.clone()));
    let mut response = match operation.columns.as_ref().zip(lists::wanted(&request)) {
        Some((columns, format)) => {
            lists::as_file(app, columns.clone(), operation.id.trim_start_matches("list_"), format, request, next).await
        }
        None => next.run(request).await,
    };
    if let Some(left) = left {
        left.tell(response.headers_mut());
    }
    Ok(response)
}

/// What the caller's key has left; the answer that one gets who is too fast.
pub fn paced(app: &App, caller: &Caller) -> Result<Option<Left>, Response> {
    let Some(pace) = &app.pace else { return Ok(None) };
    pace.counts(caller.key).map(Some).map_err(|too_fast| {
        let mut response = too_fast.problem().into_response();
        too_fast.tell(response.headers_mut());
        response
    })
}
