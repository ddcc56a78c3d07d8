//! The console in a real browser: signing in, every page in both widths, nothing from outside, nothing wrong on the way.

use std::path::PathBuf;

use quittance_domain::role::Role;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::browser::Browser;
use quittance_tests::day;
use serde_json::json;

const SAMPLE: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
const DESKTOP: (u32, u32) = (1280, 900);
const PHONE: (u32, u32) = (390, 844);

/// Where the pictures go: `QUITTANCE_PICTURES`, else nowhere.
fn pictures() -> Option<PathBuf> {
    let folder = std::env::var_os("QUITTANCE_PICTURES").map(PathBuf::from)?;
    std::fs::create_dir_all(&folder).expect("a folder for the pictures");
    Some(folder)
}

/// An imported invoice that waits for Bob, one whose sums do not hold, a payment of a third, goods in stock.
async fn busy(app: &TestApp) -> (Company, Person, String, String) {
    let company = app.company("Acme").await;
    let owner = &company.owner;
    let clerk = app.user(&company, "anna", Role::ApClerk).await;
    let bob = app.user(&company, "bob", Role::Approver).await;
    let imported = clerk.uploads("/v1/invoices/import", SAMPLE.into(), "sample").await.succeeds();
    let id = imported.id();
    clerk.posts(&format!("/v1/invoices/{id}/submit"), json!({})).await.succeeds();
    let wrong = SAMPLE.replace("2026-0117", "2026-0118").replace(">892.50</cbc:PayableAmount>", ">892.59</cbc:PayableAmount>");
    clerk.uploads("/v1/invoices/import", wrong.into(), "wrong").await.succeeds();

    let vendor = imported.body["vendor_id"].as_str().expect("a vendor");
    bob.posts(&format!("/v1/vendors/{vendor}/verify"), json!({})).await.succeeds();
    let line = json!({ "name": "<b>Brackets</b>", "quantity": { "value": "1200", "unit": "C62" }, "unit_price": "1.05", "tax": { "code": "S", "rate": "0" } });
    let typed = json!({ "vendor_id": vendor, "number": "2026-0119", "issue_date": "2026-11-01", "currency": "EUR", "lines": [line] });
    let typed = clerk.posts("/v1/invoices", typed).await.succeeds().id();
    clerk.posts(&format!("/v1/invoices/{typed}/submit"), json!({})).await.succeeds();
    bob.posts(&format!("/v1/invoices/{typed}/approve"), json!({ "comment": "ordered by phone" })).await.succeeds();
    let paying = json!({ "method": "manual", "items": [{ "invoice_id": typed }] });
    owner.posts("/v1/payments", paying).await.succeeds();

    let item = json!({ "sku": "BRK-100", "name": "Steel bracket", "unit": "C62", "reorder_level": "20" });
    let item = clerk.posts("/v1/items", item).await.succeeds().id();
    let found = json!({ "item_id": item, "location": "main", "difference": "12", "reason": "found" });
    clerk.posts("/v1/stock/adjust", found).await.succeeds();
    let buyer = clerk.posts("/v1/customers", shop()).await.succeeds().id();
    let line = json!({ "name": "Brackets", "quantity": { "value": "1", "unit": "C62" }, "unit_price": "10.00", "tax": { "code": "S", "rate": "19" } });
    let sold = clerk.posts("/v1/receivables", json!({ "customer_id": buyer, "currency": "EUR", "lines": [line] })).await.succeeds().id();
    let last = clerk.posts(&format!("/v1/receivables/{sold}/issue"), json!({ "issue_date": day(-1) })).await.succeeds();
    app.system.settled(company.tenant, last.position()).await.expect("readable");
    (company, bob, id, buyer)
}

