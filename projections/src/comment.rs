//! Comments by what they are about.

use chrono::{DateTime, Utc};
use quittance_domain::comment::{Comment, CommentEvent};
use quittance_domain::ids::{CommentId, UserId};
use quittance_domain::subject::{Subject, SubjectKind};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct CommentRow in "comments" {
        comment_id: Uuid,
        version: i64,
        position: i64,
        subject_kind: Word<SubjectKind>,
        subject_id: Uuid,
        text: String,
        mentions: Json<Vec<UserId>>,
        read_by: Json<Vec<UserId>>,
        written_by: Uuid,
        written_at: DateTime<Utc>,
    }
}

aggregate_row!(CommentRow, Comment, Comment);

impl CommentRow {
    fn began(event: &CommentEvent, at: &Recorded) -> Option<Self> {
        let CommentEvent::Written(remark) = event else { return None };
        Some(Self {
            comment_id: at.aggregate_id,
            version: 0,
            position: 0,
            subject_kind: Word(remark.subject.kind),
            subject_id: remark.subject.id,
            text: remark.text.clone(),
            mentions: Json(remark.mentions.clone()),
            read_by: Json(vec![]),
            written_by: remark.by.0,
            written_at: at.recorded_at,
        })
    }

    fn on(&mut self, event: &CommentEvent, _: &Recorded) {
        if let CommentEvent::Read { by } = event {
            self.read_by.push(*by);
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CommentView {
    pub id: CommentId,
    pub version: i64,
    pub subject: Subject,
    pub text: String,
    /// Whom it calls.
    pub mentions: Vec<UserId>,
    /// Those of them who have read it.
    pub read_by: Vec<UserId>,
    pub written_by: UserId,
    pub written_at: DateTime<Utc>,
}

impl From<CommentRow> for CommentView {
    fn from(row: CommentRow) -> Self {
        Self {
            id: CommentId(row.comment_id),
            version: row.version,
            subject: Subject { kind: row.subject_kind.0, id: row.subject_id },
            text: row.text,
            mentions: row.mentions.0,
            read_by: row.read_by.0,
            written_by: UserId(row.written_by),
            written_at: row.written_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CommentFilter {
    pub subject_kind: Option<SubjectKind>,
    /// What the comments are about.
    pub subject_id: Option<Uuid>,
    pub written_by: Option<UserId>,
}

const SORTS: &[Sort<CommentRow>] =
    &[Sort { name: "written_at", column: "written_at", cast: "timestamptz", key: |row| row.written_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &CommentFilter, page: &Page) -> Result<PageOf<CommentView>, QueryError> {
    let found = Listing::<CommentRow>::of(tx)
        .when("subject_kind = ?", filter.subject_kind.map(Word))
        .when("subject_id = ?", filter.subject_id)
        .when("written_by = ?", filter.written_by.map(Uuid::from))
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(CommentView::from))
}
