//! `/v1/comments` and `/v1/mentions`: what people say about documents and parties, and what each is called to.

use quittance_application::Context;
use quittance_application::comment::WriteComment;
use quittance_application::single::Single;
use quittance_domain::comment::{Comment, CommentCommand};
use quittance_domain::ids::{CommentId, UserId};
use quittance_domain::subject::Subject;
use quittance_projections::comment::{self, CommentFilter, CommentView};
use quittance_projections::mention::{self, MentionFilter, MentionView};
use quittance_projections::message::{self, UnreadOfVendor};
use quittance_projections::{Page, PageOf};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use crate::committed::{CommandAnswer, Committed};
use crate::order::{Nothing, Order};
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, Id, MinPosition, Reading};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CommentBody {
    subject: Subject,
    /// Calls everybody whose address stands in it behind an `@`.
    #[schema(example = "@bob@acme.example, is this the second box?")]
    text: String,
    /// Further people whom it calls.
    #[serde(default)]
    mentions: Vec<UserId>,
}

/// Say something about a document or a party. Whom it calls has it to read.
#[utoipa::path(post, path = "/v1/comments", tag = "conversations", request_body = CommentBody,
    responses((status = 201, body = CommandAnswer), Refusals))]
pub async fn write_comment(order: Order<CommentBody>) -> Result<Committed, Problem> {
    order.create("/v1/comments", write).await
}

pub fn write(id: CommentId, body: CommentBody, _: &Context) -> Result<WriteComment, Problem> {
    Ok(WriteComment { id, subject: body.subject, text: body.text, mentions: body.mentions })
}

/// Comments, the oldest first: those about one thing by its kind and id.
#[utoipa::path(get, path = "/v1/comments", tag = "conversations", params(CommentFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<CommentView>), Refusals))]
pub async fn list_comments(
    mut read: Reading,
    Filter(filter): Filter<CommentFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<CommentView>>, Problem> {
    let found = comment::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// The caller has read a comment that mentions them.
#[utoipa::path(post, path = "/v1/comments/{id}/mark-read", tag = "conversations", request_body = Nothing,
    params(("id" = CommentId, Path)), responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn mark_comment_read(Id(id): Id<CommentId>, order: Order<Nothing>) -> Result<Committed, Problem> {
    order.on(id, mark_read).await
}

pub fn mark_read(id: CommentId, _: Nothing, ctx: &Context) -> Result<Single<Comment>, Problem> {
    Ok(Single::on(id, CommentCommand::MarkRead { by: ctx.actor }))
}

/// The comments that mention the caller, the oldest first.
#[utoipa::path(get, path = "/v1/mentions", tag = "conversations", params(MentionFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<MentionView>), Refusals))]
pub async fn list_mentions(
    mut read: Reading,
    Filter(filter): Filter<MentionFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<MentionView>>, Problem> {
    let found = mention::list(&mut read.tx, read.caller.user, &filter, &page).await?;
    Ok(read.answer(found))
}

#[derive(Debug, Serialize, ToSchema)]
pub struct Unread {
    /// Comments that mention the caller.
    mentions: i64,
    /// Messages from vendors that nobody of us has read.
    messages: i64,
    /// The same by vendor, the most first; at most a hundred vendors.
    vendors: Vec<UnreadOfVendor>,
}

/// What the caller has not read.
#[utoipa::path(get, path = "/v1/unread", tag = "conversations", params(MinPosition),
    responses((status = 200, body = Unread), Refusals))]
pub async fn count_unread(mut read: Reading) -> Result<Fresh<Unread>, Problem> {
    let mentions = mention::unread(&mut read.tx, read.caller.user).await?;
    let (messages, vendors) = message::unread(&mut read.tx).await?;
    Ok(read.answer(Unread { mentions, messages, vendors }))
}
