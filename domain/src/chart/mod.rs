//! The chart of a company's books: accounts, cost centres, projects, tax codes, and which account stands for what in the
//! engine's own postings. One aggregate a tenant; what was defined is changed or made inactive, never removed.

mod account;
mod bank_account;
mod posting;
mod refusal;
mod standard;
mod tax_code;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use account::{Account, AccountKind, Code, Dimension, NoCode};
pub use bank_account::BankLedgerAccount;
pub use posting::{PostingAccounts, PostingRole};
pub use refusal::ChartRefusal;
pub use tax_code::{TaxCode, TaxRate};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::{BankAccountId, UserId};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    pub accounts: BTreeMap<Code, Account>,
    pub cost_centres: BTreeMap<Code, Dimension>,
    pub projects: BTreeMap<Code, Dimension>,
    pub tax_codes: BTreeMap<Code, TaxCode>,
    pub posting_accounts: PostingAccounts,
    /// Accounts that documents move and nobody by hand, those included that once stood for what they stand for.
    #[serde(default)]
    controlled: BTreeSet<Code>,
    /// Accounts that once stood for what documents prove: something may be open on them still.
    #[serde(default)]
    former: BTreeMap<PostingRole, BTreeSet<Code>>,
    /// What the books keep of the company's bank accounts.
    #[serde(default)]
    pub bank_accounts: BTreeMap<BankAccountId, BankLedgerAccount>,
}

/// What a chart begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChartPlan {
    pub accounts: Vec<Account>,
    pub tax_codes: Vec<TaxCode>,
    pub posting_accounts: PostingAccounts,
}

#[derive(Clone, Debug)]
pub enum ChartCommand {
    Adopt {
        plan: Box<ChartPlan>,
        by: UserId,
    },
    DefineAccount {
        account: Account,
        by: UserId,
    },
    DefineCostCentre {
        cost_centre: Dimension,
        by: UserId,
    },
    DefineProject {
        project: Dimension,
        by: UserId,
    },
    DefineTaxCode {
        tax_code: TaxCode,
        by: UserId,
    },
    /// The roles that are named get another account; the others keep theirs.
    AssignPostingAccounts {
        accounts: PostingAccounts,
        by: UserId,
    },
    /// From now on this account moves as the bank account does.
    AssignBankAccount {
        bank_account_id: BankAccountId,
        kept: BankLedgerAccount,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ChartEvent {
    Adopted {
        plan: Box<ChartPlan>,
        by: UserId,
    },
    /// New, or changed: the code says which one.
    AccountDefined {
        account: Account,
        by: UserId,
    },
    CostCentreDefined {
        cost_centre: Dimension,
        by: UserId,
    },
    ProjectDefined {
        project: Dimension,
        by: UserId,
    },
    TaxCodeDefined {
        tax_code: TaxCode,
        by: UserId,
    },
    PostingAccountsAssigned {
        accounts: PostingAccounts,
        by: UserId,
    },
    BankAccountAssigned {
        bank_account_id: BankAccountId,
        #[serde(flatten)]
        kept: BankLedgerAccount,
        by: UserId,
    },
}

aggregate!(Chart, "chart", "Chart", ChartCommand, ChartEvent, ChartRefusal, {
    Adopted = 1, AccountDefined = 1, CostCentreDefined = 1, ProjectDefined = 1, TaxCodeDefined = 1, PostingAccountsAssigned = 1,
    BankAccountAssigned = 1,
});

impl Root for Chart {
    aggregate!(@names ChartEvent);
    const SNAPSHOT_EVERY: Option<u64> = Some(200);
    const STATE_VERSION: i32 = 5;

    fn decide(&self, command: ChartCommand) -> Result<Vec<ChartEvent>, ChartRefusal> {
        if let ChartCommand::Adopt { plan, by } = command {
            return self.adopt(plan, by);
        }
        if !self.is_adopted() {
            return Err(ChartRefusal::ChartUnknown);
        }
        let event = match command {
            ChartCommand::Adopt { .. } => return Err(ChartRefusal::ChartExists),
            ChartCommand::DefineAccount { account, by } => self.account(&account)?.then_some(ChartEvent::AccountDefined { account, by }),
            ChartCommand::DefineCostCentre { cost_centre, by } => {
                dimension(&self.cost_centres, &cost_centre)?.then_some(ChartEvent::CostCentreDefined { cost_centre, by })
            }
            ChartCommand::DefineProject { project, by } => {
                dimension(&self.projects, &project)?.then_some(ChartEvent::ProjectDefined { project, by })
            }
            ChartCommand::DefineTaxCode { tax_code, by } => {
                let changes = self.tax_codes.get(&tax_code.code) != Some(&tax_code);
                self.check_tax_code(&tax_code)?;
                changes.then_some(ChartEvent::TaxCodeDefined { tax_code, by })
            }
            ChartCommand::AssignPostingAccounts { accounts, by } => self.assign(accounts, by)?,
            ChartCommand::AssignBankAccount { bank_account_id, kept, by } => self.assign_bank(bank_account_id, kept, by)?,
        };
        Ok(event.into_iter().collect())
    }
}

impl Chart {
    pub fn is_adopted(&self) -> bool {
        !self.accounts.is_empty()
    }

    /// The account that stands for `role`. Every adopted chart has one for each.
    pub fn posting_account(&self, role: PostingRole) -> Option<&Code> {
        self.posting_accounts.0.get(&role)
    }

    /// The tax code that names a part of a document best: one with exactly its rate on that day before one of its category.
    pub fn tax_code_for(&self, category: &str, percent: Decimal, day: NaiveDate) -> Option<&TaxCode> {
        let fitting = self.tax_codes.values().filter_map(|code| Some((code.fit(category, percent, day)?, code)));
        // Of equals the first by code, so that the answer does not depend on when they were defined.
        fitting.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, code)| code)
    }

