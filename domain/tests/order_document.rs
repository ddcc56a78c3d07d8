//! The document of a purchase order: kept once, found by its bytes and by its order.

mod fixtures;

use fixtures::*;
use quittance_domain::Root;
use quittance_domain::order_document::{
    OrderDocument, OrderDocumentCommand, OrderDocumentEvent, OrderDocumentRefusal, StatedLine, StatedOrder,
};

fn stated() -> StatedOrder {
    let line = |line, stated_id: &str| StatedLine { line, stated_id: stated_id.to_owned(), unit: None, net: None };
    stated_order(vec![line(1, "10A"), line(2, "10B")])
}

fn keep(stated: StatedOrder) -> OrderDocumentCommand {
    OrderDocumentCommand::Keep(Box::new(stated))
}

#[test]
fn a_document_is_kept_once_and_never_says_anything_else() {
    let kept = vec![OrderDocumentEvent::Kept(stated())];
    nothing::<OrderDocument>().when(keep(stated())).then_expect_events(kept.clone());
    given::<OrderDocument>(kept.clone()).when(keep(stated())).then_expect_events(vec![]);
    let other = StatedOrder { contract: Some("C-2".to_owned()), ..stated() };
    given::<OrderDocument>(kept).when(keep(other)).then_expect_error(OrderDocumentRefusal::OrderDocumentExists);
}

#[test]
fn one_order_is_made_of_a_file_and_one_document_kept_for_an_order() {
    let event = OrderDocumentEvent::Kept(stated());
    let sha256 = stated().source.sha256().expect("a document").to_owned();
    let expected = format!("+order_document|sha256|{sha256} +order_document|purchase_order|{ORDER}");
    assert_eq!(claims(&OrderDocument::default(), &event), expected);
}

#[test]
fn its_lines_are_found_by_what_it_calls_them() {
    let document = OrderDocument::replay([OrderDocumentEvent::Kept(stated())]);
    let stated = document.stated().expect("kept");
    assert_eq!((stated.line_called("10B"), stated.line_called("2")), (Some(2), None));
}
