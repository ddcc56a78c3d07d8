//! Exchange rates as somebody states them: any number of currencies and years in one write.

use std::collections::BTreeMap;

use quittance_domain::exchange_rate::{DayRate, ExchangeRates, RateSheet, RatesCommand};
use quittance_domain::ids::ExchangeRatesId;
use quittance_domain::ledger::Quote;

use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct QuoteRates {
    /// Who says so.
    pub source: String,
    pub quotes: Vec<Quote>,
}

impl UseCase for QuoteRates {
    /// How many sheets have something new.
    type Output = usize;

    async fn attempt(&self, work: &mut Work<'_>) -> Result<usize, Failure> {
        let mut changed = 0;
        for (id, (sheet, rates)) in self.sheets(work) {
            let (source, by) = (self.source.clone(), work.ctx.actor);
            changed += work.decide::<ExchangeRates>(id, RatesCommand { sheet, source, rates, by }).await?;
        }
        Ok(changed)
    }
}

impl QuoteRates {
    fn sheets(&self, work: &Work<'_>) -> BTreeMap<ExchangeRatesId, (RateSheet, Vec<DayRate>)> {
        let mut sheets: BTreeMap<ExchangeRatesId, (RateSheet, Vec<DayRate>)> = BTreeMap::new();
        for quote in &self.quotes {
            let sheet = RateSheet::of(quote.unit, quote.on);
            let (_, rates) = sheets.entry(sheet.id(work.tenant())).or_insert_with(|| (sheet, vec![]));
            rates.push(DayRate { currency: quote.currency, on: quote.on, rate: quote.rate });
        }
        sheets
    }
}
