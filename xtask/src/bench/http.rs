//! As much of an HTTP client as it takes to ask a server on this machine, again and again, on one connection. The floors use it too.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read, Result, Write};
use std::net::TcpStream;
use std::time::Duration;

/// A connection to `127.0.0.1`, opened when needed and again after an error.
pub(crate) struct Client {
    port: u16,
    stream: Option<BufReader<TcpStream>>,
}

/// A status and a body.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

impl Client {
    /// A client of the server on this port; it connects with its first request.
    pub(crate) fn new(port: u16) -> Self {
        Self { port, stream: None }
    }

    /// Asks for a path. After an error the next request connects anew.
    pub(crate) fn get(&mut self, path: &str) -> Result<Response> {
        self.ask("GET", path, "accept: text/html\r\n", b"")
    }

    /// Any request. `headers` are whole lines, without those of the host and of the body's length. After an error the next request connects
    /// anew.
    pub(crate) fn ask(&mut self, method: &str, path: &str, headers: &str, body: &[u8]) -> Result<Response> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => connect(self.port)?,
        };
        let (port, length) = (self.port, body.len());
        let head = format!("{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: {length}\r\n{headers}\r\n");
        stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
        let (response, stays_open) = read_response(&mut stream)?;
        if stays_open {
            self.stream = Some(stream);
        }
        Ok(response)
    }
}

fn connect(port: u16) -> Result<BufReader<TcpStream>> {
    let stream = TcpStream::connect(("127.0.0.1", port))?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
    Ok(BufReader::new(stream))
}

/// The response, and whether the connection stays open after it.
fn read_response(stream: &mut impl BufRead) -> Result<(Response, bool)> {
    let start = line(stream)?;
    let status = start.split(' ').nth(1).and_then(|code| code.parse().ok()).ok_or_else(|| odd(&start))?;
    let (mut length, mut chunked, mut open) = (None, false, true);
    loop {
        let header = line(stream)?.to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        let (name, value) = header.split_once(':').ok_or_else(|| odd(&header))?;
        match (name, value.trim()) {
            ("content-length", value) => length = Some(value.parse().map_err(|_| odd(&header))?),
            ("transfer-encoding", "chunked") => chunked = true,
            ("connection", "close") => open = false,
            _ => {}
        }
    }
    let mut body = Vec::new();
    match length {
        _ if chunked => read_chunks(stream, &mut body)?,
        Some(length) => take(stream, length, &mut body)?,
        None => {
            stream.read_to_end(&mut body)?;
            open = false;
        }
    }
    Ok((Response { status, body }, open))
}

fn read_chunks(stream: &mut impl BufRead, body: &mut Vec<u8>) -> Result<()> {
    loop {
        let size = line(stream)?;
        let digits = size.split(';').next().unwrap_or_default().trim();
        let length = u64::from_str_radix(digits, 16).map_err(|_| odd(&size))?;
        if length == 0 {
            while !line(stream)?.is_empty() {}
            return Ok(());
        }
        take(stream, length, body)?;
        line(stream)?;
    }
}

fn take(stream: &mut impl BufRead, length: u64, body: &mut Vec<u8>) -> Result<()> {
    if stream.take(length).read_to_end(body)? as u64 == length { Ok(()) } else { Err(cut_off()) }
}

/// The next line without its end.
fn line(stream: &mut impl BufRead) -> Result<String> {
    let mut line = String::new();
    if stream.read_line(&mut line)? == 0 {
        return Err(cut_off());
    }
    line.truncate(line.trim_end_matches(['\r', '\n']).len());
    Ok(line)
}

fn cut_off() -> Error {
    Error::new(ErrorKind::UnexpectedEof, "the server closed the connection in the middle of a response")
}

fn odd(line: &str) -> Error {
    Error::new(ErrorKind::InvalidData, format!("not a line of HTTP: `{line}`"))
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::read_response;

    fn read(bytes: &str) -> std::io::Result<(u16, String, bool)> {
        let (response, open) = read_response(&mut BufReader::new(bytes.as_bytes()))?;
        Ok((response.status, String::from_utf8_lossy(&response.body).into_owned(), open))
    }

    #[test]
    fn bodies_of_all_three_kinds_are_read() {
        let sized = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef").unwrap();
        assert_eq!(sized, (200, "abc".to_owned(), true));
        let chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nA\r\n0123456789\r\n0\r\n\r\n";
        assert_eq!(read(chunked).unwrap(), (200, "abc0123456789".to_owned(), true));
        let closed = read("HTTP/1.1 404 Not Found\r\nconnection: close\r\n\r\nnone").unwrap();
        assert_eq!(closed, (404, "none".to_owned(), false));
    }

    #[test]
    fn a_response_that_ends_early_is_an_error() {
        assert!(read("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc").is_err());
        assert!(read("HTTP/1.1 200 OK\r\n").is_err());
        assert!(read("hello\r\n\r\n").is_err());
    }
}
