//! The standards, where the real documents are silent.

use chrono::NaiveDate;
use quittance_statements::{
    AmountColumns, BalanceKind, BalanceProof, CodeScheme, CsvMapping, DecimalMark, EntryStatus, Statement, StatementKind, Unprovable, read,
    read_csv,
};
use rust_decimal::{Decimal, dec};

pub fn only(text: &str) -> Statement {
    let mut file = read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"));
    assert_eq!(file.statements.len(), 1, "{text}");
    file.statements.remove(0)
}

pub fn money(text: &str) -> Decimal {
    text.parse().expect("a number")
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

pub fn mt940(entry: &str) -> Statement {
    only(&format!(":20:1\n:25:NL71RABO0123456789\n:28C:1/1\n:60F:C260101EUR100,00\n{entry}\n:62F:C260131EUR100,00\n"))
}

/// Mark of :61:, what it does to the account.
#[test]
fn marks_of_mt940() {
    for (mark, amount, reversal, status) in [
        ("C", "4", false, EntryStatus::Booked),
        ("D", "-4", false, EntryStatus::Booked),
        ("RC", "-4", true, EntryStatus::Booked),
        ("RD", "4", true, EntryStatus::Booked),
        ("CR", "4", false, EntryStatus::Booked),
        ("DR", "-4", false, EntryStatus::Booked),
        ("RDR", "4", true, EntryStatus::Booked),
        ("EC", "4", false, EntryStatus::Future),
        ("ED", "-4", false, EntryStatus::Future),
    ] {
        let statement = mt940(&format!(":61:260102{mark}4,00NTRFNONREF"));
        let entry = &statement.entries[0];
        assert_eq!((entry.amount.normalize(), entry.reversal, entry.status), (money(amount), reversal, status), "{mark}");
    }
}

#[test]
fn a_booking_around_new_year_is_in_the_year_next_to_its_value_date() {
    let statement = mt940(":61:2601021231D4,00NTRFNONREF\n:61:2512310102D4,00NTRFNONREF");
    let days: Vec<_> = statement.entries.iter().map(|entry| entry.booking_date).collect();
    assert_eq!(days, [Some(day("2025-12-31")), Some(day("2026-01-02"))]);
}

/// Narrative of :86:, then end-to-end id, name, account, words.
#[test]
fn narratives_of_mt940() {
    for (text, id, name, account, words) in [
        (
            "/TRTP/SEPA OVERBOEKING/IBAN/NL91ABNA0417164300/BIC/ABNANL2A/NAME/Acme\n B.V./REMI/Invoice 77/EREF/E2E-1",
            "E2E-1",
            "Acme B.V.",
            "NL91ABNA0417164300",
            "Invoice 77",
        ),
        (
            "/EREF/QT-9//CNTP/NL91ABNA0417164300/ABNANL2A/Acme B.V./Utrecht//REMI/USTD//Invoice 77/",
            "QT-9",
            "Acme B.V.",
            "NL91ABNA0417164300",
            "Invoice 77",
        ),
        (
            "SEPA OVERBOEKING                 IBAN: NL91ABNA0417164300\nBIC: ABNANL2A                    NAAM: Acme B.V.\nOMSCHRIJVING: Invoice 77         KENMERK: E2E-1",
            "E2E-1",
            "Acme B.V.",
            "NL91ABNA0417164300",
            "SEPA OVERBOEKING|Invoice 77",
        ),
        (
            "020?00TRANSFER?20EREF+E2E-1?21SVWZ+Invo?22ice 77?30BIC?31DE89370400440532013000?32Acme ?33GmbH",
            "E2E-1",
            "Acme GmbH",
            "DE89370400440532013000",
            "Invoice 77",
        ),
        ("020~00TRANSFER~20SVWZ+Invoice 77~32Acme", "", "Acme", "", "Invoice 77"),
        ("/EREF/NOTPROVIDED/REMI/Invoice 77", "", "", "", "Invoice 77"),
        ("only words / of somebody", "", "", "", "only words / of somebody"),
    ] {
        let statement = mt940(&format!(":61:260102D4,00NTRFNONREF\n:86:{text}"));
        let detail = &statement.entries[0].details[0];
        let found = (
            detail.references.end_to_end_id.clone().unwrap_or_default(),
            detail.counterparty.name.clone().unwrap_or_default(),
            detail.counterparty.account.clone().unwrap_or_default(),
            detail.remittance.unstructured.join("|"),
        );
        assert_eq!(found, (id.to_owned(), name.to_owned(), account.to_owned(), words.to_owned()), "{text}");
        assert_eq!(statement.entries[0].text.as_deref(), Some(text), "the words stay");
    }
}

#[test]
fn a_returned_transfer_says_so_in_every_format() {
    let camt = |version: &str, status: &str| {
        format!(
            r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"><BkToCstmrStmt><Stmt><Id>1</Id><Ntry><Amt Ccy="EUR">4.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd>{status}<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs><RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>"#
        )
    };
    let bai2 = "01,a,b,260101,0000,1,,,2/\n02,a,b,1,260101,,EUR,2/\n03,1,EUR/\n16,257,400,Z,BR,E2E-1,text Reason: \"AC04\"\n49,400,3/\n98,400,1,5/\n99,400,1,7/\n";
    for (text, reason) in [
        (camt("02", "<Sts>BOOK</Sts>"), "AC04"),
        (camt("12", "<Sts><Cd>BOOK</Cd></Sts>"), "AC04"),
        (":20:1\n:60F:C260101EUR1,00\n:61:260102C4,00NRTINONREF\n:86:159?00RETOURE?20EREF+E2E-1?34914".to_owned(), "914"),
        (":20:1\n:60F:C260101EUR1,00\n:61:260102C4,00NTRFNONREF\n:86:/RTRN/AC04/EREF/E2E-1".to_owned(), "AC04"),
        (bai2.to_owned(), "AC04"),
    ] {
        let statement = only(&text);
        let entry = &statement.entries[0];
        assert!(entry.is_return(None), "{text}");
        assert_eq!(entry.details[0].return_reason.as_ref().and_then(|own| own.code.as_deref()), Some(reason), "{text}");
    }
    assert!(!mt940(":61:260102D4,00NTRFNONREF\n:86:020?20EREF+E2E-1").entries[0].is_return(None));
}

/// Closing balance as stated, what is proved.
#[test]
fn balances_are_proved_or_the_difference_is_told() {
    for (closing, proof) in [
        (":62F:C260131EUR94,50", BalanceProof::Proved),
        (":62M:C260131EUR94,50", BalanceProof::Proved),
        (":62F:C260131EUR95,50", BalanceProof::DiffersBy(money("1"))),
        (":62F:D260131EUR94,50", BalanceProof::DiffersBy(money("-189"))),
        (":62F:C260131USD94,50", BalanceProof::NotProvable(Unprovable::CurrenciesDiffer)),
        ("", BalanceProof::NotProvable(Unprovable::ClosingBalanceMissing)),
    ] {
        let statement =
            only(&format!(":20:1\n:25:X\n:60F:C260101EUR100,\n:61:260102D4,NTRFA\n:61:260102D2,5NTRFB\n:61:260102RD1,NTRFC\n{closing}\n"));
        assert_eq!(statement.proof(), proof, "{closing}");
    }
}

#[test]
fn pending_entries_prove_nothing() {
    let camt = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL71RABO0123456789</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">10</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">7</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">3</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts></Ntry>
<Ntry><Amt Ccy="EUR">5</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts></Ntry></Stmt></BkToCstmrStmt></Document>"#;
    assert_eq!(only(camt).proof(), BalanceProof::Proved);
}

/// Every version of the three messages, with the elements where that version has them.
#[test]
fn every_version_of_camt() {
    for (message, element, name, kind) in [
        ("052", "BkToCstmrAcctRpt", "Rpt", StatementKind::Intraday),
        ("053", "BkToCstmrStmt", "Stmt", StatementKind::EndOfPeriod),
        ("054", "BkToCstmrDbtCdtNtfctn", "Ntfctn", StatementKind::Notification),
    ] {
        for version in 2..=13 {
            let (status, party) = match version {
                ..7 => ("<Sts>BOOK</Sts>", "<Cdtr><Nm>Acme</Nm></Cdtr>"),
                7 => ("<Sts><Cd>BOOK</Cd></Sts>", "<Cdtr><Nm>Acme</Nm></Cdtr>"),
                _ => ("<Sts><Cd>BOOK</Cd></Sts>", "<Cdtr><Pty><Nm>Acme</Nm></Pty></Cdtr>"),
            };
            let text = format!(
                r#"<x:Document xmlns:x="urn:iso:std:iso:20022:tech:xsd:camt.{message}.001.{version:02}"><x:{element}><x:{name}><x:Id>S1</x:Id>
<Ntry><Amt Ccy="EUR">3.10</Amt><CdtDbtInd>DBIT</CdtDbtInd>{status}<BookgDt><DtTm>2026-01-02T23:30:00-05:00</DtTm></BookgDt>
<NtryDtls><TxDtls><Refs><EndToEndId>E2E-1</EndToEndId></Refs><RltdPties>{party}</RltdPties></TxDtls></NtryDtls></Ntry></x:{name}></x:{element}></x:Document>"#
            );
            let file = read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}\n{text}"));
            let statement = &file.statements[0];
            assert_eq!((statement.kind, statement.id.as_deref()), (kind, Some("S1")));
            let entry = &statement.entries[0];
            assert_eq!((entry.amount, entry.booking_date), (money("-3.10"), Some(day("2026-01-02"))), "{message} {version}");
            assert_eq!(entry.details[0].counterparty.name.as_deref(), Some("Acme"), "{message} {version}");
            assert_eq!(entry.details[0].references.end_to_end_id.as_deref(), Some("E2E-1"));
        }
    }
}

