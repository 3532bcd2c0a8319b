use super::{
    Serial, StatusError,
    point::{PointName, context, read_names, read_point},
};
use crate::der::{DerError, Reader, SEQUENCE};
use simbind_core::ids::PointId;
use x509_parser::{
    certificate::X509Certificate, oid_registry::OID_X509_EXT_CRL_DISTRIBUTION_POINTS,
    prelude::FromDer,
};

const FIELD: &str = "cRLDistributionPoints";
/// The most distribution points that are read of a certificate.
const MAX_POINTS: usize = 16;

/// What a revocation list needs to know of a certificate: its issuer's name and its serial, whether
/// it is an authority's, and the distribution points that it names. Nothing here is verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrlSubject {
    issuer: Box<[u8]>,
    serial: Serial,
    kind: Kind,
    points: Vec<PointName>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    User,
    Authority,
}

impl CrlSubject {
    /// Reads a certificate, DER. Points that stand for some reasons only, or that another issuer's
    /// list serves, are left out: no list that is taken here speaks through them.
    ///
    /// # Errors
    /// [`StatusError::Malformed`] where it is no certificate or the extension is broken, or has
    /// more than 16 points.
    pub fn of_certificate(der: &[u8]) -> Result<Self, StatusError> {
        let broken = DerError::Der { field: "certificate" };
        let Ok(([], certificate)) = X509Certificate::from_der(der) else {
            return Err(broken.into());
        };
        let is_authority = certificate.basic_constraints().map_err(|_| broken)?;
        let is_authority = is_authority.is_some_and(|constraints| constraints.value.ca);
        let points = certificate
            .get_extension_unique(&OID_X509_EXT_CRL_DISTRIBUTION_POINTS)
            .map_err(|_| DerError::Twice { field: FIELD })?
            .map(|found| read(found.value, certificate.issuer().as_raw()))
            .transpose()?;
        Ok(Self {
            issuer: certificate.issuer().as_raw().into(),
            serial: Serial::of_der(certificate.raw_serial()).ok_or(broken)?,
            kind: if is_authority { Kind::Authority } else { Kind::User },
            points: points.unwrap_or_default(),
        })
    }

    /// The issuer's name, DER.
    pub fn issuer_der(&self) -> &[u8] {
        &self.issuer
    }

    /// The serial.
    pub fn serial(&self) -> &Serial {
        &self.serial
    }

    /// Whether it is an authority's certificate.
    pub fn is_authority(&self) -> bool {
        self.kind == Kind::Authority
    }

    /// The distribution points whose lists can speak for the certificate: its own, and its
    /// issuer's name. At most [`Self::MAX_POINT_IDS`]; of more, those that are named first.
    pub fn point_ids(&self) -> Vec<PointId> {
        let mut ids = vec![PointName::Directory(self.issuer.clone()).id()];
        for id in self.points.iter().map(PointName::id) {
            if ids.len() < Self::MAX_POINT_IDS && !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    /// The most that [`Self::point_ids`] gives.
    pub const MAX_POINT_IDS: usize = 16;

    pub(super) fn points(&self) -> &[PointName] {
        &self.points
    }
}

fn read(value: &[u8], issuer: &[u8]) -> Result<Vec<PointName>, DerError> {
    let mut outer = Reader::new(FIELD, value);
    let mut list = outer.enter(FIELD, SEQUENCE)?;
    outer.finish()?;
    let (mut all, mut left) = (Vec::new(), MAX_POINTS);
    while !list.is_empty() {
        left = left.checked_sub(1).ok_or(DerError::TooLong { field: FIELD })?;
        all.extend(read_one(list.enter(FIELD, SEQUENCE)?, issuer)?);
    }
    Ok(all)
}

fn read_one(mut point: Reader<'_>, issuer: &[u8]) -> Result<Vec<PointName>, DerError> {
    let (mut names, mut usable) = (Vec::new(), true);
    while !point.is_empty() {
        let (tag, content) = point.any()?;
        let content = Reader::new(FIELD, content);
        if tag == context(0, true) {
            names = read_point(content, issuer)?;
        } else if tag == context(1, false) {
            usable = false;
        } else if tag == context(2, true) {
            let own = PointName::Directory(issuer.into());
            usable &= read_names(content)?.iter().any(|name| name.is(&own));
        } else {
            return Err(DerError::Type { field: FIELD });
        }
    }
    Ok(if usable { names } else { Vec::new() })
}
