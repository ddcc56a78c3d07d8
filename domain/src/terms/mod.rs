//! Payment terms under a code: when what is owed is due, in which parts, and what paying early is worth.
//!
//! Terms change; what was agreed with an invoice does not. So the invoice keeps what its terms came to ([`AgreedTerms`]).

mod agreed;
mod rule;
mod stated;
mod tax;

use serde::{Deserialize, Serialize};

pub use agreed::{AgreedTerms, AvailableDiscount, Instalment, Settlement, Standing};
pub use rule::{BaseDate, Dates, DiscountBase, DiscountTier, Due, InstalmentPart, TermsRule};
pub(crate) use tax::parted;

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

/// What one code means now. Its id follows from the code, so that adopting it again changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentTerms {
    #[default]
    NotAdopted,
    Adopted {
        code: String,
        version: u32,
        rule: TermsRule,
    },
}

#[derive(Clone, Debug)]
pub enum TermsCommand {
    Adopt { code: String, rule: TermsRule, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum TermsEvent {
    Adopted { code: String, version: u32, rule: TermsRule, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum TermsRefusal {
    #[error("there are no payment terms of this code")]
    TermsUnknown,
    #[error("payment terms need a code of letters, digits, dots, dashes or underscores, 20 at most")]
    TermsCodeInvalid,
    #[error("the parts of all instalments make up 100 percent, each above zero")]
    InstalmentsIncomplete,
    #[error("a discount is above 0 and below 100 percent")]
    DiscountOutOfRange { index: usize },
    #[error("who pays later keeps less: each discount has more days and fewer percent than the one before it")]
    DiscountsOutOfOrder { index: usize },
    #[error("at most {} instalments and {} discounts", TermsRule::INSTALMENTS_MAX, TermsRule::DISCOUNTS_MAX)]
    TermsTooLong,
}

impl Refusal for TermsRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::TermsUnknown => RefusalKind::Unknown,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::TermsUnknown => return None,
            Self::TermsCodeInvalid => "/code".to_owned(),
            Self::InstalmentsIncomplete | Self::TermsTooLong => "/rule/instalments".to_owned(),
            Self::DiscountOutOfRange { index } | Self::DiscountsOutOfOrder { index } => format!("/rule/discounts/{index}"),
        })
    }
}

aggregate!(PaymentTerms, "payment_terms", "PaymentTerms", TermsCommand, TermsEvent, TermsRefusal, { Adopted = 1 });

impl Root for PaymentTerms {
    aggregate!(@names TermsEvent);

    fn decide(&self, TermsCommand::Adopt { code, rule, by }: TermsCommand) -> Result<Vec<TermsEvent>, TermsRefusal> {
        let version = match self {
            Self::Adopted { rule: now, .. } if *now == rule => return Ok(vec![]),
            Self::Adopted { version, .. } => version + 1,
            Self::NotAdopted => 1,
        };
        if !is_code(&code) {
            return Err(TermsRefusal::TermsCodeInvalid);
        }
        rule.check()?;
        Ok(vec![TermsEvent::Adopted { code, version, rule, by }])
    }
}

fn is_code(code: &str) -> bool {
    (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

impl PaymentTerms {
    pub fn rule(&self) -> Result<&TermsRule, TermsRefusal> {
        match self {
            Self::NotAdopted => Err(TermsRefusal::TermsUnknown),
            Self::Adopted { rule, .. } => Ok(rule),
        }
    }

    fn on(&mut self, TermsEvent::Adopted { code, version, rule, .. }: TermsEvent) {
        *self = Self::Adopted { code, version, rule };
    }
}
