//! Tax that the payer keeps back from a vendor and owes to the tax authority in the vendor's place, by codes of the company's own.
//!
//! Codes change; what was withheld does not: each payment keeps the rate and the account that it was reckoned with ([`Withholding`]).

mod withheld;

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

pub use withheld::{RateInForce, TaxedShare, Withholding};

use crate::aggregate;
use crate::aggregate::Root;
use crate::chart::Code;
use crate::ids::UserId;
use crate::refusal::{Refusal, RefusalKind};

/// What one code means now. Its id follows from the code, so that adopting it again changes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithholdingTax {
    #[default]
    NotAdopted,
    Adopted {
        code: String,
        version: u32,
        rule: WithholdingRule,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithholdingRule {
    #[cfg_attr(feature = "schema", schema(example = "Services of contractors"))]
    pub name: String,
    /// Where the tax is owed until it is paid to the authority.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2200"))]
    pub account_code: Code,
    /// Each holds from its day until the next one's.
    pub rates: Vec<WithholdingRate>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct WithholdingRate {
    pub from: NaiveDate,
    /// Of what is paid without value added tax; zero withholds nothing.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub percent: Decimal,
}

#[derive(Clone, Debug)]
pub enum WithholdingCommand {
    Adopt { code: String, rule: WithholdingRule, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum WithholdingEvent {
    Adopted { code: String, version: u32, rule: WithholdingRule, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum WithholdingRefusal {
    #[error("there is no withholding tax of this code")]
    WithholdingUnknown,
    #[error("a withholding tax needs a code of letters, digits, dots, dashes or underscores, 20 at most")]
    WithholdingCodeInvalid,
    #[error("a withholding tax has 1 to {} rates, each from a later day than the one before", WithholdingRule::RATES_MAX)]
    WithholdingRatesDisordered,
    #[error("a rate is at least 0 and below 100 percent, to four decimals")]
    WithholdingRateOutOfRange,
}

impl Refusal for WithholdingRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::WithholdingUnknown => RefusalKind::Unknown,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::WithholdingUnknown => return None,
            Self::WithholdingCodeInvalid => "/code".to_owned(),
            Self::WithholdingRatesDisordered | Self::WithholdingRateOutOfRange => "/rule/rates".to_owned(),
        })
    }
}

aggregate!(WithholdingTax, "withholding_tax", "WithholdingTax", WithholdingCommand, WithholdingEvent, WithholdingRefusal, { Adopted = 1 });

impl Root for WithholdingTax {
    aggregate!(@names WithholdingEvent);

    fn decide(
        &self,
        WithholdingCommand::Adopt { code, rule, by }: WithholdingCommand,
    ) -> Result<Vec<WithholdingEvent>, WithholdingRefusal> {
        let version = match self {
            Self::Adopted { rule: now, .. } if *now == rule => return Ok(vec![]),
            Self::Adopted { version, .. } => version + 1,
            Self::NotAdopted => 1,
        };
        if !is_code(&code) {
            return Err(WithholdingRefusal::WithholdingCodeInvalid);
        }
        rule.check()?;
        Ok(vec![WithholdingEvent::Adopted { code, version, rule, by }])
    }
}

fn is_code(code: &str) -> bool {
    (1..=20).contains(&code.len()) && code.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
}

impl WithholdingRule {
    pub const RATES_MAX: usize = 50;

    fn check(&self) -> Result<(), WithholdingRefusal> {
        let in_order = self.rates.windows(2).all(|pair| pair[0].from < pair[1].from);
        if !in_order || self.rates.is_empty() || self.rates.len() > Self::RATES_MAX {
            return Err(WithholdingRefusal::WithholdingRatesDisordered);
        }
        let fits = |rate: &WithholdingRate| (Decimal::ZERO..dec!(100)).contains(&rate.percent) && rate.percent.normalize().scale() <= 4;
        if self.rates.iter().all(fits) { Ok(()) } else { Err(WithholdingRefusal::WithholdingRateOutOfRange) }
    }
}

impl WithholdingTax {
    pub fn rule(&self) -> Result<&WithholdingRule, WithholdingRefusal> {
        match self {
            Self::NotAdopted => Err(WithholdingRefusal::WithholdingUnknown),
            Self::Adopted { rule, .. } => Ok(rule),
        }
    }

    /// What a payment of this day is reckoned with; nothing before the first rate.
    pub fn in_force(&self, day: NaiveDate) -> Option<RateInForce> {
        let Self::Adopted { code, version, rule } = self else { return None };
        let rate = rule.rates.iter().rev().find(|rate| rate.from <= day)?;
        let WithholdingRule { name, account_code, .. } = rule.clone();
        Some(RateInForce { code: code.clone(), version: *version, name, percent: rate.percent, account_code })
    }

    fn on(&mut self, WithholdingEvent::Adopted { code, version, rule, .. }: WithholdingEvent) {
        *self = Self::Adopted { code, version, rule };
    }
}
