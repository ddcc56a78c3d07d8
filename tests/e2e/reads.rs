//! A query waits for the read models that it reads and for no others: what each reads is held against the database, which
//! lets it read nothing else; and what stands still keeps only its own readers waiting, and says so.

use std::collections::{BTreeMap, BTreeSet};

use quittance_api::reads;
use quittance_api::system::System;
use quittance_domain::ids::TenantId;
use quittance_projections::Projector;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions, Executor};

use crate::rest_client::{Office, Reply, fresh_key, reply};
use crate::rest_story::{Play, Played};

pub async fn admin(system: &System) -> PgConnection {
    system.database.admin().connect().await.expect("the administrator connects")
}

/// The queries that wait for what they read.
async fn waiting(office: &Office) -> BTreeSet<String> {
    let api = office.by("owner").get("/openapi.json").await.body;
    let mut found = BTreeSet::new();
    for (_, item) in api["paths"].as_object().expect("paths") {
        let parameters = item["get"]["parameters"].as_array().into_iter().flatten();
        if parameters.into_iter().any(|p| p["name"] == "min_position") {
            found.insert(item["get"]["operationId"].as_str().expect("an id").to_owned());
        }
    }
    found
}

fn tables(projectors: &[&dyn Projector]) -> String {
    let tables = projectors.iter().flat_map(|projector| projector.tables());
    tables.map(|table| format!("read.{table}")).collect::<Vec<_>>().join(", ")
}

/// Asks while the readers' role may not read the tables of `projectors`.
async fn without(admin: &mut PgConnection, projectors: &[&dyn Projector], ask: impl Future<Output = Vec<Reply>>) -> Vec<Reply> {
    let tables = tables(projectors);
    admin.execute(format!("revoke select on {tables} from q_app").as_str()).await.expect("revoked");
    let replies = ask.await;
    admin.execute(format!("grant select on {tables} to q_app").as_str()).await.expect("granted");
    replies
}

pub struct Told {
    pub office: Office,
    pub play: Play,
    /// The scenes of each query that waits.
    pub scenes: BTreeMap<String, Vec<Played>>,
}

pub async fn told() -> Told {
    let office = Office::open().await;
    let mut play = Play::new(&office).await;
    let waiting = waiting(&office).await;
    let mut scenes: BTreeMap<String, Vec<Played>> = BTreeMap::new();
    for played in play.through(&office).await {
        if waiting.contains(&played.scene.operation) {
            scenes.entry(played.scene.operation.clone()).or_default().push(played);
        }
    }
    assert_eq!(scenes.keys().cloned().collect::<BTreeSet<_>>(), waiting, "each is in the story");
    let head = office.head().await;
    office.app.system.settled(office.tenant, head).await.expect("readable");
    Told { office, play, scenes }
}

impl Told {
    async fn asks(&self, scenes: &[Played]) -> Vec<Reply> {
        let mut replies = Vec::new();
        for Played { scene, .. } in scenes {
            replies.push(self.play.play_now(&self.office, scene, &fresh_key()).await);
        }
        replies
    }

    /// What each query turns out to read, for whoever writes the table.
    async fn print(&self, admin: &mut PgConnection) {
        let mut found: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for projector in self.office.app.system.projectors.iter() {
            for (operation, scenes) in &self.scenes {
                let replies = without(admin, &[projector.as_ref()], self.asks(scenes)).await;
                let reads = found.entry(operation).or_default();
                if replies.iter().any(|reply| reply.status >= 500) {
                    reads.insert(projector.name());
                }
            }
        }
        found.iter().for_each(|(operation, reads)| println!("    (\"{operation}\", &{reads:?}),"));
    }
}

