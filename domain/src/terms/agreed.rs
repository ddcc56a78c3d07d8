//! What an invoice's terms came to: instalments and discounts in money and days, reckoned once and kept (SEMANTICS 4).
//!
//! A discount is rounded first and what is paid follows from it, never the other way round: 10 % of 1,725.05 is 172.51,
//! so 1,552.54 is paid.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::{Decimal, dec};
use serde::{Deserialize, Serialize};

use super::rule::{BaseDate, Dates, DiscountBase, TermsRule, plus};
use crate::invoice::{InvoiceDocument, OfferedDiscount, TaxSubtotal, Totals};
use crate::money::Money;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AgreedTerms {
    /// The code under which the company keeps them; `BT-20` where the document itself offers them.
    pub code: String,
    /// The version of the code's meaning that was in force; 0 of an offer.
    pub version: u32,
    /// When the invoice came in: an amended one did not come in later.
    pub received_on: NaiveDate,
    pub instalments: Vec<Instalment>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<AvailableDiscount>,
    #[serde(default)]
    pub discount_on_partials: bool,
    /// What the discounts are granted on, by tax category, where they reduce the tax that we deduct; empty where they do not.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounted_tax: Vec<TaxSubtotal>,
    /// The goods have not all come in, from whose receipt its days count: they are provisional, and will be those of this rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting_goods: Option<Box<TermsRule>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Instalment {
    pub due_date: NaiveDate,
    pub amount: Money,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AvailableDiscount {
    /// The last day that the terms name.
    pub until: NaiveDate,
    /// The last day on which the vendor still grants it.
    pub last_day: NaiveDate,
    pub amount: Money,
}

/// A payment's money and the discount that it takes with it: together what it settles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settlement {
    pub cash: Money,
    pub discount: Money,
}

/// Where an invoice stands when it is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub payable: Money,
    /// Neither settled nor claimed.
    pub open: Money,
    /// Discounts that earlier payments have taken or claimed.
    pub taken: Money,
    /// What credit notes have settled: it earns no discount.
    pub credited: Money,
}

impl Standing {
    /// What there is to pay, or was, in money and discounts.
    pub fn base(&self) -> Money {
        self.payable.less(self.credited)
    }

    /// `avail × (gross − credit) / gross`, rounded half up (SEMANTICS 4).
    fn reduced(&self, available: Money) -> Money {
        if self.credited.is_zero() {
            return available;
        }
        let share = available.amount().checked_mul(self.base().amount()).and_then(|product| product.checked_div(self.payable.amount()));
        Money::rounded(share.unwrap_or_default(), available.currency())
    }
}

impl AgreedTerms {
    /// The code of what no company keeps: the document says it.
    pub const OFFERED: &'static str = "BT-20";

    /// `None` where an amount is too large to be reckoned with.
    pub fn of(code: &str, version: u32, rule: &TermsRule, dates: Dates, totals: &Totals, payable: Money) -> Option<Self> {
        let base = rule.base(dates);
        let weights: Vec<Decimal> = rule.instalments.iter().map(|part| part.percent).collect();
        let amounts = payable.allocate(&weights)?;
        let instalments = rule.instalments.iter().zip(amounts);
        let worth = discount_base(rule.discount_base, totals);
        let discounts = rule.discounts.iter().map(|tier| {
            let until = plus(base, tier.days);
            let amount = Money::rounded(worth.checked_mul(tier.percent)? / dec!(100), payable.currency());
            Some(AvailableDiscount { until, last_day: plus(until, u16::from(rule.grace_days)), amount })
        });
        Some(Self {
            code: code.to_owned(),
            version,
            received_on: dates.received,
            instalments: instalments.map(|(part, amount)| Instalment { due_date: part.due.after(base), amount }).collect(),
            discounts: discounts.collect::<Option<Vec<_>>>()?,
            discount_on_partials: rule.discount_on_partials,
            discounted_tax: vec![],
            awaiting_goods: (rule.base_date == BaseDate::GoodsReceipt && dates.of_order).then(|| Box::new(rule.clone())),
        })
    }

    /// What the document itself offers, where nothing was agreed with its vendor (BT-20).
    pub fn offered(document: &InvoiceDocument, payable: Money, received_on: NaiveDate, due_date: NaiveDate) -> Option<Self> {
        let discount = |offer: &OfferedDiscount| {
            let until = plus(document.issue_date, offer.days);
            let by_percent = || Some(offer.base.unwrap_or(payable.amount()).checked_mul(offer.percent)? / dec!(100));
            let worth = offer.amount.or_else(by_percent)?;
            Some(AvailableDiscount { until, last_day: until, amount: Money::rounded(worth, payable.currency()) })
        };
        let offers = &document.payment.discounts;
        let discounts = offers.iter().map(discount).collect::<Option<Vec<_>>>()?;
        let parts = Self::stated_parts(document, payable);
        (!discounts.is_empty() || parts.is_some()).then(|| Self {
            code: Self::OFFERED.to_owned(),
            version: 0,
            received_on,
            instalments: parts.unwrap_or_else(|| vec![Instalment { due_date, amount: payable }]),
            discounts,
            discount_on_partials: false,
            discounted_tax: vec![],
            awaiting_goods: None,
        })
    }

    /// The same, counted from the day on which the goods had come in. Amounts stay as they were reckoned.
    pub fn counted_from(mut self, goods_in: NaiveDate) -> Self {
        let Some(rule) = self.awaiting_goods.take() else { return self };
        for (part, of) in self.instalments.iter_mut().zip(&rule.instalments) {
            part.due_date = of.due.after(goods_in);
        }
        for (discount, tier) in self.discounts.iter_mut().zip(&rule.discounts) {
            discount.until = plus(goods_in, tier.days);
            discount.last_day = plus(discount.until, u16::from(rule.grace_days));
        }
        self
    }

