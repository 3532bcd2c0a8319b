//! X.509, signatures and attestations: bytes, anchors and time in, verified evidence out; pure
