//! Everything that runs beside the main task: started here, watched here, drained here.
//!
//! Invariant: no part ends unnoticed, neither by an error nor by a panic, on a thread or as a task. What is
//! not shipped when the deadline of a drain passes stays in the spool for the next start.
//!
//! What every line passes runs on a [`Lane`]: a task that several threads may take is handed from one to the other, and
//! for single lines that costs more than the work itself.

use anyhow::{Context as _, Result};
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::oneshot;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, timeout_at};

/// How long parts that were given up may take to let go of what they have.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// Blocking sources on threads of their own, asynchronous parts as tasks.
#[derive(Debug, Default)]
pub(crate) struct Tasks(JoinSet<Result<()>>);

impl Tasks {
    /// Runs a blocking part on a thread; a task waits for its end.
    pub(crate) fn thread(
        &mut self,
        name: &str,
        part: impl FnOnce() + Send + 'static,
    ) -> Result<()> {
        let (done, ended) = oneshot::channel();
        std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || {
                part();
                // Nobody waits any more after a drain's deadline.
                done.send(()).unwrap_or_default();
            })
            .with_context(|| format!("cannot start the thread {name}"))?;
        let abnormal = format!("a part of greffier ended abnormally (thread {name})");
        self.spawn(async move { ended.await.context(abnormal) });
        Ok(())
    }

    /// Runs an asynchronous part.
    #[allow(clippy::disallowed_methods, reason = "the one place where tasks start")]
    pub(crate) fn spawn(&mut self, part: impl Future<Output = Result<()>> + Send + 'static) {
        self.0.spawn(part);
    }

    /// Runs the one part whose end the caller waits for.
    #[allow(clippy::disallowed_methods, reason = "the one place where tasks start")]
    pub(crate) fn watched<T: Send + 'static>(
        part: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        tokio::spawn(part)
    }

    /// Runs an asynchronous part on a lane.
    pub(crate) fn spawn_on(
        &mut self,
        lane: &Lane,
        part: impl Future<Output = Result<()>> + Send + 'static,
    ) {
        self.0.spawn_on(part, &lane.handle);
    }

    /// The result of the next part that ends; `None` when none is left.
    pub(crate) async fn next(&mut self) -> Option<Result<()>> {
        let ended = self.0.join_next().await?;
        Some(ended.unwrap_or_else(|error| {
            Err(anyhow::anyhow!(
                "a part of greffier ended abnormally (panic: {})",
                error.is_panic()
            ))
        }))
    }

    /// Waits until every part has ended, at most until the deadline. True when all did; one that fails does
    /// not keep the others from ending well.
    pub(crate) async fn drain(&mut self, deadline: Instant) -> Result<bool> {
        let mut first = Ok(());
        loop {
            match timeout_at(deadline, self.next()).await {
                Ok(None) => return first.map(|()| true),
                Ok(Some(ended)) => first = first.and(ended),
                Err(_elapsed) => {
                    self.0.abort_all();
                    let gone = async { while self.0.join_next().await.is_some() {} };
                    drop(tokio::time::timeout(LAST_WORDS, gone).await);
                    return first.map(|()| false);
                }
            }
        }
    }
}

/// A thread with a runtime of its own. Its parts take turns and may block; when it is dropped, they are too.
#[derive(Debug)]
pub(crate) struct Lane {
    handle: Handle,
    _open: oneshot::Sender<()>,
}

/// Turns of a lane that gathers begin at least so far apart, but for the first after a pause.
const REST: Duration = Duration::from_millis(15);

/// A turn that took longer had much to do: then there may be more, and nobody rests.
const SHORT: Duration = Duration::from_micros(150);

