//! Takes single terms and collects what is wrong with them.

use chrono::{Datelike, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::text::{block, one_line};
use crate::canonical::Identifier;
use crate::outline::Element;
use crate::term::{Term, Terms};
use crate::value::Text;

/// A term that keeps a document from being captured.
#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[error("{term} {problem}")]
pub struct MissingTerm {
    /// `BT-1` ...
    pub term: String,
    /// XPath of the element, or of the group that lacks it.
    pub location: String,
    #[serde(flatten)]
    pub problem: Problem,
}

#[derive(Clone, Debug, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "problem", rename_all = "snake_case")]
pub enum Problem {
    #[error("is missing")]
    Missing,
    #[error("cannot be read: {text}")]
    Unreadable { text: String },
    #[error("lies between 1900 and 2999, not on {date}")]
    OutOfRange { date: NaiveDate },
    #[error("is stated twice: {first} and {second}")]
    Contradictory { first: String, second: String },
    #[error("is in {currency}, not in the currency of the document")]
    ForeignCurrency { currency: String },
}

pub(crate) struct Intake<'d> {
    currency: Option<&'d str>,
    missing: Vec<MissingTerm>,
}

impl<'d> Intake<'d> {
    pub(crate) fn for_currency(currency: Option<&'d str>) -> Self {
        Self { currency, missing: Vec::new() }
    }

    pub(crate) fn into_missing(self) -> Vec<MissingTerm> {
        self.missing
    }

    /// Text that only describes: the first statement.
    pub(crate) fn text(&self, terms: &Terms<'d, Text>) -> Option<String> {
        terms.text().map(one_line)
    }

    /// Text of several lines; several statements follow each other.
    pub(crate) fn block(&self, terms: &Terms<'d, Text>) -> Option<String> {
        let blocks: Vec<_> = terms.iter().map(|term| block(term.text())).filter(|text| !text.is_empty()).collect();
        (!blocks.is_empty()).then(|| blocks.join("\n"))
    }

    pub(crate) fn identifier(&self, terms: &Terms<'d, Text>) -> Option<Identifier> {
        terms.iter().find(|term| !term.is_blank()).map(identifier)
    }

    /// Text that decides something: several statements must agree.
    pub(crate) fn decisive(&mut self, name: &str, terms: &Terms<'d, Text>) -> Option<String> {
        let stated: Vec<_> = terms.iter().filter(|term| !term.is_blank()).collect();
        let first = stated.first()?;
        if let Some(other) = stated.iter().find(|term| one_line(term.text()) != one_line(first.text())) {
            self.contradiction(name, first, other);
        }
        Some(one_line(first.text()))
    }

    pub(crate) fn date(&mut self, name: &str, terms: &Terms<'d, NaiveDate>) -> Option<NaiveDate> {
        self.value(name, terms)
    }

    /// A date that the books go by.
    pub(crate) fn booked(&mut self, name: &str, terms: &Terms<'d, NaiveDate>) -> Option<NaiveDate> {
        let far = |date: NaiveDate| !(1900..=2999).contains(&date.year());
        if let Some(term) = terms.iter().find(|term| term.value().copied().is_some_and(far)) {
            let date = term.value().copied().unwrap_or_default();
            self.fault(name, term.element(), Problem::OutOfRange { date });
        }
        self.date(name, terms)
    }

    /// A date that only describes. Where a syntax allows a month or a week (formats 610 and 616), that is no day.
    pub(crate) fn day(&mut self, name: &str, terms: &Terms<'d, NaiveDate>) -> Option<NaiveDate> {
        let is_vague = terms.iter().any(|term| matches!(term.attribute("format"), Some("610" | "616")));
        if is_vague { None } else { self.date(name, terms) }
    }

    pub(crate) fn number(&mut self, name: &str, terms: &Terms<'d, Decimal>) -> Option<Decimal> {
        self.value(name, terms).map(normal)
    }

    /// Money in the document's currency.
    pub(crate) fn amount(&mut self, name: &str, terms: &Terms<'d, Decimal>) -> Option<Decimal> {
        let foreign = terms.iter().find_map(|term| {
            let currency = term.attribute("currencyID").map(str::trim).filter(|currency| !currency.is_empty());
            currency
                .filter(|&currency| self.currency.is_some_and(|of_document| of_document != currency))
                .map(|currency| (term.element(), currency))
        });
        if let Some((element, currency)) = foreign {
            self.fault(name, element, Problem::ForeignCurrency { currency: currency.into() });
        }
        self.number(name, terms)
    }

    /// The value, or a note that the group lacks the term. An unreadable one was noted before.
    pub(crate) fn demand<T, S>(&mut self, value: Option<T>, name: &str, group: Element<'d>, terms: &Terms<'d, S>) -> Option<T> {
        let nothing_said = terms.iter().all(Term::is_blank);
        if value.is_none() && nothing_said {
            self.missing(name, group);
        }
        value
    }

    pub(crate) fn missing(&mut self, name: &str, group: Element<'d>) {
        self.fault(name, group, Problem::Missing);
    }

    pub(crate) fn unreadable(&mut self, name: &str, element: Element<'d>, text: &str) {
        self.fault(name, element, Problem::Unreadable { text: text.chars().take(100).collect() });
    }

    pub(crate) fn contradiction<T>(&mut self, name: &str, first: &Term<'d, T>, second: &Term<'d, T>) {
        let problem = Problem::Contradictory { first: first.text().into(), second: second.text().into() };
        self.fault(name, second.element(), problem);
    }

    fn value<T: Copy + PartialEq>(&mut self, name: &str, terms: &Terms<'d, T>) -> Option<T> {
        if let Some(unreadable) = terms.iter().find(|term| term.is_unreadable()) {
            self.unreadable(name, unreadable.element(), unreadable.text());
            return None;
        }
        let mut stated = terms.iter().filter(|term| term.value().is_some());
        let first = stated.next()?;
        if let Some(other) = stated.find(|term| term.value() != first.value()) {
            self.contradiction(name, first, other);
        }
        first.value().copied()
    }

    fn fault(&mut self, name: &str, element: Element<'d>, problem: Problem) {
        self.missing.push(MissingTerm { term: name.into(), location: element.xpath(), problem });
    }
}

pub(crate) fn identifier(term: &Term<'_, Text>) -> Identifier {
    let scheme = term.attribute("schemeID").map(one_line).filter(|scheme| !scheme.is_empty());
    Identifier { id: one_line(term.text()), scheme }
}

/// One form for one number: no zeros behind the point, no negative zero.
fn normal(value: Decimal) -> Decimal {
    if value.is_zero() { Decimal::ZERO } else { value.normalize() }
}
