//! Behind PgBouncer in transaction mode: transactions of several processes share few server connections, and nothing of one is
//! left for the next.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use quittance_domain::role::Role;
use quittance_infrastructure::database::{Sizes, keep_role_settings, migrator_pool};
use quittance_infrastructure::edge::SystemEdge;
use quittance_tests::app::{Company, Person, TestApp};
use quittance_tests::fresh_database;
use quittance_tests::pooler::Pooler;
use serde_json::json;

/// Two processes on one database behind one pooler; both project.
struct Nodes {
    nodes: Vec<TestApp>,
    pooler: Pooler,
}

impl Nodes {
    async fn start() -> Self {
        let database = fresh_database().await;
        let admin = migrator_pool(&database.admin).await.expect("the administrator connects");
        keep_role_settings(&admin).await.expect("the roles keep their settings");
        admin.close().await;
        let pooler = Pooler::before(&database).await;
        let mut nodes = Vec::new();
        for _ in 0..2 {
            let reached = database.open().behind(&pooler.options(), Sizes { app: 16, projector: 4 });
            let node = TestApp::reaching(&database, reached, Arc::new(SystemEdge)).await;
            node.system.start_workers().await.expect("workers");
            nodes.push(node);
        }
        Self { nodes, pooler }
    }

    async fn everybody(&self, name: &str) -> (Company, Vec<Person>) {
        let company = self.nodes[0].company(name).await;
        let mut people = Vec::new();
        for (n, node) in self.nodes.iter().enumerate() {
            people.push(node.user(&company, &format!("clerk{n}"), Role::Admin).await);
        }
        (company, people)
    }
}

/// Writes at one node, reads it back at the other, and then asks for many different things.
async fn works(writer: &Person, reader: &Person, name: &str) {
    for n in 0..6 {
        let item = json!({ "sku": format!("{name}-{n}"), "name": "Bolt", "unit": "C62" });
        let made = writer.posts("/v1/items", item).await.succeeds();
        let (id, position) = (made.id(), made.position());
        let read = reader.gets(&format!("/v1/items/{id}?min_position={position}")).await.succeeds();
        assert_eq!(read.body["sku"], format!("{name}-{n}"));
        for list in ["items?limit=5", "vendors", "invoices", "payments", "stock", "approvals", "exceptions", "reports/trial-balance"] {
            reader.gets(&format!("/v1/{list}")).await.succeeds();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_share_server_connections_and_meet_nothing_of_each_other() {
    let nodes = Nodes::start().await;
    let (acme, of_acme) = nodes.everybody("Acme").await;
    let (other, of_other) = nodes.everybody("Other").await;
    let tasks = (0..12).map(|n| {
        let people = if n % 3 == 0 { &of_other } else { &of_acme };
        let (writer, reader) = (people[n % 2].clone(), people[(n + 1) % 2].clone());
        async move { works(&writer, &reader, &format!("T{n}")).await }
    });
    join_all(tasks).await;
    for (company, people, tasks) in [(&acme, &of_acme, 8), (&other, &of_other, 4)] {
        let head = nodes.nodes[0].system.database.heads().await.expect("heads");
        let head = head.iter().find(|(tenant, _)| *tenant == company.tenant).expect("a log").1;
        let all = people[0].gets(&format!("/v1/items?limit=200&min_position={head}")).await.succeeds();
        assert_eq!(all.body["data"].as_array().map(Vec::len), Some(tasks * 6), "each company sees its own items and no others");
    }
}

/// Appends go straight to the database, which is well: who only looked there would send requests to where most of them fail.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_pooler_is_gone_is_not_ready() {
    let Nodes { nodes, pooler } = Nodes::start().await;
    let ready = async || reqwest::get(format!("http://{}/health/ready", nodes[0].address)).await.expect("an answer").status().as_u16();
    assert_eq!(ready().await, 200);
    drop(pooler);
    let deadline = tokio::time::Instant::now() + Duration::from_secs(60);
    while ready().await == 200 {
        assert!(tokio::time::Instant::now() < deadline, "it says that it is ready");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(ready().await, 503);
    let metrics = reqwest::get(format!("http://{}/metrics", nodes[0].address)).await.expect("an answer").text().await.expect("text");
    for line in ["quittance_database_up 0", "# HELP quittance_database_up 1 where requests get through to the database, else 0."] {
        assert!(metrics.lines().any(|told| told == line), "{line}\n{metrics}");
    }
}
