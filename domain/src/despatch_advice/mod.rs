//! A despatch advice: the vendor says what is on its way. It moves no stock and counts for no invoice: goods are received
//! when people have counted them, and then the advice is done.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::{Claim, ClaimChange, Root};
use crate::ids::{GoodsReceiptId, PurchaseOrderId, UserId, VendorId};
use crate::invoice::Source;
use crate::party::folded;
use crate::refusal::{Refusal, RefusalKind};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DespatchAdvice {
    #[default]
    NotAnnounced,
    Announced(Announcement),
    Received {
        announcement: Announcement,
        goods_receipt_id: GoodsReceiptId,
    },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    pub purchase_order_id: PurchaseOrderId,
    /// The order's.
    pub vendor_id: VendorId,
    /// The vendor's number of the advice, which the delivery note repeats.
    pub number: String,
    pub issue_date: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub despatch_date: Option<NaiveDate>,
    /// The last day on which the goods should be here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_date: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tracking: Option<String>,
    pub lines: Vec<AnnouncedLine>,
    pub source: Source,
    pub announced_by: UserId,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct AnnouncedLine {
    /// The order's line.
    pub line: u32,
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub quantity: Decimal,
}

#[derive(Clone, Debug)]
pub enum DespatchAdviceCommand {
    Announce(Box<Announcement>),
    Receive { goods_receipt_id: GoodsReceiptId, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum DespatchAdviceEvent {
    Announced(Box<Announcement>),
    Received { goods_receipt_id: GoodsReceiptId, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DespatchAdviceRefusal {
    #[error("there is no such despatch advice")]
    DespatchAdviceUnknown,
    #[error("the despatch advice has already been announced")]
    DespatchAdviceExists,
    #[error("the goods of this despatch advice have been received")]
    DespatchAdviceReceived,
    #[error("a despatch advice needs a number")]
    NumberMissing,
    #[error("nothing is on its way: no line has a quantity")]
    NothingDespatched,
    #[error("line {line} stands more than once")]
    LineRepeated { line: u32 },
    #[error("line {line}: a quantity must be above zero")]
    LineAmounts { line: u32 },
}

impl Refusal for DespatchAdviceRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        match self {
            Self::DespatchAdviceUnknown => RefusalKind::Unknown,
            Self::DespatchAdviceExists | Self::DespatchAdviceReceived => RefusalKind::State,
            _ => RefusalKind::Invalid,
        }
    }
    fn pointer(&self) -> Option<String> {
        match self {
            Self::NumberMissing => Some("/number".to_owned()),
            Self::NothingDespatched | Self::LineRepeated { .. } | Self::LineAmounts { .. } => Some("/lines".to_owned()),
            _ => None,
        }
    }
}

aggregate!(DespatchAdvice, "despatch_advice", "DespatchAdvice", DespatchAdviceCommand, DespatchAdviceEvent, DespatchAdviceRefusal, {
    Announced = 1, Received = 1,
});

impl Root for DespatchAdvice {
    aggregate!(@names DespatchAdviceEvent);

    fn decide(&self, command: DespatchAdviceCommand) -> Result<Vec<DespatchAdviceEvent>, DespatchAdviceRefusal> {
        match (self, command) {
            (Self::NotAnnounced, DespatchAdviceCommand::Announce(announcement)) => {
                announcement.check()?;
                Ok(vec![DespatchAdviceEvent::Announced(announcement)])
            }
            (Self::NotAnnounced, DespatchAdviceCommand::Receive { .. }) => Err(DespatchAdviceRefusal::DespatchAdviceUnknown),
            (_, DespatchAdviceCommand::Announce(_)) => Err(DespatchAdviceRefusal::DespatchAdviceExists),
            (Self::Announced(_), DespatchAdviceCommand::Receive { goods_receipt_id, by }) => {
                Ok(vec![DespatchAdviceEvent::Received { goods_receipt_id, by }])
            }
            (Self::Received { goods_receipt_id: known, .. }, DespatchAdviceCommand::Receive { goods_receipt_id, .. })
                if *known == goods_receipt_id =>
            {
                Ok(vec![])
            }
            (Self::Received { .. }, DespatchAdviceCommand::Receive { .. }) => Err(DespatchAdviceRefusal::DespatchAdviceReceived),
        }
    }

    fn claims(&self, event: &DespatchAdviceEvent) -> Vec<ClaimChange> {
        match event {
            DespatchAdviceEvent::Announced(announcement) => {
                let key = number_key(announcement.vendor_id, &announcement.number);
                vec![ClaimChange::Take(Claim::of(key, "duplicate_despatch_advice"))]
            }
            DespatchAdviceEvent::Received { .. } => vec![],
        }
    }
}

/// The unique fact that one advice of a vendor has this number.
pub fn number_key(vendor: VendorId, number: &str) -> String {
    format!("despatch_advice|number|{vendor}|{}", folded(number))
}

impl Announcement {
    fn check(&self) -> Result<(), DespatchAdviceRefusal> {
        if folded(&self.number).is_empty() {
            return Err(DespatchAdviceRefusal::NumberMissing);
        }
        if self.lines.is_empty() {
            return Err(DespatchAdviceRefusal::NothingDespatched);
        }
        for (index, AnnouncedLine { line, quantity }) in self.lines.iter().enumerate() {
            if self.lines[..index].iter().any(|earlier| earlier.line == *line) {
                return Err(DespatchAdviceRefusal::LineRepeated { line: *line });
            }
            if *quantity <= Decimal::ZERO {
                return Err(DespatchAdviceRefusal::LineAmounts { line: *line });
            }
        }
        Ok(())
    }
}

impl DespatchAdvice {
    pub fn announcement(&self) -> Result<&Announcement, DespatchAdviceRefusal> {
        match self {
            Self::NotAnnounced => Err(DespatchAdviceRefusal::DespatchAdviceUnknown),
            Self::Announced(announcement) | Self::Received { announcement, .. } => Ok(announcement),
        }
    }

    fn on(&mut self, event: DespatchAdviceEvent) {
        *self = match (std::mem::take(self), event) {
            (_, DespatchAdviceEvent::Announced(announcement)) => Self::Announced(*announcement),
            (Self::Announced(announcement), DespatchAdviceEvent::Received { goods_receipt_id, .. }) => {
                Self::Received { announcement, goods_receipt_id }
            }
            (state, DespatchAdviceEvent::Received { .. }) => state,
        };
    }
}
