//! What this process costs: memory, processor time, open files (Linux: `/proc/self`).
//!
//! Invariant: what cannot be read is left out, never guessed. On no path of a record.

use rustix::time::{ClockId, clock_gettime};
use std::fs;

/// Numbers under the names Prometheus clients agree on.
#[derive(Debug, Clone, Default)]
pub(crate) struct Process {
    /// Resident memory, bytes.
    pub(crate) resident_bytes: Option<u64>,
    /// Open file descriptors.
    pub(crate) open_files: Option<u64>,
    /// Processor time of all threads, seconds.
    pub(crate) cpu_seconds: f64,
}

impl Process {
    /// The numbers of this moment.
    pub(crate) fn now() -> Self {
        let time = clock_gettime(ClockId::ProcessCPUTime);
        // The listing itself holds one.
        let open = fs::read_dir("/proc/self/fd").ok().map(|all| (all.count() as u64).max(1) - 1);
        Self {
            resident_bytes: fs::read_to_string("/proc/self/status").ok().and_then(|s| resident(&s)),
            open_files: open,
            cpu_seconds: time.tv_sec as f64 + time.tv_nsec as f64 / 1e9,
        }
    }
}

/// `VmRSS` of `/proc/PID/status`, which is in kB of 1024 bytes.
fn resident(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_process_has_memory_and_files() {
        let process = Process::now();
        assert!(process.resident_bytes.is_some_and(|bytes| bytes > 1 << 20));
        assert!(process.open_files.is_some_and(|files| files > 2));
        assert!(process.cpu_seconds > 0.0);
        assert_eq!(resident("Name:\tx\nVmRSS:\t     12 kB\n"), Some(12 * 1024));
        assert_eq!(resident("Name:\tx\n"), None);
    }
}
