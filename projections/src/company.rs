//! The tenant's company and its own bank accounts, that payments leave from.

use chrono::{DateTime, Utc};
use cqrs_es::Aggregate;
use quittance_application::ports::Later;
use quittance_domain::bank_account::BankAccount;
use quittance_domain::chart::BankLedgerAccount;
use quittance_domain::exception::AnswerTimes;
use quittance_domain::ids::{BankAccountId, TenantId, UserId};
use quittance_domain::party::Address;
use quittance_domain::tenant::{
    AchOrigination, BankChangeControl, BankChangeControlLoosening, CompanyAccount, DiscountTax, StockRules, Tenant, TenantEvent,
};
use quittance_domain::time_zone::TimeZone;
use quittance_domain::{Currency, Root};
use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::fact::{Fact, Recorded};
use crate::listing::find;
use crate::projector::{Memory, ProjectionError, Projector};
use crate::word::Word;
use crate::{aggregate_row, row};

row! {
    pub struct CompanyRow in "company" {
        company_id: Uuid,
        version: i64,
        position: i64,
        name: String,
        base_currency: Word<Currency>,
        created_at: DateTime<Utc>,
        state: Json<Tenant>,
    }
}

aggregate_row!(CompanyRow, Tenant, Tenant);

impl CompanyRow {
    fn began(event: &TenantEvent, at: &Recorded) -> Option<Self> {
        let TenantEvent::Created { name, base_currency, .. } = event else { return None };
        Some(Self {
            company_id: at.aggregate_id,
            version: 0,
            position: 0,
            name: name.clone(),
            base_currency: Word(*base_currency),
            created_at: at.recorded_at,
            state: Json(Tenant::replay([event.clone()])),
        })
    }

    fn on(&mut self, event: &TenantEvent, _: &Recorded) {
        if let TenantEvent::IdentityChanged { identity, .. } = event {
            self.name.clone_from(&identity.name);
        }
        self.state.apply(event.clone());
    }
}

row! {
    pub struct CompanyAccountRow in "company_accounts" {
        bank_account_id: Uuid,
        name: String,
        currency: Word<Currency>,
        account: Json<BankAccount>,
        added_by: Uuid,
        added_at: DateTime<Utc>,
    }
}

pub struct CompanyAccounts;

impl Projector for CompanyAccounts {
    fn name(&self) -> &'static str {
        "company_accounts"
    }

    fn tables(&self) -> &'static [&'static str] {
        &["company_accounts"]
    }

    fn project<'a>(
        &'a self,
        tx: &'a mut TenantTx,
        memory: &'a mut Memory,
        events: &'a [Recorded],
    ) -> Later<'a, Result<(), ProjectionError>> {
        Box::pin(async move {
            let rows = memory.rows::<CompanyAccountRow>();
            for at in events {
                if let Fact::Tenant(TenantEvent::AccountAdded { account, by }) = &at.fact {
                    rows.put(added(account, *by, at));
                }
            }
            rows.flush_and_forget(tx).await
        })
    }
}

fn added(account: &CompanyAccount, by: UserId, at: &Recorded) -> CompanyAccountRow {
    CompanyAccountRow {
        bank_account_id: account.id.0,
        name: account.name.clone(),
        currency: Word(account.currency),
        account: Json(account.account.clone()),
        added_by: by.0,
        added_at: at.recorded_at,
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CompanyView {
    pub id: TenantId,
    pub version: i64,
    pub name: String,
    pub base_currency: Currency,
    pub address: Address,
    pub vat_id: Option<String>,
    pub tax_registration: Option<String>,
    /// The number in the register of companies.
    pub legal_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub accounts: Vec<CompanyAccountView>,
    pub bank_change_control: BankChangeControl,
    /// A looser one that waits for somebody else than who proposed it.
    pub bank_change_control_loosening: Option<BankChangeControlLoosening>,
    pub stock_rules: StockRules,
    pub ach_originations: Vec<AchOrigination>,
    pub answer_times: AnswerTimes,
    #[schema(value_type = String, example = "Asia/Phnom_Penh")]
    pub time_zone: TimeZone,
    /// As it was set, or what is usual in the company's country.
    pub discount_tax: DiscountTax,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CompanyAccountView {
    pub id: BankAccountId,
    pub name: String,
    pub account: BankAccount,
    pub currency: Currency,
    /// The account of the books that moves with it, and from which day on.
    pub ledger: Option<BankLedgerAccount>,
}

async fn account_view(tx: &mut TenantTx, account: CompanyAccount) -> sqlx::Result<CompanyAccountView> {
    let CompanyAccount { id, name, account, currency } = account;
    Ok(CompanyAccountView { id, name, account, currency, ledger: crate::chart::of_bank(tx, id).await? })
}

/// The transaction's own company.
pub async fn get(tx: &mut TenantTx) -> sqlx::Result<Option<CompanyView>> {
    let id = tx.tenant();
    let Some(row) = find::<CompanyRow>(tx, id.0).await? else { return Ok(None) };
    let Tenant::Created(company) = row.state.0 else { return Ok(None) };
    let discount_tax = company.discount_tax();
    let company = *company;
    let mut accounts = Vec::with_capacity(company.accounts.len());
    for account in company.accounts {
        accounts.push(account_view(tx, account).await?);
    }
    Ok(Some(CompanyView {
        id,
        version: row.version,
        name: company.name,
        base_currency: company.base_currency,
        address: company.address,
        vat_id: company.vat_id,
        tax_registration: company.tax_registration,
        legal_id: company.legal_id,
        created_at: row.created_at,
        accounts,
        bank_change_control: company.bank_change_control,
        bank_change_control_loosening: company.bank_change_control_loosening,
        stock_rules: company.stock_rules,
        ach_originations: company.ach_originations,
        answer_times: company.answer_times,
        time_zone: company.time_zone,
        discount_tax,
    }))
}
