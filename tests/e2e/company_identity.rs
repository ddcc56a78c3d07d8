//! Who the company is in law can be changed: what it writes from then on says so, what was planned or written stays (M1).

use clap::{Parser, Subcommand};
use quittance_api::cli::identity::Arguments;
use quittance_tests::app::Answer;
use serde_json::{Value, json};

use crate::payment_runs::Office;
use crate::transfers_abroad::{abroad, at_aba, is_valid, phnom_penh, plans};

const IDENTITY: &str = "/v1/company/identity";

fn identity(name: &str, city: &str) -> Value {
    let address = json!({ "lines": ["Hafenstraße 1"], "city": city, "postal_code": "20457", "country": "DE" });
    json!({ "name": name, "vat_id": "DE136695976", "legal_id": "HRB 12345", "address": address })
}

async fn planned(office: &Office, invoice: &str) -> String {
    let payment = plans(office, invoice, Value::Null).await.succeeds().id();
    office.theo.posts(&format!("/v1/payments/{payment}/authorise"), json!({})).await.succeeds();
    payment
}

async fn file(office: &Office, payment: &str) -> Vec<u8> {
    office.tess.posts(&format!("/v1/payments/{payment}/execute"), json!({})).await.succeeds();
    office.tess.downloads(&format!("/v1/payments/{payment}/file")).await.1
}

async fn company(office: &Office, after: &Answer) -> Value {
    office.anna.gets(&format!("/v1/company?min_position={}", after.position())).await.succeeds().body
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_from_now_on_says_so_and_what_was_written_stays() {
    let office = Office::open().await;
    let owner = &office.company.owner;
    let (_, first) = abroad(&office, "Mekong", phnom_penh(), at_aba("000 123 456")).await;
    let (_, second) = abroad(&office, "Tonle", phnom_penh(), at_aba("000 654 321")).await;
    let before = planned(&office, &first).await;
    let changed = owner.posts(IDENTITY, identity("Acme Group SE", "Hamburg")).await.succeeds();
    let known = company(&office, &changed).await;
    let told = |field: &str| known[field].clone();
    assert_eq!(
        (told("name"), told("vat_id"), told("legal_id"), known["address"]["city"].clone()),
        (json!("Acme Group SE"), json!("DE136695976"), json!("HRB 12345"), json!("Hamburg"))
    );
    let after = planned(&office, &second).await;
    let (old, new) = (file(&office, &before).await, file(&office, &after).await);
    let schema = "pain.001/pain.001.001.09.xsd";
    let (old_words, new_words) = (is_valid(&old, schema), is_valid(&new, schema));
    assert!(!old_words.contains("Acme Group SE") && !old_words.contains("Hamburg"), "as it was planned: {old_words}");
    for part in ["<Nm>Acme Group SE</Nm>", "<TwnNm>Hamburg</TwnNm>"] {
        assert!(new_words.contains(part), "{part} is not in {new_words}");
    }

    // Another name since changes neither file, nor who paid.
    owner.posts(IDENTITY, identity("Third SE", "Kiel")).await.succeeds();
    for (payment, bytes, payer) in [(&before, old, "Acme"), (&after, new, "Acme Group SE")] {
        assert_eq!(office.tess.downloads(&format!("/v1/payments/{payment}/file")).await.1, bytes);
        let proof = office.tess.gets(&format!("/v1/payments/{payment}/proof")).await.succeeds().body;
        assert_eq!((&proof["payer"], &proof["issuer"]["name"]), (&json!(payer), &json!("Third SE")), "{proof}");
        let (status, advice) = office.tess.reads_as(&format!("/v1/payments/{payment}/remittance-advice"), "text/plain").await;
        let advice = String::from_utf8_lossy(&advice).into_owned();
        assert!(status == 200 && advice.contains(payer) && !advice.contains("Third SE"), "{advice}");
    }
    let trail = owner.gets("/v1/audit-trail?action=TenantIdentityChanged").await.succeeds().body;
    let line = owner.gets(&format!("/v1/audit-trail/{}", trail["data"][0]["position"])).await.succeeds().body;
    let name = |side: &str| line[side]["created"]["name"].clone();
    assert_eq!((name("before"), name("after")), (json!("Acme Group SE"), json!("Third SE")), "{line}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_is_refused_and_changes_nothing() {
    let office = Office::open().await;
    let (owner, mut nowhere) = (&office.company.owner, identity("Acme SE", "Kiel"));
    nowhere["address"]["country"] = json!("Germany");
    let slip = json!({ "name": "Acme SE", "vat_id": "DE1366" });
    for (body, code, field) in [
        (json!({ "name": " " }), "name-missing", "/name"),
        (slip, "vat-id-invalid", "/vat_id"),
        (nowhere, "country-unknown", "/address/country"),
    ] {
        let refused = owner.posts(IDENTITY, body).await;
        refused.is_refused_as(code);
        assert_eq!(refused.body["errors"][0]["pointer"], field, "{refused:?}");
    }
    for person in [&office.anna, &office.bob, &office.tess] {
        person.posts(IDENTITY, identity("Fraud Ltd", "Kiel")).await.is_refused_as("role-missing");
    }
    let other = office.app.company("Other").await;
    let changed = other.owner.posts(IDENTITY, identity("Other SE", "Kiel")).await.succeeds();
    assert_eq!(company(&office, &changed).await["name"], "Acme", "another company's name is its own");
    let first = owner.posts(IDENTITY, identity("Acme SE", "Kiel")).await.succeeds();
    let again = owner.posts(IDENTITY, identity("Acme SE", "Kiel")).await.succeeds();
    assert_eq!(first.body["version"], again.body["version"], "twice is once");
}

#[derive(Parser)]
struct Typed {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Subcommand)]
enum Verb {
    Identify(Arguments),
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_says_a_part_and_the_rest_stays() {
    let office = Office::open().await;
    let owner = &office.company.owner;
    owner.posts(IDENTITY, identity("Acme SE", "Hamburg")).await.succeeds();
    let typed = async |secret: &str| {
        let typed = ["quittance", "identify", "--api-key", secret, "--name", "Acme Group SE", "--city", "Kiel"];
        let Verb::Identify(arguments) = Typed::try_parse_from(typed).expect("as documented").command;
        arguments.carried_out(&office.app.system).await
    };
    let refused = typed(office.tess.secret()).await.expect_err("a treasurer").to_string();
    assert!(refused.contains("role-missing"), "{refused}");
    let told = typed(owner.secret()).await.expect("said");
    assert!(told.ends_with("is Acme Group SE"), "{told}");
    let known = owner.gets("/v1/company").await.succeeds().body;
    let expected = identity("Acme Group SE", "Kiel");
    for field in ["name", "vat_id", "legal_id", "address"] {
        assert_eq!(known[field], expected[field]);
    }
}
