//! Any operation on the command line: by the permissions, problems and keys of REST, of which it is another door.

use clap::Parser;
use quittance_api::cli::call::Call;
use quittance_domain::role::Role;
use quittance_tests::app::{Person, TestApp};
use serde_json::{Value, json};

/// What follows `quittance call`.
#[derive(Parser)]
struct Line {
    #[command(flatten)]
    call: Call,
}

async fn types(app: &TestApp, who: &Person, line: &str) -> Result<String, String> {
    let words = ["call"].into_iter().chain(line.split_whitespace()).chain(["--api-key", who.secret()]);
    let Line { call } = Line::try_parse_from(words).map_err(|e| e.to_string())?;
    let said = call.carried_out(&app.system).await.map_err(|e| format!("{e:#}"))?;
    Ok(String::from_utf8(said).expect("UTF-8"))
}

async fn answers(app: &TestApp, who: &Person, line: &str) -> Value {
    let said = types(app, who, line).await.unwrap_or_else(|error| panic!("{line}: {error}"));
    serde_json::from_str(&said).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_rest_does_a_line_does() {
    let app = TestApp::start().await;
    let company = app.company("Acme").await;
    let anna = app.user(&company, "anna", Role::ApClerk).await;
    let tess = app.user(&company, "tess", Role::Treasurer).await;
    let viewer = app.user(&company, "vera", Role::Viewer).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str, body: &Value| {
        let path = folder.path().join(name);
        std::fs::write(&path, body.to_string()).expect("written");
        path.display().to_string()
    };
    let buyer = file("customer.json", &json!({ "party": { "name": "Nordlicht GmbH" } }));
    let created = answers(&app, &anna, &format!("register-customer --body {buyer} --idempotency-key first-of-march")).await;
    let again = answers(&app, &anna, &format!("register-customer --body {buyer} --idempotency-key first-of-march")).await;
    assert_eq!(created["id"], again["id"], "said twice, done once");
    let customer = created["id"].as_str().expect("an id").to_owned();
    let line =
        json!({ "name": "Paper", "quantity": { "value": "2", "unit": "BX" }, "unit_price": "60.00", "tax": { "code": "S", "rate": "19" } });
    let draft = file("draft.json", &json!({ "customer_id": customer, "currency": "EUR", "lines": [line] }));
    let id = answers(&app, &anna, &format!("draft_receivable --body {draft}")).await["id"].as_str().expect("an id").to_owned();
    answers(&app, &anna, &format!("issue-receivable id={id}")).await;
    let shown = answers(&app, &viewer, &format!("get-receivable id={id}")).await;
    assert_eq!((&shown["status"], &shown["open"]["amount"]), (&json!("issued"), &json!("142.80")));

    let table = types(&app, &viewer, "list-receivables status=issued limit=10 --csv").await.expect("a table");
    assert!(table.lines().count() == 2 && table.contains(&id), "{table}");
    let into = folder.path().join("receivables.xlsx");
    let told = types(&app, &viewer, &format!("list-receivables --into {}", into.display())).await.expect("a file");
    assert!(told.contains("receivables.xlsx") && std::fs::read(&into).expect("a sheet").starts_with(b"PK"));

    let cheque =
        file("cheque.json", &json!({ "method": "cheque", "reference": "CHQ-1", "amount": { "amount": "142.81", "currency": "EUR" } }));
    let nothing = file("nothing.json", &json!({ "customer_id": customer, "currency": "EUR", "lines": [] }));
    for (who, line, why) in [
        (&viewer, format!("issue-receivable id={id}"), "(role-missing)"),
        (&tess, format!("record-incoming-payment id={id} --body {cheque}"), "/amount"),
        (&anna, format!("draft-receivable --body {nothing}"), "/lines"),
        (&anna, "get-receivable".to_owned(), "id=…"),
        (&anna, "list-receivables colour=red".to_owned(), "known:"),
        (&company.owner, "stream-events".to_owned(), "has no end"),
        (&anna, "lend-money".to_owned(), "there is no operation lend_money"),
        (&anna, format!("get-receivable id={id} --body {cheque}"), "takes no body"),
    ] {
        let refused = types(&app, who, &line).await.expect_err("it is refused");
        assert!(refused.contains(why), "{line}: {refused}");
    }
    let elsewhere = app.company("Other").await;
    let refused = types(&app, &elsewhere.owner, &format!("get-receivable id={id}")).await.expect_err("it is another's");
    assert!(refused.contains("not-found"), "{refused}");
}
