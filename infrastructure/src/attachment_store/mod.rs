//! The bytes of attachments, in an object store: a directory of this machine, or a bucket of a service that speaks S3.
//!
//! Originals that invoices and orders were made from are kept by the write that they belong to, in the database. Attachments
//! are whatever people have, up to 20 MB each: they would fill the database's backups, memory and standbys and nothing is
//! computed from them. So their event has their SHA-256, and this store has them.
//!
//! An object is named by its tenant and its SHA-256: nobody reads another tenant's bytes, not even equal ones. It is durable
//! before the event that names it is written; a crash in between leaves bytes that nothing names, which show nowhere.

mod bucket;

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt;
use std::path::Path as Folder;
use std::sync::Arc;

use anyhow::{Context, ensure};
use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt};
use quittance_domain::ids::TenantId;
use sha2::{Digest, Sha256};
use url::Url;

pub struct AttachmentStore {
    objects: Arc<dyn ObjectStore>,
    location: String,
}

impl AttachmentStore {
    /// `file:///a/directory` or `s3://bucket/prefix`. A bucket's region, address and credentials come from the `AWS_…` variables of
    /// the environment that every client of S3 reads.
    pub fn open(location: &str) -> anyhow::Result<Self> {
        let url = Url::parse(location).with_context(|| format!("{location} is no address of an object store"))?;
        match url.scheme() {
            "file" => Self::in_directory(&url.to_file_path().ok().with_context(|| format!("{location} names no directory"))?),
            "s3" => Ok(Self { objects: bucket::bucket(&url)?, location: location.to_owned() }),
            other => anyhow::bail!("an object store is file:// or s3://, not {other}://"),
        }
    }

    /// Made where it is not there, for this account alone.
    pub fn in_directory(folder: &Folder) -> anyhow::Result<Self> {
        let unusable = || format!("{} cannot be used", folder.display());
        DirBuilder::new().recursive(true).mode(0o700).create(folder).with_context(unusable)?;
        let objects = LocalFileSystem::new_with_prefix(folder).with_context(unusable)?.with_fsync(true);
        Ok(Self { objects: Arc::new(objects), location: folder.display().to_string() })
    }

    pub fn location(&self) -> &str {
        &self.location
    }

    /// Keeps the bytes and answers their SHA-256 in hex; they are durable when it returns. They are written anew where they are
    /// kept already: only of a write of its own does the caller know that it has reached the disk.
    pub async fn keep(&self, tenant: TenantId, bytes: Bytes) -> anyhow::Result<String> {
        let sha256 = fingerprint(bytes.clone()).await?;
        self.objects.put(&place(tenant, &sha256), bytes.into()).await.context("an attachment cannot be kept")?;
        Ok(sha256)
    }

    /// The bytes with this SHA-256, or an error where they are others by now.
    pub async fn fetch(&self, tenant: TenantId, sha256: &str) -> anyhow::Result<Bytes> {
        let found = self.objects.get(&place(tenant, sha256)).await;
        let bytes = found.with_context(|| format!("the attachment {sha256} of {tenant} is not kept here"))?.bytes().await?;
        ensure!(fingerprint(bytes.clone()).await? == sha256, "the attachment {sha256} of {tenant} has been changed in its store");
        Ok(bytes)
    }

    /// Whether what is written can be read again: for the doctor.
    pub async fn tries_out(&self) -> anyhow::Result<()> {
        let (probe, said) = (Path::from("doctor/probe"), Bytes::from_static(b"can this be read again?"));
        self.objects.put(&probe, said.clone().into()).await.context("nothing can be written")?;
        let read = self.objects.get(&probe).await.context("what was written cannot be read")?.bytes().await?;
        self.objects.delete(&probe).await.context("what was written cannot be removed")?;
        ensure!(read == said, "what was written reads otherwise");
        Ok(())
    }
}

/// Two hundred and fifty-six folders a tenant: no directory grows without end.
fn place(tenant: TenantId, sha256: &str) -> Path {
    Path::from_iter([&tenant.to_string(), sha256.get(..2).unwrap_or_default(), sha256])
}

/// Twenty megabytes keep a core busy for a while: not one that others wait on.
async fn fingerprint(bytes: Bytes) -> anyhow::Result<String> {
    Ok(tokio::task::spawn_blocking(move || hex::encode(Sha256::digest(&bytes))).await?)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    const US: TenantId = TenantId(uuid::Uuid::from_u128(1));
    const THEM: TenantId = TenantId(uuid::Uuid::from_u128(2));

    fn store() -> (tempfile::TempDir, AttachmentStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = AttachmentStore::in_directory(&folder.path().join("attachments")).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn equal_bytes_of_two_tenants_are_two_objects() {
        let (_folder, store) = store();
        let paper = Bytes::from_static(b"a delivery note");
        let sha256 = store.keep(US, paper.clone()).await.unwrap();
        assert_eq!(sha256, hex::encode(Sha256::digest(b"a delivery note")));
        assert!(store.fetch(THEM, &sha256).await.is_err());
        assert_eq!(store.keep(THEM, paper.clone()).await.unwrap(), sha256);
        store.objects.delete(&place(US, &sha256)).await.unwrap();
        assert_eq!(store.fetch(THEM, &sha256).await.unwrap(), paper);
    }

    #[tokio::test]
    async fn what_was_changed_in_the_store_is_not_served_and_the_same_file_mends_it() {
        let (_folder, store) = store();
        let paper = Bytes::from_static(b"pay 100");
        let sha256 = store.keep(US, paper.clone()).await.unwrap();
        store.objects.put(&place(US, &sha256), Bytes::from_static(b"pay 900").into()).await.unwrap();
        assert!(store.fetch(US, &sha256).await.unwrap_err().to_string().contains("has been changed"));
        store.keep(US, paper.clone()).await.unwrap();
        assert_eq!(store.fetch(US, &sha256).await.unwrap(), paper);
    }

    #[tokio::test]
    async fn the_directory_is_for_this_account_alone_and_can_be_tried_out() {
        let (folder, store) = store();
        let mode = std::fs::metadata(folder.path().join("attachments")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        store.tries_out().await.unwrap();
    }

    #[test]
    fn an_address_is_a_directory_or_a_bucket() {
        let folder = tempfile::tempdir().unwrap();
        let rows = [
            (format!("file://{}/a", folder.path().display()), true),
            ("s3://papers/of/ours".to_owned(), true),
            ("ftp://papers".to_owned(), false),
            ("/var/lib/papers".to_owned(), false),
        ];
        for (location, verdict) in rows {
            assert_eq!(AttachmentStore::open(&location).is_ok(), verdict, "{location}");
        }
    }
}
