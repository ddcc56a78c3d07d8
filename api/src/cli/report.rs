//! `quittance report NAME`: the reports of the REST API on standard output, as tables or as JSON, with the same parameters.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context as _;
use axum::http::Method;
use clap::{Args, ValueEnum};
use quittance_domain::ids::TenantId;
use quittance_infrastructure::database::TenantTx;
use quittance_projections::ageing::ageing;
use quittance_projections::report::{
    accrual, approval_queue, cash_requirement, cycle_time, days_payable, discount_opportunity, duplicates, missed_discount, open_item,
    revaluation, spend, tax, vendor_statement, withholding,
};
use quittance_projections::{Page, grni, ledger, receivable};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::words::{problem, readable};
use crate::fields;
use crate::operations::Operations;
use crate::routes::report::{GRNI, STOCK_VALUE, TRIAL_BALANCE, books, payables, process, receivables};
use crate::routes::revaluation::REVALUATION;
use crate::routes::withholding::CERTIFICATES;
use crate::settings::Settings;
use crate::system::System;
use crate::table::{Table, csv_of, rest_of, rows_at, sheet_of};

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Name {
    ApAgeing,
    ArAgeing,
    OpenItems,
    ReceivableOpenItems,
    VendorStatement,
    CustomerStatement,
    CashRequirements,
    DiscountOpportunities,
    MissedDiscounts,
    Revaluation,
    TrialBalance,
    Grni,
    StockValue,
    Spend,
    Tax,
    WithholdingTax,
    Accruals,
    DaysPayable,
    DaysSales,
    CycleTimes,
    Duplicates,
    ApprovalQueue,
}

#[derive(Args)]
pub struct Report {
    #[arg(value_enum)]
    name: Name,
    #[arg(long)]
    tenant: TenantId,
    /// All of it as JSON instead of a table as CSV.
    #[arg(long)]
    json: bool,
    /// Into this file: as XLSX where it is named so, else as CSV.
    #[arg(long, conflicts_with = "json")]
    into: Option<PathBuf>,
    /// Parameters as the REST API has them: `as_of=2026-03-31 known_at=2026-04-01T00:00:00Z`.
    parameters: Vec<String>,
}

/// What a report says, and where its table stands in it.
struct Told {
    body: Value,
    rows: &'static str,
    columns: Vec<(String, String)>,
}

impl Report {
    pub async fn run(self, settings: Settings) -> anyhow::Result<()> {
        let system = System::open_kept(settings).await?;
        let done = self.print(&system).await;
        system.close().await;
        done
    }

    async fn print(&self, system: &System) -> anyhow::Result<()> {
        let told = self.told(system).await?;
        let mut out: Box<dyn Write> = match &self.into {
            Some(into) => Box::new(File::create(into).with_context(|| into.display().to_string())?),
            None => Box::new(std::io::stdout().lock()),
        };
        if self.json {
            serde_json::to_writer_pretty(&mut out, &told.body)?;
            writeln!(out)?;
        } else {
            anyhow::ensure!(
                rest_of(&told.body, told.rows).is_none(),
                "this report is longer than one table: narrow it, or page it over REST"
            );
            let rows = rows_at(&told.body, told.rows);
            if self.into.as_ref().and_then(|into| into.extension()).is_some_and(|name| name.eq_ignore_ascii_case("xlsx")) {
                std::io::copy(&mut sheet_of(&told.columns, rows)?, &mut out)?;
            } else {
                out.write_all(&csv_of(&told.columns, rows)?)?;
            }
        }
        Ok(())
    }

