//! Writes credits to vendors as a file: PPD to people, CCD to companies, CTX where the remittance is longer than one addenda record.
//!
//! Linear in the entries. What the format cannot hold is refused with the entry at fault; names are cut, as every bank cuts them,
//! numbers never are.

use chrono::{NaiveDate, NaiveDateTime};
use quittance_domain::bank_account::{AbaRoutingNumber, AccountNumber};
use quittance_domain::money::{Currency, Money};
use rust_decimal::prelude::ToPrimitive;

use super::addenda_layout::payment;
use super::check::totals::Totals;
use super::file::{BLOCK, Batch, Entry, File};
use super::layout::{batch_control, batch_header, counted_entry, entry, file_control, file_header};
use super::record::Record;
use crate::plain::{plain, printable};

/// Who sends the file, and to which bank.
#[derive(Clone, Debug)]
pub struct Originator {
    pub destination: AbaRoutingNumber,
    pub destination_name: String,
    /// Whose customer the sender is: the bank that entries and traces are numbered by, usually the destination itself.
    pub bank: AbaRoutingNumber,
    /// What the bank knows the sender by: usually a routing number or a tax number with a leading digit, at most ten characters.
    pub origin: String,
    pub origin_name: String,
    pub created_at: NaiveDateTime,
    /// Tells the files of one day apart.
    pub modifier: char,
    pub reference: String,
}

#[derive(Clone, Debug)]
pub struct CreditBatch {
    pub class: CreditClass,
    pub company_name: String,
    pub company_id: String,
    /// What the receiver's statement says, as in `VENDOR PMT`.
    pub description: String,
    pub effective_date: NaiveDate,
    pub entries: Vec<Credit>,
    /// Makes the batch balanced: its last entry takes the sum from here.
    pub offset: Option<Offset>,
}

/// The sender's own account, debited for banks that do not book it by themselves.
#[derive(Clone, Debug)]
pub struct Offset {
    pub account: AccountNumber,
    pub account_kind: AccountKind,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum CreditClass {
    Ppd,
    Ccd,
    Ctx,
}

#[derive(Clone, Debug)]
pub struct Credit {
    pub bank: AbaRoutingNumber,
    pub account: AccountNumber,
    pub account_kind: AccountKind,
    pub amount: Money,
    /// By which an answer is matched: at most 15 characters.
    pub identification: String,
    pub name: String,
    /// One addenda record for each 80 characters.
    pub remittance: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum AccountKind {
    Checking,
    Savings,
}

#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum CreditRefusal {
    #[error("a file has at least one batch, and a batch one entry")]
    NothingToPay,
    #[error("the file id modifier is a capital letter or a digit")]
    Modifier,
    #[error("{field} has no letter or digit that a bank could read")]
    Illegible { field: &'static str },
    #[error("{field} does not fit its {len} characters")]
    TooLong { field: &'static str, len: usize },
    #[error("batch {batch}, entry {entry}: the name has no letter or digit that a bank could read")]
    Name { batch: usize, entry: usize },
    #[error("batch {batch}, entry {entry}: NACHA files move US dollars")]
    NotDollars { batch: usize, entry: usize },
    #[error("batch {batch}, entry {entry}: the amount must be above zero and below 100 million dollars")]
    Amount { batch: usize, entry: usize },
    #[error("batch {batch}, entry {entry}: the account number has more than 17 characters")]
    Account { batch: usize, entry: usize },
    #[error("batch {batch}, entry {entry}: the remittance needs more addenda than its kind of entry has")]
    Remittance { batch: usize, entry: usize },
    #[error("the totals or counts need more digits than the format has")]
    Totals,
}

impl CreditRefusal {
    pub fn code(&self) -> &'static str {
        self.into()
    }

    /// The batch and the entry at fault, both from 0.
    pub fn entry(&self) -> Option<(usize, usize)> {
        match *self {
            Self::Name { batch, entry }
            | Self::NotDollars { batch, entry }
            | Self::Amount { batch, entry }
            | Self::Account { batch, entry }
            | Self::Remittance { batch, entry } => Some((batch, entry)),
            Self::NothingToPay | Self::Modifier | Self::Illegible { .. } | Self::TooLong { .. } | Self::Totals => None,
        }
    }
}

/// The same originator and batches always give the same file.
pub fn write_credits(originator: &Originator, batches: &[CreditBatch]) -> Result<File, CreditRefusal> {
    if batches.is_empty() || batches.iter().any(|batch| batch.entries.is_empty()) {
        return Err(CreditRefusal::NothingToPay);
    }
    let header = header(originator)?;
    let mut traces = Traces { bank: originator.bank.clone(), next: 1 };
    let mut written = Vec::with_capacity(batches.len());
    for (index, batch) in batches.iter().enumerate() {
        written.push(write_batch(index, batch, &mut traces)?);
    }
    let control = control(&written)?;
    Ok(File { header, batches: written, control })
}

/// Trace numbers ascend through the file, so that an answer names one entry of it.
struct Traces {
    bank: AbaRoutingNumber,
    next: u64,
}

impl Traces {
    fn take(&mut self) -> Result<(String, u64), CreditRefusal> {
        let sequence = self.next;
        self.next += 1;
        if sequence > 9_999_999 {
            return Err(CreditRefusal::Totals);
        }
        Ok((format!("{}{sequence:07}", self.prefix()), sequence))
    }

