//! The read models' rows and checkpoints at one moment: kept, put back, compared byte for byte.

use quittance_projections::Projector;
use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use std::sync::Arc;

pub struct Snapshot {
    tables: Vec<String>,
}

impl Snapshot {
    /// Beside the live rows. Nobody projects meanwhile.
    pub async fn of(admin: &mut PgConnection, projectors: &[Arc<dyn Projector>]) -> Self {
        let read = projectors.iter().flat_map(|p| p.tables()).map(|table| format!("read.{table}"));
        let tables: Vec<String> = read.chain(["ops.checkpoints".to_owned(), "ops.dead_letters".to_owned()]).collect();
        for table in &tables {
            let keep = format!("create table {} as table {table}", kept(table));
            admin.execute(keep.as_str()).await.expect("rows are kept");
        }
        Self { tables }
    }

    /// As if nothing had happened since.
    pub async fn is_put_back(&self, admin: &mut PgConnection) {
        let mut tx = admin.begin().await.expect("a transaction");
        for table in &self.tables {
            let back = format!("delete from {table}; insert into {table} table {}", kept(table));
            tx.execute(back.as_str()).await.expect("rows are put back");
        }
        tx.commit().await.expect("put back");
    }
}

fn kept(table: &str) -> String {
    format!("public.kept_{}", table.replace('.', "_"))
}

/// Every row of every read model, as text, by table.
pub async fn rows(admin: &mut PgConnection, projectors: &[Arc<dyn Projector>]) -> Vec<(&'static str, i64, String)> {
    let mut rows = Vec::new();
    for table in projectors.iter().flat_map(|p| p.tables()) {
        let query = format!("select count(*), coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from read.{table} t");
        let (count, digest) = sqlx::query_as(&query).fetch_one(&mut *admin).await.expect("rows");
        rows.push((*table, count, digest));
    }
    rows
}
