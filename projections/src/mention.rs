//! What each person is called to in comments, and what of it they have not read.

use chrono::{DateTime, Utc};
use quittance_application::ports::Later;
use quittance_domain::aggregate::derived_id;
use quittance_domain::comment::{CommentEvent, Remark};
use quittance_domain::ids::{CommentId, UserId};
use quittance_domain::subject::{Subject, SubjectKind};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::projector::{Memory, ProjectionError, Projector};
use crate::row;
use crate::rows::Rows;
use crate::word::Word;

row! {
    pub struct MentionRow in "mentions" {
        mention_id: Uuid,
        position: i64,
        user_id: Uuid,
        comment_id: Uuid,
        subject_kind: Word<SubjectKind>,
        subject_id: Uuid,
        text: String,
        written_by: Uuid,
        written_at: DateTime<Utc>,
        read_at: Option<DateTime<Utc>>,
    }
}

pub struct Mentions;

impl Projector for Mentions {
    fn name(&self) -> &'static str {
        "mentions"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["mentions"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<MentionRow>();
            rows.fetch(tx, events.iter().filter_map(read)).await?;
            for at in events {
                fold(rows, at)?;
            }
            rows.flush(tx).await
        })
    }
}

/// One comment calls one person once.
fn mention_id(comment: Uuid, user: UserId) -> Uuid {
    derived_id(&[b"mention", comment.as_bytes(), user.0.as_bytes()])
}

fn read(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::Comment(CommentEvent::Read { by }) => Some(mention_id(at.aggregate_id, *by)),
        _ => None,
    }
}

fn fold(rows: &mut Rows<MentionRow>, at: &Recorded) -> Result<(), ProjectionError> {
    match &at.fact {
        Fact::Comment(CommentEvent::Written(remark)) => remark.mentions.iter().for_each(|user| rows.put(called(*user, remark, at))),
        Fact::Comment(CommentEvent::Read { by }) => {
            let row = rows.change(&mention_id(at.aggregate_id, *by)).ok_or_else(|| poison(at, "who read a comment was not mentioned"))?;
            (row.position, row.read_at) = (at.position, Some(at.recorded_at));
        }
        _ => {}
    }
    Ok(())
}

fn called(user: UserId, remark: &Remark, at: &Recorded) -> MentionRow {
    MentionRow {
        mention_id: mention_id(at.aggregate_id, user),
        position: at.position,
        user_id: user.0,
        comment_id: at.aggregate_id,
        subject_kind: Word(remark.subject.kind),
        subject_id: remark.subject.id,
        text: remark.text.clone(),
        written_by: remark.by.0,
        written_at: at.recorded_at,
        read_at: None,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MentionView {
    pub comment_id: CommentId,
    pub subject: Subject,
    pub text: String,
    pub written_by: UserId,
    pub written_at: DateTime<Utc>,
    pub read_at: Option<DateTime<Utc>>,
}

impl From<MentionRow> for MentionView {
    fn from(row: MentionRow) -> Self {
        Self {
            comment_id: CommentId(row.comment_id),
            subject: Subject { kind: row.subject_kind.0, id: row.subject_id },
            text: row.text,
            written_by: UserId(row.written_by),
            written_at: row.written_at,
            read_at: row.read_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MentionFilter {
    /// Only those that are not read yet, or only those that are.
    pub unread: Option<bool>,
}

const SORTS: &[Sort<MentionRow>] =
    &[Sort { name: "written_at", column: "written_at", cast: "timestamptz", key: |row| row.written_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, user: UserId, filter: &MentionFilter, page: &Page) -> Result<PageOf<MentionView>, QueryError> {
    let found = Listing::<MentionRow>::of(tx)
        .when("user_id = ?", Some(user.0))
        .when("(read_at is null) = ?", filter.unread)
        .page(tx, SORTS, &(user, filter), page)
        .await?;
    Ok(found.map(MentionView::from))
}

pub async fn unread(tx: &mut TenantTx, user: UserId) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    let query = "select count(*) from mentions where tenant_id = $1 and user_id = $2 and read_at is null";
    sqlx::query_scalar(query).bind(tenant.0).bind(user.0).fetch_one(&mut **tx).await
}
