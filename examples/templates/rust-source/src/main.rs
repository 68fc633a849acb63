//! Answers each path with its hash, and counts.

use std::env;
use std::hash::Hasher;
use std::io::{BufRead, BufReader, Result, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

use fnv::FnvHasher;

static ANSWERS: AtomicU64 = AtomicU64::new(0);

fn main() -> Result<()> {
    let host = env::var("BIND_ADDRESS").unwrap_or_else(|_| "127.0.0.1".into());
    let port = env::var("PORT").unwrap_or_else(|_| "8080".into());
    let listener = TcpListener::bind(format!("{}:{}", host, port))?;
    for stream in listener.incoming() {
        let stream = stream?;
        thread::spawn(move || answer(stream));
    }
    Ok(())
}

fn answer(mut stream: TcpStream) -> Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    reader.read_line(&mut request)?;
    let mut header = String::new();
    while reader.read_line(&mut header)? > 2 {
        header.clear();
    }
    let path = request.split(' ').nth(1).unwrap_or("/");
    let mut hasher = FnvHasher::default();
    hasher.write(path.as_bytes());
    let count = ANSWERS.fetch_add(1, Ordering::Relaxed) + 1;
    let mut numbers = itoa::Buffer::new();
    let page = format!(
        "{} is {:016x} to {} {}, answer {}\n",
        path,
        hasher.finish(),
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        numbers.format(count)
    );
    write!(
        stream,
        "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{}",
        page.len(),
        page
    )
}
