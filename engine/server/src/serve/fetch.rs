//! Fetching over plain HTTP and from files. What comes is signed and verified by whoever asked, so
//! the connection is not: it is only bounded.

use bytes::Bytes;
use http::{Request, StatusCode, Uri, header};
use http_body_util::{BodyExt as _, Full, LengthLimitError, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use simbind_service::ports::status::{Ask, Fetch, FetchError, Place};
use std::path::Path;
use tokio::{io::AsyncReadExt as _, net::TcpStream};

/// The most bytes of an answer's head.
const MOST_HEAD: usize = 16 << 10;

/// Fetches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fetcher;

impl Fetch for Fetcher {
    async fn fetch(&self, ask: &Ask) -> Result<Vec<u8>, FetchError> {
        let fetched = async {
            match &ask.place {
                Place::Url(url) => over_http(url, ask).await,
                Place::File(path) => from_file(path, ask.most).await,
            }
        };
        let timeout = ask.timeout;
        tokio::time::timeout(timeout, fetched).await.map_err(|_| FetchError::Timeout(timeout))?
    }
}

fn unreachable(error: impl ToString) -> FetchError {
    FetchError::Unreachable(error.to_string())
}

async fn from_file(path: &Path, most: usize) -> Result<Vec<u8>, FetchError> {
    let file = tokio::fs::File::open(path).await.map_err(unreachable)?;
    // One byte more than is allowed tells that there is more.
    let bound = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    file.take(bound).read_to_end(&mut bytes).await.map_err(unreachable)?;
    if bytes.len() > most { Err(FetchError::TooLong(most)) } else { Ok(bytes) }
}

async fn over_http(url: &str, ask: &Ask) -> Result<Vec<u8>, FetchError> {
    let uri: Uri = url.parse().map_err(unreachable)?;
    let authority = uri.authority().ok_or_else(|| unreachable("the URL names no host"))?;
    let host = authority.host().trim_start_matches('[').trim_end_matches(']');
    let stream = TcpStream::connect((host, authority.port_u16().unwrap_or(80)));
    let stream = stream.await.map_err(unreachable)?;
    let connecting = http1::Builder::new().max_buf_size(MOST_HEAD).handshake(TokioIo::new(stream));
    let (mut sender, connection) = connecting.await.map_err(unreachable)?;
    let exchange = async {
        let answer = sender.send_request(request(&uri, ask)?).await.map_err(unreachable)?;
        if answer.status() != StatusCode::OK {
            return Err(FetchError::Status(answer.status().as_u16()));
        }
        let body = Limited::new(answer.into_body(), ask.most).collect().await;
        body.map(|body| body.to_bytes().to_vec()).map_err(|error| {
            if error.is::<LengthLimitError>() {
                FetchError::TooLong(ask.most)
            } else {
                unreachable(error)
            }
        })
    };
    // The connection is driven beside the exchange, and ends with it.
    let mut exchange = std::pin::pin!(exchange);
    tokio::select! {
        answer = &mut exchange => answer,
        driven = connection => match driven {
            // What came before it was closed is still to be read.
            Ok(()) => exchange.await,
            Err(error) => Err(unreachable(error)),
        },
    }
}

fn request(uri: &Uri, ask: &Ask) -> Result<Request<Full<Bytes>>, FetchError> {
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let host = uri.authority().map_or("", |authority| authority.as_str());
    let built = Request::builder().uri(path).header(header::HOST, host);
    let built = built.header(header::USER_AGENT, "simbind").header(header::CONNECTION, "close");
    let built = match &ask.request {
        None => built.method("GET").body(Full::default()),
        Some(body) => built
            .method("POST")
            .header(header::CONTENT_TYPE, "application/ocsp-request")
            .header(header::ACCEPT, "application/ocsp-response")
            .body(Full::new(Bytes::copy_from_slice(body))),
    };
    built.map_err(unreachable)
}

#[cfg(test)]
mod tests;
