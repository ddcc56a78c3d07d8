//! Watches over a server that may be killed under us, and brings it back.
//!
//! A plain thread, because it must outlive any one async runtime and its work is blocking.

use std::{
    sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use super::error::{Doing, EmbeddedError};

const GLANCE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Dropping it ends the watch and waits for a restart under way.
#[derive(Debug)]
pub(super) struct Supervisor {
    leave: Option<Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Supervisor {
    pub fn watch(
        is_running: impl Fn() -> bool + Send + 'static,
        restart: impl Fn() -> Result<(), EmbeddedError> + Send + 'static,
    ) -> Result<Self, EmbeddedError> {
        let (leave, left) = channel();
        let thread = thread::Builder::new()
            .name("postgres-supervisor".into())
            .spawn(move || keep_running(&left, is_running, restart))
            .doing(|| "starting the supervisor".into())?;
        Ok(Self { leave: Some(leave), thread: Some(thread) })
    }
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        drop(self.leave.take());
        if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
            tracing::error!("the supervisor of PostgreSQL panicked");
        }
    }
}

fn keep_running(left: &Receiver<()>, is_running: impl Fn() -> bool, restart: impl Fn() -> Result<(), EmbeddedError>) {
    let mut pause = GLANCE;
    while left.recv_timeout(pause) == Err(RecvTimeoutError::Timeout) {
        if is_running() {
            pause = GLANCE;
            continue;
        }
        tracing::warn!("PostgreSQL is gone; starting it again");
        pause = match restart() {
            Ok(()) => GLANCE,
            Err(error) => {
                tracing::error!(%error, "PostgreSQL did not come back; trying again");
                (pause * 2).min(LONGEST_PAUSE)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    };

    use super::*;

    #[test]
    fn a_dead_server_is_restarted_until_it_lives() {
        let attempts = Arc::new(AtomicUsize::new(0));
        let (counted, seen) = (attempts.clone(), attempts.clone());
        let supervisor = Supervisor::watch(
            move || seen.load(Ordering::SeqCst) >= 2,
            move || match counted.fetch_add(1, Ordering::SeqCst) {
                0 => Err(EmbeddedError::TaskLost),
                _ => Ok(()),
            },
        )
        .expect("watching");

        thread::sleep(GLANCE * 8);
        drop(supervisor);
        assert_eq!(attempts.load(Ordering::SeqCst), 2);
    }
}
