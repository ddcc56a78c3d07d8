//! Every real ACH file is taken, or refused for what is wrong with it.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use quittance_rails::nacha::records::{entry, iat_entry};
use quittance_rails::nacha::{File, read};

use crate::data;

/// What is wrong with the files that are refused, by the rules that they break. Every other file is taken.
const REFUSED: &[(&str, &[&str])] = &[
    ("cmd/writeACH/202001172118.ach", &["amount_for_code"]),
    ("test/issues/testdata/issue1600/1e5RecordBefore1or8.txt", &["file_header"]),
    ("test/issues/testdata/issue1600/1qFormatCodeIncorrect.txt", &["fixed_text"]),
    ("test/issues/testdata/issue1600/2lCompanyNameAllZeros.txt", &["all_zeros"]),
    ("test/issues/testdata/issue1600/2mCompanyEntryDescAllZeros.txt", &["all_zeros"]),
    ("test/issues/testdata/issue751.ach", &["file_control", "file_header"]),
    ("test/testdata/20110729A-invalid.ach", &["fixed_text", "no_such_date", "no_such_time"]),
    ("test/testdata/20110805A.ach", &["batch_count"]),
    // A debit in a batch of credits.
    ("test/testdata/20180716-IAT-A17.ach", &["service_class"]),
    ("test/testdata/FISERV-ZEROFILE-PIMRET825324_032720_110221.ach", &["check_digit", "empty"]),
    ("test/testdata/Iat-invalidAddenda13.ach", &["characters"]),
    ("test/testdata/bh-ed-ad-bh-ed-ad-ed-ad.ach", &["batch_control", "file_control", "file_header"]),
    ("test/testdata/crashers/1.ach", &["file_control", "file_header", "record_too_long"]),
    ("test/testdata/crashers/2.ach", &["file_control", "file_header", "record_too_long"]),
    ("test/testdata/crashers/3.ach", &["file_control", "file_header", "record_too_long"]),
    ("test/testdata/crashers/4.ach", &["characters", "file_header", "record_type"]),
    ("test/testdata/crashers/d8f3557bf70ce706c9efbfcfd8143f131a2eef20", &["characters"]),
    ("test/testdata/file_parsing_missing_file_control.txt", &["batch_control"]),
    ("test/testdata/flattenADVBatchesMultipleBatchHeaders.ach", &["credit_total"]),
    ("test/testdata/iat-batchHeaderErr.ach", &["addenda_without_entry", "batch_control"]),
    ("test/testdata/iat-invalidAddenda10.ach", &["check_digit", "service_class", "unknown_code"]),
    ("test/testdata/iat-invalidAddenda11.ach", &["characters"]),
    ("test/testdata/iat-invalidAddenda15.ach", &["characters"]),
    ("test/testdata/iat-invalidAddenda16.ach", &["characters"]),
    ("test/testdata/iat-invalidAddenda17.ach", &["characters"]),
    ("test/testdata/iat-invalidAddenda18.ach", &["characters"]),
    ("test/testdata/missing_file_control.rtf", &["record_too_long", "record_type"]),
    ("test/testdata/nonascii.ach", &["characters"]),
    ("test/testdata/pos-invalidEntryDetail.ach", &["addenda_without_entry", "characters"]),
    ("test/testdata/pos-invalidReturnFile.ach", &["unknown_code"]),
    ("test/testdata/ppd-debit-customTraceNumber.ach", &["trace_bank"]),
    ("test/testdata/ppd-debit-invalid-entryDetail-checkDigit.ach", &["check_digit"]),
    ("test/testdata/return-no-batch-controls.ach", &["batch_control", "file_control", "file_header"]),
    ("test/testdata/return-no-batch-header.ach", &["batch_header", "file_control", "file_header"]),
    ("test/testdata/return-no-file-header-control.ach", &["file_control", "file_header"]),
    ("test/testdata/skip-validation.ach", &["batch_number", "empty", "trace_order"]),
    ("test/testdata/txp-debit.ach", &["addenda_entry", "addenda_sequence", "block_count", "not_numeric"]),
    ("test/testdata/web-invalidNOCFile.ach", &["unknown_code"]),
];

