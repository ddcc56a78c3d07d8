//! Where the goods of a layer came from: which receipts brought them, and how many of each an invoice has priced.
//!
//! An invoice prices goods that are here before those that have left, each once: however many bills a receipt's goods are split over, no
//! more of them change their worth than are here. What leaves takes its share of all of them along; to another place it takes them as they are,
//! so that what an invoice says later finds them there.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ids::InvoiceId;
use crate::stock::ReceiptLine;

/// What one receipt's line brought, as far as it is here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Origin {
    /// Absent for those that came long before, together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    receipt: Option<ReceiptLine>,
    here: Decimal,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    priced: Vec<Priced>,
}

/// So many of them cost what an invoice says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Priced {
    /// Absent of those that came long before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invoice: Option<InvoiceId>,
    quantity: Decimal,
}

/// Finer parts of a quantity are none.
const DIGITS: u32 = 12;

impl Origin {
    /// How many receipts are told apart in one layer. Those before count together.
    const APART: usize = 64;

    pub fn of(receipt: ReceiptLine, here: Decimal) -> Self {
        Self { receipt: Some(receipt), here, priced: vec![] }
    }

    pub fn here(&self) -> Decimal {
        self.here
    }

    pub fn is_of(&self, receipt: ReceiptLine) -> bool {
        self.receipt.is_some_and(|own| own.is_of(receipt))
    }

    /// Came so long before that it may be of any receipt.
    pub fn is_of_long_before(&self) -> bool {
        self.receipt.is_none()
    }

    pub fn is_nothing(&self) -> bool {
        self.here.is_zero()
    }

    /// Takes out what goes along where of `whole` goods only `left` remain.
    pub fn split(&mut self, left: Decimal, whole: Decimal) -> Self {
        let before = self.clone();
        self.keep(left, whole);
        let remains =
            |priced: &Priced| self.priced.iter().find(|own| own.invoice == priced.invoice).map_or(Decimal::ZERO, |own| own.quantity);
        let mut gone = Self { here: before.here - self.here, ..before };
        gone.priced.iter_mut().for_each(|priced| priced.quantity -= remains(priced));
        gone.priced.retain(|priced| !priced.quantity.is_zero());
        gone
    }

    /// Of `whole` goods `left` remain.
    pub fn keep(&mut self, left: Decimal, whole: Decimal) {
        self.here = share(self.here, left, whole);
        self.priced.iter_mut().for_each(|priced| priced.quantity = share(priced.quantity, left, whole));
        self.priced.retain(|priced| !priced.quantity.is_zero());
    }

    /// How many of `quantity` goods are here and bear a difference: those that no invoice has priced yet, those that this one had priced
    /// where it is taken back, all where it is no invoice's.
    pub fn bears(&mut self, invoice: Option<InvoiceId>, quantity: Decimal) -> Decimal {
        let Some(invoice) = invoice else { return quantity.clamp(-self.here, self.here) };
        let own = self.priced.iter().position(|priced| priced.invoice == Some(invoice));
        let before = own.map_or(Decimal::ZERO, |own| self.priced[own].quantity);
        let unpriced = self.here - self.priced_quantity();
        let bears = quantity.clamp(-before, unpriced.max(Decimal::ZERO));
        match own {
            Some(own) => self.priced[own].quantity += bears,
            None => self.priced.push(Priced { invoice: Some(invoice), quantity: bears }),
        }
        self.priced.retain(|priced| !priced.quantity.is_zero());
        bears
    }

    /// Adds to those of a layer, of which only the last are told apart.
    pub fn join(self, origins: &mut Vec<Self>) {
        match origins.iter_mut().find(|origin| origin.receipt == self.receipt) {
            Some(own) => own.gain(self),
            None => origins.push(self),
        }
        if origins.len() > Self::APART {
            let next = origins.remove(1);
            origins[0].forget(next);
        }
    }

    /// More of the same receipt, that had been elsewhere.
    fn gain(&mut self, more: Self) {
        self.here += more.here;
        for priced in more.priced {
            match self.priced.iter_mut().find(|own| own.invoice == priced.invoice) {
                Some(own) => own.quantity += priced.quantity,
                None => self.priced.push(priced),
            }
        }
    }

    /// Counts goods that came long before as one, whoever priced them.
    fn forget(&mut self, more: Self) {
        let priced = self.priced_quantity() + more.priced_quantity();
        let priced = Some(Priced { invoice: None, quantity: priced }).filter(|priced| !priced.quantity.is_zero());
        *self = Self { receipt: None, here: self.here + more.here, priced: priced.into_iter().collect() };
    }

    fn priced_quantity(&self) -> Decimal {
        self.priced.iter().map(|priced| priced.quantity).sum()
    }
}

fn share(quantity: Decimal, left: Decimal, whole: Decimal) -> Decimal {
    let exact = quantity.checked_mul(left).and_then(|product| product.checked_div(whole));
    exact.unwrap_or_default().round_dp(DIGITS)
}
