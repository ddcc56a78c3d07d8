//! The engine as a whole against its yardsticks, on one durable server in one run: REST commands against pgbench's bare
//! three-row transactions without and with projections, the latency at half of the top rate, import of UBL documents and of a
//! month of a council's spending, and replay of a log against `COPY … TO STDOUT` of the same rows.
//!
//! `cargo bench -p quittance-tests --bench engine [-- --only commands|month|replay --seconds 5 --documents 1000 --events 1000000
//! --rounds 1]`; needs `wrk` and pgbench.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::ops::Range;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::StreamExt;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use quittance_api::cli::people::create_tenant;
use quittance_api::server;
use quittance_api::settings::{Given, Settings};
use quittance_api::system::System;
use quittance_application::invoice::ImportInvoice;
use quittance_domain::Currency;
use quittance_domain::ids::{BankAccountId, InvoiceId, TenantId, UserId, VendorId};
use quittance_infrastructure::database::migrator_pool;
use quittance_infrastructure::documents::capture_document;
use quittance_projections::rebuild::{Unwatched, rebuild};
use quittance_tests::data::data;
use serde_json::{Value, json};
use sqlx::Executor;

/// As in the executable.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn argument(name: &str, default: u64) -> u64 {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1).and_then(|v| v.parse().ok()).unwrap_or(default)
}

struct World {
    system: Arc<System>,
    address: SocketAddr,
    tenant: TenantId,
    owner: UserId,
    secret: String,
    url: String,
    pgbench: PathBuf,
    directory: tempfile::TempDir,
    admin: sqlx::postgres::PgConnectOptions,
}

impl World {
    async fn build() -> Self {
        let server = quittance_tests::postgres::durable_server().await;
        let database = quittance_tests::durable_database().await;
        // One key does what in earnest many do.
        let given = Given { rate_per_key: Some(0), ..Given::default() };
        let settings = Settings::resolve(given).expect("settings");
        let system = Arc::new(System::on(settings, database.open(), None));
        let made = create_tenant(&system, "Bench", "bench@bench.example", Currency::EUR).await.expect("a tenant");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        tokio::spawn(server::run(system.clone(), listener, std::future::pending()));
        Self {
            system,
            address,
            tenant: made.id,
            owner: made.admin,
            secret: made.secret,
            url: server.database_url(&database.name),
            pgbench: server.binaries().directory.join("pgbench"),
            directory: tempfile::tempdir().expect("a directory"),
            admin: database.admin,
        }
    }

    /// Three rows in one transaction, nothing else.
    fn pgbench(&self, clients: u64, seconds: u64) -> f64 {
        let script = self.directory.path().join("three.pgb");
        let row = "(md5(random()::text || :client_id)::uuid, 1, 'ItemChanged', repeat('x', 400), '{\"channel\":\"rest\"}')";
        std::fs::write(&script, format!("insert into bench_rows values {row}, {row}, {row};\n")).expect("a script");
        let output = Command::new(&self.pgbench)
            .args(["-n", "-M", "prepared", "-c", &clients.to_string(), "-j", "2", "-T", &seconds.to_string(), "-f"])
            .arg(&script)
            .arg(&self.url)
            .output()
            .expect("pgbench runs");
        let text = String::from_utf8_lossy(&output.stdout);
        let tps = text.lines().find_map(|l| l.strip_prefix("tps = ")).and_then(|l| l.split_whitespace().next());
        tps.and_then(|n| n.parse().ok()).unwrap_or_else(|| panic!("pgbench: {text}{}", String::from_utf8_lossy(&output.stderr)))
    }

    /// Twice REST commands and the yardstick in turn; answers the better rate.
    fn against_three_rows(&self, while_: &str, seconds: u64) -> f64 {
        let round = |_| {
            let yardstick = self.pgbench(64, seconds);
            let (rate, detail) = tokio::task::block_in_place(|| self.rest(64, seconds));
            println!("REST, {while_}: {rate:.0} commands/s ({detail}), pgbench three rows {yardstick:.0}/s: {:.2} x", rate / yardstick);
            rate
        };
        (1..=2).map(round).fold(0.0, f64::max)
    }

