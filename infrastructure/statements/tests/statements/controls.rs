//! What a file says about itself and about its transactions, where it does not fit.

use quittance_statements::{AmountColumns, BalanceProof, CsvMapping, Unprovable, read_csv};

use crate::rules::{mapping, money, mt940, only};

/// Trailers of account, group and file, and what is proved by balances that agree.
#[test]
fn totals_that_do_not_hold_prove_nothing() {
    for (account, group, file, proof) in [
        ("49,1400,3/", "98,1400,1,5/", "99,1400,1,7/", BalanceProof::Proved),
        ("49,999,3/", "98,999,1,5/", "99,999,1,7/", BalanceProof::NotProvable(Unprovable::ControlsDiffer)),
        ("49,1400,33/", "98,1400,1,5/", "99,1400,1,7/", BalanceProof::NotProvable(Unprovable::ControlsDiffer)),
        ("49,1400,3/", "98,5,1,5/", "99,5,1,7/", BalanceProof::NotProvable(Unprovable::ControlsDiffer)),
        ("49,1400,3/", "98,1400,1,5/", "99,7,1,7/", BalanceProof::NotProvable(Unprovable::ControlsDiffer)),
    ] {
        let text = format!(
            "01,a,b,260101,0000,1,,,2/\n02,a,b,1,260102,,USD,2/\n03,9,USD,010,300,,,015,700,,/\n16,142,400/\n{account}\n{group}\n{file}\n"
        );
        assert_eq!(only(&text).proof(), proof, "{text}");
    }
}

/// A word that the mapping does not list may be either side.
#[test]
fn a_side_that_nobody_named_is_refused() {
    let amount = AmountColumns::WithSide {
        amount: "Betrag".into(),
        side: "S/H".into(),
        debit_words: vec!["S".into()],
        credit_words: vec!["H".into()],
    };
    let mapping =
        CsvMapping { amount, skip_lines: 0, balance: None, end_to_end_id: None, counterparty_name: None, remittance: vec![], ..mapping() };
    for (side, amount) in [("S", Some("-1.14")), ("h", Some("1.14")), ("Soll", None), ("SR", None)] {
        let read = read_csv(format!("Buchungstag;Betrag;S/H\n02.01.2026;1,14;{side}\n").as_bytes(), &mapping);
        assert_eq!(read.as_ref().ok().map(|file| file.statements[0].entries[0].amount), amount.map(money), "{side}");
        if let Err(refusal) = read {
            assert_eq!(refusal.to_string(), format!("line 2, column 1: the word that says debit or credit is not valid: {side}"));
        }
    }
}

#[test]
fn a_second_narrative_of_mt940_is_heard() {
    let statement = mt940(":61:260102C4,00NTRFNONREF\n:86:/EREF/E2E-1\n:86:/RTRN/AC04/MARF/M1");
    let entry = &statement.entries[0];
    assert!(entry.is_return(None));
    let detail = &entry.details[0];
    assert_eq!((detail.references.end_to_end_id.as_deref(), detail.references.mandate_id.as_deref()), (Some("E2E-1"), Some("M1")));
    assert_eq!(detail.return_reason.as_ref().and_then(|reason| reason.code.as_deref()), Some("AC04"));
}

#[test]
fn a_bic_in_a_german_purpose_is_no_part_of_the_account() {
    for purpose in [
        "IBAN+DE89370400440532013000BIC+COBADEFFXXX",
        "BIC+COBADEFFXXXIBAN+DE89370400440532013000",
        "IBAN+DE89370400440532013000BIC +COBADEFFXXX",
    ] {
        let statement = mt940(&format!(":61:260102D4,00NTRFNONREF\n:86:020?00TRANSFER?20{purpose}"));
        let party = &statement.entries[0].details[0].counterparty;
        assert_eq!((party.account.as_deref(), party.bank.as_deref()), (Some("DE89370400440532013000"), Some("COBADEFFXXX")), "{purpose}");
    }
}
