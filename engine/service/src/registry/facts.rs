use crate::{
    check::CheckRequest,
    engine::Engine,
    hot::Loaded,
    ports::{store::Store, vault::Vault},
};
use simbind_core::{
    check::{HandsetFinding, registered, speaking},
    ids::Imei,
    transcript::Audience,
};
use simbind_rules::Facts;

impl<S: Store, V: Vault> Engine<S, V> {
    /// What the registry tells of a check's handset and reader. The enrolled IMEIs of the handset
    /// come first: what a check claims cannot make a listed model of it.
    pub(crate) fn tell_registered(
        &self,
        facts: &mut Facts,
        check: &CheckRequest,
        handset: HandsetFinding,
        loaded: Option<&Loaded>,
    ) {
        let standing = self.registries.current();
        let reader = match &check.audience {
            Audience::RelyingParty(_) => None,
            Audience::Reader(id) => self.settings.readers.get(id),
        };
        let imeis: Vec<Imei> = loaded.map_or_else(Vec::new, |loaded| {
            let enrolled: Vec<Imei> = speaking(handset, &loaded.binding).imeis.iter().collect();
            if enrolled.is_empty() {
                check.imei.or(check.toolkit_imei).into_iter().collect()
            } else {
                enrolled
            }
        });
        registered(facts, standing.registry(), imeis, reader);
    }
}
