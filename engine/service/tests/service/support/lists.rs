use parking_lot::Mutex;
use simbind_service::ports::status::{KeptLists, ListFault, ListName};
use std::collections::BTreeMap;

/// Lists that are kept in memory, over restarts.
#[derive(Default)]
pub(crate) struct KeptHere(pub(crate) Mutex<BTreeMap<ListName, Vec<u8>>>);

impl KeptLists for KeptHere {
    fn keep(&self, name: &ListName, der: &[u8]) -> Result<(), ListFault> {
        self.0.lock().insert(*name, der.to_vec());
        Ok(())
    }

    fn kept(&self, name: &ListName) -> Result<Option<Vec<u8>>, ListFault> {
        Ok(self.0.lock().get(name).cloned())
    }

    fn place(&self, _name: &ListName) -> String {
        "here".into()
    }
}