    /// The rates at which tax of this category may be asked for on a day; none where the chart does not say.
    pub fn percents_on(&self, category: &str, day: NaiveDate) -> Vec<Decimal> {
        let of_category = |code: &&TaxCode| code.active && code.category == category && code.output_account.is_none();
        let mut percents: Vec<Decimal> = self.tax_codes.values().filter(of_category).filter_map(|code| code.percent_on(day)).collect();
        percents.sort();
        percents.dedup();
        percents
    }

    /// Whether there is a tax code for tax of this category, with rates or without; a chart without tax codes says nothing of tax.
    pub fn foresees_tax_of(&self, category: &str) -> bool {
        let is_for = |code: &TaxCode| code.active && code.category == category && code.output_account.is_none();
        self.tax_codes.is_empty() || self.tax_codes.values().any(is_for)
    }

    /// Whether tax of this category and rate may go where the code says.
    pub fn tax_code_fits(&self, code: &Code, category: &str, percent: Decimal, day: NaiveDate) -> bool {
        self.tax_codes.get(code).is_some_and(|known| known.fit(category, percent, day).is_some())
    }

    /// The accounts beside the present one that once stood for the role.
    pub fn former_accounts(&self, role: PostingRole) -> impl Iterator<Item = &Code> {
        let now = self.posting_account(role);
        self.former.get(&role).into_iter().flatten().filter(move |former| Some(*former) != now)
    }

    /// An account that may be posted to by hand.
    pub fn account_for_entries(&self, code: &Code) -> Result<&Account, ChartRefusal> {
        let account = self.open_account(code)?;
        if self.controlled.contains(code) || self.is_of_bank(code) {
            Err(ChartRefusal::AccountControlled(code.clone()))
        } else {
            Ok(account)
        }
    }

    /// An account that a document may be coded to. Those by hand may go to the clearing account as well: what a bank kept of a return is
    /// taken off it there.
    pub fn account_for_documents(&self, code: &Code) -> Result<&Account, ChartRefusal> {
        let account = self.account_for_entries(code)?;
        let clearing = self.posting_account(PostingRole::BankClearing) == Some(code);
        if clearing { Err(ChartRefusal::AccountControlled(code.clone())) } else { Ok(account) }
    }

    /// An account that may be posted to.
    pub fn open_account(&self, code: &Code) -> Result<&Account, ChartRefusal> {
        let account = self.accounts.get(code).ok_or_else(|| ChartRefusal::AccountUnknown(code.clone()))?;
        if account.active { Ok(account) } else { Err(ChartRefusal::AccountInactive(code.clone())) }
    }

    fn adopt(&self, plan: Box<ChartPlan>, by: UserId) -> Result<Vec<ChartEvent>, ChartRefusal> {
        if self.is_adopted() {
            return Err(ChartRefusal::ChartExists);
        }
        let mut codes = HashSet::new();
        if let Some(account) = plan.accounts.iter().find(|account| !codes.insert(&account.code)) {
            return Err(ChartRefusal::AccountRepeated(account.code.clone()));
        }
        if let Some(role) = plan.posting_accounts.left_out() {
            return Err(ChartRefusal::PostingRoleMissing(role));
        }
        let event = ChartEvent::Adopted { plan, by };
        let mut adopted = self.clone();
        adopted.on(event.clone());
        adopted.check()?;
        Ok(vec![event])
    }

    fn check(&self) -> Result<(), ChartRefusal> {
        self.accounts.values().try_for_each(|account| named(&account.name))?;
        self.tax_codes.values().try_for_each(|code| self.check_tax_code(code))?;
        self.posting_accounts.0.keys().try_for_each(|role| self.check_part(*role))
    }

