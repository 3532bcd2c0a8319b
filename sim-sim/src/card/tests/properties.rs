//! What holds for every sequence of commands, resets, losses of power and personalisations.

mod watch;

use super::*;
use crate::card::{Memory, NotWritten, Pin, PrivateKey, Role};
use proptest::prelude::*;
use std::sync::LazyLock;
use watch::Watch;

/// Commands that do something, in all the states that the applet has.
const COMMANDS: &[&str] = &[
    "00A4040C0AD392F000260100000001",
    "00A4040C0AD392F000260100000001",
    "00A4040C07A0000001510000",
    "00A4040007A0000000871002",
    "00A4040009A00000015141434C00",
    "00A4000C023F00",
    "00A4000C022FE2",
    "00A4020C020018",
    "00A4020C020018",
    "00A4020C02001B",
    "00A4020C020017",
    "00A4020C020017",
    "00A4020C02001A",
    "00A4020C02000A",
    "00A4020C020001",
    "00200080",
    "0020008004 31323334",
    "0020008004 31323334",
    "0020008008 4142433132333435",
    "0020008004 30303030",
    "0020008006 303030303030",
    "0020008003 313233",
    "0024008008 31323334 31323334",
    "0024008008 31323334 3132333A",
    "0024008008 30303030 31323334",
    "0024008010 4142433132333435 4142433132333435",
    "802A008020 5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A 00",
    "802A008020 5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A 00",
    "802A008020 5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A5A 10",
    "00B0000000",
    "80CA9F7000",
    "80CA9F7200",
    "801000000400000040",
    "801200000B",
    "8014000016 8103012601 82028281 830100 9408 4A09514520337215",
    "80CAFF4000",
];

/// What happens to a card.
#[derive(Clone, Debug)]
enum Step {
    Command(Vec<u8>),
    /// The power goes after so many writes of the memory, and comes back.
    Torn(Vec<u8>, usize),
    Reset,
    /// The power goes, and comes back to what the memory's bytes say.
    PowerLoss,
    /// The counter sets the PIN anew.
    PinReset(Role),
    /// The counter puts a new key in, without finishing.
    Rekeyed(Role),
    /// The counter ends personalisation.
    Finished,
}

fn command() -> impl Strategy<Value = Vec<u8>> {
    let known = || prop::sample::select(COMMANDS).prop_map(octets);
    let changed = (known(), any::<prop::sample::Index>(), any::<u8>()).prop_map(
        |(mut command, place, octet)| {
            let place = place.index(command.len());
            command[place] = octet;
            command
        },
    );
    let cut = (known(), any::<prop::sample::Index>())
        .prop_map(|(command, at)| command[..at.index(command.len())].to_vec());
    let any = prop::collection::vec(any::<u8>(), 0..300);
    prop_oneof![20 => known(), 3 => changed, 1 => cut, 1 => any]
}

fn role() -> impl Strategy<Value = Role> {
    prop_oneof![Just(Role::User), Just(Role::Signature)]
}

/// What leads to a signature, as one step among the others.
fn ready() -> impl Strategy<Value = Vec<Step>> {
    prop::sample::select(vec![
        vec![0, 7, 16, 10, 26],
        vec![0, 9, 18, 12, 26],
        vec![0, 7, 16, 19, 10, 26],
        vec![0, 8, 17, 22, 10, 26],
    ])
    .prop_map(|places| places.into_iter().map(|it| Step::Command(octets(COMMANDS[it]))).collect())
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let one = prop_oneof![
        30 => command().prop_map(Step::Command),
        4 => (command(), 0..3_usize).prop_map(|(command, writes)| Step::Torn(command, writes)),
        1 => Just(Step::Reset),
        1 => Just(Step::PowerLoss),
        1 => role().prop_map(Step::PinReset),
        1 => role().prop_map(Step::Rekeyed),
        1 => Just(Step::Finished),
    ];
    let some = prop_oneof![4 => one.prop_map(|step| vec![step]), 1 => ready()];
    prop::collection::vec(some, 1..40).prop_map(|parts| parts.concat())
}

