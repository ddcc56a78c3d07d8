//! Entries that came back: what the receiving bank says, in its code and in words.

use super::addenda_layout::{contested, dishonored, returned};
use super::file::{Entry, File};
use super::layout::entry;
use super::record::Record;

/// A forward entry that was not, or could not be, carried out.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Returned {
    /// `R01` to `R85`.
    pub code: String,
    /// Of the entry that comes back: what the originator gave it.
    pub original_trace: String,
    /// Of the return itself, by which it can be dishonored.
    pub trace: String,
    pub cents: u64,
    /// What the originator wrote as the receiver's identification.
    pub identification: String,
    pub name: String,
    /// The bank's own words, where it wrote some.
    pub information: String,
    pub stage: Stage,
}

/// A return can be disputed twice, each time with its own reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Stage {
    Returned,
    /// The originating bank refuses the return.
    Dishonored,
    /// The receiving bank insists on it.
    Contested,
}

/// The returns of a file, in its order.
pub fn returns(file: &File) -> impl Iterator<Item = Returned> + '_ {
    let entries = file.batches.iter().flat_map(|batch| &batch.entries);
    entries.filter_map(|one| one.answer().filter(|answer| answer.raw(returned::TYPE_CODE) == "99").map(|answer| told(one, answer)))
}

fn told(one: &Entry, answer: &Record) -> Returned {
    let stage = stage(answer);
    let information = match stage {
        Stage::Returned => answer.text(returned::INFORMATION),
        Stage::Dishonored => answer.text(dishonored::INFORMATION),
        Stage::Contested => "",
    };
    Returned {
        code: answer.text(returned::CODE).to_owned(),
        original_trace: answer.text(returned::ORIGINAL_TRACE).to_owned(),
        trace: answer.text(returned::TRACE).to_owned(),
        cents: one.cents(),
        identification: one.detail.text(entry::IDENTIFICATION).to_owned(),
        name: one.detail.text(entry::NAME).to_owned(),
        information: information.to_owned(),
        stage,
    }
}

fn stage(answer: &Record) -> Stage {
    if answer.layout() == &contested::LAYOUT {
        Stage::Contested
    } else if answer.layout() == &dishonored::LAYOUT {
        Stage::Dishonored
    } else {
        Stage::Returned
    }
}

/// Why an entry came back; `None` for a code that the rules do not know.
pub fn reason_text(code: &str) -> Option<&'static str> {
    let reason = REASONS.binary_search_by_key(&code, |(known, _)| known).ok()?;
    Some(REASONS[reason].1)
}

const REASONS: [(&str, &str); 70] = [
    ("R01", "insufficient funds"),
    ("R02", "account closed"),
    ("R03", "no such account, or it cannot be found"),
    ("R04", "invalid account number"),
    ("R05", "debit to a consumer's account in a corporate class, not authorised"),
    ("R06", "returned at the originating bank's request"),
    ("R07", "authorisation revoked by the customer"),
    ("R08", "payment stopped"),
    ("R09", "uncollected funds"),
    ("R10", "the customer says the originator is unknown or not authorised"),
    ("R11", "the customer says the entry is not as authorised"),
    ("R12", "account sold to another bank"),
    ("R13", "invalid routing number"),
    ("R14", "the person paid on behalf of another has died or cannot act"),
    ("R15", "the beneficiary or account holder has died"),
    ("R16", "account frozen, or returned on order of an authority"),
    ("R17", "a field cannot be processed, or the account was opened under false pretences"),
    ("R18", "improper effective date"),
    ("R19", "the amount is in error"),
    ("R20", "the account takes no such transactions"),
    ("R21", "invalid company identification"),
    ("R22", "invalid individual identification"),
    ("R23", "credit refused by the receiver"),
    ("R24", "duplicate entry"),
    ("R25", "addenda in error"),
    ("R26", "a mandatory field is in error"),
    ("R27", "trace number in error"),
    ("R28", "the routing number's check digit is wrong"),
    ("R29", "the corporate customer says it is not authorised"),
    ("R30", "the bank takes no part in cheque truncation"),
    ("R31", "the originating bank agrees to take the return"),
    ("R32", "the receiving bank does not settle"),
    ("R33", "return of an XCK entry"),
    ("R34", "the receiving bank's participation is limited"),
    ("R35", "return of an improper debit"),
    ("R36", "return of an improper credit"),
    ("R37", "the source document was presented for payment"),
    ("R38", "payment of the source document was stopped"),
    ("R39", "improper source document, or it was presented for payment"),
    ("R40", "returned by a federal agency"),
    ("R41", "invalid transaction code"),
    ("R42", "routing number or check digit in error"),
    ("R43", "invalid account number"),
    ("R44", "invalid individual identification"),
    ("R45", "invalid name"),
    ("R46", "invalid representative payee indicator"),
    ("R47", "duplicate enrolment"),
    ("R50", "state law forbids re-presented cheques"),
    ("R51", "the re-presented cheque is ineligible or improper"),
    ("R52", "payment of the re-presented cheque was stopped"),
    ("R53", "cheque and re-presented entry were both presented"),
    ("R61", "misrouted return"),
    ("R62", "return of an erroneous or reversing debit"),
    ("R67", "duplicate return"),
    ("R68", "untimely return"),
    ("R69", "fields of the return in error"),
    ("R70", "the permitted return was not accepted, or not requested"),
    ("R71", "misrouted dishonored return"),
    ("R72", "untimely dishonored return"),
    ("R73", "the original return was timely"),
    ("R74", "corrected return"),
    ("R75", "the return was no duplicate"),
    ("R76", "no errors found"),
    ("R77", "the dishonored return was not accepted"),
    ("R80", "international coding in error"),
    ("R81", "the bank takes no part in international entries"),
    ("R82", "invalid foreign bank identification"),
    ("R83", "the foreign bank cannot settle"),
    ("R84", "the gateway did not process the entry"),
    ("R85", "international payment coded wrongly"),
];
