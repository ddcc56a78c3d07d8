//! What the ledger keeps of the lines of bank statements, each by its own id: a match or a booking posts it, days after it came.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::bank_statement::{BankStatementEvent, line_id};
use quittance_domain::chart::Code;
use quittance_domain::journal::JournalEvent;
use quittance_domain::ledger::{BankLine, BankLinePosting, Entry};
use uuid::Uuid;

use super::{Keeper, Kept, KeptRow};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;
use crate::rows::Rows;

/// The line that was imported before.
pub(super) fn touched(at: &Recorded) -> Option<Uuid> {
    match &at.fact {
        Fact::BankStatement(event) => event.line().map(|line| line_id(at.aggregate_id, line)),
        _ => None,
    }
}

/// What a match or a booking is translated by.
pub(super) fn wanted(fact: &Fact) -> Vec<(Currency, NaiveDate)> {
    match fact {
        Fact::BankStatement(BankStatementEvent::Matched { matching, .. }) => {
            let cleared = matching.posted.iter().flat_map(|posted| &posted.clears);
            cleared.map(|cleared| (cleared.amount.currency(), cleared.on)).collect()
        }
        Fact::BankStatement(BankStatementEvent::Booked { booking, .. }) => {
            booking.parts.first().map(|part| (part.amount.currency(), booking.posted.effective_date)).into_iter().collect()
        }
        _ => vec![],
    }
}

/// The bank accounts of the books that a batch can move, each from its first day on.
pub(super) fn held(events: &[Recorded], waiting: &BTreeSet<Uuid>, rows: &Rows<KeptRow>) -> HashMap<(Code, Currency), NaiveDate> {
    let mut held: HashMap<(Code, Currency), NaiveDate> = HashMap::new();
    let kept = events.iter().filter_map(touched).chain(events.iter().map(|at| at.aggregate_id)).chain(waiting.iter().copied());
    let before = kept.filter_map(|id| rows.get(&id)).flat_map(|row| match &row.state.0 {
        Kept::BankLine(line) => line.moves().map(|(account, day)| (account, line.currency(), day)).collect(),
        Kept::JournalEntry(state) => Vec::from_iter(state.opened()),
        _ => vec![],
    });
    for (account, currency, day) in events.iter().filter_map(|at| moved(at, events, rows)).chain(before) {
        let first = held.entry((account.clone(), currency)).or_insert(day);
        *first = day.min(*first);
    }
    held
}

fn moved<'a>(at: &'a Recorded, events: &[Recorded], rows: &Rows<KeptRow>) -> Option<(&'a Code, Currency, NaiveDate)> {
    let posted = match &at.fact {
        Fact::BankStatement(BankStatementEvent::Matched { matching, .. }) => matching.posted.as_ref()?,
        Fact::BankStatement(BankStatementEvent::Booked { booking, .. }) => &booking.posted,
        Fact::JournalEntry(JournalEvent::Posted(entry)) => return entry.opened(),
        _ => return None,
    };
    let currency = match rows.get(&touched(at)?).map(|row| &row.state.0) {
        Some(Kept::BankLine(line)) => line.currency(),
        _ => events.iter().filter(|import| import.aggregate_id == at.aggregate_id).find_map(|import| match &import.fact {
            Fact::BankStatement(BankStatementEvent::Imported(import)) => import.lines.first().map(|line| line.amount.currency()),
            Fact::BankStatement(BankStatementEvent::Divided { parts, .. }) => parts.first().map(|part| part.amount.currency()),
            _ => None,
        })?,
    };
    Some((&posted.account_code, currency, posted.effective_date))
}

impl Keeper<'_> {
    pub(super) fn bank_statement(&mut self, event: &BankStatementEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let told = match event {
            BankStatementEvent::Imported(import) => &import.lines,
            BankStatementEvent::Divided { parts, .. } => parts,
            // Nothing of it is in the books.
            BankStatementEvent::Withdrawn { .. } => return Ok(vec![]),
            _ => return self.bank_line(event, at),
        };
        for line in told {
            let id = line_id(at.aggregate_id, line.line);
            self.put(id, at, None, Kept::BankLine(BankLine::imported(id, line)));
        }
        Ok(vec![])
    }

    fn bank_line(&mut self, event: &BankStatementEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        let kept = touched(at).and_then(|id| Some((id, self.rows.get(&id)?.state.0.clone())));
        let Some((id, Kept::BankLine(mut line))) = kept else { return Err(poison(at, "the ledger has nothing of its bank line")) };
        let entries = line.on(event, BankLinePosting { books: &self.books, rates: &self.rates }, &mut self.holdings);
        self.put(id, at, line.untranslated(), Kept::BankLine(line));
        Ok(entries)
    }
}
