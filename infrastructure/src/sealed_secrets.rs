//! Secrets of tenants that we must be able to say again: kept sealed with a key that the database never sees.
//!
//! ChaCha20-Poly1305 with a random nonce; tenant and id are bound in, so that a row copied elsewhere does not open.

use anyhow::{Context, anyhow, ensure};
use hmac::{Hmac, KeyInit, Mac};
use quittance_domain::ids::{SecretId, TenantId};
use ring::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use sha2::Sha256;

use crate::database::{Database, TenantTx};

/// Shorter keys can be guessed.
pub const KEY_BYTES_MIN: usize = 32;

pub struct SealedSecrets {
    database: Database,
    key: LessSafeKey,
}

impl SealedSecrets {
    pub fn with_key(database: Database, secret: &[u8]) -> anyhow::Result<Self> {
        ensure!(secret.len() >= KEY_BYTES_MIN, "the key of sealed secrets has at least {KEY_BYTES_MIN} bytes");
        let derived = Hmac::<Sha256>::new_from_slice(secret)?.chain_update(b"quittance sealed secrets 1").finalize().into_bytes();
        let key = UnboundKey::new(&CHACHA20_POLY1305, &derived).map_err(|_| anyhow!("the key cannot be used"))?;
        Ok(Self { database, key: LessSafeKey::new(key) })
    }

    /// Durable when it returns: what names the secret is recorded after it.
    pub async fn keep(&self, tenant: TenantId, id: SecretId, secret: &str) -> anyhow::Result<()> {
        let sealed = self.seal(tenant, id, secret.as_bytes())?;
        let mut tx = self.database.keep(tenant).await?;
        let insert = "insert into ops.sealed_secrets (tenant_id, secret_id, sealed) values ($1, $2, $3) on conflict do nothing";
        sqlx::query(insert).bind(tenant.0).bind(id.0).bind(sealed).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    pub async fn forget(&self, tenant: TenantId, id: SecretId) -> anyhow::Result<()> {
        let mut tx = self.database.keep(tenant).await?;
        let delete = "delete from ops.sealed_secrets where tenant_id = $1 and secret_id = $2";
        sqlx::query(delete).bind(tenant.0).bind(id.0).execute(&mut *tx).await?;
        Ok(tx.commit().await?)
    }

    pub async fn open(&self, tenant: TenantId, id: SecretId) -> anyhow::Result<String> {
        let mut tx: TenantTx = self.database.read(tenant).await?;
        let query = "select sealed from ops.sealed_secrets where tenant_id = $1 and secret_id = $2";
        let sealed: Option<Vec<u8>> = sqlx::query_scalar(query).bind(tenant.0).bind(id.0).fetch_optional(&mut *tx).await?;
        let opened = self.unseal(tenant, id, sealed.with_context(|| format!("secret {id} is not kept here"))?)?;
        String::from_utf8(opened).context("a secret is not text")
    }

    fn seal(&self, tenant: TenantId, id: SecretId, secret: &[u8]) -> anyhow::Result<Vec<u8>> {
        let mut nonce = [0u8; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(|e| anyhow!("the system gives no randomness: {e}"))?;
        let mut text = secret.to_vec();
        let sealed = self.key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), bound_to(tenant, id), &mut text);
        sealed.map_err(|_| anyhow!("a secret cannot be sealed"))?;
        Ok([nonce.as_slice(), &text].concat())
    }

    fn unseal(&self, tenant: TenantId, id: SecretId, mut sealed: Vec<u8>) -> anyhow::Result<Vec<u8>> {
        let (nonce, text) = sealed.split_at_mut_checked(NONCE_LEN).context("a sealed secret is cut short")?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| anyhow!("a sealed secret is cut short"))?;
        let opened = self.key.open_in_place(nonce, bound_to(tenant, id), text);
        opened.map(|text| text.to_vec()).map_err(|_| anyhow!("secret {id} was not sealed here: is QUITTANCE_SECRET_KEY the right one?"))
    }
}

fn bound_to(tenant: TenantId, id: SecretId) -> Aad<[u8; 32]> {
    let mut bytes = [0u8; 32];
    bytes[..16].copy_from_slice(tenant.0.as_bytes());
    bytes[16..].copy_from_slice(id.0.as_bytes());
    Aad::from(bytes)
}
