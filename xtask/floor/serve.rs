//! As much of an HTTP server as it takes to hand out pages from memory on connections that stay open.

use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, PoisonError};

use crate::dev::Pages;

/// Answers every connection, each in a thread of its own.
pub(crate) fn serve(listener: &TcpListener, pages: &Pages) {
    for stream in listener.incoming().flatten() {
        let pages = Arc::clone(pages);
        // A connection that breaks is the other side's business.
        std::thread::spawn(move || answer(stream, &pages));
    }
}

fn answer(mut stream: TcpStream, pages: &Pages) -> Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut line, mut address) = (String::new(), None);
    while reader.read_line(&mut line)? > 0 {
        if address.is_none() {
            address = line.split(' ').nth(1).map(str::to_owned);
        }
        if line == "\r\n" {
            let response = response(address.take().as_deref().unwrap_or("/"), pages);
            stream.write_all(&response)?;
        }
        line.clear();
    }
    Ok(())
}

fn response(address: &str, pages: &Pages) -> Vec<u8> {
    let pages = pages.read().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = match pages.get(address) {
        Some(page) => ("200 OK", &page[..]),
        None => ("404 Not Found", &b"not found"[..]),
    };
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}
