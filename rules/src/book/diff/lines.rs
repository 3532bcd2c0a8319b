//! The lines that two books tell apart, and the chains by which each book answers them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::book::{ChainId, RuleBook};

/// Lines that a book answers by one chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Line {
    /// Those of no carrier and no MVNO that a pack names.
    Other,
    /// Those of a carrier itself, and of its MVNOs without packs.
    Carrier(String),
    /// Those of an MVNO.
    Mvno {
        /// Its name.
        mvno: String,
        /// Whose network they are said to be on.
        on: Network,
    },
}

/// The carrier that is named beside an MVNO.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Network {
    /// Each of the others below that the MVNO has.
    Each,
    /// A host, by its name.
    Host(String),
    /// The MVNO itself.
    Own,
    /// None.
    NotGiven,
}

impl Line {
    /// The carrier by which it is looked up.
    pub fn carrier(&self) -> Option<&str> {
        match self {
            Self::Carrier(name) | Self::Mvno { on: Network::Host(name), .. } => Some(name),
            Self::Mvno { mvno, on: Network::Own } => Some(mvno),
            Self::Other | Self::Mvno { .. } => None,
        }
    }

    /// The MVNO by which it is looked up.
    pub fn mvno(&self) -> Option<&str> {
        match self {
            Self::Mvno { mvno, .. } => Some(mvno),
            Self::Other | Self::Carrier(_) => None,
        }
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Other => f.write_str("any other"),
            Self::Carrier(name) | Self::Mvno { mvno: name, on: Network::Each } => f.write_str(name),
            Self::Mvno { mvno, on: Network::Host(host) } => write!(f, "{mvno} on {host}"),
            Self::Mvno { mvno, on: Network::Own } => write!(f, "{mvno} as its own carrier"),
            Self::Mvno { mvno, on: Network::NotGiven } => write!(f, "{mvno} without a carrier"),
        }
    }
}

/// The chains that answer some lines before and now.
pub(super) type Move = (ChainId, ChainId);

/// All lines that either book tells from others, by the chains that answer them.
pub(super) fn moves(old: &RuleBook, new: &RuleBook) -> BTreeMap<Move, Vec<Line>> {
    let answered = |line: &Line| {
        let by = |book: &RuleBook| book.chain(line.carrier(), line.mvno());
        (by(old), by(new))
    };
    let mut found: BTreeMap<Move, Vec<Line>> = BTreeMap::new();
    found.entry(answered(&Line::Other)).or_default().push(Line::Other);
    let books = [old, new];
    let hosts = books.iter().flat_map(|book| book.mvnos.values().map(|(host, _)| host));
    let carriers: BTreeSet<&String> =
        books.iter().flat_map(|book| book.carriers.keys()).chain(hosts).collect();
    let mvnos: BTreeSet<&String> = books.iter().flat_map(|book| book.mvnos.keys()).collect();
    for carrier in carriers {
        let line = Line::Carrier(carrier.clone());
        found.entry(answered(&line)).or_default().push(line);
    }
    for mvno in mvnos {
        let hosts: BTreeSet<&String> =
            books.iter().filter_map(|book| book.mvnos.get(mvno)).map(|(host, _)| host).collect();
        let line = |on: Network| Line::Mvno { mvno: mvno.clone(), on };
        let mut own: Vec<Line> =
            hosts.into_iter().map(|host| line(Network::Host(host.clone()))).collect();
        own.push(line(Network::Own));
        if answered(&line(Network::NotGiven)) != answered(&line(Network::Own)) {
            own.push(line(Network::NotGiven));
        }
        let mut ways: BTreeSet<_> = own.iter().map(answered).collect();
        match (ways.pop_first(), ways.is_empty()) {
            (Some(way), true) => {
                let lines = found.entry(way).or_default();
                // With a core of its own it is a carrier of the same name.
                lines.retain(|line| *line != Line::Carrier(mvno.clone()));
                lines.push(line(Network::Each));
            }
            _ => own.into_iter().for_each(|line| {
                found.entry(answered(&line)).or_default().push(line);
            }),
        }
    }
    found
}
