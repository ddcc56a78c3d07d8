//! What payment terms say, as data, and the days that follow from it.

use chrono::{Datelike, Days, Months, NaiveDate};
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use super::TermsRefusal;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct TermsRule {
    #[cfg_attr(feature = "schema", schema(example = "2/10 net 30"))]
    pub name: String,
    /// The day from which all days are counted.
    #[serde(default)]
    pub base_date: BaseDate,
    pub instalments: Vec<InstalmentPart>,
    /// What paying early is worth; of those whose day has not passed, the largest counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<DiscountTier>,
    #[serde(default)]
    pub discount_base: DiscountBase,
    /// A part payment takes its part of the discount. Without it, only the one payment that settles all does.
    #[serde(default)]
    pub discount_on_partials: bool,
    /// Days after its last one on which the vendor still grants a discount.
    #[serde(default)]
    pub grace_days: u8,
    /// The vendor reckons the tax on what is left of the discount, whether that is taken or not: a discount corrects no tax then.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub tax_already_cut: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BaseDate {
    #[default]
    InvoiceDate,
    /// The day on which the invoice came in.
    InvoiceReceipt,
    /// The last day of the invoice's month.
    EndOfMonth,
    /// The day on which all that the invoice bills of its order had come in. Until it has, days are provisional, counted from the
    /// invoice's own date, and no discount ends. What is not waited for (missing within a tolerance or let be, or of a closed order)
    /// counts from the last receipt. What has no receipt and will have none (services, an order that nobody knows or no order at all,
    /// money asked for ahead), and what is approved without, counts from the day on which the invoice came in.
    GoodsReceipt,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DiscountBase {
    /// With tax (BT-112).
    #[default]
    Gross,
    /// Without tax (BT-109).
    Net,
    /// The lines alone, without charges on the document (BT-106).
    Goods,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InstalmentPart {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "100"))]
    pub percent: Decimal,
    pub due: Due,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Due {
    NetDays {
        days: u16,
    },
    /// So many days after the last day of the base date's month, or of a later one.
    EndOfMonth {
        #[serde(default)]
        months: u8,
        days: u16,
    },
    /// This day of the month so many months on, or its last one if it is shorter; of the month after where that lies before the base date.
    DayOfMonth {
        months: u8,
        day: u8,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DiscountTier {
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2"))]
    pub percent: Decimal,
    /// Inclusive.
    pub days: u16,
}

/// What is known of an invoice when its terms are applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    pub invoice: NaiveDate,
    pub received: NaiveDate,
    /// Whether it bills goods of an order: these have a day of receipt, now or later.
    pub of_order: bool,
}

impl TermsRule {
    pub const INSTALMENTS_MAX: usize = 36;
    pub const DISCOUNTS_MAX: usize = 5;

    /// Everything at once, after so many days.
    pub fn net(days: u16) -> Self {
        Self {
            name: format!("net {days}"),
            base_date: BaseDate::InvoiceDate,
            instalments: vec![InstalmentPart { percent: dec!(100), due: Due::NetDays { days } }],
            discounts: vec![],
            discount_base: DiscountBase::Gross,
            discount_on_partials: false,
            grace_days: 0,
            tax_already_cut: false,
        }
    }

    pub(super) fn check(&self) -> Result<(), TermsRefusal> {
        if self.instalments.len() > Self::INSTALMENTS_MAX || self.discounts.len() > Self::DISCOUNTS_MAX {
            return Err(TermsRefusal::TermsTooLong);
        }
        let percents = self.instalments.iter().map(|part| part.percent);
        let in_range = |percent: Decimal| percent > Decimal::ZERO && percent <= dec!(100);
        if !percents.clone().all(in_range) || percents.sum::<Decimal>() != dec!(100) {
            return Err(TermsRefusal::InstalmentsIncomplete);
        }
        let fine = |tier: &DiscountTier| in_range(tier.percent) && tier.percent < dec!(100);
        if let Some(index) = self.discounts.iter().position(|tier| !fine(tier)) {
            return Err(TermsRefusal::DiscountOutOfRange { index });
        }
        match self.discounts.windows(2).position(|two| two[1].days <= two[0].days || two[1].percent >= two[0].percent) {
            Some(before) => Err(TermsRefusal::DiscountsOutOfOrder { index: before + 1 }),
            None => Ok(()),
        }
    }

    /// The day from which this rule counts.
    pub fn base(&self, dates: Dates) -> NaiveDate {
        match self.base_date {
            BaseDate::InvoiceDate => dates.invoice,
            BaseDate::InvoiceReceipt => dates.received,
            BaseDate::EndOfMonth => end_of_month(dates.invoice),
            BaseDate::GoodsReceipt if dates.of_order => dates.invoice,
            BaseDate::GoodsReceipt => dates.received,
        }
    }
}

impl Due {
    pub fn after(self, base: NaiveDate) -> NaiveDate {
        match self {
            Self::NetDays { days } => plus(base, days),
            Self::EndOfMonth { months, days } => plus(end_of_month(plus_months(base, months)), days),
            Self::DayOfMonth { months, day } => {
                let of_month = |months| {
                    let last = end_of_month(plus_months(base, months));
                    last.with_day(u32::from(day.max(1))).unwrap_or(last)
                };
                let named = of_month(months);
                if named < base { of_month(months.saturating_add(1)) } else { named }
            }
        }
    }
}

pub(super) fn plus(date: NaiveDate, days: u16) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(days))).unwrap_or(NaiveDate::MAX)
}

fn plus_months(date: NaiveDate, months: u8) -> NaiveDate {
    date.checked_add_months(Months::new(u32::from(months))).unwrap_or(NaiveDate::MAX)
}

fn end_of_month(date: NaiveDate) -> NaiveDate {
    let first = date.with_day(1).unwrap_or(date);
    first.checked_add_months(Months::new(1)).and_then(|next| next.pred_opt()).unwrap_or(NaiveDate::MAX)
}
