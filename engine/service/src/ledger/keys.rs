//! Keys of the index. The first byte names the table.

mod orders;
mod succession;

pub use orders::{
    applet, due_of, due_order, due_orders, open_of, open_order, open_orders, order, order_id,
};
pub use succession::{device, devices, end, ends, overlap, overlaps, past, used_challenge};

use crate::{
    app_attest::KeyMark,
    ports::{
        store::{Key, Position, StoreError},
        vault::{LookupHash, LookupKind, Vault},
    },
    status::CertificateName,
};
use simbind_core::{
    binding::Sim,
    ids::{
        AuthorityId, BindingId, CallerId, CarrierId, CertificateId, DecisionId, EventId, ListScope,
        OfficeRef, PersonRef, RequestId, SupportCode, TicketId,
    },
    line::LineName,
    ticket::Locator,
    time::Timestamp,
};

/// A key of fixed parts; none is ever too long.
pub(super) fn key(table: u8, parts: &[&[u8]]) -> Result<Key, StoreError> {
    let mut bytes = Vec::with_capacity(1 + parts.iter().map(|part| part.len()).sum::<usize>());
    bytes.push(table);
    parts.iter().for_each(|part| bytes.extend_from_slice(part));
    Key::new(&bytes)
}

/// A short stand-in for names that callers choose, so that keys are of bounded length.
fn name_hash(parts: &[&str]) -> [u8; 24] {
    let mut context = ring::digest::Context::new(&ring::digest::SHA256);
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    let mut short = [0; 24];
    short.iter_mut().zip(context.finish().as_ref()).for_each(|(to, from)| *to = *from);
    short
}

/// A binding by its id.
pub fn binding(id: BindingId) -> Result<Key, StoreError> {
    key(b'b', &[id.as_bytes()])
}

/// The newest binding of a certificate.
pub fn certificate(vault: &impl Vault, id: &CertificateId) -> Result<Key, StoreError> {
    key(b'c', &[&vault.lookup(LookupKind::Certificate, &[id.as_bytes()]).0])
}

/// The newest binding of a certificate, by its issuer and serial.
pub fn serial(vault: &impl Vault, name: &CertificateName) -> Result<Key, StoreError> {
    key(b'i', &[&name_hash_of(vault, name).0])
}

/// What answers about a certificate came to.
pub fn status(vault: &impl Vault, name: &CertificateName) -> Result<Key, StoreError> {
    key(b'y', &[&name_hash_of(vault, name).0])
}

fn name_hash_of(vault: &impl Vault, name: &CertificateName) -> LookupHash {
    let CertificateName { issuer, serial } = name;
    vault.lookup(LookupKind::Serial, &[issuer.as_bytes(), serial.as_bytes()])
}

/// The lists of an issuer, as a prefix.
pub fn status_lists(issuer: &AuthorityId) -> Result<Key, StoreError> {
    key(b'L', &[issuer.as_bytes()])
}

/// The list of an issuer of one scope that was taken last.
pub fn status_list(issuer: &AuthorityId, scope: ListScope) -> Result<Key, StoreError> {
    key(b'L', &[issuer.as_bytes(), scope.as_bytes()])
}

/// A person's bindings, as a prefix.
pub fn person(vault: &impl Vault, person: &PersonRef) -> Result<Key, StoreError> {
    key(b'p', &[&person_hash(vault, person).0])
}

fn person_hash(vault: &impl Vault, person: &PersonRef) -> LookupHash {
    vault.lookup(LookupKind::Person, &[person.as_str().as_bytes()])
}

/// One binding of a person; what stands under it is empty.
pub fn person_binding(
    vault: &impl Vault,
    person: &PersonRef,
    id: BindingId,
) -> Result<Key, StoreError> {
    key(b'p', &[&person_hash(vault, person).0, id.as_bytes()])
}

/// The key that sealed the person's data before, as first binding of the person made it.
pub fn person_key(vault: &impl Vault, person: &PersonRef) -> Result<Key, StoreError> {
    key(b'k', &[&person_hash(vault, person).0])
}

/// The look-up hash of a line by the carrier that speaks of it.
pub fn line_hash(vault: &impl Vault, carrier: &CarrierId, line: &LineName) -> LookupHash {
    let carrier = carrier.as_str().as_bytes();
    match line {
        LineName::Iccid(iccid) => {
            vault.lookup(LookupKind::Iccid, &[carrier, iccid.to_digits().as_bytes()])
        }
        LineName::LineRef(line) => {
            vault.lookup(LookupKind::Line, &[carrier, line.as_str().as_bytes()])
        }
        LineName::Msisdn(msisdn) => {
            vault.lookup(LookupKind::Msisdn, &[carrier, String::from(*msisdn).as_bytes()])
        }
    }
}

