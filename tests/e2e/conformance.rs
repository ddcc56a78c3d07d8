//! Every whole invoice of the data goes through `POST /v1/invoices/import` of a running server, each to a company of its own:
//! taken in whole, or refused with the reason that an independent look at the file gives, and nothing of it is kept.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use futures::StreamExt;
use futures::future::join_all;
use quittance_tests::app::{Answer, Person, TestApp};
use quittance_tests::data::{data, files, xmllint};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const IMPORT: &str = "/v1/invoices/import";
const AT_ONCE: usize = 8;

/// Folders of whole documents, the endings looked for, and how many documents must be there at least.
const FOLDERS: &[(&str, &[&str], usize)] = &[
    ("en16931/examples-ubl", &[".xml"], 12),
    ("en16931/examples-cii", &[".xml"], 12),
    ("en16931/testfiles", &[".xml"], 15),
    ("peppol-bis3/examples", &[".xml"], 3),
    ("peppol-bis3/national-examples", &[".xml"], 2),
    ("xrechnung-testsuite", &[".xml"], 42),
    ("facturx-2.4-examples", &[".pdf", ".xml"], 50),
    ("zugferd-corpus", &[".pdf", ".xml"], 95),
];

/// Folders whose documents are held up as right by those who publish them: nothing is wrong with any of them.
const RIGHT: &[&str] = &["peppol-bis3/examples/", "xrechnung-testsuite/business-cases/standard/", "facturx-2.4-examples/3. EN16931/"];

/// What a look at the file that owes nothing to our readers says.
#[derive(Debug, PartialEq)]
enum Sort {
    Invoice,
    NotWellFormed,
    SomethingElse,
    Pdf,
}

/// The root elements of UBL 2.1, of CII, and of ZUGFeRD 1.
const INVOICES: &[&str] = &[
    "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2:Invoice",
    "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2:CreditNote",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100:CrossIndustryInvoice",
    "urn:ferd:CrossIndustryDocument:invoice:1p0:CrossIndustryDocument",
];

fn sort_of(path: &Path, bytes: &[u8]) -> Sort {
    if bytes.starts_with(b"%PDF") {
        return Sort::Pdf;
    }
    match xmllint(&["--xpath", "concat(namespace-uri(/*), ':', local-name(/*))"], path) {
        Err(_) => Sort::NotWellFormed,
        Ok(root) if INVOICES.contains(&root.trim()) => Sort::Invoice,
        Ok(_) => Sort::SomethingElse,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_whole_document_is_taken_in_or_refused_for_its_reason() {
    let app = TestApp::start().await;
    let mut documents: Vec<PathBuf> = Vec::new();
    for (folder, endings, least) in FOLDERS {
        let found = files(folder, endings);
        assert!(found.len() >= *least, "{folder}: only {} documents", found.len());
        documents.extend(found);
    }
    let results: Vec<(String, &str)> =
        futures::stream::iter(&documents).map(|path| judged(&app, path)).buffer_unordered(AT_ONCE).collect().await;
    let mut counts = BTreeMap::<&str, usize>::new();
    results.iter().for_each(|(_, outcome)| *counts.entry(outcome).or_default() += 1);
    println!("{} documents: {counts:?}", results.len());
    for (name, outcome) in results.iter().filter(|(_, outcome)| !matches!(*outcome, "received" | "in_exception")) {
        println!("  {outcome:<20} {name}");
    }
    let taken = ["received", "in_exception"].iter().filter_map(|outcome| counts.get(outcome)).sum::<usize>();
    assert!(taken >= 225, "only {taken} of {} were taken in", results.len());
    assert!(counts.get("document-incomplete").is_none_or(|n| *n <= 6), "{counts:?}");
}

async fn judged(app: &TestApp, path: &Path) -> (String, &'static str) {
    let name = path.strip_prefix(data("")).unwrap_or(path).display().to_string();
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let owner = app.company(&name).await.owner;
    let answer = owner.uploads(IMPORT, bytes.clone(), "once").await;
    let outcome = match answer.status {
        201 => taken_in(&owner, &name, &bytes, &answer).await,
        422 => refused(&owner, &name, &answer).await,
        _ => panic!("{name}: {answer:?}"),
    };
    let sort = sort_of(path, &bytes);
    let deserved: &[&str] = match sort {
        Sort::NotWellFormed => &["malformed"],
        Sort::SomethingElse => &["not-an-invoice"],
        Sort::Pdf | Sort::Invoice => &["received", "in_exception", "document-incomplete"],
    };
    assert!(deserved.contains(&outcome), "{name} is {sort:?}: {answer:?}");
    if RIGHT.iter().any(|folder| name.starts_with(folder)) {
        // That somebody else is to be paid is right as well, and waits for a person.
        let mut kinds = answer.body["exceptions"].as_array().into_iter().flatten().map(|exception| &exception["kind"]);
        assert!(kinds.all(|kind| kind == "payee"), "{name}: {}", answer.body);
    }
    (name, outcome)
}

/// The invoice is there once, with what was answered, and its bytes come back as they went in.
async fn taken_in(owner: &Person, name: &str, bytes: &[u8], answer: &Answer) -> &'static str {
    let (id, at) = (answer.id(), answer.position());
    assert_eq!(answer.body["sha256"], hex::encode(Sha256::digest(bytes)), "{name}");
    owner.gets(&format!("/v1/invoices/{id}?min_position={at}")).await.succeeds();
    let (status, original) = owner.downloads(&format!("/v1/invoices/{id}/original")).await;
    assert!(status == 200 && original == bytes, "{name}: {status}, {} of {} bytes", original.len(), bytes.len());
    let listed = owner.gets("/v1/invoices").await.succeeds().body;
    assert_eq!(listed["data"].as_array().map(Vec::len), Some(1), "{name}");
    assert_eq!((&listed["data"][0]["id"], &listed["data"][0]["status"]), (&json!(id), &answer.body["status"]), "{name}");
    let wrong = answer.body["exceptions"].as_array().unwrap_or_else(|| panic!("{name}: {answer:?}"));
    for exception in wrong {
        assert!(exception["findings"].as_array().is_some_and(|all| all.iter().all(|f| f["rule"].is_string())), "{name}: {exception}");
    }
    let outcome = if wrong.is_empty() { "received" } else { "in_exception" };
    assert_eq!(answer.body["status"], outcome, "{name}");
    outcome
}

/// Nothing is kept of what was refused: no invoice, no vendor, no event.
async fn refused(owner: &Person, name: &str, answer: &Answer) -> &'static str {
    for list in ["/v1/invoices", "/v1/vendors"] {
        assert_eq!(owner.gets(list).await.succeeds().body["data"], json!([]), "{name}: {list}");
    }
    let made = owner.gets("/v1/audit-trail?entity=invoice").await.succeeds();
    assert_eq!(made.body["data"], json!([]), "{name}");
    let code = answer.body["code"].as_str().unwrap_or_default();
    if code == "document-incomplete" {
        assert!(answer.body["errors"].as_array().is_some_and(|terms| !terms.is_empty()), "{name}: no term is named: {answer:?}");
    }
    let codes = ["malformed", "not-an-invoice", "document-incomplete"];
    codes.into_iter().find(|known| *known == code).unwrap_or_else(|| panic!("{name}: {answer:?}"))
}

