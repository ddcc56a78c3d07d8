//! Status reports: what the bank says of each transfer, and what is no report. The reports here are valid by the official schemas.

use std::collections::HashMap;
use std::path::PathBuf;
use std::process::Command;

use proptest::prelude::*;
use quittance_infrastructure::pain001::OrderedTransfer;
use quittance_infrastructure::pain002::{Said, Status, StatusReport, read};
use rust_decimal::Decimal;

const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.VERSION"><CstmrPmtStsRpt>
  <GrpHdr><MsgId>BANK-1</MsgId><CreDtTm>2026-11-24T10:00:00</CreDtTm></GrpHdr>
  <OrgnlGrpInfAndSts><OrgnlMsgId>RUN</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId><GrpSts>PART</GrpSts></OrgnlGrpInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN/1</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts>
    <TxInfAndSts><OrgnlInstrId>I-1</OrgnlInstrId><OrgnlEndToEndId>RUN-1</OrgnlEndToEndId><TxSts>RJCT</TxSts>
      <StsRsnInf><Rsn><Cd>AC04</Cd></Rsn><AddtlInf>Account closed</AddtlInf><AddtlInf>on 2026-10-01</AddtlInf></StsRsnInf></TxInfAndSts>
    <TxInfAndSts><OrgnlEndToEndId>RUN-2</OrgnlEndToEndId><TxSts>ACSC</TxSts><AcctSvcrRef>B-77</AcctSvcrRef></TxInfAndSts>
    <TxInfAndSts><OrgnlEndToEndId>RUN-3</OrgnlEndToEndId></TxInfAndSts>
  </OrgnlPmtInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN/2</OrgnlPmtInfId><PmtInfSts>RJCT</PmtInfSts>
    <StsRsnInf><Rsn><Prtry>LIMIT</Prtry></Rsn></StsRsnInf></OrgnlPmtInfAndSts>
  <OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN/3</OrgnlPmtInfId></OrgnlPmtInfAndSts>
</CstmrPmtStsRpt></Document>"#;

const VERSIONS: [&str; 3] = ["03", "10", "14"];

fn report(text: &str) -> StatusReport {
    read(text.as_bytes()).unwrap_or_else(|refusal| panic!("{refusal}"))
}

fn status(report: &StatusReport, block: &str, end_to_end_id: &str) -> Option<Status> {
    match report.held_against(&ordered(&[(end_to_end_id, block, "10.00")])).of(end_to_end_id)? {
        Said::OfIt(outcome) | Said::OfAll(outcome) => Some(outcome.status.clone()),
        Said::Doubtful => panic!("the report contradicts what was ordered"),
    }
}

/// End-to-end id, block and amount of what a file orders.
fn ordered(transfers: &[(&str, &str, &str)]) -> HashMap<String, OrderedTransfer> {
    let amount = |text: &str| text.parse::<Decimal>().expect("an amount");
    let one = |(id, block, value): &(&str, &str, &str)| {
        let ordered = OrderedTransfer { block: (*block).to_owned(), amount: amount(value), currency: "EUR".to_owned() };
        ((*id).to_owned(), ordered)
    };
    transfers.iter().map(one).collect()
}

#[test]
fn every_transfer_has_the_nearest_status() {
    for version in VERSIONS {
        let report = report(&REPORT.replace("VERSION", version));
        assert_eq!((report.message_id.as_str(), report.original_message_id.as_str()), ("BANK-1", "RUN"));
        assert_eq!(report.original_message_name, "pain.001.001.09");
        let table = [
            ("RUN/1", "RUN-1", Some(Status::Rejected)),
            ("RUN/1", "RUN-2", Some(Status::Settled)),
            ("RUN/1", "RUN-3", None),
            ("RUN/1", "RUN-4", None),
            ("RUN/2", "RUN-5", Some(Status::Rejected)),
            ("RUN/3", "RUN-6", None),
            ("RUN/9", "RUN-1", Some(Status::Rejected)),
            ("RUN/9", "RUN-4", None),
        ];
        for (block, id, expected) in table {
            assert_eq!(status(&report, block, id), expected, "{block} {id}");
        }
        let rejected = &report.blocks[0].transactions[0];
        assert_eq!(rejected.instruction_id.as_deref(), Some("I-1"));
        let reason = &rejected.outcome.as_ref().expect("a status").reasons[0];
        assert_eq!(reason.code.as_deref(), Some("AC04"));
        assert_eq!(reason.text, ["Account closed", "on 2026-10-01"]);
        assert_eq!(report.blocks[0].transactions[1].bank_reference.as_deref(), Some("B-77"));
        let of_block = report.blocks[1].outcome.as_ref().expect("a status");
        assert_eq!(of_block.reasons[0].code.as_deref(), Some("LIMIT"));
    }
}

