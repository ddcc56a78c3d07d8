//! Customers: who buys from the company.

use quittance_application::Context;
use quittance_application::customer::{ChangeCustomer, MergeCustomer, RegisterCustomer};
use quittance_application::single::Single;
use quittance_domain::customer::{Customer, CustomerCommand, CustomerDetails};
use quittance_domain::ids::CustomerId;
use quittance_projections::customer::{self, CustomerFilter, CustomerView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use super::vendor::ReasonBody;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

/// Register a customer: who it is, what it agreed to, where its sales are booked. One with the same official ids, or the same name where
/// it has none, is registered once. Its payment terms are adopted before, and its coding is to what the chart has.
#[utoipa::path(post, path = "/v1/customers", tag = "customers", request_body = CustomerDetails,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn register_customer(order: Order<CustomerDetails>) -> Result<Committed, Problem> {
    order.create("/v1/customers", register).await
}

pub fn register(id: CustomerId, details: CustomerDetails, _: &Context) -> Result<RegisterCustomer, Problem> {
    Ok(RegisterCustomer { id, details })
}

/// Change what is known of a customer. Replaces all of it: what is not stated is not known any more.
#[utoipa::path(post, path = "/v1/customers/{id}", tag = "customers", request_body = CustomerDetails, params(("id" = CustomerId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn change_customer(Id(id): Id<CustomerId>, order: Order<CustomerDetails>) -> Result<Committed, Problem> {
    order.on(id, change).await
}

pub fn change(id: CustomerId, details: CustomerDetails, _: &Context) -> Result<ChangeCustomer, Problem> {
    Ok(ChangeCustomer { id, details })
}

/// Block a customer, with a reason. Its data may still be changed.
#[utoipa::path(post, path = "/v1/customers/{id}/block", tag = "customers", request_body = ReasonBody, params(("id" = CustomerId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn block_customer(Id(id): Id<CustomerId>, order: Order<ReasonBody>) -> Result<Committed, Problem> {
    order.on(id, block).await
}

pub fn block(id: CustomerId, body: ReasonBody, ctx: &Context) -> Result<Single<Customer>, Problem> {
    Ok(Single::on(id, CustomerCommand::Block { reason: body.given()?, by: ctx.actor }))
}

/// Lift a customer's block.
#[utoipa::path(post, path = "/v1/customers/{id}/unblock", tag = "customers", request_body = Nothing, params(("id" = CustomerId, Path)),
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn unblock_customer(Id(id): Id<CustomerId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, unblock).await
}

pub fn unblock(id: CustomerId, _: Nothing, ctx: &Context) -> Result<Single<Customer>, Problem> {
    Ok(Single::on(id, CustomerCommand::Unblock { by: ctx.actor }))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CustomerMergeBody {
    /// The customer that goes on.
    into: CustomerId,
}

/// Merge a customer into another: they are one under two names. The merged one is never changed again and says who goes on in its place
/// (`survivor`), also when that one is merged in turn. A blocked customer is not merged. It cannot be taken back.
#[utoipa::path(post, path = "/v1/customers/{id}/merge", tag = "customers", request_body = CustomerMergeBody,
    params(("id" = CustomerId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn merge_customer(Id(id): Id<CustomerId>, order: Order<CustomerMergeBody>) -> Result<Committed, Problem> {
    order.on(id, merge).await
}

pub fn merge(id: CustomerId, body: CustomerMergeBody, _: &Context) -> Result<MergeCustomer, Problem> {
    Ok(MergeCustomer { id, into: body.into })
}

/// Customers, by name.
#[utoipa::path(get, path = "/v1/customers", tag = "customers", params(CustomerFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<CustomerView>), Refusals))]
pub async fn list_customers(
    mut read: Reading,
    Filter(filter): Filter<CustomerFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<CustomerView>>, Problem> {
    let found = customer::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// One customer.
#[utoipa::path(get, path = "/v1/customers/{id}", tag = "customers", params(("id" = CustomerId, Path), MinPosition),
    responses((status = 200, body = CustomerView), Refusals))]
pub async fn get_customer(Id(id): Id<CustomerId>, mut read: Reading) -> Result<Fresh<CustomerView>, Problem> {
    let found = customer::get(&mut read.tx, id).await?;
    read.found(found)
}
