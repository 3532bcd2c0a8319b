use super::{
    cert_id::sha1,
    read::{Basic, ResponderId},
};
use crate::{
    certificate::{Authority, same_name},
    link::{self, OutOfValidity, SignatureAlgorithm},
    signature::PublicKey,
    status::{Serial, StatusError},
};
use simbind_core::time::Timestamp;
use x509_parser::{
    certificate::X509Certificate,
    extensions::ParsedExtension,
    oid_registry::{
        OID_X509_EXT_BASIC_CONSTRAINTS, OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_EXTENDED_KEY_USAGE, OID_X509_EXT_KEY_USAGE, OID_X509_EXT_SUBJECT_ALT_NAME,
        Oid,
    },
};

/// 1.3.6.1.5.5.7.48.1.5, id-pkix-ocsp-nocheck.
const NO_CHECK: &[u8] = &[0x2B, 6, 1, 5, 5, 7, 0x30, 1, 5];

/// Who signed an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Responder {
    /// The issuer itself.
    Issuer,
    /// Someone whom the issuer's key delegated, and whose certificate says that nobody need ask for
    /// its status (RFC 6960 section 4.2.2.2.1).
    Delegate {
        /// The last second of the delegate's certificate.
        not_after: Timestamp,
    },
    /// As [`Self::Delegate`], but the certificate does not say so. The answer is taken; whoever
    /// holds the issuer's list can look the delegate's serial up there.
    DelegateToCheck {
        /// The last second of the delegate's certificate.
        not_after: Timestamp,
        /// The delegate's serial.
        serial: Serial,
    },
}

impl Responder {
    /// The last second at which the responder's certificate lets it answer.
    pub(super) fn not_after(&self) -> Option<Timestamp> {
        match self {
            Self::Issuer => None,
            Self::Delegate { not_after } | Self::DelegateToCheck { not_after, .. } => {
                Some(*not_after)
            }
        }
    }
}

/// Whom an answer is about and when it is looked at.
pub(super) struct Asked<'a> {
    pub(super) issuer: &'a Authority,
    pub(super) serial: &'a Serial,
    pub(super) at: Timestamp,
}

/// Who signed the answer, of those who may.
pub(super) fn find(
    basic: &Basic<'_>,
    said: &ResponderId<'_>,
    produced_at: Timestamp,
    asked: &Asked<'_>,
) -> Result<Responder, StatusError> {
    let mut fault = StatusError::UnknownResponder;
    if said.is(asked.issuer.name_der(), asked.issuer.public_key().raw()) {
        match basic.signed.verify(asked.issuer.public_key()) {
            Ok(()) => return Ok(Responder::Issuer),
            Err(error) => fault = error,
        }
    }
    // A responder may bear its issuer's name, or a name twice: each is tried.
    for der in &basic.certificates {
        let Some(certificate) = link::read(der) else {
            continue;
        };
        let key = &certificate.public_key().subject_public_key.data;
        if said.is(certificate.subject().as_raw(), key) {
            match delegate(basic, &certificate, produced_at, asked) {
                Ok(found) => return Ok(found),
                Err(error) => fault = error,
            }
        }
    }
    Err(fault)
}

impl ResponderId<'_> {
    fn is(&self, name: &[u8], key: &[u8]) -> bool {
        match self {
            Self::Name(said) => same_name(said, name),
            Self::Key(said) => *said == sha1(key),
        }
    }
}

fn delegate(
    basic: &Basic<'_>,
    certificate: &X509Certificate<'_>,
    produced_at: Timestamp,
    asked: &Asked<'_>,
) -> Result<Responder, StatusError> {
    let issued = SignatureAlgorithm::of(certificate)
        .filter(|algorithm| !algorithm.null_ecdsa)
        .is_some_and(|algorithm| algorithm.signed(certificate, asked.issuer.public_key()));
    if !issued || !same_name(certificate.issuer().as_raw(), asked.issuer.name_der()) {
        return Err(StatusError::ResponderOfAnother);
    }
    check_delegation(certificate)?;
    // That it has not expired by now is part of how long the answer counts.
    if link::check_validity(certificate, produced_at).is_err()
        || matches!(link::check_validity(certificate, asked.at), Err(OutOfValidity::Before))
    {
        return Err(StatusError::ResponderNotValid);
    }
    let serial = Serial::of_der(certificate.raw_serial());
    let serial = serial.ok_or(StatusError::ResponderNotDelegated)?;
    if serial == *asked.serial {
        return Err(StatusError::ResponderIsSubject);
    }
    let key = PublicKey::from_spki_der(certificate.public_key().raw)
        .map_err(|_| StatusError::UnsupportedAlgorithm)?;
    basic.signed.verify(&key)?;
    let not_after = Timestamp::from_secs(certificate.validity().not_after.timestamp());
    let unchecked = certificate.extensions().iter().any(|found| found.oid.as_bytes() == NO_CHECK);
    Ok(if unchecked {
        Responder::Delegate { not_after }
    } else {
        Responder::DelegateToCheck { not_after, serial }
    })
}

/// OCSPSigning by name, where it may sign at all, and nothing critical that is not understood.
fn check_delegation(certificate: &X509Certificate<'_>) -> Result<(), StatusError> {
    let understood: [Oid<'_>; 5] = [
        OID_X509_EXT_BASIC_CONSTRAINTS,
        OID_X509_EXT_CERTIFICATE_POLICIES,
        OID_X509_EXT_KEY_USAGE,
        OID_X509_EXT_EXTENDED_KEY_USAGE,
        OID_X509_EXT_SUBJECT_ALT_NAME,
    ];
    let (mut delegated, mut may_sign) = (false, true);
    for extension in certificate.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::ExtendedKeyUsage(usage) => delegated = usage.ocsp_signing,
            ParsedExtension::KeyUsage(usage) => {
                may_sign = usage.digital_signature() || usage.non_repudiation();
            }
            _ => {}
        }
        let known = understood.contains(&extension.oid) || extension.oid.as_bytes() == NO_CHECK;
        if extension.critical && !known {
            return Err(StatusError::CriticalExtension);
        }
    }
    if delegated && may_sign { Ok(()) } else { Err(StatusError::ResponderNotDelegated) }
}
