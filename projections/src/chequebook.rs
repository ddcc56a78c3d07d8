//! Chequebooks: the next number of each account, the numbers that were spoiled, the lists that its bank was given.

use chrono::NaiveDate;
use quittance_domain::chequebook::{Chequebook, ChequebookEvent, PositivePayFile, PositivePayLayout};
use quittance_domain::ids::{BankAccountId, ChequebookId};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::{aggregate_row, row};

row! {
    pub struct ChequebookRow in "chequebooks" {
        chequebook_id: Uuid,
        version: i64,
        position: i64,
        bank_account_id: Uuid,
        next_number: i64,
        voided: Json<Vec<VoidedNumberView>>,
        files: Json<Vec<PositivePayFile>>,
        layout: Json<PositivePayLayout>,
    }
}

aggregate_row!(ChequebookRow, Chequebook, Chequebook);

impl ChequebookRow {
    fn began(event: &ChequebookEvent, at: &Recorded) -> Option<Self> {
        let ChequebookEvent::Opened { bank_account_id, first_number, .. } = event else { return None };
        Some(Self {
            chequebook_id: at.aggregate_id,
            version: 0,
            position: 0,
            bank_account_id: bank_account_id.0,
            next_number: i64::try_from(*first_number).ok()?,
            voided: Json(vec![]),
            files: Json(vec![]),
            layout: Json(PositivePayLayout::usual()),
        })
    }

    fn on(&mut self, event: &ChequebookEvent, _: &Recorded) {
        match event {
            ChequebookEvent::Opened { .. } => {}
            ChequebookEvent::NumberTaken { number, .. } => self.used(*number),
            ChequebookEvent::NumberVoided { number, on, reason, .. } => {
                self.used(*number);
                self.voided.push(VoidedNumberView { number: *number, voided_on: *on, reason: reason.clone() });
            }
            ChequebookEvent::PositivePayWritten { file, .. } => self.files.push(PositivePayFile::clone(file)),
            ChequebookEvent::PositivePayLayoutAgreed { layout, .. } => self.layout = Json(PositivePayLayout::clone(layout)),
        }
    }

    fn used(&mut self, number: u64) {
        self.next_number = i64::try_from(number).map_or(i64::MAX, |number| number + 1);
    }
}

/// A number on which nothing was ever written.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct VoidedNumberView {
    pub number: u64,
    pub voided_on: NaiveDate,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ChequebookView {
    pub id: ChequebookId,
    pub version: i64,
    pub bank_account_id: BankAccountId,
    pub next_number: i64,
    pub voided: Vec<VoidedNumberView>,
    /// Positive pay files, the first of them is number 1.
    pub files: Vec<PositivePayFile>,
    /// How the next one is written.
    pub positive_pay_layout: PositivePayLayout,
}

impl From<ChequebookRow> for ChequebookView {
    fn from(row: ChequebookRow) -> Self {
        Self {
            id: ChequebookId(row.chequebook_id),
            version: row.version,
            bank_account_id: BankAccountId(row.bank_account_id),
            next_number: row.next_number,
            voided: row.voided.0,
            files: row.files.0,
            positive_pay_layout: row.layout.0,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChequebookFilter {
    pub bank_account_id: Option<BankAccountId>,
}

const SORTS: &[Sort<ChequebookRow>] =
    &[Sort { name: "bank_account_id", column: "bank_account_id", cast: "uuid", key: |row| row.bank_account_id.to_string() }];

pub async fn list(tx: &mut TenantTx, filter: &ChequebookFilter, page: &Page) -> Result<PageOf<ChequebookView>, QueryError> {
    let account = filter.bank_account_id.map(Uuid::from);
    let found = Listing::<ChequebookRow>::of(tx).when("bank_account_id = ?", account).page(tx, SORTS, filter, page).await?;
    Ok(found.map(ChequebookView::from))
}

pub async fn get(tx: &mut TenantTx, id: ChequebookId) -> sqlx::Result<Option<ChequebookView>> {
    Ok(find::<ChequebookRow>(tx, id.0).await?.map(ChequebookView::from))
}
