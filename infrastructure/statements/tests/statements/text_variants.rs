//! What banks make of the formats without a schema: MT940, BAI2, OFX and CSV.

use quittance_statements::{AmountColumns, BalanceProof, CsvMapping, Statement, StatementKind, Unprovable, read, read_csv};
use rust_decimal::Decimal;

use crate::rules::{mapping, money, only};

const OPENED: &str = ":20:1\n:25:NL71RABO0123456789\n:28C:1/1\n:60F:C260101EUR10,00\n";
const CLOSED: &str = ":62F:C260131EUR6,00\n";

#[test]
fn old_line_ends_are_lines_ends() {
    let unix = format!("{OPENED}:61:260102D4,00NTRFNONREF\n:86:words\n{CLOSED}");
    for (name, text) in [("dos", unix.replace('\n', "\r\n")), ("old mac", unix.replace('\n', "\r"))] {
        let statement = only(&text);
        assert_eq!((statement.entries.len(), statement.proof()), (1, BalanceProof::Proved), "{name}");
    }
}

#[test]
fn a_dash_in_a_narrative_ends_no_message() {
    let dashed = format!("{OPENED}:61:260102D3,00NTRFNONREF\n:86:words\n-\nmore\n:61:260102D1,00NTRFNONREF\n{CLOSED}");
    let statement = only(&dashed);
    assert_eq!((statement.entries.len(), statement.proof()), (2, BalanceProof::Proved));
    assert_eq!(statement.entries[0].text.as_deref(), Some("words\n-\nmore"));
    let two = format!("{OPENED}{CLOSED}-\nNEXT FROM THE BANK\n{OPENED}{CLOSED}-\n");
    assert_eq!(read(two.as_bytes()).expect("statements").statements.len(), 2);
}

/// SWIFT's interfaces put a start of heading before each message and an end of text behind it.
#[test]
fn the_frame_of_a_message_is_no_text() {
    let message =
        |text: &str| format!("\u{1}{{1:F01BANKNL2AXXX}}{{2:O9420000260101BANKNL2AXXX}}{{4:\r\n{}-}}\u{3}", text.replace('\n', "\r\n"));
    let text = [message(":20:A\n:25:1\n:28C:1/1\n:34F:EUR0,\n"), message(":20:B\n:25:1\n:28C:2/1\n:34F:EUR0,\n")].concat();
    let file = read(text.as_bytes()).expect("statements");
    let ids: Vec<_> = file.statements.iter().map(|own| (own.id.as_deref().unwrap_or_default(), own.kind)).collect();
    assert_eq!(ids, [("A", StatementKind::Intraday), ("B", StatementKind::Intraday)]);
    assert!(file.unmapped.iter().all(|own| own.name.contains("34F")), "{:?}", file.unmapped);
}

/// The last :86: of an MT942 is about the whole; a second one of an entry goes on with the first.
#[test]
fn narratives_belong_to_what_they_are_about() {
    let interim = only(
        ":20:A\n:25:1\n:28C:1\n:34F:EUR0,\n:61:2601020102D4,NTRFNONREF\n:86:/EREF/E2E-1/REMI/one\n:90D:1EUR4,\n:90C:0EUR0,\n:86:the end\n",
    );
    assert_eq!(interim.information.as_deref(), Some("the end"));
    let twice = only(&format!("{OPENED}:61:260102D4,00NTRFNONREF\n:86:/EREF/E2E-1/REMI/one\n:86:/REMI/two/NAME/Acme\n{CLOSED}"));
    for (statement, words) in [(&interim, "one"), (&twice, "one|two")] {
        let details = &statement.entries[0].details;
        assert_eq!(details.len(), 1, "{words}");
        assert_eq!(details[0].references.end_to_end_id.as_deref(), Some("E2E-1"));
        assert_eq!(details[0].remittance.unstructured.join("|"), words);
    }
}

#[test]
fn a_debit_that_the_bank_reversed_is_money_coming_back() {
    for (mark, is_return) in [("RD", true), ("RC", false), ("C", false)] {
        let statement = only(&format!("{OPENED}:61:260102{mark}4,00NTRFNONREF\n"));
        assert_eq!(statement.entries[0].is_return(None), is_return, "{mark}");
    }
}

/// The total of the account's trailer is that of the group and of the file.
fn bai2(group: &str, account: &str) -> String {
    let total = account.rsplit_once("49,").and_then(|(_, trailer)| trailer.split_once(',')).expect("a trailer").0;
    format!("01,a,b,260101,0000,1,,,2/\n02,a,b,{group},260102,,USD,2/\n{account}98,{total},1,5/\n99,{total},1,7/\n")
}

