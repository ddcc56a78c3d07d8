//! The server and its database are killed under 32 writers, again and again (R1, R2): what was acknowledged is there,
//! what was refused left nothing, and what was not answered happened exactly once after it was repeated.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use quittance_tests::Dice;

use crate::client::PATIENCE;
use crate::office::Office;
use crate::server::{ServerProcess, children_of};
use crate::verdict;
use crate::writer::{Entry, Work, Writer};

const WRITERS: usize = 32;
const TENANTS: usize = 4;
const CRASHES: usize = 30;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Victim {
    Server,
    Postmaster,
    /// The postmaster and every process that it started.
    Postgres,
    ServerAndPostmaster,
    Everything,
}

const VICTIMS: [Victim; 5] = [Victim::Server, Victim::Postmaster, Victim::Postgres, Victim::ServerAndPostmaster, Victim::Everything];

impl Victim {
    fn includes_server(self) -> bool {
        matches!(self, Self::Server | Self::ServerAndPostmaster | Self::Everything)
    }

    fn is_killed(self, server: &ServerProcess) {
        let Some(postmaster) = server.postmaster() else { panic!("there is no database to kill:\n{}", server.log()) };
        let processes = match self {
            Self::Server => vec![],
            Self::Postmaster | Self::ServerAndPostmaster => vec![postmaster],
            Self::Postgres | Self::Everything => std::iter::once(postmaster).chain(children_of(postmaster)).collect(),
        };
        for process in processes {
            // A backend may end by itself meanwhile.
            let _ = kill(process, Signal::SIGKILL);
        }
        if self.includes_server() {
            server.is_killed();
            server.restart();
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_and_postgres_are_killed_under_32_writers_and_nothing_acknowledged_is_lost() {
    let seed = std::env::var("QUITTANCE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(u64::from(std::process::id()));
    println!("QUITTANCE_SEED={seed}");
    let began = Instant::now();
    let server = ServerProcess::start().await;
    println!("{:.1?}: the server runs", began.elapsed());
    let mut offices = Vec::new();
    for n in 0..TENANTS {
        offices.push(Arc::new(Office::open(&server, &format!("Company {n}")).await));
    }
    println!("{:.1?}: {TENANTS} companies are open", began.elapsed());

    let work = Arc::new(Work::default());
    let writers: Vec<_> = (0..WRITERS).map(|number| tokio::spawn(writer(number, &offices, &work, seed).writes())).collect();
    let killed = kill_again_and_again(&server, &work, &mut Dice::seeded(seed)).await;
    work.over.store(true, Ordering::Relaxed);
    let mut journals: BTreeMap<usize, Vec<Entry>> = BTreeMap::new();
    for (number, writer) in writers.into_iter().enumerate() {
        let (_, journal) = writer.await.expect("no writer fell over");
        journals.entry(number % TENANTS).or_default().extend(journal);
    }
    println!("{:.1?}: {killed:?}", began.elapsed());

    judge(&server, &offices, &journals).await;
    println!("{:.1?}: judged", began.elapsed());
    server.stops().await;
}

fn writer(number: usize, offices: &[Arc<Office>], work: &Arc<Work>, seed: u64) -> Writer {
    let dice = Dice::seeded(seed ^ (number as u64) << 32);
    Writer { number, office: offices[number % TENANTS].clone(), work: work.clone(), dice, journal: Vec::new() }
}

/// At a random moment, once work goes on after the crash before.
async fn kill_again_and_again(server: &ServerProcess, work: &Work, dice: &mut Dice) -> BTreeMap<Victim, usize> {
    let mut killed = BTreeMap::new();
    for crash in 0..CRASHES {
        work_goes_on(server, work).await;
        tokio::time::sleep(Duration::from_millis(100 + dice.throw() % 1_100)).await;
        let victim = VICTIMS[crash % VICTIMS.len()];
        victim.is_killed(server);
        *killed.entry(victim).or_default() += 1;
    }
    work_goes_on(server, work).await;
    killed
}

async fn work_goes_on(server: &ServerProcess, work: &Work) {
    let (began, before) = (Instant::now(), work.acknowledged.load(Ordering::Relaxed));
    while work.acknowledged.load(Ordering::Relaxed) < before + WRITERS as u64 {
        assert!(began.elapsed() < PATIENCE, "nothing is acknowledged any more:\n{}", server.log());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

async fn judge(server: &ServerProcess, offices: &[Arc<Office>], journals: &BTreeMap<usize, Vec<Entry>>) {
    let all = || journals.values().flatten();
    let (acknowledged, unknown) = (all().filter(|e| e.acknowledged()).count(), all().filter(|e| e.unknown > 0).count());
    let refused = all().count() - acknowledged;
    println!("{acknowledged} commands acknowledged, {refused} refused, {unknown} with an unknown outcome that the key resolved");
    assert!(acknowledged > 500 && refused > 50 && unknown > CRASHES, "nothing was proved");
    for (number, journal) in journals {
        let journal: Vec<&Entry> = journal.iter().collect();
        verdict::books_agree(&offices[*number], &journal).await;
        verdict::journal_and_log_agree(&mut server.admin().await, &offices[*number], &journal).await;
    }
    for journal in journals.values() {
        verdict::repeats_are_answered_alike(journal).await;
    }
    let verdict = server.command_line(&["verify", "--json"]);
    assert_eq!(verdict["findings"], serde_json::json!([]), "{verdict}");
    println!("verify: {verdict}");
}
