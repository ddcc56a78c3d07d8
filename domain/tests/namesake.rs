//! Two invoices of one number: the second claims it behind the first, so that each day is guarded by one of them.

mod fixtures;

use chrono::{Days, NaiveDate};
use fixtures::*;
use proptest::prelude::*;
use quittance_domain::invoice::{
    DocumentKind, Invoice, InvoiceCommand, InvoiceDocument, InvoiceEvent, InvoiceRefusal, Likeness, Namesake, Reception, duplicate_claims,
};
use quittance_domain::{Claim, Root};
use rust_decimal::dec;

const WINDOW: u64 = Claim::WINDOW_DAYS.unsigned_abs() as u64;

fn issued(on: NaiveDate) -> InvoiceDocument {
    InvoiceDocument { issue_date: on, ..document() }
}

fn invoice(document: InvoiceDocument, namesake: Option<Namesake>) -> Invoice {
    Invoice::replay([InvoiceEvent::Received(Box::new(Reception { document, namesake, ..reception() }))])
}

fn beside(first: &Invoice, document: &InvoiceDocument) -> Result<Namesake, InvoiceRefusal> {
    Namesake::of(OTHER_INVOICE, first.received().expect("received"), &vendor_keys(), document)
}

fn claims(invoice: &Invoice) -> Vec<Claim> {
    invoice.received().expect("received").duplicate_claims()
}

fn collide(ours: &[Claim], theirs: &[Claim]) -> bool {
    ours.iter().any(|our| theirs.iter().any(|their| our.collides(their)))
}

#[test]
fn only_the_invoice_that_is_in_the_way_is_overridden() {
    let first = invoice(issued(day("2025-01-02")), None);
    let later = |on: &str| issued(day(on));
    let other_number = InvoiceDocument { number: "7".to_owned(), ..later("2026-01-02") };
    let credit = InvoiceDocument { kind: DocumentKind::CreditNote, ..later("2026-01-02") };
    let table =
        [(later("2026-01-02"), true), (later("2024-06-01"), true), (later("2026-01-04"), false), (other_number, false), (credit, false)];
    for (document, in_the_way) in table {
        assert_eq!(beside(&first, &document).is_ok(), in_the_way, "{} of {}", document.number, document.issue_date);
    }
    let mut gone = first;
    cqrs_es::Aggregate::apply(
        &mut gone,
        InvoiceEvent::Voided { by: BOB, reason: "entered twice".to_owned(), effective_date: day("2025-01-02") },
    );
    assert_eq!(beside(&gone, &later("2026-01-02")), Err(InvoiceRefusal::NotANamesake));
}

#[test]
fn it_says_which_rule_was_overridden_for_what_and_why() {
    let first = invoice(issued(day("2025-01-02")), None);
    let document = issued(day("2026-01-02"));
    let namesake = Some(beside(&first, &document).expect("in the way"));
    let received = Box::new(Reception { document, namesake, ..reception() });
    let receive = |reception| InvoiceCommand::ReceiveBeside { reception, exceptions: vec![], reason: "a landlord".to_owned() };
    let (rule, other, by) = (Likeness::SameNumber, OTHER_INVOICE, received.entered_by);
    let overridden = InvoiceEvent::DuplicateOverridden { rule, other, by, reason: "a landlord".to_owned() };
    given::<Invoice>(vec![]).when(receive(received.clone())).then_expect_events(vec![InvoiceEvent::Received(received), overridden]);
    given::<Invoice>(vec![]).when(receive(Box::new(reception()))).then_expect_error(InvoiceRefusal::NotANamesake);
}

#[test]
fn a_corrected_number_stands_where_every_number_does() {
    let first = invoice(issued(day("2025-01-02")), None);
    let document = issued(day("2026-01-02"));
    let second = invoice(document.clone(), Some(beside(&first, &document).expect("in the way")));
    let amended = |document: InvoiceDocument| {
        let mut invoice = second.clone();
        let amendment = quittance_domain::invoice::Amendment { document, payable: eur(dec!(1190)), ..amendment() };
        cqrs_es::Aggregate::apply(&mut invoice, InvoiceEvent::Amended(Box::new(amendment)));
        claims(&invoice)
    };
    assert_eq!(amended(issued(day("2026-01-05"))), claims(&second), "the same number");
    let other = InvoiceDocument { number: "7".to_owned(), ..document };
    assert_eq!(amended(other.clone()), duplicate_claims(&vendor_keys(), other.kind, "7", other.issue_date));
}

proptest! {
    /// Neither two beside one nor a plain third gets in: wherever a day lies between the first and the last of a chain, somebody guards it.
    #[test]
    fn every_day_of_a_chain_is_guarded(start in 0_u64..4_000, gaps in proptest::collection::vec(0_u64..=WINDOW, 1..5), at in 0_u64..3_000) {
        let began = day("2020-01-01") + Days::new(start);
        let mut on = began;
        let mut chain = vec![invoice(issued(on), None)];
        for gap in gaps {
            on = on + Days::new(gap);
            let document = issued(on);
            // As a person does: beside the one that the refusal names, until none is in the way.
            let mut last = None;
            for _ in 0..=chain.len() {
                let wanted = last.as_ref().map_or_else(|| claims(&invoice(document.clone(), None)), |namesake: &Namesake| {
                    claims(&invoice(document.clone(), Some(namesake.clone())))
                });
                let Some(rival) = chain.iter().find(|held| collide(&claims(held), &wanted)) else { break };
                last = Some(beside(rival, &document).expect("it can be overridden"));
            }
            let next = invoice(document.clone(), last);
            prop_assert!(chain.iter().all(|held| !collide(&claims(held), &claims(&next))), "it is in");
            let twin = chain.iter().find_map(|held| beside(held, &document).ok()).map(|namesake| invoice(document, Some(namesake)));
            chain.push(next);
            if let Some(twin) = twin {
                prop_assert!(chain.iter().any(|held| collide(&claims(held), &claims(&twin))), "a second one at once is kept out");
            }
        }
        let third = invoice(issued(began + Days::new(at % ((on - began).num_days().unsigned_abs() + WINDOW + 1))), None);
        prop_assert!(chain.iter().any(|held| collide(&claims(held), &claims(&third))), "a plain one is kept out");
    }
}
