//! Attachments: which files belong to what, also those that were detached.

use chrono::{DateTime, Utc};
use quittance_domain::attachment::{Attachment, AttachmentEvent};
use quittance_domain::ids::{AttachmentId, UserId};
use quittance_domain::subject::{Subject, SubjectKind};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct AttachmentRow in "attachments" {
        attachment_id: Uuid,
        version: i64,
        position: i64,
        subject_kind: Word<SubjectKind>,
        subject_id: Uuid,
        file_name: String,
        media_type: String,
        size_bytes: i64,
        sha256: String,
        added_by: Uuid,
        added_at: DateTime<Utc>,
        detached_by: Option<Uuid>,
        detached_at: Option<DateTime<Utc>>,
        detached_for: Option<String>,
    }
}

aggregate_row!(AttachmentRow, Attachment, Attachment);

impl AttachmentRow {
    fn began(event: &AttachmentEvent, at: &Recorded) -> Option<Self> {
        let AttachmentEvent::Added(file) = event else { return None };
        Some(Self {
            attachment_id: at.aggregate_id,
            version: 0,
            position: 0,
            subject_kind: Word(file.subject.kind),
            subject_id: file.subject.id,
            file_name: file.file_name.clone(),
            media_type: file.media_type.clone(),
            size_bytes: file.size_bytes as i64,
            sha256: file.sha256.clone(),
            added_by: file.by.0,
            added_at: at.recorded_at,
            detached_by: None,
            detached_at: None,
            detached_for: None,
        })
    }

    fn on(&mut self, event: &AttachmentEvent, at: &Recorded) {
        if let AttachmentEvent::Detached { reason, by } = event {
            (self.detached_by, self.detached_at, self.detached_for) = (Some(by.0), Some(at.recorded_at), Some(reason.clone()));
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AttachmentView {
    pub id: AttachmentId,
    pub version: i64,
    pub subject: Subject,
    pub file_name: String,
    /// As the sender declared it.
    pub media_type: String,
    pub size_bytes: i64,
    /// Of the bytes, hex.
    pub sha256: String,
    pub added_by: UserId,
    pub added_at: DateTime<Utc>,
    pub detached_by: Option<UserId>,
    pub detached_at: Option<DateTime<Utc>>,
    /// Why it was detached.
    pub detached_for: Option<String>,
}

impl From<AttachmentRow> for AttachmentView {
    fn from(row: AttachmentRow) -> Self {
        Self {
            id: AttachmentId(row.attachment_id),
            version: row.version,
            subject: Subject { kind: row.subject_kind.0, id: row.subject_id },
            file_name: row.file_name,
            media_type: row.media_type,
            size_bytes: row.size_bytes,
            sha256: row.sha256,
            added_by: UserId(row.added_by),
            added_at: row.added_at,
            detached_by: row.detached_by.map(UserId),
            detached_at: row.detached_at,
            detached_for: row.detached_for,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AttachmentFilter {
    pub subject_kind: Option<SubjectKind>,
    /// What the files belong to.
    pub subject_id: Option<Uuid>,
    /// Only those that were detached, or only those that were not.
    pub detached: Option<bool>,
}

const SORTS: &[Sort<AttachmentRow>] =
    &[Sort { name: "added_at", column: "added_at", cast: "timestamptz", key: |row| row.added_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &AttachmentFilter, page: &Page) -> Result<PageOf<AttachmentView>, QueryError> {
    let found = Listing::<AttachmentRow>::of(tx)
        .when("subject_kind = ?", filter.subject_kind.map(Word))
        .when("subject_id = ?", filter.subject_id)
        .when("(detached_at is not null) = ?", filter.detached)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(AttachmentView::from))
}

pub async fn get(tx: &mut TenantTx, id: AttachmentId) -> sqlx::Result<Option<AttachmentView>> {
    Ok(find::<AttachmentRow>(tx, id.0).await?.map(AttachmentView::from))
}
