//! A PostgreSQL server for one test: a fresh folder, a free port on loopback, gone when the value is dropped or the test ends.
//!
//! PostgreSQL is Debian's package `postgresql`. A test that needs it fails where it is missing: half of what we promise would be untried.

use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use sqlx::{AssertSqlSafe, Connection};
use tempfile::TempDir;

/// How often another port is tried, where somebody else took the free one before the server did.
const TRIES: u32 = 5;

/// A running server.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: TempDir,
    server: Child,
    port: u16,
}

impl Postgres {
    /// Starts a server, which answers by then.
    pub(crate) fn start() -> Self {
        let programs = programs();
        let folder = tempfile::tempdir().unwrap();
        if is_root() {
            // The server refuses to run as root.
            done(Command::new("chown").arg("postgres:").arg(folder.path()));
        }
        let data = folder.path().join("data");
        done(
            as_user(&programs.join("initdb"))
                .arg("-D")
                .arg(&data)
                .args(["--no-sync", "-A", "trust", "-U", "postgres", "-E", "UTF8"])
                .arg("--locale=C"),
        );
        for _ in 0..TRIES {
            let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
            if let Some(server) = serve(&programs, &data, port) {
                return Self { programs, folder, server, port };
            }
        }
        panic!("PostgreSQL did not start on any of {TRIES} ports");
    }

    /// The address of a new, empty database.
    pub(crate) async fn database(&self, name: &str) -> String {
        let address = |name: &str| format!("postgres://postgres@127.0.0.1:{}/{name}", self.port);
        sqlx::any::install_default_drivers();
        let mut connection = sqlx::AnyConnection::connect(&address("postgres")).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        address(name)
    }

    /// Stops it as a loss of power would: whoever is connected loses the connection.
    pub(crate) fn stop(&mut self) {
        let mut stop = as_user(&self.programs.join("pg_ctl"));
        stop.arg("-D")
            .arg(self.folder.path().join("data"))
            .args(["stop", "-w", "-m", "immediate"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let _ = stop.status();
        let _ = self.server.wait();
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Where its programs are.
fn programs() -> PathBuf {
    let told = Command::new("pg_config").arg("--bindir").output().ok();
    let told = told.map(|output| PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    let on_path = std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect::<Vec<_>>()).unwrap_or_default();
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let found =
        told.into_iter().chain(on_path).chain(debian).find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file());
    found.expect("PostgreSQL is not installed: `apt-get install --no-install-recommends postgresql`, then run this again")
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

/// A program under a user that the server accepts. It is told to end when this test does, however that ends.
fn as_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=QUIT");
    if is_root() {
        command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
    }
    // Its messages are read: they must be in English.
    command.arg(program).current_dir("/").env("LC_ALL", "C");
    command
}

fn done(command: &mut Command) {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
}

/// The server on a port, once it answers; none if it ended instead.
fn serve(programs: &Path, data: &Path, port: u16) -> Option<Child> {
    let mut command = as_user(&programs.join("postgres"));
    command.arg("-D").arg(data).arg("-p").arg(port.to_string());
    // Nothing here has to outlive a loss of power.
    for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "fsync=off", "shared_buffers=16MB"] {
        command.args(["-c", setting]);
    }
    let mut server = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stderr.take().expect("it was asked for")).lines().map_while(Result::ok);
    if lines.any(|line| line.contains("ready to accept connections")) {
        // A pipe that nobody reads would stop the server when it is full.
        std::thread::spawn(move || lines.for_each(drop));
        return Some(server);
    }
    let _ = server.wait();
    None
}
