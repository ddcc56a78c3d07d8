//! What the engine asks of an aggregate, on top of `cqrs_es::Aggregate`.

use chrono::NaiveDate;
use serde_json::Value;
use uuid::Uuid;

use crate::ids::UserId;
use crate::refusal::Refusal;

/// A fact that only one aggregate of the tenant may hold at a time, claimed in the transaction of its event.
///
/// A dated claim collides with another holder's claim of the same key when their dates lie at most
/// [`Claim::WINDOW_DAYS`] apart; an undated one collides always.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Claim {
    pub key: String,
    pub on: Option<NaiveDate>,
    /// The refusal's code when somebody else holds it.
    pub taken: &'static str,
}

impl Claim {
    /// SEMANTICS 2, D1: a number may come again after more than 366 days.
    pub const WINDOW_DAYS: i32 = 366;

    pub fn of(key: impl Into<String>, taken: &'static str) -> Self {
        Self { key: key.into(), on: None, taken }
    }

    pub fn dated(key: impl Into<String>, on: NaiveDate, taken: &'static str) -> Self {
        Self { key: key.into(), on: Some(on), taken }
    }

    /// The same for one who is told apart from others: they may have it beside each other, and nobody beside them who is told from none.
    /// `who` is a kind of identifier and its value; identifiers of different kinds tell nothing apart.
    #[must_use]
    pub fn by(self, who: &str) -> Self {
        Self { key: format!("{}{BY}{who}", self.key), ..self }
    }

    /// What is claimed, whoever is told apart.
    pub fn base(&self) -> &str {
        self.parts().0
    }

    fn parts(&self) -> (&str, Option<&str>) {
        self.key.split_once(BY).map_or((self.key.as_str(), None), |(base, who)| (base, Some(who)))
    }

    /// May two holders not have these at the same time? `es.rival` says the same of what is stored.
    pub fn collides(&self, other: &Self) -> bool {
        let ((ours, our_who), (theirs, their_who)) = (self.parts(), other.parts());
        let apart = our_who.zip(their_who).is_some_and(|(our, their)| tells_apart(our, their));
        let near = || match (self.on, other.on) {
            (Some(a), Some(b)) => (a - b).num_days().abs() <= i64::from(Self::WINDOW_DAYS),
            (a, b) => a == b,
        };
        ours == theirs && !apart && near()
    }
}

/// Between what is claimed and who is told apart.
const BY: &str = "|by|";

/// Whether two identifiers are those of two: of one kind, and not the same.
pub fn tells_apart(one: &str, other: &str) -> bool {
    let kind = |id: &str| id.split_once(':').map(|(kind, _)| kind.to_owned());
    one != other && kind(one) == kind(other)
}

/// What an event does to the tenant's unique facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimChange {
    Take(Claim),
    Release(Claim),
}

/// What is held no more is released, what is new is taken, what stays is left alone.
pub fn exchanged(before: Vec<Claim>, after: Vec<Claim>) -> Vec<ClaimChange> {
    let freed = before.iter().filter(|claim| !after.contains(claim)).cloned().map(ClaimChange::Release);
    let taken = after.iter().filter(|claim| !before.contains(claim)).cloned().map(ClaimChange::Take);
    freed.chain(taken).collect()
}

/// Turns an older version of an event's payload into the next version. Chained at load, oldest first.
pub struct Upcaster {
    pub event_type: &'static str,
    pub from_version: u16,
    pub lift: fn(Value) -> Value,
}

