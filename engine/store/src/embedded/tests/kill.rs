use super::*;
use crate::{Rebuilt, testing::add};
use std::{
    collections::BTreeMap,
    env, fs,
    io::{BufRead, BufReader},
    process::{Command, Stdio},
};

const ROUNDS: u64 = 10;
const CHILD: &str = "SIMBIND_STORE_TEST_CHILD";

/// The child: appends without end and says what was acknowledged.
#[test]
#[ignore = "the other test of this file runs it, to kill it"]
fn appends_until_killed() {
    let Some(dir) = env::var_os(CHILD) else { return };
    println!("\nopening");
    let store = Arc::new(open(Path::new(&dir)).unwrap());
    let start = store.tip(State).0 + store.tip(Decisions).0;
    run(async {
        let tasks: Vec<_> = (0..8)
            .map(|task| {
                let store = Arc::clone(&store);
                tokio::spawn(async move {
                    for number in 0_u64.. {
                        let name = format!("{start}-{task}-{number}");
                        let (ledger, word, append) = match number % 3 {
                            0 => (Decisions, "decisions", set(&name, "x")),
                            1 => (State, "state", set(&name, "x")),
                            _ => (State, "state", add(&format!("n{task}"))),
                        };
                        let entry = hex(&append.entry);
                        let at = store.append(ledger, append).await.unwrap();
                        println!("acknowledged {word} {} {entry}", at.0);
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Runs the child until it has acknowledged so much, or is only opening, and kills it.
fn round(dir: &Path, until: u64, acknowledged: &mut BTreeMap<(LedgerKind, u64), String>) {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "embedded::tests::kill::appends_until_killed",
            "--exact",
            "--ignored",
            "--nocapture",
        ])
        .env(CHILD, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut from = BufReader::new(child.stdout.take().unwrap());
    let (mut seen, mut line) = (0, String::new());
    let mut killed = false;
    while from.read_line(&mut line).unwrap() > 0 && line.ends_with('\n') {
        let words: Vec<_> = line.split_whitespace().collect();
        match words.as_slice() {
            ["acknowledged", ledger, at, entry] => {
                let ledger = if *ledger == "state" { State } else { Decisions };
                acknowledged.insert((ledger, at.parse().unwrap()), (*entry).to_owned());
                seen += 1;
            }
            ["opening"] => seen += 1,
            _ => {}
        }
        line.clear();
        // `kill` sends SIGKILL; what the pipe still holds was acknowledged before, and is read on.
        if seen > until && !killed {
            child.kill().unwrap();
            killed = true;
        }
    }
    child.wait().unwrap();
    assert!(killed, "the child ended by itself");
}

#[test]
fn what_was_acknowledged_survives_kill_9_and_the_index_equals_one_made_anew() {
    let dir = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeMap::new();
    for number in 0..ROUNDS {
        // Every fourth round the child is killed while it opens.
        let until = if number % 4 == 3 { 0 } else { (number * 7919) % 400 + 1 };
        round(dir.path(), until, &mut acknowledged);
        if number % 4 == 3 {
            continue;
        }
        let store = open(dir.path()).unwrap();
        run(async {
            for ((ledger, at), entry) in &acknowledged {
                let found = store.entry(*ledger, Position(*at)).await.unwrap();
                assert_eq!(found.map(|found| hex(&found.entry)).as_ref(), Some(entry));
            }
        });
        let rows = store.index.dump();
        store.close().unwrap();
        fs::remove_dir_all(dir.path().join("index")).unwrap();
        let (anew, opening) = reopened(dir.path());
        assert_eq!(opening.rebuilt, Some(Rebuilt::Missing));
        assert_eq!(anew, rows);
    }
    assert!(acknowledged.len() > 500, "{}", acknowledged.len());
}
