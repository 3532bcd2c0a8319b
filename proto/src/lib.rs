//! The gRPC contract of simbind and its generated code. Messages of this crate stop at the
//! handlers: past them there are only parsed domain types.

/// `simbind.v1`.
#[allow(clippy::large_enum_variant, reason = "generated, and a decision is the usual answer")]
pub mod v1 {
    tonic::include_proto!("simbind.v1");

    /// The encoded `FileDescriptorSet`, for server reflection.
    pub const FILE_DESCRIPTOR_SET: &[u8] =
        include_bytes!(concat!(env!("OUT_DIR"), "/simbind.v1.bin"));
}
