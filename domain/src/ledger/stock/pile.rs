//! The goods of one stock with what they are worth: in layers that leave oldest first, or in one at the average.
//!
//! Goods that left before they came in are short: they left at what the last ones cost, and what comes in covers them
//! first, at what it really costs.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::origin::Origin;
use super::worth::Worths;
use crate::ids::InvoiceId;
use crate::stock::{ReceiptLine, Valuation};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Pile {
    pub(super) method: Valuation,
    layers: VecDeque<Layer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    short: Option<Lot>,
    /// What came in last: what goods cost where nothing better is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last: Option<Lot>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Lot {
    quantity: Decimal,
    worth: Worths,
}

/// Goods under way from one place to another: what they cost, and which receipts brought them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Parcel {
    pub(super) worth: Worths,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
}

/// Goods that came in together, or all at the average, as far as they are here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Layer {
    /// None of goods that did not come by a receipt.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    origins: Vec<Origin>,
    #[serde(flatten)]
    lot: Lot,
}

/// What a new price changes: what is still here, and what has left already.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Repriced {
    pub here: Worths,
    pub gone: Worths,
}

impl Lot {
    fn take(&mut self, quantity: Decimal) -> Worths {
        let taken = self.worth.take(quantity, self.quantity);
        self.quantity -= quantity;
        taken
    }
}

impl Parcel {
    fn add(&mut self, more: Self) {
        self.worth = std::mem::take(&mut self.worth).plus(&more.worth);
        more.origins.into_iter().for_each(|origin| origin.join(&mut self.origins));
    }
}

impl From<Worths> for Parcel {
    fn from(worth: Worths) -> Self {
        Self { worth, origins: vec![] }
    }
}

impl Layer {
    fn take(&mut self, quantity: Decimal) -> Parcel {
        let before = self.lot.quantity;
        let worth = self.lot.take(quantity);
        let left = self.lot.quantity;
        let origins = self.origins.iter_mut().map(|origin| origin.split(left, before)).filter(|origin| !origin.is_nothing()).collect();
        self.origins.retain(|origin| !origin.is_nothing());
        Parcel { worth, origins }
    }

    /// Goods that one receipt brought, as far as they are here, go before others.
    fn take_of(&mut self, receipt: ReceiptLine, quantity: Decimal) -> Worths {
        let (mut own, others): (Vec<Origin>, Vec<Origin>) = std::mem::take(&mut self.origins).into_iter().partition(|o| o.is_of(receipt));
        let mut rest = quantity;
        for origin in &mut own {
            let (before, part) = (origin.here(), origin.here().min(rest));
            origin.keep(before - part, before);
            rest -= part;
        }
        self.origins = others;
        let taken = self.lot.take(quantity - rest);
        let taken = if rest.is_zero() { taken } else { taken.plus(&self.take(rest).worth) };
        self.origins.extend(own.into_iter().filter(|origin| !origin.is_nothing()));
        taken
    }
}

impl Pile {
    pub(super) fn valued_by(method: Valuation) -> Self {
        Self { method, ..Self::default() }
    }

    /// Everything on hand; below zero where more left than came in.
    pub fn worth(&self) -> Worths {
        let here = self.layers.iter().fold(Worths::default(), |sum, layer| sum.plus(&layer.lot.worth));
        self.short.iter().fold(here, |sum, short| sum.minus(&short.worth))
    }

    pub fn quantity(&self) -> Decimal {
        let here: Decimal = self.layers.iter().map(|layer| layer.lot.quantity).sum();
        here - self.short.as_ref().map_or(Decimal::ZERO, |short| short.quantity)
    }

    /// Goods come in. Answers what those that had left short of them cost more than was assumed.
    pub(super) fn bring(&mut self, receipt: Option<ReceiptLine>, quantity: Decimal, worth: Worths) -> Worths {
        if receipt.is_some() {
            self.last = Some(Lot { quantity, worth: worth.clone() });
        }
        let origins = receipt.map(|receipt| Origin::of(receipt, quantity)).into_iter().collect();
        self.take_in(quantity, Parcel { worth, origins })
    }

    /// Goods come from another place, as what they were there.
    pub(super) fn take_in(&mut self, quantity: Decimal, Parcel { worth, mut origins }: Parcel) -> Worths {
        let mut lot = Lot { quantity, worth };
        let more = self.cover(&mut lot);
        if lot.quantity > Decimal::ZERO {
            origins.iter_mut().for_each(|origin| origin.keep(lot.quantity, quantity));
            self.lay(origins, lot);
        }
        more
    }

