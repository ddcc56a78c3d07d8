//! One thing at a time is broken in a good file; the rule that it breaks is named, with its line and field.

use quittance_rails::nacha::{CreditClass, Finding, read, write_credits};

use crate::written::{batch, credit, originator};

fn good() -> String {
    let batches = [
        batch(CreditClass::Ccd, vec![credit(10_000, "Invoice 1"), credit(5_000, "")]),
        batch(CreditClass::Ctx, vec![credit(2_500, &"remittance ".repeat(10))]),
    ];
    String::from_utf8(write_credits(&originator(), &batches).expect("a file").bytes()).expect("ASCII")
}

/// The good file with `text` put on `line` from `column`, both from 1.
fn broken(line: usize, column: usize, text: &str) -> String {
    let mut lines: Vec<String> = good().lines().map(str::to_owned).collect();
    lines[line - 1].replace_range(column - 1..column - 1 + text.len(), text);
    lines.join("\n")
}

#[test]
fn a_good_file_has_no_findings() {
    assert_eq!(read(good().as_bytes()).findings, []);
}

// Lines: 1 file, 2 batch, 3 entry, 4 addenda, 5 entry, 6 control, 7 batch, 8 entry, 9 and 10 addenda, 11 control, 12 file control.
#[test]
fn each_fault_is_named_where_it_is() {
    let cases = [
        (1, 2, "02", "priority_code", "fixed_text"),
        (1, 4, "X0110000", "", "taken"),
        (1, 4, " 011000016", "immediate_destination", "check_digit"),
        (1, 24, "261301", "file_creation_date", "no_such_date"),
        (1, 30, "2400", "file_creation_time", "no_such_time"),
        (1, 34, "a", "file_id_modifier", "unknown_code"),
        (2, 2, "221", "service_class_code", "unknown_code"),
        (2, 2, "225", "transaction_code", "service_class"),
        (2, 5, "                ", "company_name", "empty"),
        (2, 51, "CCC", "standard_entry_class_code", "unknown_code"),
        (2, 54, "0000000000", "company_entry_description", "all_zeros"),
        (2, 70, "260230", "effective_entry_date", "no_such_date"),
        (2, 79, "7", "originator_status_code", "unknown_code"),
        (2, 80, "09100001", "trace_number", "trace_bank"),
        (3, 2, "20", "transaction_code", "transaction_code"),
        (3, 2, "23", "amount", "amount_for_code"),
        (3, 2, "27", "transaction_code", "service_class"),
        (3, 12, "3", "check_digit", "check_digit"),
        (3, 30, "00000A0000", "amount", "not_numeric"),
        (3, 30, "0000000000", "amount", "amount_for_code"),
        (3, 30, "0000010001", "total_credit", "credit_total"),
        (3, 79, "0", "addenda_record_indicator", "addenda_indicator"),
        (4, 2, "02", "addenda_type_code", "addenda"),
        (4, 84, "0002", "addenda_sequence_number", "addenda_sequence"),
        (4, 88, "0000009", "entry_detail_sequence_number", "addenda_entry"),
        (5, 4, "12104288", "", "taken"),
        (5, 4, "23138010", "entry_hash", "entry_hash"),
        (5, 88, "0000001", "trace_number", "trace_order"),
        (6, 5, "000009", "entry_addenda_count", "entry_count"),
        (6, 21, "000000000001", "total_debit", "debit_total"),
        (6, 45, "9", "company_identification", "control_repeats_header"),
        (7, 94, "1", "batch_number", "batch_number"),
        (8, 55, "0009", "addenda_record_count", "addenda_count"),
        (12, 2, "000009", "batch_count", "batch_count"),
        (12, 8, "000009", "block_count", "block_count"),
        (12, 14, "00000009", "entry_addenda_count", "entry_count"),
        (12, 44, "000000000001", "total_credit", "credit_total"),
        (4, 1, "5", "", "batch_control"),
        (6, 1, "9", "", "batch_control"),
        (3, 1, "4", "", "record_type"),
        (3, 1, "1", "", "file_header"),
        (13, 1, "8", "", "after_the_end"),
        (4, 20, "\t", "", "characters"),
    ];
    for (line, column, text, field, rule) in cases {
        let findings = read(broken(line, column, text).as_bytes()).findings;
        let named = |finding: &Finding| finding.field == field && finding.rule.code() == rule;
        let right = if rule == "taken" { findings.is_empty() } else { findings.iter().any(named) };
        assert!(right, "{text:?} at {line}:{column}: {field} {rule} expected, not {findings:?}");
    }
}

#[test]
fn a_missing_or_a_foreign_line_is_named() {
    let good = good();
    let without =
        |line: usize| good.lines().enumerate().filter(|(at, _)| at + 1 != line).map(|(_, line)| line).collect::<Vec<_>>().join("\n");
    assert!(crate::faults(without(1).as_bytes()).contains(&"file_header"));
    assert!(crate::faults(without(2).as_bytes()).contains(&"batch_header"));
    assert!(crate::faults(without(3).as_bytes()).contains(&"addenda_without_entry"));
    assert!(crate::faults(without(4).as_bytes()).contains(&"entry_count"));
    assert!(crate::faults(without(6).as_bytes()).contains(&"batch_control"));
    assert!(crate::faults(without(12).as_bytes()).contains(&"file_control"));
    assert_eq!(crate::faults(without(20).as_bytes()), Vec::<&str>::new(), "filling lines may be missing");
    assert_eq!(crate::faults(b""), ["no_records", "file_control"]);
    assert!(crate::faults(format!("{}x\n", good.lines().next().expect("a line")).as_bytes()).contains(&"record_too_long"));
    assert_eq!(crate::faults(good.replace('\n', "\r\n").as_bytes()), Vec::<&str>::new());
    assert_eq!(crate::faults(good.replace('\n', "").as_bytes()), Vec::<&str>::new(), "records without line breaks");
}
