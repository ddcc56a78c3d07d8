//! Rows of a read model, read and written set by set: one statement a table and batch, whatever the number of events.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;

use quittance_infrastructure::database::TenantTx;
use sqlx::postgres::{PgArguments, PgHasArrayType, PgRow};
use sqlx::query::Query;
use sqlx::{Encode, FromRow, Postgres, Type};

use crate::projector::ProjectionError;

/// One row of a tenant's read model. Made by [`row!`](crate::row).
pub trait Row: Clone + Send + Sync + Unpin + for<'r> FromRow<'r, PgRow> + 'static {
    type Key: Clone + Eq + Hash + Send + Sync + Type<Postgres> + PgHasArrayType + for<'q> Encode<'q, Postgres> + 'static;
    const TABLE: &'static str;
    /// The first column is the key; `tenant_id` goes before it and is not listed.
    const COLUMNS: &'static [&'static str];

    fn key(&self) -> Self::Key;
    fn bind<'q>(rows: &'q [&'q Self], query: Query<'q, Postgres, PgArguments>) -> Query<'q, Postgres, PgArguments>;
}

/// Rows kept between batches at most, per read model and tenant.
const REMEMBERED_MAX: usize = 20_000;
/// Rows written by one statement at most.
const WRITTEN_MAX: usize = 5_000;

/// What is known of a table's rows, and what has changed since they were last written.
pub struct Rows<R: Row> {
    known: HashMap<R::Key, R>,
    changed: HashSet<R::Key>,
}

impl<R: Row> Default for Rows<R> {
    fn default() -> Self {
        Self { known: HashMap::new(), changed: HashSet::new() }
    }
}

impl<R: Row> Rows<R> {
    /// Reads those of `keys` that are not known yet.
    pub async fn fetch(&mut self, tx: &mut TenantTx, keys: impl IntoIterator<Item = R::Key>) -> Result<(), ProjectionError> {
        let missing: HashSet<R::Key> = keys.into_iter().filter(|key| !self.known.contains_key(key)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let sql = format!("select {} from {} where tenant_id = $1 and {} = any ($2)", R::COLUMNS.join(", "), R::TABLE, R::COLUMNS[0]);
        let keys: Vec<R::Key> = missing.into_iter().collect();
        let tenant = tx.tenant();
        let rows: Vec<R> = sqlx::query_as(&sql).bind(tenant.0).bind(&keys).fetch_all(&mut **tx).await?;
        self.known.extend(rows.into_iter().map(|row| (row.key(), row)));
        Ok(())
    }

    /// All that is known, in no order.
    pub fn into_known(self) -> impl Iterator<Item = R> {
        self.known.into_values()
    }

    pub fn get(&self, key: &R::Key) -> Option<&R> {
        self.known.get(key)
    }

    /// A row to change; it will be written.
    pub fn change(&mut self, key: &R::Key) -> Option<&mut R> {
        let row = self.known.get_mut(key)?;
        self.changed.insert(key.clone());
        Some(row)
    }

    pub fn put(&mut self, row: R) {
        let key = row.key();
        self.changed.insert(key.clone());
        self.known.insert(key, row);
    }

    /// Writes what has changed.
    pub async fn flush(&mut self, tx: &mut TenantTx) -> Result<(), ProjectionError> {
        let changed: Vec<&R> = self.changed.iter().filter_map(|key| self.known.get(key)).collect();
        let sql = upsert::<R>();
        let tenant = tx.tenant();
        for rows in changed.chunks(WRITTEN_MAX) {
            R::bind(rows, sqlx::query(&sql).bind(tenant.0)).execute(&mut **tx).await?;
        }
        self.changed.clear();
        if self.known.len() > REMEMBERED_MAX {
            self.known.clear();
        }
        Ok(())
    }

    /// Writes `rows` and remembers nothing: for rows that no later event changes, or changes as a whole.
    pub async fn write(&mut self, tx: &mut TenantTx, rows: impl IntoIterator<Item = R>) -> Result<(), ProjectionError> {
        rows.into_iter().for_each(|row| self.put(row));
        self.flush_and_forget(tx).await
    }

    /// Writes what has changed and remembers nothing: for rows that are written once.
    pub async fn flush_and_forget(&mut self, tx: &mut TenantTx) -> Result<(), ProjectionError> {
        self.flush(tx).await?;
        self.known.clear();
        Ok(())
    }
}

fn upsert<R: Row>() -> String {
    let columns = R::COLUMNS.join(", ");
    let arrays: Vec<String> = (2..R::COLUMNS.len() + 2).map(|n| format!("${n}")).collect();
    let updates: Vec<String> = R::COLUMNS[1..].iter().map(|c| format!("{c} = excluded.{c}")).collect();
    let action = if updates.is_empty() { "nothing".to_owned() } else { format!("update set {}", updates.join(", ")) };
    format!(
        "insert into {} (tenant_id, {columns}) select $1, u.* from unnest({}) u on conflict (tenant_id, {}) do {action}",
        R::TABLE,
        arrays.join(", "),
        R::COLUMNS[0]
    )
}

/// Declares a row: the struct, its table, and how it is read and written. The first field is the key within the tenant.
///
/// Fields are anything that Postgres has arrays of; structured values go in as `sqlx::types::Json<_>` (`jsonb`).
#[macro_export]
macro_rules! row {
    ($(#[$meta:meta])* $vis:vis struct $name:ident in $table:literal { $(#[$key_meta:meta])* $key:ident: $key_type:ty, $($(#[$field_meta:meta])* $field:ident: $type:ty),* $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
        $vis struct $name {
            $(#[$key_meta])* pub $key: $key_type,
            $($(#[$field_meta])* pub $field: $type,)*
        }

        impl $crate::rows::Row for $name {
            type Key = $key_type;
            const TABLE: &'static str = $table;
            const COLUMNS: &'static [&'static str] = &[stringify!($key), $(stringify!($field)),*];

            fn key(&self) -> $key_type {
                self.$key.clone()
            }

            fn bind<'q>(rows: &'q [&'q Self], query: sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>) -> sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments> {
                query
                    .bind(rows.iter().map(|row| &row.$key).collect::<Vec<_>>())
                    $(.bind(rows.iter().map(|row| &row.$field).collect::<Vec<_>>()))*
            }
        }
    };
}
