//! Clients close their sockets at every moment of a request, over six REST routes (R19): whatever was acknowledged is
//! there, a repeat happens once, and no connection of the pools is left in a transaction or with a tenant.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use futures::{StreamExt, stream};
use quittance_application::context::command_id_of_key;
use quittance_infrastructure::database::{Database, Sizes, TenantTx};
use quittance_tests::{Proxy, fresh_database};
use sqlx::Executor;
use sqlx::postgres::PgConnection;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::client::{Client, Outcome};
use crate::office::Office;
use crate::works::Works;

const MOMENTS: usize = 500;
const AT_ONCE: usize = 8;
const POOL: u32 = 4;
const DOCUMENT: &str = include_str!("../../api/samples/muster-2026-0117.ubl.xml");

/// How far a client goes before it closes its socket.
#[derive(Clone, Copy, Debug)]
enum Leaves {
    InTheHead,
    BeforeTheBody,
    InTheBody,
    /// When the request is out, after this long.
    After(Duration),
    /// When the first byte of the answer is in.
    InTheAnswer,
    Never,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Route {
    ListItems,
    FreshInvoices,
    Dashboard,
    CreateItem,
    AdjustStock,
    Import,
}

const ROUTES: [Route; 6] = [Route::ListItems, Route::FreshInvoices, Route::Dashboard, Route::CreateItem, Route::AdjustStock, Route::Import];

/// One request of one of the two offices.
struct Request<'o> {
    office: &'o Office,
    route: Route,
    number: usize,
}

