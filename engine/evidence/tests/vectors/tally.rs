//! What came of a set's cases.

/// Counts a set's cases. Each case is told once: right, wrong, or knowingly treated otherwise.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    right: usize,
    otherwise: Vec<(String, &'static str)>,
    wrong: Vec<String>,
    passed_over: Vec<String>,
}

impl Tally {
    /// A case whose outcome is the expected one.
    pub(crate) fn is_right(&mut self) {
        self.right += 1;
    }

    /// A case whose outcome is not the expected one, and what differs.
    pub(crate) fn is_wrong(&mut self, case: &str, difference: impl std::fmt::Display) {
        self.wrong.push(format!("{case}: {difference}"));
    }

    /// A case that is knowingly treated otherwise, by a rule with its reason.
    pub(crate) fn is_otherwise(&mut self, case: &str, reason: &'static str) {
        self.otherwise.push((case.to_owned(), reason));
    }

    /// A file without cases in it.
    pub(crate) fn is_passed_over(&mut self, file: &str) {
        self.passed_over.push(file.to_owned());
    }

    pub(crate) fn passed_over(&self) -> &[String] {
        &self.passed_over
    }

    pub(crate) fn cases(&self) -> usize {
        self.right + self.otherwise.len() + self.wrong.len()
    }

    pub(crate) fn right(&self) -> usize {
        self.right
    }

    pub(crate) fn otherwise(&self) -> &[(String, &'static str)] {
        &self.otherwise
    }

    pub(crate) fn wrong(&self) -> &[String] {
        &self.wrong
    }
}
