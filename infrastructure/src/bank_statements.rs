//! From a statement file of any format to what the engine imports.

use chrono::NaiveDate;
use quittance_application::bank_statement::StatementDraft;
use quittance_domain::bank_statement::{BalanceProof, Entry, EntryLine, StatedBalance, StatementKind};
use quittance_domain::{Currency, Money};
use quittance_statements as neutral;
use quittance_statements::{CsvMapping, StatementFile, StatementRefusal};
use rust_decimal::Decimal;

/// Words longer than this say nothing more.
const TEXT_CHARS_MAX: usize = 1_000;
const REFERENCE_CHARS_MAX: usize = 140;

/// Why a file is not imported.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementFileRefusal {
    #[error(transparent)]
    Unreadable(#[from] StatementRefusal),
    #[error("{0}: the currency is not in ISO 4217")]
    CurrencyUnknown(String),
    #[error("{place}: {amount} is finer than the currency's minor unit")]
    BelowMinorUnit { place: neutral::Place, amount: Decimal },
    #[error("{0}: a booked entry without a booking or value date")]
    DateMissing(neutral::Place),
    #[error("{0}: the entry's currency is not its account's")]
    EntryCurrency(neutral::Place),
}

impl StatementFileRefusal {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(StatementRefusal::UnknownFormat) => "statement_format_unknown",
            Self::Unreadable(_) => "statement_unreadable",
            Self::CurrencyUnknown(_) => "currency_unknown",
            Self::BelowMinorUnit { .. } => "below_minor_unit",
            Self::DateMissing(_) => "statement_date_missing",
            Self::EntryCurrency(_) => "currency_mismatch",
        }
    }
}

/// What a file holds, and how much of it has no place in the model.
#[derive(Clone, Debug)]
pub struct ReadStatements {
    pub statements: Vec<StatementDraft>,
    pub unmapped: usize,
}

/// A CSV needs its mapping; every other format tells itself.
pub fn read_statements(bytes: &[u8], csv: Option<&CsvMapping>) -> Result<ReadStatements, StatementFileRefusal> {
    let file = match csv {
        Some(mapping) => neutral::read_csv(bytes, mapping)?,
        None => neutral::read(bytes)?,
    };
    let statements = file.statements.iter().map(|statement| draft(&file, statement)).collect::<Result<_, _>>()?;
    Ok(ReadStatements { statements, unmapped: file.unmapped.len() })
}

fn draft(file: &StatementFile, statement: &neutral::Statement) -> Result<StatementDraft, StatementFileRefusal> {
    let opening = statement.opening();
    let stated = statement.account.currency.clone().or_else(|| opening.and_then(|balance| balance.currency.clone()));
    let stated = stated.or_else(|| statement.entries.iter().find_map(|entry| entry.currency.clone()));
    let currency = stated.as_deref().map(currency).transpose()?;
    let booked = statement.entries.iter().filter(|entry| entry.status == neutral::EntryStatus::Booked);
    let pending = statement.entries.len() - booked.clone().count();
    let to = statement.closing().and_then(|balance| balance.date).or(statement.period.to);
    // A day that the bank leaves out is within the statement; of a day that still runs it would be a guess.
    let undated = to.filter(|_| statement.kind == neutral::StatementKind::EndOfPeriod);
    let entries = booked.map(|own| entry(own, currency, undated)).collect::<Result<_, _>>()?;
    let balance = |balance: &neutral::Balance| StatedBalance { amount: balance.amount, date: balance.date };
    Ok(StatementDraft {
        iban: statement.account.iban.clone(),
        account_number: statement.account.other.clone(),
        currency,
        format: file.format.code().to_owned(),
        kind: kind(statement.kind),
        statement_id: statement.id.as_deref().map(reference),
        sequence: statement.sequence.as_deref().map(reference),
        from: statement.period.from,
        to,
        opening: opening.map(balance),
        closing: statement.closing().map(balance),
        proof: proof(statement.proof()),
        entries,
        pending: u32::try_from(pending).unwrap_or(u32::MAX),
    })
}

fn kind(kind: neutral::StatementKind) -> StatementKind {
    match kind {
        neutral::StatementKind::EndOfPeriod => StatementKind::EndOfPeriod,
        neutral::StatementKind::Intraday => StatementKind::Intraday,
        neutral::StatementKind::Notification => StatementKind::Notification,
    }
}