impl Request<'_> {
    fn writes(&self) -> bool {
        matches!(self.route, Route::CreateItem | Route::AdjustStock | Route::Import)
    }

    fn key(&self) -> String {
        format!("{:?} {}", self.route, self.number)
    }

    fn path(&self) -> &'static str {
        match self.route {
            Route::ListItems => "/v1/items?limit=5",
            Route::FreshInvoices => "/v1/invoices?limit=5&min_position=1",
            Route::Dashboard => "/v1/dashboard",
            Route::CreateItem => "/v1/items",
            Route::AdjustStock => "/v1/stock/adjust",
            Route::Import => "/v1/invoices/import",
        }
    }

    fn body(&self) -> String {
        let (number, item) = (self.number, &self.office.item);
        match self.route {
            Route::CreateItem => format!(r#"{{"sku":"S{number}","name":"x","unit":"C62"}}"#),
            Route::AdjustStock => format!(r#"{{"item_id":"{item}","location":"main","difference":"1","reason":"counted {number}"}}"#),
            // Longer than a socket's buffers, so that it really arrives in parts.
            Route::Import => DOCUMENT.replace("2026-0117", &format!("N{number}")) + &format!("<!--{}-->", "x".repeat(1 << 17)),
            _ => String::new(),
        }
    }

    fn bytes(&self) -> (String, String) {
        let body = self.body();
        let method = if self.writes() { "POST" } else { "GET" };
        let kind = if self.route == Route::Import { "application/xml" } else { "application/json" };
        let head = format!(
            "{method} {} HTTP/1.1\r\nhost: quittance\r\nauthorization: Bearer {}\r\nidempotency-key: {}\r\ncontent-type: {kind}\r\n\
             content-length: {}\r\nconnection: close\r\n\r\n",
            self.path(),
            self.office.clerk.secret(),
            self.key(),
            body.len()
        );
        (head, body)
    }

    /// Answers the status, if the client stayed for it.
    async fn is_sent(&self, server: SocketAddr, leaves: Leaves) -> Option<u16> {
        let mut socket = TcpStream::connect(server).await.expect("the server listens");
        let (head, body) = self.bytes();
        let part = match leaves {
            Leaves::InTheHead => &head.as_bytes()[..head.len() / 2],
            _ => head.as_bytes(),
        };
        socket.write_all(part).await.ok()?;
        match leaves {
            Leaves::InTheHead | Leaves::BeforeTheBody => return None,
            Leaves::InTheBody => {
                // All but the last byte: the server can never have it whole.
                let _ = tokio::time::timeout(Duration::from_millis(20), socket.write_all(&body.as_bytes()[..body.len().saturating_sub(1)]))
                    .await;
                return None;
            }
            _ => socket.write_all(body.as_bytes()).await.ok()?,
        }
        let mut answer = vec![0; 4096];
        match leaves {
            Leaves::After(time) => tokio::time::timeout(time, status(&mut socket, &mut answer)).await.ok().flatten(),
            Leaves::InTheAnswer => {
                let _ = socket.read(&mut answer[..1]).await;
                None
            }
            _ => status(&mut socket, &mut answer).await,
        }
    }
}

async fn status(socket: &mut TcpStream, answer: &mut [u8]) -> Option<u16> {
    let mut length = 0;
    while !answer[..length].windows(4).any(|w| w == b"\r\n\r\n") {
        length += socket.read(&mut answer[length..]).await.ok().filter(|n| *n > 0)?;
    }
    std::str::from_utf8(&answer[..length]).ok()?.split(' ').nth(1)?.parse().ok()
}

struct House {
    works: Works,
    offices: [Office; 2],
    direct: PgConnection,
}

impl House {
    /// Two companies whose server is a little way from its database.
    async fn open() -> Self {
        let test = fresh_database().await;
        let proxy = Proxy::before(&test.admin).await;
        let database = Database::open(proxy.options(), None, Sizes { app: POOL, projector: POOL });
        let works = Works::on(test, database).await;
        works.system.start_workers().await.expect("workers");
        let offices = [works.office("A").await, works.office("B").await];
        proxy.delay(Duration::from_millis(1));
        let direct = works.admin().await;
        Self { works, offices, direct }
    }

    async fn requests_are_over(&self) {
        let url = format!("http://{}/metrics", self.works.address);
        for _ in 0..2_000 {
            let text = reqwest::get(&url).await.expect("metrics").text().await.expect("text");
            if text.lines().any(|line| line == "quittance_requests_in_flight 0") {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("places are not given back");
    }

    /// Every connection of both pools, borrowed at once, is in a transaction of its borrower's.
    async fn nobody_is_in_the_way(&mut self, when: &str) {
        self.requests_are_over().await;
        let clock = "select extract(epoch from clock_timestamp())::float8";
        let asked: f64 = sqlx::query_scalar(clock).fetch_one(&mut self.direct).await.expect("the time");
        let (database, tenant) = (&self.works.system.database, self.offices[1].tenant);
        let mut borrowed: Vec<TenantTx> = Vec::new();
        for _ in 0..POOL {
            borrowed.push(database.read(tenant).await.unwrap_or_else(|e| panic!("{when}: no connection: {e}")));
        }
        for mut tx in borrowed {
            let query = "select extract(epoch from now())::float8, current_setting('app.tenant', true), \
                                (select count(*) filter (where tenant_id <> $1) from es.events), (select count(*) from es.events)";
            let (begun, set, foreign, own): (f64, String, i64, i64) =
                sqlx::query_as(query).bind(tenant.0).fetch_one(&mut *tx).await.unwrap_or_else(|e| panic!("{when}: {e}"));
            assert!(begun >= asked, "{when}: inside a transaction that began before it was asked for");
            assert!((set, foreign) == (tenant.to_string(), 0) && own > 0, "{when}: the tenant is another");
            tx.execute("rollback").await.expect("out of the transaction");
            let below: String = sqlx::query_scalar("select coalesce(current_setting('app.tenant', true), '')")
                .fetch_one(&mut *tx)
                .await
                .expect("a setting");
            assert_eq!(below, "", "{when}: a tenant stayed in the session");
        }
        self.no_transaction_stays_open(when).await;
    }

    /// Workers and releases are at it for a moment; what is abandoned stays.
    async fn no_transaction_stays_open(&mut self, when: &str) {
        let query = "select count(*) from pg_stat_activity where datname = current_database() and usename like 'q\\_%' \
                     and state like 'idle in transaction%' and state_change < clock_timestamp() - interval '1 second'";
        for _ in 0..100 {
            let open: i64 = sqlx::query_scalar(query).fetch_one(&mut self.direct).await.expect("a count");
            if open == 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{when}: transactions stay open");
    }
}

/// How client `number` leaves; `whole` is what a request takes just now.
fn leaves(number: usize, whole: Duration) -> Leaves {
    match number % 10 {
        0 => Leaves::InTheHead,
        1 => Leaves::BeforeTheBody,
        2 => Leaves::InTheBody,
        3 => Leaves::InTheAnswer,
        4 => Leaves::Never,
        _ => Leaves::After(whole * number as u32 * 2 / MOMENTS as u32),
    }
}

/// Of the clients of one route: which were told of success, by number.
async fn swept(house: &mut House, route: Route) -> Vec<usize> {
    // Learned from those who stay: the machine has other things to do as well.
    let whole = AtomicU64::new(20_000);
    let mut told = Vec::new();
    for first in (0..MOMENTS).step_by(AT_ONCE) {
        let together = (first..MOMENTS.min(first + AT_ONCE)).map(|number| {
            let request = Request { office: &house.offices[number % 2], route, number };
            comes_and_goes(request, house.works.address, &whole)
        });
        let outcomes = futures::future::join_all(together).await;
        told.extend(outcomes.into_iter().flatten());
        house.nobody_is_in_the_way(&format!("after {route:?} up to {first}")).await;
    }
    let whole = Duration::from_micros(whole.into_inner());
    println!("{route:?}: {} of {MOMENTS} clients stayed for their answer, which took {whole:.1?}", told.len());
    assert!(told.len() > 20 && told.len() < MOMENTS - 200, "nothing was proved");
    told
}

/// Answers the number of a client who was told of success.
async fn comes_and_goes(request: Request<'_>, server: SocketAddr, whole: &AtomicU64) -> Option<usize> {
    let leaves = leaves(request.number, Duration::from_micros(whole.load(Ordering::Relaxed)));
    let began = Instant::now();
    let status = request.is_sent(server, leaves).await;
    assert!(status.is_none_or(|s| s < 300 || s == 503), "{:?} {leaves:?}: {status:?}", request.route);
    if matches!(leaves, Leaves::Never) {
        whole.store(began.elapsed().as_micros() as u64, Ordering::Relaxed);
    }
    status.filter(|s| *s < 300).map(|_| request.number)
}

/// The commands of a route that are in the log, each counted.
async fn stored(house: &mut House, route: Route) -> usize {
    let ids: Vec<Uuid> = (0..MOMENTS).map(|number| id_of(house, route, number)).collect();
    let query = sqlx::query_scalar("select count(*) from es.events where command_id = any ($1)").bind(ids);
    query.fetch_one(&mut house.direct).await.map(|count: i64| count as usize).expect("a count")
}

fn id_of(house: &House, route: Route, number: usize) -> Uuid {
    let office = &house.offices[number % 2];
    command_id_of_key(office.tenant, &Request { office, route, number }.key()).0
}

async fn all_that_was_acknowledged_is_stored(house: &mut House, route: Route, acknowledged: &[usize]) {
    let ids: Vec<Uuid> = acknowledged.iter().map(|number| id_of(house, route, *number)).collect();
    // Each on a connection that nobody has used.
    let mut fresh = house.works.admin().await;
    let query = sqlx::query_scalar("select count(*) from es.events where command_id = any ($1)").bind(&ids);
    let found: i64 = query.fetch_one(&mut fresh).await.expect("a count");
    assert_eq!(found as usize, ids.len(), "{route:?}: acknowledged and gone");
}

/// Everybody comes back with their key: what was done is not done again, and what was not is done now.
async fn everybody_comes_back(house: &mut House, route: Route) {
    let before = stored(house, route).await;
    let server = house.works.address;
    let replayed = stream::iter(0..MOMENTS).map(|number| {
        let request = Request { office: &house.offices[number % 2], route, number };
        async move { again(&request, server).await }
    });
    let replayed = replayed.buffer_unordered(AT_ONCE).filter(|replayed| std::future::ready(*replayed)).count().await;
    println!("{route:?}: {before} had been done, {} were done when they came back", MOMENTS - before);
    assert_eq!(replayed, before, "{route:?}: what had been done is answered as before");
    assert_eq!(stored(house, route).await, MOMENTS, "{route:?}: one effect a command");
}

async fn again(request: &Request<'_>, server: SocketAddr) -> bool {
    let kind = if request.route == Route::Import { "application/xml" } else { "application/json" };
    let client: Client = request.office.clerk.at(server);
    match client.sends(request.path(), request.body().into_bytes(), kind, &request.key()).await {
        Outcome::Answered(answer) => answer.succeeds().replayed,
        Outcome::Unknown(error) => panic!("{}: {error}", request.path()),
        Outcome::NotSent => panic!("{}: nobody listens", request.path()),
    }
}

/// Many more than there are connections, at once.
async fn the_server_answers_at_full_pool(house: &House) {
    let began = Instant::now();
    let reads = (0..POOL * 16).map(|n| {
        let office = &house.offices[n as usize % 2];
        async move { office.clerk.reads("/v1/items?limit=50").await.succeeds() }
    });
    futures::future::join_all(reads).await;
    assert!(began.elapsed() < Duration::from_secs(60), "it took {:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn clients_that_leave_at_any_moment_lose_nothing_and_leave_nothing_behind() {
    let mut house = House::open().await;
    for route in ROUTES {
        let acknowledged = swept(&mut house, route).await;
        if (Request { office: &house.offices[0], route, number: 0 }).writes() {
            all_that_was_acknowledged_is_stored(&mut house, route, &acknowledged).await;
            everybody_comes_back(&mut house, route).await;
        }
    }
    the_server_answers_at_full_pool(&house).await;
    house.nobody_is_in_the_way("in the end").await;
    house.works.system.stopping.cancel();
    house.works.verifies().await;
}
