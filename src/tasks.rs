//! Everything that runs beside the main task: started here, drained here, in order.
//!
//! Invariant: sources stop first, then the pipeline ends by itself, then the pumps ship what is in the
//! spool until it is empty or the deadline passes. What is left stays in the spool for the next start.

use anyhow::{Context as _, Result};
use std::future::Future;
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::task::JoinSet;

/// Blocking sources on threads of their own, asynchronous parts as tasks.
#[derive(Debug, Default)]
pub(crate) struct Tasks {
    threads: Vec<JoinHandle<()>>,
    tasks: JoinSet<Result<()>>,
}

impl Tasks {
    /// Runs a blocking part on a thread.
    pub(crate) fn thread(
        &mut self,
        name: &str,
        part: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(part);
        self.threads.push(thread.with_context(|| format!("cannot start the thread {name}"))?);
        Ok(())
    }

    /// Runs an asynchronous part.
    #[allow(clippy::disallowed_methods, reason = "the one place where tasks start")]
    pub(crate) fn spawn(&mut self, part: impl Future<Output = Result<()>> + Send + 'static) {
        self.tasks.spawn(part);
    }

    /// Runs the one part whose end the caller waits for.
    #[allow(clippy::disallowed_methods, reason = "the one place where tasks start")]
    pub(crate) fn watched<T: Send + 'static>(
        part: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        tokio::spawn(part)
    }

    /// The result of the next part that ends; `None` when none is left.
    pub(crate) async fn next(&mut self) -> Option<Result<()>> {
        let ended = self.tasks.join_next().await?;
        Some(ended.unwrap_or_else(|error| {
            Err(anyhow::anyhow!(
                "a part of greffier ended abnormally (panic: {})",
                error.is_panic()
            ))
        }))
    }

    /// Waits until every part has ended, at most until the deadline. True when all did.
    pub(crate) async fn drain(&mut self, deadline: Duration) -> Result<bool> {
        let all = async {
            while let Some(ended) = self.next().await {
                ended?;
            }
            Ok(())
        };
        match tokio::time::timeout(deadline, all).await {
            Ok(ended) => ended.map(|()| self.threads.iter().all(JoinHandle::is_finished)),
            Err(_elapsed) => {
                self.tasks.abort_all();
                Ok(false)
            }
        }
    }
}
