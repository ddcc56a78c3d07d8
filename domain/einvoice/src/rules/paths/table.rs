//! Rows of a table file as rules: rule, flag, check, context and the path below it, separated by tabs.

use super::attribute::AttributeRule;
use super::{Check, PathRule, Within};
use crate::rules::Flag;

/// The rules of a table. A row that cannot be read is left out, and a test sees to it that there is none.
pub(in crate::rules) fn rows(table: &'static str) -> impl Iterator<Item = PathRule> {
    lines(table).filter_map(row)
}

fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|line| !line.starts_with('#'))
}

/// The rules of a table about attributes that may stand nowhere; their path is the one element that may have it.
pub(in crate::rules) fn attribute_rows(table: &'static str) -> impl Iterator<Item = AttributeRule> {
    lines(table).filter_map(|line| {
        let [rule, flag, check, _, path] = columns(line)?;
        let attribute = check.strip_prefix("nowhere:")?;
        Some(AttributeRule { rule, flag: self::flag(flag)?, attribute, except: path.trim_start_matches('/') })
    })
}

fn columns(line: &'static str) -> Option<[&'static str; 5]> {
    let columns: Vec<_> = line.split('\t').collect();
    columns.try_into().ok()
}

fn flag(text: &str) -> Option<Flag> {
    match text {
        "fatal" => Some(Flag::Fatal),
        "warning" => Some(Flag::Warning),
        _ => None,
    }
}

fn row(line: &'static str) -> Option<PathRule> {
    let [rule, flag, check, context, path] = columns(line)?;
    let check = match check.split_once(':') {
        None if check == "absent" => Check::Absent,
        None if check == "once" => Check::Once,
        Some(("bare", attribute)) => Check::Bare(attribute),
        _ => return None,
    };
    let (path, within) = place(context, path);
    Some(PathRule { rule, flag: self::flag(flag)?, path, check, within })
}

/// `/` is the document; a path of `.` is the context itself, one that begins with `//` may stand anywhere in it.
fn place(context: &str, path: &str) -> (String, Within) {
    match (context, path) {
        (_, ".") => (context.into(), Within::Element),
        ("/", path) => (path.strip_prefix("//").map_or_else(|| format!("/{path}"), Into::into), Within::Document),
        _ => (format!("{context}/{path}"), Within::Ancestor(path.split('/').count())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_of_every_table_is_read() {
        for table in [include_str!("../en16931/syntax/ubl.tsv"), include_str!("../en16931/syntax/cii.tsv")] {
            for line in lines(table) {
                let is_attribute = line.contains("\tnowhere:");
                assert!(row(line).is_some() != is_attribute, "{line}");
            }
            let read = rows(table).count() + attribute_rows(table).count();
            assert_eq!(read, lines(table).count());
        }
    }
}
