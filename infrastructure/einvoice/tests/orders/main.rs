//! Orders and despatch advices, from real documents: read whole, or refused for what they are.

#[path = "../conformance/data.rs"]
mod data;
mod documents;
mod terms;
mod unmapped;
