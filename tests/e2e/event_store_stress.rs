//! Two nodes, sixteen writers, hot streams, stale versions, contested facts and repeated commands: the log stays
//! dense, ordered and hashed, and a naive reader of its tail misses nothing. Then the same with the committer killed.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use quittance_application::{Failure, Receipt};
use quittance_domain::ids::{CommandId, TenantId};
use quittance_domain::item::{Item, ItemCommand};
use quittance_infrastructure::database::{Database, Sizes};
use quittance_tests::judge::{Stored, facts_follow_from_items, judged, log_after};
use quittance_tests::{Dice, Proxy, Store, TestDatabase, fresh_database, item_card};
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

const WRITERS: u64 = 16;
const COMMANDS_EACH: usize = 120;
const TENANTS: usize = 3;
const HOT_ITEMS: usize = 3;
const SKUS: usize = 12;

/// Two nodes on one database. One lane each, so that a batch holds several tenants.
struct Cluster {
    nodes: [Arc<Store>; 2],
    tenants: Vec<TenantId>,
    test: TestDatabase,
}

impl Cluster {
    async fn new() -> Self {
        let test = fresh_database().await;
        let nodes = [(); 2].map(|()| Arc::new(Store::on(test.open(), 1)));
        let mut tenants = Vec::new();
        for _ in 0..TENANTS {
            tenants.push(nodes[0].tenant().await);
        }
        Self { nodes, tenants, test }
    }

    async fn admin(&self) -> PgConnection {
        self.test.admin.connect().await.expect("the administrator connects")
    }
}

/// What a writer sent and was answered.
struct Sent {
    tenant: TenantId,
    command_id: CommandId,
    answer: Result<Receipt, Failure>,
}

struct Writer {
    nodes: [Arc<Store>; 2],
    tenants: Vec<TenantId>,
    dice: Dice,
    sent: Vec<Sent>,
}

impl Writer {
    fn new(cluster: &Cluster, seed: u64) -> Self {
        Self { nodes: cluster.nodes.clone(), tenants: cluster.tenants.clone(), dice: Dice::seeded(seed), sent: vec![] }
    }

    /// A command on one of the few hot items; sometimes with a version that has passed, sometimes sent before.
    async fn send(&mut self) {
        let node = self.dice.pick(&self.nodes).clone();
        let tenant = *self.dice.pick(&self.tenants);
        if self.dice.below(8) == 0 && !self.sent.is_empty() {
            let (tenant, again) = {
                let sent = self.dice.pick(&self.sent);
                (sent.tenant, sent.command_id)
            };
            return self.execute(&node, tenant, again, None).await;
        }
        let stale = (self.dice.below(6) == 0).then(|| self.dice.below(40) as i64);
        self.execute(&node, tenant, CommandId(node.new_id()), stale).await;
    }

    /// The same command id always carries the same command: its content is thrown from its id.
    async fn execute(&mut self, node: &Store, tenant: TenantId, command_id: CommandId, expected_version: Option<i64>) {
        let mut dice = Dice::seeded(command_id.0.as_u128() as u64);
        let mut context = node.context(tenant).with_command_id(command_id);
        context.expected_version = expected_version;
        let item = Uuid::from_u128(tenant.0.as_u128() ^ (dice.below(HOT_ITEMS) as u128 + 1));
        let card = item_card(&format!("SKU-{}", dice.below(SKUS)), &format!("name {}", dice.throw()));
        let command = if dice.below(4) == 0 { ItemCommand::Create { card } } else { ItemCommand::Change { card } };
        let answer = node.commands.execute::<Item>(&context, item, command).await;
        self.sent.push(Sent { tenant, command_id, answer });
    }
}

async fn write(cluster: &Cluster) -> Vec<Sent> {
    let writers = (0..WRITERS).map(|seed| {
        let mut writer = Writer::new(cluster, seed);
        tokio::spawn(async move {
            for _ in 0..COMMANDS_EACH {
                writer.send().await;
            }
            writer.sent
        })
    });
    futures::future::join_all(writers).await.into_iter().flat_map(|w| w.expect("no panic")).collect()
}

