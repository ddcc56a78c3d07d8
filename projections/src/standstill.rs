//! Keeps every process told of what stands still at an event that it cannot take, wherever that was found.

use std::sync::Arc;
use std::time::Duration;

use quittance_infrastructure::database::Database;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::progress::Progress;
use crate::worker::every;

const LOOK_EVERY: Duration = Duration::from_secs(1);

pub fn watch(database: Database, progress: Arc<Progress>, stop: CancellationToken) -> JoinHandle<()> {
    every("standstill", LOOK_EVERY, Arc::new((database, progress)), stop, |watched| async move {
        let (database, progress) = &*watched;
        progress.stands_still(database.standing_still().await?);
        Ok(())
    })
}
