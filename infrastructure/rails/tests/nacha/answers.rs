//! Returns and notifications of change say what came back and what is right now.

use std::fs;

use quittance_rails::nacha::{File, Stage, changes, read, reason_text, returns};

use crate::data;

fn file(name: &str) -> File {
    let bytes = fs::read(data("nacha").join(name)).expect("a readable file");
    read(&bytes).accepted().unwrap_or_else(|faults| panic!("{name}: {faults:?}"))
}

#[test]
fn a_return_names_its_entry_and_reason() {
    let answers: Vec<_> = returns(&file("test/issues/testdata/issue1620_return.ach")).collect();
    assert_eq!(answers.len(), 1);
    assert_eq!((answers[0].code.as_str(), answers[0].original_trace.as_str()), ("R03", "062000010000001"));
    assert_eq!(answers[0].stage, Stage::Returned);
    assert_eq!(reason_text(&answers[0].code), Some("no such account, or it cannot be found"));
}

#[test]
fn a_dispute_is_told_by_its_last_word() {
    let dishonored: Vec<_> = returns(&file("examples/testdata/dishonored-return.ach")).collect();
    assert_eq!(dishonored.len(), 2);
    assert!(dishonored.iter().all(|answer| answer.code == "R68" && answer.stage == Stage::Dishonored));
    assert_eq!(dishonored[0].information, "Untimely Return");
    let contested: Vec<_> = returns(&file("examples/testdata/contested-return.ach")).collect();
    assert_eq!((contested.len(), contested[0].code.as_str(), contested[0].stage), (1, "R71", Stage::Contested));
}

#[test]
fn a_notification_says_what_is_right_now() {
    let notified: Vec<_> = changes(&file("examples/testdata/cor-read.ach")).collect();
    assert_eq!(notified.len(), 1);
    assert_eq!((notified[0].code.as_str(), notified[0].corrected.account.as_deref()), ("C01", Some("1918171614")));
    assert_eq!(notified[0].original_trace, "121042880000001");
    assert_eq!(returns(&file("examples/testdata/cor-read.ach")).count(), 0);
}

#[test]
fn every_known_reason_has_words_and_no_other() {
    let known: Vec<String> = (0..100).map(|number| format!("R{number:02}")).filter(|code| reason_text(code).is_some()).collect();
    assert_eq!(known.len(), 70, "{known:?}");
    assert_eq!(reason_text("R96"), None);
    assert_eq!(reason_text("r01"), None);
}