/// Reads whatever is there after the last position it saw, as a newcomer would write it, until it is told to stop.
async fn tail(mut connection: PgConnection, tenant: TenantId, stop: Arc<AtomicBool>) -> Vec<i64> {
    let mut seen = Vec::new();
    loop {
        let last_round = stop.load(Ordering::Acquire);
        let news = log_after(&mut connection, tenant, seen.last().copied().unwrap_or_default()).await.expect("a tail");
        seen.extend(news.iter().map(|event| event.position));
        if last_round {
            return seen;
        }
        tokio::time::sleep(Duration::from_micros(300)).await;
    }
}

/// Every receipt names what is stored; every command is there once or not at all.
fn answers_agree(tenant: TenantId, log: &[Stored], sent: &[Sent]) {
    let mut stored: HashMap<Uuid, &Stored> = HashMap::new();
    for event in log {
        if let Some(command) = event.command_id {
            assert!(stored.insert(command, event).is_none(), "command {command} had two effects");
        }
    }
    let mut receipts: BTreeMap<Uuid, (Uuid, i64)> = BTreeMap::new();
    for sent in sent.iter().filter(|s| s.tenant == tenant) {
        let (command, Ok(receipt)) = (sent.command_id.0, &sent.answer) else { continue };
        let Some(event) = stored.get(&command) else { continue }; // Changed nothing: no event, and nothing to compare.
        assert_eq!((receipt.id, receipt.version, receipt.position), (event.aggregate_id, event.sequence, event.position), "as answered");
        let first = receipts.entry(command).or_insert((receipt.id, receipt.version));
        assert_eq!(*first, (receipt.id, receipt.version), "a repeat is answered alike");
    }
    let acknowledged = |command: &Uuid| receipts.contains_key(command);
    assert!(stored.keys().all(acknowledged), "an event of a command that was refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixteen_writers_on_two_nodes_leave_a_whole_log_and_a_tail_reader_misses_nothing() {
    let cluster = Cluster::new().await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut tails = Vec::new();
    for tenant in &cluster.tenants {
        tails.push(tokio::spawn(tail(cluster.admin().await, *tenant, stop.clone())));
    }
    let sent = write(&cluster).await;
    stop.store(true, Ordering::Release);

    let mut admin = cluster.admin().await;
    let mut total = 0;
    for (tenant, tail) in cluster.tenants.iter().zip(tails) {
        let log = judged(&mut admin, *tenant).await;
        let seen = tail.await.expect("no panic");
        assert_eq!(seen, (1..=log.len() as i64).collect::<Vec<_>>(), "the tail reader saw every event once, in order");
        facts_follow_from_items(&mut admin, *tenant, &log).await;
        answers_agree(*tenant, &log, &sent);
        total += log.len();
    }
    let refused = |code: &str| sent.iter().filter(|s| matches!(&s.answer, Err(Failure::Refused(r)) if r.code == code)).count();
    let stale = sent.iter().filter(|s| matches!(s.answer, Err(Failure::VersionMismatch { .. }))).count();
    let repeated = sent.iter().filter(|s| s.answer.as_ref().is_ok_and(|r| r.replayed)).count();
    assert!(total > 300, "only {total} events");
    assert!(refused("sku_taken") > 20 && stale > 20 && repeated > 20, "taken {}, stale {stale}, repeated {repeated}", refused("sku_taken"));
    let broken: Vec<_> = sent.iter().filter(|s| matches!(s.answer, Err(Failure::Unavailable(_) | Failure::Overloaded))).collect();
    assert!(broken.is_empty(), "{} commands failed: {:?}", broken.len(), broken[0].answer);
}

/// Breaks things at random until it is told to stop: backends die in the middle of a commit, answers are lost after it.
/// The breaks come slower as time goes by, so that a slow machine gets somewhere too.
async fn breaks(mut admin: PgConnection, proxy: Proxy, stop: Arc<AtomicBool>) -> i64 {
    let (mut dice, mut killed, started) = (Dice::seeded(7), 0, Instant::now());
    while !stop.load(Ordering::Acquire) {
        let kill = "select count(*) from (select pg_terminate_backend(pid) from pg_stat_activity \
                     where usename = 'q_committer' and datname = current_database() and state = 'active') x";
        killed += sqlx::query_scalar::<_, i64>(kill).fetch_one(&mut admin).await.expect("a count");
        let longest = 40_000 * (1 + started.elapsed().as_secs() / 5);
        tokio::time::sleep(Duration::from_micros(dice.throw() % longest)).await;
        proxy.cut();
        tokio::time::sleep(Duration::from_micros(dice.throw() % longest)).await;
    }
    killed
}

/// For one command, however slow the machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Sends one command until it is answered; answers how often nobody knew.
async fn insist(node: &Store, tenant: TenantId, number: usize) -> (Receipt, usize) {
    let context = node.context(tenant).with_command_id(CommandId(node.new_id()));
    let (id, sku) = (node.new_id(), format!("N-{number}-{}", node.new_id()));
    let card = item_card(&sku, "insisted");
    let (started, mut unknown) = (Instant::now(), 0);
    while started.elapsed() < PATIENCE {
        match node.commands.execute::<Item>(&context, id, ItemCommand::Create { card: card.clone() }).await {
            Ok(receipt) => return (receipt, unknown),
            Err(Failure::Unavailable(_)) => unknown += 1,
            Err(other) => panic!("a repeat was refused: {other:?}"),
        }
    }
    panic!("command {number} was never answered");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_becomes_of_the_committer_a_repeat_has_exactly_one_effect() {
    const EACH: usize = 40;
    let mut cluster = Cluster::new().await;
    let proxy = Proxy::before(&cluster.test.admin).await;
    proxy.delay(Duration::from_millis(2));
    let distant = Database::open(proxy.options(), None, Sizes::default());
    cluster.nodes[1] = Arc::new(Store::on(distant, 1));
    let stop = Arc::new(AtomicBool::new(false));
    let killer = tokio::spawn(breaks(cluster.admin().await, proxy, stop.clone()));
    let writers = (0..WRITERS as usize).map(|w| {
        let (node, tenant) = (cluster.nodes[w % 2].clone(), cluster.tenants[w % TENANTS]);
        tokio::spawn(async move {
            let mut answers = Vec::new();
            for n in 0..EACH {
                answers.push((tenant, insist(&node, tenant, w * EACH + n).await));
            }
            answers
        })
    });
    let answers: Vec<_> = futures::future::join_all(writers).await.into_iter().flat_map(|w| w.expect("no panic")).collect();
    stop.store(true, Ordering::Release);
    let killed = killer.await.expect("no panic");

    let mut admin = cluster.admin().await;
    let mut stored = 0;
    for tenant in &cluster.tenants {
        let log = judged(&mut admin, *tenant).await;
        for (_, (receipt, _)) in answers.iter().filter(|(t, _)| t == tenant) {
            assert_eq!(log[receipt.position as usize - 1].aggregate_id, receipt.id, "stored where it was answered");
        }
        stored += log.len();
    }
    assert_eq!(stored, WRITERS as usize * EACH, "one effect a command");
    let unknown: usize = answers.iter().map(|(_, (_, unknown))| unknown).sum();
    let found = answers.iter().filter(|(_, (receipt, _))| receipt.replayed).count();
    let seen = format!("{killed} killed, {unknown} unknown outcomes, {found} of them done");
    assert!(killed > 5 && unknown > 10 && found > 0, "{seen}: nothing was proved");
}
