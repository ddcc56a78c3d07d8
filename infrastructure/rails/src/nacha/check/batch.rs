//! What holds within one batch.

use super::entry;
use super::totals::{Totals, unlike};
use crate::nacha::entry_class::{Direction, EntryClass};
use crate::nacha::file::{Batch, Entry};
use crate::nacha::layout::{adv_batch_control, batch_control, batch_header, entry as fields, iat_batch_header};
use crate::nacha::rule::{Finding, Rule};

pub(super) fn findings(batch: &Batch) -> Vec<Finding> {
    let mut findings = header(batch);
    findings.extend(repeated(batch));
    findings.extend(sums(batch));
    findings.extend(traces(batch));
    let class = class_of(batch);
    for one in &batch.entries {
        findings.extend(direction(batch, one));
        if let Some(class) = class {
            findings.extend(entry::findings(one, class, batch));
        }
    }
    findings
}

fn international(batch: &Batch) -> bool {
    batch.header.layout() == &iat_batch_header::LAYOUT
}

fn class_of(batch: &Batch) -> Option<EntryClass> {
    if international(batch) { Some(EntryClass::Iat) } else { batch.class() }
}

fn header(batch: &Batch) -> Vec<Finding> {
    let header = &batch.header;
    let mut findings = Vec::new();
    if class_of(batch).is_none() {
        findings.push(header.finding(batch_header::ENTRY_CLASS, Rule::UnknownCode));
    }
    if !matches!(header.number(batch_header::SERVICE_CLASS), 200 | 220 | 225 | 280) {
        findings.push(header.finding(batch_header::SERVICE_CLASS, Rule::UnknownCode));
    }
    if !matches!(header.number(batch_header::STATUS), 0..=2) {
        findings.push(header.finding(batch_header::STATUS, Rule::UnknownCode));
    }
    if batch.entries.is_empty() {
        findings.push(header.finding(batch_header::RECORD_TYPE, Rule::NoEntries));
    }
    let names: &[_] = if international(batch) { &[] } else { &[batch_header::COMPANY_NAME, batch_header::DESCRIPTION] };
    let zeros = names.iter().filter(|name| !header.text(**name).is_empty() && header.text(**name).bytes().all(|b| b == b'0'));
    findings.extend(zeros.map(|name| header.finding(*name, Rule::AllZeros)));
    findings.extend(exchange(batch));
    findings
}

/// What an international batch says about its currencies.
fn exchange(batch: &Batch) -> Vec<Finding> {
    let header = &batch.header;
    if !international(batch) {
        return vec![];
    }
    let mut findings = Vec::new();
    if !matches!(header.text(iat_batch_header::EXCHANGE_INDICATOR), "FV" | "VF" | "FF") {
        findings.push(header.finding(iat_batch_header::EXCHANGE_INDICATOR, Rule::UnknownCode));
    }
    if !matches!(header.number(iat_batch_header::EXCHANGE_REFERENCE_KIND), 1..=3) {
        findings.push(header.finding(iat_batch_header::EXCHANGE_REFERENCE_KIND, Rule::UnknownCode));
    }
    findings
}

/// The control repeats the header's service class, company, bank and number.
fn repeated(batch: &Batch) -> Vec<Finding> {
    let (header, control) = (&batch.header, &batch.control);
    let advice = control.layout() == &adv_batch_control::LAYOUT;
    let mut pairs = vec![
        (batch_header::SERVICE_CLASS, batch_control::SERVICE_CLASS),
        (batch_header::BANK, batch_control::BANK),
        (batch_header::NUMBER, batch_control::NUMBER),
    ];
    // Advices have no company, and international batches may leave their originator out.
    let left_out = advice || international(batch) && control.text(batch_control::COMPANY_ID).is_empty();
    if !left_out {
        pairs.push((batch_header::COMPANY_ID, batch_control::COMPANY_ID));
    }
    let unlike = pairs.into_iter().filter(|(said, repeated)| header.text(*said) != control.text(*repeated));
    unlike.map(|(_, repeated)| control.finding(repeated, Rule::ControlRepeatsHeader)).collect()
}

fn sums(batch: &Batch) -> Vec<Finding> {
    let advice = batch.control.layout() == &adv_batch_control::LAYOUT;
    let (debits, credits) =
        if advice { (adv_batch_control::DEBITS, adv_batch_control::CREDITS) } else { (batch_control::DEBITS, batch_control::CREDITS) };
    let totals = Totals::of(&batch.entries);
    let expected = [
        (batch_control::ENTRIES, totals.lines, Rule::EntryCount),
        (batch_control::HASH, totals.hash(), Rule::EntryHash),
        (debits, totals.debits, Rule::DebitTotal),
        (credits, totals.credits, Rule::CreditTotal),
    ];
    unlike(&batch.control, &expected)
}

/// Traces ascend and begin with the originating bank; advices have none, and an answer bears its own bank's.
fn traces(batch: &Batch) -> Vec<Finding> {
    if class_of(batch) == Some(EntryClass::Adv) {
        return vec![];
    }
    let bank = batch.header.raw(batch_header::BANK);
    let foreign = |one: &&Entry| one.answer().is_none() && !one.detail.raw(fields::TRACE).starts_with(bank);
    let foreign = batch.entries.iter().filter(foreign).map(|one| one.detail.finding(fields::TRACE, Rule::TraceBank));
    let disorder = batch.entries.windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        let ascends = before.detail.number(fields::TRACE) < after.detail.number(fields::TRACE);
        (!ascends).then(|| after.detail.finding(fields::TRACE, Rule::TraceOrder))
    });
    foreign.chain(disorder).collect()
}

/// 220 takes credits only, 225 debits only, 280 advices.
fn direction(batch: &Batch, one: &Entry) -> Option<Finding> {
    let admitted = match (batch.header.number(batch_header::SERVICE_CLASS), one.direction()?) {
        (220, direction) => direction == Direction::Credit,
        (225, direction) => direction == Direction::Debit,
        (280, _) => one.is_advice(),
        _ => true,
    };
    (!admitted).then(|| one.detail.finding(fields::CODE, Rule::ServiceClass))
}
