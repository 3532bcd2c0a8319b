use super::{Compatibility, Firmware, FirmwareSet, HandsetModel, ReaderModel, Tac, Trial};
use crate::ids::{HandsetModelId, ReaderModelId};
use std::collections::BTreeMap;

/// A reader's model and the firmware that it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderBuild {
    /// Its model.
    pub model: ReaderModelId,
    /// Its firmware.
    pub firmware: Firmware,
}

/// How much a registry holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    /// Models of handsets.
    pub handsets: usize,
    /// TACs of handsets.
    pub tacs: usize,
    /// Lines of readers: a model whose firmware versions stand differently has several.
    pub readers: usize,
    /// Combined trials.
    pub trials: usize,
}

/// Models of handsets and readers, and their combined trials. Made by [`super::Tables::read`]; the
/// default one is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registry {
    handsets: Vec<HandsetModel>,
    readers: Vec<ReaderModel>,
    trials: Vec<Trial>,
    by_tac: BTreeMap<Tac, usize>,
    by_pair: BTreeMap<(ReaderModelId, HandsetModelId), Vec<usize>>,
}

impl Registry {
    pub(super) fn of(
        mut handsets: Vec<HandsetModel>,
        mut readers: Vec<ReaderModel>,
        mut trials: Vec<Trial>,
    ) -> Self {
        handsets.sort_by(|a, b| a.id.cmp(&b.id));
        let newest = |set: &FirmwareSet| set.newest();
        readers.sort_by(|a, b| {
            a.id.cmp(&b.id).then_with(|| newest(&a.firmware).cmp(&newest(&b.firmware)))
        });
        trials.sort_by(|a, b| {
            let key = |trial: &Trial| (trial.reader.clone(), trial.handset.clone());
            key(a).cmp(&key(b)).then_with(|| newest(&a.firmware).cmp(&newest(&b.firmware)))
        });
        let mut by_tac = BTreeMap::new();
        for (place, model) in handsets.iter().enumerate() {
            by_tac.extend(model.tacs.iter().map(|tac| (*tac, place)));
        }
        let mut by_pair: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (place, trial) in trials.iter().enumerate() {
            let pair = (trial.reader.clone(), trial.handset.clone());
            by_pair.entry(pair).or_default().push(place);
        }
        Self { handsets, readers, trials, by_tac, by_pair }
    }

    /// All models of handsets, by id.
    pub fn handsets(&self) -> &[HandsetModel] {
        &self.handsets
    }

    /// All lines of readers, by id, then firmware.
    pub fn readers(&self) -> &[ReaderModel] {
        &self.readers
    }

    /// All combined trials, by reader, handset, then firmware.
    pub fn trials(&self) -> &[Trial] {
        &self.trials
    }

    /// How much it holds.
    pub fn size(&self) -> Size {
        Size {
            handsets: self.handsets.len(),
            tacs: self.by_tac.len(),
            readers: self.readers.len(),
            trials: self.trials.len(),
        }
    }

    /// Whether nothing is in it: then nothing was imported, and nothing is said of any model.
    pub const fn is_empty(&self) -> bool {
        self.handsets.is_empty() && self.readers.is_empty()
    }

    /// The model of handsets that has the TAC.
    pub fn handset(&self, tac: Tac) -> Option<&HandsetModel> {
        self.by_tac.get(&tac).and_then(|place| self.handsets.get(*place))
    }

    /// A model of handsets by its id.
    pub fn handset_model(&self, id: &HandsetModelId) -> Option<&HandsetModel> {
        let place = self.handsets.binary_search_by(|model| model.id.cmp(id)).ok()?;
        self.handsets.get(place)
    }

    /// The line of a reader's model that has the firmware.
    pub fn reader(&self, build: &ReaderBuild) -> Option<&ReaderModel> {
        let mut lines = self.reader_lines(&build.model).iter();
        lines.find(|model| model.firmware.contains(build.firmware))
    }

    /// The lines of a reader's model; none where it is not listed.
    pub fn reader_lines(&self, id: &ReaderModelId) -> &[ReaderModel] {
        let first = self.readers.partition_point(|model| model.id < *id);
        let end = self.readers.partition_point(|model| model.id <= *id);
        self.readers.get(first..end).unwrap_or_default()
    }

    /// The ids of all models of readers, each once, in order.
    pub fn reader_ids(&self) -> impl Iterator<Item = &ReaderModelId> {
        let mut last = None;
        self.readers.iter().map(ReaderModel::id).filter(move |id| last.replace(*id) != Some(*id))
    }

    /// What is known of a reader with its firmware and a handset together.
    pub fn together(&self, build: &ReaderBuild, handset: &HandsetModelId) -> Compatibility {
        let mut trials = self.trials_of(&build.model, handset);
        let trial = trials.find(|trial| trial.firmware.contains(build.firmware));
        trial.map_or(Compatibility::Untested, |trial| Compatibility::Tried(trial.outcome))
    }

    /// What is known of a model of readers and a handset together, with the newest firmware that
    /// they were tried with.
    pub fn compatibility(&self, reader: &ReaderModelId, handset: &HandsetModelId) -> Compatibility {
        let newest = self.trials_of(reader, handset).last();
        newest.map_or(Compatibility::Untested, |trial| Compatibility::Tried(trial.outcome))
    }

    /// The trials of a reader and a handset, by firmware.
    pub fn trials_of(
        &self,
        reader: &ReaderModelId,
        handset: &HandsetModelId,
    ) -> impl Iterator<Item = &Trial> {
        let places = self.by_pair.get(&(reader.clone(), handset.clone()));
        places.into_iter().flatten().filter_map(|place| self.trials.get(*place))
    }
}
