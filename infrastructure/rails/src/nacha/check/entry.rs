//! What holds for one entry and its addenda, by its kind.

use super::check_digit_holds;
use crate::nacha::addenda_layout::{change, foreign_amount, payment, returned};
use crate::nacha::change::is_change_code;
use crate::nacha::entry_class::{Carries, EntryClass};
use crate::nacha::file::{Batch, Entry};
use crate::nacha::layout::{batch_header, counted_entry, entry, iat_entry};
use crate::nacha::record::Record;
use crate::nacha::returned::reason_text;
use crate::nacha::rule::{Finding, Rule};

pub(super) fn findings(one: &Entry, class: EntryClass, batch: &Batch) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(bank(one));
    findings.extend(amount(one, class));
    findings.extend(only_direction(one, class, batch));
    findings.extend(indicator(one));
    findings.extend(addenda(one, class));
    findings.extend(counted(one, class));
    findings.extend(sequence(one));
    findings.extend(codes(one));
    findings
}

fn bank(one: &Entry) -> Option<Finding> {
    let routing = [one.detail.raw(entry::BANK), one.detail.raw(entry::CHECK_DIGIT)].concat();
    (!check_digit_holds(&routing)).then(|| one.detail.finding(entry::CHECK_DIGIT, Rule::CheckDigit))
}

/// The transaction code is known, agrees with the amount, and the amount is within the kind's limit.
fn amount(one: &Entry, class: EntryClass) -> Option<Finding> {
    let Some(code) = one.transaction_code() else { return Some(one.detail.finding(entry::CODE, Rule::TransactionCode)) };
    let fits = match code.money {
        Carries::Nothing => one.cents() == 0,
        Carries::WhatTheOriginalDid => one.answer().is_some() || class == EntryClass::Cor,
        // Acknowledgements, death notices and enrolments move nothing; a notification of change carries no money.
        Carries::Money => one.cents() > 0 || one.answer().is_some() || moves_nothing(class),
    };
    if !fits {
        return Some(one.detail.finding(entry::AMOUNT, Rule::AmountForCode));
    }
    let too_large = class.most_cents().is_some_and(|most| one.cents() > most);
    too_large.then(|| one.detail.finding(entry::AMOUNT, Rule::AmountTooLarge))
}

fn moves_nothing(class: EntryClass) -> bool {
    matches!(class, EntryClass::Ack | EntryClass::Atx | EntryClass::Cor | EntryClass::Dne | EntryClass::Enr | EntryClass::Mte)
}

/// A reversal undoes an entry of its kind, so it goes the other way, and says so in its description.
fn only_direction(one: &Entry, class: EntryClass, batch: &Batch) -> Option<Finding> {
    let reversal = batch.header.text(batch_header::DESCRIPTION) == "REVERSAL";
    let against = class.only().is_some_and(|only| one.direction().is_some_and(|direction| direction != only));
    (against && !reversal && one.answer().is_none()).then(|| one.detail.finding(entry::CODE, Rule::TransactionCode))
}

fn indicator(one: &Entry) -> Option<Finding> {
    let says = one.detail.number(entry::ADDENDA_INDICATOR);
    (says != u64::from(!one.addenda.is_empty())).then(|| one.detail.finding(entry::ADDENDA_INDICATOR, Rule::AddendaIndicator))
}

fn addenda(one: &Entry, class: EntryClass) -> Vec<Finding> {
    if class == EntryClass::Iat {
        return international(one);
    }
    // A return has a record 99, and one more for each time it was disputed; notifications of change have their own class.
    let (kind, how_many) = if one.answer().is_some() && class != EntryClass::Cor { ("99", 1..=3) } else { class.addenda() };
    let unfit = one.addenda.iter().enumerate().filter(|(index, record)| *index >= *how_many.end() || type_code(record) != kind);
    let mut findings: Vec<Finding> = unfit.map(|(_, record)| record.finding(payment::TYPE_CODE, Rule::Addenda)).collect();
    if one.addenda.len() < *how_many.start() {
        findings.push(one.detail.finding(entry::RECORD_TYPE, Rule::AddendaMissing));
    }
    findings
}

