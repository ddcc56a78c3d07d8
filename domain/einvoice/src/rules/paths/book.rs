//! A set of path rules and the walk that holds a document against them.

use super::attribute::{self, AttributeRule};
use super::pattern::{Matches, Patterns};
use super::{Check, PathRule, ValueOf, Within};
use crate::outline::{Element, Outline, trimmed};
use crate::rules::judge::Judge;

#[derive(Default)]
pub(in crate::rules) struct Book {
    rules: Vec<PathRule>,
    patterns: Patterns,
    attributes: Vec<AttributeRule>,
}

/// What the walk remembers of a rule: where it last met it, how often there, and the element it met first.
#[derive(Clone, Copy)]
struct Met<'d> {
    context: usize,
    count: u32,
    first: Option<Element<'d>>,
}

impl Book {
    /// Aliases are other names for elements that the rules name.
    pub(in crate::rules) fn of(
        rules: impl IntoIterator<Item = PathRule>,
        attributes: impl IntoIterator<Item = AttributeRule>,
        aliases: &[(&str, &str)],
    ) -> Self {
        let mut book = Self { attributes: attributes.into_iter().collect(), ..Self::default() };
        for rule in rules {
            book.patterns.add(&rule.path, book.rules.len() as u16);
            book.rules.push(rule);
        }
        aliases.iter().for_each(|(alias, name)| book.patterns.alias(alias, name));
        book
    }

    pub(in crate::rules) fn check(&self, outline: &Outline, judge: &mut Judge) {
        let matches = self.patterns.matches(outline);
        let mut met = vec![Met { context: usize::MAX, count: 0, first: None }; self.rules.len()];
        for element in outline.elements() {
            self.meet(element, &matches, &mut met, judge);
        }
        attribute::check(&self.attributes, outline, judge);
    }

    fn meet<'d>(&self, element: Element<'d>, matches: &Matches, met: &mut [Met<'d>], judge: &mut Judge) {
        for &number in matches.of(element.path()) {
            let number = usize::from(number);
            self.rules[number].judge(element, &mut met[number], judge);
        }
    }
}

impl PathRule {
    fn judge<'d>(&self, element: Element<'d>, met: &mut Met<'d>, judge: &mut Judge) {
        let allowed = match self.check {
            Check::Once => 1,
            Check::OnceOf(counts) if counts(element) => 1,
            Check::OnceOf(_) => return,
            Check::Alike(value) => return self.compare(value, element, met, judge),
            _ if self.holds(element) => return,
            _ => 0,
        };
        if self.count(element, met) == allowed + 1 {
            judge.broken(self.rule, self.flag, element, &self.text(element));
        }
    }

    fn holds(&self, element: Element<'_>) -> bool {
        match self.check {
            Check::Absent => false,
            Check::Bare(attribute) => element.attribute(attribute).is_none(),
            Check::Code(list) => list.contains(element.text()),
            Check::Attribute(name, list) => element.attribute(name).is_some_and(|code| list.contains(trimmed(code))),
            Check::OptionalAttribute(name, list) => element.attribute(name).is_none_or(|code| list.contains(trimmed(code))),
            Check::Holds(holds, _) => holds(element),
            Check::Once | Check::OnceOf(_) | Check::Alike(_) => true,
        }
    }

    /// How often the rule was met where it is reported once, this time included.
    fn count(&self, element: Element<'_>, met: &mut Met<'_>) -> u32 {
        let context = match self.within {
            Within::Element => element.id().index(),
            Within::Ancestor(levels) => ancestor(element, levels).id().index(),
            Within::Document => 0,
        };
        if met.context != context {
            (met.context, met.count) = (context, 0);
        }
        met.count += 1;
        met.count
    }

    fn compare<'d>(&self, value: ValueOf, element: Element<'d>, met: &mut Met<'d>, judge: &mut Judge) {
        let first = *met.first.get_or_insert(element);
        if value(first) != value(element) && self.count(element, met) == 1 {
            judge.broken(self.rule, self.flag, element, &self.text(element));
        }
    }

    fn text(&self, element: Element<'_>) -> String {
        let name = element.name();
        match self.check {
            Check::Absent => format!("{name} has no place here in an invoice of EN 16931"),
            Check::Once => format!("{name} stands here more than once"),
            Check::OnceOf(_) if name == "cbc:PaymentMeansCode" => format!("{name} with a name (BT-82) stands here more than once"),
            Check::OnceOf(_) => format!("{name} of this kind stands here more than once"),
            Check::Alike(_) => format!("{name} does not say the same everywhere"),
            Check::Bare(attribute) => format!("the attribute {attribute} has no place on {name}"),
            Check::Code(list) => format!("“{}” is no code of {}", shown(element.text()), list.standard()),
            Check::Attribute(attribute, list) | Check::OptionalAttribute(attribute, list) => {
                format!("{attribute} “{}” is no code of {}", shown(element.attribute(attribute).unwrap_or_default()), list.standard())
            }
            Check::Holds(_, text) => text.into(),
        }
    }
}

/// As much of a value as tells which it is: an attachment may stand where a code should.
fn shown(value: &str) -> String {
    const CHARS: usize = 40;
    let mut characters = value.chars();
    let start: String = characters.by_ref().take(CHARS).collect();
    if characters.next().is_some() { start + "…" } else { start }
}

fn ancestor(element: Element<'_>, levels: usize) -> Element<'_> {
    (0..levels).fold(element, |at, _| at.parent().unwrap_or(at))
}
