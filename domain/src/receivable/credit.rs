//! A credit note of ours: what of a receivable is not owed after all (EN 16931, type 381; the receivable is its preceding invoice, BG-3).
//!
//! It takes back lines in part or in whole, by quantity or by amount, with their share of what the whole document gives and asks. Its tax is
//! worked out as any document's; the note that takes back all that is left takes the rest, so that an invoice that is credited bit by bit
//! is credited exactly.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Outstanding, ReceivableLine, ReceivableRefusal, SoldGoods};
use crate::invoice::{Adjustment, InvoiceLine, TaxSubtotal, Totals, totals};
use crate::money::{Currency, Money, round_half_up};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CreditNote {
    /// BT-1, of the company's series of credit notes of the year.
    pub number: String,
    /// BT-2: it counts from then on.
    pub issue_date: NaiveDate,
    pub lines: Vec<CreditedLine>,
    /// What it takes back of the receivable's allowances and charges (BG-20, BG-21).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub adjustments: Vec<CreditedAdjustment>,
    /// BG-23, one entry a category and rate.
    pub tax_breakdown: Vec<TaxSubtotal>,
    /// BG-22.
    pub totals: Totals,
    /// Whether its goods had left, and come back with it. Else they are not set aside any more.
    pub goods_returned: bool,
    /// BT-22.
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CreditedLine {
    /// BT-126 of the receivable's line.
    pub line: String,
    /// In the line's unit; 0 where only less is asked for.
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "2"))]
    pub quantity: Decimal,
    /// What it takes back of the line's net amount (BT-131).
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "200.00"))]
    pub net: Decimal,
    /// What is in a stock of ours because of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods: Option<SoldGoods>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct CreditedAdjustment {
    /// Which of the receivable's allowances and charges, counted from 0.
    pub index: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String, example = "10.00"))]
    pub amount: Decimal,
}

/// What is to be credited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditRequest {
    /// All that is left of every line, allowance and charge where absent.
    pub lines: Option<Vec<LineCredit>>,
    /// What is taken back of allowances and charges; their share by what the lines come to where absent.
    pub adjustments: Option<Vec<CreditedAdjustment>>,
    pub goods_returned: bool,
    pub reason: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineCredit {
    pub line: String,
    /// In the line's unit. Where only an amount is said the customer keeps all goods; where neither is, all that is left is meant.
    pub quantity: Option<Decimal>,
    pub net: Option<Decimal>,
}

impl CreditNote {
    pub fn amount(&self, currency: Currency) -> Money {
        Money::rounded(self.totals.payable, currency)
    }

    /// The goods of its lines, each with the line that sold them.
    pub fn goods(&self) -> impl Iterator<Item = (&str, &SoldGoods)> {
        self.lines.iter().filter_map(|credited| Some((credited.line.as_str(), credited.goods.as_ref()?)))
    }
}

/// What is left of one line, allowance or charge.
#[derive(Clone, Copy)]
struct Left {
    quantity: Decimal,
    net: Decimal,
}

impl Outstanding {
    /// The credit note that a request comes to.
    pub(super) fn credit_note(
        &self,
        number: String,
        issue_date: NaiveDate,
        request: CreditRequest,
    ) -> Result<CreditNote, ReceivableRefusal> {
        let CreditRequest { lines, adjustments, goods_returned, reason } = request;
        if goods_returned && self.handed_over.is_none() {
            return Err(ReceivableRefusal::GoodsNotLeft);
        }
        let all = lines.is_none();
        let lines = self.credited_lines(lines.unwrap_or_else(|| self.whole_lines()), goods_returned)?;
        let adjustments = match adjustments {
            Some(said) => self.said_adjustments(said)?,
            None => self.shared_adjustments(&lines, all),
        };
        let too_large = ReceivableRefusal::TotalsDoNotHold;
        let (tax_breakdown, totals) = self.credited_totals(&lines, &adjustments).ok_or(too_large)?;
        if goods_returned && lines.iter().all(|line| line.goods.is_none()) {
            return Err(ReceivableRefusal::NoGoods);
        }
        Ok(CreditNote { number, issue_date, lines, adjustments, tax_breakdown, totals, goods_returned, reason })
    }

