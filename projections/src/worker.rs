//! What keeps workers at work: a panic costs one round and not the worker, and a transaction that is held over other work
//! is not taken for forgotten.

use std::any::Any;
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use quittance_application::Failure;
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::TenantTx;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::projector::ProjectionError;

/// Well below the time after which the database ends a transaction in which nothing happens.
const SIGN_OF_LIFE: Duration = Duration::from_secs(4);
const BEFORE_IT_BEGINS_ANEW: Duration = Duration::from_secs(1);

/// Runs a worker until it ends; one that panics begins anew.
pub fn keep_at_work<S, F, W>(name: &'static str, worker: Arc<S>, stop: CancellationToken, run: F) -> JoinHandle<()>
where
    S: Send + Sync + 'static,
    F: Fn(Arc<S>, CancellationToken) -> W + Send + 'static,
    W: Future<Output = ()> + Send,
{
    tokio::spawn(async move {
        while let Err(panic) = AssertUnwindSafe(run(worker.clone(), stop.clone())).catch_unwind().await {
            panicked(name, &*panic);
            if passes(BEFORE_IT_BEGINS_ANEW, &stop).await.is_none() {
                return;
            }
        }
    })
}

/// Lets a worker look each `period` until it is told to stop. What fails is told and tried again; a panic costs one look.
pub fn every<S, F, W>(name: &'static str, period: Duration, worker: Arc<S>, stop: CancellationToken, look: F) -> JoinHandle<()>
where
    S: Send + Sync + 'static,
    F: Fn(Arc<S>) -> W + Send + 'static,
    W: Future<Output = sqlx::Result<()>> + Send,
{
    tokio::spawn(async move {
        loop {
            match AssertUnwindSafe(look(worker.clone())).catch_unwind().await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(worker = name, %error, "a worker cannot look"),
                Err(panic) => panicked(name, &*panic),
            }
            if passes(period, &stop).await.is_none() {
                return;
            }
        }
    })
}

fn panicked(name: &'static str, panic: &(dyn Any + Send)) {
    tracing::error!(worker = name, panic = panic_message(panic), "a worker panicked and begins anew");
    metrics::counter!("quittance_worker_panics_total", "worker" => name).increment(1);
}

/// `None` where it is time to stop instead.
async fn passes(time: Duration, stop: &CancellationToken) -> Option<()> {
    stop.run_until_cancelled(tokio::time::sleep(time)).await
}

/// Does `work` for each of `tenants`, so many at once. What befalls one of them is told, and keeps no other waiting.
pub async fn each_tenant<F, W>(name: &'static str, tenants: Vec<TenantId>, at_once: usize, work: F)
where
    F: Fn(TenantId) -> W,
    W: Future<Output = Result<(), ProjectionError>>,
{
    let one = |tenant| {
        let work = AssertUnwindSafe(work(tenant)).catch_unwind();
        async move {
            let done = work.await.unwrap_or_else(|panic| Err(ProjectionError::Panicked(panic_message(&*panic))));
            if let Err(error) = done {
                tracing::warn!(worker = name, %tenant, %error, "what is due in this tenant waits");
            }
        }
    };
    futures::stream::iter(tenants).for_each_concurrent(at_once, one).await;
}

/// Does `work` while `tx` is held. The transaction shows life meanwhile; if it is lost, the work ends with it.
pub async fn holding<T>(tx: &mut TenantTx, work: impl Future<Output = T>) -> sqlx::Result<T> {
    let mut work = pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return Ok(done),
            () = tokio::time::sleep(SIGN_OF_LIFE) => sqlx::query("select 1").execute(&mut **tx).await.map(drop)?,
        }
    }
}

/// A command that panics has failed like any other.
pub async fn unpanicked<T>(command: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let done = AssertUnwindSafe(command).catch_unwind().await;
    done.unwrap_or_else(|panic| Err(Failure::Unavailable(format!("it panicked: {}", panic_message(&*panic)))))
}

pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    panic.downcast_ref::<String>().cloned().or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use quittance_application::Failure;
    use quittance_domain::ids::TenantId;
    use rust_decimal::Decimal;
    use tokio_util::sync::CancellationToken;
    use uuid::Uuid;

    use super::{each_tenant, every, keep_at_work, unpanicked};
    use crate::projector::ProjectionError;

    #[tokio::test]
    async fn a_worker_that_panics_begins_anew() {
        let tries = Arc::new(AtomicU32::new(0));
        let working = keep_at_work("fragile", tries.clone(), CancellationToken::new(), |tries, _| async move {
            assert!(tries.fetch_add(1, Ordering::Relaxed) == 2, "not yet");
        });
        working.await.expect("the task outlives the panics");
        assert_eq!(tries.load(Ordering::Relaxed), 3);
    }

    #[tokio::test]
    async fn a_look_that_fails_or_panics_is_followed_by_another_until_it_is_time_to_stop() {
        let (looks, stop) = (Arc::new(AtomicU32::new(0)), CancellationToken::new());
        let ends = stop.clone();
        let working = every("fragile", Duration::from_millis(1), looks.clone(), stop, move |looks| {
            let ends = ends.clone();
            async move {
                match looks.fetch_add(1, Ordering::Relaxed) {
                    0 => Err(sqlx::Error::PoolTimedOut),
                    1 => panic!("not yet"),
                    2 => Ok(()),
                    _ => {
                        ends.cancel();
                        Ok(())
                    }
                }
            }
        });
        working.await.expect("the task outlives the panics");
        assert_eq!(looks.load(Ordering::Relaxed), 4);
    }

    /// The second fails and the third panics while the others are half way.
    #[tokio::test]
    async fn what_befalls_one_tenant_keeps_no_other_waiting() {
        let served = AtomicU32::new(0);
        for at_once in [1, 2, 16] {
            let tenants = (1..=20).map(|n| TenantId(Uuid::from_u128(n))).collect();
            let serve = async |tenant: TenantId| {
                match tenant.0.as_u128() {
                    2 => return Err(ProjectionError::Panicked("it fails".to_owned())),
                    3 => panic!("it panics"),
                    _ => tokio::task::yield_now().await,
                }
                served.fetch_add(1, Ordering::Relaxed);
                Ok(())
            };
            each_tenant("fragile", tenants, at_once, serve).await;
            assert_eq!(served.swap(0, Ordering::Relaxed), 18, "{at_once} at once");
        }
    }

    #[tokio::test]
    async fn a_command_that_panics_has_failed() {
        let sum = || std::hint::black_box(Decimal::MAX) + Decimal::MAX;
        let command = async { if sum().is_zero() { Err(Failure::Behind) } else { Ok(()) } };
        assert!(matches!(unpanicked(command).await, Err(Failure::Unavailable(why)) if why.contains("Addition overflowed")));
    }
}