/// Seven records in their order, then what the payment is for, then the banks in between; an answer may end it.
fn international(one: &Entry) -> Vec<Finding> {
    let kinds: Vec<&str> = one.addenda.iter().map(type_code).collect();
    let mandatory = ["10", "11", "12", "13", "14", "15", "16"];
    let missing = one.answer().is_none_or(|answer| type_code(answer) == "99") && mandatory.iter().any(|kind| !kinds.contains(kind));
    let mut findings = Vec::new();
    if missing {
        findings.push(one.detail.finding(entry::RECORD_TYPE, Rule::AddendaMissing));
    }
    for (index, record) in one.addenda.iter().enumerate() {
        let before = kinds[..index].iter().filter(|kind| **kind == kinds[index]).count();
        let most = match kinds[index] {
            "17" => 2,
            "18" => 5,
            "02" | "05" => 0,
            _ => 1,
        };
        let disorder = index > 0 && kinds[index - 1] > kinds[index];
        if before >= most || disorder {
            findings.push(record.finding(payment::TYPE_CODE, Rule::Addenda));
        }
    }
    findings
}

fn type_code(record: &Record) -> &str {
    record.raw(payment::TYPE_CODE)
}

/// Entries that state how many addenda they have.
fn counted(one: &Entry, class: EntryClass) -> Option<Finding> {
    let (field, rule) = match class {
        EntryClass::Iat => (iat_entry::ADDENDA_COUNT, Rule::InternationalCount),
        class if class.counts_addenda() => (counted_entry::ADDENDA_COUNT, Rule::AddendaCount),
        _ => return None,
    };
    let answered = one.answer().is_some();
    (!answered && one.detail.number(field) != one.addenda.len() as u64).then(|| one.detail.finding(field, rule))
}

/// Addenda of one type count from one, and name the last seven digits of their entry's trace.
fn sequence(one: &Entry) -> Vec<Finding> {
    let entry_number = &one.detail.raw(entry::TRACE)[8..];
    let mut findings = Vec::new();
    for record in &one.addenda {
        let kind = type_code(record);
        if !matches!(kind, "02" | "98" | "99") && record.raw(payment::ENTRY) != entry_number {
            findings.push(record.finding(payment::ENTRY, Rule::AddendaEntry));
        }
    }
    for kind in ["05", "17", "18"] {
        let numbered = one.addenda.iter().filter(|record| type_code(record) == kind).zip(1..);
        let wrong = numbered.filter(|(record, number)| record.number(payment::SEQUENCE) != *number);
        findings.extend(wrong.map(|(record, _)| record.finding(payment::SEQUENCE, Rule::AddendaSequence)));
    }
    findings
}

/// Codes of answers, and of what an international payment is for.
fn codes(one: &Entry) -> impl Iterator<Item = Finding> + '_ {
    one.addenda.iter().filter_map(|record| {
        let (field, known) = match type_code(record) {
            "10" => (foreign_amount::TRANSACTION_TYPE, TRANSACTION_TYPES.contains(&record.text(foreign_amount::TRANSACTION_TYPE))),
            "98" => (change::CODE, is_change_code(record.text(change::CODE))),
            "99" => (returned::CODE, reason_text(record.text(returned::CODE)).is_some()),
            _ => return None,
        };
        (!known).then(|| record.finding(field, Rule::UnknownCode))
    })
}

const TRANSACTION_TYPES: [&str; 20] = [
    "ANN", "ARC", "BOC", "BUS", "DEP", "LOA", "MIS", "MOR", "MTE", "PEN", "POP", "POS", "RCK", "REM", "RLS", "SAL", "SHR", "TAX", "TEL",
    "WEB",
];
