//! Funds types: when money is available. They take a varying number of fields.

use chrono::NaiveDate;

use super::records::without_slash;
use crate::number::short_date;

/// The fields not read yet, record by record: a continuation goes on where the record before it stopped.
pub(super) struct Fields<'a> {
    fields: std::iter::Peekable<std::vec::IntoIter<Placed<'a>>>,
}

struct Placed<'a> {
    text: &'a str,
    /// The first one of its physical record.
    is_first: bool,
}

#[derive(Debug, Default)]
pub(super) struct Funds {
    pub value_date: Option<NaiveDate>,
    /// As written, for what no date says: `0,1,2` days or a split over days.
    pub availability: Option<String>,
}

impl<'a> Fields<'a> {
    /// Each part is a physical record without its code.
    pub fn new<'p>(parts: impl IntoIterator<Item = &'p &'a str>) -> Self
    where
        'a: 'p,
    {
        let of_part =
            |part: &&'a str| without_slash(part).split(',').enumerate().map(|(index, text)| Placed { text, is_first: index == 0 });
        let fields: Vec<Placed> = parts.into_iter().flat_map(|part| of_part(part).collect::<Vec<_>>()).collect();
        Self { fields: fields.into_iter().peekable() }
    }

    pub fn next(&mut self) -> &'a str {
        self.fields.next().map_or("", |field| field.text.trim())
    }

    /// Nothing more is written, be it empty.
    pub fn is_at_end(&mut self) -> bool {
        self.fields.peek().is_none()
    }

    /// The record stopped before its last fields, which so have no value, and the next one begins with a type code.
    pub fn begins_anew(&mut self) -> bool {
        let is_code = |text: &str| text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        self.fields.peek().is_some_and(|field| field.is_first && is_code(field.text.trim()))
    }

    /// What is left, as it was written.
    pub fn rest(self) -> Vec<&'a str> {
        self.fields.map(|field| field.text).collect()
    }

    /// `S`: three amounts; `V`: date and time; `D`: a number of pairs; others stand alone.
    pub fn funds(&mut self) -> Funds {
        let kind = self.next();
        match kind {
            "V" => {
                let value_date = short_date(self.next());
                self.next();
                Funds { value_date, availability: None }
            }
            "S" => Funds { value_date: None, availability: Some(format!("S,{},{},{}", self.next(), self.next(), self.next())) },
            "D" => self.distributed(),
            "" | "Z" => Funds::default(),
            days => Funds { value_date: None, availability: Some(days.to_owned()) },
        }
    }

    fn distributed(&mut self) -> Funds {
        let count = self.next().parse::<usize>().unwrap_or(0).min(self.fields.size_hint().0 / 2);
        let pairs: Vec<String> = (0..count).map(|_| format!("{},{}", self.next(), self.next())).collect();
        Funds { value_date: None, availability: Some(format!("D,{}", pairs.join(","))) }
    }
}
