//! From a statement file of any format to what the engine imports.

use chrono::{Days, NaiveDate};
use quittance_application::bank_statement::StatementDraft;
use quittance_domain::bank_statement::{BalanceProof, CodeScheme, Entry, EntryLine, StatedBalance, StatementKind, TransactionCode};
use quittance_domain::{Currency, Money};
use quittance_statements as neutral;
use quittance_statements::{CsvMapping, StatementFile, StatementRefusal};
use rust_decimal::Decimal;

/// Words longer than this say nothing more.
const TEXT_CHARS_MAX: usize = 1_000;
const REFERENCE_CHARS_MAX: usize = 140;
const AHEAD: Days = Days::new(366);

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

/// A CSV needs its mapping; every other format tells itself. No bank books a year after `today`.
pub fn read_statements(bytes: &[u8], csv: Option<&CsvMapping>, today: NaiveDate) -> Result<ReadStatements, StatementFileRefusal> {
    let file = match csv {
        Some(mapping) => neutral::read_csv(bytes, mapping)?,
        None => neutral::read(bytes)?,
    };
    let statements = file.statements.iter().map(|statement| draft(&file, statement, today + AHEAD)).collect::<Result<_, _>>()?;
    Ok(ReadStatements { statements, unmapped: file.unmapped.len() })
}