/// What is known of a line.
pub fn line(hash: LookupHash) -> Result<Key, StoreError> {
    key(b'l', &[&hash.0])
}

/// A line's history.
pub fn history(hash: LookupHash) -> Result<Key, StoreError> {
    key(b'h', &[&hash.0])
}

/// The names under which carriers may speak of a SIM's line.
pub fn line_hashes(vault: &impl Vault, sim: &Sim) -> Vec<LookupHash> {
    let names = [
        Some(LineName::Iccid(sim.iccid)),
        sim.line_ref.clone().map(LineName::LineRef),
        sim.msisdn.map(LineName::Msisdn),
    ];
    let names = names.into_iter().flatten();
    let names: Vec<_> = names.chain(sim.arrived.iter().copied().map(LineName::Iccid)).collect();
    let mut hashes = Vec::with_capacity(2 * names.len());
    for carrier in sim.serving.speakers() {
        hashes.extend(names.iter().map(|name| line_hash(vault, carrier, name)));
    }
    hashes
}

/// An event by its carrier and number.
pub fn event(carrier: &CarrierId, id: &EventId) -> Result<Key, StoreError> {
    key(b'e', &[&name_hash(&[carrier.as_str(), id.as_str()])])
}

/// A mark that an event is corrected, heard before or after the event.
pub fn corrected(carrier: &CarrierId, id: &EventId) -> Result<Key, StoreError> {
    key(b'x', &[&name_hash(&[carrier.as_str(), id.as_str()])])
}

/// A carrier's feed.
pub fn feed(carrier: &CarrierId) -> Result<Key, StoreError> {
    key(b'f', &[&name_hash(&[carrier.as_str()])])
}

/// The last signature counter of a binding.
pub fn counter(id: BindingId) -> Result<Key, StoreError> {
    key(b'n', &[id.as_bytes()])
}

/// The last counter of an iPhone's key.
pub fn assertion(id: BindingId, key: KeyMark) -> Result<Key, StoreError> {
    self::key(b'a', &[id.as_bytes(), &key.0])
}

/// Apple's receipt for an iPhone's key.
pub fn receipt(id: BindingId, key: KeyMark) -> Result<Key, StoreError> {
    self::key(b'A', &[id.as_bytes(), &key.0])
}

/// The wrong PIN entries of a binding.
pub fn pin(id: BindingId) -> Result<Key, StoreError> {
    key(b'q', &[id.as_bytes()])
}

/// That a caller says of a binding's PIN that it is known.
pub fn pin_word(id: BindingId, caller: &CallerId) -> Result<Key, StoreError> {
    key(b'Q', &[id.as_bytes(), &name_hash(&[caller.as_str()])])
}

/// The snoozes of a binding.
pub fn snoozes(id: BindingId) -> Result<Key, StoreError> {
    key(b'Z', &[id.as_bytes()])
}

/// A request that made something, by its caller and number.
pub fn request(caller: &CallerId, id: &RequestId) -> Result<Key, StoreError> {
    key(b'r', &[&name_hash(&[caller.as_str(), id.as_str()])])
}

/// A report on a PIN, by its caller and number.
pub fn pin_report(caller: &CallerId, id: &RequestId) -> Result<Key, StoreError> {
    key(b'P', &[&name_hash(&[caller.as_str(), id.as_str()])])
}

/// The end of a decision's step-up.
pub fn step_up(decision: DecisionId) -> Result<Key, StoreError> {
    key(b's', &[decision.as_bytes()])
}

/// Packs that were in service.
pub fn packs(hash: &[u8; 32]) -> Result<Key, StoreError> {
    key(b'R', &[hash])
}

/// The text of a pack, by its SHA-256.
pub fn pack_text(digest: &[u8; 32]) -> Result<Key, StoreError> {
    key(b'T', &[digest])
}

/// Which packs a hash stands for.
pub fn manifest(hash: &[u8; 32]) -> Result<Key, StoreError> {
    key(b'M', &[hash])
}

/// A mark that packs were in service for all.
pub fn once_live(hash: &[u8; 32]) -> Result<Key, StoreError> {
    key(b'V', &[hash])
}

/// What is in service and what is staged.
pub fn rollout() -> Result<Key, StoreError> {
    key(b'O', &[])
}

