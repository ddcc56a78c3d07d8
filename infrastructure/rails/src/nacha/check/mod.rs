//! What must hold beyond the order of records: fields, sums, and what each kind of entry admits.

mod batch;
mod entry;
pub(super) mod totals;

use super::file::{BLOCK, File};
use super::layout::{adv_file_control, batch_header, file_control, file_header};
use super::record::Record;
use super::rule::{Finding, Rule};
use totals::Totals;

pub(super) fn file(file: &File) -> impl Iterator<Item = Finding> + '_ {
    let fields = file.records().flat_map(Record::judge_fields);
    let batches = file.batches.iter().flat_map(batch::findings);
    fields.chain(header(file)).chain(batches).chain(order(file)).chain(control(file))
}

fn header(file: &File) -> Vec<Finding> {
    let header = &file.header;
    let mut findings = Vec::new();
    let destination = header.text(file_header::DESTINATION);
    // Ten characters name a bank by agreement; nine digits are a routing number.
    if destination.len() == 9 && destination.bytes().all(|b| b.is_ascii_digit()) && !check_digit_holds(destination) {
        findings.push(header.finding(file_header::DESTINATION, Rule::CheckDigit));
    }
    if !header.raw(file_header::MODIFIER).bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' ') {
        findings.push(header.finding(file_header::MODIFIER, Rule::UnknownCode));
    }
    findings
}

/// Batch numbers ascend through the file.
fn order(file: &File) -> impl Iterator<Item = Finding> + '_ {
    file.batches.windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        let ascends = before.header.number(batch_header::NUMBER) < after.header.number(batch_header::NUMBER);
        (!ascends).then(|| after.header.finding(batch_header::NUMBER, Rule::BatchNumber))
    })
}

fn control(file: &File) -> Vec<Finding> {
    let control = &file.control;
    let advice = control.layout() == &adv_file_control::LAYOUT;
    let (debits, credits) =
        if advice { (adv_file_control::DEBITS, adv_file_control::CREDITS) } else { (file_control::DEBITS, file_control::CREDITS) };
    let totals = file.batches.iter().map(|batch| Totals::of(&batch.entries)).fold(Totals::default(), Totals::plus);
    let blocks = file.records().count().div_ceil(BLOCK) as u64;
    let expected = [
        (file_control::BATCHES, file.batches.len() as u64, Rule::BatchCount),
        (file_control::BLOCKS, blocks, Rule::BlockCount),
        (file_control::ENTRIES, totals.lines, Rule::EntryCount),
        (file_control::HASH, totals.hash(), Rule::EntryHash),
        (debits, totals.debits, Rule::DebitTotal),
        (credits, totals.credits, Rule::CreditTotal),
    ];
    totals::unlike(control, &expected)
}

pub(super) fn check_digit_holds(routing: &str) -> bool {
    let weights = [3, 7, 1].into_iter().cycle();
    routing.bytes().zip(weights).map(|(digit, weight)| u32::from(digit.wrapping_sub(b'0')) * weight).sum::<u32>().is_multiple_of(10)
}
