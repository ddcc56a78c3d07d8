//! Every statement among the real documents: read or refused, with what its balances prove.

use std::fmt::Write as _;

use quittance_statements::{BalanceProof, StatementFile, looks_like_a_statement, read};

use crate::data;

/// Folder, endings, files read, files refused, statements, entries, statements proved, statements off.
type Row = (&'static str, &'static [&'static str], [usize; 6]);

const FOLDERS: [Row; 9] = [
    ("mt940", &[".sta", ".txt"], [29, 0, 91, 158, 70, 7]),
    ("camt/camt_parser", &[".xml"], [8, 3, 8, 31, 3, 1]),
    ("camt/genkgo", &[".xml"], [10, 1, 10, 10, 0, 1]),
    ("camt/oca", &["test-camt053", "-txdtls"], [2, 0, 2, 4, 1, 1]),
    ("iso20022-samples/goldman/gs_camt", &[".xml"], [1, 0, 6, 17, 0, 0]),
    ("bai2", &[".txt"], [3, 0, 22, 63, 15, 1]),
    ("ofx/oca", &[".ofx"], [1, 0, 2, 4, 0, 0]),
    ("ofx/ofxparse", &[".ofx"], [9, 2, 10, 7, 0, 0]),
    ("ofx/ofxtools", &[".ofx"], [4, 0, 4, 11, 0, 0]),
];

#[test]
fn every_statement_is_read_or_refused_as_the_table_says() {
    let mut found = String::new();
    let mut expected = String::new();
    for (folder, endings, counts) in FOLDERS {
        writeln!(expected, "{folder} {counts:?}").expect("a line");
        writeln!(found, "{folder} {:?}", count(folder, endings)).expect("a line");
    }
    assert_eq!(found, expected);
}

fn count(folder: &str, endings: &[&str]) -> [usize; 6] {
    let mut counts = [0; 6];
    for path in data::files(folder, endings) {
        match read(&data::bytes(&path)) {
            Ok(file) => add(&mut counts, &file),
            Err(_) => counts[1] += 1,
        }
    }
    counts
}

fn add(counts: &mut [usize; 6], file: &StatementFile) {
    counts[0] += 1;
    for statement in &file.statements {
        counts[2] += 1;
        counts[3] += statement.entries.len();
        match statement.proof() {
            BalanceProof::Proved => counts[4] += 1,
            BalanceProof::DiffersBy(_) => counts[5] += 1,
            BalanceProof::NotProvable(_) => {}
        }
    }
}

/// The refused ones, each with its reason.
#[test]
fn refusals_name_their_reason() {
    for (file, code) in [
        ("camt/camt_parser/052/valid_namespace.xml", "no_statement"),
        ("camt/camt_parser/053/valid_namespace.xml", "no_statement"),
        ("camt/camt_parser/general/invalid_namespace.xml", "no_statement"),
        ("camt/genkgo/camt053.v2.wrong.xml", "no_statement"),
        ("ofx/ofxparse/error_message.ofx", "bank_error"),
        ("ofx/ofxparse/account_listing_aggregation.ofx", "no_statement"),
        ("bai2/testdata/fuzz/FuzzReaderWriter_ValidFiles/3940e35d8f932097", "unknown_format"),
        ("bai2/testdata/fuzz/FuzzReaderWriter_ValidFiles/771e938e4458e983", "unknown_format"),
        ("bai2/testdata/fuzz/FuzzReaderWriter_ValidFiles/f96b9eec61a21275", "unknown_format"),
        ("iso20022-samples/goldman/remt/remt_001_001_06.xml", "unknown_format"),
    ] {
        let refusal = read(&data::bytes(&data::root().join(file))).expect_err(file);
        assert_eq!(refusal.code(), code, "{file}");
    }
}

/// Payment files, invoices and tables are never taken for statements.
#[test]
fn other_documents_are_not_taken_for_statements() {
    let mut looked = 0;
    for (folder, endings) in
        [("iso20022-samples/php-sepa-xml", &[".xml"][..]), ("en16931", &[".xml"]), ("peppol-poacc", &[".xml"]), ("nacha", &[".ach"])]
    {
        for path in data::files(folder, endings).into_iter().take(60) {
            assert!(!looks_like_a_statement(&data::bytes(&path)), "{}", path.display());
            looked += 1;
        }
    }
    assert!(looked > 60, "{looked}");
}
