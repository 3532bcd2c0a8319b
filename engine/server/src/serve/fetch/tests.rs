use super::*;
use std::time::Duration;
use tokio::{io::AsyncWriteExt as _, net::TcpListener};

/// A server that answers one request with these bytes and then holds the connection, or closes it.
async fn one_answer(answer: Vec<u8>, close: bool) -> (String, tokio::task::JoinHandle<Vec<u8>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/list.crl?x=1", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = vec![0; 4096];
        let read = stream.read(&mut asked).await.unwrap();
        asked.truncate(read);
        let _ = stream.write_all(&answer).await;
        if !close {
            let _ = stream.read(&mut [0]).await;
        }
        asked
    });
    (url, served)
}

fn ask(place: Place, request: Option<Vec<u8>>) -> Ask {
    Ask { place, request, timeout: Duration::from_secs(20), most: 10 }
}

fn said(status: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[tokio::test]
async fn a_list_is_got_and_a_responder_is_posted_to() {
    let (url, served) = one_answer(said("200 OK", b"0123456789"), true).await;
    let got = Fetcher.fetch(&ask(Place::Url(url), None)).await;
    assert_eq!(got, Ok(b"0123456789".to_vec()));
    let asked = String::from_utf8(served.await.unwrap()).unwrap();
    assert!(asked.starts_with("GET /list.crl?x=1 HTTP/1.1\r\n"), "{asked}");

    let (url, served) = one_answer(said("200 OK", b"yes"), false).await;
    let got = Fetcher.fetch(&ask(Place::Url(url), Some(b"question".to_vec()))).await;
    assert_eq!(got, Ok(b"yes".to_vec()));
    let asked = String::from_utf8(served.await.unwrap()).unwrap();
    assert!(asked.starts_with("POST "), "{asked}");
    assert!(asked.contains("application/ocsp-request") && asked.ends_with("question"), "{asked}");
}

#[tokio::test]
async fn an_answer_that_is_too_long_or_no_answer_is_refused() {
    let endless =
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n8\r\n01234567\r\n8\r\n01234567\r\n";
    let cases: [(Vec<u8>, FetchError); 4] = [
        (said("200 OK", b"0123456789x"), FetchError::TooLong(10)),
        (endless.to_vec(), FetchError::TooLong(10)),
        (said("500 Broken", b""), FetchError::Status(500)),
        // Nothing is followed.
        (
            b"HTTP/1.1 302 Found\r\nlocation: /\r\ncontent-length: 0\r\n\r\n".to_vec(),
            FetchError::Status(302),
        ),
    ];
    for (answer, refused) in cases {
        let (url, _served) = one_answer(answer, false).await;
        assert_eq!(Fetcher.fetch(&ask(Place::Url(url), None)).await, Err(refused));
    }
    for garbage in
        [&b"\x16\x03\x01 not http"[..], b"", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]
    {
        let (url, _served) = one_answer(garbage.to_vec(), true).await;
        let got = Fetcher.fetch(&ask(Place::Url(url), None)).await;
        assert!(matches!(got, Err(FetchError::Unreachable(_))), "{got:?}");
    }
}

#[tokio::test]
async fn who_hangs_is_given_up() {
    let (url, _served) =
        one_answer(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nha".to_vec(), false).await;
    let timeout = Duration::from_millis(50);
    let ask = Ask { timeout, ..ask(Place::Url(url), None) };
    assert_eq!(Fetcher.fetch(&ask).await, Err(FetchError::Timeout(timeout)));
}

#[tokio::test]
async fn a_file_is_read_within_the_bound() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("list.crl");
    let missing = Fetcher.fetch(&ask(Place::File(path.clone()), None)).await;
    assert!(matches!(missing, Err(FetchError::Unreachable(_))), "{missing:?}");
    std::fs::write(&path, b"0123456789").unwrap();
    let got = Fetcher.fetch(&ask(Place::File(path.clone()), None)).await;
    assert_eq!(got, Ok(b"0123456789".to_vec()));
    std::fs::write(&path, b"0123456789x").unwrap();
    let got = Fetcher.fetch(&ask(Place::File(path), None)).await;
    assert_eq!(got, Err(FetchError::TooLong(10)));
}
