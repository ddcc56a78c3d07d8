//! What an invoice owes, by the days on which its parts fall due: one of three instalments stands in three places (SEMANTICS 10).

use std::collections::BTreeMap;

use chrono::NaiveDate;
use quittance_domain::invoice::DocumentKind;
use quittance_domain::{Currency, Money};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::row::{InvoiceRow, Stage};

/// What is owed after an event.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Owed {
    pub place: Place,
    pub by_due_date: BTreeMap<NaiveDate, Part>,
}

/// Where in the books it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Place {
    pub vendor_id: Uuid,
    pub currency: Currency,
    pub document_date: NaiveDate,
    pub effective_date: NaiveDate,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Part {
    pub amount: Decimal,
    pub unapproved: Decimal,
    /// Of the amount, whoever has approved it.
    pub disputed: Decimal,
}

impl Owed {
    pub fn negated(self) -> Self {
        let by_due_date = self.by_due_date.into_iter().map(|(due_date, part)| (due_date, part.negated())).collect();
        Self { by_due_date, ..self }
    }

    /// Where nothing stands any more, what stood there is taken away.
    pub fn less(mut self, other: &Self) -> Self {
        for (due_date, part) in &other.by_due_date {
            self.by_due_date.entry(*due_date).or_default().add(part.negated());
        }
        self
    }
}

impl Part {
    pub fn is_zero(&self) -> bool {
        [self.amount, self.unapproved, self.disputed].iter().all(Decimal::is_zero)
    }

    fn negated(self) -> Self {
        Self { amount: -self.amount, unapproved: -self.unapproved, disputed: -self.disputed }
    }

    fn add(&mut self, other: Self) {
        self.amount += other.amount;
        self.unapproved += other.unapproved;
        self.disputed += other.disputed;
    }
}

impl InvoiceRow {
    /// What the books owe because of this invoice: nothing once it is rejected or voided, less for a credit note.
    pub(super) fn owed(&self) -> Owed {
        let by_due_date = match self.stage.0 {
            Stage::Rejected | Stage::Voided => BTreeMap::new(),
            Stage::Received | Stage::PendingApproval => self.parts(|open| open),
            Stage::Approved => self.parts(|_| Decimal::ZERO),
        };
        let place = Place {
            vendor_id: self.vendor_id,
            currency: self.currency.0,
            document_date: self.issue_date,
            effective_date: self.effective_date,
        };
        let owed = Owed { place, by_due_date };
        if self.kind.0 == DocumentKind::CreditNote { owed.negated() } else { owed }
    }

    fn parts(&self, unapproved: impl Fn(Decimal) -> Decimal) -> BTreeMap<NaiveDate, Part> {
        let open = self.open_parts();
        let disputed = self.disputed_parts(&open);
        let mut parts: BTreeMap<NaiveDate, Part> = BTreeMap::new();
        for ((due_date, amount), disputed) in open.into_iter().zip(disputed) {
            parts.entry(due_date).or_default().add(Part { amount, unapproved: unapproved(amount), disputed });
        }
        parts
    }

    /// What is left of each instalment, by the rule that also tells a payment run what to pay. What we are owed is not in parts.
    fn open_parts(&self) -> Vec<(NaiveDate, Decimal)> {
        match self.terms.0.as_ref() {
            Some(terms) if self.payable.is_sign_positive() => {
                let left = terms.left_of_parts(Money::rounded(self.settled, self.currency.0));
                left.into_iter().map(|(_, part)| (part.due_date, part.amount.amount())).collect()
            }
            _ => vec![(self.due_date, self.payable - self.settled)],
        }
    }

    /// When the first part that is left falls due; `None` where nothing is, or it was voided.
    pub fn next_due_date(&self) -> Option<NaiveDate> {
        let left = self.open_parts().into_iter().find(|(_, left)| !left.is_zero());
        left.filter(|_| self.stage.0 != Stage::Voided).map(|(due_date, _)| due_date)
    }

    /// What is not disputed is paid first, and the first part goes first: so the dispute is about the last ones.
    fn disputed_parts(&self, open: &[(NaiveDate, Decimal)]) -> Vec<Decimal> {
        let mut left = self.disputed;
        let mut disputed: Vec<Decimal> = open.iter().map(|_| Decimal::ZERO).collect();
        for (part, (_, amount)) in disputed.iter_mut().zip(open).rev() {
            *part = left.min(*amount);
            left -= *part;
        }
        disputed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("a date")
    }

    fn owed(parts: &[(u32, i64)]) -> Owed {
        let part = |(due, amount): &(u32, i64)| (day(*due), Part { amount: (*amount).into(), ..Part::default() });
        let place = Place { vendor_id: Uuid::nil(), currency: Currency::EUR, document_date: day(1), effective_date: day(1) };
        Owed { place, by_due_date: parts.iter().map(part).collect() }
    }

    #[test]
    fn what_stood_elsewhere_is_taken_away_there() {
        let moved = owed(&[(10, 40), (20, 60)]).less(&owed(&[(10, 100)]));
        assert_eq!(moved, owed(&[(10, -60), (20, 60)]));
        assert_eq!(owed(&[]).less(&owed(&[(10, 100)])), owed(&[(10, -100)]));
    }
}