    /// What is owed at once is due on the day that the document states.
    pub fn due_on(mut self, stated: NaiveDate) -> Self {
        if let [only] = self.instalments.as_mut_slice() {
            only.due_date = stated;
        }
        self
    }

    /// When the first part is due.
    pub fn due_date(&self) -> Option<NaiveDate> {
        self.instalments.iter().map(|i| i.due_date).min()
    }

    /// What is left of each part, numbered from 1, once `gone` has been settled or claimed: the first part goes first.
    pub fn left_of_parts(&self, gone: Money) -> Vec<(u32, Instalment)> {
        let mut gone = gone.amount();
        let left = self.instalments.iter().map(|part| {
            let taken = gone.min(part.amount.amount()).max(Decimal::ZERO);
            gone -= taken;
            Instalment { amount: Money::rounded(part.amount.amount() - taken, part.amount.currency()), ..*part }
        });
        (1..).zip(left).collect()
    }

    /// The largest discount that a payment of this value date may take.
    pub fn available(&self, value_date: NaiveDate) -> Option<AvailableDiscount> {
        let awaits = self.awaiting_goods.is_some();
        let open = self.discounts.iter().filter(|d| awaits || value_date <= d.last_day);
        let best = open.copied().max_by_key(|d| d.amount.amount());
        // As long as the goods are awaited it has not begun to end.
        best.map(|d| if awaits { AvailableDiscount { last_day: d.last_day.max(value_date), ..d } } else { d })
    }

    /// What a payment of this value date may still take.
    pub fn left(&self, standing: Standing, value_date: NaiveDate) -> Money {
        let available = self.available(value_date).map_or(Money::zero(standing.payable.currency()), |a| standing.reduced(a.amount));
        let left = available.less(standing.taken);
        if left.is_positive() { left } else { Money::zero(left.currency()) }
    }

    /// What one of several parts earns by itself, where part payments do: `before` it so much of the invoice is settled in money and
    /// discounts. What all parts earn is the whole discount.
    pub fn share_of(&self, standing: Standing, before: Money, part: Money, value_date: NaiveDate) -> Money {
        let none = Money::zero(part.currency());
        let Some(available) = self.available(value_date).filter(|_| self.discount_on_partials) else { return none };
        let (available, base) = (standing.reduced(available.amount).amount(), standing.base().amount());
        let earned_by = |settled: Decimal| Some(Money::rounded(settled.checked_mul(available)?.checked_div(base)?, part.currency()));
        let share = || Some(earned_by(before.amount() + part.amount())?.less(earned_by(before.amount())?));
        let (share, left) = (share().unwrap_or(none), self.left(standing, value_date));
        if share.amount() > left.amount() { left } else { share }
    }

    /// The days on which discounts end, in order; those that were over when the invoice came in could not be taken.
    pub fn last_days(&self) -> BTreeSet<NaiveDate> {
        let ending = self.discounts.iter().filter(|_| self.awaiting_goods.is_none());
        ending.map(|d| d.last_day).filter(|day| *day >= self.received_on).collect()
    }

    /// What is lost for good when this last day passes: what the next discount does not grant as well.
    pub fn lost_after(&self, standing: Standing, last_day: NaiveDate) -> Money {
        let next_day = last_day.succ_opt().unwrap_or(last_day);
        self.left(standing, last_day).less(self.left(standing, next_day))
    }

    /// What a payment of `cash`, or of all that is open, settles on its value date.
    pub fn settlement(&self, standing: Standing, cash: Option<Money>, value_date: NaiveDate) -> Settlement {
        let Standing { open, taken, .. } = standing;
        let none = Money::zero(open.currency());
        let full = Settlement { cash: cash.unwrap_or(open), discount: none };
        let Some(available) = self.available(value_date).map(|available| standing.reduced(available.amount)) else { return full };
        let untouched = open == standing.base() && taken.is_zero();
        if !untouched && !self.discount_on_partials {
            return full;
        }
        let left = available.less(taken);
        let closing = open.less(left);
        match cash {
            _ if !left.is_positive() || !closing.is_positive() => full,
            // The payment that closes the invoice takes what is left of the discount, exactly.
            None => Settlement { cash: closing, discount: left },
            Some(cash) if cash == closing => Settlement { cash, discount: left },
            Some(cash) if cash.amount() < closing.amount() && self.discount_on_partials => {
                let discount = partial(cash, available, standing.base());
                Settlement { cash, discount: if discount.amount() > left.amount() { left } else { discount } }
            }
            // More than closes it: what is left open is less than what is left of the discount.
            Some(cash) if cash.amount() < open.amount() && self.discount_on_partials => Settlement { cash, discount: open.less(cash) },
            Some(_) => full,
        }
    }
}

/// The base of SEMANTICS 4, on the document as it was stated.
fn discount_base(base: DiscountBase, totals: &Totals) -> Decimal {
    match base {
        DiscountBase::Gross => totals.gross,
        DiscountBase::Net => totals.net,
        DiscountBase::Goods => totals.lines,
    }
}

/// `rhu(C / (1 − d_eff)) − C` with `d_eff = available / base`.
fn partial(cash: Money, available: Money, base: Money) -> Money {
    let kept = base.amount() - available.amount();
    let settled = cash.amount().checked_mul(base.amount()).and_then(|product| product.checked_div(kept));
    let settled = Money::rounded(settled.unwrap_or(cash.amount()), cash.currency());
    settled.less(cash)
}