#[test]
fn a_rejected_file_rejects_every_transfer() {
    let whole = REPORT.replace("VERSION", "10").replacen("<GrpSts>PART", "<GrpSts>RJCT", 1);
    let end = whole.find("<OrgnlPmtInfAndSts>").expect("a block");
    let report = report(&format!("{}</CstmrPmtStsRpt></Document>", &whole[..end]));
    assert_eq!(status(&report, "RUN/1", "RUN-1"), Some(Status::Rejected));
}

#[test]
fn an_unknown_status_is_neither_success_nor_failure() {
    let report = report(&REPORT.replace("VERSION", "10").replacen("ACSC", "XYZ1", 1));
    assert_eq!(status(&report, "RUN/1", "RUN-2"), Some(Status::Other("XYZ1".to_owned())));
}

#[test]
fn what_is_no_report_is_refused() {
    let valid = REPORT.replace("VERSION", "10");
    let dtd = valid.replacen("<Document", "<!DOCTYPE d [<!ENTITY a \"b\">]><Document", 1);
    let table: [(&[u8], &str); 6] = [
        (b"<a>\xc3\x28</a>", "not_utf8"),
        (b"", "not_xml"),
        (b"<a>", "not_xml"),
        (dtd.as_bytes(), "not_xml"),
        (b"<Document><CstmrCdtTrfInitn/></Document>", "not_a_status_report"),
        (b"<Document><CstmrPmtStsRpt/></Document>", "element_missing"),
    ];
    for (bytes, expected) in table {
        assert_eq!(read(bytes).expect_err("a refusal").code(), expected, "{}", String::from_utf8_lossy(bytes));
    }
    assert!(read(format!("\u{feff}{valid}").as_bytes()).is_ok());
    let latin = valid.replacen("UTF-8", "ISO-8859-1", 1).replacen("Account closed", "Compte clôturé", 1);
    let latin: Vec<u8> = latin.chars().map(|character| u8::try_from(u32::from(character)).expect("a letter of Latin 1")).collect();
    let read_back = read(&latin).expect("a report");
    assert_eq!(read_back.blocks[0].transactions[0].outcome.as_ref().expect("a status").reasons[0].text[0], "Compte clôturé");
}

/// Banks put the business header and the report into one envelope, and some name the block once for each transfer in it.
#[test]
fn envelopes_and_repeated_blocks_are_read() {
    let valid = REPORT.replace("VERSION", "10");
    let (_, document) = valid.split_once("?>").expect("a declaration");
    let repeated = document.replacen(
        "<TxInfAndSts><OrgnlEndToEndId>RUN-2",
        "</OrgnlPmtInfAndSts><OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN/1</OrgnlPmtInfId><TxInfAndSts><OrgnlEndToEndId>RUN-2",
        1,
    );
    let report = report(&format!("<Envelope><AppHdr xmlns=\"urn:head\"><BizSvc/></AppHdr>{repeated}</Envelope>"));
    assert_eq!(report.blocks.len(), 4);
    assert_eq!(status(&report, "RUN/1", "RUN-1"), Some(Status::Rejected));
    assert_eq!(status(&report, "RUN/1", "RUN-2"), Some(Status::Settled));
}

#[test]
fn deep_nesting_is_survived() {
    let depth = 200_000;
    let nested = format!("{}{}", "<a>".repeat(depth), "</a>".repeat(depth));
    assert_eq!(read(nested.as_bytes()).expect_err("a refusal").code(), "not_a_status_report");
}