    /// Without the check digit.
    fn prefix(&self) -> &str {
        &self.bank.as_str()[..8]
    }
}

fn header(originator: &Originator) -> Result<Record, CreditRefusal> {
    if !(originator.modifier.is_ascii_uppercase() || originator.modifier.is_ascii_digit()) {
        return Err(CreditRefusal::Modifier);
    }
    let mut record = Record::blank(&file_header::LAYOUT);
    record.put(file_header::DESTINATION, &format!(" {}", originator.destination));
    record.put(file_header::ORIGIN, &format!("{:>10}", uncut("immediate_origin", &originator.origin, 10)?));
    record.put(file_header::CREATED_ON, &originator.created_at.format("%y%m%d").to_string());
    record.put(file_header::CREATED_AT, &originator.created_at.format("%H%M").to_string());
    record.put(file_header::MODIFIER, &originator.modifier.to_string());
    record.put(file_header::DESTINATION_NAME, &plain(&originator.destination_name));
    record.put(file_header::ORIGIN_NAME, &plain(&originator.origin_name));
    record.put(file_header::REFERENCE, &plain(&originator.reference));
    Ok(record)
}

fn write_batch(index: usize, batch: &CreditBatch, traces: &mut Traces) -> Result<Batch, CreditRefusal> {
    let header = batch_header(index, batch, traces.prefix())?;
    let mut entries = Vec::with_capacity(batch.entries.len() + 1);
    for (position, credit) in batch.entries.iter().enumerate() {
        entries.push(write_entry((index, position), batch.class, credit, traces)?);
    }
    if let Some(offset) = &batch.offset {
        entries.push(write_offset((index, batch.entries.len()), batch, offset, Totals::of(&entries).credits, traces)?);
    }
    let control = batch_control(&header, &entries)?;
    Ok(Batch { header, entries, control })
}

fn batch_header(index: usize, batch: &CreditBatch, bank: &str) -> Result<Record, CreditRefusal> {
    let mut record = Record::blank(&batch_header::LAYOUT);
    number(&mut record, batch_header::SERVICE_CLASS, if batch.offset.is_some() { 200 } else { 220 })?;
    record.put(batch_header::COMPANY_NAME, &legible("company_name", &batch.company_name)?);
    record.put(batch_header::COMPANY_ID, &uncut("company_identification", &batch.company_id, 10)?);
    record.put(batch_header::ENTRY_CLASS, batch.class.code());
    record.put(batch_header::DESCRIPTION, &legible("company_entry_description", &batch.description)?);
    record.put(batch_header::EFFECTIVE_DATE, &batch.effective_date.format("%y%m%d").to_string());
    number(&mut record, batch_header::STATUS, 1)?;
    record.put(batch_header::BANK, bank);
    number(&mut record, batch_header::NUMBER, index as u64 + 1)?;
    Ok(record)
}

impl CreditClass {
    pub fn code(self) -> &'static str {
        match self {
            Self::Ppd => "PPD",
            Self::Ccd => "CCD",
            Self::Ctx => "CTX",
        }
    }

