//! Keeps every process told of what stands still at an event that it cannot take, wherever that was found.

use std::sync::Arc;
use std::time::Duration;

use quittance_infrastructure::database::Database;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::progress::Progress;
use crate::worker::keep_at_work;

const LOOK_EVERY: Duration = Duration::from_secs(1);

pub fn watch(database: Database, progress: Arc<Progress>, stop: CancellationToken) -> JoinHandle<()> {
    let stopping = stop.clone();
    keep_at_work("standstill", stop, move || {
        let (database, progress, stop) = (database.clone(), progress.clone(), stopping.clone());
        async move {
            while !stop.is_cancelled() {
                match database.standing_still().await {
                    Ok(all) => progress.stands_still(all),
                    Err(error) => tracing::warn!(%error, "what stands still is not known"),
                }
                tokio::select! {
                    () = stop.cancelled() => return,
                    () = tokio::time::sleep(LOOK_EVERY) => {}
                }
            }
        }
    })
}