    /// Commands that fall due at a steady pace whatever becomes of those before them, so that waiting counts, over 64 connections.
    fn at_pace(&self, rate: f64, seconds: u64) {
        let pace =
            Pace { address: self.address, bearer: format!("Bearer {}", self.secret), rate, commands: (rate * seconds as f64) as u64 };
        // On a thread of its own, which takes no turns with the server's tasks.
        let measured = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(pace.keep(64))
        });
        let mut answers = tokio::task::block_in_place(|| measured.join().expect("no panic"));
        // One stall is another thing than many slow commands.
        let slow: BTreeSet<u128> =
            answers.iter().filter(|(latency, _)| latency.as_millis() > 50).map(|(_, due)| due.as_millis() / 100).collect();
        answers.sort_unstable();
        let at = |part: usize| answers[answers.len() * part / 100].0;
        println!(
            "at half of the top rate, {rate:.0}/s: median {:.1?}, p99 {:.1?}; above 50 ms in {} of {} tenths of a second: {slow:?}",
            at(50),
            at(99),
            slow.len(),
            seconds * 10
        );
    }

    /// `POST /v1/items`, each with a key and a SKU of its own.
    fn rest(&self, connections: u64, seconds: u64) -> (f64, String) {
        let script = self.directory.path().join("items.lua");
        let lua = format!(
            "local n = 0\nlocal me = 0\nfunction setup(thread) me = me + 1; thread:set('me', me) end\n\
             function init() math.randomseed(os.time() + me) base = me .. '-' .. math.random(1, 1000000000) end\n\
             function request()\n  n = n + 1\n  local id = base .. '-' .. n\n\
               return wrk.format('POST', '/v1/items', {{['Authorization'] = 'Bearer {}', ['Content-Type'] = 'application/json', ['Idempotency-Key'] = id}},\n\
               '{{\"sku\":\"' .. id .. '\",\"name\":\"{:x>200}\",\"unit\":\"C62\"}}')\nend\n\
             local bad = 0\nfunction response(status, _, body) if status ~= 201 then bad = bad + 1; if bad == 1 then print('refused:', status, body) end end end\n",
            self.secret, ""
        );
        std::fs::write(&script, lua).expect("a script");
        let output = Command::new("wrk")
            .args(["-t1", &format!("-c{connections}"), &format!("-d{seconds}s"), "--latency", "-s"])
            .arg(&script)
            .arg(format!("http://{}", self.address))
            .output()
            .expect("wrk runs (apt-get install wrk)");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let refused = text.lines().find(|l| l.starts_with("refused:") || l.contains("Non-2xx"));
        assert_eq!(refused, None, "what is refused is no command");
        let rate = text.lines().find_map(|l| l.trim().strip_prefix("Requests/sec:")).and_then(|n| n.trim().parse().ok());
        let p99 = text.lines().find_map(|l| l.trim().strip_prefix("99%")).unwrap_or("?").trim();
        (rate.unwrap_or_else(|| panic!("wrk: {text}")), format!("p99 {p99}"))
    }
}

/// The open loop: each command has its time.
struct Pace {
    address: SocketAddr,
    bearer: String,
    rate: f64,
    commands: u64,
}

impl Pace {
    /// How long after its time each command was answered, and what time that was.
    async fn keep(self, connections: u64) -> Vec<(Duration, Duration)> {
        let (pace, begun) = (&self, &AtomicU64::new(0));
        let started = Instant::now() + Duration::from_millis(200);
        let callers = (0..connections).map(|_| async move {
            let stream = TokioIo::new(tokio::net::TcpStream::connect(pace.address).await.expect("connects"));
            let (mut sender, connection) = hyper::client::conn::http1::handshake(stream).await.expect("shakes hands");
            tokio::spawn(connection);
            let mut answers = Vec::new();
            loop {
                let n = begun.fetch_add(1, Ordering::Relaxed);
                if n >= pace.commands {
                    return answers;
                }
                let after = Duration::from_secs_f64(n as f64 / pace.rate);
                tokio::time::sleep_until((started + after).into()).await;
                sender.ready().await.expect("the connection stays");
                let response = sender.send_request(pace.command(n)).await.expect("an answer");
                assert_eq!(response.status(), hyper::StatusCode::CREATED, "what is refused is no command");
                response.into_body().collect().await.expect("a body");
                answers.push(((started + after).elapsed(), after));
            }
        });
        futures::future::join_all(callers).await.concat()
    }

    fn command(&self, n: u64) -> hyper::Request<String> {
        let item = json!({ "sku": format!("pace-{n}"), "name": "x", "unit": "C62" });
        let request = hyper::Request::post("/v1/items").header("Host", self.address.to_string()).header("Authorization", &self.bearer);
        let request = request.header("Idempotency-Key", format!("pace-{n}")).header("Content-Type", "application/json");
        request.body(item.to_string()).expect("a request")
    }
}

