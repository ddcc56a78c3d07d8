//! What is told of a type of problem.

pub struct ProblemType {
    /// As in an answer's `code` and at the end of its `type`.
    pub code: &'static str,
    pub status: u16,
    pub title: &'static str,
    pub about: &'static str,
}

impl ProblemType {
    pub fn slug(&self) -> String {
        self.code.replace('_', "-")
    }
}
