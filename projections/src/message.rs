//! Messages with vendors, and which of them their side has not read.

use chrono::{DateTime, Utc};
use quittance_domain::ids::{MessageId, UserId, VendorId};
use quittance_domain::message::{Correspondent, Direction, Message, MessageEvent};
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
    pub struct MessageRow in "messages" {
        message_id: Uuid,
        version: i64,
        position: i64,
        vendor_id: Uuid,
        subject_kind: Option<Word<SubjectKind>>,
        subject_id: Option<Uuid>,
        direction: Word<Direction>,
        author: Json<Correspondent>,
        text: String,
        recorded_by: Uuid,
        written_at: DateTime<Utc>,
        read_by: Option<Json<Correspondent>>,
        read_at: Option<DateTime<Utc>>,
    }
}

aggregate_row!(MessageRow, Message, Message);

impl MessageRow {
    fn began(event: &MessageEvent, at: &Recorded) -> Option<Self> {
        let MessageEvent::Written(letter) = event else { return None };
        Some(Self {
            message_id: at.aggregate_id,
            version: 0,
            position: 0,
            vendor_id: letter.vendor_id.0,
            subject_kind: letter.subject.map(|subject| Word(subject.kind)),
            subject_id: letter.subject.map(|subject| subject.id),
            direction: Word(letter.direction),
            author: Json(letter.author.clone()),
            text: letter.text.clone(),
            recorded_by: letter.by.0,
            written_at: at.recorded_at,
            read_by: None,
            read_at: None,
        })
    }

    fn on(&mut self, event: &MessageEvent, at: &Recorded) {
        if let MessageEvent::Read { by } = event {
            (self.read_by, self.read_at) = (Some(Json(by.clone())), Some(at.recorded_at));
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct MessageView {
    pub id: MessageId,
    pub version: i64,
    pub vendor_id: VendorId,
    pub subject: Option<Subject>,
    pub direction: Direction,
    pub author: Correspondent,
    pub text: String,
    /// The author, or who wrote down what the vendor said.
    pub recorded_by: UserId,
    pub written_at: DateTime<Utc>,
    /// The first of the side that it is for who read it.
    pub read_by: Option<Correspondent>,
    pub read_at: Option<DateTime<Utc>>,
}

impl From<MessageRow> for MessageView {
    fn from(row: MessageRow) -> Self {
        let subject = row.subject_kind.zip(row.subject_id).map(|(kind, id)| Subject { kind: kind.0, id });
        Self {
            id: MessageId(row.message_id),
            version: row.version,
            vendor_id: VendorId(row.vendor_id),
            subject,
            direction: row.direction.0,
            author: row.author.0,
            text: row.text,
            recorded_by: UserId(row.recorded_by),
            written_at: row.written_at,
            read_by: row.read_by.map(|by| by.0),
            read_at: row.read_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MessageFilter {
    pub vendor_id: Option<VendorId>,
    /// What the messages are about.
    pub subject_id: Option<Uuid>,
    pub direction: Option<Direction>,
    /// Only those that their side has not read yet, or only those that it has.
    pub unread: Option<bool>,
}

const SORTS: &[Sort<MessageRow>] =
    &[Sort { name: "written_at", column: "written_at", cast: "timestamptz", key: |row| row.written_at.to_rfc3339() }];

pub async fn list(tx: &mut TenantTx, filter: &MessageFilter, page: &Page) -> Result<PageOf<MessageView>, QueryError> {
    let found = Listing::<MessageRow>::of(tx)
        .when("vendor_id = ?", filter.vendor_id.map(Uuid::from))
        .when("subject_id = ?", filter.subject_id)
        .when("direction = ?", filter.direction.map(Word))
        .when("(read_at is null) = ?", filter.unread)
        .page(tx, SORTS, filter, page)
        .await?;
    Ok(found.map(MessageView::from))
}

/// How many messages of a vendor nobody of us has read.
#[derive(Clone, Debug, PartialEq, Serialize, sqlx::FromRow, ToSchema)]
pub struct UnreadOfVendor {
    #[schema(value_type = VendorId)]
    pub vendor_id: Uuid,
    pub unread: i64,
}

/// Vendors that are listed with a count of their own.
const VENDORS_MAX: i64 = 100;

/// All of them, and those of each vendor, the most first.
pub async fn unread(tx: &mut TenantTx) -> sqlx::Result<(i64, Vec<UnreadOfVendor>)> {
    let tenant = tx.tenant();
    let all = "select count(*) from messages where tenant_id = $1 and direction = 'inbound' and read_at is null";
    let all: i64 = sqlx::query_scalar(all).bind(tenant.0).fetch_one(&mut **tx).await?;
    let each = "select vendor_id, count(*) as unread from messages where tenant_id = $1 and direction = 'inbound' and read_at is null \
                group by vendor_id order by unread desc, vendor_id limit $2";
    let each = sqlx::query_as(each).bind(tenant.0).bind(VENDORS_MAX).fetch_all(&mut **tx).await?;
    Ok((all, each))
}