#[test]
fn what_has_no_place_is_told() {
    let text = r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>
<Intrst><Amt Ccy="EUR">1.00</Amt></Intrst></Stmt></BkToCstmrStmt></Document>"#;
    let file = read(text.as_bytes()).expect("a statement");
    let told: Vec<_> = file.unmapped.iter().map(|own| (own.name.as_str(), own.content.as_str(), own.at.line)).collect();
    assert_eq!(told, [("Document/BkToCstmrStmt/Stmt/Intrst/Amt", "1.00", 2)]);
}

/// Funds type and its fields, then value date and what is behind them.
#[test]
fn funds_types_of_bai2() {
    for (funds, value_date) in [
        ("Z", None),
        ("", None),
        ("0", None),
        ("1", None),
        ("V,260105,1200", Some("2026-01-05")),
        ("S,100,200,100", None),
        ("D,2,0,100,1,300", None),
    ] {
        let text = format!(
            "01,a,b,260101,0000,1,,,2/\n02,a,b,1,260102,,JPY,2/\n03,9,JPY,010,100,,,015,500,,/\n16,142,400,{funds},BANK,CUST,words, more words/\n88,and these/\n49,1000,4/\n98,1000,1,6/\n99,1000,1,8/\n"
        );
        let statement = only(&text);
        let entry = &statement.entries[0];
        assert_eq!(entry.value_date, value_date.map(day), "{funds}");
        assert_eq!((entry.references.servicer.as_deref(), entry.references.customer.as_deref()), (Some("BANK"), Some("CUST")), "{funds}");
        assert_eq!(entry.text.as_deref(), Some("words, more words\nand these"), "{funds}");
        // A yen has no hundredths.
        assert_eq!((entry.amount, statement.proof()), (money("400"), BalanceProof::Proved), "{funds}");
        assert!(statement.controls.iter().all(|control| control.holds()), "{:?}", statement.controls);
    }
}

