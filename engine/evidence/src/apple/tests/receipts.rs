use super::made::{APP, CHALLENGE, Phone};
use crate::{
    apple::{
        ChainFault, Environment, MAX_RECEIPT_BYTES, ReceiptError, ReceiptKind, ReceiptRoots,
        VerifiedReceipt,
        encode::{self, ReceiptSpec},
        read_receipt, verify_receipt,
    },
    signature::sha256,
    testca::{NOW, Party},
};
use rcgen::{PublicKeyData as _, SigningKey as _};
use std::time::Duration;

/// Who signs receipts, and a receipt for a phone's key.
struct Issuer {
    root: Party,
    intermediate: Party,
    signer: Party,
    phone: Phone,
    spec: ReceiptSpec,
}

const HOUR: Duration = Duration::from_secs(3600);

impl Issuer {
    fn new() -> Self {
        let phone = Phone::new();
        let signer = Party::leaf("Receipt Signing", 3);
        Self {
            root: Party::authority("Receipt Root", 1),
            intermediate: Party::authority("Receipt CA", 2),
            signer: signer.with_extension(encode::RECEIPT_SIGNER_OID, vec![5, 0], false),
            spec: ReceiptSpec {
                kind: ReceiptKind::Receipt,
                app_id: APP.into(),
                attested: phone.certificates().swap_remove(0),
                client_hash: sha256(CHALLENGE).to_vec(),
                environment: Environment::Production,
                created: NOW,
                expires: NOW.plus(24 * HOUR),
                risk_metric: Some(3),
            },
            phone,
        }
    }

    fn certificates(&self) -> Vec<Vec<u8>> {
        let issued = [self.intermediate.issue(&self.signer), self.root.issue(&self.intermediate)];
        [&issued[..], &[self.root.self_signed()]].concat()
    }

    fn sign(&self, content: &[u8]) -> Vec<u8> {
        let signature = self.signer.key.sign(content).unwrap();
        encode::receipt(content, &self.certificates(), &signature)
    }

    fn receipt(&self) -> Vec<u8> {
        self.sign(&encode::receipt_content(&self.spec))
    }

    fn verify(&self, receipt: &[u8]) -> Result<VerifiedReceipt, ReceiptError> {
        let roots = ReceiptRoots::from_der([self.root.self_signed()]).unwrap();
        verify_receipt(receipt, &roots, NOW)
    }
}

#[test]
fn a_receipt_tells_its_fields_and_is_for_one_key() {
    let issuer = Issuer::new();
    let verified = issuer.verify(&issuer.receipt()).unwrap();
    let receipt = verified.receipt();
    assert_eq!(receipt.kind(), ReceiptKind::Receipt);
    assert_eq!(receipt.app_id(), APP);
    assert_eq!(receipt.client_hash(), sha256(CHALLENGE));
    assert_eq!(receipt.environment(), Some(Environment::Production));
    assert_eq!((receipt.created(), receipt.expires()), (NOW, NOW.plus(24 * HOUR)));
    assert_eq!(
        (receipt.risk_metric(), receipt.not_before(), receipt.token()),
        (Some(3), None, None)
    );
    assert_eq!(receipt.is_for(&issuer.phone.verify().unwrap()), Ok(()));
    assert_eq!(receipt.is_for(&Phone::new().verify().unwrap()), Err(ReceiptError::Key));

    let spki = issuer.phone.leaf.key.subject_public_key_info();
    let other = ReceiptSpec { app_id: "other".into(), attested: spki, ..issuer.spec.clone() };
    let receipt = read_receipt(&issuer.sign(&encode::receipt_content(&other))).unwrap();
    assert_eq!(receipt.public_key(), &issuer.phone.public_key());
    assert_eq!(receipt.is_for(&issuer.phone.verify().unwrap()), Err(ReceiptError::App));
}

#[test]
fn a_receipt_is_signed_by_a_signer_of_receipts_under_a_configured_root() {
    let mut issuer = Issuer::new();
    let content = encode::receipt_content(&issuer.spec);
    let foreign = encode::receipt(&content, &issuer.certificates(), &issuer.phone.sign(&content));
    assert_eq!(issuer.verify(&foreign), Err(ReceiptError::Signature));

    let unknown = Issuer::new().receipt();
    let error = ReceiptError::Chain(ChainFault::UnknownRoot.at(2));
    assert_eq!(issuer.verify(&unknown), Err(error));

    let signature = issuer.signer.key.sign(&content).unwrap();
    let absent = encode::receipt(&content, &issuer.certificates(), &signature);
    let serial = absent.windows(5).rposition(|w| w == [2, 1, 3, 0x30, 0x0D]).unwrap();
    let mut other_serial = absent.clone();
    other_serial[serial + 2] = 9;
    assert_eq!(issuer.verify(&other_serial), Err(ReceiptError::NoSigner));

    issuer.signer.params.custom_extensions.clear();
    assert_eq!(issuer.verify(&issuer.receipt()), Err(ReceiptError::Signer));
}

#[test]
fn a_receipt_expires() {
    let mut issuer = Issuer::new();
    issuer.spec.expires = NOW;
    assert_eq!(issuer.verify(&issuer.receipt()), Err(ReceiptError::Expired));
}

#[test]
fn fields_are_there_once_and_well_formed() {
    let issuer = Issuer::new();
    let content = encode::receipt_content(&issuer.spec);
    let inner =
        &content[content.len() - usize::from(u16::from_be_bytes([content[2], content[3]]))..];
    let with = |fields: &[u8]| {
        let length = u16::try_from(inner.len() + fields.len()).unwrap().to_be_bytes();
        issuer.sign(&[&[0x31, 0x82], &length[..], inner, fields].concat())
    };
    assert!(read_receipt(&with(&encode::receipt_field(99, b"passed over"))).is_ok());
    let twice = encode::receipt_field(2, b"other");
    assert_eq!(read_receipt(&with(&twice)), Err(ReceiptError::Twice { field: 2 }));
    let many = (100..140).flat_map(|field| encode::receipt_field(field, b"")).collect::<Vec<_>>();
    assert!(read_receipt(&with(&many)).is_err());
    let time = encode::receipt_field(19, b"yesterday");
    assert_eq!(read_receipt(&with(&time)), Err(ReceiptError::Field { field: 19 }));
    let empty = issuer.sign(&[0x31, 0]);
    assert_eq!(read_receipt(&empty), Err(ReceiptError::Missing { field: 6 }));
}

#[test]
fn only_bounded_ber_of_one_form_is_read() {
    let receipt = Issuer::new().receipt();
    for end in 0..receipt.len() {
        assert!(read_receipt(&receipt[..end]).is_err(), "{end}");
    }
    let error = ReceiptError::TooLarge { got: MAX_RECEIPT_BYTES + 1, max: MAX_RECEIPT_BYTES };
    assert_eq!(read_receipt(&[0x30; MAX_RECEIPT_BYTES + 1]), Err(error));
    let deep = [[0x30, 0x80]; 40].concat();
    let deep = [deep, vec![0; 80]].concat();
    for bytes in
        [&deep[..], &[&receipt[..], &[0]].concat(), &[0x04, 0x80, 0, 0], &[0x30, 0x81, 1, 0]]
    {
        assert_eq!(read_receipt(bytes), Err(ReceiptError::Ber));
    }
}

#[test]
fn nothing_that_names_a_device_is_shown() {
    let shown = format!("{:?}", read_receipt(&Issuer::new().receipt()).unwrap());
    assert!(!shown.contains(APP), "{shown}");
}
