//! Connections against services that keep, close and withhold them.

use std::net::{Ipv4Addr, SocketAddr};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::yield_now;
use tokio_rustls::TlsAcceptor;

use super::*;

const ANSWER: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

/// What a service does with each request of a connection, in order; then it closes.
type Manners = &'static [Option<&'static str>];

/// A service; what it was sent comes out of the channel, a connection's number and a request's head.
async fn service(connections: &'static [Manners]) -> (SocketAddr, UnboundedReceiver<(usize, String)>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let (sender, receiver) = unbounded_channel();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for (number, manners) in connections.iter().enumerate() {
            let (stream, _) = listener.accept().await.unwrap();
            converse(stream, number, manners, &sender).await;
        }
    });
    (address, receiver)
}

async fn converse(
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    number: usize,
    manners: Manners,
    sender: &UnboundedSender<(usize, String)>,
) {
    for answer in manners {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let Ok(byte) = stream.read_u8().await else { return };
            head.push(byte);
        }
        sender.send((number, String::from_utf8(head).unwrap())).unwrap();
        match answer {
            Some(answer) => stream.write_all(answer.as_bytes()).await.unwrap(),
            None => return,
        }
    }
    // Whoever is served keeps the connection as long as it likes, unless nothing more is answered.
}

async fn get(connections: &Connections, address: &str) -> Result<Response<Bytes>, Failure> {
    let address = Url::parse(address).unwrap();
    let request = Request::get(address.path()).header("host", "service.example").body(Full::default()).unwrap();
    connections.send(&address, request).await
}

/// Waits until the end of every connection that is kept has been seen.
async fn until_closed(connections: &Connections) {
    while connections.idle.lock().unwrap().values().flatten().any(|idle| !idle.connection.is_closed()) {
        yield_now().await;
    }
}

#[tokio::test]
async fn a_connection_serves_one_call_after_the_other() {
    let (address, mut seen) = service(&[&[Some(ANSWER), Some(ANSWER)]]).await;
    let connections = Connections::default();
    for path in ["first", "second"] {
        let answer = get(&connections, &format!("http://{address}/{path}")).await.unwrap();
        assert_eq!((answer.status().as_u16(), &answer.body()[..]), (200, &b"ok"[..]));
        let (number, head) = seen.recv().await.unwrap();
        assert_eq!((number, head.lines().next()), (0, Some(format!("GET /{path} HTTP/1.1").as_str())));
    }
}

#[tokio::test]
async fn a_connection_that_was_closed_meanwhile_is_replaced() {
    let (address, mut seen) = service(&[&[Some(ANSWER)], &[Some(ANSWER)]]).await;
    let connections = Connections::default();
    for number in [0, 1] {
        assert!(get(&connections, &format!("http://{address}/")).await.is_ok());
        assert_eq!(seen.recv().await.unwrap().0, number);
        until_closed(&connections).await;
    }
}

#[tokio::test]
async fn what_was_sent_is_not_sent_again() {
    let (address, mut seen) = service(&[&[Some(ANSWER), None], &[Some(ANSWER)]]).await;
    let connections = Connections::default();
    assert!(get(&connections, &format!("http://{address}/1")).await.is_ok());
    assert_eq!(get(&connections, &format!("http://{address}/2")).await.unwrap_err(), Failure::Unreachable);
    assert!(get(&connections, &format!("http://{address}/3")).await.is_ok());
    let numbers = [seen.recv().await.unwrap().0, seen.recv().await.unwrap().0, seen.recv().await.unwrap().0];
    assert_eq!((numbers, seen.try_recv().is_err()), ([0, 0, 1], true));
}

#[tokio::test]
async fn a_connection_is_kept_for_its_own_service_alone() {
    let (one, mut seen) = service(&[&[Some(ANSWER), Some(ANSWER)]]).await;
    let (other, mut there) = service(&[&[Some(ANSWER)]]).await;
    let connections = Connections::default();
    for address in [one, other, one] {
        assert!(get(&connections, &format!("http://{address}/")).await.is_ok());
    }
    assert_eq!((seen.recv().await.unwrap().0, seen.recv().await.unwrap().0, there.recv().await.unwrap().0), (0, 0, 0));
}

#[tokio::test]
async fn an_answer_without_end_is_not_read() {
    const ENDLESS: &str = "HTTP/1.1 200 OK\r\ncontent-length: 999999999\r\n\r\n";
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let pouring = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(ENDLESS.as_bytes()).await.unwrap();
        // Until nobody listens any more.
        while stream.write_all(&[b'.'; 65_536]).await.is_ok() {}
    });
    assert_eq!(get(&Connections::default(), &format!("http://{address}/")).await.unwrap_err(), Failure::Strange);
    pouring.await.unwrap();
}

#[tokio::test]
async fn nobody_there_is_told() {
    let closed = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap().local_addr().unwrap();
    assert_eq!(get(&Connections::default(), &format!("http://{closed}/")).await.unwrap_err(), Failure::Unreachable);
    assert_eq!(get(&Connections::default(), &format!("ftp://{closed}/")).await.unwrap_err(), Failure::Unreachable);
}

/// An authority, and a service whose certificate it made for `localhost`.
async fn secure() -> (RootCertStore, SocketAddr, UnboundedReceiver<(usize, String)>) {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(["localhost".to_owned()]).unwrap().signed_by(&key, &authority).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], rustls::pki_types::PrivateKeyDer::try_from(key.serialize_der()).unwrap())
        .unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).unwrap();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = unbounded_channel();
    tokio::spawn(async move {
        let acceptor = TlsAcceptor::from(Arc::new(config));
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                converse(stream, 0, &[Some(ANSWER)], &sender).await;
            }
        }
    });
    (roots, address, receiver)
}

// Promises: cresco/https-only
#[tokio::test]
async fn a_service_with_a_certificate_is_called_by_its_name_alone() {
    let (roots, address, mut seen) = secure().await;
    let connections = Connections { tls: OnceLock::from(tls(roots).ok()), ..Connections::default() };
    let answer = get(&connections, &format!("https://localhost:{}/", address.port())).await.unwrap();
    assert_eq!((&answer.body()[..], seen.recv().await.is_some()), (&b"ok"[..], true));
    assert_eq!(get(&connections, &format!("https://{address}/")).await.unwrap_err(), Failure::Unreachable);
    assert!(seen.try_recv().is_err(), "nothing is sent to whom the certificate does not name");
}

// Promises: cresco/https-only
#[tokio::test]
async fn a_service_whose_authority_is_unknown_is_not_called() {
    let (_, address, mut seen) = secure().await;
    let address = format!("https://localhost:{}/", address.port());
    assert_eq!(get(&Connections::default(), &address).await.unwrap_err(), Failure::Unreachable);
    assert!(seen.try_recv().is_err());
}