    fn addenda_most(self) -> usize {
        if self == Self::Ctx { 9_999 } else { 1 }
    }
}

fn write_entry(at: (usize, usize), class: CreditClass, credit: &Credit, traces: &mut Traces) -> Result<Entry, CreditRefusal> {
    let (batch, position) = at;
    let (trace, sequence) = traces.take()?;
    let remittance = printable(&credit.remittance);
    let texts: Vec<&str> = pieces(remittance.trim_end(), payment::INFORMATION.len).collect();
    if texts.len() > class.addenda_most() {
        return Err(CreditRefusal::Remittance { batch, entry: position });
    }
    let layout = if class == CreditClass::Ctx { &counted_entry::LAYOUT } else { &entry::LAYOUT };
    let mut detail = Record::blank(layout);
    number(&mut detail, entry::CODE, if credit.account_kind == AccountKind::Savings { 32 } else { 22 })?;
    let (bank, check_digit) = credit.bank.as_str().split_at(8);
    detail.put(entry::BANK, bank);
    detail.put(entry::CHECK_DIGIT, check_digit);
    detail.put(entry::ACCOUNT, &account(at, &credit.account)?);
    number(&mut detail, entry::AMOUNT, cents(at, credit.amount)?)?;
    detail.put(entry::IDENTIFICATION, &uncut("individual_identification_number", &credit.identification, 15)?);
    let name = legible("individual_name", &credit.name).map_err(|_| CreditRefusal::Name { batch, entry: position })?;
    if class == CreditClass::Ctx {
        number(&mut detail, counted_entry::ADDENDA_COUNT, texts.len() as u64)?;
        detail.put(counted_entry::NAME, &name);
    } else {
        detail.put(entry::NAME, &name);
    }
    number(&mut detail, entry::ADDENDA_INDICATOR, u64::from(!texts.is_empty()))?;
    detail.put(entry::TRACE, &trace);
    let addenda = texts.iter().zip(1..).map(|(text, count)| addenda(text, count, sequence)).collect::<Result<_, _>>()?;
    Ok(Entry { detail, addenda })
}

/// The debit that balances a batch: of the sender's own account, under the sender's own name.
fn write_offset(at: (usize, usize), batch: &CreditBatch, offset: &Offset, cents: u64, traces: &mut Traces) -> Result<Entry, CreditRefusal> {
    let counted = batch.class == CreditClass::Ctx;
    let mut detail = Record::blank(if counted { &counted_entry::LAYOUT } else { &entry::LAYOUT });
    let (trace, _) = traces.take()?;
    number(&mut detail, entry::CODE, if offset.account_kind == AccountKind::Savings { 37 } else { 27 })?;
    let (bank, check_digit) = traces.bank.as_str().split_at(8);
    detail.put(entry::BANK, bank);
    detail.put(entry::CHECK_DIGIT, check_digit);
    detail.put(entry::ACCOUNT, &account(at, &offset.account)?);
    number(&mut detail, entry::AMOUNT, cents)?;
    detail.put(entry::IDENTIFICATION, "OFFSET");
    if counted {
        number(&mut detail, counted_entry::ADDENDA_COUNT, 0)?;
    }
    detail.put(if counted { counted_entry::NAME } else { entry::NAME }, &legible("company_name", &batch.company_name)?);
    number(&mut detail, entry::ADDENDA_INDICATOR, 0)?;
    detail.put(entry::TRACE, &trace);
    Ok(Entry { detail, addenda: vec![] })
}

fn addenda(text: &str, count: u64, sequence: u64) -> Result<Record, CreditRefusal> {
    let mut record = Record::blank(&payment::LAYOUT);
    record.put(payment::INFORMATION, text);
    number(&mut record, payment::SEQUENCE, count)?;
    number(&mut record, payment::ENTRY, sequence)?;
    Ok(record)
}

fn batch_control(header: &Record, entries: &[Entry]) -> Result<Record, CreditRefusal> {
    let totals = Totals::of(entries);
    let mut record = Record::blank(&batch_control::LAYOUT);
    number(&mut record, batch_control::SERVICE_CLASS, header.number(batch_header::SERVICE_CLASS))?;
    number(&mut record, batch_control::ENTRIES, totals.lines)?;
    number(&mut record, batch_control::HASH, totals.hash())?;
    number(&mut record, batch_control::DEBITS, totals.debits)?;
    number(&mut record, batch_control::CREDITS, totals.credits)?;
    record.put(batch_control::COMPANY_ID, header.raw(batch_header::COMPANY_ID));
    record.put(batch_control::BANK, header.raw(batch_header::BANK));
    record.put(batch_control::NUMBER, header.raw(batch_header::NUMBER));
    Ok(record)
}

fn control(batches: &[Batch]) -> Result<Record, CreditRefusal> {
    let totals = batches.iter().map(|batch| Totals::of(&batch.entries)).fold(Totals::default(), Totals::plus);
    // The file's own two records, and two of each batch.
    let lines = totals.lines as usize + 2 * batches.len() + 2;
    let mut record = Record::blank(&file_control::LAYOUT);
    number(&mut record, file_control::BATCHES, batches.len() as u64)?;
    number(&mut record, file_control::BLOCKS, lines.div_ceil(BLOCK) as u64)?;
    number(&mut record, file_control::ENTRIES, totals.lines)?;
    number(&mut record, file_control::HASH, totals.hash())?;
    number(&mut record, file_control::DEBITS, totals.debits)?;
    number(&mut record, file_control::CREDITS, totals.credits)?;
    Ok(record)
}

fn number(record: &mut Record, field: super::Field, value: u64) -> Result<(), CreditRefusal> {
    if record.put_number(field, value) { Ok(()) } else { Err(CreditRefusal::Totals) }
}

fn cents((batch, entry): (usize, usize), amount: Money) -> Result<u64, CreditRefusal> {
    if amount.currency() != Currency::USD {
        return Err(CreditRefusal::NotDollars { batch, entry });
    }
    let cents = (amount.amount() * rust_decimal::Decimal::ONE_HUNDRED).to_u64();
    cents.filter(|cents| (1..10_000_000_000).contains(cents)).ok_or(CreditRefusal::Amount { batch, entry })
}

/// Without what people put in to make a number readable.
fn account((batch, entry): (usize, usize), number: &AccountNumber) -> Result<String, CreditRefusal> {
    let bare: String = number.as_str().chars().filter(|c| !c.is_whitespace()).collect();
    if bare.len() > entry::ACCOUNT.len { Err(CreditRefusal::Account { batch, entry }) } else { Ok(bare) }
}

fn legible(field: &'static str, text: &str) -> Result<String, CreditRefusal> {
    let plain = plain(text);
    let legible = plain.bytes().any(|b| b.is_ascii_alphanumeric() && b != b'0');
    if legible { Ok(plain) } else { Err(CreditRefusal::Illegible { field }) }
}

/// For what answers are matched by: refused rather than cut.
fn uncut(field: &'static str, text: &str, len: usize) -> Result<String, CreditRefusal> {
    let text = legible(field, text)?;
    if text.len() > len { Err(CreditRefusal::TooLong { field, len }) } else { Ok(text) }
}

/// ASCII text in pieces of `len` characters.
fn pieces(text: &str, len: usize) -> impl Iterator<Item = &str> {
    (0..text.len()).step_by(len).map(move |start| &text[start..text.len().min(start + len)])
}
