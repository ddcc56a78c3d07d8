//! The day at a glance, payments, and what is owed and how late.

use std::collections::HashMap;

use askama::Template;
use axum::response::Html;
use quittance_domain::ids::{PaymentId, UserId};
use quittance_projections::ageing::{self, Ageing, AgeingFilter};
use quittance_projections::dashboard::{self, Dashboard};
use quittance_projections::payment::{self, PaymentDetail, PaymentFilter, PaymentSummary};
use quittance_projections::{Page, PageOf, user};

use super::{Visitor, shown, words};
use crate::problem::Problem;
use crate::reading::{Filter, Id, Reading};

#[derive(Template)]
#[template(path = "console/overview.html")]
struct Overview {
    visitor: Visitor,
    day: Dashboard,
}

pub async fn overview(mut read: Reading) -> Result<Html<String>, Problem> {
    let (me, today) = (read.caller.user, read.today());
    let day = dashboard::dashboard(&mut read.tx, me, today).await?;
    shown(&Overview { visitor: Visitor::of(&mut read).await?, day })
}

#[derive(Template)]
#[template(path = "console/payments.html")]
struct Payments {
    visitor: Visitor,
    found: PageOf<PaymentSummary>,
}

pub async fn payments(mut read: Reading, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let found = payment::list(&mut read.tx, &PaymentFilter::default(), &page).await?;
    shown(&Payments { visitor: Visitor::of(&mut read).await?, found })
}

#[derive(Template)]
#[template(path = "console/payment.html")]
struct Payment {
    visitor: Visitor,
    payment: PaymentDetail,
    people: HashMap<UserId, String>,
}

pub async fn payment(Id(id): Id<PaymentId>, mut read: Reading) -> Result<Html<String>, Problem> {
    let payment = payment::get(&mut read.tx, id).await?.ok_or_else(Problem::not_found)?;
    let involved: Vec<UserId> = std::iter::once(payment.summary.planned_by).chain(payment.summary.authorised_by).collect();
    let people = user::names(&mut read.tx, &involved).await?;
    shown(&Payment { visitor: Visitor::of(&mut read).await?, payment, people })
}

#[derive(Template)]
#[template(path = "console/ageing.html")]
struct AgeingPage {
    visitor: Visitor,
    ageing: Ageing,
}

pub async fn ageing(mut read: Reading, Filter(filter): Filter<AgeingFilter>, Filter(page): Filter<Page>) -> Result<Html<String>, Problem> {
    let today = read.today();
    let filter = AgeingFilter { as_of: filter.as_of.or(Some(today)), ..filter };
    let ageing = ageing::ageing(&mut read.tx, &filter, &page, today).await?;
    shown(&AgeingPage { visitor: Visitor::of(&mut read).await?, ageing })
}
