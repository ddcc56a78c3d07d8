//! What the books know at a position of the log: the currency they are kept in, and the chart.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::entry::Line;
use super::rate::RateTable;
use crate::aggregate::Root;
use crate::chart::{Chart, ChartEvent, ChartPlan, Code, PostingRole};
use crate::ids::UserId;
use crate::money::{Currency, Money};
use crate::tenant::TenantEvent;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Books {
    /// `None` before the company was created.
    pub base: Option<Currency>,
    pub chart: Chart,
}

impl Default for Books {
    /// The standard chart holds until the company adopts one of its own.
    fn default() -> Self {
        let by = UserId(uuid::Uuid::nil());
        let adopted = ChartEvent::Adopted { plan: Box::new(ChartPlan::standard(None)), by };
        Self { base: None, chart: Chart::replay([adopted]) }
    }
}

impl Books {
    pub fn learn_company(&mut self, event: &TenantEvent) {
        if let TenantEvent::Created { base_currency, .. } = event {
            self.base = Some(*base_currency);
        }
    }

    pub fn learn_chart(&mut self, event: &ChartEvent) {
        cqrs_es::Aggregate::apply(&mut self.chart, event.clone());
    }

    /// The account for a role. A chart cannot be adopted without all of them.
    pub fn account(&self, role: PostingRole) -> Code {
        let assigned = self.chart.posting_account(role).cloned();
        assigned.unwrap_or_else(|| unreachable!("an adopted chart has an account for {role}"))
    }

    /// Gives every line its amount in the books' currency, at the rate of `day`. What rounding leaves goes to the largest
    /// line beside the first, which keeps exactly its own. Without a rate the lines stay without.
    pub fn translate(&self, lines: &mut [Line], rates: &RateTable, day: NaiveDate) {
        let Some(translated) = self.translated(lines, rates, day) else { return };
        for (line, base) in lines.iter_mut().zip(translated) {
            line.base = Some(base);
        }
    }

    fn translated(&self, lines: &[Line], rates: &RateTable, day: NaiveDate) -> Option<Vec<Decimal>> {
        let mut translated = lines.iter().map(|line| self.in_base(line, rates, day)).collect::<Option<Vec<_>>>()?;
        let left: Decimal = translated.iter().sum();
        let largest = (1..lines.len()).max_by_key(|&i| (lines[i].amount.amount().abs(), std::cmp::Reverse(i)));
        if let Some(largest) = largest {
            translated[largest] -= left;
        }
        Some(translated)
    }

    fn in_base(&self, line: &Line, rates: &RateTable, day: NaiveDate) -> Option<Decimal> {
        self.amount_in_base(line.amount, rates, day)
    }

    /// What is left over in the books' currency: a debit is lost by exchange, a credit gained.
    pub fn realised(&self, left: Decimal) -> Option<Line> {
        let role = if left > Decimal::ZERO { PostingRole::RealisedFxLoss } else { PostingRole::RealisedFxGain };
        let base = self.base.filter(|_| !left.is_zero())?;
        Some(Line::in_base(self.account(role), left, base))
    }

    /// An amount in the books' currency, at the rate of `day`.
    pub fn amount_in_base(&self, amount: Money, rates: &RateTable, day: NaiveDate) -> Option<Decimal> {
        let (base, currency) = (self.base?, amount.currency());
        if currency == base {
            return Some(amount.amount());
        }
        rates.translation(currency, base, day)?.of(amount.amount(), base)
    }
}
