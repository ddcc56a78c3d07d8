//! The secrets of the server itself, which sign decision links and proofs of payment, and seal what tenants entrust to it: set, or
//! made once and kept beside the database of the sandbox. The database sees none of them.

use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::Context;
use quittance_infrastructure::database::Database;
use quittance_infrastructure::decision_links::{DecisionLinks, SECRET_BYTES_MIN};
use quittance_infrastructure::sealed_secrets::SealedSecrets;
use quittance_infrastructure::signed_documents::{SigningKeys, new_key};
use tempfile::NamedTempFile;

use crate::settings::Settings;

const LINK_SECRET: &str = "link-secret";
const SECRET_KEY: &str = "secret-key";
const SIGNING_KEY: &str = "signing-key.pem";

pub fn decision_links(settings: &Settings) -> anyhow::Result<DecisionLinks> {
    match &settings.link_secret {
        Some(secret) => DecisionLinks::with_secret(secret.as_bytes()),
        None => DecisionLinks::with_secret(&kept(&settings.state, LINK_SECRET, secret)?),
    }
}

pub fn sealed_secrets(settings: &Settings, database: Database) -> anyhow::Result<SealedSecrets> {
    match &settings.secret_key {
        Some(key) => SealedSecrets::with_key(database, key.as_bytes()),
        None => SealedSecrets::with_key(database, &kept(&settings.state, SECRET_KEY, secret)?),
    }
}

/// What proofs of payment are signed with, and what they have been signed with before.
pub fn signing_keys(settings: &Settings) -> anyhow::Result<SigningKeys> {
    match &settings.signing_key {
        Some(path) => signing_keys_in(path),
        None => SigningKeys::from_pem(&kept(&settings.state, SIGNING_KEY, || Ok(new_key()?.into_bytes()))?),
    }
}

/// Refuses a file that everybody on the machine may read: who reads it signs in the server's name.
pub fn signing_keys_in(path: &Path) -> anyhow::Result<SigningKeys> {
    let unreadable = || format!("the signing key {} cannot be read", path.display());
    let mode = std::fs::metadata(path).with_context(unreadable)?.permissions().mode();
    anyhow::ensure!(mode & 0o007 == 0, "everybody may read the signing key {}: take that right away (chmod o-rwx)", path.display());
    SigningKeys::from_pem(&std::fs::read(path).with_context(unreadable)?).with_context(unreadable)
}

fn secret() -> anyhow::Result<Vec<u8>> {
    let mut secret = vec![0u8; SECRET_BYTES_MIN];
    getrandom::fill(&mut secret).map_err(|e| anyhow::anyhow!("the system gives no randomness: {e}"))?;
    Ok(secret)
}

/// Whoever comes first makes it; everybody reads the same, and nobody half of it.
fn kept(state: &Path, name: &str, make: impl FnOnce() -> anyhow::Result<Vec<u8>>) -> anyhow::Result<Vec<u8>> {
    let path = state.join(name);
    if let Some(kept) = found(&path)? {
        return Ok(kept);
    }
    let unmade = || format!("{} cannot be made", path.display());
    std::fs::create_dir_all(state).with_context(unmade)?;
    // Readable by its owner alone from the first byte on.
    let mut file = NamedTempFile::new_in(state).with_context(unmade)?;
    file.write_all(&make()?)?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(&path) {
        Err(error) if error.error.kind() != ErrorKind::AlreadyExists => Err(error.error).with_context(unmade),
        _ => found(&path)?.with_context(unmade),
    }
}

fn found(path: &Path) -> anyhow::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("{} cannot be read", path.display())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Given;

    #[test]
    fn a_secret_is_made_once_and_read_by_its_owner_alone() {
        let state = tempfile::tempdir().unwrap();
        let first = kept(state.path(), LINK_SECRET, secret).unwrap();
        assert_eq!((kept(state.path(), LINK_SECRET, secret).unwrap(), first.len()), (first, 32));
        let mode = std::fs::metadata(state.path().join(LINK_SECRET)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(state.path()).unwrap().count(), 1, "nothing else is left there");
    }

    #[test]
    fn of_many_who_come_first_all_read_one_secret() {
        let state = tempfile::tempdir().unwrap();
        let all: Vec<_> = std::thread::scope(|scope| {
            let started: Vec<_> = (0..8).map(|_| scope.spawn(|| kept(state.path(), SECRET_KEY, secret).unwrap())).collect();
            started.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(all.windows(2).all(|pair| pair[0] == pair[1]));
    }

    #[test]
    fn the_signing_key_is_the_same_at_each_start_and_none_that_everybody_may_read() {
        let state = tempfile::tempdir().unwrap();
        let given = Given { state: Some(state.path().to_owned()), ..Given::default() };
        let settings = Settings::resolve(given).unwrap();
        let kid = signing_keys(&settings).unwrap().kid();
        assert_eq!(signing_keys(&settings).unwrap().kid(), kid);
        let path = state.path().join(SIGNING_KEY);
        let stated = Settings { signing_key: Some(path.clone()), state: "/nowhere".into(), ..settings };
        assert_eq!(signing_keys(&stated).unwrap().kid(), kid);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o604)).unwrap();
        assert!(signing_keys(&stated).is_err());
    }
}
