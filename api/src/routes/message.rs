//! `/v1/messages`: what is said between us and a vendor, in both directions.

use quittance_application::Context;
use quittance_application::message::WriteMessage;
use quittance_application::single::Single;
use quittance_domain::ids::{MessageId, VendorId};
use quittance_domain::message::{Correspondent, Message, MessageCommand};
use quittance_domain::subject::Subject;
use quittance_projections::message::{self, MessageFilter, MessageView};
use quittance_projections::{Page, PageOf};
use serde::Deserialize;
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VendorMessageBody {
    vendor_id: VendorId,
    /// What it is about, where it is about one thing.
    subject: Option<Subject>,
    text: String,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReceivedMessageBody {
    vendor_id: VendorId,
    /// What it is about, where it is about one thing.
    subject: Option<Subject>,
    text: String,
    /// Who at the vendor's wrote it.
    #[schema(example = "frieda@muster.example")]
    from_email: String,
}

/// Write to a vendor. The message is kept for the vendor to read; no mail is sent.
#[utoipa::path(post, path = "/v1/messages", tag = "conversations", request_body = VendorMessageBody,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn write_message(order: Order<VendorMessageBody>) -> Result<Committed, Problem> {
    order.create("/v1/messages", write).await
}

pub fn write(id: MessageId, body: VendorMessageBody, _: &Context) -> Result<WriteMessage, Problem> {
    Ok(WriteMessage { id, vendor: body.vendor_id, subject: body.subject, text: body.text, from_email: None })
}

/// Write down what a vendor wrote to us.
#[utoipa::path(post, path = "/v1/messages/received", tag = "conversations", request_body = ReceivedMessageBody,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn record_message(order: Order<ReceivedMessageBody>) -> Result<Committed, Problem> {
    order.create("/v1/messages", record).await
}

pub fn record(id: MessageId, body: ReceivedMessageBody, _: &Context) -> Result<WriteMessage, Problem> {
    Ok(WriteMessage { id, vendor: body.vendor_id, subject: body.subject, text: body.text, from_email: Some(body.from_email) })
}

/// Messages with vendors, the oldest first.
#[utoipa::path(get, path = "/v1/messages", tag = "conversations", params(MessageFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<MessageView>), Refusals))]
pub async fn list_messages(
    mut read: Reading,
    Filter(filter): Filter<MessageFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<MessageView>>, Problem> {
    let found = message::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// Somebody of us has read what a vendor wrote; it is read for all of us then.
#[utoipa::path(post, path = "/v1/messages/{id}/mark-read", tag = "conversations", request_body = Nothing,
    params(("id" = MessageId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn mark_message_read(Id(id): Id<MessageId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, mark_read).await
}

pub fn mark_read(id: MessageId, _: Nothing, ctx: &Context) -> Result<Single<Message>, Problem> {
    Ok(Single::on(id, MessageCommand::MarkRead { by: Correspondent::User(ctx.actor) }))
}
