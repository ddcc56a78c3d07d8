//! How the files of one source are read, kept under a name: saved again, the name means something new.
//!
//! An import keeps the mapping that it was begun with, so that what was read can always be read again the same way.

use serde::{Deserialize, Serialize};

use crate::aggregate;
use crate::aggregate::Root;
use crate::ids::UserId;
use crate::invoice_import::{SheetField, SheetMapping};
use crate::refusal::{Refusal, RefusalKind};

/// What one name means now. Its id follows from the name, so that saving it again replaces it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportMapping {
    #[default]
    NotSaved,
    Saved {
        version: u32,
        mapping: Box<SheetMapping>,
    },
}

#[derive(Clone, Debug)]
pub enum ImportMappingCommand {
    Save { name: String, mapping: Box<SheetMapping>, by: UserId },
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ImportMappingEvent {
    Saved { name: String, version: u32, mapping: Box<SheetMapping>, by: UserId },
}

#[derive(Clone, Debug, PartialEq, thiserror::Error, strum::IntoStaticStr, strum::VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum ImportMappingRefusal {
    #[error("a mapping needs a name of 1 to {NAME_MAX} letters, digits, spaces, dots, dashes or underscores, without spaces around it")]
    MappingNameInvalid,
    #[error("the mapping does not say where {field} stands")]
    MappingIncomplete { field: SheetField },
}

const NAME_MAX: usize = 60;

impl Refusal for ImportMappingRefusal {
    fn code(&self) -> &'static str {
        self.into()
    }
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }
    fn pointer(&self) -> Option<String> {
        Some(match self {
            Self::MappingNameInvalid => "/name".to_owned(),
            Self::MappingIncomplete { field } => format!("/mapping/fields/{field}"),
        })
    }
}

aggregate!(ImportMapping, "import_mapping", "ImportMapping", ImportMappingCommand, ImportMappingEvent, ImportMappingRefusal, { Saved = 1 });

impl Root for ImportMapping {
    aggregate!(@names ImportMappingEvent);

    fn decide(&self, command: ImportMappingCommand) -> Result<Vec<ImportMappingEvent>, ImportMappingRefusal> {
        let ImportMappingCommand::Save { name, mapping, by } = command;
        let version = match self {
            Self::Saved { mapping: now, .. } if *now == mapping => return Ok(vec![]),
            Self::Saved { version, .. } => version + 1,
            Self::NotSaved => 1,
        };
        if !is_name(&name) {
            return Err(ImportMappingRefusal::MappingNameInvalid);
        }
        if let Some(field) = mapping.missing() {
            return Err(ImportMappingRefusal::MappingIncomplete { field });
        }
        Ok(vec![ImportMappingEvent::Saved { name, version, mapping, by }])
    }
}

fn is_name(name: &str) -> bool {
    let short = (1..=NAME_MAX).contains(&name.chars().count());
    short && name.trim() == name && name.chars().all(|c| c.is_alphanumeric() || " .-_".contains(c))
}

impl ImportMapping {
    fn on(&mut self, event: ImportMappingEvent) {
        let ImportMappingEvent::Saved { version, mapping, .. } = event;
        *self = Self::Saved { version, mapping };
    }
}
