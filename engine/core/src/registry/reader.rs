use super::{FirmwareSet, Label, Listed};
use crate::ids::ReaderModelId;

/// Firmware versions of a model of readers. A model whose versions stand differently has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReaderModel {
    pub(super) id: ReaderModelId,
    pub(super) maker: Label,
    pub(super) name: Label,
    pub(super) firmware: FirmwareSet,
    pub(super) listed: Listed,
}

impl ReaderModel {
    /// The model's id in the registry.
    pub const fn id(&self) -> &ReaderModelId {
        &self.id
    }

    /// Who makes it.
    pub const fn maker(&self) -> &Label {
        &self.maker
    }

    /// What its maker calls it.
    pub const fn name(&self) -> &Label {
        &self.name
    }

    /// The firmware versions that are meant.
    pub const fn firmware(&self) -> &FirmwareSet {
        &self.firmware
    }

    /// How they stand, and since when.
    pub const fn listed(&self) -> Listed {
        self.listed
    }
}
