//! What others may know of tolerances and of what matching found.

use quittance_domain::matching::{Evaluation, Inputs, MatchFinding};
use quittance_domain::tolerance::{Limits, ToleranceRule, ToleranceSet, TolerancesEvent};
use serde_json::Value;

use super::data;

pub fn tolerances(event: &TolerancesEvent) -> Value {
    match event {
        TolerancesEvent::Adopted { version, set: ToleranceSet { rules, unknown_order_holds, orders_need_approval, write_off: _ }, by } => {
            let rules = rules.iter().map(rule).collect::<Vec<_>>();
            data! { version, set: data! { rules, unknown_order_holds, orders_need_approval }, by }
        }
        TolerancesEvent::Confirmed { version, by } => data! { version, by },
    }
}

fn rule(rule: &ToleranceRule) -> Value {
    let ToleranceRule { applies, limits } = rule;
    let Limits {
        price_up,
        price_down,
        quantity_ordered_percent,
        quantity_received_percent,
        line_total,
        schedule_product,
        small_charge_amount,
    } = limits;
    let limits = data! {
        price_up, price_down, quantity_ordered_percent, quantity_received_percent, line_total, schedule_product, small_charge_amount,
    };
    data! { applies, limits }
}

pub fn evaluation(evaluation: &Evaluation) -> Value {
    let Evaluation { purchase_order_id, buyer, inputs, findings } = evaluation;
    let Inputs { order_version, order_revision, receipts, tolerances_version } = inputs;
    data! {
        purchase_order_id, buyer,
        inputs: data! { order_version, order_revision, receipts, tolerances_version },
        findings: findings.iter().map(finding).collect::<Vec<_>>(),
    }
}

pub fn finding(finding: &MatchFinding) -> Value {
    let MatchFinding { check, line, code, outcome, holds, expected, actual, limit, source } = finding;
    data! { check, line, code, outcome, holds, expected, actual, limit, source }
}
