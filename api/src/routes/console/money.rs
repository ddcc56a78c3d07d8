//! The day at a glance, payments, and what is owed and how late.

use askama::Template;
use axum::response::Html;
use quittance_domain::ids::PaymentId;
use quittance_projections::ageing::{self, Ageing, AgeingFilter};
use quittance_projections::dashboard::{self, Dashboard};
use quittance_projections::payment::{self, PaymentDetail, PaymentFilter, PaymentSummary};
use quittance_projections::{Page, PageOf};

use super::{shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview {
    day: Dashboard,
}

pub async fn overview(mut read: Reading) -> Result<Html<String>, Problem> {
    let (me, today) = (read.caller.user, read.today());
    shown(&Overview { day: dashboard::dashboard(&mut read.tx, me, today).await? })
}

#[derive(Template)]
#[template(path = "console/payments.html")]
struct Payments {
    found: PageOf<PaymentSummary>,
}

pub async fn payments(mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    shown(&Payments { found: payment::list(&mut read.tx, &PaymentFilter::default(), &page).await? })
}

#[derive(Template)]
#[template(path = "console/payment.html")]
struct Payment {
    payment: PaymentDetail,
}

pub async fn payment(Id(id): Id<PaymentId>, mut read: Reading) -> Result<Html<String>, Problem> {
    let payment = payment::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    shown(&Payment { payment })
}

#[derive(Template)]
#[template(path = "console/ageing.html")]
struct AgeingPage {
    ageing: Ageing,
}

pub async fn ageing(mut read: Reading, Filter(filter): Filter<AgeingFilter>, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let today = read.today();
    let filter = AgeingFilter { as_of: filter.as_of.or(Some(today)), ..filter };
    shown(&AgeingPage { ageing: ageing::ageing(&mut read.tx, &filter, &page, today).await? })
}
