//! An item that is bought and kept in stock.

mod list_price;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

pub use list_price::ListPrice;

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::invoice::Assignment;
use crate::matching::UnitConversion;
use crate::party::folded;
use crate::refusal::{Refusal, RefusalKind};
use crate::stock::Valuation;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    #[default]
    NotCreated,
    Created(Box<ItemCard>),
}

/// What is known about an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ItemCard {
    /// Stock-keeping unit: the company's own number, unique within the tenant.
    pub sku: String,
    pub name: String,
    /// UN/ECE Recommendation 20 code.
    pub unit: String,
    /// Other units that it is bought in, and how many of its own each of them is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub conversions: Vec<UnitConversion>,
    /// Stock at or below this is low; absent means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub reorder_level: Option<Decimal>,
    /// How goods that leave are valued, for stock that begins from now on; at the moving average where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valuation: Option<Valuation>,
    /// What one unit weighs, in kilograms: freight may be spread by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>))]
    pub unit_weight: Option<Decimal>,
    /// What room one unit takes, in cubic metres: freight may be spread by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, example = "0.024"))]
    pub unit_volume: Option<Decimal>,
    /// What invoice lines that name it are coded to, before what its vendor's are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coding: Option<Assignment>,
    /// Items that are looked at together: tolerances may be for a group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// What it was agreed to cost: the price of an order's line that states none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_price: Option<ListPrice>,
}

#[derive(Clone, Debug)]
pub enum ItemCommand {
    Create { card: ItemCard },
    Change { card: ItemCard },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ItemEvent {
    Created { card: ItemCard },
    Changed { card: ItemCard },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ItemRefusal {
    #[error("there is no such item")]
    ItemUnknown,
    #[error("the item has already been created")]
    ItemExists,
    #[error("an item needs a SKU with at least one letter or digit")]
    SkuMissing,
    #[error("an item needs a name")]
    NameMissing,
    #[error("a reorder level cannot be negative")]
    ReorderLevelNegative,
    #[error("a weight must be above zero")]
    UnitWeightNotPositive,
    #[error("the unit {unit} stands more than once, is the item's own or is not above zero of it")]
    ConversionUnsound { unit: String },
    #[error("a volume must be above zero")]
    UnitVolumeNotPositive,
    #[error("a list price cannot be negative")]
    ListPriceNegative,
    #[error("a list price is for a quantity above zero")]
    ListPriceBaseNotPositive,
    #[error("the unit of an item never changes: quantities already count in it")]
    UnitFixed,
}

impl Refusal for ItemRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::ItemUnknown => RefusalKind::Unknown,
            Self::ItemExists => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::SkuMissing => "/sku".to_owned(),
            Self::NameMissing => "/name".to_owned(),
            Self::ReorderLevelNegative => "/reorder_level".to_owned(),
            Self::UnitWeightNotPositive => "/unit_weight".to_owned(),
            Self::UnitVolumeNotPositive => "/unit_volume".to_owned(),
            Self::ListPriceNegative => "/list_price/amount".to_owned(),
            Self::ListPriceBaseNotPositive => "/list_price/base_quantity".to_owned(),
            Self::UnitFixed => "/unit".to_owned(),
            Self::ConversionUnsound { .. } => "/conversions".to_owned(),
            Self::ItemUnknown | Self::ItemExists => return None,
        })
    }
}

aggregate!(Item, "item", "Item", ItemCommand, ItemEvent, ItemRefusal, { Created = 1, Changed = 1 });

impl Root for Item {
    aggregate!(@names ItemEvent);

