//! Freight, duty and the like, spread over the goods that they were paid for: every part learned by its stock in one
//! write, so that all of the amount leaves the account that it stood on or none of it.

use chrono::NaiveDate;
use quittance_domain::chart::{Chart, Code};
use quittance_domain::goods_receipt::{DeliveredLine, GoodsReceipt};
use quittance_domain::ids::{GoodsReceiptId, StockId};
use quittance_domain::item::{Item, ItemCard};
use quittance_domain::stock::{CostCause, ReceiptLine, SpreadBasis, Stock, StockAction, StockEvent};
use quittance_domain::{Currency, Money, RefusalKind};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::commands::UseCase;
use crate::exchange_rate::convert;
use crate::failure::{Failure, Refused};
use crate::goods_receipt::stocked;
use crate::stock::move_stock;
use crate::tenant::chart_id;
use crate::work::Work;

pub struct SpreadLandedCost {
    pub id: Uuid,
    pub amount: Money,
    /// Where it stands until it is spread.
    pub account: Code,
    pub basis: SpreadBasis,
    pub receipts: Vec<GoodsReceiptId>,
    pub effective_date: NaiveDate,
}

/// A line of a receipt as far as it was accepted.
struct Goods {
    receipt: ReceiptLine,
    location: String,
    line: DeliveredLine,
    quantity: Decimal,
}

/// What a unit of an item has of something, and how it is refused where that is not known.
#[derive(Clone, Copy)]
struct Measure {
    of_unit: fn(&ItemCard) -> Option<Decimal>,
    unknown: &'static str,
    detail: &'static str,
}

const WEIGHT: Measure =
    Measure { of_unit: |card| card.unit_weight, unknown: "unit_weight_unknown", detail: "what a unit weighs is not known of every item" };
const VOLUME: Measure = Measure {
    of_unit: |card| card.unit_volume,
    unknown: "unit_volume_unknown",
    detail: "what room a unit takes is not known of every item",
};

impl UseCase for SpreadLandedCost {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        self.check_account(work).await?;
        let goods = self.goods(work).await?;
        let Some(first) = goods.first() else { return Err(refused("no_goods_to_bear_cost", "nothing of these receipts was accepted")) };
        work.answer_about::<Stock>(StockId::of(first.line.item_id, &first.location)).await?;
        let weights = self.weights(work, &goods).await?;
        let shares = self.amount.allocate(&weights);
        let shares = shares.ok_or_else(|| refused("no_goods_to_bear_cost", "the goods have no value to spread by"))?;
        for (goods, difference) in goods.iter().zip(shares) {
            if !difference.is_zero() && !difference.is_positive() {
                self.leaves_worth(work, goods, difference).await?;
            }
            let cause = CostCause::LandedCost { landed_cost_id: self.id, cost_account: self.account.clone() };
            let revalue = StockAction::Revalue { cause, receipt: goods.receipt, quantity: goods.stocked()?, difference, rate_day: None };
            move_stock(work, goods.line.item_id, &goods.location, self.effective_date, revalue).await?;
        }
        Ok(())
    }
}

impl SpreadLandedCost {
    async fn check_account(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let chart = work.load::<Chart>(chart_id(work.tenant())).await?;
        chart.account_for_documents(&self.account).map_err(|refusal| Refused::from(refusal).at("/account"))?;
        Ok(())
    }

    /// Goods are worth nothing at the least: no more is taken off them than they came in at and were said to cost since.
    async fn leaves_worth(&self, work: &mut Work<'_>, goods: &Goods, share: Money) -> Result<(), Failure> {
        let Goods { receipt, location, line, .. } = goods;
        let mut parts = vec![Money::rounded(goods.worth()?, line.currency)];
        for event in work.history::<Stock>(StockId::of(line.item_id, location)).await? {
            match event {
                StockEvent::Revalued { receipt: of, difference, .. } if of == *receipt => parts.push(difference),
                _ => {}
            }
        }
        let mut left = share.amount();
        for part in parts {
            // What no rate says the worth of is not held against anybody.
            let Ok((part, _)) = convert(work, part, share.currency(), self.effective_date).await? else { return Ok(()) };
            left += part.amount();
        }
        if left >= Decimal::ZERO {
            return Ok(());
        }
        let detail =
            format!("line {} of a receipt would be worth less than nothing by {}", line.line, Money::rounded(-left, share.currency()));
        Err(Refused::new("cost_below_zero", RefusalKind::Invalid, detail).at("/amount").into())
    }

    /// Everything that came in with the receipts, at once or after inspection, each once.
    async fn goods(&self, work: &mut Work<'_>) -> Result<Vec<Goods>, Failure> {
        let mut ids = self.receipts.clone();
        ids.sort_unstable();
        ids.dedup();
        let mut goods = Vec::new();
        for receipt_id in ids {
            let receipt = work.load::<GoodsReceipt>(receipt_id).await?;
            let posted = receipt.posted().map_err(|refusal| Refused::from(refusal).at("/receipts"))?;
            posted.not_before(self.effective_date)?;
            for line in &posted.delivery.lines {
                let judged = posted.inspections.iter().flatten().filter(|judged| judged.line == line.line);
                let quantity = line.accepted + judged.map(|judged| judged.accepted).sum::<Decimal>();
                if quantity > Decimal::ZERO {
                    let receipt = ReceiptLine { receipt_id, line: line.line, inspection: 0 };
                    goods.push(Goods { receipt, location: posted.delivery.location.clone(), line: line.clone(), quantity });
                }
            }
        }
        Ok(goods)
    }

    async fn weights(&self, work: &mut Work<'_>, goods: &[Goods]) -> Result<Vec<Decimal>, Failure> {
        let mut weights = Vec::with_capacity(goods.len());
        for one in goods {
            weights.push(match self.basis {
                SpreadBasis::Quantity => one.stocked()?,
                SpreadBasis::Value => one.value(goods[0].line.currency)?,
                SpreadBasis::Weight => one.by_item(work, WEIGHT).await?,
                SpreadBasis::Volume => one.by_item(work, VOLUME).await?,
            });
        }
        Ok(weights)
    }
}

impl Goods {
    /// As their item is counted.
    fn stocked(&self) -> Result<Decimal, Failure> {
        Ok(stocked(&self.line, self.quantity)?.0)
    }

    fn value(&self, currency: Currency) -> Result<Decimal, Failure> {
        if self.line.currency != currency {
            return Err(refused(
                "values_not_comparable",
                "the goods were bought in several currencies: spread by quantity, weight or volume",
            ));
        }
        self.worth()
    }

    /// What they came in at.
    fn worth(&self) -> Result<Decimal, Failure> {
        self.quantity.checked_mul(self.line.unit_cost).ok_or_else(|| refused("no_goods_to_bear_cost", "the goods' value is too large"))
    }

    async fn by_item(&self, work: &mut Work<'_>, measure: Measure) -> Result<Decimal, Failure> {
        let item = work.load::<Item>(self.line.item_id).await?;
        let quantity = self.stocked()?;
        let all = (measure.of_unit)(item.card()?).and_then(|one| one.checked_mul(quantity));
        all.ok_or_else(|| refused(measure.unknown, measure.detail))
    }
}

fn refused(code: &'static str, detail: &str) -> Failure {
    Refused::new(code, RefusalKind::Invalid, detail.to_owned()).into()
}
