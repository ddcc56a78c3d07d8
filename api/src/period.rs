//! A period in a query begins before it ends: turned round it would answer that nothing happened.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};
use url::form_urlencoded;

use crate::problem::Problem;

/// `from` and `to`, or a date's name before each. What counts from a day counts `as_of` a later one, whatever falls due after that. What is
/// neither a day nor a moment is judged where it is read.
pub fn check(query: &str) -> Result<(), Problem> {
    let pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = form_urlencoded::parse(query.as_bytes()).collect();
    let value = |name: &str| pairs.iter().find(|(other, _)| other == name).map(|(_, value)| value);
    for (name, from) in &pairs {
        let Some(prefix) = name.strip_suffix("from").filter(|prefix| prefix.is_empty() || prefix.ends_with('_')) else { continue };
        let last = matches!(prefix, "" | "effective_").then(|| "as_of".to_owned());
        for end in std::iter::once(format!("{prefix}to")).chain(last) {
            if value(&end).is_some_and(|to| is_after::<NaiveDate>(from, to) || is_after::<DateTime<Utc>>(from, to)) {
                return Err(Problem::invalid(name.as_ref(), format!("{name} is not after {end}")));
            }
        }
    }
    Ok(())
}

fn is_after<T: std::str::FromStr + PartialOrd>(from: &str, to: &str) -> bool {
    from.parse::<T>().ok().zip(to.parse::<T>().ok()).is_some_and(|(from, to)| from > to)
}

#[cfg(test)]
mod tests {
    use super::check;

    /// A query, and whether its periods end after they begin.
    #[test]
    fn a_period_ends_after_it_begins() {
        let table = [
            ("", true),
            ("from=2026-10-01&to=2026-10-31", true),
            ("from=2026-10-01&to=2026-10-01", true),
            ("from=2026-10-31&to=2026-10-01", false),
            ("to=2026-10-01&vendor_id=x&from=2026-10-31", false),
            ("due_from=2026-10-31&due_to=2026-10-01", false),
            ("due_from=2026-10-31&issued_to=2026-10-01", true),
            ("from=2026-10-31", true),
            ("from=2026-10-31&as_of=2026-10-01", false),
            ("effective_from=2026-10-01&as_of=2026-10-01", true),
            ("effective_from=2026-10-02&as_of=2026-10-01", false),
            ("due_from=2026-12-01&as_of=2026-10-01", true),
            ("from=2026-10-01T10%3A00%3A00Z&to=2026-10-01T09%3A59%3A59Z", false),
            ("from=2026-10-01T10:00:00Z&to=2026-10-01T10:00:00Z", true),
            // Currencies, and what is no day.
            ("from=USD&to=EUR&on=2026-10-01", true),
            ("from=tomorrow&to=2026-10-01", true),
        ];
        for (query, holds) in table {
            assert_eq!(check(query).is_ok(), holds, "{query}");
        }
    }
}
