//! Account determination: which account stands for what in the engine's own postings.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::VariantArray;

use super::account::{AccountKind, Code};
use super::{Chart, ChartRefusal};

/// What a posting of the engine's own needs an account for.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    strum::Display,
    strum::EnumString,
    strum::IntoStaticStr,
    strum::VariantArray,
)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum PostingRole {
    /// What is owed to vendors: moved by invoices and payments only.
    PayablesControl,
    /// The difference between what is owed at the invoices' rates and at a period's closing rate.
    PayablesRevaluation,
    /// What vendors were paid before their invoice.
    Prepayments,
    /// What is kept back of approved invoices for a time.
    Retentions,
    /// What customers owe: moved by receivables and their payments only.
    ReceivablesControl,
    /// The difference between what customers owe at the receivables' rates and at a period's closing rate.
    ReceivablesRevaluation,
    /// Tax that is owed on what was sold.
    OutputTax,
    /// What was sold, where nobody says where it is booked.
    DefaultRevenue,
    /// What customers owed and did not pay because the rest was in time.
    DiscountsGranted,
    /// What customers owed and nobody expects any more.
    BadDebts,
    /// Deductible tax where no tax code says where.
    InputTax,
    DefaultExpense,
    /// Goods that came in and are not invoiced yet, or the reverse.
    GoodsReceivedNotInvoiced,
    Inventory,
    /// Counted or adjusted away, or found.
    InventoryDifferences,
    CostOfGoods,
    PriceDifferences,
    /// Left our books and not yet the bank's.
    BankClearing,
    DiscountsReceived,
    RealisedFxGain,
    RealisedFxLoss,
    UnrealisedFxGain,
    UnrealisedFxLoss,
    /// Where a document states another total than its parts give, and what is written off.
    SmallDifferences,
    Rounding,
}

impl PostingRole {
    /// Whether sub-ledgers say what such an account holds: a balance changed by hand would no longer be the sum of documents.
    pub fn is_proven(self) -> bool {
        use PostingRole::{
            GoodsReceivedNotInvoiced, Inventory, PayablesControl, PayablesRevaluation, Prepayments, ReceivablesControl,
            ReceivablesRevaluation, Retentions,
        };
        let owed_by_us = matches!(self, PayablesControl | PayablesRevaluation | Prepayments | Retentions);
        let owed_to_us = matches!(self, ReceivablesControl | ReceivablesRevaluation);
        owed_by_us || owed_to_us || matches!(self, GoodsReceivedNotInvoiced | Inventory)
    }

    fn is_of_sales(self) -> bool {
        use PostingRole::{BadDebts, DefaultRevenue, DiscountsGranted, OutputTax, ReceivablesControl, ReceivablesRevaluation};
        let of_income = matches!(self, DefaultRevenue | DiscountsGranted | BadDebts);
        of_income || matches!(self, ReceivablesControl | ReceivablesRevaluation | OutputTax)
    }

    /// Whether its account has this part only: what two kinds of document move together is the sum of neither.
    pub fn stands_alone(self) -> bool {
        self.is_proven() || self == Self::BankClearing
    }

    /// What an account can be to stand for this.
    fn kinds(self) -> &'static [AccountKind] {
        use AccountKind::{Asset, Expense, Income, Liability};
        match self {
            Self::PayablesControl | Self::PayablesRevaluation | Self::Retentions | Self::GoodsReceivedNotInvoiced => &[Liability],
            Self::Prepayments | Self::Inventory | Self::ReceivablesControl | Self::ReceivablesRevaluation => &[Asset],
            Self::InputTax | Self::OutputTax | Self::BankClearing => &[Asset, Liability],
            // What nobody has coded may wait on the balance sheet.
            Self::DefaultExpense => &[Expense, Asset],
            Self::DefaultRevenue => &[Income],
            Self::BadDebts => &[Expense],
            _ => &[Income, Expense],
        }
    }
}

/// One account for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "schema", schema(value_type = std::collections::HashMap<String, String>, example = json!({"default_expense": "6000"})))]
#[serde(transparent)]
pub struct PostingAccounts(pub BTreeMap<PostingRole, Code>);

impl PostingAccounts {
    pub fn missing(&self) -> Option<PostingRole> {
        PostingRole::VARIANTS.iter().copied().find(|role| !self.0.contains_key(role))
    }

    /// The first of those that a company has to name. One that sells nothing leaves out what selling needs, and has the standard accounts
    /// for it.
    pub(super) fn left_out(&self) -> Option<PostingRole> {
        PostingRole::VARIANTS.iter().copied().find(|role| !role.is_of_sales() && !self.0.contains_key(role))
    }

    pub fn uses(&self, account: &Code) -> bool {
        self.0.values().any(|used| used == account)
    }
}

impl Chart {
    /// Whether the account that stands for the role is one that can.
    pub(super) fn check_part(&self, role: PostingRole) -> Result<(), ChartRefusal> {
        let Some(code) = self.posting_account(role) else { return Err(ChartRefusal::PostingRoleMissing(role)) };
        let account = self.not_of_bank(code)?;
        if !role.kinds().contains(&account.kind) {
            return Err(ChartRefusal::PostingAccountKind { role, account: code.clone(), kind: account.kind });
        }
        let apart = |other: &PostingRole| *other != role && (role.stands_alone() || other.stands_alone());
        match self.parts_of(code).find(apart) {
            Some(other) => Err(ChartRefusal::PostingAccountShared { role, account: code.clone(), other }),
            None if role.stands_alone() && self.is_of_tax(code) => Err(ChartRefusal::AccountInUse(code.clone())),
            None => Ok(()),
        }
    }

    /// What the account stands for, or once stood for: something may be open on it still.
    fn parts_of<'a>(&'a self, code: &'a Code) -> impl Iterator<Item = PostingRole> + 'a {
        let now = self.posting_accounts.0.iter().filter(move |(_, used)| *used == code).map(|(role, _)| *role);
        let once = self.former.iter().filter(move |(_, used)| used.contains(code)).map(|(role, _)| *role);
        now.chain(once)
    }
}
