//! The command line's end of the control socket.

use std::io;
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::{ControlReply, ControlRequest};

#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("no server is running here ({0} is not answered); start it with `hotline serve`")]
    NotRunning(PathBuf),
    #[error("the control socket {0}: {1}; only the server's user and root may use it")]
    Io(PathBuf, io::Error),
    #[error("the server's answer is not understood; use the same version of the program for both")]
    Strange,
}

pub struct Client {
    stream: BufReader<UnixStream>,
    path: PathBuf,
}

impl Client {
    pub async fn connect(path: &Path) -> Result<Client, ClientError> {
        match UnixStream::connect(path).await {
            Ok(stream) => Ok(Client { stream: BufReader::new(stream), path: path.to_owned() }),
            Err(error) => Err(match error.kind() {
                io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused => {
                    ClientError::NotRunning(path.to_owned())
                }
                _ => ClientError::Io(path.to_owned(), error),
            }),
        }
    }

    pub async fn ask(&mut self, request: &ControlRequest) -> Result<ControlReply, ClientError> {
        let mut line = serde_json::to_vec(request).map_err(|_| ClientError::Strange)?;
        line.push(b'\n');
        let fail = |error| ClientError::Io(self.path.clone(), error);
        self.stream.get_mut().write_all(&line).await.map_err(fail)?;
        let mut answer = Vec::new();
        self.stream.read_until(b'\n', &mut answer).await.map_err(fail)?;
        serde_json::from_slice(&answer).map_err(|_| ClientError::Strange)
    }
}
