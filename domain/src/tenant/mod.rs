//! A tenant: one company with its own log, its own books and its own bank accounts.

mod ach_origination;
mod bank_change_control;
mod discount_tax;
mod identity;
mod refusal;
mod stock_rules;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::bank_account::BankAccount;
use crate::exception::AnswerTimes;
use crate::ids::{BankAccountId, UserId};
use crate::money::Currency;
use crate::party::Address;
use crate::time_zone::TimeZone;

pub use ach_origination::AchOrigination;
pub use bank_change_control::{BankChangeControl, BankChangeControlLoosening};
pub use discount_tax::DiscountTax;
pub use identity::CompanyIdentity;
pub use refusal::TenantRefusal;
pub use stock_rules::StockRules;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Tenant {
    #[default]
    NotCreated,
    Created(Box<Company>),
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Company {
    pub name: String,
    /// The currency of the books.
    pub base_currency: Currency,
    pub address: Address,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vat_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_registration: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_id: Option<String>,
    pub accounts: Vec<CompanyAccount>,
    #[serde(default)]
    pub bank_change_control: BankChangeControl,
    /// What one person wants and another has not confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_change_control_loosening: Option<BankChangeControlLoosening>,
    #[serde(default)]
    pub stock_rules: StockRules,
    /// How the bank of each account takes ACH files, where it does.
    #[serde(default)]
    pub ach_originations: Vec<AchOrigination>,
    #[serde(default)]
    pub answer_times: AnswerTimes,
    /// Where it keeps its calendar.
    #[serde(default)]
    pub time_zone: TimeZone,
    /// As it was set; what is usual in its country where nobody has.
    #[serde(default)]
    pub discount_tax: Option<DiscountTax>,
}

/// One of the company's own accounts, that payments leave from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CompanyAccount {
    pub id: BankAccountId,
    pub name: String,
    pub account: BankAccount,
    pub currency: Currency,
}