    async fn told(&self, system: &System) -> anyhow::Result<Told> {
        system.knows(self.tenant).await?;
        self.admit()?;
        let zone = system.commands.zone_of(self.tenant).await.map_err(readable)?;
        let today = zone.day_of(system.commands.ports().edge.now());
        let mut tx: TenantTx = system.database.read(self.tenant).await?;
        let (tx, page) = (&mut tx, Page::default().whole());
        match self.name {
            Name::ApAgeing => {
                let found = ageing(tx, &self.filter()?, &page, today).await?;
                Ok(Told { columns: payables::ageing_columns(&found), rows: payables::AGEING_ROWS, body: serde_json::to_value(&found)? })
            }
            Name::ArAgeing => {
                let found = receivable::ageing(tx, &self.filter()?, &page, today).await?;
                let columns = receivables::ageing_columns(&found);
                Ok(Told { columns, rows: receivables::AGEING_ROWS, body: serde_json::to_value(&found)? })
            }
            Name::OpenItems => told(payables::OPEN_ITEMS, &open_item::open_items(tx, &self.filter()?, &page, today).await?),
            Name::VendorStatement => told(payables::MOVEMENTS, &vendor_statement::vendor_statement(tx, &self.filter()?, &page).await?),
            Name::ReceivableOpenItems => told(receivables::OPEN_ITEMS, &receivable::open_items(tx, &self.filter()?, &page, today).await?),
            Name::CustomerStatement => told(receivables::MOVEMENTS, &receivable::customer_statement(tx, &self.filter()?, &page).await?),
            Name::CashRequirements => told(payables::CASH, &cash_requirement::cash_requirements(tx, &self.filter()?, today).await?),
            Name::DiscountOpportunities => {
                told(payables::DISCOUNTS, &discount_opportunity::discount_opportunities(tx, &self.filter()?, today).await?)
            }
            Name::MissedDiscounts => {
                told(payables::MISSED_DISCOUNTS, &missed_discount::missed_discounts(tx, &self.filter()?, &page).await?)
            }
            Name::Revaluation => told(REVALUATION, &revaluation::revaluation(tx, &self.filter()?, today).await?),
            Name::TrialBalance => told(TRIAL_BALANCE, &ledger::trial_balance(tx, &self.filter()?, today).await?),
            Name::Grni => told(GRNI, &grni::grni(tx, &self.filter()?, today).await?),
            Name::StockValue => told(STOCK_VALUE, &ledger::stock_value(tx, &self.filter()?, today).await?),
            Name::Spend => told(books::SPEND, &spend::spend(tx, &self.filter()?).await?),
            Name::Tax => told(books::TAX, &tax::tax_report(tx, &self.filter()?).await?),
            Name::WithholdingTax => told(CERTIFICATES, &withholding::withholding(tx, &self.filter()?).await?),
            Name::Accruals => told(books::ACCRUALS, &accrual::accruals(tx, &self.filter()?, &page, today).await?),
            Name::DaysPayable => told(books::DAYS_PAYABLE, &days_payable::days_payable(tx, &self.filter()?).await?),
            Name::DaysSales => told(receivables::DAYS_SALES, &receivable::days_sales(tx, &self.filter()?).await?),
            Name::CycleTimes => told(process::EXCEPTION_TIMES, &cycle_time::cycle_times(tx, &self.filter()?, zone).await?),
            Name::Duplicates => told(process::DUPLICATES, &duplicates::duplicates(tx, &self.filter()?, zone).await?),
            Name::ApprovalQueue => told(process::QUEUE, &approval_queue::approval_queue(tx, &self.filter()?, &page).await?),
        }
    }

    /// Refuses a parameter that the report does not have, as the REST API does.
    fn admit(&self) -> anyhow::Result<()> {
        let name = self.name.to_possible_value().context("a report has a name")?;
        let operations = Operations::of(&crate::openapi()?)?;
        let operation = operations.at(&Method::GET, &format!("/v1/reports/{}", name.get_name())).context("it is no report of the API")?;
        operation.check_query(Some(&self.query())).map_err(problem)
    }

    fn query(&self) -> String {
        self.parameters.iter().map(|parameter| parameter.replace('+', "%2B")).collect::<Vec<_>>().join("&")
    }

    /// The parameters, read as the REST API reads them.
    fn filter<F: DeserializeOwned>(&self) -> anyhow::Result<F> {
        fields::read(self.query().as_bytes(), "parameters").map_err(problem)
    }
}

fn told(table: Table, body: &impl Serialize) -> anyhow::Result<Told> {
    Ok(Told { body: serde_json::to_value(body)?, rows: table.rows, columns: table.columns() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_a_report_of_the_api() {
        for name in Name::value_variants() {
            let report = Report { name: *name, tenant: TenantId(uuid::Uuid::nil()), json: false, into: None, parameters: vec![] };
            let refused = report.admit().err().map(|problem| problem.to_string());
            assert!(!refused.as_deref().is_some_and(|why| why.contains("no report")), "{name:?}: {refused:?}");
        }
    }
}
