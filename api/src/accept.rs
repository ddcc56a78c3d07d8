//! What a caller wants an answer as: `Accept` by RFC 9110, 12.5.1. The crates that read it bring a type for each media type there is;
//! the few that are given here are compared as text.

use axum::http::{HeaderMap, header};
use rust_decimal::Decimal;

use crate::operations::{essence, is_one};

/// Media ranges, each with how much it is wanted.
pub struct Accept(Vec<(String, Decimal)>);

impl Accept {
    pub fn of(headers: &HeaderMap) -> Self {
        let lines = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
        let ranges = lines.flat_map(|line| line.split(',')).filter(|range| !range.trim().is_empty());
        Self(ranges.map(|range| (essence(range), weight(range))).collect())
    }

    /// The ranges that are wanted at all, those first that are wanted most.
    pub fn wanted(&self) -> impl Iterator<Item = &str> {
        let mut wanted: Vec<_> = self.0.iter().filter(|(_, weight)| !weight.is_zero()).collect();
        wanted.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
        wanted.into_iter().map(|(range, _)| range.as_str())
    }

    /// Whether this type will do. The range that says most about it decides; who names none takes all.
    pub fn takes(&self, given: &str) -> bool {
        let about = self.0.iter().filter_map(|(range, weight)| Some((closeness(range, given)?, weight)));
        about.max_by_key(|(closeness, _)| *closeness).map_or(self.0.is_empty(), |(_, weight)| !weight.is_zero())
    }
}

/// `q`; what cannot be read is no reason to answer in another form.
fn weight(range: &str) -> Decimal {
    let parameters = range.split(';').skip(1).filter_map(|parameter| parameter.trim().split_once('='));
    let stated = parameters.filter(|(name, _)| name.eq_ignore_ascii_case("q")).find_map(|(_, value)| value.parse().ok());
    stated.unwrap_or(Decimal::ONE)
}

/// How much a range says of a type: nothing, everything is this, its kind is, it is itself.
fn closeness(range: &str, given: &str) -> Option<u8> {
    match range.strip_suffix("/*") {
        Some("*") => Some(0),
        Some(kind) => (given.split('/').next() == Some(kind)).then_some(1),
        None => is_one(range, given).then_some(2),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(value: &'static str) -> Accept {
        Accept::of(&HeaderMap::from_iter([(header::ACCEPT, value.parse().unwrap())]))
    }

    #[test]
    fn a_range_takes_its_own_kind_unless_it_says_never() {
        let rows = [
            ("", true),
            ("*/*", true),
            ("application/*", true),
            ("Application/JSON; q=0.8", true),
            ("text/*", false),
            ("application/json;q=0", false),
            ("application/json;Q=0.000, text/csv", false),
            ("application/json;q=0, */*", false),
            ("*/*;q=0, application/json;q=0.1", true),
            ("application/jsonp", false),
        ];
        for (value, verdict) in rows {
            assert_eq!(accept(value).takes("application/json"), verdict, "{value}");
        }
    }

    #[test]
    fn what_is_wanted_most_comes_first() {
        let rows: [(&str, &[&str]); 3] = [
            ("text/csv, application/json", &["text/csv", "application/json"]),
            ("application/json;q=0.5, TEXT/CSV;q=0.9", &["text/csv", "application/json"]),
            ("text/csv;q=0, application/json", &["application/json"]),
        ];
        for (value, order) in rows {
            assert_eq!(accept(value).wanted().collect::<Vec<_>>(), order, "{value}");
        }
    }
}
