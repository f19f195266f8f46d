//! A small pool of connections that can only read.
//! Knows: who has one and who waits. Never knows: what they ask.

use std::fmt;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use crate::{Place, StoreError, pragma};

/// A fixed number of read-only connections. Share it as `Arc<Readers>`.
pub struct Readers {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
}

impl Readers {
    pub(crate) fn open(place: &Place, count: usize) -> Result<Self, StoreError> {
        let connections = (0..count.max(1))
            .map(|_| connect(place))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            idle: Mutex::new(connections),
            returned: Condvar::new(),
        })
    }

    /// Lends a connection to `read`, and waits for one if all are out. Writes through it are refused.
    ///
    /// Blocks the calling thread: inside async code, call it where blocking is allowed. Do not call
    /// it from inside `read`; with every connection lent out, that waits for itself.
    pub fn with<T>(&self, read: impl FnOnce(&Connection) -> T) -> T {
        read(self.borrow().connection())
    }

    fn borrow(&self) -> Lent<'_> {
        let mut idle = self.idle();
        loop {
            if let Some(connection) = idle.pop() {
                return Lent {
                    pool: self,
                    connection: Some(connection),
                };
            }
            idle = self
                .returned
                .wait(idle)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Readers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Readers")
    }
}

/// Comes back to the pool when dropped, also when its borrower panicked.
struct Lent<'pool> {
    pool: &'pool Readers,
    connection: Option<Connection>,
}

impl Lent<'_> {
    fn connection(&self) -> &Connection {
        self.connection
            .as_ref()
            .expect("a lent connection is there until it is dropped")
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.idle().push(connection);
            self.pool.returned.notify_one();
        }
    }
}

fn connect(place: &Place) -> Result<Connection, StoreError> {
    let connection = place.connect(OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    pragma::guard(&connection)?;
    pragma::make_read_only(&connection)?;
    Ok(connection)
}