/// An aggregate root: a pure state machine with a stable name.
pub trait Root: cqrs_es::Aggregate<Services = (), Error: Refusal, Command: Clone> + Clone + 'static {
    /// Streams longer than this get a snapshot each time they grow by it.
    const SNAPSHOT_EVERY: Option<u64> = None;
    /// Changes when the state's shape does, so that older snapshots are ignored.
    const STATE_VERSION: i32 = 1;
    const UPCASTERS: &'static [Upcaster] = &[];

    /// What happens if `command` is carried out now. Repeating a command yields no events.
    fn decide(&self, command: Self::Command) -> Result<Vec<Self::Event>, Self::Error>;

    /// Whose command it is, where it is one that a second person gives about what others did. It is refused to everybody whom it would be
    /// refused to under another of their names.
    fn second_person(_command: &mut Self::Command) -> Option<&mut UserId> {
        None
    }

    /// The unique facts that `event` takes or frees; `self` is the state before it.
    fn claims(&self, _event: &Self::Event) -> Vec<ClaimChange> {
        Vec::new()
    }

    fn version_of(event: &Self::Event) -> u16;
    fn type_of(event: &Self::Event) -> &'static str;
    /// Whether an event of this type is one of the aggregate's.
    fn knows(event_type: &str) -> bool;

    /// Lifts a stored payload to the newest version of its event.
    fn upcast(event_type: &str, version: u16, payload: Value) -> Value {
        let mut steps: Vec<&Upcaster> =
            Self::UPCASTERS.iter().filter(|u| u.event_type == event_type && u.from_version >= version).collect();
        steps.sort_by_key(|u| u.from_version);
        steps.into_iter().fold(payload, |payload, step| (step.lift)(payload))
    }

    fn replay(events: impl IntoIterator<Item = Self::Event>) -> Self {
        events.into_iter().fold(Self::default(), |mut state, event| {
            state.apply(event);
            state
        })
    }
}

/// A document id that names the same thing wherever it is computed: UUIDv5 of `parts` in our namespace.
pub fn derived_id(parts: &[&[u8]]) -> Uuid {
    const NAMESPACE: Uuid = Uuid::from_u128(0x7175_6974_7461_6e63_8000_0000_0000_0001);
    let mut name = Vec::with_capacity(parts.iter().map(|p| p.len() + 4).sum());
    for part in parts {
        name.extend_from_slice(&u32::try_from(part.len()).unwrap_or(u32::MAX).to_be_bytes());
        name.extend_from_slice(part);
    }
    Uuid::new_v5(&NAMESPACE, &name)
}

/// Names the events of an aggregate and bridges its pure `decide` to `cqrs_es`.
///
/// `aggregate!(Invoice, "invoice", InvoiceCommand, InvoiceEvent, InvoiceRefusal, { Received = 1, … })`: each event is
/// called `<Prefix><Variant>` in the store and carries the version of its payload.
#[macro_export]
macro_rules! aggregate {
    ($root:ident, $kind:literal, $prefix:literal, $command:ty, $event:ident, $refusal:ty, { $($variant:ident = $version:literal),+ $(,)? }) => {
        impl ::cqrs_es::DomainEvent for $event {
            fn event_type(&self) -> String {
                $event::name(self).to_owned()
            }
            fn event_version(&self) -> String {
                format!("{}.0", $event::version(self))
            }
        }

        impl $event {
            /// Every event type of this aggregate with its newest version.
            pub const TYPES: &'static [(&'static str, u16)] = &[$((concat!($prefix, stringify!($variant)), $version)),+];

            pub fn name(&self) -> &'static str {
                match self { $(Self::$variant { .. } => concat!($prefix, stringify!($variant))),+ }
            }
            pub fn version(&self) -> u16 {
                match self { $(Self::$variant { .. } => $version),+ }
            }
        }

        impl ::cqrs_es::Aggregate for $root {
            const TYPE: &'static str = $kind;
            type Command = $command;
            type Event = $event;
            type Error = $refusal;
            type Services = ();

            async fn handle(&mut self, command: Self::Command, _: &(), sink: &::cqrs_es::event_sink::EventSink<Self>) -> Result<(), Self::Error> {
                for event in $crate::Root::decide(self, command)? {
                    sink.write(event, self).await;
                }
                Ok(())
            }

            fn apply(&mut self, event: Self::Event) {
                self.on(event);
            }
        }
    };
    (@names $event:ident) => {
        fn version_of(event: &Self::Event) -> u16 { $event::version(event) }
        fn type_of(event: &Self::Event) -> &'static str { $event::name(event) }
        fn knows(event_type: &str) -> bool { $event::TYPES.iter().any(|(name, _)| *name == event_type) }
    };
}