fn shop() -> serde_json::Value {
    let address = json!({ "lines": ["Markt 3"], "postal_code": "24837", "city": "Schleswig", "country": "DE" });
    let contact = json!({ "name": "Grete <i>Klein</i>", "subject": "orders", "email": "grete@laden.example", "phone": "+49 4621 1" });
    let party = json!({ "name": "Laden am Eck", "vat_id": "DE136695976", "address": address });
    json!({ "party": party, "number": "C-7", "other_names": ["Eckladen"], "buyer_reference": "EK-1", "contacts": [contact] })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_reads_the_books_in_a_browser() {
    let app = TestApp::start().await;
    let (company, _, invoice, buyer) = busy(&app).await;
    let base = format!("http://{}", app.address);
    let mut browser = Browser::start().await;

    browser.opens(&base).await;
    let first = browser.reads().await;
    assert!(first.contains("Quittance is running") && first.contains("PostgreSQL") && first.contains("Read models"), "{first}");

    browser.opens(&format!("{base}/console/invoices")).await;
    assert!(browser.reads().await.contains("API key"), "who has not signed in is asked to");
    let key = company.owner.secret();
    browser.follows(&format!("document.querySelector('#key').value = '{key}'; document.querySelector('form').submit(); 1")).await;
    assert!(browser.reads().await.contains("Overview"));
    assert_eq!(browser.finds("document.cookie").await, "", "no script sees the key");

    let one = format!("/console/invoices/{invoice}");
    let customer = format!("/console/customers/{buyer}");
    let pages: &[(&str, &str, &[&str])] = &[
        ("running", "/", &["Quittance is running"]),
        ("overview", "/console", &["in exception", "pending approval", "Payments to authorise", "Items running low"]),
        ("invoices", "/console/invoices", &["2026-0117", "2026-0118", "892.50\u{a0}EUR", "1\u{202f}260.00\u{a0}EUR"]),
        ("exceptions", "/console/invoices?status=in_exception", &["2026-0118"]),
        ("search", "/console/invoices?search=0119", &["2026-0119"]),
        ("invoice", &one, &["892.50", "SHA-256", "History", "Invoice received", "May decide now: bob", "rest"]),
        ("inbox", "/console/inbox", &["Nothing waits for your decision"]),
        ("payments", "/console/payments", &["manual", "planned", "1\u{202f}260.00\u{a0}EUR"]),
        ("customers", "/console/customers", &["Laden am Eck", "C-7", "active", "Schleswig"]),
        ("customers-searched", "/console/customers?search=eckladen&status=active", &["Laden am Eck"]),
        ("customers-blocked", "/console/customers?status=blocked", &["No customer fits"]),
        (
            "customer",
            &customer,
            &["Markt 3, 24837 Schleswig, DE", "DE136695976", "Grete <i>Klein</i>", "EK-1", "11.90\u{a0}EUR", "-00001", "overdue"],
        ),
        ("receivables", "/console/receivables", &["Laden am Eck", "-00001", "issued", "11.90\u{a0}EUR", "overdue"]),
        ("receivables-overdue", "/console/receivables?overdue=true", &["Laden am Eck", "show all"]),
        ("stock", "/console/stock", &["BRK-100", "Steel bracket", "12", "low"]),
        ("ageing", "/console/ageing", &["All in EUR", "Held"]),
        ("audit", "/console/audit", &["Acme · ", "Invoice received", "Tenant created", "ordered by phone"]),
        ("audit-of-items", "/console/audit?entity=item&action=", &["Item created", "item …"]),
    ];
    for (width, (x, y)) in [("desktop", DESKTOP), ("phone", PHONE)] {
        browser.is_as_wide_as(x, y).await;
        for (name, path, shown) in pages {
            browser.opens(&format!("{base}{path}")).await;
            let text = browser.reads().await;
            for expected in *shown {
                assert!(text.to_lowercase().contains(&expected.to_lowercase()), "{name}: no {expected} in\n{text}");
            }
            let across = browser.finds("document.documentElement.scrollWidth").await;
            assert!(across.as_u64().is_some_and(|across| across <= u64::from(x)), "{name} is {across} wide on a {width} of {x}");
            if let Some(folder) = pictures() {
                browser.pictures(&folder.join(format!("{name}-{width}.png"))).await;
            }
        }
    }
    assert_eq!(browser.errors, Vec::<String>::new());
    let outside: Vec<_> = browser.requested.iter().filter(|url| !url.starts_with(&base) && !url.starts_with("data:")).collect();
    assert!(outside.is_empty(), "{outside:?}");

    browser.follows("document.querySelector('header form').submit(); 1").await;
    browser.opens(&format!("{base}{one}")).await;
    assert!(browser.reads().await.contains("API key"), "who has signed out is asked to sign in");
}

/// A key's roles and tenant bind in the console as they do in the API; a wrong key and another site's form open nothing.
#[tokio::test(flavor = "multi_thread")]
async fn the_console_shows_what_the_key_may_read() {
    let app = TestApp::start().await;
    let (company, bob, invoice, buyer) = busy(&app).await;
    let clerk = app.user(&company, "carl", Role::ApClerk).await;
    let stranger = app.company("Other").await.owner;
    let page = format!("/console/invoices/{invoice}");

    let (status, text) = clerk.visits(&page).await;
    assert!(status == 200 && !text.contains("History"), "a clerk may not see the audit trail");
    assert!(bob.visits("/console/inbox").await.1.contains("2026-0117"), "what waits for bob is in his inbox");
    assert_eq!(clerk.visits("/console/audit").await.0, 403);
    assert_eq!(stranger.visits(&page).await.0, 404);
    let customer = format!("/console/customers/{buyer}");
    assert_eq!((clerk.visits(&customer).await.0, stranger.visits(&customer).await.0), (200, 404));
    let reason = json!({ "reason": "does not pay" });
    let blocked = company.owner.posts(&format!("/v1/customers/{buyer}/block"), reason).await.succeeds();
    app.system.settled(company.tenant, blocked.position()).await.expect("readable");
    assert!(clerk.visits(&customer).await.1.contains("does not pay"), "it says why it is blocked");
    assert!(clerk.visits("/console/customers?status=blocked").await.1.contains("Laden am Eck"));
    let sold = company.owner.gets(&format!("/v1/receivables?customer_id={buyer}")).await.succeeds().body["data"][0]["id"].clone();
    let sold = format!("/v1/receivables/{}", sold.as_str().expect("an id"));
    company.owner.posts(&format!("{sold}/payments"), json!({ "method": "cheque", "reference": "CHQ-1" })).await.succeeds();
    let credited = company.owner.posts(&format!("{sold}/credit-notes"), json!({ "reason": "bent" })).await.succeeds();
    app.system.settled(company.tenant, credited.position()).await.expect("readable");
    for page in [customer.as_str(), "/console/receivables"] {
        let shown = clerk.visits(page).await.1;
        assert!(shown.contains("owed back 11.90"), "{page}: {shown}");
    }
    let (_, none) = stranger.visits("/console/invoices").await;
    assert!(!none.contains("2026-0117"), "{none}");
    assert_eq!(app.person("qk_live_00000000_unknown".to_owned()).visits(&page).await.0, 303);
    assert_eq!(company.owner.signs_in_from("cross-site").await, (403, false));
    assert_eq!(company.owner.signs_in_from("same-origin").await, (303, true));
    assert_eq!(app.person("nothing".to_owned()).signs_in_from("same-origin").await, (401, false));
}
