//! Filters, sorts and cursors.

use quittance_domain::ids::InvoiceId;
use quittance_domain::invoice::InvoiceStatus;
use quittance_projections::invoice::{InvoiceFilter, list};
use quittance_projections::page::{Page, QueryError};

use crate::engine::Engine;
use crate::journey::{company_with_vendor, day, receive};

async fn all_pages(engine: &Engine, filter: &InvoiceFilter, sort: &str, limit: u16) -> Vec<InvoiceId> {
    let mut found = Vec::new();
    let mut page = Page { limit: Some(limit), cursor: None, sort: Some(sort.to_owned()), ..Page::default() };
    loop {
        let got = list(&mut engine.read().await, filter, &page).await.expect("a page");
        assert!(got.data.len() <= usize::from(limit));
        found.extend(got.data.iter().map(|invoice| invoice.id));
        match got.next_cursor {
            Some(cursor) => page.cursor = Some(cursor),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_follow_each_other_in_every_order_without_gaps_or_repeats() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    let mut received = Vec::new();
    // Due dates repeat, so that the id has to break the tie.
    for (number, due) in [("C-1", "03-10"), ("A-2", "03-10"), ("B-3", "03-10"), ("D-4", "02-01"), ("E-5", "04-30")] {
        received.push(receive(&engine, vendor_id, number, "10.00", &format!("2026-{due}")).await);
    }
    let [c, a, b, d, e] = received[..] else { unreachable!("five were received") };
    let filter = InvoiceFilter::default();
    for limit in [1, 2, 3, 5, 200] {
        assert_eq!(all_pages(&engine, &filter, "number", limit).await, [a, b, c, d, e]);
        assert_eq!(all_pages(&engine, &filter, "-number", limit).await, [e, d, c, b, a]);
        assert_eq!(all_pages(&engine, &filter, "-received_at", limit).await, [e, d, b, a, c]);
        assert_eq!(all_pages(&engine, &filter, "due_date", limit).await, [d, c, a, b, e], "ids are in the order of reception");
        assert_eq!(all_pages(&engine, &filter, "-due_date", limit).await, [e, b, a, c, d]);
        assert_eq!(all_pages(&engine, &filter, "open", limit).await, [c, a, b, d, e]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn filters_keep_what_they_name() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    let early = receive(&engine, vendor_id, "RE-100", "10.00", "2026-03-10").await;
    let late = receive(&engine, vendor_id, "RE-200", "20.00", "2026-05-10").await;
    let found = async |filter: InvoiceFilter| all_pages(&engine, &filter, "number", 50).await;
    let none = InvoiceFilter::default;

    assert_eq!(found(InvoiceFilter { due_to: Some(day("2026-03-10")), ..none() }).await, [early]);
    assert_eq!(found(InvoiceFilter { due_from: Some(day("2026-03-11")), ..none() }).await, [late]);
    assert_eq!(found(InvoiceFilter { search: Some("re-2".to_owned()), ..none() }).await, [late]);
    assert_eq!(found(InvoiceFilter { search: Some("NORDWIND".to_owned()), ..none() }).await, [early, late]);
    assert_eq!(found(InvoiceFilter { search: Some("%".to_owned()), ..none() }).await, []);
    assert_eq!(found(InvoiceFilter { number: Some("RE-100".to_owned()), vendor_id: Some(vendor_id), ..none() }).await, [early]);
    assert_eq!(found(InvoiceFilter { status: Some(InvoiceStatus::Paid), ..none() }).await, []);
    assert_eq!(found(InvoiceFilter { has_exceptions: Some(false), ..none() }).await, [early, late]);
    assert_eq!(found(InvoiceFilter { entered_by: Some(engine.admin), ..none() }).await, [early, late]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cursor_fits_only_the_list_that_it_came_from() {
    let engine = Engine::start().await;
    let (vendor_id, _) = company_with_vendor(&engine).await;
    for number in ["1", "2"] {
        receive(&engine, vendor_id, number, "10.00", "2026-03-10").await;
    }
    let first = Page { limit: Some(1), cursor: None, sort: Some("number".to_owned()), ..Page::default() };
    let filter = InvoiceFilter::default();
    let cursor = list(&mut engine.read().await, &filter, &first).await.expect("a page").next_cursor;
    assert!(cursor.is_some());

    let refused =
        async |filter: &InvoiceFilter, page: Page| list(&mut engine.read().await, filter, &page).await.err().and_then(|e| e.code());
    let paid = InvoiceFilter { status: Some(InvoiceStatus::Paid), ..InvoiceFilter::default() };
    assert_eq!(refused(&filter, Page { cursor: cursor.clone(), ..first.clone() }).await, None);
    assert_eq!(refused(&paid, Page { cursor: cursor.clone(), ..first.clone() }).await, Some("cursor_invalid"));
    assert_eq!(refused(&filter, Page { cursor, sort: Some("-number".to_owned()), ..first.clone() }).await, Some("cursor_invalid"));
    for nonsense in ["", "%%%", "e30", "bm90IGpzb24"] {
        assert_eq!(refused(&filter, Page { cursor: Some(nonsense.to_owned()), ..first.clone() }).await, Some("cursor_invalid"));
    }
    let unknown = list(&mut engine.read().await, &filter, &Page { sort: Some("colour".to_owned()), ..first }).await;
    assert!(matches!(unknown, Err(QueryError::SortUnknown { given, .. }) if given == "colour"));
}