#[tokio::main]
async fn main() {
    let only = std::env::args().skip_while(|a| a != "--only").nth(1);
    let wanted = |part: &str| only.as_deref().is_none_or(|only| only == part);
    if wanted("commands") {
        commands().await;
    }
    if wanted("month") {
        month().await;
    }
    if wanted("replay") {
        replays().await;
    }
    std::process::exit(0);
}

async fn commands() {
    let seconds = argument("--seconds", 5);
    let world = World::build().await;
    let admin = migrator_pool(&world.admin).await.expect("the administrator connects");
    admin.execute("create table bench_rows (id uuid, n int, kind text, payload text, metadata text)").await.expect("a table");

    // Who may call is read from what is projected; nothing is projected after it until the workers start.
    rebuild(&world.system.database, &world.system.projectors, &Unwatched).await.expect("the key is known");
    world.against_three_rows("no projection running", seconds);
    world.system.start_workers().await.expect("workers");
    let (_, head) = world.system.database.heads().await.expect("heads")[0];
    world.system.settled(world.tenant, head).await.expect("projected");
    let top = world.against_three_rows("every projection running", seconds);
    let lag = world.system.database.lags().await.expect("lags").into_iter().map(|l| l.events).max().unwrap_or_default();
    println!("largest projection lag right after: {lag} events");
    world.at_pace(top / 2.0, seconds);

    let documents = argument("--documents", 1000);
    let started = Instant::now();
    let last = import(&world, 0..documents).await;
    let durable = started.elapsed();
    if let Err(error) = world.system.settled(world.tenant, last).await {
        println!("{error}; behind: {:?}", world.system.database.lags().await);
    }
    println!(
        "import: {documents} UBL documents, {:.0}/s durable, {:.0}/s readable",
        documents as f64 / durable.as_secs_f64(),
        documents as f64 / started.elapsed().as_secs_f64()
    );
}

