//! What an invoice of ours says, in the terms of EN 16931. All amounts are in the document's currency.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::ReceivableRefusal;
use crate::ids::ItemId;
use crate::invoice::{Adjustment, Assignment, InvoiceLine, References, TaxSubtotal, Totals, totals};
use crate::limits::LINES_MAX;
use crate::money::{Currency, Money};
use crate::party::folded;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReceivableDocument {
    /// BT-5.
    pub currency: Currency,
    /// The code of the company's payment terms that it goes out under; due at once where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payment_terms: Option<String>,
    #[serde(default)]
    pub references: References,
    /// BT-72.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_on: Option<NaiveDate>,
    pub lines: Vec<ReceivableLine>,
    /// Document-level allowances and charges (BG-20, BG-21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<Adjustment>,
    /// BG-23, one entry a category and rate.
    pub tax_breakdown: Vec<TaxSubtotal>,
    /// BG-22.
    pub totals: Totals,
    /// BT-22.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct ReceivableLine {
    /// BG-25.
    pub line: InvoiceLine,
    /// Where its revenue is booked.
    pub coding: Assignment,
    /// What leaves a stock of ours for it; absent for services and for what is shipped by others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<SoldGoods>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct SoldGoods {
    pub item_id: ItemId,
    pub location: String,
    /// In the item's unit.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10"))]
    pub quantity: Decimal,
}

impl ReceivableDocument {
    /// What the customer owes for it (BT-115).
    pub fn payable(&self) -> Money {
        Money::rounded(self.totals.payable, self.currency)
    }

    /// What leaves our stocks, each once, with the first line that sells of it.
    pub fn goods(&self) -> Vec<(usize, SoldGoods)> {
        let mut stocks: BTreeMap<(ItemId, String), usize> = BTreeMap::new();
        let mut goods: Vec<(usize, SoldGoods)> = Vec::new();
        let sold = self.lines.iter().enumerate().filter_map(|(index, line)| Some((index, line.goods.as_ref()?)));
        for (index, sold) in sold {
            match stocks.get(&(sold.item_id, folded(&sold.location))) {
                Some(&known) => goods[known].1.quantity = goods[known].1.quantity.saturating_add(sold.quantity),
                None => {
                    stocks.insert((sold.item_id, folded(&sold.location)), goods.len());
                    goods.push((index, sold.clone()));
                }
            }
        }
        goods
    }

    pub(super) fn check(&self) -> Result<(), ReceivableRefusal> {
        if self.lines.is_empty() || self.lines.len() > LINES_MAX {
            return Err(ReceivableRefusal::LinesMissing);
        }
        let is_sold = |line: &ReceivableLine| line.goods.as_ref().is_none_or(|goods| goods.quantity > Decimal::ZERO);
        if let Some(index) = self.lines.iter().position(|line| !is_sold(line)) {
            return Err(ReceivableRefusal::SoldQuantityNotPositive { index });
        }
        if let Some(index) = self.lines.iter().position(|line| !line.line.tax.is_sound()) {
            return Err(ReceivableRefusal::TaxCategoryUnfit { index });
        }
        if !self.adds_up() {
            return Err(ReceivableRefusal::TotalsDoNotHold);
        }
        if self.payable().is_positive() { Ok(()) } else { Err(ReceivableRefusal::NothingAskedFor) }
    }

    /// It is ours: nothing that it states is anybody else's word.
    fn adds_up(&self) -> bool {
        let lines: Vec<InvoiceLine> = self.lines.iter().map(|own| own.line.clone()).collect();
        let computed = totals::totals(&lines, &self.adjustments, Decimal::ZERO, Decimal::ZERO, self.currency);
        computed.is_some_and(|(breakdown, totals)| breakdown == self.tax_breakdown && totals == self.totals)
    }
}
