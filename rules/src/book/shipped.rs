//! The packs that ship.

use super::RuleBook;
use crate::diagnostic::Diagnostic;
use crate::pack::PackSource;

const SHIPPED: [(&str, &str); 9] = [
    ("jp-national.toml", include_str!("../../packs/jp-national.toml")),
    ("docomo.toml", include_str!("../../packs/docomo.toml")),
    ("kddi.toml", include_str!("../../packs/kddi.toml")),
    ("softbank.toml", include_str!("../../packs/softbank.toml")),
    ("rakuten.toml", include_str!("../../packs/rakuten.toml")),
    ("iij.toml", include_str!("../../packs/iij.toml")),
    ("light-mvno.toml", include_str!("../../packs/light-mvno.toml")),
    ("tsubame-mobile.toml", include_str!("../../packs/tsubame-mobile.toml")),
    ("kawasemi.toml", include_str!("../../packs/kawasemi.toml")),
];

impl RuleBook {
    /// The sources of the packs that ship.
    pub fn shipped_sources() -> Vec<PackSource> {
        SHIPPED
            .into_iter()
            .map(|(name, text)| PackSource { name: name.to_owned(), text: text.to_owned() })
            .collect()
    }

    /// The packs that ship, compiled.
    ///
    /// # Errors
    /// What is wrong with them; nothing is in a build that passed its tests.
    pub fn shipped() -> Result<Self, Vec<Diagnostic>> {
        Self::compile(&Self::shipped_sources())
    }
}
