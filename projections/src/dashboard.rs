//! The figures of the first page: what is there, what is due, what waits for whom.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use quittance_domain::ids::UserId;
use quittance_domain::invoice::{DocumentKind, InvoiceStatus};
use quittance_domain::terms::AgreedTerms;
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::Serialize;
use sqlx::types::Json;
use utoipa::ToSchema;

use crate::word::Word;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Dashboard {
    pub today: NaiveDate,
    pub invoices: Vec<StatusTotal>,
    /// Open instalments that are due from today to six days from now.
    pub due_this_week: Vec<CountedSum>,
    /// Open instalments that were due before today.
    pub overdue: Vec<CountedSum>,
    /// Settled less returned in this calendar month, by value date.
    pub paid_this_month: Vec<CountedSum>,
    /// Running approvals that wait for the caller's decision.
    pub awaiting_my_approval: i64,
    /// Running approvals that nobody left may decide.
    pub stuck_approvals: i64,
    pub payments_to_authorise: i64,
    pub items_low: i64,
}

/// How many invoices stand where, and what they are still owed; credit notes count negative.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct StatusTotal {
    pub status: InvoiceStatus,
    pub count: i64,
    pub payable: Money,
    pub open: Money,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CountedSum {
    pub count: i64,
    pub amount: Money,
}

/// The figures as they are now, for one person. `today` is the date at the edge.
pub async fn dashboard(tx: &mut TenantTx, me: UserId, today: NaiveDate) -> sqlx::Result<Dashboard> {
    let week_end = today.checked_add_days(Days::new(6)).unwrap_or(today);
    let month_start = today.with_day(1).unwrap_or(today);
    let mine = "select count(*) from approvals where tenant_id = $1 and status = 'running' and waiting_for @> $2";
    let tenant = tx.tenant();
    let parts = parts(tx).await?;
    Ok(Dashboard {
        today,
        invoices: by_status(tx).await?,
        due_this_week: due(tx, &parts, Some(today), week_end).await?,
        overdue: due(tx, &parts, None, today.pred_opt().unwrap_or(today)).await?,
        paid_this_month: paid(tx, month_start, today).await?,
        awaiting_my_approval: sqlx::query_scalar(mine).bind(tenant.0).bind(Json([me])).fetch_one(&mut **tx).await?,
        stuck_approvals: count(tx, "select count(*) from approvals where tenant_id = $1 and status = 'stuck'").await?,
        payments_to_authorise: count(tx, "select count(*) from payments where tenant_id = $1 and status = 'planned'").await?,
        items_low: count(tx, "select count(*) from stock where tenant_id = $1 and low").await?,
    })
}

async fn count(tx: &mut TenantTx, query: &'static str) -> sqlx::Result<i64> {
    let tenant = tx.tenant();
    sqlx::query_scalar(query).bind(tenant.0).fetch_one(&mut **tx).await
}

async fn by_status(tx: &mut TenantTx) -> sqlx::Result<Vec<StatusTotal>> {
    let query = "select status, currency, count(*) as count, sum(case kind when 'credit_note' then -payable else payable end) as payable, \
                        sum(case kind when 'credit_note' then -open else open end) as open \
                 from invoices where tenant_id = $1 group by status, currency order by status, currency";
    let tenant = tx.tenant();
    let rows: Vec<StatusSum> = sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await?;
    Ok(rows.into_iter().map(StatusTotal::from).collect())
}

#[derive(sqlx::FromRow)]
struct StatusSum {
    status: Word<InvoiceStatus>,
    currency: Word<Currency>,
    count: i64,
    payable: Decimal,
    open: Decimal,
}

impl From<StatusSum> for StatusTotal {
    fn from(sum: StatusSum) -> Self {
        let money = |amount| Money::rounded(amount, sum.currency.0);
        Self { status: sum.status.0, count: sum.count, payable: money(sum.payable), open: money(sum.open) }
    }
}

/// What is left of an instalment; below zero of a credit.
struct Part {
    due_date: NaiveDate,
    left: Money,
}

/// Kind, currency, what is settled of it, and when its parts fall due.
type InParts = (Word<DocumentKind>, Word<Currency>, Decimal, Json<AgreedTerms>);

/// Of what is open and falls due in several parts: few invoices among many, found by an index of their own.
async fn parts(tx: &mut TenantTx) -> sqlx::Result<Vec<Part>> {
    let query = "select kind, currency, payable - open, terms from invoices \
                 where tenant_id = $1 and open <> 0 and terms #> '{instalments,1}' is not null and payable >= 0 and status not in ('rejected', 'voided')";
    let tenant = tx.tenant();
    let found: Vec<InParts> = sqlx::query_as(query).bind(tenant.0).fetch_all(&mut **tx).await?;
    let parts = found.iter().flat_map(|(kind, currency, settled, terms)| {
        let left = terms.left_of_parts(Money::rounded(*settled, currency.0)).into_iter().map(|(_, part)| part);
        let signed = |left: Money| if kind.0 == DocumentKind::CreditNote { left.negated() } else { left };
        left.filter(|part| !part.amount.is_zero()).map(move |part| Part { due_date: part.due_date, left: signed(part.amount) })
    });
    Ok(parts.collect())
}

/// What is open and counts, due up to a date, and from another where it is given; both inclusive. As ageing has it: an invoice in parts
/// is due part after part.
async fn due(tx: &mut TenantTx, parts: &[Part], from: Option<NaiveDate>, to: NaiveDate) -> sqlx::Result<Vec<CountedSum>> {
    let query = "select currency, count(*), sum(case kind when 'credit_note' then -open else open end) from invoices \
                 where tenant_id = $1 and ($2::date is null or due_date >= $2) and due_date <= $3 and open <> 0 and status not in ('rejected', 'voided') \
                   and (terms #> '{instalments,1}' is null or payable < 0) \
                 group by currency order by currency";
    let tenant = tx.tenant();
    let whole = counted(sqlx::query_as(query).bind(tenant.0).bind(from).bind(to).fetch_all(&mut **tx).await?)?;
    let mut sums: BTreeMap<&str, CountedSum> = whole.into_iter().map(|sum| (sum.amount.currency().code(), sum)).collect();
    for Part { left, .. } in parts.iter().filter(|part| from.is_none_or(|from| part.due_date >= from) && part.due_date <= to) {
        let none = || CountedSum { count: 0, amount: Money::zero(left.currency()) };
        let sum = sums.entry(left.currency().code()).or_insert_with(none);
        sum.count += 1;
        sum.amount = Money::rounded(sum.amount.amount() + left.amount(), left.currency());
    }
    Ok(sums.into_values().collect())
}

async fn paid(tx: &mut TenantTx, from: NaiveDate, to: NaiveDate) -> sqlx::Result<Vec<CountedSum>> {
    let query = "select currency, count(distinct position) filter (where kind = 'settled'), -sum(amount) from payable_facts \
                 where tenant_id = $1 and kind in ('settled', 'returned') and effective_date between $2 and $3 \
                 group by currency order by currency";
    let tenant = tx.tenant();
    counted(sqlx::query_as(query).bind(tenant.0).bind(from).bind(to).fetch_all(&mut **tx).await?)
}

fn counted(rows: Vec<(Word<Currency>, i64, Decimal)>) -> sqlx::Result<Vec<CountedSum>> {
    Ok(rows.into_iter().map(|(currency, count, sum)| CountedSum { count, amount: Money::rounded(sum, currency.0) }).collect())
}
