//! The order in which diagrams branch on facts.

use crate::facts::Fact;

const fn after(beside: Fact, place: u16) -> u16 {
    beside.number() * 8 + place
}

/// Where a fact stands among the variables. Facts that laws tie together stand side by side: a
/// diagram that has to remember one of them for long is a large one.
pub(super) const fn rank(fact: Fact) -> u16 {
    match fact {
        Fact::CertificateStatusOverdue => after(Fact::CertificateStatusAge, 1),
        Fact::CertificateStatusSource => after(Fact::CertificateStatusAge, 2),
        Fact::BindingHandsetBasis => after(Fact::HandsetAttestationLevel, 1),
        Fact::HandsetAttestationAge => after(Fact::HandsetPatchAge, 1),
        Fact::HandsetAttestationStatus => after(Fact::HandsetPatchAge, 2),
        Fact::HandsetAttestationStatusAge => after(Fact::HandsetPatchAge, 3),
        Fact::SimClaims => after(Fact::SimMatchProvenance, 1),
        Fact::AppletOrder => after(Fact::BindingKeyHome, 1),
        Fact::AppletOrderAge => after(Fact::BindingKeyHome, 2),
        Fact::AppletState => after(Fact::BindingKeyHome, 3),
        Fact::AppUi => after(Fact::AppIdentity, 1),
        other => after(other, 0),
    }
}
