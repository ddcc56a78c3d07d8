//! Funds types: when money is available. They take a varying number of fields.

use chrono::NaiveDate;

use crate::number::short_date;

/// The fields not read yet.
pub(super) struct Fields<'a> {
    fields: std::vec::IntoIter<&'a str>,
}

#[derive(Debug, Default)]
pub(super) struct Funds {
    pub value_date: Option<NaiveDate>,
    /// As written, for what no date says: `0,1,2` days or a split over days.
    pub availability: Option<String>,
}

impl<'a> Fields<'a> {
    pub fn new(fields: Vec<&'a str>) -> Self {
        Self { fields: fields.into_iter() }
    }

    pub fn next(&mut self) -> &'a str {
        self.fields.next().unwrap_or("")
    }

    pub fn is_empty(&self) -> bool {
        self.fields.as_slice().iter().all(|field| field.is_empty())
    }

    /// What is left, as it was written.
    pub fn rest(self) -> Vec<&'a str> {
        self.fields.collect()
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
        let count = self.next().parse::<usize>().unwrap_or(0).min(self.fields.len() / 2);
        let pairs: Vec<String> = (0..count).map(|_| format!("{},{}", self.next(), self.next())).collect();
        Funds { value_date: None, availability: Some(format!("D,{}", pairs.join(","))) }
    }
}