    fn cover(&mut self, lot: &mut Lot) -> Worths {
        let Some(mut short) = self.short.take() else { return Worths::default() };
        let covered = short.quantity.min(lot.quantity);
        let cost = lot.take(covered);
        let assumed = short.take(covered);
        self.short = Some(short).filter(|short| short.quantity > Decimal::ZERO);
        cost.minus(&assumed)
    }

    fn lay(&mut self, origins: Vec<Origin>, lot: Lot) {
        match (self.method, self.layers.front_mut()) {
            (Valuation::MovingAverage, Some(pool)) => {
                pool.lot.quantity += lot.quantity;
                pool.lot.worth = std::mem::take(&mut pool.lot.worth).plus(&lot.worth);
                origins.into_iter().for_each(|origin| origin.join(&mut pool.origins));
            }
            _ => self.layers.push_back(Layer { origins, lot }),
        }
    }

    /// Goods leave: what they cost, and what they are.
    pub(super) fn take(&mut self, mut quantity: Decimal) -> Parcel {
        let mut taken = Parcel::default();
        while let Some(layer) = self.layers.front_mut().filter(|_| quantity > Decimal::ZERO) {
            let part = layer.lot.quantity.min(quantity);
            taken.add(layer.take(part));
            quantity -= part;
            if layer.lot.quantity.is_zero() {
                self.layers.pop_front();
            }
        }
        if quantity > Decimal::ZERO {
            taken.add(self.take_short(quantity).into());
        }
        taken
    }

    fn take_short(&mut self, quantity: Decimal) -> Worths {
        let assumed = self.last.as_ref().map(|last| last.worth.share(quantity, last.quantity)).unwrap_or_default();
        let before = self.short.take().unwrap_or(Lot { quantity: Decimal::ZERO, worth: Worths::default() });
        self.short = Some(Lot { quantity: before.quantity + quantity, worth: before.worth.plus(&assumed) });
        assumed
    }

    /// Goods leave that a receipt brought: its own as far as they are here, then others.
    pub(super) fn take_of(&mut self, receipt: ReceiptLine, quantity: Decimal) -> Worths {
        let own = self.layers.iter().position(|layer| layer.origins.iter().any(|own| own.is_of(receipt)));
        let Some(at) = own else { return self.take(quantity).worth };
        let layer = &mut self.layers[at];
        let part = layer.lot.quantity.min(quantity);
        let cost = layer.take_of(receipt, part);
        if layer.lot.quantity.is_zero() {
            self.layers.remove(at);
        }
        let rest = quantity - part;
        if rest.is_zero() { cost } else { cost.plus(&self.take_of(receipt, rest)) }
    }

    /// What goods are worth that are found: as those here on average, else as the last ones.
    pub(super) fn as_found(&self, quantity: Decimal) -> Worths {
        let here = self.quantity();
        match &self.last {
            _ if here > Decimal::ZERO => self.worth().share(quantity, here),
            Some(last) => last.worth.share(quantity, last.quantity),
            None => Worths::default(),
        }
    }

    /// How many of `quantity` goods of a receipt are here and would bear a new price.
    pub(super) fn bears(&self, receipt: ReceiptLine, invoice: Option<InvoiceId>, quantity: Decimal) -> Decimal {
        let own = self.layers.iter().flat_map(|layer| &layer.origins).filter(|origin| origin.is_of(receipt));
        own.fold(Decimal::ZERO, |borne, origin| borne + origin.clone().bears(invoice, quantity - borne))
    }

    /// Goods of a receipt cost something else than they came in at: the share of what is here changes its worth.
    pub(super) fn reprice(&mut self, receipt: ReceiptLine, invoice: Option<InvoiceId>, quantity: Decimal, difference: &Worths) -> Repriced {
        let mut rest = Lot { quantity, worth: difference.clone() };
        let mut here = Worths::default();
        let is_known = self.layers.iter().flat_map(|layer| &layer.origins).any(|origin| origin.is_of(receipt));
        for layer in &mut self.layers {
            let bears = |origin: &&mut Origin| if is_known { origin.is_of(receipt) } else { origin.is_of_long_before() };
            for origin in layer.origins.iter_mut().filter(bears) {
                let part = origin.bears(invoice, rest.quantity);
                if !part.is_zero() {
                    let share = rest.take(part);
                    layer.lot.worth = std::mem::take(&mut layer.lot.worth).plus(&share);
                    here = here.plus(&share);
                }
            }
        }
        Repriced { here, gone: rest.worth }
    }
}
