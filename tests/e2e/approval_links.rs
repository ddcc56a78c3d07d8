//! Deciding by a link from a mail: no session, one round, once, and nobody else's.

use quittance_domain::role::Role;
use reqwest::StatusCode;
use serde_json::json;

use crate::approval_policies::{approves, id_of, invoice_of, policy, role, round_of, rule, submitted, under, vendor};
use crate::rest_client::Office;

/// An office with an invoice that waits for the approver.
async fn with_an_invoice() -> (Office, String) {
    let office = under(policy(&[rule("0", 1, role(Role::Approver), json!({}))])).await;
    let vendor = vendor(&office, "Muster").await;
    let invoice = submitted(&office, &vendor, "2026-1", "100").await;
    (office, invoice)
}

async fn link(office: &Office, person: &str, invoice: &str) -> String {
    let made = office.by(person).post(&format!("/v1/invoices/{invoice}/decision-links"), json!({})).await.done();
    format!("http://{}{}", office.app.address, made.body["path"].as_str().expect("a path"))
}

async fn opens(link: &str) -> (StatusCode, String) {
    let response = reqwest::get(link).await.expect("an answer");
    (response.status(), response.text().await.expect("a page"))
}

async fn decides(link: &str, form: &'static str) -> (StatusCode, String) {
    let request = reqwest::Client::new().post(link).header("Content-Type", "application/x-www-form-urlencoded").body(form);
    let response = request.send().await.expect("an answer");
    (response.status(), response.text().await.expect("a page"))
}

#[tokio::test]
async fn a_link_shows_the_invoice_and_decides_once_without_a_session() {
    let (office, invoice) = with_an_invoice().await;
    let link = link(&office, "approver", &invoice).await;
    for _ in 0..3 {
        let (status, page) = opens(&link).await;
        assert_eq!(status, 200, "{page}");
        assert!(page.contains("100.00 EUR") && page.contains("Muster"), "{page}");
    }
    assert_eq!(round_of(&office, &invoice).await["status"], "running", "who only looks decides nothing: scanners do");
    let (status, page) = decides(&link, "decision=approve&text=as+agreed").await;
    assert_eq!(status, 200, "{page}");
    let round = round_of(&office, &invoice).await;
    let decision = &round["decisions"][0];
    assert_eq!(
        (&round["status"], &decision["by"], &decision["comment"]),
        (&json!("granted"), &json!(id_of(&office, "approver")), &json!("as agreed"))
    );
    for form in ["decision=approve", "decision=reject&text=no"] {
        assert_eq!(decides(&link, form).await.0, 409, "twice is refused");
    }
}

#[tokio::test]
async fn a_link_ends_with_its_round_with_its_holder_and_with_its_first_decision_in_any_round() {
    let (office, invoice) = with_an_invoice().await;
    let first = link(&office, "approver", &invoice).await;
    let (vendor, clerk) = (vendor(&office, "Other").await, office.by("clerk"));
    let body = json!({ "invoice": invoice_of(&vendor, "2026-2", "200"), "reason": "another amount" });
    clerk.post(&format!("/v1/invoices/{invoice}/amend"), body).await.done();
    clerk.post(&format!("/v1/invoices/{invoice}/submit"), json!({})).await.done();
    assert_eq!(decides(&first, "decision=approve").await.0, 409, "it was made for the invoice as it was");

    let second = link(&office, "approver", &invoice).await;
    assert_eq!(decides(&second, "decision=reject").await.0, 422, "a rejection needs a reason");
    assert_eq!(decides(&second, "decision=maybe").await.0, 422);
    assert_eq!(decides(&second, "decision=reject&text=never+ordered").await.0, 200);
    assert_eq!(round_of(&office, &invoice).await["status"], "denied");

    let third = submitted(&office, &vendor, "2026-3", "300").await;
    let link = link(&office, "approver", &third).await;
    let viewer = json!({ "roles": ["viewer"] });
    office.by("owner").post(&format!("/v1/users/{}/roles", id_of(&office, "approver")), viewer).await.done();
    assert_eq!(decides(&link, "decision=approve").await.0, 403, "the link opens no door that its holder's key would not");
    assert_eq!(round_of(&office, &third).await["status"], "running");
    assert_eq!(opens(&link).await.0, 200);
    office.by("owner").post(&format!("/v1/users/{}/deactivate", id_of(&office, "approver")), json!({})).await.done();
    assert_eq!(opens(&link).await.0, 404, "nor shows it anything to whoever has left");
}

/// Whoever holds a key that was taken away has nothing left of it: not even a link that it made before.
#[tokio::test]
async fn a_link_ends_with_the_key_that_made_it() {
    let (office, invoice) = with_an_invoice().await;
    let approver = id_of(&office, "approver");
    let before = office.by("owner").get(&format!("/v1/users/{approver}/keys")).await.done().body;
    let made = link(&office, "approver", &invoice).await;
    let own = office.by("approver").post(&format!("/v1/users/{approver}/keys"), json!({})).await.done();
    let own = office.with_key(own.body["api_key"].as_str().expect("a key"));
    let other = own.post(&format!("/v1/invoices/{invoice}/decision-links"), json!({})).await.done();
    let other = format!("http://{}{}", office.app.address, other.body["path"].as_str().expect("a path"));
    let key = before[0]["id"].as_str().expect("an id");
    office.by("owner").post(&format!("/v1/users/{approver}/keys/{key}/revoke"), json!({})).await.done();
    assert_eq!((opens(&made).await.0, decides(&made, "decision=approve").await.0), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    assert_eq!(round_of(&office, &invoice).await["status"], "running");
    assert_eq!(decides(&other, "decision=approve").await.0, 200, "the other key's link goes on");
}

#[tokio::test]
async fn a_link_is_for_who_is_asked_and_nobody_makes_one_up() {
    let (office, invoice) = with_an_invoice().await;
    let path = format!("/v1/invoices/{invoice}/decision-links");
    office.by("owner").post(&path, json!({})).await.refused(403, "not-eligible");
    office.by("approver").post(&path, json!({ "expires_after_hours": 0 })).await.refused(422, "invalid-field");
    office.by("approver").post(&path, json!({ "expires_after_hours": 721 })).await.refused(422, "invalid-field");
    let link = link(&office, "approver", &invoice).await;
    let (base, token) = link.rsplit_once('/').expect("a path");
    let mut forged: Vec<char> = token.chars().collect();
    forged[40] = if forged[40] == 'A' { 'B' } else { 'A' };
    let forged: String = forged.into_iter().collect();
    for wrong in [forged.as_str(), "AQ", "x", &token[..token.len() - 4]] {
        assert_eq!(opens(&format!("{base}/{wrong}")).await.0, 404);
        assert_eq!(decides(&format!("{base}/{wrong}"), "decision=approve").await.0, 404);
    }
    approves(&office, "approver", &invoice).await.done();
    assert_eq!(decides(&link, "decision=approve").await.0, 409, "the round is over");
}
