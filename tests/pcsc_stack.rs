//! The harness of the reader stack itself: a card goes in and out, pcscd goes and comes back.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use simbind_tests::{ReaderStack, Signal, Stacked};
use tempfile::tempdir;

async fn atr(stack: &ReaderStack) -> String {
    let mut client = stack.program("opensc-tool");
    let output = client.args(["--reader", "0", "--atr"]).output().await.unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

#[tokio::test]
async fn a_card_goes_in_and_out_and_outlives_pcscd() {
    let mut stack = match ReaderStack::start().await.unwrap() {
        Stacked::Running(stack) => stack,
        Stacked::Skipped(why) => {
            eprintln!("skipped: {why}");
            return;
        }
    };
    let state = tempdir().unwrap();
    let jpki = "3b:e0:00:ff:81:31:fe:45:14";
    assert_eq!(atr(&stack).await, "");
    stack.insert(state.path(), &[]).await.unwrap();
    assert_eq!(atr(&stack).await, jpki);
    for signal in [Signal::Term, Signal::Kill] {
        stack.restart_pcscd(signal).await.unwrap();
        assert_eq!(atr(&stack).await, jpki);
    }
    for signal in [Signal::Kill, Signal::Term] {
        stack.remove(signal).await.unwrap();
        assert_eq!(atr(&stack).await, "");
        stack.insert(state.path(), &[]).await.unwrap();
        assert_eq!(atr(&stack).await, jpki);
    }
}

#[tokio::test]
async fn two_stacks_run_side_by_side_and_leave_nothing_behind() {
    let (Stacked::Running(mut one), Stacked::Running(two)) =
        (ReaderStack::start().await.unwrap(), ReaderStack::start().await.unwrap())
    else {
        return;
    };
    let state = tempdir().unwrap();
    one.insert(state.path(), &[]).await.unwrap();
    assert_ne!(atr(&one).await, "");
    assert_eq!(atr(&two).await, "", "the card is in the other stack");
    let socket = one.socket();
    assert!(socket.exists());
    drop(one);
    assert!(!socket.exists());
}