/// Type code and the side of the account.
#[test]
fn type_codes_of_bai2() {
    for (code, amount) in [("101", "4"), ("399", "4"), ("401", "-4"), ("699", "-4"), ("930", "4"), ("970", "-4"), ("720", "4")] {
        let statement = only(&format!(
            "01,a,b,260101,0000,1,,,2/\n02,a,b,1,260102,,USD,2/\n03,9/\n16,{code},400/\n49,400,3/\n98,400,1,5/\n99,400,1,7/\n"
        ));
        assert_eq!(statement.entries[0].amount, money(amount), "{code}");
    }
    let words = only("01,a,b,260101,0000,1,,,2/\n02,a,b,1,260102,,USD,2/\n03,9/\n16,890,,,,,a message/\n49,0,3/\n98,0,1,5/\n99,0,1,7/\n");
    assert_eq!(words.entries[0].status, EntryStatus::Information);
}

#[test]
fn elements_without_an_end_and_empty_ones() {
    let text = "OFXHEADER:100\nDATA:OFXSGML\nENCODING:USASCII\nCHARSET:1252\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>EUR<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM>
<BANKTRANLIST><DTSTART>20260101<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102235959.000[-5:EST]<TRNAMT>-1.234,50<FITID>F1<CHECKNUM><NAME>A &amp; B<MEMO></STMTTRN></BANKTRANLIST>
<LEDGERBAL><BALAMT>-5<DTASOF>20260103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";
    let statement = only(text);
    let entry = &statement.entries[0];
    assert_eq!((entry.amount, entry.booking_date), (money("-1234.50"), Some(day("2026-01-02"))));
    assert_eq!(entry.details[0].counterparty.name.as_deref(), Some("A & B"));
    assert_eq!(entry.code(CodeScheme::Ofx), Some("DEBIT"));
    assert_eq!(statement.balance(&BalanceKind::ClosingBooked).map(|balance| balance.amount), Some(money("-5")));
}

