//! The UICC: a SIM's own files (ETSI TS 102 221, 3GPP TS 31.102), as far as a handset's start and a
//! card reader look at them. All may be read without a PIN: PIN 1 is disabled.

mod files;
mod session;

pub(super) use session::Session;

use serde::{Deserialize, Serialize};
use simbind_core::ids::{Iccid, Imsi};

/// The USIM's name: 3GPP's registered provider and application, then Japan's country code, the
/// issuer's own octets last.
pub const USIM_AID: &[u8] = &[
    0xA0, 0x00, 0x00, 0x00, 0x87, 0x10, 0x02, 0xFF, 0x81, 0xFF, 0xFF, 0x89, 0x07, 0x09, 0x00, 0x00,
];

/// The numbers of a SIM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Uicc {
    iccid: Iccid,
    imsi: Imsi,
}

impl Uicc {
    /// A SIM with these numbers.
    pub(super) const fn new(iccid: Iccid, imsi: Imsi) -> Self {
        Self { iccid, imsi }
    }

    /// The SIM's own number.
    pub(super) const fn iccid(&self) -> Iccid {
        self.iccid
    }

    /// The subscription's number.
    pub(super) const fn imsi(&self) -> Imsi {
        self.imsi
    }
}
