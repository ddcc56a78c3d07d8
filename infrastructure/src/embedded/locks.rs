//! File locks that order several processes around one server. The kernel drops them however a process ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    thread::sleep,
    time::{Duration, Instant},
};

use super::error::{Doing, EmbeddedError};

fn open(path: &Path) -> Result<File, EmbeddedError> {
    OpenOptions::new().create(true).truncate(false).write(true).open(path).doing(|| format!("opening {}", path.display()))
}

/// Held by one process at a time; released when the file is dropped.
pub(super) fn exclusive(path: &Path, patience: Duration) -> Result<File, EmbeddedError> {
    let file = open(path)?;
    let deadline = Instant::now() + patience;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => sleep(Duration::from_millis(20)),
            Err(TryLockError::WouldBlock) => {
                return Err(EmbeddedError::Locked { path: path.to_owned(), seconds: patience.as_secs() });
            }
            Err(TryLockError::Error(error)) => return Err(error).doing(|| format!("locking {}", path.display())),
        }
    }
}

/// Says "I use this server". Join and leave only while holding the start lock, so that nobody joins as the last one leaves.
#[derive(Debug)]
pub(super) struct Usage {
    file: File,
    path: PathBuf,
}

impl Usage {
    pub fn join(path: &Path) -> Result<Self, EmbeddedError> {
        let file = open(path)?;
        file.lock_shared().doing(|| format!("locking {}", path.display()))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// Whether nobody else uses the server now; we go on using it.
    pub fn is_alone(&self) -> Result<bool, EmbeddedError> {
        let doing = || format!("locking {}", self.path.display());
        self.file.unlock().doing(doing)?;
        let alone = match self.file.try_lock() {
            Ok(()) => true,
            Err(TryLockError::WouldBlock) => false,
            Err(TryLockError::Error(error)) => return Err(error).doing(doing),
        };
        self.file.unlock().doing(doing)?;
        self.file.lock_shared().doing(doing)?;
        Ok(alone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exclusive_lock_is_had_by_one_and_comes_back_when_dropped() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("lock");
        let held = exclusive(&path, Duration::ZERO).expect("free");

        let refused = exclusive(&path, Duration::from_millis(30));
        assert!(matches!(refused, Err(EmbeddedError::Locked { .. })));

        drop(held);
        exclusive(&path, Duration::ZERO).expect("free again");
    }

    #[test]
    fn a_user_knows_whether_it_is_the_last() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let path = directory.path().join("use");
        let first = Usage::join(&path).expect("joined");
        assert!(first.is_alone().expect("asked"));

        let second = Usage::join(&path).expect("joined");
        assert!(!first.is_alone().expect("asked"));
        assert!(!second.is_alone().expect("asked"));

        drop(second);
        assert!(first.is_alone().expect("asked"));
    }
}
