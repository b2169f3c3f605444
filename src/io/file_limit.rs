//! How many files and sockets the process may have open: each call takes several.

use std::io;

/// Raises the soft limit to the hard one; gives what is allowed now.
pub fn raise() -> io::Result<u64> {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: the pointer is to a whole `rlimit` that outlives the call.
    if unsafe { libc::getrlimit(libc::RLIMIT_NOFILE, &raw mut limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    limit.rlim_cur = limit.rlim_max;
    // SAFETY: as above; the kernel only reads it.
    if unsafe { libc::setrlimit(libc::RLIMIT_NOFILE, &raw const limit) } != 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(limit.rlim_cur)
}

/// [`raise`], told in the log; warns if `needed` are more than allowed.
pub fn raise_for(needed: u64) {
    match raise() {
        Ok(allowed) if allowed < needed => tracing::warn!(
            allowed,
            needed,
            "too few open files are allowed for all calls of `[limits] calls`; raise LimitNOFILE of the \
             service"
        ),
        Ok(allowed) => tracing::info!(allowed, "files and sockets that may be open"),
        Err(error) => tracing::warn!(%error, "the limit of open files cannot be raised"),
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_limit_is_raised_once_and_for_all() {
        let allowed = super::raise().unwrap();
        assert!(allowed >= 256);
        assert_eq!(super::raise().unwrap(), allowed);
    }
}