fn proof(proof: neutral::BalanceProof) -> BalanceProof {
    match proof {
        neutral::BalanceProof::Proved => BalanceProof::Proved,
        neutral::BalanceProof::DiffersBy(difference) => BalanceProof::DiffersBy(difference),
        neutral::BalanceProof::NotProvable(because) => BalanceProof::NotProvable(because.code().to_owned()),
    }
}

fn currency(code: &str) -> Result<Currency, StatementFileRefusal> {
    code.parse().map_err(|_| StatementFileRefusal::CurrencyUnknown(code.chars().take(10).collect()))
}

fn entry(own: &neutral::Entry, of_account: Option<Currency>, undated: Option<NaiveDate>) -> Result<Entry, StatementFileRefusal> {
    let stated = own.currency.as_deref().map(currency).transpose()?;
    let currency = stated.or(of_account).ok_or(StatementFileRefusal::EntryCurrency(own.at))?;
    if of_account.is_some_and(|account| account != currency) {
        return Err(StatementFileRefusal::EntryCurrency(own.at));
    }
    let money = |amount| Money::exact(amount, currency).map_err(|_| StatementFileRefusal::BelowMinorUnit { place: own.at, amount });
    let amount = money(own.amount)?;
    Ok(Entry {
        booked_on: own.booking_date.or(own.value_date).or(undated).ok_or(StatementFileRefusal::DateMissing(own.at))?,
        value_date: own.value_date,
        amount,
        bank_reference: own.references.servicer.as_deref().map(reference),
        text: own.text.as_deref().map(text),
        lines: lines(own, amount),
    })
}

/// One line for each transaction of a batch, if the bank tells their amounts and these are the entry's; else one for all.
fn lines(own: &neutral::Entry, amount: Money) -> Vec<EntryLine> {
    let exact = |detail: &neutral::Detail| {
        let in_currency = detail.currency.as_deref().is_none_or(|code| code == amount.currency().code());
        detail.amount.filter(|_| in_currency).and_then(|value| Money::exact(value, amount.currency()).ok())
    };
    let amounts: Option<Vec<Money>> = own.details.iter().map(exact).collect();
    let amounts = amounts.filter(|amounts| amounts.len() > 1);
    let sum = amounts.as_ref().and_then(|amounts| amounts.iter().try_fold(Money::zero(amount.currency()), |sum, own| sum.plus(*own).ok()));
    match amounts.filter(|_| sum == Some(amount)) {
        Some(amounts) => own.details.iter().zip(amounts).map(|(detail, amount)| line(own, Some(detail), amount)).collect(),
        None => vec![line(own, own.details.first().filter(|_| own.details.len() == 1), amount)],
    }
}

fn line(own: &neutral::Entry, detail: Option<&neutral::Detail>, amount: Money) -> EntryLine {
    let of_detail = detail.map(|detail| &detail.references);
    let references = [Some(&own.references), of_detail].into_iter().flatten();
    let ids = |pick: fn(&neutral::References) -> &Option<String>| references.clone().filter_map(move |own| pick(own).as_deref());
    let others =
        ids(|r| &r.message_id).chain(ids(|r| &r.payment_information_id)).chain(ids(|r| &r.instruction_id)).chain(ids(|r| &r.customer));
    let mut others: Vec<String> = others.map(reference).collect();
    others.dedup();
    let reason = detail.and_then(|detail| detail.return_reason.as_ref());
    EntryLine {
        amount,
        end_to_end_id: of_detail.and_then(|own| own.end_to_end_id.as_deref()).map(reference),
        references: others,
        counterparty_name: detail.and_then(|detail| detail.counterparty.name.as_deref()).map(reference),
        counterparty_account: detail.and_then(|detail| detail.counterparty.account.as_deref()).map(reference),
        text: words(own, detail),
        is_return: own.is_return(),
        return_reason: reason.map(|reason| reference(reason.code.as_deref().unwrap_or("returned by the bank"))),
    }
}

/// Remittance where there is any, else the bank's own words.
fn words(own: &neutral::Entry, detail: Option<&neutral::Detail>) -> Option<String> {
    let remittance = detail.map(|detail| &detail.remittance);
    let parts = remittance.into_iter().flat_map(|own| own.unstructured.iter().chain(&own.references).chain(&own.documents));
    let joined = parts.map(String::as_str).collect::<Vec<_>>().join(" ");
    Some(joined).filter(|joined| !joined.is_empty()).or_else(|| own.text.clone()).map(|joined| text(&joined))
}

/// NUL can be in no database.
fn text(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(TEXT_CHARS_MAX).collect()
}

fn reference(text: &str) -> String {
    text.chars().filter(|c| *c != '\0').take(REFERENCE_CHARS_MAX).collect()
}
