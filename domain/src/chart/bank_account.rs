//! What the books keep of each of the company's bank accounts: an account that only its statements move.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::account::{Account, AccountKind, Code};
use super::{Chart, ChartEvent, ChartRefusal};
use crate::ids::{BankAccountId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct BankLedgerAccount {
    pub account_code: Code,
    /// The first day whose lines the books take; all of them where absent. What was there before is an opening entry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_books_from: Option<NaiveDate>,
}

impl Chart {
    /// What the books keep of a bank account.
    pub fn bank_account(&self, id: BankAccountId) -> Option<&BankLedgerAccount> {
        self.bank_accounts.get(&id)
    }

    pub fn is_of_bank(&self, code: &Code) -> bool {
        self.bank_accounts.values().any(|kept| kept.account_code == *code)
    }

    /// An account that is free for another bank account: the first of the usual one's neighbours that nothing uses.
    pub fn next_bank_account(&self) -> Option<Code> {
        let free = |code: &Code| self.fit_for_bank(code).is_ok() || !self.accounts.contains_key(code);
        (1000..1090).filter_map(|number: u32| number.to_string().parse::<Code>().ok()).find(free)
    }

    pub(super) fn not_of_bank(&self, code: &Code) -> Result<&Account, ChartRefusal> {
        let account = self.open_account(code)?;
        if self.is_of_bank(code) { Err(ChartRefusal::AccountControlled(code.clone())) } else { Ok(account) }
    }

    pub(super) fn assign_bank(
        &self,
        bank_account_id: BankAccountId,
        kept: BankLedgerAccount,
        by: UserId,
    ) -> Result<Option<ChartEvent>, ChartRefusal> {
        let before = self.bank_accounts.get(&bank_account_id);
        if before == Some(&kept) {
            return Ok(None);
        }
        if before.is_none_or(|before| before.account_code != kept.account_code) {
            self.fit_for_bank(&kept.account_code)?;
        }
        Ok(Some(ChartEvent::BankAccountAssigned { bank_account_id, kept, by }))
    }

    /// It holds money or what is owed to a bank, and nothing else moves it.
    fn fit_for_bank(&self, code: &Code) -> Result<(), ChartRefusal> {
        let account = self.account_for_entries(code)?;
        match account.kind {
            _ if self.uses(code) => Err(ChartRefusal::AccountInUse(code.clone())),
            AccountKind::Asset | AccountKind::Liability => Ok(()),
            _ => Err(ChartRefusal::AccountHoldsNoMoney(code.clone())),
        }
    }
}
