//! Why a stock does not move.

use rust_decimal::Decimal;

use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum StockRefusal {
    #[error("{wanted} is more than the {on_hand} on hand")]
    InsufficientStock { wanted: Decimal, on_hand: Decimal },
    #[error("{wanted} is more than the {free} that nobody has reserved")]
    StockReserved { wanted: Decimal, free: Decimal },
    #[error("nothing is reserved under this reference")]
    ReservationUnknown,
    #[error("{wanted} is more than the {reserved} reserved")]
    ReservationExceeded { wanted: Decimal, reserved: Decimal },
    #[error("a reservation needs a reference")]
    ReferenceMissing,
    #[error("no stock has more than {} reservations at a time", super::Stock::RESERVATIONS_MAX)]
    TooManyReservations,
    #[error("goods are there already")]
    SamePlace,
    #[error("a quantity must be above zero")]
    QuantityNotPositive,
    #[error("an adjustment must change something")]
    NoDifference,
    #[error("a count cannot be below zero")]
    CountNegative,
    #[error("the quantity is larger than any stock")]
    QuantityTooLarge,
    #[error("a stock movement needs a location")]
    LocationMissing,
}

impl Refusal for StockRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::InsufficientStock { .. } | Self::StockReserved { .. } | Self::ReservationExceeded { .. } => RefusalKind::State,
            Self::ReservationUnknown | Self::TooManyReservations => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::InsufficientStock { .. } | Self::StockReserved { .. } | Self::ReservationExceeded { .. } => "/quantity".to_owned(),
            Self::QuantityNotPositive | Self::QuantityTooLarge => "/quantity".to_owned(),
            Self::ReservationUnknown | Self::ReferenceMissing | Self::TooManyReservations => "/reference".to_owned(),
            Self::SamePlace => "/to".to_owned(),
            Self::NoDifference => "/difference".to_owned(),
            Self::CountNegative => "/counted".to_owned(),
            Self::LocationMissing => "/location".to_owned(),
        })
    }
}