pub fn mapping() -> CsvMapping {
    CsvMapping {
        account: "DE89370400440532013000".into(),
        currency: "EUR".into(),
        delimiter: ';',
        skip_lines: 1,
        skip_last_lines: 0,
        date_format: "%d.%m.%Y".into(),
        decimal_mark: DecimalMark::Comma,
        newest_first: true,
        booking_date: "Buchungstag".into(),
        value_date: None,
        amount: AmountColumns::Signed("Betrag".into()),
        balance: Some("Saldo".into()),
        line_currency: None,
        end_to_end_id: Some("Kundenreferenz".into()),
        bank_reference: None,
        cheque_number: None,
        counterparty_name: Some("Name".into()),
        counterparty_account: None,
        remittance: vec!["Zweck".into()],
    }
}

const CSV: &str = "Umsätze vom Januar\nBuchungstag;Betrag;Saldo;Kundenreferenz;Name;Zweck;Sonst\n03.01.2026;1.000,00;1.094,50;;Kunde;\"eins; zwei\";x\n02.01.2026;-5,50;94,50;E2E-1;Acme;Rechnung;y\n";

#[test]
fn csv_by_mapping_is_proved_by_its_running_balance() {
    let file = read_csv(CSV.as_bytes(), &mapping()).expect("a statement");
    let statement = &file.statements[0];
    assert_eq!(statement.proof(), BalanceProof::Proved);
    let amounts: Vec<_> = statement.entries.iter().map(|entry| entry.amount).collect();
    assert_eq!(amounts, [money("-5.50"), money("1000.00")]);
    assert_eq!(statement.entries[0].details[0].references.end_to_end_id.as_deref(), Some("E2E-1"));
    assert_eq!(file.unmapped.iter().map(|own| own.content.as_str()).collect::<Vec<_>>(), ["Sonst"]);
}

