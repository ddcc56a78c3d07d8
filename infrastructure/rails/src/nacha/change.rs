//! Notifications of change: the receiving bank paid, and says how the next entry should be addressed.

use super::addenda_layout::change;
use super::file::File;
use super::layout::entry;
use super::record::Record;

#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// `C01` to `C14`; `C61` to `C69` where a notification is refused.
    pub code: String,
    pub original_trace: String,
    pub identification: String,
    pub corrected: Corrected,
}

/// What is now right. Texts are as the bank wrote them; nothing here changes a vendor by itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Corrected {
    pub routing_number: Option<String>,
    pub account: Option<String>,
    pub transaction_code: Option<String>,
    pub name: Option<String>,
    pub identification: Option<String>,
    pub company_identification: Option<String>,
}

/// The notifications of a file, in its order.
pub fn changes(file: &File) -> impl Iterator<Item = Change> + '_ {
    let entries = file.batches.iter().flat_map(|batch| &batch.entries);
    let notified = entries.filter_map(|one| one.answer().filter(|answer| answer.layout() == &change::LAYOUT).map(|answer| (one, answer)));
    notified.map(|(one, answer)| Change {
        code: answer.text(change::CODE).to_owned(),
        original_trace: answer.text(change::ORIGINAL_TRACE).to_owned(),
        identification: one.detail.text(entry::IDENTIFICATION).to_owned(),
        corrected: corrected(answer),
    })
}

/// C08 was withdrawn; C61 to C69 refuse a notification.
pub(super) fn is_change_code(code: &str) -> bool {
    let number = code.strip_prefix('C').filter(|digits| digits.len() == 2).and_then(|digits| digits.parse::<u8>().ok());
    matches!(number, Some(1..=7 | 9..=14 | 61..=69))
}

/// Each code divides the 29 characters of corrected data in its own way.
fn corrected(answer: &Record) -> Corrected {
    let data = answer.raw(change::CORRECTED);
    let part = |from: usize, len: usize| Some(data[from - 1..from - 1 + len].trim().to_owned()).filter(|text| !text.is_empty());
    let nothing = Corrected::default();
    match answer.text(change::CODE) {
        "C01" => Corrected { account: part(1, 17), ..nothing },
        "C02" => Corrected { routing_number: part(1, 9), ..nothing },
        "C03" => Corrected { routing_number: part(1, 9), account: part(13, 17), ..nothing },
        "C04" => Corrected { name: part(1, 22), ..nothing },
        "C05" => Corrected { transaction_code: part(1, 2), ..nothing },
        "C06" => Corrected { account: part(1, 17), transaction_code: part(21, 2), ..nothing },
        "C07" => Corrected { routing_number: part(1, 9), account: part(10, 17), transaction_code: part(27, 2), ..nothing },
        "C09" => Corrected { identification: part(1, 22), ..nothing },
        "C10" => Corrected { name: part(1, 16), ..nothing },
        "C11" => Corrected { company_identification: part(1, 10), ..nothing },
        "C12" => Corrected { name: part(1, 16), company_identification: part(21, 9), ..nothing },
        _ => nothing,
    }
}