    /// Goods that nobody has taken back before they left.
    pub fn goods_left(&self) -> Vec<(usize, SoldGoods)> {
        let mut document = self.document.clone();
        for note in self.credit_notes.iter().filter(|note| !note.goods_returned) {
            for (id, goods) in note.goods() {
                let sold = document.lines.iter_mut().find(|line| line.line.id == id).and_then(|line| line.goods.as_mut());
                if let Some(sold) = sold {
                    sold.quantity -= goods.quantity;
                }
            }
        }
        let mut left = document.goods();
        left.retain(|(_, goods)| goods.quantity > Decimal::ZERO);
        left
    }

    fn whole_lines(&self) -> Vec<LineCredit> {
        let left = |own: &ReceivableLine| self.left_of_line(own);
        let is_left = |own: &&ReceivableLine| !left(own).net.is_zero() || !left(own).quantity.is_zero();
        let whole = |own: &ReceivableLine| LineCredit { line: own.line.id.clone(), quantity: None, net: None };
        self.document.lines.iter().filter(is_left).map(whole).collect()
    }

    fn left_of_line(&self, own: &ReceivableLine) -> Left {
        let credited = self.credit_notes.iter().flat_map(|note| &note.lines).filter(|credited| credited.line == own.line.id);
        credited.fold(Left { quantity: own.line.quantity.value, net: own.line.net }, |left, credited| Left {
            quantity: left.quantity - credited.quantity,
            net: left.net - credited.net,
        })
    }

    fn left_of_adjustment(&self, index: usize) -> Decimal {
        let whole = self.document.adjustments.get(index).map_or(Decimal::ZERO, |own| own.amount);
        let credited = self.credit_notes.iter().flat_map(|note| &note.adjustments).filter(|own| own.index as usize == index);
        whole - credited.map(|own| own.amount).sum::<Decimal>()
    }

    fn credited_lines(&self, asked: Vec<LineCredit>, goods_returned: bool) -> Result<Vec<CreditedLine>, ReceivableRefusal> {
        let mut seen = BTreeSet::new();
        let credited = asked.into_iter().enumerate().map(|(index, asked)| {
            let own = self.document.lines.iter().find(|own| own.line.id == asked.line);
            let own = own.filter(|own| seen.insert(own.line.id.clone())).ok_or(ReceivableRefusal::CreditedLineUnknown { index })?;
            let left = self.left_of_line(own);
            let (quantity, net) = self.taken_back(own, left, &asked).ok_or(ReceivableRefusal::TotalsDoNotHold)?;
            if !is_part(quantity, left.quantity) {
                return Err(ReceivableRefusal::ExceedsLineQuantity { index, left: left.quantity });
            }
            if !is_part(net, left.net) {
                return Err(ReceivableRefusal::ExceedsLineAmount { index, left: Money::rounded(left.net, self.document.currency) });
            }
            let stays = self.handed_over.is_some() && !goods_returned;
            let goods = own.goods.as_ref().filter(|_| !stays && !quantity.is_zero());
            let goods = goods.map(|sold| SoldGoods { quantity: goods_of(own, sold, left.quantity, quantity), ..sold.clone() });
            Ok(CreditedLine { line: asked.line, quantity, net, goods })
        });
        credited.collect()
    }

    /// `None` where the numbers are too large.
    fn taken_back(&self, own: &ReceivableLine, left: Left, asked: &LineCredit) -> Option<(Decimal, Decimal)> {
        let exponent = self.document.currency.exponent();
        Some(match (asked.quantity, asked.net) {
            (None, None) => (left.quantity, left.net),
            (Some(quantity), None) if quantity == left.quantity => (quantity, left.net),
            (Some(quantity), None) => {
                let exact = own.line.net.checked_mul(quantity)?.checked_div(own.line.quantity.value)?;
                // Parts that were rounded up leave less than their share to the last.
                (quantity, round_half_up(exact, exponent).clamp(left.net.min(Decimal::ZERO), left.net.max(Decimal::ZERO)))
            }
            (quantity, Some(net)) => (quantity.unwrap_or_default(), round_half_up(net, exponent)),
        })
    }

    fn said_adjustments(&self, said: Vec<CreditedAdjustment>) -> Result<Vec<CreditedAdjustment>, ReceivableRefusal> {
        let mut seen = BTreeSet::new();
        for (at, own) in said.iter().enumerate() {
            let left = self.left_of_adjustment(own.index as usize);
            if own.index as usize >= self.document.adjustments.len() || !seen.insert(own.index) || !is_part(own.amount, left) {
                return Err(ReceivableRefusal::ExceedsAdjustment { index: at, left: Money::rounded(left, self.document.currency) });
            }
        }
        Ok(said.into_iter().filter(|own| !own.amount.is_zero()).collect())
    }