#[test]
fn csv_that_does_not_fit_its_mapping_is_refused() {
    let wrong = |change: fn(&mut CsvMapping)| {
        let mut mapping = mapping();
        change(&mut mapping);
        read_csv(CSV.as_bytes(), &mapping).expect_err("a refusal").code()
    };
    assert_eq!(wrong(|mapping| mapping.booking_date = "Date".into()), "column_missing");
    assert_eq!(wrong(|mapping| mapping.date_format = "%Y-%m-%d".into()), "invalid");
    assert_eq!(wrong(|mapping| mapping.decimal_mark = DecimalMark::Point), "invalid");
}

/// A sign said twice might be one debit or a credit; of two columns with one name nobody knows which is meant.
#[test]
fn csv_that_can_be_read_in_two_ways_is_refused() {
    let plain = CsvMapping {
        delimiter: ',',
        skip_lines: 0,
        date_format: "%Y-%m-%d".into(),
        decimal_mark: DecimalMark::Point,
        booking_date: "day".into(),
        balance: None,
        end_to_end_id: None,
        counterparty_name: None,
        remittance: vec![],
        ..mapping()
    };
    let told = |amounts: AmountColumns, header: &str, row: &str| {
        let mapping = CsvMapping { amount: amounts, ..plain.clone() };
        read_csv(format!("{header}\n{row}\n").as_bytes(), &mapping).map(|file| file.statements[0].entries[0].amount).map_err(|e| e.code())
    };
    let signed = || AmountColumns::Signed("amount".into());
    let sided = || AmountColumns::WithSide {
        amount: "amount".into(),
        side: "side".into(),
        debit_words: vec!["D".into()],
        credit_words: vec!["C".into()],
    };
    assert_eq!(told(signed(), "day,amount", "2026-11-03,(1.56)"), Ok(dec!(-1.56)));
    assert_eq!(told(signed(), "day,amount", "2026-11-03,1.56-"), Ok(dec!(-1.56)));
    assert_eq!(told(signed(), "day,amount", "2026-11-03,(-1.56)"), Err("invalid"));
    assert_eq!(told(signed(), "day,amount", "2026-11-03,-1.57-"), Err("invalid"));
    assert_eq!(told(signed(), "day,amount,amount", "2026-11-03,1.00,2.00"), Err("column_repeated"));
    assert_eq!(told(sided(), "day,amount,side", "2026-11-03,3.00,D"), Ok(dec!(-3.00)));
    assert_eq!(told(sided(), "day,amount,side", "2026-11-03,-3.00,D"), Err("invalid"));
}

/// A quote that is never closed would take the rows behind it for its text.
#[test]
fn csv_whose_quote_never_ends_is_refused_with_its_line() {
    let mapping = || CsvMapping { balance: None, ..mapping() };
    let header = "Umsätze vom Januar\nBuchungstag;Betrag;Kundenreferenz;Name;Zweck\n";
    for (rows, line) in [
        ("02.01.2026;-2,24;;;\"abc\n02.01.2026;-1002,25;;;x\n", Some(3)),
        ("02.01.2026;-2,24;;;a\n02.01.2026;-3,24;;;\"abc\n02.01.2026;-1002,25;;;\"y\"\n", Some(4)),
        ("02.01.2026;-2,24;;;a\n02.01.2026;-3,24;;;\"cut off", Some(4)),
        ("02.01.2026;-2,24;;;\"two\nlines\"\n02.01.2026;-3,24;;;\"a \"\"word\"\"\"\n", None),
    ] {
        let read = read_csv(format!("{header}{rows}").as_bytes(), &mapping());
        match (read, line) {
            (Ok(file), None) => assert_eq!(file.statements[0].entries.len(), 2, "{rows}"),
            (Err(refusal), Some(line)) => assert!(refusal.to_string().starts_with(&format!("line {line}, ")), "{refusal}\n{rows}"),
            (other, _) => panic!("{other:?}\n{rows}"),
        }
    }
    let unclosed_header = "above\nBuchungstag;Betrag;Kundenreferenz;Name;\"Zweck\n02.01.2026;-2,24;;;a\n";
    assert_eq!(read_csv(unclosed_header.as_bytes(), &mapping()).expect_err("a refusal").code(), "malformed");
}

