//! Why a receivable refuses a command.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::ReceivableStatus;
use crate::limits::LINES_MAX;
use crate::money::Money;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ReceivableRefusal {
    #[error("there is no such receivable")]
    ReceivableUnknown,
    #[error("the receivable has already been drafted")]
    AlreadyDrafted,
    #[error("the receivable is {state}; to {action}, it must be {needed}")]
    WrongState { state: ReceivableStatus, action: &'static str, needed: &'static str },
    #[error("an invoice has 1 to {LINES_MAX} lines")]
    LinesMissing,
    #[error("a quantity that leaves a stock is above zero")]
    SoldQuantityNotPositive { index: usize },
    #[error("tax of category S has a rate above zero, of Z, E, AE, K, G and O none, of L and M any; there are no other categories")]
    TaxCategoryUnfit { index: usize },
    #[error("the totals are not those of its lines, allowances and charges")]
    TotalsDoNotHold,
    #[error("an invoice asks for an amount above zero")]
    NothingAskedFor,
    #[error("a payment's amount must be above zero")]
    AmountNotPositive,
    #[error("the payment is in {payment}, the receivable in {receivable}")]
    CurrencyMismatch { payment: String, receivable: String },
    #[error("nothing of the receivable is open: all of it is paid")]
    NothingOpen,
    #[error("{wanted} is more than what is open of the receivable, {available}")]
    ExceedsOpenAmount { wanted: Money, available: Money },
    #[error("the receivable counts from {issue_date} on: nothing happens to it before that day")]
    BeforeIssue { issue_date: NaiveDate, field: &'static str },
    #[error("it counts from {value_date} on at the earliest: nothing is undone, given up or paid back before there is anything of it")]
    BeforePayment { value_date: NaiveDate, field: &'static str },
    #[error("the receivable has no such payment")]
    IncomingPaymentUnknown,
    #[error("payments of it stand: take them back first")]
    PaymentsStand,
    #[error("credit notes of it stand: credit what is left of it")]
    CreditNotesStand,
    #[error("the receivable has no such line, or it is named twice")]
    CreditedLineUnknown { index: usize },
    #[error("a credit note takes back no more of a line than is left: {left}")]
    ExceedsLineQuantity { index: usize, left: Decimal },
    #[error("a credit note takes back no more of a line than is left: {left}")]
    ExceedsLineAmount { index: usize, left: Money },
    #[error("a credit note takes back each allowance and charge of the receivable once, and no more than is left: {left}")]
    ExceedsAdjustment { index: usize, left: Money },
    #[error("a credit note takes back an amount above zero")]
    NothingCredited,
    #[error("{wanted} is more than what is left of the receivable to credit, {available}")]
    ExceedsReceivable { wanted: Money, available: Money },
    #[error("its goods have not left: none come back")]
    GoodsNotLeft,
    #[error("its goods left on {handed_over}: none came back before that day")]
    BeforeHandOver { handed_over: NaiveDate },
    #[error("the customer is owed nothing")]
    NothingOwedBack,
    #[error("{wanted} is more than what the customer is owed, {available}")]
    ExceedsOwedBack { wanted: Money, available: Money },
    #[error("the receivable has no such refund")]
    RefundUnknown,
    #[error("the goods that it sells have left: they would be neither here nor paid for")]
    GoodsLeft,
    #[error("it sells nothing that lies in a stock of ours")]
    NoGoods,
}

impl Refusal for ReceivableRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }

    fn kind(&self) -> RefusalKind {
        match self {
            Self::ReceivableUnknown => RefusalKind::Unknown,
            Self::AlreadyDrafted
            | Self::WrongState { .. }
            | Self::NothingOpen
            | Self::ExceedsOpenAmount { .. }
            | Self::PaymentsStand
            | Self::CreditNotesStand
            | Self::ExceedsReceivable { .. }
            | Self::GoodsNotLeft
            | Self::NothingOwedBack
            | Self::ExceedsOwedBack { .. }
            | Self::GoodsLeft
            | Self::NoGoods => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }

    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::LinesMissing | Self::TotalsDoNotHold | Self::NothingAskedFor => "/lines".to_owned(),
            Self::SoldQuantityNotPositive { index } => format!("/lines/{index}/quantity"),
            Self::TaxCategoryUnfit { index } => format!("/lines/{index}/tax"),
            Self::CreditedLineUnknown { index } => format!("/lines/{index}/line"),
            Self::ExceedsLineQuantity { index, .. } => format!("/lines/{index}/quantity"),
            Self::ExceedsLineAmount { index, .. } => format!("/lines/{index}/net"),
            Self::ExceedsAdjustment { index, .. } => format!("/adjustments/{index}"),
            Self::AmountNotPositive | Self::CurrencyMismatch { .. } | Self::ExceedsOpenAmount { .. } | Self::ExceedsOwedBack { .. } => {
                "/amount".to_owned()
            }
            Self::BeforeHandOver { .. } => "/issue_date".to_owned(),
            Self::BeforeIssue { field, .. } | Self::BeforePayment { field, .. } => format!("/{field}"),
            _ => return None,
        })
    }
}
