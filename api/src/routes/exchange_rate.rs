//! Exchange rates: stating them, importing the ECB's file, and asking what an amount becomes on a day.

use axum::http::StatusCode;
use quittance_application::Context;
use quittance_application::exchange_rate::QuoteRates;
use quittance_domain::Currency;
use quittance_domain::exchange_rate::RateSheet;
use quittance_domain::ids::ExchangeRatesId;
use quittance_domain::ledger::Quote;
use quittance_infrastructure::ecb_rates::{NotRates, ReferenceRates, SOURCE};
use quittance_projections::ledger::rates::{self, Conversion, ConversionFilter, ExchangeRateFilter, ExchangeRateView};
use quittance_projections::{Page, PageOf};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Refusals;
use super::invoice::body::plausible;
use crate::committed::{CommandAnswer, Committed};
use crate::order::Order;
use crate::problem::Problem;
use crate::reading::{Filter, Fresh, MinPosition, Reading};
use crate::upload::Glance;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuotesBody {
    /// Who says so.
    #[schema(example = "ECB euro foreign exchange reference rates")]
    source: String,
    quotes: Vec<QuoteBody>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteBody {
    unit: Currency,
    currency: Currency,
    on: chrono::NaiveDate,
    /// What one unit cost in the currency.
    #[schema(value_type = String, example = "1.0812")]
    rate: Decimal,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RatesImported {
    #[serde(flatten)]
    answer: CommandAnswer,
    days: u64,
    /// Rates in the file; those that were known already changed nothing.
    rates: u64,
    /// Currencies that ISO 4217 no longer has, with how many rates were passed over.
    passed_over: std::collections::BTreeMap<String, u64>,
}

/// State exchange rates. What was posted with other rates stays as it is. Who alone has stated a rate approves nothing whose approvers
/// hang on it; somebody else who states the same confirms it.
#[utoipa::path(post, path = "/v1/exchange-rates", tag = "books", request_body = QuotesBody,
    responses((status = 200, body = CommandAnswer), Refusals))]
pub async fn quote_exchange_rates(order: Order<QuotesBody>) -> Result<Committed, Problem> {
    order.on((), |(), body, ctx| quote(body, ctx).map(|(_, quote)| quote)).await
}

pub fn quote(body: QuotesBody, ctx: &Context) -> Result<(ExchangeRatesId, QuoteRates), Problem> {
    let QuotesBody { source, quotes } = body;
    for (index, quote) in quotes.iter().enumerate() {
        plausible(&format!("/quotes/{index}/on"), Some(quote.on))?;
    }
    let quotes: Vec<Quote> = quotes.into_iter().map(|q| Quote { unit: q.unit, currency: q.currency, on: q.on, rate: q.rate }).collect();
    let first = quotes.first().ok_or_else(|| Problem::invalid("/quotes", "there is no rate in it"))?;
    Ok((RateSheet::of(first.unit, first.on).id(ctx.tenant), QuoteRates { source, quotes }))
}

/// Import the euro foreign exchange reference rates as the ECB publishes them (`eurofxref-hist.csv`). Importing them again
/// adds what is new.
#[utoipa::path(post, path = "/v1/exchange-rates/import", tag = "books",
    request_body(description = "The file, or a multipart form with it as `file`", content(("text/csv"), ("multipart/form-data"))),
    responses((status = 200, body = RatesImported), Refusals))]
pub async fn import_exchange_rates(upload: Glance) -> Result<Committed<RatesImported>, Problem> {
    let text = std::str::from_utf8(&upload.bytes).map_err(|_| NotRates::NoHeader)?;
    let read = ReferenceRates::read(text)?;
    let (days, count) = (read.days, read.quotes.len() as u64);
    let import = QuoteRates { source: SOURCE.to_owned(), quotes: read.quotes };
    let done = upload.app.system.commands.run(&upload.ctx, &import).await?;
    let passed_over = read.passed_over;
    Ok(Committed::done(done.receipt).with(|answer| RatesImported { answer, days, rates: count, passed_over }))
}

impl From<NotRates> for Problem {
    fn from(refusal: NotRates) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "rates_unreadable", "Rates unreadable", refusal.to_string())
    }
}

/// Exchange rates as stated last, by day.
#[utoipa::path(get, path = "/v1/exchange-rates", tag = "books", params(ExchangeRateFilter, Page, MinPosition),
    responses((status = 200, body = PageOf<ExchangeRateView>), Refusals))]
pub async fn list_exchange_rates(
    mut read: Reading,
    Filter(filter): Filter<ExchangeRateFilter>,
    Filter(page): Filter<Page>,
) -> Result<Fresh<PageOf<ExchangeRateView>>, Problem> {
    let found = rates::list(&mut read.tx, &filter, &page).await?;
    Ok(read.answer(found))
}

/// How an amount becomes one of another currency on a day: by the last rate not after it, and how old that is.
#[utoipa::path(get, path = "/v1/exchange-rates/conversion", tag = "books", params(ConversionFilter, MinPosition),
    responses((status = 200, body = Conversion), Refusals))]
pub async fn get_conversion(mut read: Reading, Filter(asked): Filter<ConversionFilter>) -> Result<Fresh<Conversion>, Problem> {
    let found = rates::conversion(&mut read.tx, &asked).await?;
    read.found(found)
}