/// So that the reader is not tested on reports that no bank could send.
#[test]
fn the_reports_of_this_test_are_valid() {
    let root = std::env::var_os("QUITTANCE_DATA")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data")), PathBuf::from);
    let directory = tempfile::tempdir().expect("a temporary directory");
    for version in VERSIONS {
        let schema = root.join(format!("iso20022-xsd/pain.002/pain.002.001.{version}.xsd"));
        assert!(schema.exists(), "{} is missing; set QUITTANCE_DATA to the folder of real documents", schema.display());
        let file = directory.path().join(format!("{version}.xml"));
        std::fs::write(&file, REPORT.replace("VERSION", version)).expect("room for a file");
        let output = Command::new("xmllint").args(["--nonet", "--noout", "--schema"]).args([&schema, &file]).output();
        let output = output.unwrap_or_else(|error| panic!("xmllint does not run ({error}); install it: apt-get install libxml2-utils"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// What is changed in a report that fits the file, and of which of its transfers it then says what cannot be.
#[test]
fn what_contradicts_the_file_or_itself_is_doubtful() {
    let file = ordered(&[("RUN-1", "RUN/1", "10.00"), ("RUN-2", "RUN/1", "20.50"), ("RUN-3", "RUN/1", "1.00"), ("RUN-4", "RUN/2", "4.00")]);
    let group = |more: &'static str| ("<GrpSts>PART", format!("{more}<GrpSts>PART"));
    let block = |more: &'static str| ("<PmtInfSts>PART", format!("{more}<PmtInfSts>PART"));
    let original = |amount: &str| {
        let one = format!("</AcctSvcrRef><OrgnlTxRef><Amt><InstdAmt Ccy=\"EUR\">{amount}</InstdAmt></Amt></OrgnlTxRef>");
        ("</AcctSvcrRef>", one)
    };
    let again = |status: &str| {
        let more = format!("<TxInfAndSts><OrgnlEndToEndId>RUN-2</OrgnlEndToEndId><TxSts>{status}</TxSts></TxInfAndSts>");
        ("<TxInfAndSts><OrgnlEndToEndId>RUN-3", format!("{more}<TxInfAndSts><OrgnlEndToEndId>RUN-3"))
    };
    let all: &[&str] = &["RUN-1", "RUN-2", "RUN-4"];
    let table: [((&str, String), &[&str]); 13] = [
        (("BANK-1", "BANK-2".to_owned()), &[]),
        (group("<OrgnlNbOfTxs>4</OrgnlNbOfTxs><OrgnlCtrlSum>35.5</OrgnlCtrlSum>"), &[]),
        (group("<OrgnlNbOfTxs>7</OrgnlNbOfTxs>"), all),
        (group("<OrgnlCtrlSum>1.00</OrgnlCtrlSum>"), all),
        (block("<OrgnlNbOfTxs>3</OrgnlNbOfTxs><OrgnlCtrlSum>31.50</OrgnlCtrlSum>"), &[]),
        (block("<OrgnlNbOfTxs>4</OrgnlNbOfTxs>"), &["RUN-1", "RUN-2"]),
        (block("<OrgnlCtrlSum>35.50</OrgnlCtrlSum>"), &["RUN-1", "RUN-2"]),
        (("pain.001.001.09", "pain.008.001.08".to_owned()), all),
        (("pain.001.001.09", "CCT".to_owned()), &[]),
        (original("20.5"), &[]),
        (original("5.00"), &["RUN-2"]),
        (again("RJCT"), &["RUN-2"]),
        (again("ACCC"), &[]),
    ];
    for ((from, to), doubtful) in table {
        let report = report(&REPORT.replace("VERSION", "10").replacen(from, &to, 1));
        let answers = report.held_against(&file);
        let found = ["RUN-1", "RUN-2", "RUN-3", "RUN-4"].into_iter().filter(|id| answers.of(id) == Some(Said::Doubtful));
        assert_eq!(found.collect::<Vec<_>>(), doubtful, "{to}");
        assert!(answers.of("RUN-4").is_some() && answers.of("RUN-3").is_none(), "{to}");
    }
    // A block that is named for each of its transfers, which end differently and do not say so themselves.
    let settled = "<TxInfAndSts><OrgnlEndToEndId>RUN-3</OrgnlEndToEndId></TxInfAndSts>\n  </OrgnlPmtInfAndSts>";
    for (other, doubtful) in [("RJCT", true), ("ACSP", false)] {
        let blocks = ["ACSC", other].map(|status| {
            format!("<OrgnlPmtInfAndSts><OrgnlPmtInfId>RUN/1</OrgnlPmtInfId><PmtInfSts>{status}</PmtInfSts></OrgnlPmtInfAndSts>")
        });
        let text = REPORT.replace("VERSION", "10").replacen("<PmtInfSts>PART</PmtInfSts>", "", 1).replacen(
            settled,
            &format!("</OrgnlPmtInfAndSts>{}", blocks.concat()),
            1,
        );
        let report = report(&text);
        let answers = report.held_against(&file);
        assert_eq!(answers.of("RUN-3") == Some(Said::Doubtful), doubtful, "{other}");
        assert!(answers.of("RUN-3").is_some(), "{other}");
    }
    let dollars = original("20.50").1.replace("EUR", "USD");
    let report = report(&REPORT.replace("VERSION", "10").replacen("</AcctSvcrRef>", &dollars, 1));
    assert_eq!(report.held_against(&file).of("RUN-2"), Some(Said::Doubtful));
    // An earlier word of the same transfer does not hide how it ended.
    let pending = REPORT.replace("VERSION", "10").replacen("<TxSts>ACSC", "<TxSts>ACSP", 1);
    let ended = again("ACSC");
    let report = read(pending.replacen(ended.0, &ended.1, 1).as_bytes()).expect("a report");
    assert_eq!(status(&report, "RUN/1", "RUN-2"), Some(Status::Settled));
    let unreadable = REPORT.replace("VERSION", "10").replacen("<GrpSts>PART", "<OrgnlNbOfTxs>x</OrgnlNbOfTxs><GrpSts>PART", 1);
    assert_eq!(read(unreadable.as_bytes()).expect_err("a refusal").code(), "number_invalid");
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(at in 0..REPORT.len(), byte: u8, bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut report = REPORT.as_bytes().to_vec();
        report[at] = byte;
        let _ = read(&report);
        prop_assert!(read(&bytes).is_err());
    }
}
