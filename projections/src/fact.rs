//! A stored event, decoded once for all that read it.

use chrono::{DateTime, NaiveDate, Utc};
use cqrs_es::Aggregate;
use quittance_application::Failure;
use quittance_application::commands::read_payload;
use quittance_domain::time_zone::TimeZone;
use uuid::Uuid;

use crate::aggregates::every_aggregate;

/// One event of one tenant, where and when it was recorded and by whom.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub position: i64,
    pub recorded_at: DateTime<Utc>,
    /// Where the company kept its calendar then.
    pub zone: TimeZone,
    pub aggregate_id: Uuid,
    pub sequence: i64,
    pub actor: Uuid,
    pub fact: Fact,
}

impl Recorded {
    /// Whether this event began its aggregate: nothing of it can have been projected before.
    pub fn is_first(&self) -> bool {
        self.sequence == 1
    }

    /// The company's day.
    pub fn recorded_on(&self) -> NaiveDate {
        self.zone.day_of(self.recorded_at)
    }
}

macro_rules! facts {
    ($($variant:ident($root:ty)),+ $(,)?) => {
        /// What happened, by aggregate.
        #[derive(Clone, Debug)]
        pub enum Fact { $($variant(<$root as Aggregate>::Event)),+ }

        impl Fact {
            /// An aggregate type that this build does not know is an error: nothing is ever skipped silently.
            pub fn decode(aggregate_type: &str, event_type: &str, event_version: i16, payload: &str) -> Result<Self, Failure> {
                match aggregate_type {
                    $(<$root>::TYPE => read_payload::<$root>(event_type, event_version, payload).map(Self::$variant),)+
                    unknown => Err(Failure::Unavailable(format!("{unknown} is not an aggregate of this version"))),
                }
            }
        }
    };
}

every_aggregate!(facts);
