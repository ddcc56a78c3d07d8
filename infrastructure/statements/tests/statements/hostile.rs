//! Bad input is refused with a place and a reason, and never panics.

use std::time::{Duration, Instant};

use quittance_statements::{StatementRefusal, read};

use crate::data;

fn refused(bytes: &[u8]) -> StatementRefusal {
    read(bytes).expect_err(&String::from_utf8_lossy(&bytes[..bytes.len().min(200)]))
}

#[test]
fn dtds_and_entities_are_refused() {
    let file = br#"<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>&b;</BkToCstmrStmt></Document>"#;
    assert_eq!(refused(file).code(), "malformed");
}

#[test]
fn a_refusal_tells_the_line() {
    let file = b":20:1\n:25:NL71RABO0123456789\n:28C:1\n:60F:C260101EUR10,00\n:61:260102X4,00NTRFNONREF\n";
    assert_eq!(refused(file).to_string(), "line 5, column 1: the debit or credit mark of :61: is not valid: X4,00NTRFNONREF");
}

#[test]
fn each_fault_has_its_code() {
    let camt = |entry: &str| {
        format!(
            "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\"><BkToCstmrStmt><Stmt><Ntry>{entry}</Ntry></Stmt></BkToCstmrStmt></Document>"
        )
    };
    for (file, code) in [
        (String::new(), "empty"),
        ("hello".to_owned(), "unknown_format"),
        (camt("<CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"), "missing"),
        (camt("<Amt Ccy=\"EUR\">1,50</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>"), "invalid"),
        (camt("<Amt Ccy=\"EUR\">1.50</Amt><CdtDbtInd>CREDIT</CdtDbtInd><Sts>BOOK</Sts>"), "invalid"),
        (camt("<Amt Ccy=\"EUR\">1.50</Amt><Sts>BOOK</Sts>"), "missing"),
        (camt("<Amt Ccy=\"EUR\">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd>"), "missing"),
        (camt("<Amt Ccy=\"EUR\">1.50</Amt>").replace("</Ntry>", ""), "malformed"),
        (":20:1\n:60F:C2601EUR1,00\n".to_owned(), "invalid"),
        (":20:1\n:61:260102C,NTRFNONREF\n".to_owned(), "invalid"),
        ("01,a,b,260101,0000,1,,,2/\n16,142,100,Z/\n".to_owned(), "malformed"),
        ("01,a,b,260101,0000,1,,,2/\n03,1,USD/\n".to_owned(), "malformed"),
        ("01,a,b,260101,0000,1,,,2/\n02,a,b,1,260101,,USD,/\n03,1,USD,010,1x,,/\n".to_owned(), "invalid"),
        ("01,a,b,260101,0000,1,,,2/\n02,a,b,1,260101,,USD,/\n03,1,USD/\n16,800,5,Z/\n".to_owned(), "invalid"),
        (
            "<OFX><BANKMSGSRSV1><STMTRS><BANKTRANLIST><STMTTRN><TRNAMT>ten</STMTTRN></BANKTRANLIST></STMTRS></BANKMSGSRSV1></OFX>"
                .to_owned(),
            "invalid",
        ),
        ("<OFX><BANKMSGSRSV1><STMTRS>".to_owned(), "malformed"),
    ] {
        assert_eq!(refused(file.as_bytes()).code(), code, "{file}");
    }
}

/// Cut at every place, and with bytes changed: read or refused, within time.
#[test]
fn mutilated_files_never_panic() {
    let mut tried = 0;
    for (folder, endings) in [("mt940", &[".sta", ".txt"][..]), ("camt", &[".xml"]), ("bai2", &[".txt"]), ("ofx", &[".ofx"])] {
        for path in data::files(folder, endings) {
            let bytes = data::bytes(&path);
            let step = bytes.len() / 40 + 1;
            for at in (0..bytes.len()).step_by(step) {
                let _ = read(&bytes[..at]);
                let mut changed = bytes.clone();
                changed[at] = [b'<', b'/', b':', b',', 0xFF, b'9', 0][at % 7];
                let _ = read(&changed);
                changed.remove(at);
                let _ = read(&changed);
                tried += 3;
            }
        }
    }
    assert!(tried > 5_000, "{tried}");
}

#[test]
fn deep_and_long_input_is_bounded() {
    let deep = "<OFX>".repeat(200_000);
    let deep_xml = format!("<Document xmlns=\"camt.053.001.02\">{}", "<BkToCstmrStmt>".repeat(100_000));
    let long_tag = format!(":20:{}", "x".repeat(5_000_000));
    let plus = format!(":20:1\n:61:260102C1,00NTRFNONREF\n:86:166?20{}", "EREF+".repeat(400_000));
    let ampersands = format!("<OFX><BANKMSGSRSV1><STMTRS><MEMO>{}</STMTRS></BANKMSGSRSV1></OFX>", "&".repeat(5_000_000));
    let began = Instant::now();
    for file in [deep, deep_xml, long_tag, plus, ampersands] {
        let _ = read(file.as_bytes());
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
