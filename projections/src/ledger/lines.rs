//! The journal's rows: one a line, never changed.

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::Currency;
use quittance_domain::chart::Code;
use quittance_domain::ledger::{DocumentType, Entry, Line, Reason};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::fact::Recorded;
use crate::row;
use crate::word::Word;

row! {
    pub struct JournalLineRow in "journal_lines" {
        /// In the order of the log; [`first_line_of`] its position.
        line_id: i64,
        position: i64,
        /// Which entry of its event, from 0: an amendment posts two.
        entry: i32,
        effective_date: NaiveDate,
        recorded_at: DateTime<Utc>,
        reason: Word<Reason>,
        document_type: Word<DocumentType>,
        document_id: Uuid,
        related_id: Option<Uuid>,
        party_id: Option<Uuid>,
        account: Word<Code>,
        cost_centre: Option<Word<Code>>,
        project: Option<Word<Code>>,
        tax_code: Option<Word<Code>>,
        currency: Word<Currency>,
        /// Debit above zero, credit below.
        amount: Decimal,
        base: Option<Decimal>,
    }
}

/// Lines of one event at most: more than any document can hold.
const LINES_BITS: u32 = 20;

/// The id before which all lines of earlier positions stand.
pub fn first_line_of(position: i64) -> i64 {
    position << LINES_BITS
}

pub(super) fn rows_of(entries: &[Entry], at: &Recorded) -> Vec<JournalLineRow> {
    let lines = (0..).zip(entries).flat_map(|(number, entry)| entry.lines.iter().map(move |line| (number, entry, line)));
    let moved = lines.filter(|(_, _, line)| !line.amount.is_zero() || line.base.is_some_and(|base| !base.is_zero()));
    (0..).zip(moved).map(|(index, (number, entry, line))| row(first_line_of(at.position) + index, number, entry, line, at)).collect()
}

fn row(line_id: i64, number: i32, entry: &Entry, line: &Line, at: &Recorded) -> JournalLineRow {
    JournalLineRow {
        line_id,
        position: at.position,
        entry: number,
        effective_date: entry.effective_date,
        recorded_at: at.recorded_at,
        reason: Word(entry.reason),
        document_type: Word(entry.document.kind),
        document_id: entry.document.id,
        related_id: entry.document.related,
        party_id: entry.party,
        account: Word(line.account.clone()),
        cost_centre: line.cost_centre.clone().map(Word),
        project: line.project.clone().map(Word),
        tax_code: line.tax_code.clone().map(Word),
        currency: Word(line.amount.currency()),
        amount: line.amount.amount(),
        base: line.base,
    }
}