/// Names of the files below the folder that hold records, not JSON, licences or archives.
fn names() -> Vec<String> {
    let root = data("nacha");
    let mut found = Vec::new();
    collect(&root, &mut found);
    let names = found.iter().map(|path| path.strip_prefix(&root).expect("below the root").to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|name| !["upstream", "json", "gz"].iter().any(|end| name.ends_with(end))).collect();
    names.sort();
    names
}

fn collect(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { collect(&path, found) } else { found.push(path) }
    }
}

fn bytes(name: &str) -> Vec<u8> {
    fs::read(data("nacha").join(name)).expect("a readable file")
}

fn accepted(name: &str) -> File {
    read(&bytes(name)).accepted().unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

#[test]
fn each_is_taken_or_refused_for_what_is_wrong_with_it() {
    let names = names();
    assert!(names.len() > 90, "only {} files", names.len());
    let mut wrong = Vec::new();
    for name in &names {
        let faults: BTreeSet<&str> = read(&bytes(name)).faults().map(|finding| finding.rule.code()).collect();
        let expected = REFUSED.iter().find(|(refused, _)| refused == name).map_or(&[][..], |(_, rules)| *rules);
        // Beside the rules in the table nothing stands for itself: a broken record breaks sums too.
        let told = expected.iter().all(|rule| faults.contains(rule)) && faults.is_empty() == expected.is_empty();
        if !told {
            wrong.push(format!("{name}: {faults:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (refused, _) in REFUSED {
        assert!(names.iter().any(|name| name == refused), "{refused} is gone");
    }
}

/// Trailing blanks, carriage returns and filling lines are transport, not content.
fn content(bytes: &[u8]) -> Vec<&[u8]> {
    let lines = bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii_end);
    lines.filter(|line| !line.is_empty() && !line.iter().all(|b| *b == b'9')).collect()
}

#[test]
fn what_is_taken_is_written_back_byte_for_byte() {
    let (mut same, mut padded) = (0, 0);
    for name in names() {
        let read_bytes = bytes(&name);
        let Ok(file) = read(&read_bytes).accepted() else { continue };
        let written = file.bytes();
        let canonical = |line: &&[u8]| line.strip_suffix(b"\r").unwrap_or(line).len() == 94;
        let lines: Vec<&[u8]> = read_bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()).collect();
        if lines.len().is_multiple_of(10) && lines.iter().all(canonical) && !read_bytes.contains(&b'\r') {
            assert_eq!(written.trim_ascii_end(), read_bytes.trim_ascii_end(), "{name}");
            same += 1;
        } else {
            assert_eq!(content(&written), content(&read_bytes), "{name}");
            padded += 1;
        }
        assert_eq!(read(&written).accepted().expect("what we wrote").bytes(), written, "{name}: written again");
    }
    assert!(same > 40, "{same} files byte for byte, {padded} but for transport");
}

#[test]
fn a_hundred_thousand_entries_are_read_and_written_back() {
    let packed = fs::File::open(data("nacha/test/testdata/large-files/PPD-200-batches-100000-entries.ach.gz")).expect("the large file");
    let mut read_bytes = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut read_bytes).expect("gzip");
    let file = read(&read_bytes).accepted().unwrap_or_else(|faults| panic!("{:?}", &faults[..faults.len().min(5)]));
    assert_eq!(file.batches.len(), 200);
    let entries = read_bytes.split(|b| *b == b'\n').filter(|line| line.first() == Some(&b'6')).count();
    assert!(entries >= 100_000, "{entries} entries");
    assert_eq!(file.batches.iter().map(|batch| batch.entries.len()).sum::<usize>(), entries);
    assert_eq!(content(&file.bytes()), content(&read_bytes));
}

#[test]
fn an_international_file_says_what_its_neighbour_json_says() {
    let text = fs::read_to_string(data("nacha/test/testdata/iat-debit.json")).expect("the neighbour");
    let json: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let file = accepted("test/testdata/iat-debit.ach");
    let expected = &json["IATBatches"][0]["IATEntryDetails"][0];
    let one = &file.batches[0].entries[0];
    assert_eq!(one.cents(), expected["amount"].as_u64().expect("an amount"));
    assert_eq!(one.detail.number(entry::CODE), expected["transactionCode"].as_u64().expect("a code"));
    assert_eq!(one.detail.text(iat_entry::ACCOUNT), expected["DFIAccountNumber"].as_str().expect("an account").trim());
    assert_eq!(one.detail.text(entry::BANK), expected["RDFIIdentification"].as_str().expect("a bank"));
}