    fn decide(&self, command: ItemCommand) -> Result<Vec<ItemEvent>, ItemRefusal> {
        match (self, command) {
            (Self::NotCreated, ItemCommand::Create { card }) => card.checked().map(|card| vec![ItemEvent::Created { card }]),
            (Self::NotCreated, ItemCommand::Change { .. }) => Err(ItemRefusal::ItemUnknown),
            (Self::Created(_), ItemCommand::Create { .. }) => Err(ItemRefusal::ItemExists),
            (Self::Created(before), ItemCommand::Change { card }) if before.unit != card.unit => Err(ItemRefusal::UnitFixed),
            (Self::Created(before), ItemCommand::Change { card }) if **before == card => Ok(vec![]),
            (Self::Created(_), ItemCommand::Change { card }) => card.checked().map(|card| vec![ItemEvent::Changed { card }]),
        }
    }

    fn claims(&self, event: &ItemEvent) -> Vec<ClaimChange> {
        match (self, event) {
            (Self::Created(before), ItemEvent::Changed { card }) if sku_key(&before.sku) != sku_key(&card.sku) => {
                vec![
                    ClaimChange::Release(Claim::of(sku_key(&before.sku), "sku_taken")),
                    ClaimChange::Take(Claim::of(sku_key(&card.sku), "sku_taken")),
                ]
            }
            (Self::NotCreated, ItemEvent::Created { card }) => vec![ClaimChange::Take(Claim::of(sku_key(&card.sku), "sku_taken"))],
            _ => vec![],
        }
    }
}

/// The unique fact that one item of the tenant has this SKU.
pub fn sku_key(sku: &str) -> String {
    format!("item|sku|{}", folded(sku))
}

impl Item {
    pub fn card(&self) -> Result<&ItemCard, ItemRefusal> {
        match self {
            Self::NotCreated => Err(ItemRefusal::ItemUnknown),
            Self::Created(card) => Ok(card),
        }
    }

    fn on(&mut self, event: ItemEvent) {
        let (ItemEvent::Created { card } | ItemEvent::Changed { card }) = event;
        *self = Self::Created(Box::new(card));
    }
}

impl ItemCard {
    /// A card with nothing but the essentials.
    pub fn of(sku: String, name: String, unit: String) -> Self {
        let (reorder_level, valuation, unit_weight, unit_volume, coding, group, list_price) = (None, None, None, None, None, None, None);
        Self { sku, name, unit, conversions: vec![], reorder_level, valuation, unit_weight, unit_volume, coding, group, list_price }
    }

    /// How many of its own unit one of another is; `None` where nobody has said.
    pub fn factor_of(&self, unit: &str) -> Option<Decimal> {
        self.conversions.iter().find(|stated| stated.unit == unit).map(|stated| stated.factor)
    }

    fn unsound_conversion(&self) -> Option<&UnitConversion> {
        let mut stated = self.conversions.iter().enumerate();
        let repeated = |index: usize, unit: &str| self.conversions[..index].iter().any(|earlier| earlier.unit == unit);
        let unsound = |(index, stated): &(usize, &UnitConversion)| {
            stated.factor <= Decimal::ZERO || stated.unit.trim().is_empty() || stated.unit == self.unit || repeated(*index, &stated.unit)
        };
        stated.find(unsound).map(|(_, stated)| stated)
    }

    fn checked(self) -> Result<Self, ItemRefusal> {
        match () {
            () if folded(&self.sku).is_empty() => Err(ItemRefusal::SkuMissing),
            () if self.name.trim().is_empty() => Err(ItemRefusal::NameMissing),
            () if self.reorder_level.is_some_and(|level| level < Decimal::ZERO) => Err(ItemRefusal::ReorderLevelNegative),
            () if self.unit_weight.is_some_and(|weight| weight <= Decimal::ZERO) => Err(ItemRefusal::UnitWeightNotPositive),
            () if self.unit_volume.is_some_and(|volume| volume <= Decimal::ZERO) => Err(ItemRefusal::UnitVolumeNotPositive),
            () => {
                if let Some(stated) = self.unsound_conversion() {
                    return Err(ItemRefusal::ConversionUnsound { unit: stated.unit.clone() });
                }
                self.list_price.iter().try_for_each(ListPrice::check)?;
                Ok(self)
            }
        }
    }
}
