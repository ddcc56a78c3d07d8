//! Items: only with a usual coding that the chart has.

use quittance_domain::ids::ItemId;
use quittance_domain::item::{Item, ItemCard, ItemCommand};

use crate::coding::usually_postable;
use crate::commands::UseCase;
use crate::failure::Failure;
use crate::work::Work;

pub struct CreateItem {
    pub id: ItemId,
    pub card: ItemCard,
}

impl UseCase for CreateItem {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        usually_postable(work, self.card.coding.as_ref()).await?;
        work.create::<Item>(self.id, ItemCommand::Create { card: self.card.clone() }).map(drop)
    }
}

pub struct ChangeItem {
    pub id: ItemId,
    pub card: ItemCard,
}

impl UseCase for ChangeItem {
    type Output = ();

    async fn attempt(&self, work: &mut Work<'_>) -> Result<(), Failure> {
        let item = work.take::<Item>(self.id).await?;
        // What the chart has closed since does not stand in the way of another change.
        if self.card.coding != item.card()?.coding {
            usually_postable(work, self.card.coding.as_ref()).await?;
        }
        work.decide::<Item>(self.id, ItemCommand::Change { card: self.card.clone() }).await.map(drop)
    }
}
