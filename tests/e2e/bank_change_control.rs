//! Nobody loosens alone what keeps them from redirecting money: a looser control over changes of bank accounts waits for another person
//! (M2, A3).

use quittance_api::cli::people::confirm_bank_change_control;
use quittance_domain::tenant::BankChangeControl;
use serde_json::{Value, json};

use crate::rest_client::{Client, Office};

const SET: &str = "/v1/company/bank-change-control";
const CONFIRM: &str = "/v1/company/bank-change-control/confirm";
const DECLINE: &str = "/v1/company/bank-change-control/decline";

fn control(second_person: bool, cooling_off_days: u16) -> Value {
    json!({ "second_person": second_person, "cooling_off_days": cooling_off_days })
}

/// The control in force, and the looser one that waits.
async fn stands(office: &Office) -> (Value, Value) {
    let company = office.by("viewer").get(&format!("/v1/company?min_position={}", office.head().await)).await.done().body;
    (company["bank_change_control"].clone(), company["bank_change_control_loosening"]["control"].clone())
}

/// A vendor of the clerk's, that others have seen.
async fn vendor(office: &Office) -> String {
    let vendor = json!({ "name": "Muster", "address": { "country": "DE" }, "currency": "EUR" });
    office.by("clerk").post("/v1/vendors", vendor).await.done().id()
}

/// Proposed by `who`: the path below which it is decided.
async fn account(who: &Client, vendor: &str, iban: &str) -> String {
    let accounts = format!("/v1/vendors/{vendor}/bank-accounts");
    let proposed = who.post(&accounts, json!({ "account": { "kind": "iban", "iban": iban } })).await.done();
    format!("{accounts}/{}", proposed.body["bank_account_id"].as_str().expect("an id"))
}

async fn statuses(office: &Office, vendor: &str) -> Vec<Value> {
    let path = format!("/v1/vendors/{vendor}/bank-accounts?min_position={}", office.head().await);
    let accounts = office.by("clerk").get(&path).await.done().body["data"].clone();
    accounts.as_array().into_iter().flatten().map(|account| account["status"].clone()).collect()
}

/// Another key of the same person.
async fn second_key(office: &Office, who: &Client) -> Client {
    let id = who.get("/v1/me").await.done().body["user_id"].clone();
    let own = who.post(&format!("/v1/users/{}/keys", id.as_str().expect("an id")), json!({})).await.done();
    office.with_key(own.body["api_key"].as_str().expect("a secret"))
}

