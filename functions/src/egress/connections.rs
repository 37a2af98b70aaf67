//! Connections to the outside services, in HTTP/1, kept open for the next call.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rustls::crypto::ring;
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use super::{CONNECT, MOST, TOTAL};
use crate::lead::Failure;

/// How long a connection is kept that nobody uses: less than services wait before they close one.
const KEPT: Duration = Duration::from_secs(20);

/// The connections of a program, by scheme, host and port.
#[derive(Default)]
pub(super) struct Connections {
    /// Setting up TLS takes longer than most requests: it waits for the first call, and serves all of them.
    tls: OnceLock<Option<TlsConnector>>,
    idle: Mutex<BTreeMap<String, Vec<Idle>>>,
}

struct Idle {
    connection: Connection,
    since: Instant,
}

type Connection = SendRequest<Full<Bytes>>;

/// A TCP connection, with TLS around it or without. One type of both, so that what speaks HTTP is there once.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Connections {
    /// Sends a request to an address, and reads the whole answer. No redirect is followed, which would lead past the list of hosts, and no
    /// proxy is asked that the environment happens to name: a proxy is one more company that sees whom we call.
    ///
    /// # Errors
    /// [`Failure::Unreachable`] where no whole answer came in time; [`Failure::Strange`] for an answer without end.
    pub(super) async fn send(&self, address: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        timeout(TOTAL, self.exchange(address, request)).await.unwrap_or(Err(Failure::Unreachable))
    }

    async fn exchange(&self, address: &Url, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Failure> {
        let origin = &address[..Position::BeforePath];
        let (connection, response) = self.sent(address, origin, request).await.map_err(|_| Failure::Unreachable)?;
        let (head, body) = response.into_parts();
        let body = match Limited::new(body, MOST).collect().await {
            Ok(body) => body.to_bytes(),
            Err(error) if error.is::<LengthLimitError>() => return Err(Failure::Strange),
            Err(_) => return Err(Failure::Unreachable),
        };
        self.keep(origin, connection);
        Ok(Response::from_parts(head, body))
    }

    /// A service may close a connection at any time: what was not sent on one that was kept is sent on a new one. What was sent is never
    /// sent again here, since nobody knows what became of it.
    async fn sent(
        &self,
        address: &Url,
        origin: &str,
        mut request: Request<Full<Bytes>>,
    ) -> Result<(Connection, Response<Incoming>), Box<dyn Error + Send + Sync>> {
        while let Some(mut kept) = self.kept(origin) {
            if kept.ready().await.is_err() {
                continue;
            }
            match kept.try_send_request(request).await {
                Ok(response) => return Ok((kept, response)),
                Err(mut error) => match error.take_message() {
                    Some(unsent) => request = unsent,
                    None => return Err(error.into_error().into()),
                },
            }
        }
        let mut connection = timeout(CONNECT, self.connect(address)).await??;
        let response = connection.send_request(request).await?;
        Ok((connection, response))
    }

    async fn connect(&self, address: &Url) -> Result<Connection, Box<dyn Error + Send + Sync>> {
        let host = address.host_str().ok_or("an address without a host")?.trim_matches(['[', ']']);
        let port = address.port_or_known_default().ok_or("an address without a port")?;
        let stream = TcpStream::connect((host, port)).await?;
        stream.set_nodelay(true)?;
        let stream: Box<dyn Stream> = match address.scheme() {
            "https" => {
                let tls = self.tls.get_or_init(|| tls(webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect()).ok());
                let tls = tls.as_ref().ok_or("there is no TLS")?;
                Box::new(tls.connect(ServerName::try_from(host.to_owned())?, stream).await?)
            }
            "http" => Box::new(stream),
            scheme => return Err(io::Error::other(format!("`{scheme}` is not HTTP")).into()),
        };
        let (connection, conversation) = handshake(TokioIo::new(stream)).await?;
        // Its end is seen by whoever sends next.
        tokio::spawn(conversation);
        Ok(connection)
    }

    /// A connection that was kept, the one used last.
    fn kept(&self, origin: &str) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = idle.get_mut(origin)?;
        kept.retain(|idle| idle.since.elapsed() < KEPT);
        kept.pop().map(|idle| idle.connection)
    }

    fn keep(&self, origin: &str, connection: Connection) {
        if !connection.is_closed() {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.entry(origin.to_owned()).or_default().push(Idle { connection, since: Instant::now() });
        }
    }
}

impl fmt::Debug for Connections {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Connections")
    }
}

/// TLS with whoever has a certificate of one of these authorities for the host's name.
fn tls(roots: RootCertStore) -> Result<TlsConnector, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config).into())
}

#[cfg(test)]
mod tests;
