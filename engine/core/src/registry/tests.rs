mod files;
mod lookups;
mod people;

use super::{Registry, Tables};
use crate::time::Timestamp;

/// 2026-10-01T00:00:00Z.
const NOW: Timestamp = Timestamp::from_secs(1_790_812_800);

const HANDSETS: &str = "\
model,maker,name,tacs,nfc,secure_element,platform,listing,since
kita-1,Kita,Kita One,35000101;35000102,A;B;F,sim,android,certified,2025-04-01
kita-2,Kita,\"Kita Two, long\",35000201,A;B,embedded,android,listed,2025-04-01
mori-1,Mori,Mori,35000301,F,none,other,withdrawn,2026-01-15
";
const READERS: &str = "\
reader,maker,name,firmware,listing,since
door,Sato,Door,1.0-1.9,listed,2024-01-01
door,Sato,Door,2.0+,certified,2025-01-01
desk,Sato,Desk,*,certified,2025-01-01
";
const TRIALS: &str = "\
reader,firmware,handset,outcome,on,note
door,1.0-1.9,kita-1,failed,2025-05-01,
door,2.0,kita-1,passed,2025-06-01,after the update
door,2.0,kita-2,partial,2025-06-01,
desk,*,kita-1,passed,2025-06-02,
";

fn tables<'a>(handsets: &'a str, readers: &'a str, trials: &'a str) -> Tables<'a> {
    Tables { handsets: handsets.as_bytes(), readers: readers.as_bytes(), trials: trials.as_bytes() }
}

fn registry() -> Registry {
    tables(HANDSETS, READERS, TRIALS).read(NOW).unwrap()
}

/// What is wrong with the files, line by line.
fn told(tables: &Tables<'_>) -> Vec<String> {
    let problems = tables.read(NOW).unwrap_err();
    problems.told().iter().map(ToString::to_string).collect()
}
