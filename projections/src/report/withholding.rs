//! Withholding certificates: what was kept back from each vendor in a period, under which code, on what, and what came back of it.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use quittance_domain::ids::{InvoiceId, PaymentId, VendorId};
use quittance_domain::{Currency, Money};
use quittance_infrastructure::database::TenantTx;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use sqlx::types::Json;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::invoice::{PaidWithholding, PayableFactKind};
use crate::known_name::named_as_known;
use crate::page::QueryError;
use crate::word::Word;

#[derive(Clone, Debug, Serialize, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WithholdingFilter {
    /// Value dates of the payments from this day on.
    pub from: NaiveDate,
    /// The last of them.
    pub to: NaiveDate,
    /// What was recorded by then; everything where absent.
    pub known_at: Option<DateTime<Utc>>,
    /// This vendor's alone, with the payments that add up to it.
    pub vendor_id: Option<VendorId>,
    /// Of this code alone.
    pub code: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WithholdingReport {
    pub from: NaiveDate,
    pub to: NaiveDate,
    pub known_at: Option<DateTime<Utc>>,
    pub certificates: Vec<WithholdingCertificate>,
}

/// What one vendor is to be certified: one code, rate and currency.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WithholdingCertificate {
    pub vendor_id: VendorId,
    pub vendor_name: Option<String>,
    pub code: String,
    /// As the code was last called.
    pub name: String,
    #[schema(value_type = String)]
    pub percent: Decimal,
    /// What was settled: transfers and tax.
    pub settled: Money,
    /// The part of that without value added tax.
    pub base: Money,
    pub tax: Money,
    /// How often tax was kept back, or given back.
    pub movements: i64,
    /// The payments that add up to it; where one vendor is asked about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lines: Option<Vec<WithholdingLine>>,
    /// The same with its lines.
    pub explained_by: String,
}

/// What one payment kept back of one invoice; below zero where it came back.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct WithholdingLine {
    pub payment_id: PaymentId,
    pub invoice_id: InvoiceId,
    pub invoice_number: Option<String>,
    pub value_date: NaiveDate,
    pub settled: Money,
    pub base: Money,
    pub tax: Money,
}

#[derive(sqlx::FromRow)]
struct Found {
    vendor_id: Uuid,
    vendor_name: Option<String>,
    code: String,
    name: String,
    percent: Decimal,
    currency: Word<Currency>,
    settled: Decimal,
    base: Decimal,
    tax: Decimal,
    movements: i64,
}

const WANTED: &str = "\
    f.tenant_id = $1 and f.withholding is not null and f.effective_date between $2 and $3 and ($4::timestamptz is null or f.recorded_at <= $4) \
    and ($5::uuid is null or f.vendor_id = $5) and ($6::text is null or f.withholding->>'code' = $6)";

/// What came back counts against what was kept back.
const SIGN: &str = "case f.kind when 'withheld' then 1 else -1 end";

macro_rules! wanted {
    ($sql:expr, $tx:expr, $filter:expr) => {
        sqlx::query_as($sql)
            .bind($tx.tenant().0)
            .bind($filter.from)
            .bind($filter.to)
            .bind($filter.known_at)
            .bind($filter.vendor_id.map(Uuid::from))
            .bind($filter.code.as_deref())
    };
}

/// The movements are found by an index of their own; names are looked up once a certificate, not once a movement.
pub async fn withholding(tx: &mut TenantTx, filter: &WithholdingFilter) -> Result<WithholdingReport, QueryError> {
    let sums = format!(
        "select s.*, (select v.name from vendors v where v.tenant_id = $1 and v.vendor_id = s.vendor_id) as vendor_name from \
           (select f.vendor_id, f.withholding->>'code' as code, max(f.withholding->>'name') as name, (f.withholding->>'percent')::numeric as percent, f.currency, \
                   sum({SIGN} * (f.withholding#>>'{{settled,amount}}')::numeric) as settled, \
                   sum({SIGN} * (f.withholding#>>'{{base,amount}}')::numeric) as base, sum({SIGN} * (f.withholding#>>'{{tax,amount}}')::numeric) as tax, count(*) as movements \
              from payable_facts f where {WANTED} group by f.vendor_id, 2, 4, f.currency) s \
         order by vendor_name, s.vendor_id, s.code, s.percent, s.currency"
    );
    let found: Vec<Found> = wanted!(&sums, tx, filter).fetch_all(&mut **tx).await?;
    let mut lines = match filter.vendor_id {
        Some(_) => Some(lines(tx, filter).await?),
        None => None,
    };
    let certificates = found.into_iter().map(|found| {
        let key = (found.code.clone(), found.percent.normalize(), found.currency.0.code());
        let lines = lines.as_mut().map(|lines| lines.remove(&key).unwrap_or_default());
        found.certificate(filter, lines)
    });
    let mut certificates: Vec<WithholdingCertificate> = certificates.collect();
    named_as_known(tx, filter.known_at, &mut certificates, |certificate| (Some(certificate.vendor_id), &mut certificate.vendor_name))
        .await?;
    Ok(WithholdingReport { from: filter.from, to: filter.to, known_at: filter.known_at, certificates })
}

type Movement = (Uuid, Option<String>, Word<PayableFactKind>, NaiveDate, Json<PaidWithholding>);
type Lines = BTreeMap<(String, Decimal, &'static str), Vec<WithholdingLine>>;

/// In the order in which they were recorded, by code, rate and currency.
async fn lines(tx: &mut TenantTx, filter: &WithholdingFilter) -> sqlx::Result<Lines> {
    let sql = format!(
        "select f.invoice_id, (select i.number from invoices i where i.tenant_id = $1 and i.invoice_id = f.invoice_id), f.kind, f.effective_date, f.withholding \
           from payable_facts f where {WANTED} order by f.entry"
    );
    let found: Vec<Movement> = wanted!(&sql, tx, filter).fetch_all(&mut **tx).await?;
    let mut lines = Lines::new();
    for (invoice, invoice_number, Word(kind), value_date, Json(PaidWithholding { payment_id, withholding })) in found {
        let signed = |amount: Money| if kind == PayableFactKind::WithholdingReversed { amount.negated() } else { amount };
        let key = (withholding.code.clone(), withholding.percent.normalize(), withholding.tax.currency().code());
        lines.entry(key).or_default().push(WithholdingLine {
            payment_id,
            invoice_id: InvoiceId(invoice),
            invoice_number,
            value_date,
            settled: signed(withholding.settled),
            base: signed(withholding.base),
            tax: signed(withholding.tax),
        });
    }
    Ok(lines)
}

impl Found {
    fn certificate(self, filter: &WithholdingFilter, lines: Option<Vec<WithholdingLine>>) -> WithholdingCertificate {
        let Self { vendor_id, vendor_name, code, name, percent, currency: Word(currency), settled, base, tax, movements } = self;
        let [settled, base, tax] = [settled, base, tax].map(|amount| Money::rounded(amount, currency));
        let WithholdingFilter { from, to, known_at, .. } = filter;
        let known_at = known_at.map(|at| format!("&known_at={}", at.format("%Y-%m-%dT%H:%M:%S%.fZ"))).unwrap_or_default();
        let explained_by = format!("/v1/reports/withholding-tax?from={from}&to={to}{known_at}&vendor_id={vendor_id}&code={code}");
        let percent = percent.normalize();
        WithholdingCertificate {
            vendor_id: VendorId(vendor_id),
            vendor_name,
            code,
            name,
            percent,
            settled,
            base,
            tax,
            movements,
            lines,
            explained_by,
        }
    }
}
