use super::{Answer, Card, attach};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Answers each command with how many came since the last reset.
#[derive(Default)]
struct Counting {
    since: u8,
    resets: u32,
}

impl Card for Counting {
    fn reset(&mut self) {
        self.since = 0;
        self.resets += 1;
    }

    fn off(&mut self) {
        self.reset();
    }

    fn atr(&self) -> Vec<u8> {
        vec![0x3B, 0x00]
    }

    fn command(&mut self, command: &[u8]) -> Answer {
        self.since += 1;
        match command {
            [0xFF, 0x00] => Answer::Pulled,
            [0xFF, 0x01] => Answer::Hung,
            _ => Answer::Bytes(vec![self.since, 0x90, 0x00]),
        }
    }
}

async fn asked(stream: &mut TcpStream, bytes: &[u8], answer: &[u8]) {
    stream.write_all(bytes).await.unwrap();
    let mut got = vec![0; answer.len()];
    stream.read_exact(&mut got).await.unwrap();
    assert_eq!(got, answer);
}

#[tokio::test]
async fn a_card_answers_is_reset_and_comes_back_after_the_driver_went() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reader = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        asked(&mut stream, &[0, 1, 1, 0, 1, 4], &[0, 2, 0x3B, 0]).await;
        asked(&mut stream, &[0, 2, 0, 0], &[0, 3, 1, 0x90, 0]).await;
        asked(
            &mut stream,
            &[0, 2, 0, 0, 0, 1, 2, 0, 2, 0, 0],
            &[0, 3, 2, 0x90, 0, 0, 3, 1, 0x90, 0],
        )
        .await;
        drop(stream);
        let (mut stream, _) = listener.accept().await.unwrap();
        asked(&mut stream, &[0, 2, 0, 0], &[0, 3, 1, 0x90, 0]).await;
        stream.write_all(&[0, 2, 0xFF, 0]).await.unwrap();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0, "a pulled card answers nothing");
    };
    let mut card = Counting::default();
    tokio::join!(attach(&mut card, &address, |_| {}), reader);
    assert_eq!(card.resets, 3, "on, reset, and the driver that went");
}

#[tokio::test]
async fn a_hung_card_answers_nothing_more_while_it_is_in_the_reader() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reader = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&[0, 2, 0xFF, 1, 0, 1, 4, 0, 2, 0, 0]).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).await.unwrap();
        assert!(rest.is_empty());
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&[0, 2, 0xFF, 0]).await.unwrap();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
    };
    let mut card = Counting::default();
    tokio::join!(attach(&mut card, &address, |_| {}), reader);
}

#[tokio::test]
async fn what_is_no_frame_ends_the_connection_and_not_the_card() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let reader = async {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&[0, 0]).await.unwrap();
        assert_eq!(stream.read(&mut [0; 8]).await.unwrap(), 0);
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(&[0, 2, 0xFF, 0]).await.unwrap();
    };
    let mut card = Counting::default();
    let mut told = Vec::new();
    tokio::join!(attach(&mut card, &address, |words| told.push(words.to_owned())), reader);
    assert!(told.iter().any(|words| words.contains("empty frame")), "{told:?}");
}
