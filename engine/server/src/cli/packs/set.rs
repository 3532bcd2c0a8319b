//! Packs that are put together from files and from those in service.

use super::id;
use simbind_rules::PackSource;
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

/// Packs for a server.
#[derive(Debug)]
pub(crate) struct Set {
    /// All packs, those of files under their paths, so that problems can be found.
    pub(crate) shown: Vec<PackSource>,
    /// The same, named for the server: those in service as they are there, files without folders.
    /// Names count in the packs' hash, so they depend on nothing else.
    pub(crate) sent: Vec<PackSource>,
    /// What the files did.
    pub(crate) done: Vec<Done>,
}

/// What became of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Done {
    /// It is the same as in service.
    Same(String),
    /// It replaces the pack of its id.
    Replaced(String),
    /// There was no pack of its id.
    Added(String),
}

impl Set {
    /// The files in the place of the packs of their ids, the other packs kept.
    pub(crate) fn over(in_service: Vec<PackSource>, files: Vec<PackSource>) -> Self {
        let places = in_service.iter().enumerate().filter_map(|(n, pack)| Some((id(pack)?, n)));
        let mut places: BTreeMap<String, usize> = places.collect();
        let (mut shown, mut sent, mut done) = (in_service.clone(), in_service, Vec::new());
        let mut added = Vec::new();
        for file in files {
            // A second file with the same id has no place: the compiler tells.
            let place = id(&file).and_then(|own| Some((places.remove(&own)?, own)));
            let place = place.and_then(|(n, own)| Some((shown.get_mut(n)?, sent.get_mut(n)?, own)));
            let Some((shown, sent, own)) = place else {
                done.push(Done::Added(id(&file).unwrap_or_else(|| file.name.clone())));
                added.push(file);
                continue;
            };
            let same = sent.text == file.text;
            done.push(if same { Done::Same(own) } else { Done::Replaced(own) });
            sent.text.clone_from(&file.text);
            *shown = file;
        }
        let taken = sent.iter().map(|pack| pack.name.clone()).collect();
        sent.extend(without_folders(&added, taken));
        shown.extend(added);
        Self { shown, sent, done }
    }

    /// The files and nothing else.
    pub(crate) fn exactly(files: Vec<PackSource>) -> Self {
        Self::over(Vec::new(), files)
    }
}

/// Packs under their files' names, none twice.
fn without_folders(files: &[PackSource], mut taken: BTreeSet<String>) -> Vec<PackSource> {
    let mut named = Vec::new();
    for (n, PackSource { name, text }) in files.iter().enumerate() {
        let file = Path::new(name).file_name().map(|file| file.to_string_lossy().into_owned());
        let file = file.filter(|file| file.len() <= 128 && !taken.contains(file));
        let name = file.unwrap_or_else(|| format!("pack-{n}.toml"));
        taken.insert(name.clone());
        named.push(PackSource { name, text: text.clone() });
    }
    named
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(name: &str, id: &str, more: &str) -> PackSource {
        PackSource { name: name.to_owned(), text: format!("[pack]\nid = \"{id}\"\n{more}") }
    }

    fn names(packs: &[PackSource]) -> Vec<&str> {
        packs.iter().map(|pack| pack.name.as_str()).collect()
    }

    #[test]
    fn a_file_takes_the_place_of_its_pack_and_the_others_stay() {
        let in_service =
            vec![pack("jp.toml", "jp", ""), pack("x.toml", "iij", ""), pack("k.toml", "kddi", "")];
        let files = vec![
            pack("dir/iij.toml", "iij", "# new\n"),
            pack("dir/k.toml", "mine", ""),
            pack("dir/jp.toml", "jp", ""),
        ];
        let set = Set::over(in_service, files);
        assert_eq!(names(&set.shown), ["dir/jp.toml", "dir/iij.toml", "k.toml", "dir/k.toml"]);
        assert_eq!(names(&set.sent), ["jp.toml", "x.toml", "k.toml", "pack-0.toml"]);
        assert!(set.shown.iter().zip(&set.sent).all(|(shown, sent)| shown.text == sent.text));
        let [iij, mine, jp] = ["iij", "mine", "jp"].map(str::to_owned);
        assert_eq!(set.done, [Done::Replaced(iij), Done::Added(mine), Done::Same(jp)]);
    }

    #[test]
    fn files_of_one_id_and_files_without_replace_no_more_than_one_pack() {
        let broken = PackSource { name: "b.toml".to_owned(), text: "[pack".to_owned() };
        let twice = [pack("a.toml", "jp", ""), pack("b.toml", "jp", "")];
        let set = Set::over(vec![pack("jp.toml", "jp", "")], twice.to_vec());
        assert_eq!(names(&set.shown), ["a.toml", "b.toml"]);
        let set = Set::over(vec![broken.clone()], vec![broken]);
        assert_eq!(set.shown.len(), 2);
    }

    #[test]
    fn names_for_the_server_are_short_and_none_is_there_twice() {
        let set = Set::exactly(vec![
            pack("a/p.toml", "a", ""),
            pack("b/p.toml", "b", ""),
            pack(&format!("{}.toml", "l".repeat(200)), "c", ""),
        ]);
        assert_eq!(names(&set.sent), ["p.toml", "pack-1.toml", "pack-2.toml"]);
    }
}
