//! What the ledger keeps of the lines of bank statements, each by its own id: a match or a booking posts it, days after it came.

use chrono::NaiveDate;
use quittance_domain::Currency;
use quittance_domain::bank_statement::{BankStatementEvent, line_id};
use quittance_domain::ledger::{BankLine, BankLinePosting, Entry};
use uuid::Uuid;

use super::{Keeper, Kept};
use crate::aggregate_row::poison;
use crate::fact::{Fact, Recorded};
use crate::projector::ProjectionError;

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

impl Keeper<'_> {
    pub(super) fn bank_statement(&mut self, event: &BankStatementEvent, at: &Recorded) -> Result<Vec<Entry>, ProjectionError> {
        if let BankStatementEvent::Imported(import) = event {
            for line in &import.lines {
                let id = line_id(at.aggregate_id, line.line);
                self.put(id, at, None, Kept::BankLine(BankLine::imported(id, line)));
            }
            return Ok(vec![]);
        }
        let kept = touched(at).and_then(|id| Some((id, self.rows.get(&id)?.state.0.clone())));
        let Some((id, Kept::BankLine(mut line))) = kept else { return Err(poison(at, "the ledger has nothing of its bank line")) };
        let entry = line.on(event, BankLinePosting { books: &self.books, rates: &self.rates });
        self.put(id, at, line.untranslated(), Kept::BankLine(line));
        Ok(entry.into_iter().collect())
    }
}
