//! What others may know of withholding taxes.

use quittance_domain::withholding::{Withholding, WithholdingEvent, WithholdingRate, WithholdingRule};
use serde_json::Value;

use super::data;

pub fn adopted(event: &WithholdingEvent) -> Value {
    let WithholdingEvent::Adopted { code, version, rule: WithholdingRule { name, account_code, rates }, by } = event;
    let rate = |WithholdingRate { from, percent }: &WithholdingRate| data! { from, percent };
    data! { code, version, rule: data! { name, account_code, rates: rates.iter().map(rate).collect::<Vec<_>>() }, by }
}

pub(super) fn withholding(withholding: &Withholding) -> Value {
    let Withholding { code, version, name, percent, account_code, settled, base, tax } = withholding;
    data! { code, version, name, percent, account_code, settled, base, tax }
}
