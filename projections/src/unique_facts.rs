//! The unique facts that are held must be those that the events give: one too few and something could be there twice, one too
//! many and something could never come again.
//!
//! Aggregates are folded one after the other, so that no more than one state and one event is in memory.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use futures::TryStreamExt;
use quittance_domain::{Claim, ClaimChange};
use quittance_infrastructure::database::TenantTx;
use uuid::Uuid;

use crate::logged;
use crate::logged::{Folding, Kind, Logged};

const PAGE: i64 = 2_000;
/// Facts that are looked up at once.
const ASKED_MAX: usize = 5_000;

type Fact = (String, Option<NaiveDate>);

/// What does not agree, in words. A fact's key may be a bank account: only its kind is told.
pub async fn differences(tx: &mut TenantTx, read: &dyn Fn(u64)) -> anyhow::Result<Vec<String>> {
    let mut check = Check::default();
    loop {
        let query = logged!("(aggregate_id, sequence) > ($2, $3) order by aggregate_id, sequence limit $4");
        let (id, sequence) = check.last;
        let page = sqlx::query_as::<_, Logged>(query).bind(tx.tenant().0).bind(id).bind(sequence).bind(PAGE);
        let (mut page, mut events) = (page.fetch(&mut **tx), 0);
        while let Some(event) = page.try_next().await? {
            check.event(&event)?;
            events += 1;
        }
        drop(page);
        read(events);
        if check.given.len() >= ASKED_MAX {
            check.ask(tx).await?;
        }
        if events < PAGE as u64 {
            return check.end(tx).await;
        }
    }
}

#[derive(Default)]
struct Check {
    /// Of the last event that was read.
    last: (Uuid, i64),
    state: Option<Box<dyn Folding>>,
    /// What the aggregate at hand holds so far.
    holds: BTreeSet<Fact>,
    /// What whole aggregates hold, not looked up yet.
    given: Vec<(Fact, Uuid)>,
    /// How many have been looked up.
    asked: i64,
    found: Vec<String>,
}

impl Check {
    fn event(&mut self, event: &Logged) -> anyhow::Result<()> {
        if event.aggregate_id != self.last.0 {
            self.aggregate_ends();
        }
        let state = match &mut self.state {
            Some(state) => state,
            none => none.insert(Kind::named(&event.aggregate_type)?.folding()),
        };
        for change in state.on(event)? {
            let (ClaimChange::Take(claim) | ClaimChange::Release(claim)) = &change;
            let Claim { key, on, .. } = claim.clone();
            match change {
                ClaimChange::Take(_) => self.holds.insert((key, on)),
                ClaimChange::Release(_) => self.holds.remove(&(key, on)),
            };
        }
        self.last = (event.aggregate_id, event.sequence);
        Ok(())
    }

    fn aggregate_ends(&mut self) {
        let holder = self.last.0;
        self.given.extend(std::mem::take(&mut self.holds).into_iter().map(|fact| (fact, holder)));
        self.state = None;
    }

    /// Looks up what whole aggregates hold.
    async fn ask(&mut self, tx: &mut TenantTx) -> anyhow::Result<()> {
        let query = "select split_part(w.key, '|', 1), w.holder from unnest($2::text[], $3::date[], $4::uuid[]) as w (key, on_date, holder) \
                     where not exists (select from es.unique_keys k where k.tenant_id = $1 and k.key = w.key \
                                          and k.on_date = coalesce(w.on_date, '-infinity') and k.aggregate_id = w.holder)";
        let given = std::mem::take(&mut self.given);
        self.asked += given.len() as i64;
        let holders: Vec<Uuid> = given.iter().map(|(_, holder)| *holder).collect();
        let (keys, days): (Vec<String>, Vec<Option<NaiveDate>>) = given.into_iter().map(|(fact, _)| fact).unzip();
        let query = sqlx::query_as(query).bind(tx.tenant().0).bind(keys).bind(days).bind(holders);
        let missing: Vec<(String, Uuid)> = query.fetch_all(&mut **tx).await?;
        self.asked -= missing.len() as i64;
        self.found.extend(missing.into_iter().map(|(kind, holder)| format!("{holder} should hold a unique fact ({kind}) and does not")));
        Ok(())
    }

    async fn end(mut self, tx: &mut TenantTx) -> anyhow::Result<Vec<String>> {
        self.aggregate_ends();
        self.ask(tx).await?;
        let query = "select count(*) from es.unique_keys where tenant_id = $1";
        let held: i64 = sqlx::query_scalar(query).bind(tx.tenant().0).fetch_one(&mut **tx).await?;
        // All that the events give has been found: what is held beside it is too much.
        if held != self.asked {
            self.found.push(format!("{} unique facts are held that no event gives", held - self.asked));
        }
        Ok(self.found)
    }
}
