//! "Did you mean": the nearest of a list of names.

/// The candidate nearest to `name`, if it is near enough to be what was meant.
pub(crate) fn closest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    // A name as long as this is no typing slip, and the distance costs its square.
    if name.len() > 64 {
        return None;
    }
    // Two letters exchanged are two edits.
    let length = name.chars().count();
    let limit = (length / 3).max(if length > 3 { 2 } else { 1 });
    candidates
        .into_iter()
        .map(|candidate| (distance(name, candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edits (insert, delete, replace) that lead from one text to the other.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    for (above, a) in from.chars().enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(above + 1);
        for ((b, replaced), inserted) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(above);
            let replace = replaced + usize::from(a != *b);
            next.push(replace.min(inserted + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{closest, distance};

    #[test]
    fn distance_counts_edits() {
        for (from, to, edits) in
            [("", "", 0), ("a", "", 1), ("kitten", "sitting", 3), ("same", "same", 0)]
        {
            assert_eq!(distance(from, to), edits, "{from} to {to}");
        }
    }

    #[test]
    fn only_what_is_near_is_suggested() {
        let names = ["handset.match", "handset.proof", "sim.match"];
        assert_eq!(closest("handset.mach", names), Some("handset.match"));
        assert_eq!(closest("colour", names), None);
        assert_eq!(closest(&"x".repeat(10_000), names), None);
    }
}
