//! What only shows when the lists are read together.

use super::{
    check::Checker,
    model::ConfiguredCaller,
    raw::{RawConfig, Text},
};
use crate::callers::Role;
use simbind_core::ids::CallerId;
use std::collections::{BTreeMap, BTreeSet};

/// Every caller with its roles: those it is given, and those that follow from what it speaks for.
pub(super) fn callers(raw: &RawConfig, checker: &mut Checker<'_>) -> Vec<ConfiguredCaller> {
    let mut roles: BTreeMap<CallerId, BTreeSet<Role>> = BTreeMap::new();
    for (n, caller) in raw.caller.iter().enumerate() {
        let name = checker.parse::<CallerId>(&format!("caller[{n}].name"), &caller.name);
        let field = format!("caller[{n}].roles");
        if caller.roles.get_ref().is_empty() {
            checker.at(&caller.roles, &field, "at least one role is needed");
        }
        let given = caller.roles.get_ref().iter().enumerate();
        let given: Vec<Role> =
            given.filter_map(|(m, role)| checker.parse(&format!("{field}[{m}]"), role)).collect();
        if let Some(name) = name {
            roles.entry(name).or_default().extend(given);
        }
    }
    // A name that does not parse was reported where it stands.
    let mut follows = |name: &Text, role| {
        if let Ok(name) = name.get_ref().parse::<CallerId>() {
            roles.entry(name).or_default().insert(role);
        }
    };
    raw.relying_party.iter().for_each(|r| follows(&r.get_ref().caller, Role::RelyingParty));
    raw.reader.iter().for_each(|r| follows(&r.caller, Role::ReaderHost));
    raw.carrier.iter().for_each(|r| follows(&r.caller, Role::Carrier));
    let issuers = raw.status.source.iter().filter_map(|s| s.get_ref().caller.as_ref());
    issuers.for_each(|caller| follows(caller, Role::Issuer));
    roles.into_iter().map(|(name, roles)| ConfiguredCaller { name, roles }).collect()
}

/// Names that must be there once, and names that must be there at all.
pub(super) fn unique(raw: &RawConfig, checker: &mut Checker<'_>) {
    let parties = || raw.relying_party.iter().map(toml::Spanned::get_ref);
    once(checker, "relying_party", "id", parties().map(|r| &r.id));
    once(checker, "relying_party", "caller", parties().map(|r| &r.caller));
    once(checker, "reader", "id", raw.reader.iter().map(|r| &r.id));
    once(checker, "carrier", "id", raw.carrier.iter().map(|c| &c.id));
    once(checker, "caller", "name", raw.caller.iter().map(|c| &c.name));

    let known: BTreeSet<&str> = raw.carrier.iter().map(|c| c.id.get_ref().as_str()).collect();
    for (n, carrier) in raw.carrier.iter().enumerate() {
        let named = carrier.host.iter().map(|host| ("host".to_owned(), host));
        let mvnos = carrier.mvnos.iter().enumerate().map(|(m, name)| (format!("mvnos[{m}]"), name));
        for (field, name) in named.chain(mvnos) {
            let field = format!("carrier[{n}].{field}");
            if name.get_ref() == carrier.id.get_ref() {
                checker.at(name, &field, "a carrier cannot be its own host or MVNO");
            } else if !known.contains(name.get_ref().as_str()) {
                checker.at(name, &field, format!("there is no carrier `{}`", name.get_ref()));
            }
        }
    }
}

fn once<'r>(
    checker: &mut Checker<'_>,
    list: &str,
    field: &str,
    names: impl Iterator<Item = &'r Text>,
) {
    let mut seen = BTreeSet::new();
    for (n, name) in names.enumerate() {
        if !seen.insert(name.get_ref()) {
            let message = format!("`{}` is there already", name.get_ref());
            checker.at(name, &format!("{list}[{n}].{field}"), message);
        }
    }
}
