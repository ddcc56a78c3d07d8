//! All movements of a stock once more, in the order of their effective dates: what each would have cost had everything
//! been known, and how that differs from before.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::movement::{Effect, Moved, Movement};
use super::pile::{Parcel, Pile};
use super::worth::Worths;
use super::{Affected, ValueChange};
use crate::chart::Code;
use crate::ledger::books::Books;
use crate::ledger::entry::{Entry, Line, Reason};
use crate::ledger::rate::RateTable;
use crate::money::{Currency, Money};
use crate::stock::Valuation;

type Effects<'m> = Vec<(&'m Movement, Effect)>;

pub(super) fn replayed<'m>(method: Valuation, movements: impl IntoIterator<Item = &'m Movement>, books: &Books) -> (Pile, Effects<'m>) {
    let mut pile = Pile::valued_by(method);
    let mut ordered: Vec<&Movement> = movements.into_iter().collect();
    ordered.sort_by_key(|movement| movement.rank());
    let effects = ordered.into_iter().map(|movement| (movement, movement.on(&mut pile, books))).collect();
    (pile, effects)
}

/// What a movement cost, replayed: by how much the stock is worth more after it, in the books' currency.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    pub movement: Movement,
    pub replayed: Decimal,
}

/// Every movement at the cost it would have had, had everything been known from the first.
pub fn costs(method: Valuation, movements: &[Movement], books: &Books) -> Vec<Cost> {
    let (_, effects) = replayed(method, movements, books);
    effects.into_iter().map(|(movement, effect)| Cost { movement: movement.clone(), replayed: effect.value().base() }).collect()
}

/// What goods are that come back: what left under the reference, less what is back of it already. Absent where so many never left.
pub(super) fn left_under(reference: &str, quantity: Decimal, method: Valuation, history: &[Movement], books: &Books) -> Option<Parcel> {
    let (_, effects) = replayed(method, history, books);
    let mut away = Pile::valued_by(method);
    for (movement, effect) in effects {
        match (&movement.moved, effect.sent) {
            (Moved::Issued { quantity, reference: Some(own) }, Some(parcel)) if own.trim() == reference => {
                away.take_in(*quantity, parcel);
            }
            (Moved::BroughtBack { quantity, reference: own, .. }, _) if own == reference => drop(away.take(*quantity)),
            _ => {}
        }
    }
    (quantity <= away.quantity()).then(|| away.take(quantity))
}

/// What a movement does now and did before.
pub(super) struct Difference<'e> {
    pub movement: &'e Movement,
    before: &'e Effect,
    after: &'e Effect,
}

impl<'e> Difference<'e> {
    /// Those of the movements that are in both.
    pub fn all(before: &'e Effects<'_>, after: &'e Effects<'_>) -> Vec<Self> {
        let earlier: BTreeMap<i64, &Effect> = before.iter().map(|(movement, effect)| (movement.position, effect)).collect();
        let differs = |(movement, after): &'e (&Movement, Effect)| {
            let before = *earlier.get(&movement.position)?;
            (before.parts != after.parts).then_some(Self { movement, before, after })
        };
        after.iter().filter_map(differs).collect()
    }

    /// The old lines taken back, and the new ones.
    pub fn replacing(&self) -> Vec<Line> {
        let before: Vec<Line> = self.before.lines().cloned().collect();
        Entry::reversed(&before).into_iter().chain(self.after.lines().cloned()).collect()
    }

    fn value(&self) -> Worths {
        self.after.value().minus(&self.before.value())
    }

    pub fn change(&self, reason: Reason, effective_date: NaiveDate, stock: Uuid) -> ValueChange {
        ValueChange { stock, reason, effective_date, quantity: Decimal::ZERO, worth: self.value(), affected: vec![] }
    }

    /// All of them as one entry: an account's lines of a currency are one.
    pub fn summed(differences: &[Self]) -> Vec<Line> {
        let mut sums: BTreeMap<(Code, &str, bool), Line> = BTreeMap::new();
        for line in differences.iter().flat_map(Self::replacing) {
            let key = (line.account.clone(), line.amount.currency().code(), line.base.is_some());
            match sums.get_mut(&key) {
                Some(sum) => add(sum, &line),
                None => drop(sums.insert(key, line)),
            }
        }
        sums.into_values().filter(|line| !line.amount.is_zero() || line.base.is_some_and(|base| !base.is_zero())).collect()
    }

    pub fn together(differences: &[Self], reason: Reason, on: NaiveDate, stock: Uuid) -> Option<ValueChange> {
        let worth = differences.iter().fold(Worths::default(), |sum, difference| sum.plus(&difference.value()));
        let affected: Vec<Affected> = differences.iter().map(Self::affected).collect();
        let change = ValueChange { stock, reason, effective_date: on, quantity: Decimal::ZERO, worth, affected };
        (!change.affected.is_empty()).then_some(change)
    }

    fn affected(&self) -> Affected {
        let Movement { position, effective_date, .. } = *self.movement;
        Affected { position, effective_date, booked: self.before.value().base(), replayed: self.after.value().base() }
    }
}

fn add(sum: &mut Line, more: &Line) {
    sum.amount = Money::rounded(sum.amount.amount().saturating_add(more.amount.amount()), sum.amount.currency());
    sum.base = sum.base.zip(more.base).map(|(a, b)| a + b);
}

impl Movement {
    /// With the rates that are known by now, where it waited for one.
    pub(super) fn translated(&self, books: &Books, rates: &RateTable) -> Self {
        let mut movement = self.clone();
        match &mut movement.moved {
            Moved::CameIn { worth, .. } | Moved::WentBack { owed: worth, .. } | Moved::Repriced { difference: worth, .. } => {
                *worth = worth.translated(books, rates);
            }
            Moved::TakenIn { parcel, .. } | Moved::BroughtBack { parcel, .. } => parcel.worth = parcel.worth.translated(books, rates),
            Moved::Issued { .. } | Moved::Adjusted { .. } | Moved::Counted { .. } | Moved::SentAway { .. } => {}
        }
        movement
    }

    pub(super) fn untranslated(&self) -> Vec<(Currency, NaiveDate)> {
        match &self.moved {
            Moved::CameIn { worth, .. } | Moved::WentBack { owed: worth, .. } | Moved::Repriced { difference: worth, .. } => {
                Worths::from(*worth).untranslated().collect()
            }
            Moved::TakenIn { parcel, .. } | Moved::BroughtBack { parcel, .. } => parcel.worth.untranslated().collect(),
            Moved::Issued { .. } | Moved::Adjusted { .. } | Moved::Counted { .. } | Moved::SentAway { .. } => vec![],
        }
    }
}
