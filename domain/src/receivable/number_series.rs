//! The numbers of the invoices that a company issues, and of its credit notes: one series of each a year, each number once and none left out.
//! A number is taken in the write that issues its document, so that what is refused takes none.

use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::ReceivableId;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NumberSeries {
    /// The last that was taken; 0 of a new series.
    pub last: u32,
}

#[derive(Clone, Debug)]
pub enum NumberSeriesCommand {
    Take { series: String, receivable_id: ReceivableId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum NumberSeriesEvent {
    Taken { series: String, number: u32, receivable_id: ReceivableId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum NumberSeriesRefusal {
    #[error("the series has no number left")]
    SeriesExhausted,
}

impl Refusal for NumberSeriesRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::State
    }
}

aggregate!(NumberSeries, "number_series", "NumberSeries", NumberSeriesCommand, NumberSeriesEvent, NumberSeriesRefusal, { Taken = 1 });

impl Root for NumberSeries {
    aggregate!(@names NumberSeriesEvent);
    const SNAPSHOT_EVERY: Option<u64> = Some(200);

    fn decide(
        &self,
        NumberSeriesCommand::Take { series, receivable_id }: NumberSeriesCommand,
    ) -> Result<Vec<NumberSeriesEvent>, NumberSeriesRefusal> {
        let number = self.last.checked_add(1).ok_or(NumberSeriesRefusal::SeriesExhausted)?;
        Ok(vec![NumberSeriesEvent::Taken { series, number, receivable_id }])
    }
}

impl NumberSeries {
    /// How the last number is written: five digits at least, so that numbers of one year sort as they were taken.
    pub fn written(&self, series: &str) -> String {
        format!("{series}-{:05}", self.last)
    }

    fn on(&mut self, NumberSeriesEvent::Taken { number, .. }: NumberSeriesEvent) {
        self.last = number;
    }
}