fn draft(file: &StatementFile, statement: &neutral::Statement, latest: NaiveDate) -> Result<StatementDraft, StatementFileRefusal> {
    let opening = statement.opening();
    let stated = statement.account.currency.clone().or_else(|| opening.and_then(|balance| balance.currency.clone()));
    let stated = stated.or_else(|| statement.entries.iter().find_map(|entry| entry.currency.clone()));
    let currency = stated.as_deref().map(currency).transpose()?;
    let of = |status| statement.entries.iter().filter(move |entry| entry.status == status);
    let (booked, taken_back) = (of(neutral::EntryStatus::Booked), of(neutral::EntryStatus::TakenBack));
    let pending = statement.entries.len() - booked.clone().count() - taken_back.clone().count();
    let to = statement.closing().and_then(|balance| balance.date).or(statement.period.to);
    // A day that the bank leaves out is within the statement; of a day that still runs it would be a guess.
    let undated = to.filter(|_| statement.kind == neutral::StatementKind::EndOfPeriod);
    let entry = |own| dated(own, undated, latest).and_then(|booked_on| entry(own, currency, booked_on));
    let entries = booked.map(entry).collect::<Result<_, _>>()?;
    let taken_back = taken_back.map(entry).collect::<Result<_, _>>()?;
    let balance = |balance: &neutral::Balance| StatedBalance { amount: balance.amount, date: balance.date };
    Ok(StatementDraft {
        iban: statement.account.iban.clone(),
        account_number: statement.account.other.clone(),
        currency,
        format: file.format.code().to_owned(),
        kind: kind(statement.kind),
        statement_id: statement.id.as_deref().map(reference),
        sequence: statement.sequence.as_deref().map(reference),
        page: statement.page.as_deref().map(reference),
        from: statement.period.from,
        to,
        opening: opening.map(balance),
        closing: statement.closing().map(balance),
        proof: proof(statement.proof()),
        entries,
        taken_back,
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

fn dated(own: &neutral::Entry, undated: Option<NaiveDate>, latest: NaiveDate) -> Result<NaiveDate, StatementFileRefusal> {
    let booked_on = own.booking_date.or(own.value_date).or(undated).ok_or(StatementFileRefusal::DateMissing(own.at))?;
    match booked_on {
        day if day > latest => {
            Err(StatementRefusal::Invalid { at: own.at, name: "the booking date, of the future,", value: day.to_string() }.into())
        }
        day => Ok(day),
    }
}

fn entry(own: &neutral::Entry, of_account: Option<Currency>, booked_on: NaiveDate) -> Result<Entry, StatementFileRefusal> {
    let stated = own.currency.as_deref().map(currency).transpose()?;
    let currency = stated.or(of_account).ok_or(StatementFileRefusal::EntryCurrency(own.at))?;
    if of_account.is_some_and(|account| account != currency) {
        return Err(StatementFileRefusal::EntryCurrency(own.at));
    }
    let money = |amount| Money::exact(amount, currency).map_err(|_| StatementFileRefusal::BelowMinorUnit { place: own.at, amount });
    let amount = money(own.amount)?;
    Ok(Entry {
        booked_on,
        value_date: own.value_date,
        amount,
        bank_reference: own.references.servicer.as_deref().map(reference),
        text: own.text.as_deref().map(text),
        lines: lines(own, amount),
    })
}

/// One line for each transaction of a batch, if the bank tells their amounts and these are the entry's; else one for all. Charges that
/// the bank took within the entry are a line of their own: what was paid is then what was to be paid.
fn lines(own: &neutral::Entry, amount: Money) -> Vec<EntryLine> {
    let whole = || vec![line(own, own.details.first().filter(|_| own.details.len() == 1), amount)];
    let exact = |value: Option<Decimal>, currency: Option<&str>| {
        let in_currency = currency.is_none_or(|code| code == amount.currency().code());
        value.filter(|_| in_currency).and_then(|value| Money::exact(value, amount.currency()).ok())
    };
    let amounts: Option<Vec<Money>> = own.details.iter().map(|detail| exact(detail.amount, detail.currency.as_deref())).collect();
    let Some(amounts) = amounts.filter(|amounts| !amounts.is_empty()) else { return whole() };
    let charges = own.charges.iter().chain(own.details.iter().flat_map(|detail| &detail.charges));
    let charges =
        charges.filter(|charge| charge.included != Some(false)).map(|charge| exact(Some(charge.amount), charge.currency.as_deref()));
    let charges: Option<Vec<Money>> = charges.filter(|charge| charge.is_none_or(|charge| !charge.is_zero())).collect();
    let (paid, charged) = (sum(&amounts, amount), charges.and_then(|charges| sum(&charges, amount)));
    let each = || own.details.iter().zip(&amounts).map(|(detail, amount)| line(own, Some(detail), *amount));
    match (paid, charged) {
        (Some(paid), _) if paid == amount => each().collect(),
        (Some(paid), Some(charged)) if paid.plus(charged).ok() == Some(amount) => each().chain([charge(own, charged)]).collect(),
        _ => whole(),
    }
}

fn sum(amounts: &[Money], like: Money) -> Option<Money> {
    amounts.iter().try_fold(Money::zero(like.currency()), |sum, own| sum.plus(*own).ok())
}

fn charge(own: &neutral::Entry, amount: Money) -> EntryLine {
    EntryLine {
        amount,
        end_to_end_id: None,
        references: vec![],
        counterparty_name: None,
        counterparty_account: None,
        text: Some("bank charges".to_owned()),
        is_return: false,
        return_reason: None,
        transaction_codes: codes(own, None),
        cheque_number: None,
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
        is_return: own.is_return(detail),
        return_reason: reason.map(|reason| reference(reason.code.as_deref().unwrap_or("returned by the bank"))),
        transaction_codes: codes(own, detail),
        cheque_number: own.cheque_number(detail).map(reference),
    }
}

/// The transaction's own codes, then the entry's.
fn codes(own: &neutral::Entry, detail: Option<&neutral::Detail>) -> Vec<TransactionCode> {
    let mut codes: Vec<TransactionCode> = vec![];
    for stated in detail.into_iter().flat_map(|detail| &detail.codes).chain(&own.codes) {
        let code = TransactionCode { scheme: scheme(stated.scheme), code: reference(stated.code.trim()) };
        if !code.code.is_empty() && !codes.contains(&code) {
            codes.push(code);
        }
    }
    codes
}

fn scheme(scheme: neutral::CodeScheme) -> CodeScheme {
    match scheme {
        neutral::CodeScheme::Iso20022 => CodeScheme::Iso20022,
        neutral::CodeScheme::Swift => CodeScheme::Swift,
        neutral::CodeScheme::Gvc => CodeScheme::Gvc,
        neutral::CodeScheme::Bai2 => CodeScheme::Bai2,
        neutral::CodeScheme::Ofx => CodeScheme::Ofx,
        neutral::CodeScheme::Proprietary => CodeScheme::Proprietary,
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

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 2, 1).expect("a day")
    }

    fn only(entry: &str) -> Result<Entry, StatementFileRefusal> {
        let text = format!(
            r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL71RABO0123456789</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-31</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">12.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>{entry}</Ntry></Stmt></BkToCstmrStmt></Document>"#
        );
        let mut read = read_statements(text.as_bytes(), None, today())?;
        Ok(read.statements.remove(0).entries.remove(0))
    }

    fn transfer(id: &str, amount: &str) -> String {
        format!(r#"<TxDtls><Refs><EndToEndId>{id}</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt></TxDtls>"#)
    }

    fn charges(amount: &str, included: &str) -> String {
        format!(
            r#"<Chrgs><Rcrd><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd><ChrgInclInd>{included}</ChrgInclInd></Rcrd></Chrgs>"#
        )
    }

    /// Charges, transactions, and the lines that they make.
    #[test]
    fn charges_within_an_entry_are_a_line_of_their_own() {
        let (one, two) = (transfer("A", "10.00"), [transfer("A", "4.00"), transfer("B", "6.00")].concat());
        for (charges, transfers, lines) in [
            (charges("2.00", "true"), &one, vec![("-10.00", Some("A")), ("-2.00", None)]),
            (charges("2.00", "true"), &two, vec![("-4.00", Some("A")), ("-6.00", Some("B")), ("-2.00", None)]),
            (charges("2.00", "false"), &one, vec![("-12.00", Some("A"))]),
            (charges("3.00", "true"), &one, vec![("-12.00", Some("A"))]),
            (charges("3.00", "true"), &two, vec![("-12.00", None)]),
            (String::new(), &two, vec![("-12.00", None)]),
        ] {
            let entry = only(&format!("{charges}<NtryDtls>{transfers}</NtryDtls>")).expect("an entry");
            let found: Vec<(String, Option<&str>)> =
                entry.lines.iter().map(|line| (line.amount.amount().to_string(), line.end_to_end_id.as_deref())).collect();
            let expected: Vec<_> = lines.into_iter().map(|(amount, id)| (amount.to_owned(), id)).collect();
            assert_eq!(found, expected, "{charges} {transfers}");
        }
    }

    /// The cheque that an entry paid, in each format's place for its number.
    #[test]
    fn a_cheques_number_is_read_from_every_format() {
        let camt = only("<NtryDtls><TxDtls><Refs><ChqNb>1001</ChqNb></Refs></TxDtls></NtryDtls>").expect("an entry");
        assert_eq!(camt.lines[0].cheque_number.as_deref(), Some("1001"));
        let mt940 = |kind: &str| {
            format!(":20:1\n:25:NL71RABO0123456789\n:28C:1\n:60F:C260101EUR10,00\n:61:260102D4,00{kind}1001\n:62F:C260102EUR6,00\n")
        };
        let bai2 = |code: &str| {
            format!(
                "01,a,b,260101,0000,1,,,2/\n02,a,b,1,260102,,USD,2/\n03,9/\n16,{code},400,,S1,1001,Check Paid/\n49,400,3/\n98,400,1,5/\n99,400,1,7/\n"
            )
        };
        let ofx = |number: &str| {
            format!(
                "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101<STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260102<TRNAMT>-4.00<FITID>F1<CHECKNUM>{number}</STMTTRN></BANKTRANLIST><LEDGERBAL><BALAMT>5<DTASOF>20260103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
            )
        };
        for (file, number) in [
            (mt940("NCHK"), Some("1001")),
            (mt940("NTRF"), None),
            (bai2("475"), Some("1001")),
            (bai2("495"), None),
            (ofx("0001001"), Some("0001001")),
        ] {
            let read = read_statements(file.as_bytes(), None, today()).expect("a statement");
            let line = &read.statements[0].entries[0].lines[0];
            assert_eq!(line.cheque_number.as_deref(), number, "{file}");
        }
        let mapping = r#"{"account":"1","currency":"USD","booking_date":"day","amount":{"signed":"amount"},"cheque_number":"check"}"#;
        let mapping = serde_json::from_str(mapping).expect("a mapping");
        let csv =
            read_statements(b"day,amount,check\n2026-01-02,-4.00,1001\n2026-01-02,-5.00,\n", Some(&mapping), today()).expect("a statement");
        let numbers: Vec<_> = csv.statements[0].entries.iter().map(|entry| entry.lines[0].cheque_number.as_deref()).collect();
        assert_eq!((numbers, csv.unmapped), (vec![Some("1001"), None], 0));
    }

    #[test]
    fn an_entry_without_a_day_is_of_the_statements_last_one() {
        let entry = only("").expect("an entry");
        assert_eq!((entry.booked_on.to_string().as_str(), entry.value_date), ("2026-01-31", None));
        let dated = only("<ValDt><Dt>2026-01-07</Dt></ValDt>").expect("an entry");
        assert_eq!(dated.booked_on.to_string(), "2026-01-07");
    }

    #[test]
    fn no_bank_books_a_year_ahead() {
        let booked = |day: &str| only(&format!("<BookgDt><Dt>{day}</Dt></BookgDt>"));
        assert_eq!(booked("2027-01-31").map(|entry| entry.booked_on.to_string()).as_deref(), Ok("2027-01-31"));
        let refusal = booked("2062-11-02").expect_err("a refusal");
        assert_eq!(refusal.code(), "statement_unreadable");
        assert!(refusal.to_string().starts_with("line 3, ") && refusal.to_string().ends_with("2062-11-02"), "{refusal}");
    }

    /// What the file takes back is neither pending nor a line; it is told apart, so that it is not taken back of an earlier file.
    #[test]
    fn what_the_file_corrects_itself_is_no_line() {
        let one = |id: &str, more: &str| format!("<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102<TRNAMT>-4.00<FITID>{id}{more}</STMTTRN>");
        let file = format!(
            "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101{}{}</BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>",
            one("F1", ""),
            one("F2", "<CORRECTFITID>F1<CORRECTACTION>REPLACE")
        );
        let mut read = read_statements(file.as_bytes(), None, today()).expect("a statement");
        let draft = read.statements.remove(0);
        let ids = |entries: &[Entry]| entries.iter().filter_map(|entry| entry.bank_reference.clone()).collect::<Vec<_>>();
        assert_eq!((ids(&draft.entries), ids(&draft.taken_back), draft.pending), (vec!["F2".to_owned()], vec!["F1".to_owned()], 0));
    }
}