impl Lane {
    /// Starts the thread. One that `gathers` lets what comes within [`REST`] share a turn: being woken for each line
    /// of a thousand a second costs more than reading them.
    ///
    /// # Errors
    /// When the system has no thread or no descriptors left.
    pub(crate) async fn open(name: &str, gathers: bool) -> Result<Self> {
        let (_open, closed) = oneshot::channel();
        let (ready, started) = oneshot::channel();
        let mut builder = Builder::new_current_thread();
        if gathers {
            let turn = Arc::new(Mutex::new(Turn::default()));
            let begins = Arc::clone(&turn);
            builder.on_thread_unpark(move || lock(&begins).begin());
            builder.on_thread_park(move || lock(&turn).end());
        }
        let lane = move || match builder.enable_all().build() {
            Ok(runtime) => {
                ready.send(Ok(runtime.handle().clone())).unwrap_or_default();
                run(&runtime, closed);
            }
            Err(error) => ready.send(Err(error)).unwrap_or_default(),
        };
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(lane);
        thread.with_context(|| format!("cannot start the thread {name}"))?;
        let handle = started.await.context("a thread ended at its start")?;
        Ok(Self {
            handle: handle.with_context(|| format!("cannot start the thread {name}"))?,
            _open,
        })
    }

    /// Runs a part whose end the caller waits for.
    pub(crate) fn watched<T: Send + 'static>(
        &self,
        part: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.handle.spawn(part)
    }
}

/// The turn of a lane between two waits, and the rest after it.
#[derive(Debug, Default)]
struct Turn {
    began: Option<Instant>,
    before: Option<Instant>,
}

impl Turn {
    fn begin(&mut self) {
        self.before = self.began.replace(Instant::now());
    }

    /// Sleeps the thread until [`REST`] after the turn's begin, if it was short and not the first in a while.
    #[allow(
        clippy::disallowed_methods,
        reason = "a lane of its own; what it would be woken by waits in the kernel"
    )]
    fn end(&self) {
        let (Some(began), Some(before)) = (self.began, self.before) else { return };
        let took = began.elapsed();
        if took < SHORT && began - before < 2 * REST {
            std::thread::sleep(REST - took);
        }
    }
}

/// Only its own thread takes it, and nothing under it panics.
fn lock(turn: &Mutex<Turn>) -> MutexGuard<'_, Turn> {
    turn.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Drives a runtime until its lane is dropped.
fn run(runtime: &Runtime, closed: oneshot::Receiver<()>) {
    // Nothing is ever sent: the other end is dropped.
    runtime.block_on(closed).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::time::Duration;

    fn soon() -> Instant {
        Instant::now() + Duration::from_secs(20)
    }

    #[tokio::test]
    async fn a_thread_that_panics_is_noticed_like_a_task_that_does() {
        let mut tasks = Tasks::default();
        tasks.thread("fine", || ()).expect("a thread");
        assert!(tasks.next().await.expect("it ends").is_ok());
        tasks.thread("bad", || panic!("on purpose")).expect("a thread");
        let ended = tasks.next().await.expect("it ends").expect_err("abnormally");
        assert!(ended.to_string().contains("thread bad"));
        tasks.spawn(async { panic!("on purpose") });
        assert!(tasks.next().await.expect("it ends").is_err());
    }

    #[tokio::test]
    async fn a_part_that_fails_does_not_keep_the_others_from_ending_well() {
        let ended = Arc::new(AtomicBool::new(false));
        let mut tasks = Tasks::default();
        tasks.spawn(async { anyhow::bail!("no") });
        let set = Arc::clone(&ended);
        tasks.spawn(async move {
            tokio::task::yield_now().await;
            set.store(true, Ordering::Relaxed);
            Ok(())
        });
        assert_eq!(tasks.drain(soon()).await.expect_err("the first's").to_string(), "no");
        assert!(ended.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn the_deadline_ends_what_does_not_end() {
        let mut tasks = Tasks::default();
        tasks.spawn(std::future::pending());
        let now = Instant::now();
        assert!(!tasks.drain(now + Duration::from_millis(20)).await.expect("no failure"));
        assert!(now.elapsed() < Duration::from_secs(10));
    }
}
