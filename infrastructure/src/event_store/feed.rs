//! What has been committed in this process, and that others have rung: the first and fastest of the wake-ups. A hint, never the
//! truth.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use quittance_domain::ids::TenantId;
use tokio::sync::watch;

#[derive(Default)]
pub struct CommitFeed {
    heads: Mutex<HashMap<TenantId, i64>>,
    /// What was committed here.
    commits: watch::Sender<u64>,
    /// The same, and what other processes rang for.
    changes: watch::Sender<u64>,
}

impl CommitFeed {
    pub(super) fn committed(&self, heads: impl IntoIterator<Item = (TenantId, i64)>) {
        let mut known = self.heads.lock().unwrap_or_else(PoisonError::into_inner);
        for (tenant, position) in heads {
            let head = known.entry(tenant).or_default();
            *head = position.max(*head);
        }
        drop(known);
        self.commits.send_modify(|n| *n = n.wrapping_add(1));
        self.rung();
    }

    /// Another process has committed something, of whichever tenant.
    pub(super) fn rung(&self) {
        self.changes.send_modify(|n| *n = n.wrapping_add(1));
    }

    pub(super) fn commits(&self) -> watch::Receiver<u64> {
        self.commits.subscribe()
    }

    /// The head of every tenant that this process has written to.
    pub fn heads(&self) -> Vec<(TenantId, i64)> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).iter().map(|(t, p)| (*t, *p)).collect()
    }

    pub fn head(&self, tenant: TenantId) -> Option<i64> {
        self.heads.lock().unwrap_or_else(PoisonError::into_inner).get(&tenant).copied()
    }

    /// Changes whenever something was committed, here or, as far as it is heard, in another process.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}