#[derive(Clone, Debug)]
pub enum TenantCommand {
    Create {
        name: String,
        base_currency: Currency,
        address: Address,
    },
    AddAccount {
        account: CompanyAccount,
        by: UserId,
    },
    SetBankChangeControl {
        control: BankChangeControl,
        by: UserId,
        at: DateTime<Utc>,
    },
    /// The control as who confirms has seen it. `by` is absent where the operator confirms.
    ConfirmBankChangeControl {
        control: BankChangeControl,
        by: Option<UserId>,
    },
    DeclineBankChangeControl {
        control: BankChangeControl,
        by: UserId,
    },
    SetStockRules {
        rules: StockRules,
        by: UserId,
    },
    SetAchOrigination {
        origination: AchOrigination,
        by: UserId,
    },
    SetAnswerTimes {
        times: AnswerTimes,
        by: UserId,
    },
    SetTimeZone {
        name: String,
        by: UserId,
    },
    SetDiscountTax {
        discount_tax: DiscountTax,
        by: UserId,
    },
    ChangeIdentity {
        identity: CompanyIdentity,
        by: UserId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TenantEvent {
    Created {
        name: String,
        base_currency: Currency,
        #[serde(default)]
        address: Address,
    },
    AccountAdded {
        account: CompanyAccount,
        by: UserId,
    },
    /// In force from now on: a tighter control at once, a looser one once another has confirmed it.
    BankChangeControlSet {
        control: BankChangeControl,
        by: UserId,
    },
    BankChangeControlLooseningProposed {
        control: BankChangeControl,
        by: UserId,
        at: DateTime<Utc>,
    },
    BankChangeControlLooseningConfirmed {
        control: BankChangeControl,
        /// Absent where the operator has confirmed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<UserId>,
    },
    /// Taken back by who proposed it, or declined by another.
    BankChangeControlLooseningDeclined {
        control: BankChangeControl,
        by: UserId,
    },
    StockRulesSet {
        rules: StockRules,
        by: UserId,
    },
    /// What the account's bank wants to read in an ACH file.
    AchOriginationSet {
        origination: AchOrigination,
        by: UserId,
    },
    /// How soon exceptions are to be answered that open from now on.
    AnswerTimesSet {
        times: AnswerTimes,
        by: UserId,
    },
    /// Whose days are the company's days from now on.
    TimeZoneSet {
        time_zone: TimeZone,
        by: UserId,
    },
    /// Whether discounts on invoices that come in from now on reduce input tax.
    DiscountTaxSet {
        discount_tax: DiscountTax,
        by: UserId,
    },
    /// Who the company is in law on what it writes from now on.
    IdentityChanged {
        identity: Box<CompanyIdentity>,
        by: UserId,
    },
}

aggregate!(Tenant, "tenant", "Tenant", TenantCommand, TenantEvent, TenantRefusal, {
    Created = 1, AccountAdded = 1, BankChangeControlSet = 1, StockRulesSet = 1, AchOriginationSet = 1, AnswerTimesSet = 1, TimeZoneSet = 1,
    DiscountTaxSet = 1, BankChangeControlLooseningProposed = 1, BankChangeControlLooseningConfirmed = 1,
    BankChangeControlLooseningDeclined = 1, IdentityChanged = 1,
});

impl Root for Tenant {
    aggregate!(@names TenantEvent);

    fn decide(&self, command: TenantCommand) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match (self, command) {
            (Self::NotCreated, TenantCommand::Create { name, .. }) if name.trim().is_empty() => Err(TenantRefusal::NameMissing),
            (Self::NotCreated, TenantCommand::Create { name, base_currency, address }) => {
                Ok(vec![TenantEvent::Created { name, base_currency, address }])
            }
            (Self::NotCreated, _) => Err(TenantRefusal::TenantUnknown),
            (Self::Created(_), TenantCommand::Create { .. }) => Err(TenantRefusal::TenantExists),
            (Self::Created(company), TenantCommand::AddAccount { account, by }) => company.add_account(account, by),
            (Self::Created(company), TenantCommand::SetBankChangeControl { control, by, at }) => {
                company.set_bank_change_control(control, by, at)
            }
            (Self::Created(company), TenantCommand::ConfirmBankChangeControl { control, by }) => {
                company.confirm_bank_change_control(control, by)
            }
            (Self::Created(company), TenantCommand::DeclineBankChangeControl { control, by }) => {
                company.decline_bank_change_control(control, by)
            }
            (Self::Created(company), TenantCommand::SetStockRules { rules, .. }) if company.stock_rules == rules => Ok(vec![]),
            (Self::Created(_), TenantCommand::SetStockRules { rules, by }) => Ok(vec![TenantEvent::StockRulesSet { rules, by }]),
            (Self::Created(company), TenantCommand::SetAchOrigination { origination, by }) => company.set_ach_origination(origination, by),
            (Self::Created(company), TenantCommand::SetAnswerTimes { times, by }) => company.set_answer_times(times, by),
            (Self::Created(company), TenantCommand::SetTimeZone { name, by }) => company.set_time_zone(&name, by),
            (Self::Created(company), TenantCommand::SetDiscountTax { discount_tax, .. }) if company.discount_tax == Some(discount_tax) => {
                Ok(vec![])
            }
            (Self::Created(_), TenantCommand::SetDiscountTax { discount_tax, by }) => {
                Ok(vec![TenantEvent::DiscountTaxSet { discount_tax, by }])
            }
            (Self::Created(company), TenantCommand::ChangeIdentity { identity, by }) => company.change_identity(identity, by),
        }
    }

    fn second_person(command: &mut TenantCommand) -> Option<&mut UserId> {
        match command {
            TenantCommand::ConfirmBankChangeControl { by, .. } => by.as_mut(),
            _ => None,
        }
    }
}

impl Tenant {
    pub fn company(&self) -> Result<&Company, TenantRefusal> {
        match self {
            Self::NotCreated => Err(TenantRefusal::TenantUnknown),
            Self::Created(company) => Ok(company),
        }
    }