    /// Whether the definition changes anything.
    fn account(&self, account: &Account) -> Result<bool, ChartRefusal> {
        named(&account.name)?;
        let Some(before) = self.accounts.get(&account.code) else { return Ok(true) };
        if before.kind != account.kind {
            return Err(ChartRefusal::AccountKindFixed(account.code.clone()));
        }
        if !account.active && self.uses(&account.code) {
            return Err(ChartRefusal::AccountInUse(account.code.clone()));
        }
        Ok(before != account)
    }

    fn uses(&self, account: &Code) -> bool {
        self.posting_accounts.uses(account) || self.is_of_bank(account) || self.is_of_tax(account)
    }

    fn is_of_tax(&self, account: &Code) -> bool {
        let posts_to = |code: &TaxCode| code.active && (code.input_account == *account || code.output_account.as_ref() == Some(account));
        self.tax_codes.values().any(posts_to)
    }

    fn check_tax_code(&self, tax_code: &TaxCode) -> Result<(), ChartRefusal> {
        named(&tax_code.name)?;
        if tax_code.category.trim().is_empty() {
            return Err(ChartRefusal::TaxCategoryMissing);
        }
        if !tax_code.rates_hold() {
            return Err(ChartRefusal::TaxRatesInvalid);
        }
        std::iter::once(&tax_code.input_account)
            .chain(&tax_code.output_account)
            .try_for_each(|code| self.account_for_documents(code).map(drop))
    }

    fn assign(&self, accounts: PostingAccounts, by: UserId) -> Result<Option<ChartEvent>, ChartRefusal> {
        let changed: Vec<PostingRole> =
            accounts.0.iter().filter(|(role, code)| self.posting_account(**role) != Some(code)).map(|(role, _)| *role).collect();
        if changed.is_empty() {
            return Ok(None);
        }
        let event = ChartEvent::PostingAccountsAssigned { accounts, by };
        let mut assigned = self.clone();
        assigned.on(event.clone());
        changed.into_iter().try_for_each(|role| assigned.check_part(role))?;
        Ok(Some(event))
    }

    /// A chart that was adopted before a role was thought of has the standard account for it.
    fn take_up_later_roles(&mut self) {
        while let Some(role) = self.posting_accounts.missing() {
            let mut account = standard::account_for(role);
            if self.accounts.contains_key(&account.code) {
                account.code = standard::code(&role.to_string());
            }
            self.posting_accounts.0.insert(role, account.code.clone());
            self.accounts.entry(account.code.clone()).or_insert(account);
        }
    }

    fn on(&mut self, event: ChartEvent) {
        match event {
            ChartEvent::Adopted { plan, .. } => {
                self.accounts = plan.accounts.into_iter().map(|a| (a.code.clone(), a)).collect();
                self.tax_codes = plan.tax_codes.into_iter().map(|t| (t.code.clone(), t)).collect();
                self.posting_accounts = plan.posting_accounts;
                self.take_up_later_roles();
                self.keep_control();
            }
            ChartEvent::AccountDefined { account, .. } => drop(self.accounts.insert(account.code.clone(), account)),
            ChartEvent::CostCentreDefined { cost_centre, .. } => drop(self.cost_centres.insert(cost_centre.code.clone(), cost_centre)),
            ChartEvent::ProjectDefined { project, .. } => drop(self.projects.insert(project.code.clone(), project)),
            ChartEvent::TaxCodeDefined { tax_code, .. } => drop(self.tax_codes.insert(tax_code.code.clone(), tax_code)),
            ChartEvent::PostingAccountsAssigned { accounts, .. } => {
                self.keep_former(&accounts);
                self.posting_accounts.0.extend(accounts.0);
                self.keep_control();
            }
            ChartEvent::BankAccountAssigned { bank_account_id, kept, .. } => drop(self.bank_accounts.insert(bank_account_id, kept)),
        }
    }

    fn keep_former(&mut self, next: &PostingAccounts) {
        for (role, account) in
            next.0.keys().filter(|role| role.is_proven()).filter_map(|role| Some((role, self.posting_accounts.0.get(role)?)))
        {
            self.former.entry(*role).or_default().insert(account.clone());
        }
    }

    fn keep_control(&mut self) {
        let proven = self.posting_accounts.0.iter().filter(|(role, _)| role.is_proven());
        self.controlled.extend(proven.map(|(_, account)| account.clone()));
    }
}

fn named(name: &str) -> Result<(), ChartRefusal> {
    if name.trim().is_empty() { Err(ChartRefusal::NameMissing) } else { Ok(()) }
}

fn dimension(known: &BTreeMap<Code, Dimension>, defined: &Dimension) -> Result<bool, ChartRefusal> {
    named(&defined.name)?;
    Ok(known.get(&defined.code) != Some(defined))
}