fn ofx(transactions: &str) -> String {
    format!(
        "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST><DTSTART>16010101{transactions}</BANKTRANLIST><LEDGERBAL><BALAMT>5<DTASOF>20260103</LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
}

fn transaction(id: &str, amount: &str, corrects: &str) -> String {
    format!("<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>20260102<TRNAMT>{amount}<FITID>{id}{corrects}<NAME>A</STMTTRN>")
}

/// What a file holds, and what of it counts; or the refusal.
#[test]
fn a_correction_takes_the_place_of_what_it_corrects() {
    let replaces = |id: &str| format!("<CORRECTFITID>{id}<CORRECTACTION>REPLACE");
    let deletes = |id: &str| format!("<CORRECTFITID>{id}<CORRECTACTION>DELETE");
    let (first, second) = (transaction("F1", "-100.00", ""), transaction("F2", "-10.00", &replaces("F1")));
    let third = transaction("F3", "-10.00", &deletes("F2"));
    for (transactions, expected) in [
        ([&first[..], &second].concat(), Ok(vec!["F2"])),
        ([&second[..], &first].concat(), Ok(vec!["F2"])),
        ([&first[..], &second, &third].concat(), Ok(vec![])),
        ([&third[..], &second, &first].concat(), Ok(vec![])),
        ([first.clone(), transaction("F4", "-1.00", "")].concat(), Ok(vec!["F1", "F4"])),
        (second.clone(), Err("corrects")),
        (third.clone(), Err("corrects")),
        ([&first[..], &second, &transaction("F5", "-5.00", &replaces("F1"))].concat(), Err("corrects")),
        ([&first[..], &first, &second].concat(), Err("corrects")),
        (transaction("F1", "-1.00", &replaces("F1")), Err("corrects")),
        ([&first[..], &transaction("F2", "-1.00", "<CORRECTFITID>F1")].concat(), Err("invalid")),
    ] {
        let found = read(ofx(&transactions).as_bytes());
        let counting = found.as_ref().map_err(|refusal| refusal.code()).map(|file| {
            let entries = file.statements[0].entries.iter().filter(|entry| entry.status == EntryStatus::Booked);
            entries.map(|entry| entry.references.servicer.as_deref().unwrap_or_default()).collect::<Vec<_>>()
        });
        assert_eq!(counting, expected, "{transactions}");
    }
    let refusal = read(ofx(&second).as_bytes()).expect_err("a refusal").to_string();
    assert!(refusal.contains("F2") && refusal.contains("F1"), "{refusal}");
}

/// A bank books in our time: a year of two digits that is read as one of four is refused where it stands.
#[test]
fn days_of_another_age_are_refused() {
    let camt = |day: &str| {
        format!(
            r#"<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL71RABO0123456789</IBAN></Id></Acct>
<Ntry><Amt Ccy="EUR">3</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"#
        )
    };
    let csv = |day: &str| format!("above\nBuchungstag;Betrag;Kundenreferenz;Name;Zweck\n{day};-5,50;;;\n");
    let mapping = CsvMapping { balance: None, ..mapping() };
    let in_ofx = |day: &str| ofx(&transaction("F1", "-1.00", "")).replace("20260102", day);
    for (day, taken) in [("0001-11-02", false), ("0026-11-02", false), ("1969-12-31", false), ("1970-01-01", true), ("2200-01-01", false)] {
        let written: NaiveDate = day.parse().expect("a day");
        assert_eq!(read(camt(day).as_bytes()).is_ok(), taken, "{day}");
        assert_eq!(read_csv(csv(&written.format("%d.%m.%Y").to_string()).as_bytes(), &mapping).is_ok(), taken, "{day}");
        assert_eq!(read(in_ofx(&day.replace('-', "")).as_bytes()).is_ok(), taken, "{day}");
    }
    let short = read_csv(csv("02.11.26").as_bytes(), &mapping).expect_err("a refusal");
    assert_eq!(short.to_string(), "line 3, column 1: the date is not valid: 02.11.26");
}
