//! How much of the cache an aggregate takes, without looking at all of it after every command.

use std::io;

use serde::Serialize;

/// Bytes of JSON: those of the state when it was last measured, and of every event since. Never far too few, and, as what
/// the events have added to is measured again, not much more than twice too many: states that only change stay light.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    state: u32,
    since: u32,
}

/// Up to here it is not worth a measurement.
const LIGHT: u32 = 4096;

impl Weight {
    pub fn of(state: &impl Serialize) -> Option<Self> {
        let mut bytes = Counted(0);
        serde_json::to_writer(&mut bytes, state).ok().map(|()| Self::of_bytes(bytes.0))
    }

    /// Of a state that has been written out.
    pub fn of_bytes(state: usize) -> Self {
        Self { state: clamped(state), since: 0 }
    }

    pub fn bytes(self) -> u32 {
        self.state.saturating_add(self.since)
    }

    pub fn add(&mut self, event: usize) {
        self.since = self.since.saturating_add(clamped(event));
    }

    /// Measures again if events may have doubled it: over many events that costs no more than to write them out once more.
    pub fn settle(&mut self, state: &impl Serialize) {
        if self.since > self.state.max(LIGHT) {
            *self = Self::of(state).unwrap_or(*self);
        }
    }
}

fn clamped(bytes: usize) -> u32 {
    bytes.try_into().unwrap_or(u32::MAX)
}

struct Counted(usize);

impl io::Write for Counted {
    fn write(&mut self, written: &[u8]) -> io::Result<usize> {
        self.0 += written.len();
        Ok(written.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{LIGHT, Weight};

    /// After each event the state is as long as `length` says.
    fn after(events: usize, length: impl Fn(usize) -> usize) -> Weight {
        let mut weight = Weight::default();
        for n in 1..=events {
            weight.add(100);
            weight.settle(&"x".repeat(length(n)));
        }
        weight
    }

    #[test]
    fn a_state_that_only_changes_stays_as_light_as_it_is() {
        assert!(after(100_000, |_| 300).bytes() <= 300 + LIGHT + 200);
    }

    #[test]
    fn a_state_that_keeps_every_event_weighs_what_all_of_them_do() {
        for events in [1, 10, 1_000, 20_000] {
            let kept = events * 100;
            let weight = after(events, |n| n * 100).bytes() as usize;
            assert!((kept..=2 * kept + LIGHT as usize).contains(&weight), "{events} events weigh {weight}");
        }
    }
}
