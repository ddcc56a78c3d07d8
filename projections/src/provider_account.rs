//! Accounts at providers: where money is sent from over HTTP. Secrets show by their ids alone.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_domain::Root;
use quittance_domain::ids::{ProviderAccountId, SecretId, UserId};
use quittance_domain::provider::{Account, AccountState, ProviderAccount, ProviderAccountEvent};
use quittance_infrastructure::database::TenantTx;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::fact::Recorded;
use crate::listing::{Listing, Sort, find};
use crate::page::{Page, PageOf, QueryError};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct ProviderAccountRow in "provider_accounts" {
        provider_account_id: Uuid,
        version: i64,
        position: i64,
        name: String,
        account_state: Word<AccountState>,
        opened_at: DateTime<Utc>,
        account: Json<Account>,
    }
}

aggregate_row!(ProviderAccountRow, ProviderAccount, ProviderAccount);

impl ProviderAccountRow {
    fn began(event: &ProviderAccountEvent, at: &Recorded) -> Option<Self> {
        let ProviderAccountEvent::Opened { settings, .. } = event else { return None };
        Some(Self {
            provider_account_id: at.aggregate_id,
            version: 0,
            position: 0,
            name: settings.name.clone(),
            account_state: Word(AccountState::Opened),
            opened_at: at.recorded_at,
            account: Json(ProviderAccount::replay([event.clone()]).account().ok()?.clone()),
        })
    }

    fn on(&mut self, event: &ProviderAccountEvent, _: &Recorded) {
        let mut state = ProviderAccount::Opened(self.account.0.clone());
        state.apply(event.clone());
        if let ProviderAccount::Opened(account) = state {
            (self.account_state, self.account) = (Word(account.state), Json(account));
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProviderAccountView {
    pub id: ProviderAccountId,
    pub version: i64,
    pub name: String,
    pub state: AccountState,
    pub endpoint: String,
    /// The secret that we sign in with, by its id.
    pub credential_id: SecretId,
    /// The secrets that the provider's messages may be signed with, by their ids, the oldest first.
    pub webhook_secret_ids: Vec<SecretId>,
    pub opened_by: UserId,
    pub opened_at: DateTime<Utc>,
}

impl ProviderAccountView {
    fn of(row: ProviderAccountRow) -> Self {
        let account = row.account.0;
        Self {
            id: ProviderAccountId(row.provider_account_id),
            version: row.version,
            name: account.name,
            state: account.state,
            endpoint: account.endpoint,
            credential_id: account.credential,
            webhook_secret_ids: account.webhook_secrets,
            opened_by: account.opened_by,
            opened_at: row.opened_at,
        }
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProviderAccountFilter {
    pub state: Option<AccountState>,
}

const SORTS: &[Sort<ProviderAccountRow>] = &[
    Sort { name: "opened_at", column: "opened_at", cast: "timestamptz", key: |row| row.opened_at.to_rfc3339() },
    Sort { name: "name", column: "name", cast: "text", key: |row| row.name.clone() },
];

pub async fn list(tx: &mut TenantTx, filter: &ProviderAccountFilter, page: &Page) -> Result<PageOf<ProviderAccountView>, QueryError> {
    let listing = Listing::<ProviderAccountRow>::of(tx).when("account_state = ?", filter.state.map(Word));
    Ok(listing.page(tx, SORTS, filter, page).await?.map(ProviderAccountView::of))
}

pub async fn get(tx: &mut TenantTx, id: ProviderAccountId) -> sqlx::Result<Option<ProviderAccountView>> {
    Ok(find::<ProviderAccountRow>(tx, id.0).await?.map(ProviderAccountView::of))
}
