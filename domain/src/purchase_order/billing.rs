//! What invoices have taken of an order, in the order in which they came, and the order as matching sees it.

use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::event::{BilledSum, Billing, PurchaseOrderEvent, Relief};
use super::line::{AgreedCharge, OrderLine};
use super::order::Order;
use crate::ids::InvoiceId;
use crate::matching::{Billed, Ordered, OrderedCharge, OrderedLine, rounds_up};

/// More than rounding ever adds to a quantity, and less than anybody bills.
const FRACTION_END: Decimal = Decimal::from_parts(1, 0, 0, false, 12);

/// What `bill` takes of `order`; what names no line or unit of the order takes nothing.
pub fn billing_of(invoice_id: InvoiceId, effective_date: NaiveDate, bill: &Billed<'_>, order: &Ordered<'_>) -> Billing {
    let comparable = bill.vendor_id == order.vendor_id && bill.currency == order.currency;
    let (lines, charges) = if comparable { taken(bill, order) } else { (vec![], vec![]) };
    let relief = gives_back(&lines, &charges).then_some(if bill.is_approved { Relief::Approved } else { Relief::InReview });
    let prepayment = bill.prepayment.filter(|_| comparable);
    let issue_date = Some(bill.issue_date).filter(|day| *day != effective_date);
    Billing { invoice_id, lines, charges, currency: order.currency, effective_date, issue_date, relief, prepayment }
}

fn gives_back(lines: &[BilledSum], charges: &[AgreedCharge]) -> bool {
    let amounts = lines.iter().flat_map(|sum| [sum.quantity, sum.net]).chain(charges.iter().map(|charge| charge.amount));
    amounts.into_iter().any(|amount| amount < Decimal::ZERO)
}

fn taken(bill: &Billed<'_>, order: &Ordered<'_>) -> (Vec<BilledSum>, Vec<AgreedCharge>) {
    let sign = if bill.is_credit { Decimal::NEGATIVE_ONE } else { Decimal::ONE };
    let mut sums: Vec<BilledSum> = Vec::new();
    for billed in &bill.lines {
        let ordered = order.lines.iter().find(|line| Some(line.line) == billed.order_line);
        let counted = ordered.and_then(|line| Some((line, line.units.counted(billed.quantity, billed.unit)?)));
        let Some((ordered, counted)) = counted else { continue };
        let (quantity, net) = (counted * sign, billed.net * sign);
        match sums.iter_mut().find(|sum| sum.line == ordered.line) {
            Some(sum) => (sum.quantity, sum.net) = (sum.quantity.saturating_add(quantity), sum.net.saturating_add(net)),
            None => sums.push(BilledSum { line: ordered.line, quantity, net, unit_price: ordered.unit_price, repriced: Decimal::ZERO }),
        }
    }
    let charges = bill.charges.iter().map(|c| AgreedCharge { code: c.code.to_owned(), amount: c.amount * sign }).collect();
    (sums, charges)
}

impl Billing {
    /// Whatever it is valued at, and but for the end of a fraction that makes a round sum with what came before it.
    fn states_the_same_as(&self, other: &Self) -> bool {
        let same = |own: &BilledSum, other: &BilledSum| {
            let stated = BilledSum { quantity: own.quantity, unit_price: own.unit_price, ..other.clone() };
            *own == stated && (own.quantity - other.quantity).abs() < FRACTION_END
        };
        let lines = self.lines.len() == other.lines.len() && self.lines.iter().zip(&other.lines).all(|(own, other)| same(own, other));
        lines && *self == Self { lines: self.lines.clone(), ..other.clone() }
    }
}

/// Sums of what was invoiced, by line and by charge.
#[derive(Default)]
struct Counted<'a> {
    lines: HashMap<u32, (Decimal, Decimal)>,
    charges: HashMap<&'a str, Decimal>,
    prepaid: Decimal,
}

impl<'a> Counted<'a> {
    fn add(&mut self, billing: &'a Billing, came_before: bool) {
        for BilledSum { line, quantity, net, .. } in &billing.lines {
            let sum = self.lines.entry(*line).or_default();
            sum.0 = sum.0.saturating_add(billing.counted(*quantity, came_before));
            sum.1 = sum.1.saturating_add(billing.counted(*net, came_before));
        }
        for charge in &billing.charges {
            let sum = self.charges.entry(&charge.code).or_default();
            *sum = sum.saturating_add(billing.counted(charge.amount, came_before));
        }
        let prepayment = billing.prepayment.unwrap_or_default();
        self.prepaid = self.prepaid.saturating_add(billing.counted(prepayment, came_before));
    }

    fn of_line(&self, line: u32) -> (Decimal, Decimal) {
        self.lines.get(&line).copied().unwrap_or_default()
    }
}

impl Order {
    /// An invoice that comes again with other numbers takes its place at the end: those before it are not disturbed. One that is only
    /// counted anew, because the order was amended or what was before it has gone, keeps its place: it would count otherwise at the
    /// end, and so would those that move up, and each would go round the others for ever.
    pub(super) fn bill(&self, billing: Billing) -> Vec<PurchaseOrderEvent> {
        let place = self.billings.iter().position(|before| before.invoice_id == billing.invoice_id);
        let others: Vec<Billing> = self.billings.iter().filter(|before| before.invoice_id != billing.invoice_id).cloned().collect();
        let billing = self.credited(billing, place.map(|place| &self.billings[place]), &others);
        if let Some(place) = place {
            if self.billings[place] == self.valued(billing.clone(), &self.billings[..place]) {
                return vec![];
            }
            if self.billings[place].states_the_same_as(&billing) {
                return self.count_from(place, billing);
            }
        }
        let withdrawn = self.withdraw(billing.invoice_id, None);
        let billed = PurchaseOrderEvent::Billed(self.valued(billing, &others));
        withdrawn.into_iter().chain([billed]).collect()
    }

