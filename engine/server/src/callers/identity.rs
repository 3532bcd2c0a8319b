use super::{role::Role, table::Access};
use crate::config::Config;
use simbind_core::ids::CallerId;
use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};
use tonic::{
    Request, Status,
    transport::{
        CertificateDer,
        server::{TcpConnectInfo, TlsConnectInfo},
    },
};
use x509_parser::{extensions::GeneralName, parse_x509_certificate};

/// The callers that there are. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Callers(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    tls: bool,
    known: HashMap<CallerId, Arc<BTreeSet<Role>>>,
}

/// Who calls.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Anyone on this machine, where the server runs without TLS: every role, and every party of
    /// the configuration.
    AllRoles,
    /// A caller whose client certificate was verified and whose name is configured.
    Known {
        /// The DNS name in its certificate.
        name: CallerId,
        /// What it may do.
        roles: Arc<BTreeSet<Role>>,
    },
}

impl Callers {
    /// The callers of a configuration.
    pub fn new(config: &Config) -> Self {
        let each = config.callers.iter();
        Self(Arc::new(Inner {
            tls: config.tls.is_some(),
            known: each.map(|c| (c.name.clone(), Arc::new(c.roles.clone()))).collect(),
        }))
    }

    /// Who stands behind a connection.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where no configured caller does.
    pub(super) fn resolve(&self, extensions: &http::Extensions) -> Result<Identity, Status> {
        if !self.0.tls {
            return Ok(Identity::AllRoles);
        }
        let certificates = extensions
            .get::<TlsConnectInfo<TcpConnectInfo>>()
            .and_then(TlsConnectInfo::peer_certs)
            .ok_or_else(|| Status::unauthenticated("a client certificate is needed"))?;
        self.of_certificates(&certificates)
    }

    /// Who a verified client chain, leaf first, belongs to: the first of its leaf's DNS names that
    /// is configured.
    pub(crate) fn of_certificates(&self, chain: &[CertificateDer<'_>]) -> Result<Identity, Status> {
        let names = chain.first().map(dns_names).unwrap_or_default();
        let known = names.into_iter().find_map(|name| {
            let (name, roles) = self.0.known.get_key_value(&name)?;
            Some(Identity::Known { name: name.clone(), roles: Arc::clone(roles) })
        });
        known.ok_or_else(|| {
            Status::unauthenticated("the client certificate has no DNS name of a known caller")
        })
    }
}

fn dns_names(leaf: &CertificateDer<'_>) -> Vec<CallerId> {
    let Ok((_, certificate)) = parse_x509_certificate(leaf) else { return Vec::new() };
    let Ok(Some(names)) = certificate.subject_alternative_name() else { return Vec::new() };
    let each = names.value.general_names.iter();
    each.filter_map(|name| match name {
        GeneralName::DNSName(name) => name.parse().ok(),
        _ => None,
    })
    .collect()
}

impl Identity {
    /// The caller's name; `None` where everyone on this machine is served.
    pub fn name(&self) -> Option<&CallerId> {
        match self {
            Self::AllRoles => None,
            Self::Known { name, .. } => Some(name),
        }
    }

    /// Whether the caller has a role.
    pub fn has(&self, role: Role) -> bool {
        match self {
            Self::AllRoles => true,
            Self::Known { roles, .. } => roles.contains(&role),
        }
    }

    /// Whether what configuration gives to `owner` may be used by this caller.
    pub fn speaks_for(&self, owner: &CallerId) -> bool {
        self.name().is_none_or(|name| name == owner)
    }

    /// Asks for a role.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` where the caller has it not.
    pub fn require(&self, role: Role) -> Result<(), Status> {
        self.require_any(&[role])
    }

    /// Asks for one of several roles.
    ///
    /// # Errors
    /// `PERMISSION_DENIED` where the caller has none of them.
    pub fn require_any(&self, roles: &[Role]) -> Result<(), Status> {
        if roles.iter().any(|role| self.has(*role)) {
            return Ok(());
        }
        let names: Vec<_> = roles.iter().map(|role| role.name()).collect();
        Err(Status::permission_denied(format!("this needs the role {}", names.join(" or "))))
    }

    pub(super) fn allow(&self, access: Access) -> Result<(), Status> {
        match access {
            Access::Known => Ok(()),
            Access::Roles(roles) => self.require_any(roles),
        }
    }
}

/// Who sent a request: what [`super::AuthorizeLayer`] found, or else what the connection shows.
///
/// # Errors
/// `UNAUTHENTICATED` where no configured caller did.
pub fn identify<T>(request: &Request<T>, callers: &Callers) -> Result<Identity, Status> {
    match request.extensions().get::<Identity>() {
        Some(identity) => Ok(identity.clone()),
        None => callers.resolve(request.extensions()),
    }
}
