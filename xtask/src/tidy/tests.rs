use super::{check, direction, length, purity};
use crate::process::root;
use std::{fs, path::Path};

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The skeleton of a workspace in which nothing is wrong.
fn skeleton() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for folder in [
        "proto",
        "rules",
        "engine/core",
        "engine/evidence",
        "engine/service",
        "engine/store",
        "engine/server",
        "sim-sim",
        "xtask",
    ] {
        write(dir.path(), &format!("{folder}/Cargo.toml"), "[dependencies]\n");
        write(dir.path(), &format!("{folder}/src/lib.rs"), "");
    }
    dir
}

#[test]
fn a_tidy_workspace_has_no_problems() {
    assert_eq!(check(skeleton().path()).unwrap(), Vec::<String>::new());
}

#[test]
fn this_workspace_has_its_crates_in_one_direction() {
    assert_eq!(direction::check(&root()).unwrap(), Vec::<String>::new());
}

#[test]
fn an_import_against_the_direction_is_found() {
    let dir = skeleton();
    let inner = "[dependencies]\nsimbind-service.workspace = true\n";
    write(dir.path(), "engine/core/Cargo.toml", inner);
    write(dir.path(), "rules/Cargo.toml", "[dependencies]\ntokio = \"1\"\n");
    let problems = direction::check(dir.path()).unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn a_long_file_and_a_mod_file_are_found() {
    let dir = skeleton();
    write(dir.path(), "proto/src/long.rs", &"\n".repeat(401));
    write(dir.path(), "proto/src/part/mod.rs", "");
    let problems = length::check(dir.path()).unwrap();
    assert_eq!(problems.len(), 2, "{problems:?}");
}

#[test]
fn a_clock_in_a_pure_crate_is_found_and_one_in_its_tests_is_not() {
    for line in [
        "use std::time::SystemTime;",
        "let now = Instant::now();",
        "let all = std::fs::read(path);",
        "async fn decide() {}",
        "use tokio::sync::Mutex;",
        "let x = rand::random();",
    ] {
        let dir = skeleton();
        write(dir.path(), "engine/core/src/decide.rs", &format!("fn f() {{\n    {line}\n}}\n"));
        let problems = purity::check(dir.path()).unwrap();
        assert_eq!(problems.len(), 1, "{line}: {problems:?}");
        assert!(problems[0].starts_with("engine/core/src/decide.rs:2:"), "{problems:?}");

        let dir = skeleton();
        let own = "#[cfg(test)]\nmod tests;\n#[cfg(test)]\nmod inline {\n";
        write(dir.path(), "engine/core/src/decide.rs", &format!("// {line}\n{own}{line}\n}}\n"));
        write(dir.path(), "engine/core/src/decide/tests.rs", line);
        write(dir.path(), "engine/core/src/decide/tests/more.rs", line);
        assert_eq!(purity::check(dir.path()).unwrap(), Vec::<String>::new(), "{line}");
    }
}

#[test]
fn a_longer_word_is_not_a_clock() {
    let dir = skeleton();
    write(
        dir.path(),
        "rules/src/lib.rs",
        "struct Instantly; fn operand() {} use crate::brand::x;\n",
    );
    assert_eq!(purity::check(dir.path()).unwrap(), Vec::<String>::new());
}