/// Somebody whom `by` says to have hired, over REST.
async fn invents(office: &Office, by: &str) -> Client {
    let user = json!({ "email": format!("invented-by-{by}@acme.example"), "roles": ["admin"] });
    let added = office.by(by).post("/v1/users", user).await.done();
    office.with_key(added.body["api_key"].as_str().expect("a secret"))
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_with_two_keys_and_an_invented_colleague_loosens_nothing() {
    let office = Office::open().await;
    let (owner, vendor, off) = (office.by("owner"), vendor(&office).await, control(false, 0));
    let (other_key, invented) = (second_key(&office, owner).await, invents(&office, "owner").await);
    owner.post(SET, off.clone()).await.done();
    assert_eq!(stands(&office).await, (control(true, 3), off.clone()));
    owner.post(CONFIRM, off.clone()).await.refused(403, "self-loosening");
    other_key.post(CONFIRM, off.clone()).await.refused(403, "self-loosening");
    invented.post(CONFIRM, off.clone()).await.refused(403, "not-vouched-for");
    let batch = json!({ "commands": [{ "operation": "confirm_bank_change_control", "body": off }] });
    let batch = invented.post("/v1/commands", batch).await.body;
    assert_eq!(batch["results"][0]["problem"]["code"], "not-vouched-for", "{batch}");
    assert_eq!(stands(&office).await, (control(true, 3), off.clone()), "nothing is looser");
    // So what is redirected is not paid to.
    let account = account(owner, &vendor, "DE89370400440532013000").await;
    owner.post(&format!("{account}/approve"), json!({})).await.refused(403, "self-verification");
    assert_eq!(statuses(&office, &vendor).await, [json!("proposed")]);

    // Nor the other way round: what the invented one proposes is not for its inventor.
    office.by("admin").post(DECLINE, off.clone()).await.done();
    invented.post(SET, off.clone()).await.done();
    owner.post(CONFIRM, off.clone()).await.refused(403, "not-vouched-for");
    // Without the role nobody is asked whether they are another.
    for person in ["clerk", "approver", "treasurer", "analyst", "auditor", "viewer"] {
        for path in [SET, CONFIRM, DECLINE] {
            office.by(person).post(path, off.clone()).await.refused(403, "role-missing");
        }
    }
    office.by("admin").post(CONFIRM, off.clone()).await.done();
    assert_eq!(stands(&office).await, (off, Value::Null));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_people_loosen_it_and_the_trail_says_what_was_before_and_after() {
    let office = Office::open().await;
    let (owner, admin, sooner) = (office.by("owner"), office.by("admin"), control(true, 1));
    owner.post(SET, sooner.clone()).await.done();
    owner.post(SET, sooner.clone()).await.done();
    let company = owner.get(&format!("/v1/company?min_position={}", office.head().await)).await.done().body;
    let waits = &company["bank_change_control_loosening"];
    let proposer = owner.get("/v1/me").await.done().body["user_id"].clone();
    assert_eq!((&waits["by"], waits["at"].is_string()), (&proposer, true), "{waits}");
    admin.post(CONFIRM, control(true, 0)).await.refused(409, "loosening-not-proposed");
    let confirmed = admin.post(CONFIRM, sooner.clone()).await.done();
    admin.post(CONFIRM, sooner.clone()).await.done();
    assert_eq!(stands(&office).await, (sooner.clone(), Value::Null));
    // Tighter again, by one person, at once.
    admin.post(SET, control(true, 9)).await.done();
    assert_eq!(stands(&office).await, (control(true, 9), Value::Null));

    let of = |action: &str| format!("/v1/audit-trail?action=TenantBankChangeControl{action}");
    let told = async |action: &str| owner.get(&of(action)).await.done().body["data"].as_array().expect("entries").clone();
    assert_eq!(told("LooseningProposed").await.len(), 1, "twice is once");
    let confirmation = told("LooseningConfirmed").await;
    assert_eq!((confirmation.len(), &confirmation[0]["actor_name"]), (1, &json!("admin")));
    let set = told("Set").await;
    assert_eq!(set.len(), 2);
    assert_eq!(set[1]["position"], confirmed.body["position"], "in one write with the confirmation");
    // Totals are of all that the filter finds, whatever the page holds.
    let counted = owner.get("/v1/audit-trail?entity=tenant&totals=true&limit=1").await.done().body;
    let all = owner.get("/v1/audit-trail?entity=tenant&limit=200").await.done().body["data"].as_array().expect("entries").clone();
    let totals = &counted["totals"];
    assert_eq!((counted["data"].as_array().map(Vec::len), &totals["entries"]), (Some(1), &json!(all.len())), "{counted}");
    for (totals, name) in [(&totals["by_action"], "action"), (&totals["by_actor"], "actor")] {
        let totals = totals.as_array().expect("totals");
        assert_eq!(totals.iter().filter_map(|total| total["entries"].as_u64()).sum::<u64>(), all.len() as u64, "{totals:?}");
        for total in totals {
            assert_eq!(json!(all.iter().filter(|entry| entry[name] == total[name]).count()), total["entries"], "{total}");
        }
    }
    let detail = owner.get(&format!("/v1/audit-trail/{}", set[1]["position"])).await.done().body;
    let days = |side: &str| detail[side]["created"]["bank_change_control"]["cooling_off_days"].clone();
    assert_eq!((days("before"), days("after")), (json!(3), json!(1)), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_proposed_under_the_tighter_rule_keeps_it() {
    let office = Office::open().await;
    let (owner, admin, vendor) = (office.by("owner"), office.by("admin"), vendor(&office).await);
    let first = account(owner, &vendor, "DE89370400440532013000").await;
    admin.post(&format!("{first}/approve"), json!({})).await.done();
    let before = account(owner, &vendor, "FR1420041010050500013M02606").await;
    owner.post(SET, control(false, 0)).await.done();
    admin.post(CONFIRM, control(false, 0)).await.done();

    owner.post(&format!("{before}/approve"), json!({})).await.refused(403, "self-verification");
    assert_eq!(account(owner, &vendor, "FR1420041010050500013M02606").await, before, "to propose it again changes nothing");
    account(owner, &vendor, "GB29NWBK60161331926819").await;
    assert_eq!(statuses(&office, &vendor).await, ["payable", "proposed", "payable"].map(|status| json!(status)));
    admin.post(&format!("{before}/approve"), json!({})).await.done();
    assert_eq!(statuses(&office, &vendor).await, ["payable", "cooling_off", "payable"].map(|status| json!(status)));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_confirmation_and_a_withdrawal_at_once_one_counts() {
    let office = Office::open().await;
    let (owner, admin) = (office.by("owner"), office.by("admin"));
    for day in (0..3).rev().cycle().take(9) {
        admin.post(SET, control(true, 3)).await.done();
        let sooner = control(true, day);
        owner.post(SET, sooner.clone()).await.done();
        let (confirmed, declined) = tokio::join!(admin.post(CONFIRM, sooner.clone()), owner.post(DECLINE, sooner.clone()));
        let answers = (confirmed.status, declined.status);
        let (in_force, lost) = match answers {
            (200, 409) => (sooner, declined),
            (409, 200) => (control(true, 3), confirmed),
            _ => panic!("{confirmed:?}\n{declined:?}"),
        };
        assert_eq!(lost.body["code"], "loosening-not-proposed");
        assert_eq!(stands(&office).await, (in_force, Value::Null));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_operator_confirms_for_who_works_alone() {
    let office = Office::open().await;
    let off = BankChangeControl { second_person: false, cooling_off_days: 0 };
    let confirms = async || confirm_bank_change_control(&office.app.system, office.tenant, off).await;
    let refused = confirms().await.expect_err("nothing waits").to_string();
    assert!(refused.contains("loosening-not-proposed"), "{refused}");
    office.by("owner").post(SET, control(false, 0)).await.done();
    confirms().await.expect("confirmed");
    assert_eq!(stands(&office).await, (control(false, 0), Value::Null));
    let trail = office.by("owner").get("/v1/audit-trail?action=TenantBankChangeControlLooseningConfirmed").await.done().body;
    let detail = office.by("owner").get(&format!("/v1/audit-trail/{}", trail["data"][0]["position"])).await.done().body;
    assert_eq!((&detail["channel"], &detail["data"]["by"]), (&json!("command_line"), &Value::Null), "{detail}");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_companys_proposal_is_nothing_to_another() {
    let office = Office::open().await;
    let next_door = office.next_door("Beta").await;
    let off = control(false, 0);
    office.by("owner").post(SET, off.clone()).await.done();
    next_door.by("admin").post(CONFIRM, off.clone()).await.refused(409, "loosening-not-proposed");
    next_door.by("admin").post(DECLINE, off.clone()).await.refused(409, "loosening-not-proposed");
    assert_eq!(stands(&next_door).await, (control(true, 3), Value::Null));
    assert_eq!(stands(&office).await, (control(true, 3), off));
}
