//! Attributes that may stand nowhere in a document. Most documents have none of them, which their names tell at once.

use crate::outline::{Element, Outline};
use crate::rules::Flag;
use crate::rules::judge::Judge;

pub(in crate::rules) struct AttributeRule {
    pub(super) rule: &'static str,
    pub(super) flag: Flag,
    pub(super) attribute: &'static str,
    /// The element that may have it, or nothing.
    pub(super) except: &'static str,
}

pub(super) fn check(rules: &[AttributeRule], outline: &Outline, judge: &mut Judge) {
    let attributes: Vec<_> = outline.names().filter(|name| !name.contains(':')).collect();
    for rule in rules.iter().filter(|rule| attributes.contains(&rule.attribute)) {
        if let Some(element) = outline.elements().find(|element| rule.is_broken_by(*element)) {
            judge.broken(
                rule.rule,
                rule.flag,
                element,
                &format!("the attribute {} has no place in an invoice of EN 16931", rule.attribute),
            );
        }
    }
}

impl AttributeRule {
    fn is_broken_by(&self, element: Element<'_>) -> bool {
        element.name() != self.except && element.attribute(self.attribute).is_some()
    }
}