/// A month of a British council's spending as a sheet over REST: to the last document, and until all of it can be read.
async fn month() {
    let file = data("uk-ap-spend/northtyneside/clean/2022-06_i.csv");
    let sheet = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let rows = sheet.iter().filter(|byte| **byte == b'\n').count() as f64;
    let column = |name: &str| json!({ "column": name });
    let fields = json!({ "vendor_name": column("Supplier (Beneficiary) Name"), "number": column("Transaction Number"),
        "issue_date": column("Payment Date"), "net": column("Net Amount"), "description": column("Purpose of Spend"), "currency": { "value": "GBP" } });
    let mapping = json!({ "fields": fields, "grouping": "number_and_date" }).to_string();
    let mapping: String = mapping.bytes().map(|byte| format!("%{byte:02X}")).collect();
    for _ in 0..2 {
        let world = World::build().await;
        world.system.start_workers().await.expect("workers");
        let client = reqwest::Client::new();
        let asks = |request: reqwest::RequestBuilder| async {
            request.bearer_auth(&world.secret).send().await.expect("an answer").json::<Value>().await
        };
        let url = format!("http://{}/v1/imports", world.address);
        let started = Instant::now();
        let request = client.post(format!("{url}?mapping={mapping}")).header("Idempotency-Key", "month").header("Content-Type", "text/csv");
        let begun = asks(request.body(sheet.clone())).await.expect("JSON");
        let id = begun["id"].as_str().unwrap_or_else(|| panic!("{begun}"));
        let ended = loop {
            let import = asks(client.get(format!("{url}/{id}"))).await.expect("JSON");
            if import["status"].as_str().is_some_and(|status| status != "running") {
                break import;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let durable = started.elapsed();
        let (_, head) = world.system.database.heads().await.expect("heads")[0];
        world.system.settled(world.tenant, head).await.expect("projected");
        println!(
            "a month of spending: {rows} rows, {} documents taken, {:.0} rows/s durable, {:.0} rows/s readable",
            ended["taken"],
            rows / durable.as_secs_f64(),
            rows / started.elapsed().as_secs_f64()
        );
    }
}

/// A log of its own, which nobody projects meanwhile: one tenant's imports, and the same for as many more as it takes.
async fn replays() {
    const OF_ONE_TENANT: u64 = 20_000;
    let archive = World::build().await;
    let admin = migrator_pool(&archive.admin).await.expect("the administrator connects");
    let wanted = argument("--events", 100_000);
    let (mut events, mut documents) = (0, 0);
    while events < wanted.min(OF_ONE_TENANT) {
        import(&archive, documents..documents + 2_000).await;
        documents += 2_000;
        events = archive.system.database.heads().await.expect("heads")[0].1 as u64;
    }
    for _ in 1..wanted.div_ceil(events) {
        let other = TenantId(archive.system.commands.ports().edge.new_id());
        another_tenant(&admin, archive.tenant, other).await;
    }
    for _ in 0..argument("--rounds", 1) {
        replay_against_copy(&archive, &admin).await;
    }
}

/// Gives `other` the history of `tenant`.
async fn another_tenant(admin: &sqlx::PgPool, tenant: TenantId, other: TenantId) {
    let events = "insert into es.events select $2, aggregate_type, aggregate_id, sequence, position, event_type, event_version, payload, metadata, \
                  actor_id, command_id, correlation_id, causation_id, recorded_at, leaf_hash from es.events where tenant_id = $1 order by position";
    let head = "insert into es.log_heads select $2, position, recorded_at from es.log_heads where tenant_id = $1";
    for copy in [events, head] {
        sqlx::query(copy).bind(tenant.0).bind(other.0).execute(admin).await.expect("copied");
    }
}

async fn import(world: &World, documents: Range<u64>) -> i64 {
    let template = include_str!("../../api/samples/muster-2026-0117.ubl.xml");
    let position = Arc::new(AtomicU64::new(0));
    futures::stream::iter(documents)
        .map(|n| {
            let (system, position) = (world.system.clone(), position.clone());
            let (tenant, owner) = (world.tenant, world.owner);
            let text = invoice(template, n);
            tokio::spawn(async move {
                let edge = &system.commands.ports().edge;
                let capture = capture_document(text.as_bytes(), None).expect("captured");
                let import = ImportInvoice {
                    id: InvoiceId(edge.new_id()),
                    new_vendor: VendorId(edge.new_id()),
                    new_account: BankAccountId(edge.new_id()),
                    capture,
                    beside: None,
                };
                let ctx = system.context(tenant, owner).await.expect("a context");
                let done = system.commands.run(&ctx, &import).await.expect("imported");
                position.fetch_max(done.receipt.position as u64, Ordering::Relaxed);
            })
        })
        .buffer_unordered(64)
        .for_each(|task| async { task.expect("no panic") })
        .await;
    position.load(Ordering::Relaxed) as i64
}

/// An invoice of its own number, quantity and amounts: none looks like another.
fn invoice(template: &str, n: u64) -> String {
    let net = 1250 * (60 + n);
    let tax = (net * 19 + 50) / 100;
    let amount = |cents: u64| format!(">{}.{:02}<", cents / 100, cents % 100);
    let numbered =
        template.replace("<cbc:ID>2026-0117</cbc:ID>", &format!("<cbc:ID>B-{n}</cbc:ID>")).replace(">60<", &format!(">{}<", 60 + n));
    numbered.replace(">750.00<", &amount(net)).replace(">142.50<", &amount(tax)).replace(">892.50<", &amount(net + tax))
}

async fn replay_against_copy(world: &World, admin: &sqlx::PgPool) {
    let events: i64 = sqlx::query_scalar("select count(*) from es.events").fetch_one(admin).await.expect("a count");
    let started = Instant::now();
    let copied = Command::new(world.pgbench.with_file_name("psql"))
        .args([&world.url, "-qc", "copy es.events to stdout"])
        .stdout(std::process::Stdio::null())
        .status()
        .expect("psql runs");
    assert!(copied.success());
    let copy = events as f64 / started.elapsed().as_secs_f64();
    let started = Instant::now();
    let replayed = rebuild(&world.system.database, &world.system.projectors, &Unwatched).await.expect("rebuilt");
    let rate = replayed as f64 / started.elapsed().as_secs_f64();
    println!(
        "replay: {replayed} events into all read models, swapped, at {rate:.0}/s, COPY TO STDOUT {copy:.0}/s: {:.1} %; peak memory {}",
        100.0 * rate / copy,
        peak_memory()
    );
}

fn peak_memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status.lines().find_map(|l| l.strip_prefix("VmHWM:")).unwrap_or("?").trim().to_owned()
}
