//! A poisoned event stops one read model of one tenant and nothing else; it shows; and after the mend nothing was skipped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use quittance_application::ports::Later;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::{ProjectionError, Recorded};
use serde_json::json;
use sqlx::postgres::PgConnection;
use uuid::Uuid;

use crate::around::{Hook, Passing, around};
use crate::office::{Office, done};
use crate::works::{Works, names};

/// For each tenant the read model that cannot take one of its events, until that is mended.
struct Poison {
    of: BTreeMap<TenantId, (&'static str, i64)>,
    mended: AtomicBool,
}

impl Hook for Poison {
    fn passes<'a>(&'a self, at: Passing, tx: &'a mut TenantTx, events: &'a [Recorded]) -> Later<'a, Result<(), ProjectionError>> {
        let (victim, position) = self.of[&tx.tenant()];
        let poisoned = at == Passing::After(victim) && events.iter().any(|e| e.position == position);
        let outcome = match poisoned && !self.mended.load(Ordering::Relaxed) {
            true => Err(ProjectionError::Poison { position, reason: "indigestible".to_owned() }),
            false => Ok(()),
        };
        Box::pin(std::future::ready(outcome))
    }
}

async fn item(office: &Office, sku: &str) {
    done(&office.clerk, "/v1/items", &json!({ "sku": sku, "name": "x", "unit": "C62" }), sku).await;
}

/// Where every read model of every tenant stands.
async fn checkpoints(admin: &mut PgConnection) -> BTreeMap<(Uuid, String), i64> {
    let query = "select tenant_id, projector, position from ops.checkpoints where projector <> 'reactions'";
    let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(query).fetch_all(admin).await.expect("checkpoints");
    rows.into_iter().map(|(tenant, projector, position)| ((tenant, projector), position)).collect()
}

async fn buried(admin: &mut PgConnection) -> BTreeMap<(Uuid, String), (i64, String)> {
    let rows: Vec<(Uuid, String, i64, String)> =
        sqlx::query_as("select tenant_id, projector, position, error from ops.dead_letters").fetch_all(admin).await.expect("dead letters");
    rows.into_iter().map(|(tenant, projector, position, error)| ((tenant, projector), (position, error))).collect()
}

/// As many tenants as there are read models, and in each another one is poisoned.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poisoned_event_stops_one_read_model_of_one_tenant_until_it_is_mended() {
    let works = Works::start().await;
    let (projecting, reacting) = (works.projects(), works.reacts());
    let victims = names(&works.system.projectors);
    let mut offices = Vec::new();
    for victim in &victims {
        offices.push(works.office(victim).await);
    }
    for office in &offices {
        works.caught_up(office.tenant, victims.clone()).await;
    }
    projecting.stops().await;
    let mut of = BTreeMap::new();
    for (office, victim) in offices.iter().zip(&victims) {
        of.insert(office.tenant, (*victim, works.head(office.tenant).await + 2));
        for sku in ["before", "poison", "after"] {
            item(office, sku).await;
        }
    }
    let poison = Arc::new(Poison { of, mended: AtomicBool::new(false) });

    let projecting = works.projects_with(&works.system.database, around(&works.system.projectors, poison.clone()));
    for office in &offices {
        let (victim, _) = poison.of[&office.tenant];
        works.caught_up(office.tenant, victims.iter().copied().filter(|name| *name != victim).collect()).await;
    }
    let mut admin = works.admin().await;
    one_stands_in_each(&works, &mut admin, &poison).await;
    let ready = offices[0].owner.reads("/health/ready").await.succeeds();
    assert_eq!(ready.body, json!({ "status": "degraded", "poisoned": victims.len() }));
    let asked = std::time::Instant::now();

    for office in &offices {
        item(office, "later").await;
    }
    // Days have passed since it was tried first.
    sqlx::query("update ops.dead_letters set attempts = 100000, last_at = now() - interval '1 hour'")
        .execute(&mut admin)
        .await
        .expect("aged");
    poison.mended.store(true, Ordering::Relaxed);
    for office in &offices {
        works.caught_up(office.tenant, victims.clone()).await;
    }
    assert_eq!(buried(&mut admin).await, BTreeMap::new(), "dead letters are gone");
    // What is said holds for a second.
    tokio::time::sleep(std::time::Duration::from_secs(1).saturating_sub(asked.elapsed())).await;
    assert_eq!(offices[0].owner.reads("/health/ready").await.body["status"], "ready");
    projecting.stops().await;
    reacting.stops().await;
    works.verifies().await;
}

/// Right before its poison; all others are at the head.
async fn one_stands_in_each(works: &Works, admin: &mut PgConnection, poison: &Poison) {
    // The one that stands still is buried a moment after the others have gone on.
    for _ in 0..6_000 {
        if buried(admin).await.len() == poison.of.len() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let (checkpoints, buried) = (checkpoints(admin).await, buried(admin).await);
    assert_eq!(buried.len(), poison.of.len(), "{buried:?}");
    for ((tenant, projector), position) in checkpoints {
        let (victim, poisoned) = poison.of[&TenantId(tenant)];
        if projector == victim {
            assert_eq!(position, poisoned - 1, "{projector} stands right before its poison");
            let (at, error) = &buried[&(tenant, projector)];
            assert!(*at == poisoned && error.contains("indigestible"), "{at} {error}");
        } else {
            assert_eq!(position, works.head(TenantId(tenant)).await, "{projector} goes on beside {victim}");
        }
    }
}