    fn on(&mut self, event: TenantEvent) {
        match (&mut *self, event) {
            (_, TenantEvent::Created { name, base_currency, address }) => {
                *self = Self::Created(Box::new(Company {
                    name,
                    base_currency,
                    address,
                    vat_id: None,
                    tax_registration: None,
                    legal_id: None,
                    accounts: vec![],
                    bank_change_control: BankChangeControl::default(),
                    bank_change_control_loosening: None,
                    stock_rules: StockRules::default(),
                    ach_originations: vec![],
                    answer_times: AnswerTimes::default(),
                    time_zone: TimeZone::default(),
                    discount_tax: None,
                }));
            }
            (Self::Created(company), TenantEvent::AccountAdded { account, .. }) => company.accounts.push(account),
            (Self::Created(company), TenantEvent::BankChangeControlSet { control, .. }) => {
                company.bank_change_control = control;
                // What was proposed was looser than what no longer is.
                company.bank_change_control_loosening = None;
            }
            (Self::Created(company), TenantEvent::BankChangeControlLooseningProposed { control, by, at }) => {
                company.bank_change_control_loosening = Some(BankChangeControlLoosening { control, by, at });
            }
            // What is set follows.
            (Self::Created(_), TenantEvent::BankChangeControlLooseningConfirmed { .. }) => {}
            (Self::Created(company), TenantEvent::BankChangeControlLooseningDeclined { .. }) => {
                company.bank_change_control_loosening = None;
            }
            (Self::Created(company), TenantEvent::StockRulesSet { rules, .. }) => company.stock_rules = rules,
            (Self::Created(company), TenantEvent::AchOriginationSet { origination, .. }) => {
                company.ach_originations.retain(|known| known.bank_account_id != origination.bank_account_id);
                company.ach_originations.push(origination);
            }
            (Self::Created(company), TenantEvent::AnswerTimesSet { times, .. }) => company.answer_times = times,
            (Self::Created(company), TenantEvent::TimeZoneSet { time_zone, .. }) => company.time_zone = time_zone,
            (Self::Created(company), TenantEvent::DiscountTaxSet { discount_tax, .. }) => company.discount_tax = Some(discount_tax),
            (Self::Created(company), TenantEvent::IdentityChanged { identity, .. }) => company.be_known_as(*identity),
            (Self::NotCreated, _) => {}
        }
    }
}

impl Company {
    pub fn account(&self, id: BankAccountId) -> Result<&CompanyAccount, TenantRefusal> {
        self.accounts.iter().find(|a| a.id == id).ok_or(TenantRefusal::CompanyAccountUnknown)
    }

    /// What it has said, or what is usual in its country.
    pub fn discount_tax(&self) -> DiscountTax {
        self.discount_tax.unwrap_or_else(|| DiscountTax::usual_in(&self.address))
    }

    fn add_account(&self, account: CompanyAccount, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        if self.accounts.contains(&account) {
            return Ok(vec![]);
        }
        // Banks keep several currencies under one number: each is an account of its own.
        let is_it = |own: &CompanyAccount| own.id == account.id || (&own.account, own.currency) == (&account.account, account.currency);
        if self.accounts.iter().any(is_it) {
            return Err(TenantRefusal::AccountExists);
        }
        Ok(vec![TenantEvent::AccountAdded { account, by }])
    }

    pub fn ach_origination(&self, account: BankAccountId) -> Option<&AchOrigination> {
        self.ach_originations.iter().find(|origination| origination.bank_account_id == account)
    }

    fn set_ach_origination(&self, origination: AchOrigination, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        if !self.account(origination.bank_account_id)?.account.is_us() {
            return Err(TenantRefusal::AccountNotAmerican);
        }
        origination.check()?;
        let same = self.ach_origination(origination.bank_account_id) == Some(&origination);
        Ok(if same { vec![] } else { vec![TenantEvent::AchOriginationSet { origination, by }] })
    }

    fn set_answer_times(&self, times: AnswerTimes, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        match times.outlandish() {
            Some(kind) => Err(TenantRefusal::AnswerTimeOutlandish { kind }),
            None if times == self.answer_times => Ok(vec![]),
            None => Ok(vec![TenantEvent::AnswerTimesSet { times, by }]),
        }
    }

    fn set_time_zone(&self, name: &str, by: UserId) -> Result<Vec<TenantEvent>, TenantRefusal> {
        let time_zone = TimeZone::named(name).ok_or(TenantRefusal::TimeZoneUnknown)?;
        Ok(if time_zone == self.time_zone { vec![] } else { vec![TenantEvent::TimeZoneSet { time_zone, by }] })
    }
}