/// The continuation of a transaction as the format's own manual prints it: references first, then words.
#[test]
fn a_continued_transaction_has_its_references() {
    let account = "03,9,,015,100,,/\n16,115,400,S,100,200,100/\n88,AX13612,B096132,AMALGAMATED CORP. LOCKBOX\n88,DEPOSIT-MISC. RECEIVABLES\n49,500,5/\n";
    let statement = only(&bai2("1", account));
    let references = &statement.entries[0].references;
    assert_eq!((references.servicer.as_deref(), references.customer.as_deref()), (Some("AX13612"), Some("B096132")));
    assert_eq!(statement.entries[0].text.as_deref(), Some("AMALGAMATED CORP. LOCKBOX\nDEPOSIT-MISC. RECEIVABLES"));
    let words = only(&bai2("1", "03,9/\n16,115,400/\n88,words alone\n49,400,4/\n"));
    assert_eq!(words.entries[0].text.as_deref(), Some("words alone"));
}

/// A record may stop before its last fields, and the next one goes on with the next balance.
#[test]
fn continued_balances_are_all_read() {
    for account in ["03,9,,010,500/\n88,015,600/\n", "03,9,,010,500,,,/\n88,015,600,,/\n", "03,9,,010,500,,,015/\n88,600,,/\n"] {
        let statement = only(&bai2("1", &format!("{account}16,165,100,Z,BR,,words\n49,1200,4/\n")));
        assert_eq!(statement.proof(), BalanceProof::Proved, "{account}");
        assert!(statement.controls.iter().all(|control| control.holds()), "{account} {:?}", statement.controls);
    }
}

#[test]
fn deletions_tests_and_files_cut_off_are_refused() {
    let account = "03,9/\n16,165,100,Z,BR,,words\n49,100,3/\n";
    let whole = bai2("1", account);
    assert_eq!(only(&whole).entries.len(), 1);
    let cut = |at: &str| whole.split(at).next().unwrap_or_default().to_owned();
    for (text, code) in [
        (bai2("2", account), "invalid"),
        (bai2("4", account), "invalid"),
        (cut("98,"), "malformed"),
        (cut("99,"), "malformed"),
        (whole.replace("98,100,1", "98,100,2"), "malformed"),
        (whole.replace("99,100,1", "99,100,2"), "malformed"),
    ] {
        assert_eq!(read(text.as_bytes()).expect_err(&text).code(), code, "{text}");
    }
}

/// Without balances the sums of the file are all that can tell whether entries are missing.
#[test]
fn sums_that_do_not_hold_are_told_where_no_balance_does() {
    let proof = |total: &str| only(&bai2("1", &format!("03,9/\n16,165,100,Z,BR,,words\n49,{total},3/\n"))).proof();
    assert_eq!(proof("100"), BalanceProof::NotProvable(Unprovable::OpeningBalanceMissing));
    assert_eq!(proof("700"), BalanceProof::NotProvable(Unprovable::ControlsDiffer));
}

#[test]
fn references_and_dashed_dates_of_ofx() {
    let text = "OFXHEADER:100\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>USD<BANKACCTFROM><BANKID>1<ACCTID>2<ACCTTYPE>CHECKING</BANKACCTFROM><BANKTRANLIST>
<STMTTRN><TRNTYPE>DEBIT<DTPOSTED>2026-01-02<TRNAMT>-4.00<FITID>1<NAME>Caf&#233; A&#x26;B &amp;lt; R&D</STMTTRN></BANKTRANLIST></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>";
    let entry = &only(text).entries[0];
    assert_eq!(entry.booking_date.map(|day| day.to_string()).as_deref(), Some("2026-01-02"));
    assert_eq!(entry.details[0].counterparty.name.as_deref(), Some("Café A&B &lt; R&D"));
}

/// A mark of more than one byte may stand where the look at the head of a file ends.
#[test]
fn a_long_first_narrative_hides_no_format() {
    for length in 4_000..4_100 {
        let text = format!("\u{feff}{OPENED}:61:260102D4,00NTRFNONREF\n:86:{}\u{e9}\n{CLOSED}", "x".repeat(length));
        assert!(read(text.as_bytes()).is_ok(), "{length}");
    }
}

fn sides() -> CsvMapping {
    let amount = AmountColumns::DebitAndCredit { debit: "Out".into(), credit: "In".into() };
    CsvMapping {
        delimiter: ',',
        skip_lines: 0,
        date_format: "%d/%m/%Y".into(),
        decimal_mark: quittance_statements::DecimalMark::Point,
        newest_first: false,
        booking_date: "Date".into(),
        amount,
        balance: None,
        end_to_end_id: None,
        counterparty_name: None,
        remittance: vec![],
        ..mapping()
    }
}

