//! Why the chart of accounts refuses a command.

use super::account::{AccountKind, Code};
use super::posting::PostingRole;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ChartRefusal {
    #[error("the company has no chart of accounts")]
    ChartUnknown,
    #[error("the company has a chart of accounts already")]
    ChartExists,
    #[error("a name is needed")]
    NameMissing,
    #[error("account {0} stands twice in the plan")]
    AccountRepeated(Code),
    #[error("there is no account {0}")]
    AccountUnknown(Code),
    #[error("account {0} is inactive")]
    AccountInactive(Code),
    #[error("account {0} is moved by documents only")]
    AccountControlled(Code),
    #[error("the kind of account {0} never changes: its balance already counts as that")]
    AccountKindFixed(Code),
    #[error("account {0} is used by the account determination or a tax code; assign another one first")]
    AccountInUse(Code),
    #[error("account {0} is of income, expense or equity: a bank account is an asset, or a liability")]
    AccountHoldsNoMoney(Code),
    #[error("a tax code names a category of UNTDID 5305")]
    TaxCategoryMissing,
    #[error("rates begin on rising days and lie between 0 and 100; reverse charge needs one")]
    TaxRatesInvalid,
    #[error("no account is assigned to {0}")]
    PostingRoleMissing(PostingRole),
    #[error("account {account} is of kind {kind}, which cannot stand for {role}")]
    PostingAccountKind { role: PostingRole, account: Code, kind: AccountKind },
    #[error("account {account} stands for {other} already, or did: with {role} on it as well, its balance would be the sum of neither")]
    PostingAccountShared { role: PostingRole, account: Code, other: PostingRole },
    #[error("there is no cost centre {0}")]
    CostCentreUnknown(Code),
    #[error("there is no project {0}")]
    ProjectUnknown(Code),
    #[error("there is no tax code {0}")]
    TaxCodeUnknown(Code),
}

impl Refusal for ChartRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::ChartUnknown => RefusalKind::Unknown,
            Self::ChartExists | Self::AccountInactive(_) | Self::AccountInUse(_) => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::NameMissing => "/name".to_owned(),
            Self::AccountKindFixed(_) => "/kind".to_owned(),
            Self::TaxCategoryMissing => "/category".to_owned(),
            Self::TaxRatesInvalid => "/rates".to_owned(),
            Self::PostingAccountKind { role, .. } | Self::PostingAccountShared { role, .. } => format!("/{role}"),
            _ => return None,
        })
    }
}
