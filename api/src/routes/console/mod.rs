//! The console: what is running, and for who signs in with a key the books as a person reads them. It only ever reads.

mod customer;
mod history;
mod invoice;
mod money;
mod receivable;
mod running;
mod session;
mod stock;
mod words;

use askama::Template;
use axum::extract::{MatchedPath, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, middleware};
use quittance_projections::{company, user};

use super::invoice::query::get_invoice_original;
use crate::app::App;
use crate::auth::{Caller, OperationName, paced};
use crate::layers;
use crate::problem::Problem;
use crate::reading::Reading;

const SIGN_IN: &str = "/console/sign-in";

/// Every page for somebody signed in, and the operation of the API whose permission it needs: it shows what that answers.
const PAGES: &[(&str, &str)] = &[
    ("/console", "dashboard"),
    ("/console/invoices", "list_invoices"),
    ("/console/invoices/{id}", "get_invoice"),
    ("/console/invoices/{id}/original", "get_invoice_original"),
    ("/console/inbox", "approvals_inbox"),
    ("/console/payments", "list_payments"),
    ("/console/payments/{id}", "get_payment"),
    ("/console/customers", "list_customers"),
    ("/console/customers/{id}", "get_customer"),
    ("/console/receivables", "list_receivables"),
    ("/console/stock", "list_stock"),
    ("/console/ageing", "ap_ageing"),
    ("/console/audit", "list_audit_trail"),
    ("/console/audit/{position}", "get_audit_entry"),
];

pub fn router(app: &App) -> Router<App> {
    let pages = Router::new()
        .route("/console", get(money::overview))
        .route("/console/invoices", get(invoice::list))
        .route("/console/invoices/{id}", get(invoice::one))
        .route("/console/invoices/{id}/original", get(get_invoice_original))
        .route("/console/inbox", get(invoice::inbox))
        .route("/console/payments", get(money::payments))
        .route("/console/payments/{id}", get(money::payment))
        .route("/console/customers", get(customer::list))
        .route("/console/customers/{id}", get(customer::one))
        .route("/console/receivables", get(receivable::list))
        .route("/console/stock", get(stock::list))
        .route("/console/ageing", get(money::ageing))
        .route("/console/audit", get(history::list))
        .route("/console/audit/{position}", get(history::one))
        .route_layer(from_fn_with_state(app.clone(), visitor))
        .layer(from_fn_with_state(app.clone(), layers::admit));
    let session = Router::new()
        .route(SIGN_IN, get(session::form).post(session::sign_in))
        .route("/console/sign-out", post(session::sign_out))
        .layer(from_fn_with_state(app.clone(), layers::admit));
    let open = Router::new().route("/", get(running::page)).route("/console.css", get(style));
    pages.merge(session).merge(open).layer(middleware::map_response(as_page))
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css")], include_str!("../../../assets/console.css"))
}

/// The cookie stands for the header; everything behind it is judged as for the API.
async fn visitor(State(app): State<App>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let caller = match session::key(request.headers()) {
        Some(bearer) => {
            request.headers_mut().insert(header::AUTHORIZATION, bearer);
            Caller::of(&app, request.headers()).await
        }
        None => Err(Problem::unauthenticated()),
    };
    let caller = match caller {
        Err(problem) if problem.status == StatusCode::UNAUTHORIZED => return Ok(Redirect::to(SIGN_IN).into_response()),
        caller => caller?,
    };
    if let Err(too_fast) = paced(&app, &caller) {
        return Ok(too_fast);
    }
    let path = request.extensions().get::<MatchedPath>().map(|p| p.as_str().to_owned()).unwrap_or_default();
    let (_, operation) = PAGES.iter().find(|(page, _)| *page == path).ok_or_else(Problem::not_found)?;
    caller.may(operation)?;
    request.extensions_mut().insert(caller);
    request.extensions_mut().insert(OperationName((*operation).to_owned()));
    let mut response = next.run(request).await;
    response.extensions_mut().insert(OperationName(format!("console_{operation}")));
    Ok(response)
}

#[derive(Template)]
#[template(path = "console/problem.html")]
struct ProblemPage {
    problem: Problem,
}

/// A person is told what went wrong on a page like the others.
pub async fn as_page(mut response: Response) -> Response {
    let Some(problem) = response.extensions_mut().remove::<Problem>() else { return response };
    let status = response.status();
    match (ProblemPage { problem }).render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => status.into_response(),
    }
}

/// Whose books a page is of, and who reads it.
struct Visitor {
    company: String,
    person: String,
}

impl Visitor {
    async fn of(read: &mut Reading) -> Result<Self, Problem> {
        let me = read.caller.user;
        let company = company::get(&mut read.tx).await?.map(|company| company.name).unwrap_or_default();
        let person = user::names(&mut read.tx, &[me]).await?.remove(&me).unwrap_or_default();
        Ok(Self { company, person })
    }
}

fn shown(page: &impl Template) -> Result<Html<String>, Problem> {
    page.render().map(Html).map_err(|error| Problem::unavailable(&error))
}
