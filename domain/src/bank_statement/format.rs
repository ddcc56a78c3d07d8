//! The same entry as another format tells it. A bank names an entry otherwise in each of its formats; the account, the day and the amount stay.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::event::{Import, StatementKind, StatementLine};
use super::identity::Entry;
use super::span::Span;
use crate::ids::{BankAccountId, BankStatementId};

/// An entry that statements of another format had brought. One of this format tells it once: an equal one is another entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retold {
    /// Its identity where it was brought.
    pub brought_as: String,
    /// Its identity in this format, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_as: Option<String>,
}

/// Entries of other formats that may come again in this statement.
#[derive(Default)]
pub struct OtherFormats {
    told: HashMap<(NaiveDate, Decimal), Vec<TellsAgain>>,
}

/// An entry that was brought, as far as two formats agree on what they say of it.
struct TellsAgain {
    brought: (BankStatementId, String),
    /// Of a family of formats, which name an entry alike.
    reference: (String, Option<String>),
    ids: HashSet<String>,
    /// One of the two tells everything of the day, so it has what the other has.
    is_complete: bool,
}

impl OtherFormats {
    /// What a statement of the account brought, but for what this format has told already.
    pub fn add(&mut self, holder: BankStatementId, other: &Import, own: &Import, entries: &[Entry], is_told: impl Fn(&str) -> bool) {
        let spans = Span::of(own, entries.iter().map(|entry| entry.amount.amount())).zip(Span::imported(other));
        let is_apart = spans.is_some_and(|(own, other)| own.is_apart_from(&other));
        if is_apart || own.format == other.format || own.bank_account_id != other.bank_account_id {
            return;
        }
        let last = entries.iter().map(|entry| entry.booked_on).max();
        for lines in other.lines.chunk_by(|one, next| one.identity == next.identity) {
            let Some(first) = lines.first().filter(|first| !is_told(&first.identity)) else { continue };
            let day = first.booked_on;
            let amount = lines.iter().map(|line| line.amount.amount()).fold(Decimal::ZERO, Decimal::saturating_add);
            self.told.entry((day, amount.normalize())).or_default().push(TellsAgain {
                brought: (holder, first.identity.clone()),
                reference: (family(&other.format), first.bank_reference.clone()),
                ids: lines.iter().flat_map(ids_of_line).collect(),
                is_complete: own.is_complete_on(day, last)
                    || other.is_complete_on(day, other.lines.iter().map(|line| line.booked_on).max()),
            });
        }
    }

    /// One by one, for entries that nobody has brought under their own names: the statement that brought each, and as what.
    pub fn brought<'e>(
        &mut self,
        format: &str,
        entries: impl Iterator<Item = &'e Entry> + Clone,
    ) -> Vec<Option<(BankStatementId, String)>> {
        let mut found: Vec<Option<_>> = entries.clone().map(|entry| self.take(format, entry, Likeness::ById)).collect();
        for (brought, entry) in found.iter_mut().zip(entries).filter(|(brought, _)| brought.is_none()) {
            *brought = self.take(format, entry, Likeness::ByAmount);
        }
        found
    }

    fn take(&mut self, format: &str, entry: &Entry, likeness: Likeness) -> Option<(BankStatementId, String)> {
        let told = self.told.get_mut(&(entry.booked_on, entry.amount.amount().normalize()))?;
        let at = told.iter().position(|told| told.likeness(format, entry) == Some(likeness))?;
        Some(told.swap_remove(at).brought)
    }
}

/// What speaks for two entries of a day and an amount being one.
#[derive(Clone, Copy, PartialEq)]
enum Likeness {
    ById,
    ByAmount,
}

impl TellsAgain {
    fn likeness(&self, format: &str, entry: &Entry) -> Option<Likeness> {
        let ids: HashSet<String> = entry.lines.iter().filter_map(|line| line.end_to_end_id.clone()).collect();
        let reference = |own: &String| self.reference.1.as_ref().is_some_and(|other| other == own);
        let (family_of_other, other) = &self.reference;
        let are_two = *family_of_other == family(format)
            && entry.bank_reference.as_ref().zip(other.as_ref()).is_some_and(|(own, other)| own != other);
        match (are_two, ids.is_disjoint(&self.ids)) {
            (true, _) => None,
            (_, false) => Some(Likeness::ById),
            _ if entry.bank_reference.as_ref().is_some_and(reference) => Some(Likeness::ById),
            _ if !ids.is_empty() && !self.ids.is_empty() => None,
            _ => self.is_complete.then_some(Likeness::ByAmount),
        }
    }
}

fn ids_of_line(line: &StatementLine) -> impl Iterator<Item = String> {
    line.end_to_end_id.clone().into_iter()
}

/// `camt` of `camt.052`, `mt` of `mt942`: what stands before the number of the message.
fn family(format: &str) -> String {
    format.chars().take_while(|c| c.is_ascii_alphabetic()).collect()
}

impl Import {
    /// Whether it tells all that was booked on the day: a day that may go on after it was written is not told in full, unless it closes it.
    fn is_complete_on(&self, day: NaiveDate, last: Option<NaiveDate>) -> bool {
        self.kind == StatementKind::EndOfPeriod && (self.closing.is_some() || self.to.max(last).is_some_and(|last| day < last))
    }

    /// What its entries are called, those that others had brought among them.
    pub fn identities(&self) -> impl Iterator<Item = &String> {
        let retold = self.retold.iter().map(|own| own.told_as.as_ref().unwrap_or(&own.brought_as));
        self.lines.iter().map(|line| &line.identity).chain(retold)
    }

    /// As what others brought the entries that this format names otherwise, by their names here.
    pub fn brought_as(&self) -> HashMap<&str, &str> {
        self.retold.iter().filter_map(|own| Some((own.told_as.as_deref()?, own.brought_as.as_str()))).collect()
    }
}

/// The unique fact that one statement of this format told again what another had brought.
pub fn retold_key(account: BankAccountId, brought_as: &str, format: &str) -> String {
    format!("bank_entry_retold|{account}|{brought_as}|{format}")
}
