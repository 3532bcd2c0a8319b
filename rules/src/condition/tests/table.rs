//! The truth table of the README, read out of it.

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Truth {
    False,
    Unknown,
    True,
}

impl From<bool> for Truth {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

impl Truth {
    fn read(word: &str) -> Self {
        match word {
            "false" => Self::False,
            "unknown" => Self::Unknown,
            "true" => Self::True,
            other => panic!("`{other}` is no truth"),
        }
    }

    const fn at(self) -> usize {
        match self {
            Self::False => 0,
            Self::Unknown => 1,
            Self::True => 2,
        }
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Table {
    and: [[Truth; 3]; 3],
    or: [[Truth; 3]; 3],
    not: [Truth; 3],
}

impl Table {
    pub(crate) fn read() -> Self {
        let readme = include_str!("../../../README.md");
        let head = r"| `a` | `b` | `a && b` | `a \|\| b` | `!a` |";
        let (_, rest) = readme.split_once(head).expect("the README has the truth table");
        let mut and = [[None; 3]; 3];
        let (mut or, mut not) = (and, [None; 3]);
        for row in rest.lines().skip(2).take_while(|line| line.starts_with('|')) {
            let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
            let [a, b, both, either, mirrored] =
                <[_; 5]>::try_from(cells).unwrap().map(Truth::read);
            assert_eq!(and[a.at()][b.at()].replace(both), None, "{row} stands twice");
            or[a.at()][b.at()] = Some(either);
            let before = not[a.at()].replace(mirrored);
            assert!(before.is_none_or(|before| before == mirrored), "{row} contradicts another");
        }
        let whole = |rows: [[Option<Truth>; 3]; 3]| {
            rows.map(|row| row.map(|cell| cell.expect("the table has every pair")))
        };
        Self { and: whole(and), or: whole(or), not: not.map(|cell| cell.unwrap()) }
    }

    pub(crate) fn and(&self, a: Truth, b: Truth) -> Truth {
        self.and[a.at()][b.at()]
    }

    pub(crate) fn or(&self, a: Truth, b: Truth) -> Truth {
        self.or[a.at()][b.at()]
    }

    pub(crate) fn not(&self, a: Truth) -> Truth {
        self.not[a.at()]
    }
}
