//! Packs that are put together from files and from those in service.

use crate::cli::packs::{id, over};
use simbind_rules::PackSource;
use std::{collections::BTreeSet, path::Path};

/// Packs for a server: files in the place of those in service that have their ids, the others kept.
#[derive(Debug)]
pub(super) struct Set {
    /// All packs, those of files under their paths, so that problems can be found.
    pub(super) packs: Vec<PackSource>,
    /// What the files did.
    pub(super) done: Vec<Done>,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Done {
    /// It is the same as in service.
    Same(String),
    /// It replaces the pack of its id.
    Replaced(String),
    /// There was no pack of its id.
    Added(String),
}

impl Set {
    /// The files in the place of their packs.
    pub(super) fn over(in_service: Vec<PackSource>, files: Vec<PackSource>) -> Self {
        let done = files.iter().map(|file| {
            let Some(own) = id(file) else { return Done::Added(file.name.clone()) };
            match in_service.iter().find(|pack| id(pack).as_ref() == Some(&own)) {
                Some(pack) if pack.text == file.text => Done::Same(own),
                Some(_) => Done::Replaced(own),
                None => Done::Added(own),
            }
        });
        let done = done.collect();
        Self { packs: over(in_service, files), done }
    }

    /// The files and nothing else.
    pub(super) fn exactly(files: Vec<PackSource>) -> Self {
        let added = |file: &PackSource| Done::Added(id(file).unwrap_or_else(|| file.name.clone()));
        Self { done: files.iter().map(added).collect(), packs: files }
    }
}

/// Names as a server takes them: without folders, none twice.
pub(super) fn named_for_the_server(packs: Vec<PackSource>) -> Vec<PackSource> {
    let mut names = BTreeSet::new();
    let mut named = Vec::new();
    for (n, PackSource { name, text }) in packs.into_iter().enumerate() {
        let file = Path::new(&name).file_name().map(|file| file.to_string_lossy().into_owned());
        let file = file.filter(|file| file.len() <= 128 && !names.contains(file));
        let name = file.unwrap_or_else(|| format!("pack-{n}.toml"));
        names.insert(name.clone());
        named.push(PackSource { name, text });
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str, id: &str, more: &str) -> PackSource {
        PackSource { name: name.to_owned(), text: format!("[pack]\nid = \"{id}\"\n{more}") }
    }

    #[test]
    fn a_file_takes_the_place_of_its_pack_and_the_others_stay() {
        let in_service =
            vec![pack("jp.toml", "jp", ""), pack("x.toml", "iij", ""), pack("k.toml", "kddi", "")];
        let files = vec![
            pack("dir/iij.toml", "iij", "# new\n"),
            pack("dir/my.toml", "mine", ""),
            pack("dir/jp.toml", "jp", ""),
        ];
        let set = Set::over(in_service, files);
        let names: Vec<&str> = set.packs.iter().map(|pack| pack.name.as_str()).collect();
        assert_eq!(names, ["dir/jp.toml", "dir/iij.toml", "k.toml", "dir/my.toml"]);
        let done = ["iij", "mine", "jp"].map(str::to_owned);
        let [iij, mine, jp] = done;
        assert_eq!(set.done, [Done::Replaced(iij), Done::Added(mine), Done::Same(jp)]);
    }

    #[test]
    fn a_file_whose_id_cannot_be_read_replaces_nothing() {
        let broken = PackSource { name: "b.toml".to_owned(), text: "[pack".to_owned() };
        let set = Set::over(vec![broken.clone()], vec![broken.clone()]);
        assert_eq!(set.packs.len(), 2);
    }

    #[test]
    fn names_for_the_server_are_short_and_none_is_there_twice() {
        let named = named_for_the_server(vec![
            pack("a/p.toml", "a", ""),
            pack("b/p.toml", "b", ""),
            pack(&format!("{}.toml", "l".repeat(200)), "c", ""),
        ]);
        let names: Vec<&str> = named.iter().map(|pack| pack.name.as_str()).collect();
        assert_eq!(names, ["p.toml", "pack-1.toml", "pack-2.toml"]);
    }
}
