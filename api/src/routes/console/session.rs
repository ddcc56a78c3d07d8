//! Signing in with an API key. The browser keeps it in a cookie that no script sees and no other site can send.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use serde::Deserialize;

use super::{SIGN_IN, shown};
use crate::app::App;
use crate::auth::Caller;
use crate::fields::Form;
use crate::problem::Problem;
use crate::settings::Environment;

const COOKIE: &str = "quittance_key";

#[derive(Template)]
#[template(path = "console/sign_in.html")]
struct SignIn {
    refused: bool,
}

#[derive(Deserialize)]
pub struct Credentials {
    key: String,
}

/// What the visitor's cookie says, as the header that the API reads.
pub fn key(headers: &HeaderMap) -> Option<HeaderValue> {
    let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|cookies| cookies.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == COOKIE).and_then(|(_, key)| bearer(key))
}

fn bearer(key: &str) -> Option<HeaderValue> {
    let mut value = HeaderValue::from_str(&format!("Bearer {}", key.trim())).ok()?;
    value.set_sensitive(true);
    Some(value)
}

pub async fn form() -> Result<Html<String>, Problem> {
    shown(&SignIn { refused: false })
}

pub async fn sign_in(State(app): State<App>, headers: HeaderMap, Form(given): Form<Credentials>) -> Result<Response, Problem> {
    refuse_other_sites(&headers)?;
    let authorization = bearer(&given.key).map(|value| HeaderMap::from_iter([(header::AUTHORIZATION, value)])).unwrap_or_default();
    match Caller::of(&app, &authorization).await {
        Ok(_) => {
            Ok((StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie(&app, given.key.trim())), (header::LOCATION, "/console".to_owned())])
                .into_response())
        }
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => {
            Ok((StatusCode::UNAUTHORIZED, shown(&SignIn { refused: true })?).into_response())
        }
        Err(problem) => Err(problem),
    }
}

pub async fn sign_out(State(app): State<App>, headers: HeaderMap) -> Result<Response, Problem> {
    refuse_other_sites(&headers)?;
    let forgotten = format!("{}; Max-Age=0", cookie(&app, ""));
    Ok(([(header::SET_COOKIE, forgotten)], Redirect::to(SIGN_IN)).into_response())
}

/// Kept until the browser is closed. In production it only travels over TLS.
fn cookie(app: &App, key: &str) -> String {
    let secure = if app.system.settings.environment == Environment::Production { "; Secure" } else { "" };
    format!("{COOKIE}={key}; Path=/console; HttpOnly; SameSite=Strict{secure}")
}

/// Browsers say where a form was sent from; another site must not sign anybody in or out.
fn refuse_other_sites(headers: &HeaderMap) -> Result<(), Problem> {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        None | Some(b"same-origin" | b"none") => Ok(()),
        Some(_) => Err(Problem::new(StatusCode::FORBIDDEN, "other_origin", "Not permitted", "this form was sent from another site")),
    }
}
