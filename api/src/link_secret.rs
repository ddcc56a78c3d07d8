//! The secrets of the server itself, which sign decision links and seal what tenants entrust to it: set, or made once and
//! kept beside the database of the sandbox.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use anyhow::Context;
use quittance_infrastructure::database::Database;
use quittance_infrastructure::decision_links::{DecisionLinks, SECRET_BYTES_MIN};
use quittance_infrastructure::sealed_secrets::SealedSecrets;

use crate::settings::Settings;

const LINK_SECRET: &str = "link-secret";
const SECRET_KEY: &str = "secret-key";

pub fn decision_links(settings: &Settings) -> anyhow::Result<DecisionLinks> {
    match &settings.link_secret {
        Some(secret) => DecisionLinks::with_secret(secret.as_bytes()),
        None => DecisionLinks::with_secret(&kept(&settings.state, LINK_SECRET)?),
    }
}

pub fn sealed_secrets(settings: &Settings, database: Database) -> anyhow::Result<SealedSecrets> {
    match &settings.secret_key {
        Some(key) => SealedSecrets::with_key(database, key.as_bytes()),
        None => SealedSecrets::with_key(database, &kept(&settings.state, SECRET_KEY)?),
    }
}

/// Whoever comes first makes it; everybody reads the same.
fn kept(state: &Path, name: &str) -> anyhow::Result<Vec<u8>> {
    std::fs::create_dir_all(state).with_context(|| format!("{} cannot be made", state.display()))?;
    let path = state.join(name);
    match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path) {
        Ok(mut file) => {
            let mut secret = [0u8; SECRET_BYTES_MIN];
            getrandom::fill(&mut secret).map_err(|e| anyhow::anyhow!("the system gives no randomness: {e}"))?;
            file.write_all(&secret)?;
            file.sync_all()?;
            Ok(secret.to_vec())
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(std::fs::read(&path)?),
        Err(error) => Err(error).with_context(|| format!("{} cannot be made", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_made_once_and_read_by_its_owner_alone() {
        use std::os::unix::fs::PermissionsExt;
        let state = tempfile::tempdir().unwrap();
        let first = kept(state.path(), LINK_SECRET).unwrap();
        assert_eq!((kept(state.path(), LINK_SECRET).unwrap(), first.len()), (first, 32));
        let mode = std::fs::metadata(state.path().join(LINK_SECRET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
