//! The two outer maps: the attestation object and the assertion.

use super::{
    AppAttestError,
    cbor::{Cbor, CborError, put, there},
    chain::MAX_CERTIFICATES,
};

const FORMAT: &str = "apple-appattest";

/// `{ fmt, attStmt: { x5c, receipt }, authData }`.
pub(super) struct AttestationObject<'d> {
    pub(super) certificates: Vec<&'d [u8]>,
    pub(super) receipt: &'d [u8],
    pub(super) authenticator_data: &'d [u8],
}

impl<'d> AttestationObject<'d> {
    pub(super) fn read(bytes: &'d [u8]) -> Result<Self, AppAttestError> {
        const MAP: &str = "attestation object";
        let mut cbor = Cbor::new(bytes);
        let (mut format, mut statement, mut data) = (None, None, None);
        for _ in 0..cbor.map(MAP)? {
            match cbor.text(MAP)? {
                "fmt" => put(&mut format, cbor.text("fmt")?, MAP)?,
                "attStmt" => put(&mut statement, Statement::read(&mut cbor)?, MAP)?,
                "authData" => put(&mut data, cbor.bytes("authData")?, MAP)?,
                _ => return Err(CborError::Unknown { field: MAP }.into()),
            }
        }
        cbor.finish(MAP)?;
        if there(format, "fmt")? != FORMAT {
            return Err(AppAttestError::Format);
        }
        let Statement { certificates, receipt } = there(statement, "attStmt")?;
        Ok(Self { certificates, receipt, authenticator_data: there(data, "authData")? })
    }
}

struct Statement<'d> {
    certificates: Vec<&'d [u8]>,
    receipt: &'d [u8],
}

impl<'d> Statement<'d> {
    fn read(cbor: &mut Cbor<'d>) -> Result<Self, CborError> {
        const MAP: &str = "attStmt";
        let (mut x5c, mut receipt) = (None, None);
        for _ in 0..cbor.map(MAP)? {
            match cbor.text(MAP)? {
                "x5c" => put(&mut x5c, certificates(cbor)?, MAP)?,
                "receipt" => put(&mut receipt, cbor.bytes("receipt")?, MAP)?,
                _ => return Err(CborError::Unknown { field: MAP }),
            }
        }
        Ok(Self { certificates: there(x5c, "x5c")?, receipt: there(receipt, "receipt")? })
    }
}

fn certificates<'d>(cbor: &mut Cbor<'d>) -> Result<Vec<&'d [u8]>, CborError> {
    let count = cbor.array("x5c")?;
    if count > MAX_CERTIFICATES {
        return Err(CborError::TooMuch { field: "x5c" });
    }
    (0..count).map(|_| cbor.bytes("x5c")).collect()
}

/// `{ signature, authenticatorData }`.
pub(super) struct AssertionObject<'d> {
    pub(super) signature: &'d [u8],
    pub(super) authenticator_data: &'d [u8],
}

impl<'d> AssertionObject<'d> {
    pub(super) fn read(bytes: &'d [u8]) -> Result<Self, CborError> {
        const MAP: &str = "assertion";
        let mut cbor = Cbor::new(bytes);
        let (mut signature, mut data) = (None, None);
        for _ in 0..cbor.map(MAP)? {
            match cbor.text(MAP)? {
                "signature" => put(&mut signature, cbor.bytes("signature")?, MAP)?,
                "authenticatorData" => put(&mut data, cbor.bytes("authenticatorData")?, MAP)?,
                _ => return Err(CborError::Unknown { field: MAP }),
            }
        }
        cbor.finish(MAP)?;
        Ok(Self {
            signature: there(signature, "signature")?,
            authenticator_data: there(data, "authenticatorData")?,
        })
    }
}