    /// Allowances and charges go back as far as the lines do.
    fn shared_adjustments(&self, lines: &[CreditedLine], all: bool) -> Vec<CreditedAdjustment> {
        let before = self.credit_notes.iter().flat_map(|note| &note.lines);
        let credited: Decimal = before.chain(lines).map(|line| line.net).sum();
        let whole = self.document.totals.lines;
        let share = |index: usize, own: &Adjustment| {
            let left = self.left_of_adjustment(index);
            let up_to = own.amount.checked_mul(credited).and_then(|product| product.checked_div(whole)).unwrap_or_default();
            let wanted = round_half_up(up_to, self.document.currency.exponent()) - (own.amount - left);
            let amount = if all || credited == whole { left } else { wanted.clamp(left.min(Decimal::ZERO), left.max(Decimal::ZERO)) };
            CreditedAdjustment { index: u32::try_from(index).unwrap_or(u32::MAX), amount }
        };
        let shared = self.document.adjustments.iter().enumerate().map(|(index, own)| share(index, own));
        shared.filter(|own| !own.amount.is_zero()).collect()
    }

    fn credited_totals(&self, lines: &[CreditedLine], adjustments: &[CreditedAdjustment]) -> Option<(Vec<TaxSubtotal>, Totals)> {
        let own = |credited: &CreditedLine| self.document.lines.iter().find(|own| own.line.id == credited.line);
        let stated = lines.iter().filter_map(|credited| Some(InvoiceLine { net: credited.net, ..own(credited)?.line.clone() }));
        let given = adjustments.iter().filter_map(|own| {
            let known = self.document.adjustments.get(own.index as usize)?;
            Some(Adjustment { amount: own.amount, ..known.clone() })
        });
        let (stated, given): (Vec<InvoiceLine>, Vec<Adjustment>) = (stated.collect(), given.collect());
        let (mut breakdown, mut computed) = totals::totals(&stated, &given, Decimal::ZERO, Decimal::ZERO, self.document.currency)?;
        let before = || self.credit_notes.iter().map(|note| &note.totals);
        let is_rest = |whole: Decimal, part: fn(&Totals) -> Decimal| whole == before().chain([&computed]).map(part).sum::<Decimal>();
        let whole = &self.document.totals;
        let last = is_rest(whole.lines, |own| own.lines)
            && is_rest(whole.allowances, |own| own.allowances)
            && is_rest(whole.charges, |own| own.charges);
        if last {
            for whole in &self.document.tax_breakdown {
                let credited = self.credit_notes.iter().flat_map(|note| &note.tax_breakdown).filter(|own| own.category == whole.category);
                let tax = whole.tax - credited.map(|own| own.tax).sum::<Decimal>();
                match breakdown.iter_mut().find(|own| own.category == whole.category) {
                    Some(own) => own.tax = tax,
                    None if tax.is_zero() => {}
                    None => breakdown.push(TaxSubtotal { category: whole.category.clone(), taxable: Decimal::ZERO, tax }),
                }
            }
            computed.tax = breakdown.iter().map(|part| part.tax).sum();
            computed.gross = computed.net + computed.tax;
            computed.payable = computed.gross;
        }
        Some((breakdown, computed))
    }
}

/// What is credited is of the same sign as what is left, and no more of it.
fn is_part(wanted: Decimal, left: Decimal) -> bool {
    (left.min(Decimal::ZERO)..=left.max(Decimal::ZERO)).contains(&wanted)
}

/// So many of a line's goods, in the item's unit: whatever the parts, all of them are all.
fn goods_of(own: &ReceivableLine, sold: &SoldGoods, left: Decimal, quantity: Decimal) -> Decimal {
    let whole = own.line.quantity.value;
    let up_to = |part: Decimal| {
        if part == whole {
            return sold.quantity;
        }
        let exact = sold.quantity.checked_mul(part).and_then(|product| product.checked_div(whole));
        exact.unwrap_or_default().round_dp(12)
    };
    (up_to(whole - left + quantity) - up_to(whole - left)).normalize()
}
