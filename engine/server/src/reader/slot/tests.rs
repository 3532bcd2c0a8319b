use super::*;
use std::sync::{
    Mutex,
    mpsc::{Receiver, Sender, channel},
};

/// What a fake driver does at its next command.
enum Act {
    Answer(Vec<u8>),
    Fail(LinkFault),
    /// Hangs until the other side of the channel is gone.
    Hang(Receiver<()>),
}

struct Fake(Arc<Mutex<Vec<Act>>>);

impl Driver for Fake {
    fn watch(&mut self, _: Duration) -> Result<Sight, LinkFault> {
        Ok(Sight::Card(1))
    }

    fn connect(&mut self) -> Result<(), LinkFault> {
        Ok(())
    }

    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, LinkFault> {
        let act = self.0.lock().unwrap().pop().unwrap();
        match act {
            Act::Answer(answer) => Ok(answer),
            Act::Fail(fault) => Err(fault),
            Act::Hang(until) => {
                let _ = until.recv();
                Err(LinkFault::Removed)
            }
        }
    }

    fn is_there(&mut self) -> bool {
        true
    }

    fn disconnect(&mut self) {}
}

fn slot(acts: Vec<Act>, patience: Patience) -> Slot {
    let acts = Arc::new(Mutex::new(acts.into_iter().rev().collect::<Vec<_>>()));
    let make: MakeDriver = Arc::new(move || Ok(Box::new(Fake(Arc::clone(&acts))) as _));
    Slot::new(make, patience)
}

const SOON: Patience =
    Patience { answer: Duration::from_millis(20), card: Duration::from_secs(60) };

/// Hangs, and what ends each.
fn hangs(count: usize) -> (Vec<Act>, Vec<Sender<()>>) {
    let pairs = (0..count).map(|_| channel());
    pairs.map(|(end, until)| (Act::Hang(until), end)).unzip()
}

#[test]
fn a_call_that_hangs_is_given_up_and_the_next_is_made() {
    let (mut acts, ends) = hangs(1);
    acts.push(Act::Answer(vec![0x90, 0x00]));
    let mut slot = slot(acts, SOON);
    assert_eq!(slot.transmit(&[0]), Err(LinkFault::TimedOut));
    assert_eq!(slot.connect(), Ok(()));
    assert_eq!(slot.transmit(&[0]), Ok(vec![0x90, 0x00]));
    drop(ends);
}

#[test]
fn only_so_many_calls_hang_and_one_that_returns_makes_room() {
    let (mut acts, mut ends) = hangs(THREADS);
    acts.push(Act::Answer(vec![0x90, 0x00]));
    let mut slot = slot(acts, SOON);
    for _ in 0..THREADS {
        assert_eq!(slot.transmit(&[0]), Err(LinkFault::TimedOut));
    }
    assert_eq!(slot.transmit(&[0]), Err(LinkFault::Stuck));
    assert_eq!(slot.watch(Duration::ZERO), Err(LinkFault::Stuck));
    ends.pop();
    let answer = loop {
        match slot.transmit(&[0]) {
            Err(LinkFault::Stuck) => std::thread::yield_now(),
            other => break other,
        }
    };
    assert_eq!(answer, Ok(vec![0x90, 0x00]));
}

#[test]
fn a_fault_of_the_service_makes_a_new_driver_and_one_of_the_card_does_not() {
    let made = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let faults = [LinkFault::Removed, LinkFault::NoService, LinkFault::Removed];
    let acts: Vec<_> = faults.iter().rev().map(|fault| Act::Fail(*fault)).collect();
    let acts = Arc::new(Mutex::new(acts));
    let count = Arc::clone(&made);
    let make: MakeDriver = Arc::new(move || {
        count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(Box::new(Fake(Arc::clone(&acts))) as _)
    });
    let patience = Patience { answer: Duration::from_secs(60), ..SOON };
    let mut slot = Slot::new(make, patience);
    let drivers = faults.map(|fault| {
        assert_eq!(slot.transmit(&[0]), Err(fault));
        made.load(std::sync::atomic::Ordering::SeqCst)
    });
    assert_eq!(drivers, [1, 1, 2]);
}

#[test]
fn a_card_has_only_so_much_time_in_all() {
    let patience = Patience { answer: Duration::from_secs(60), card: Duration::ZERO };
    let mut slot = slot(vec![Act::Answer(vec![0x90, 0x00])], patience);
    assert_eq!(slot.connect(), Ok(()));
    assert_eq!(slot.transmit(&[0]), Err(LinkFault::TimedOut));
}