/// A change of what is in service or staged, by its position.
pub fn pack_change(at: Position) -> Result<Key, StoreError> {
    key(b'W', &[&at.0.to_be_bytes()])
}

/// All changes of what is in service or staged, as a prefix.
pub fn pack_changes() -> Result<Key, StoreError> {
    key(b'W', &[])
}

/// A look-up of a support code, by its position.
pub fn inquiry(at: Position) -> Result<Key, StoreError> {
    key(b'H', &[&at.0.to_be_bytes()])
}

/// All look-ups of support codes, as a prefix.
pub fn inquiries() -> Result<Key, StoreError> {
    key(b'H', &[])
}

/// A decision's position, under its id, which begins with its time.
pub fn decision(id: DecisionId) -> Result<Key, StoreError> {
    key(b'd', &[id.as_bytes()])
}

/// All decisions, as a prefix.
pub fn decisions() -> Result<Key, StoreError> {
    key(b'd', &[])
}

/// A decision of a binding.
pub fn binding_decision(binding: BindingId, id: DecisionId) -> Result<Key, StoreError> {
    key(b'D', &[binding.as_bytes(), id.as_bytes()])
}

/// The decisions of a binding, as a prefix.
pub fn binding_decisions(binding: BindingId) -> Result<Key, StoreError> {
    key(b'D', &[binding.as_bytes()])
}

/// A decision by its support code.
pub fn support(code: SupportCode, id: DecisionId) -> Result<Key, StoreError> {
    key(b'S', &[code.as_bytes(), id.as_bytes()])
}

/// The decisions of a support code, as a prefix.
pub fn support_code(code: SupportCode) -> Result<Key, StoreError> {
    key(b'S', &[code.as_bytes()])
}

/// A time whose decisions are to be looked at again, by the position of the entry that says so and
/// a number within it.
pub fn reopened(at: Position, number: u8) -> Result<Key, StoreError> {
    key(b'j', &[&at.0.to_be_bytes(), &[number]])
}

/// All times whose decisions are to be looked at again, as a prefix.
pub fn reopened_all() -> Result<Key, StoreError> {
    key(b'j', &[])
}

/// A ticket. All that is kept of tickets is under one letter, and the second byte says what it is.
pub fn ticket(id: TicketId) -> Result<Key, StoreError> {
    key(b't', &[b"t", id.as_bytes()])
}

/// The open ticket whose codes begin so.
pub fn ticket_locator(locator: Locator) -> Result<Key, StoreError> {
    key(b't', &[b"l", &locator.to_bytes()])
}

/// What is counted of an office.
pub fn office(office: &OfficeRef) -> Result<Key, StoreError> {
    key(b't', &[b"o", &name_hash(&[office.as_str()])])
}

/// The open tickets of an office, as a prefix.
pub fn office_queue(office: &OfficeRef) -> Result<Key, StoreError> {
    key(b't', &[b"q", &name_hash(&[office.as_str()])])
}

/// A place in the queue of an office, by the time of opening.
pub fn queued(office: &OfficeRef, at: Timestamp, id: TicketId) -> Result<Key, StoreError> {
    key(b't', &[b"q", &name_hash(&[office.as_str()]), &at_bytes(at), id.as_bytes()])
}

/// All open tickets by the time at which they end, as a prefix.
pub fn tickets_due() -> Result<Key, StoreError> {
    key(b't', &[b"d"])
}

/// An open ticket by the time at which it ends.
pub fn ticket_due(at: Timestamp, id: TicketId) -> Result<Key, StoreError> {
    key(b't', &[b"d", &at_bytes(at), id.as_bytes()])
}

/// Bytes that sort as the times do.
fn at_bytes(at: Timestamp) -> [u8; 8] {
    (at.as_millis().cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

/// The position and the number of the key of a time that is to be looked at again.
pub fn reopened_of(key: &Key) -> Option<(Position, u8)> {
    let [_, position @ .., number] = key.as_bytes() else { return None };
    Some((Position(u64::from_be_bytes(position.try_into().ok()?)), *number))
}

/// A time as bytes that sort as it does.
fn ordered(at: Timestamp) -> [u8; 8] {
    (at.as_millis() ^ i64::MIN).to_be_bytes()
}

fn timed(bytes: &[u8]) -> Option<(Timestamp, BindingId)> {
    let (at, id) = bytes.split_first_chunk::<8>()?;
    let at = Timestamp::from_millis(i64::from_be_bytes(*at) ^ i64::MIN);
    Some((at, BindingId::from_bytes(id.try_into().ok()?)))
}