fn amounts(csv: &str, mapping: &CsvMapping) -> Result<Vec<Decimal>, &'static str> {
    let file = read_csv(csv.as_bytes(), mapping).map_err(|refusal| refusal.code())?;
    let statement: &Statement = &file.statements[0];
    Ok(statement.entries.iter().map(|entry| entry.amount).collect())
}

/// Row, what it does to the account.
#[test]
fn the_other_column_may_hold_a_zero() {
    for (row, amount) in [
        ("02/01/2026,4.00,", Ok("-4.00")),
        ("02/01/2026,-4.00,0.00", Ok("-4.00")),
        ("02/01/2026,4.00,0.00", Ok("-4.00")),
        ("02/01/2026,0.00,4.00", Ok("4.00")),
        ("02/01/2026,0,0", Ok("0")),
        ("02/01/2026,\u{2212}4.00,", Ok("-4.00")),
        ("02/01/2026,4.00,4.00", Err("missing")),
        ("02/01/2026,,", Err("missing")),
        ("02/01/2026,4.00", Err("malformed")),
        ("02/01/2026,4.00,,more", Err("malformed")),
        ("02/01/2026,4.00,,", Ok("-4.00")),
    ] {
        let found = amounts(&format!("Date,Out,In\n{row}\n,,\n"), &sides());
        assert_eq!(found, amount.map(|amount| vec![money(amount)]), "{row}");
    }
}

#[test]
fn the_word_of_the_side_is_read_without_case_and_must_stand() {
    let amount = AmountColumns::WithSide {
        amount: "Amount".into(),
        side: "Side".into(),
        debit_words: vec!["Debit".into(), "DR".into()],
        credit_words: vec!["Credit".into()],
    };
    let mapping = CsvMapping { amount, ..sides() };
    for (side, amount) in [("DEBIT", Ok("-4.00")), ("dr", Ok("-4.00")), ("Credit", Ok("4.00")), ("", Err("missing"))] {
        let found = amounts(&format!("Date,Amount,Side\n02/01/2026,4.00,{side}\n"), &mapping);
        assert_eq!(found, amount.map(|amount| vec![money(amount)]), "{side}");
    }
}

/// A mark that the mapping has wrong is told by where thousands are parted.
#[test]
fn thousands_are_parted_by_three_digits() {
    for (cell, amount) in [
        ("1,234.50", Ok("-1234.50")),
        ("1,234,567", Ok("-1234567")),
        ("+12,345", Ok("-12345")),
        ("1234,567", Err("invalid")),
        (",123", Err("invalid")),
        ("1,23", Err("invalid")),
        ("1.5,000", Err("invalid")),
    ] {
        let found = amounts(&format!("Date,Out,In\n02/01/2026,\"{cell}\",\n"), &sides());
        assert_eq!(found, amount.map(|amount| vec![money(amount)]), "{cell}");
    }
    let skipping = CsvMapping { skip_lines: usize::MAX, ..sides() };
    assert_eq!(amounts("Date,Out,In\n", &skipping), Err("empty"));
}

/// Of the currency that the account has; what is in another one is no number here.
#[test]
fn an_amount_may_say_its_currency() {
    for (cell, amount) in [
        ("4.00 EUR", Ok("-4.00")),
        ("EUR 4.00", Ok("-4.00")),
        ("\u{20ac}\u{a0}4.00", Ok("-4.00")),
        ("-4.00\u{20ac}", Ok("-4.00")),
        ("4.00 USD", Err("invalid")),
        ("$4.00", Err("invalid")),
        ("EUR", Err("invalid")),
    ] {
        let found = amounts(&format!("Date,Out,In\n02/01/2026,{cell},\n"), &sides());
        assert_eq!(found, amount.map(|amount| vec![money(amount)]), "{cell}");
    }
}

/// Some banks write the balance below the lines, in fewer cells; who does not say so is told of a row that is cut.
#[test]
fn rows_below_the_last_line_are_left_out_where_the_mapping_counts_them() {
    let csv = "Date,Out,In\n02/01/2026,4.00,\n03/01/2026,,1.00\nBalance,97.00\n,,\n";
    for (skip_last_lines, lines) in
        [(0, Err("malformed")), (1, Ok(vec![money("-4.00"), money("1.00")])), (2, Ok(vec![money("-4.00")])), (9, Ok(vec![]))]
    {
        assert_eq!(amounts(csv, &CsvMapping { skip_last_lines, ..sides() }), lines, "{skip_last_lines}");
    }
}