static STATE: LazyLock<State> = LazyLock::new(|| testing::card(Algorithm::P256).state().clone());

fn card_of(state: State) -> VirtualSim {
    let mut card = VirtualSim::from_state(state);
    card.reset();
    card
}

/// A memory whose power goes after so many writes.
struct Torn {
    kept: State,
    left: usize,
}

impl Memory for Torn {
    fn write(&mut self, state: &State) -> Result<(), NotWritten> {
        self.left = self.left.checked_sub(1).ok_or(NotWritten)?;
        self.kept = state.clone();
        Ok(())
    }
}

/// Personalises on the state of a card that stays where it is.
fn personalise(card: &mut VirtualSim, step: &Step) {
    let mut state = card.state().clone();
    let applet = state.jpki.applet_mut().unwrap();
    match step {
        Step::PinReset(role) => applet.set_pin(*role, Pin::new(*role, watch::pin(*role)).unwrap()),
        Step::Rekeyed(role) => {
            applet.put_key(*role, PrivateKey::from_scalar(Algorithm::P256, &[9; 32]).unwrap());
        }
        _ => {
            for role in [Role::User, Role::Signature] {
                applet.put_certificate(role, vec![0x30].try_into().unwrap());
                applet.set_pin(role, Pin::new(role, watch::pin(role)).unwrap());
            }
            applet.finish().unwrap();
        }
    }
    *card = card_of(state);
}

fn play(steps: &[Step]) {
    let mut card = card_of(STATE.clone());
    let mut random = ChaCha20Rng::seed_from_u64(7);
    let mut watch = Watch::new(card.state());
    for step in steps {
        match step {
            Step::Command(command) => {
                let answer = card.command(command, &mut random);
                watch.answered(command, &answer, card.state());
            }
            Step::Torn(command, writes) => {
                let mut memory = Torn { kept: card.state().clone(), left: *writes };
                let answer = card.command_kept(command, &mut random, &mut memory);
                watch.torn(command, &answer, &memory.kept);
                card = card_of(memory.kept);
            }
            Step::Reset => {
                card.reset();
                watch.began(card.state());
            }
            Step::PowerLoss => {
                let bytes = card.state().to_bytes().unwrap();
                card = card_of(State::from_bytes(&bytes).unwrap());
                watch.began(card.state());
            }
            Step::PinReset(role) => {
                personalise(&mut card, step);
                watch.pin_was_reset(*role);
                watch.began(card.state());
            }
            Step::Rekeyed(role) => {
                personalise(&mut card, step);
                watch.pin_is_none(*role);
                watch.began(card.state());
            }
            Step::Finished => {
                personalise(&mut card, step);
                watch.pin_was_reset(Role::User);
                watch.pin_was_reset(Role::Signature);
                watch.began(card.state());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_signs_without_the_pin_and_no_counter_goes_the_wrong_way(steps in steps()) {
        play(&steps);
    }

    #[test]
    fn any_bytes_have_a_status_word(
        before in prop::collection::vec(command(), 0..6),
        bytes in prop::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut card = card_of(STATE.clone());
        let mut random = ChaCha20Rng::seed_from_u64(7);
        for command in before.iter().chain([&bytes]) {
            let answer = card.command(command, &mut random).to_bytes();
            prop_assert!((2..=258).contains(&answer.len()));
            let first = answer[answer.len() - 2];
            prop_assert!(matches!(first, 0x90 | 0x91) || (0x61..=0x6F).contains(&first));
        }
    }
}

#[test]
fn the_watch_sees_signatures() {
    // The sequences above are worth something only where the good ones among them do sign.
    let mut card = card_of(STATE.clone());
    let mut random = ChaCha20Rng::seed_from_u64(7);
    let mut watch = Watch::new(card.state());
    for place in [0, 7, 16, 10, 26, 9, 18, 12, 26] {
        let command = octets(COMMANDS[place]);
        let answer = card.command(&command, &mut random);
        assert_eq!(answer.status, Status::OK, "{}", COMMANDS[place]);
        watch.answered(&command, &answer, card.state());
    }
    assert_eq!(watch.signed(), [1, 1]);
}
