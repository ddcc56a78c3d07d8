//! How the system stands, for whoever asks. Nobody needs a key for that and nobody is counted: however many ask, the database is asked
//! now and then, over one of the few connections by which workers find their work.

use std::sync::Arc;
use std::time::Duration;

use quittance_infrastructure::database::{Database, Lag};
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// Load balancers ask each few seconds, and want to know.
const READY_FOR: Duration = Duration::from_secs(1);
/// Longer than a healthy database ever needs, shorter than those who ask are patient.
const PATIENCE: Duration = Duration::from_secs(3);
/// These go through all checkpoints of all tenants.
const FIGURES_FOR: Duration = Duration::from_secs(5);

pub struct Standing {
    database: Database,
    poisoned: Arc<Lately<usize>>,
    figures: Arc<Lately<Figures>>,
}

#[derive(Clone)]
pub struct Figures {
    pub tenants: i64,
    pub events: i64,
    pub lags: Vec<Lag>,
}

impl Standing {
    pub fn of(database: Database) -> Self {
        Self { database, poisoned: Arc::default(), figures: Arc::default() }
    }

    /// How many read models of tenants stand still; `None` where the database does not answer, or a pooler before it.
    pub async fn poisoned(&self) -> Option<usize> {
        let database = self.database.clone();
        let ask = async move {
            database.lets_requests_through().await?;
            Ok(database.standing_still().await?.len())
        };
        let in_time = async { timeout(PATIENCE, ask).await.unwrap_or(Err(sqlx::Error::PoolTimedOut)) };
        self.poisoned.answer(READY_FOR, in_time).await
    }

    pub async fn figures(&self) -> Option<Figures> {
        let database = self.database.clone();
        let ask = async move {
            let (tenants, events) = database.size().await?;
            Ok(Figures { tenants, events, lags: database.lags().await? })
        };
        self.figures.answer(FIGURES_FOR, ask).await
    }
}

/// The last answer to a question, and when it was given. That there was none is an answer too.
struct Lately<T>(Mutex<Option<(Instant, Option<T>)>>);

impl<T> Default for Lately<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone + Send + 'static> Lately<T> {
    /// One of those who ask does so, in a task of its own, so that it goes on when that one leaves; the others wait for it.
    async fn answer(self: &Arc<Self>, age_max: Duration, ask: impl Future<Output = sqlx::Result<T>> + Send + 'static) -> Option<T> {
        let lately = self.clone();
        let answered = tokio::spawn(async move {
            let mut last = lately.0.lock().await;
            if let Some((at, answer)) = &*last
                && at.elapsed() < age_max
            {
                return answer.clone();
            }
            let answer = ask.await.inspect_err(|error| tracing::warn!(%error, "how the system stands is not known")).ok();
            *last = Some((Instant::now(), answer.clone()));
            answer
        });
        answered.await.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Duration;

    use super::Lately;

    #[tokio::test]
    async fn of_all_who_ask_at_once_one_asks_the_database() {
        let (lately, times): (Arc<Lately<u32>>, _) = (Arc::default(), Arc::new(AtomicU32::new(0)));
        let asks = |age_max: Duration, fails: bool| {
            let (lately, times) = (lately.clone(), times.clone());
            async move {
                let ask = async move {
                    tokio::task::yield_now().await;
                    let time = times.fetch_add(1, Ordering::Relaxed);
                    if fails { Err(sqlx::Error::PoolTimedOut) } else { Ok(time) }
                };
                lately.answer(age_max, ask).await
            }
        };
        let (old, hour) = (Duration::ZERO, Duration::from_secs(3_600));
        for (fails, expected) in [(false, Some(0)), (true, None), (false, Some(2))] {
            assert_eq!(asks(old, fails).await, expected);
            let others = (0..100).map(|_| asks(hour, !fails));
            assert_eq!(futures::future::join_all(others).await, [expected; 100], "also where there is no answer");
        }
        assert_eq!(times.load(Ordering::Relaxed), 3);
    }
}
