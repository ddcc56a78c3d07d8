//! What was refused is dismissed once, and for a reason.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::refused_reaction::{
    Dismissal, RefusedReaction, RefusedReactionCommand, RefusedReactionEvent, RefusedReactionRefusal,
};

fn dismissal(reason: &str) -> Dismissal {
    Dismissal {
        process_manager: "reactions".to_owned(),
        asked_at_position: 7,
        concerned_id: None,
        refused_as: "item_unknown".to_owned(),
        reason: reason.to_owned(),
        by: ANNA,
    }
}

fn dismiss(reason: &str) -> RefusedReactionCommand {
    RefusedReactionCommand::Dismiss(dismissal(reason))
}

#[test]
fn a_dismissal_says_why() {
    for missing in ["", " \n"] {
        assert_eq!(RefusedReaction::default().decide(dismiss(missing)), Err(RefusedReactionRefusal::ReasonMissing));
    }
    let dismissed = RefusedReactionEvent::Dismissed(dismissal("counted by hand"));
    assert_eq!(RefusedReaction::default().decide(dismiss("counted by hand")), Ok(vec![dismissed]));
}

#[test]
fn what_is_dismissed_stays_so() {
    assert_eq!(RefusedReaction::Dismissed.decide(dismiss("again")), Ok(vec![]));
}
