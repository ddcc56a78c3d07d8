//! Why a goods receipt refuses a command.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum GoodsReceiptRefusal {
    #[error("there is no such goods receipt")]
    GoodsReceiptUnknown,
    #[error("the goods receipt has already been posted")]
    GoodsReceiptExists,
    #[error("a goods receipt names the location where the goods lie")]
    LocationMissing,
    #[error("at least one line is needed")]
    NoLines,
    #[error("line {line} stands more than once")]
    LineRepeated { line: u32 },
    #[error("the receipt has no line {line}")]
    ReceiptLineUnknown { line: u32 },
    #[error("line {line}: a quantity must be above zero")]
    QuantityNotPositive { line: u32 },
    #[error("line {line}: {wanted} is more than the {waiting} that waits for inspection")]
    NotWaitingForInspection { line: u32, wanted: Decimal, waiting: Decimal },
    #[error("line {line}: {wanted} is more than the {kept} of this receipt that is still here")]
    ReturnExceedsReceipt { line: u32, wanted: Decimal, kept: Decimal },
    #[error("the goods came on {came_on}: nothing became of them before that day")]
    BeforeReceipt { came_on: NaiveDate },
}

impl Refusal for GoodsReceiptRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::GoodsReceiptUnknown => RefusalKind::Unknown,
            Self::GoodsReceiptExists | Self::NotWaitingForInspection { .. } | Self::ReturnExceedsReceipt { .. } => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::GoodsReceiptUnknown | Self::GoodsReceiptExists => None,
            Self::LocationMissing => Some("/location".to_owned()),
            Self::BeforeReceipt { .. } => Some("/effective_date".to_owned()),
            _ => Some("/lines".to_owned()),
        }
    }
}
