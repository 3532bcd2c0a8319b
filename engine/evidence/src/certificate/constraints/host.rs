//! Host names, as constraints see them.

/// A host name: labels of letters, digits, hyphens and underscores, in lower case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Host(String);

impl Host {
    /// `None`: it is no host name, or is an address.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let label = |label: &str| {
            let known = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
            (1..=63).contains(&label.len())
                && label.bytes().all(known)
                && !label.starts_with('-')
                && !label.ends_with('-')
        };
        let last_is_number = text
            .rsplit('.')
            .next()
            .is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
        let good = text.len() <= 253 && text.split('.').all(label) && !last_is_number;
        good.then(|| Self(text.to_ascii_lowercase()))
    }

    /// Whether the host is the base or has more labels before it.
    pub(super) fn is_within(&self, base: &Self) -> bool {
        self == base || self.is_below(base)
    }

    /// Whether the host is the base with at least one label before it.
    pub(super) fn is_below(&self, base: &Self) -> bool {
        self.0.strip_suffix(&base.0).is_some_and(|before| before.ends_with('.'))
    }
}

/// What a constraint on mail addresses or URIs says of their host.
#[derive(Clone, Debug)]
pub(super) enum HostConstraint {
    /// This host alone.
    This(Host),
    /// All hosts below it, but not itself (written with a dot before it).
    Below(Host),
}

impl HostConstraint {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix('.') {
            Some(base) => Host::parse(base).map(Self::Below),
            None => Host::parse(text).map(Self::This),
        }
    }

    pub(super) fn holds(&self, host: &Host) -> bool {
        match self {
            Self::This(this) => host == this,
            Self::Below(base) => host.is_below(base),
        }
    }
}

/// A host name in a certificate, which may stand for all hosts with one more label.
#[derive(Clone, Debug)]
pub(super) enum Pattern {
    /// One host.
    One(Host),
    /// Any one label before the host (written `*.`).
    AnyLabel(Host),
}

impl Pattern {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix("*.") {
            Some(base) => Host::parse(base).map(Self::AnyLabel),
            None => Host::parse(text).map(Self::One),
        }
    }

    /// Whether every host that it stands for lies within the base.
    pub(super) fn all_within(&self, base: &Host) -> bool {
        let (Self::One(host) | Self::AnyLabel(host)) = self;
        host.is_within(base)
    }

    /// Whether a host that it stands for may lie within the base.
    pub(super) fn any_within(&self, base: &Host) -> bool {
        match self {
            Self::One(host) => host.is_within(base),
            Self::AnyLabel(host) => host.is_within(base) || base.is_within(host),
        }
    }
}

/// The host of a URI that has an authority with a host name in it (RFC 3986 section 3.2).
pub(super) fn of_uri(uri: &str) -> Option<Host> {
    let (scheme, rest) = uri.split_once(':')?;
    let mut letters = scheme.bytes();
    let named = letters.next().is_some_and(|byte| byte.is_ascii_alphabetic())
        && letters.all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let authority = rest.strip_prefix("//").filter(|_| named)?;
    let authority = authority.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
        Some(_) => return None,
        None => host,
    };
    Host::parse(host)
}