/// What is the same whichever syntax says it. Names and addresses are left out: in six pairs of the suite the two files
/// spell them differently (the e-invoice crates compare those too, with a list of the places).
const SAME: &[&str] = &[
    "/number",
    "/kind",
    "/issue_date",
    "/due_date",
    "/vendor_vat",
    "/gross",
    "/payable",
    "/exceptions",
    "/document/currency",
    "/document/type_code",
    "/document/totals",
    "/document/lines",
    "/document/tax_breakdown",
    "/document/adjustments",
    "/document/payment",
    "/document/notes",
    "/document/seller/vat_id",
    "/document/references/contract",
    "/pay_to",
];

#[tokio::test(flavor = "multi_thread")]
async fn an_invoice_is_the_same_in_both_syntaxes() {
    let app = TestApp::start().await;
    let ubl = files("xrechnung-testsuite", &["_ubl.xml"]).into_iter();
    let pairs = ubl.map(|ubl| (PathBuf::from(ubl.to_string_lossy().replace("_ubl.xml", "_uncefact.xml")), ubl));
    let pairs: Vec<_> = pairs.filter(|(cii, _)| cii.exists()).collect();
    assert!(pairs.len() >= 18, "only {} pairs", pairs.len());
    let mut whole = 0;
    for (cii, ubl) in &pairs {
        let (left, right) = (captured(&app, cii).await, captured(&app, ubl).await);
        for place in SAME {
            assert_eq!(left.pointer(place), right.pointer(place), "{place} of {}", ubl.display());
        }
        whole += usize::from(left["document"] == right["document"]);
    }
    println!("{} pairs, {whole} of them the same to the last word", pairs.len());
    assert!(whole >= 12, "only {whole} pairs are wholly the same");
}

async fn captured(app: &TestApp, path: &Path) -> Value {
    let owner = app.company("Pair").await.owner;
    let taken = owner.uploads(IMPORT, std::fs::read(path).expect("a file"), "once").await.succeeds();
    let mut seen = owner.gets(&format!("/v1/invoices/{}?min_position={}", taken.id(), taken.position())).await.succeeds().body;
    if let Some(account) = seen.pointer_mut("/pay_to").and_then(Value::as_object_mut) {
        account.remove("bank_account_id");
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_sent_thirty_two_times_at_once_is_one_invoice() {
    let app = TestApp::start().await;
    let first = |folder: &str, ending: &str| files(folder, &[ending]).swap_remove(0);
    let documents = [
        first("peppol-bis3/examples", ".xml"),
        first("xrechnung-testsuite", "_uncefact.xml"),
        first("facturx-2.4-examples/3. EN16931", ".pdf"),
    ];
    for path in documents {
        let owner = app.company("Race").await.owner;
        let bytes = std::fs::read(&path).expect("a file");
        let keys: Vec<String> = (0..32).map(|n| format!("capture {n}")).collect();
        let answers = join_all(keys.iter().map(|key| owner.uploads(IMPORT, bytes.clone(), key))).await;
        let taken: Vec<&Answer> = answers.iter().filter(|a| a.status == 201).collect();
        assert_eq!(taken.len(), 1, "{}: {answers:?}", path.display());
        answers.iter().filter(|a| a.status != 201).for_each(|a| a.is_refused_as("duplicate-invoice"));
        let at = answers.iter().map(Answer::position).max().unwrap_or_default();
        for list in ["/v1/invoices", "/v1/vendors"] {
            let listed = owner.gets(&format!("{list}?min_position={at}")).await.succeeds();
            assert_eq!(listed.body["data"].as_array().map(Vec::len), Some(1), "{}: {list}", path.display());
        }
        let (status, original) = owner.downloads(&format!("/v1/invoices/{}/original", taken[0].id())).await;
        assert!(status == 200 && original == bytes, "{}", path.display());
    }
}
