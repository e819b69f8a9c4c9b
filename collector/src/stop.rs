//! The handle by which sources are told to end.
//!
//! Invariant: once stopped, always stopped, and everybody who waits here wakes at once. Threads wait on a
//! condition, tasks on a watch; a thread that waits can also be woken without a stop (an acknowledgement came).

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// Tells sources to end; clones are the same handle.
#[derive(Debug, Clone)]
pub struct Stop(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    bell: Condvar,
    stopped: watch::Sender<bool>,
}

#[derive(Debug, Default)]
struct State {
    stopped: bool,
    rings: u64,
}

impl Stop {
    /// A handle that has not been stopped.
    #[must_use]
    pub fn new() -> Self {
        let stopped = watch::Sender::new(false);
        Self(Arc::new(Shared { state: Mutex::default(), bell: Condvar::new(), stopped }))
    }

    /// Tells every source that holds this handle to end.
    pub fn stop(&self) {
        self.lock().stopped = true;
        self.0.bell.notify_all();
        self.0.stopped.send_replace(true);
    }

    /// Whether [`Stop::stop`] has been called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// Ends when [`Stop::stop`] is called.
    pub async fn stopped(&self) {
        let mut watch = self.0.stopped.subscribe();
        watch.wait_for(|stopped| *stopped).await.expect("the sender lives as long as self");
    }

    /// Wakes the threads that wait.
    pub(crate) fn ring(&self) {
        self.lock().rings += 1;
        self.0.bell.notify_all();
    }

    /// How often it has rung; pass it to [`Stop::wait`], so that no ring in between is missed.
    pub(crate) fn rings(&self) -> u64 {
        self.lock().rings
    }

    /// Waits for a ring after `seen`, a stop, or the end of `timeout`. Answers whether to stop.
    pub(crate) fn wait(&self, seen: u64, timeout: Duration) -> bool {
        let waiting = |state: &mut State| !state.stopped && state.rings == seen;
        let waited = self.0.bell.wait_timeout_while(self.lock(), timeout, waiting);
        waited.unwrap_or_else(PoisonError::into_inner).0.stopped
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // Nothing under this lock can panic half-way: a poisoned state is a whole one.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ring_that_came_before_the_wait_is_not_missed() {
        let stop = Stop::new();
        let seen = stop.rings();
        stop.ring();
        assert!(!stop.wait(seen, Duration::MAX));
    }

    #[test]
    fn a_stop_wakes_a_thread_and_a_task() {
        let stop = Stop::new();
        let thread = std::thread::spawn({
            let stop = stop.clone();
            move || stop.wait(0, Duration::MAX)
        });
        stop.stop();
        assert!(thread.join().expect("no panic"));
        assert!(stop.wait(0, Duration::MAX));
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(stop.stopped());
    }
}