#[tokio::test]
async fn a_query_reads_the_read_models_of_its_row_and_no_others() {
    let told = told().await;
    let mut admin = admin(&told.office.app.system).await;
    if std::env::var("QUITTANCE_RECORD").is_ok() {
        return told.print(&mut admin).await;
    }
    let (mut wrong, mut beyond) = (Vec::new(), 0);
    for (operation, scenes) in &told.scenes {
        let Some(row) = reads::of(operation) else {
            wrong.push(format!("{operation} has no row"));
            continue;
        };
        let all = told.office.app.system.projectors.iter().map(AsRef::as_ref);
        let others: Vec<&dyn Projector> = all.filter(|projector| !row.contains(&projector.name())).collect();
        beyond += others.len();
        let replies = without(&mut admin, &others, told.asks(scenes)).await;
        wrong.extend(replies.iter().filter(|reply| reply.status >= 300).map(|reply| format!("{operation}: {reply:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(beyond > 1_000, "only {beyond} read models were taken away: nothing was proved");
    let known: BTreeSet<&str> = told.office.app.system.projectors.iter().map(|projector| projector.name()).collect();
    for (operation, row) in reads::READS {
        assert!(told.scenes.contains_key(*operation), "{operation} is no query that waits");
        assert!(row.iter().all(|model| known.contains(model)), "{operation}: {row:?}");
    }
}

/// An event that it cannot take, and that is not tried again for an hour.
pub async fn stands_still(tenant: TenantId, admin: &mut PgConnection, name: &str) {
    let query = "insert into ops.dead_letters (tenant_id, projector, position, error, last_at) \
                 select tenant_id, $2, position + 1, 'indigestible', now() + interval '1 hour' from es.log_heads where tenant_id = $1";
    sqlx::query(query).bind(tenant.0).bind(name).execute(admin).await.expect("buried");
}

pub async fn goes_on(admin: &mut PgConnection) {
    admin.execute("delete from ops.dead_letters").await.expect("mended");
}

async fn item(office: &Office, sku: &str) -> i64 {
    let made = office.by("clerk").post("/v1/items", json!({ "sku": sku, "name": "x", "unit": "C62" })).await.done();
    made.body["position"].as_i64().expect("a position")
}

async fn once(office: &Office, path: String) -> Reply {
    reply(office.by("viewer").request(Method::GET, &path)).await
}

/// As what stands still is known within a second or so.
async fn says(office: &Office, path: &str, stopped: Option<&str>) {
    for _ in 0..400 {
        let answer = once(office, path.to_owned()).await.done();
        if answer.headers.get("quittance-stopped").map(String::as_str) == stopped {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("{path} does not say {stopped:?}");
}

fn skus(reply: &Reply) -> Vec<&Value> {
    reply.body["data"].as_array().expect("a list").iter().map(|item| &item["sku"]).collect()
}

#[tokio::test]
async fn what_stands_still_keeps_only_its_own_readers_waiting_and_says_so() {
    let office = Office::open().await;
    let mut admin = admin(&office.app.system).await;
    let before = item(&office, "BEFORE").await;
    office.app.system.settled(office.tenant, before).await.expect("readable");
    stands_still(office.tenant, &mut admin, "items").await;
    let after = item(&office, "AFTER").await;

    office.by("viewer").get(&format!("/v1/vendors?min_position={after}")).await.done();
    once(&office, format!("/v1/items?min_position={after}")).await.refused(503, "read-model-stopped");
    says(&office, "/v1/items", Some("items")).await;
    says(&office, "/v1/vendors", None).await;
    let known = once(&office, "/v1/items".to_owned()).await.done();
    assert_eq!(skus(&known), ["BEFORE"], "as far as it came");
    assert!(known.headers["quittance-position"].parse::<i64>().expect("a position") < after);
    let began = std::time::Instant::now();
    once(&office, format!("/v1/items?min_position={after}")).await.refused(503, "read-model-stopped");
    assert!(began.elapsed() < std::time::Duration::from_secs(1), "nobody waits in vain for what is known to stand still");

    goes_on(&mut admin).await;
    let there = office.by("viewer").get(&format!("/v1/items?min_position={after}&sort=sku")).await.done();
    assert_eq!(skus(&there), ["AFTER", "BEFORE"]);
    says(&office, "/v1/items", None).await;
}

#[tokio::test]
async fn a_process_manager_that_stands_still_is_named_and_not_waited_for() {
    let office = Office::open().await;
    let mut admin = admin(&office.app.system).await;
    stands_still(office.tenant, &mut admin, "reactions").await;
    says(&office, "/v1/items", Some("reactions")).await;
    let after = item(&office, "AFTER").await;
    let there = office.by("viewer").get(&format!("/v1/items?min_position={after}")).await.done();
    assert_eq!((skus(&there), there.headers["quittance-stopped"].as_str()), (vec![&json!("AFTER")], "reactions"));
}
