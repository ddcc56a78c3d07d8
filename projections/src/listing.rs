//! Lists of rows: the conditions that were asked for, a keyset instead of an offset.
//!
//! The SQL is put together from literals only; every value is bound. What was not asked for is not in the statement,
//! so that an index can serve what was.

use std::fmt::Display;
use std::marker::PhantomData;

use quittance_infrastructure::database::TenantTx;
use serde::Serialize;
use sqlx::postgres::PgRow;
use sqlx::{Encode, FromRow, Postgres, QueryBuilder, Type, TypeInfo};
use uuid::Uuid;

use crate::page::{Cursor, Page, PageOf, QueryError, list_name};
use crate::rows::Row;

/// A way to order a list: the column, its type, and its value of a row as text.
pub(crate) struct Sort<R> {
    pub name: &'static str,
    pub column: &'static str,
    pub cast: &'static str,
    pub key: fn(&R) -> String,
}

/// Part of a list of rows, before they become what is answered.
pub(crate) struct Found<R> {
    pub rows: Vec<R>,
    pub next_cursor: Option<String>,
}

impl<R> Found<R> {
    pub fn map<T: utoipa::ToSchema>(self, each: impl FnMut(R) -> T) -> PageOf<T> {
        PageOf { data: self.rows.into_iter().map(each).collect(), next_cursor: self.next_cursor }
    }
}

pub(crate) struct Listing<'a, R: Row> {
    query: QueryBuilder<'a, Postgres>,
    row: PhantomData<R>,
}

impl<'a, R: Row<Key: Display>> Listing<'a, R> {
    pub fn of(tx: &TenantTx) -> Self {
        Self::selecting(tx, &R::COLUMNS.join(", "))
    }

    /// Figures of the rows instead of the rows themselves: for [`Self::sums`].
    pub fn selecting(tx: &TenantTx, columns: &str) -> Self {
        let mut query = QueryBuilder::new(format!("select {columns} from {} where tenant_id = ", R::TABLE));
        query.push_bind(tx.tenant().0);
        Self { query, row: PhantomData }
    }

    /// Keeps the rows of which `condition` holds, with `value` for its `?`; all where there is no value.
    pub fn when<V: Encode<'a, Postgres> + Type<Postgres> + Send + 'a>(mut self, condition: &'static str, value: Option<V>) -> Self {
        if let Some(value) = value {
            let (before, after) = condition.split_once('?').unwrap_or((condition, ""));
            self.query.push(" and ").push(before).push_bind(value).push(after);
        }
        self
    }

    /// One line for each `group`.
    pub async fn sums<O>(mut self, tx: &mut TenantTx, group: &'static str) -> sqlx::Result<Vec<O>>
    where
        O: for<'r> FromRow<'r, PgRow> + Send + Unpin,
    {
        self.query.push(format!(" group by {group} order by {group}"));
        self.query.build_query_as().fetch_all(&mut **tx).await
    }

    /// The first of `sorts` is the order where the page names none.
    pub async fn page(
        mut self,
        tx: &mut TenantTx,
        sorts: &[Sort<R>],
        filter: &impl Serialize,
        page: &Page,
    ) -> Result<Found<R>, QueryError> {
        let (sort, down) = chosen(sorts, page.sort.as_deref())?;
        let list = list_name(R::TABLE, filter, &format!("{}{}", if down { "-" } else { "" }, sort.name));
        let id_type = <R::Key as Type<Postgres>>::type_info().name().to_lowercase();
        let (than, direction) = if down { ("<", "desc") } else { (">", "asc") };
        if let Some(cursor) = &page.cursor {
            let (key, id) = Cursor::decode(cursor, &list)?;
            self.query.push(format!(" and ({}, {}) {than} (", sort.column, R::COLUMNS[0]));
            self.query.push_bind(key).push(format!("::text::{}, ", sort.cast));
            self.query.push_bind(id).push(format!("::text::{id_type})"));
        }
        self.query.push(format!(" order by {} {direction}, {} {direction} limit ", sort.column, R::COLUMNS[0]));
        self.query.push_bind(page.limit() as i64 + 1);
        let mut rows: Vec<R> = self.query.build_query_as().fetch_all(&mut **tx).await?;
        let more = rows.len() > page.limit();
        rows.truncate(page.limit());
        let last = rows.last().filter(|_| more);
        let next_cursor = last.map(|row| Cursor::new((sort.key)(row), row.key().to_string(), &list).encode());
        Ok(Found { rows, next_cursor })
    }
}

fn chosen<'s, R>(sorts: &'s [Sort<R>], asked: Option<&str>) -> Result<(&'s Sort<R>, bool), QueryError> {
    let asked = asked.unwrap_or(sorts[0].name);
    let (name, down) = asked.strip_prefix('-').map_or((asked, false), |name| (name, true));
    let known = || sorts.iter().map(|s| s.name).collect::<Vec<_>>().join(", ");
    let sort = sorts.iter().find(|s| s.name == name);
    sort.map(|sort| (sort, down)).ok_or_else(|| QueryError::SortUnknown { given: asked.to_owned(), known: known() })
}

/// The rows of which `condition` holds for one of `keys`, which it calls `$2`.
pub(crate) async fn rows_where<R: Row>(tx: &mut TenantTx, condition: &'static str, keys: Vec<Uuid>) -> sqlx::Result<Vec<R>> {
    let sql = format!("select {} from {} where tenant_id = $1 and {condition}", R::COLUMNS.join(", "), R::TABLE);
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(keys).fetch_all(&mut **tx).await
}

/// One row by its key.
pub(crate) async fn find<R: Row>(tx: &mut TenantTx, key: R::Key) -> sqlx::Result<Option<R>> {
    let sql = format!("select {} from {} where tenant_id = $1 and {} = $2", R::COLUMNS.join(", "), R::TABLE, R::COLUMNS[0]);
    let tenant = tx.tenant();
    sqlx::query_as(&sql).bind(tenant.0).bind(key).fetch_optional(&mut **tx).await
}
