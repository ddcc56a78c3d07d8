//! The places of a company where goods lie: one register a tenant. Who has registered none names places freely; from the first one on
//! goods come in, move and leave only where one is registered and open.

mod refusal;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use refusal::LocationRefusal;

use crate::aggregate;
use crate::aggregate::Root;
use crate::bank_account::Country;
use crate::ids::{LocationId, UserId};
use crate::party::{Address, folded};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Locations {
    /// By what their code comes to, however it is written.
    pub registered: BTreeMap<String, Location>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Location {
    pub id: LocationId,
    pub card: LocationCard,
    pub closed: bool,
}

/// What is known about a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct LocationCard {
    /// What receipts and movements call it.
    #[cfg_attr(feature = "schema", schema(example = "main"))]
    pub code: String,
    #[cfg_attr(feature = "schema", schema(example = "Main warehouse"))]
    pub name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<Address>,
}

#[derive(Clone, Debug)]
pub enum LocationCommand {
    Register { location_id: LocationId, card: LocationCard, by: UserId },
    Change { location_id: LocationId, card: LocationCard, by: UserId },
    Close { location_id: LocationId, reason: String, by: UserId },
    Reopen { location_id: LocationId, reason: String, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum LocationEvent {
    Registered { location_id: LocationId, card: LocationCard, by: UserId },
    Changed { location_id: LocationId, card: LocationCard, by: UserId },
    Closed { location_id: LocationId, reason: String, by: UserId },
    Reopened { location_id: LocationId, reason: String, by: UserId },
}

aggregate!(Locations, "locations", "Location", LocationCommand, LocationEvent, LocationRefusal, {
    Registered = 1, Changed = 1, Closed = 1, Reopened = 1,
});

impl Root for Locations {
    aggregate!(@names LocationEvent);
    const SNAPSHOT_EVERY: Option<u64> = Some(200);

    fn decide(&self, command: LocationCommand) -> Result<Vec<LocationEvent>, LocationRefusal> {
        let event = match command {
            LocationCommand::Register { location_id, card, by } => {
                let card = card.checked()?;
                if self.registered.contains_key(&folded(&card.code)) {
                    return Err(LocationRefusal::LocationExists);
                }
                Some(LocationEvent::Registered { location_id, card, by })
            }
            LocationCommand::Change { location_id, card, by } => {
                let before = &self.find(location_id)?.card;
                if folded(&before.code) != folded(&card.code) {
                    return Err(LocationRefusal::LocationCodeFixed);
                }
                let card = card.checked()?;
                (*before != card).then_some(LocationEvent::Changed { location_id, card, by })
            }
            LocationCommand::Close { location_id, reason, by } => {
                (!self.find(location_id)?.closed).then_some(LocationEvent::Closed { location_id, reason, by })
            }
            LocationCommand::Reopen { location_id, reason, by } => {
                self.find(location_id)?.closed.then_some(LocationEvent::Reopened { location_id, reason, by })
            }
        };
        Ok(event.into_iter().collect())
    }
}

impl Locations {
    /// Whether goods may come in, move or leave at what is called so. A place without a name is nobody's to admit: whoever moves goods asks
    /// for one.
    pub fn admits(&self, called: &str) -> Result<(), LocationRefusal> {
        let key = folded(called);
        if self.registered.is_empty() || key.is_empty() {
            return Ok(());
        }
        match self.registered.get(&key) {
            None => Err(LocationRefusal::LocationNotRegistered { called: called.to_owned() }),
            Some(location) if location.closed => Err(LocationRefusal::LocationClosed { called: called.to_owned() }),
            Some(_) => Ok(()),
        }
    }

    fn find(&self, id: LocationId) -> Result<&Location, LocationRefusal> {
        self.registered.values().find(|location| location.id == id).ok_or(LocationRefusal::LocationUnknown)
    }

    fn at(&mut self, id: LocationId) -> Option<&mut Location> {
        self.registered.values_mut().find(|location| location.id == id)
    }

    fn on(&mut self, event: LocationEvent) {
        match event {
            LocationEvent::Registered { location_id, card, .. } => {
                self.registered.insert(folded(&card.code), Location { id: location_id, card, closed: false });
            }
            LocationEvent::Changed { location_id, card, .. } => {
                if let Some(location) = self.at(location_id) {
                    location.card = card;
                }
            }
            LocationEvent::Closed { location_id, .. } => self.set_closed(location_id, true),
            LocationEvent::Reopened { location_id, .. } => self.set_closed(location_id, false),
        }
    }

    fn set_closed(&mut self, id: LocationId, closed: bool) {
        if let Some(location) = self.at(id) {
            location.closed = closed;
        }
    }
}

impl LocationCard {
    fn checked(mut self) -> Result<Self, LocationRefusal> {
        if folded(&self.code).is_empty() {
            return Err(LocationRefusal::LocationCodeMissing);
        }
        if self.name.trim().is_empty() {
            return Err(LocationRefusal::NameMissing);
        }
        if let Some(country) = self.address.as_mut().and_then(|address| address.country.as_mut()) {
            *country = Country::parse(country).map_err(|_| LocationRefusal::CountryUnknown)?.to_string();
        }
        Ok(self)
    }
}
