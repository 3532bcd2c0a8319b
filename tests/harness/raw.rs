use super::HarnessError;
use prost::{
    Message as _,
    bytes::{Buf as _, BufMut as _, Bytes},
};
use simbind_proto::v1::FILE_DESCRIPTOR_SET;
use tonic::{
    Request, Status,
    client::Grpc,
    codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder},
    codegen::http::uri::PathAndQuery,
    transport::Channel,
};

/// Sends and takes bytes as they are.
#[derive(Clone, Copy, Debug, Default)]
struct Raw;

impl Codec for Raw {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, item: Bytes, to: &mut EncodeBuf<'_>) -> Result<(), Status> {
        to.put(item);
        Ok(())
    }
}

impl Decoder for Raw {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, from: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(from.copy_to_bytes(from.remaining())))
    }
}

/// Calls a method, by its path `/package.Service/Method`, with these bytes for a message.
///
/// # Errors
/// The status that the method answers.
pub async fn call_raw(channel: &Channel, path: &str, message: Bytes) -> Result<Bytes, Status> {
    let path: PathAndQuery =
        path.parse().map_err(|_| Status::invalid_argument("the path is none"))?;
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready().await.map_err(|error| Status::unavailable(error.to_string()))?;
    Ok(grpc.unary(Request::new(message), path, Raw).await?.into_inner())
}

/// The paths of every method of the contract.
///
/// # Errors
/// Where the contract's own description cannot be read.
pub fn methods() -> Result<Vec<String>, HarnessError> {
    let described = prost_types::FileDescriptorSet::decode(FILE_DESCRIPTOR_SET);
    let set = described.map_err(|error| HarnessError::Command(error.to_string()))?;
    let mut methods = Vec::new();
    for file in set.file.iter().filter(|file| file.package() == "simbind.v1") {
        for service in &file.service {
            let names = service.method.iter().map(|method| method.name());
            methods.extend(names.map(|name| format!("/simbind.v1.{}/{name}", service.name())));
        }
    }
    Ok(methods)
}