    /// Takes back what was billed from this place on and bills it again in the same order, as it counts now. What one counts for hangs
    /// on those before it alone, so that all come to rest, the first one first.
    fn count_from(&self, place: usize, first: Billing) -> Vec<PurchaseOrderEvent> {
        let (before, after) = self.billings.split_at(place);
        let withdrawn = after.iter().cloned().map(PurchaseOrderEvent::BillingWithdrawn);
        let mut known = before.to_vec();
        for billing in std::iter::once(first).chain(after.iter().skip(1).cloned()) {
            known.push(self.valued(self.at_agreed_prices(billing), &known));
        }
        withdrawn.chain(known.into_iter().skip(place).map(PurchaseOrderEvent::Billed)).collect()
    }

    fn at_agreed_prices(&self, mut billing: Billing) -> Billing {
        for sum in &mut billing.lines {
            let agreed = self.lines.iter().find(|line| line.line == sum.line).map(|line| line.unit_price);
            sum.unit_price = agreed.unwrap_or(sum.unit_price);
        }
        billing
    }

    /// Goods that came in before the order was amended are still taken at the price that they came in at.
    fn valued(&self, mut billing: Billing, before: &[Billing]) -> Billing {
        for sum in billing.lines.iter_mut().filter(|sum| sum.quantity > Decimal::ZERO) {
            let of_line = before.iter().flat_map(|billing| &billing.lines).filter(|other| other.line == sum.line);
            let from = of_line.map(|other| other.quantity.max(Decimal::ZERO)).fold(Decimal::ZERO, Decimal::saturating_add);
            sum.quantity = rounds_up(from, sum.quantity);
            sum.unit_price = self.arrivals.price_of(sum.line, from, sum.quantity, sum.unit_price).unwrap_or(sum.unit_price);
        }
        billing
    }

    /// On the day on which it was taken, where no other is named: as the books take back what was changed.
    pub(super) fn withdraw(&self, invoice_id: InvoiceId, effective_date: Option<NaiveDate>) -> Vec<PurchaseOrderEvent> {
        let before = self.billings.iter().filter(|b| b.invoice_id == invoice_id);
        let from = |b: &Billing| effective_date.unwrap_or(b.effective_date);
        before.map(|b| PurchaseOrderEvent::BillingWithdrawn(Billing { effective_date: from(b), ..b.clone() })).collect()
    }

    /// The order with what was invoiced before `invoice` came: all of it where that is new.
    pub fn as_seen_by(&self, invoice: InvoiceId, shut: Option<&'static str>) -> Ordered<'_> {
        let counted = self.counted(Some(invoice));
        Ordered {
            vendor_id: self.vendor_id,
            vendor_group: None,
            currency: self.currency,
            shut,
            lines: self.lines.iter().map(|line| self.ordered(line, counted.of_line(line.line), invoice)).collect(),
            charges: self.ordered_charges(&counted.charges),
            net: self.net(),
            prepaid: counted.prepaid,
            prepayable: self.when_closed(invoice, |known| known.prepayment.unwrap_or_default()),
        }
    }

    /// Quantity and net of a line that the next invoice would find taken.
    pub fn invoiced(&self, line: u32) -> (Decimal, Decimal) {
        self.counted(None).of_line(line)
    }

    /// What counts as invoiced for `invoice`, which does not count itself.
    fn counted(&self, invoice: Option<InvoiceId>) -> Counted<'_> {
        let mut counted = Counted::default();
        let mut came_before = true;
        for billing in &self.billings {
            if Some(billing.invoice_id) == invoice {
                came_before = false;
            } else {
                counted.add(billing, came_before);
            }
        }
        counted
    }

    /// What of an invoice was there when the order was closed.
    fn when_closed(&self, invoice: InvoiceId, taken: impl Fn(&Billing) -> Decimal) -> Option<Decimal> {
        let billings = self.when_closed.as_ref()?;
        Some(billings.iter().find(|billing| billing.invoice_id == invoice).map(taken).unwrap_or_default())
    }

    fn ordered<'a>(&self, line: &'a OrderLine, invoiced: (Decimal, Decimal), invoice: InvoiceId) -> OrderedLine<'a> {
        let (progress, (invoiced_quantity, invoiced_net)) = (self.progress(line.line), invoiced);
        let known = self.when_closed(invoice, |known| known.of_line(line.line));
        OrderedLine {
            line: line.line,
            item_id: line.item_id,
            item_group: None,
            units: line.units(),
            quantity: line.quantity,
            unit_price: line.unit_price,
            due_date: line.due_date,
            mode: line.matching,
            received: progress.accepted.saturating_add(progress.to_inspect),
            accepted: progress.accepted,
            returned: progress.returned,
            invoiced_quantity,
            invoiced_net,
            billable: known.map(|known| progress.kept().max(invoiced_quantity.saturating_add(known))),
        }
    }

    /// Those that were agreed, and those that only invoices know.
    fn ordered_charges<'a>(&'a self, charged: &HashMap<&'a str, Decimal>) -> Vec<OrderedCharge<'a>> {
        let agreed = |code: &str| self.charges.iter().find(|c| c.code == code).map(|c| c.amount).unwrap_or_default();
        let known = self.charges.iter().map(|c| c.code.as_str()).filter(|code| !charged.contains_key(code));
        let codes = known.chain(charged.keys().copied());
        codes.map(|code| OrderedCharge { code, agreed: agreed(code), invoiced: charged.get(code).copied().unwrap_or_default() }).collect()
    }
}
