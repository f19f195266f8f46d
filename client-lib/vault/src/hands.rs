//! Rows in and out, inside one transaction: sealed on the way in, opened on the way out.
//! Knows: SQL, tables of an id and a record. Never knows: what a record means.

use partywall_store::sql::{Connection, Error, OptionalExtension, Params, Row};
use partywall_world::Dice;
use zeroize::Zeroizing;

use crate::error::StoreTrouble;
use crate::keys::Keys;

/// A record as it was before it was sealed.
pub type Plain = Zeroizing<Vec<u8>>;

/// A wing's tables whose rows are an id and a record. Implemented by a wing's own `enum`.
pub trait Table: Copy {
    /// Its name in the file, as the plan's migrations make it. Every record is bound to it.
    fn name(self) -> &'static str;
}

/// Works on the rows of an open transaction.
///
/// The first half knows tables of an id and a record. The second half is for a wing's other
/// columns: SQL of its own, and records sealed for a place in it.
pub struct Hands<'open> {
    connection: &'open Connection,
    keys: &'open Keys,
    dice: &'open mut Dice,
}

/// Tables of an id and a record.
impl<'open> Hands<'open> {
    pub(crate) fn new(
        connection: &'open Connection,
        keys: &'open Keys,
        dice: &'open mut Dice,
    ) -> Self {
        Hands {
            connection,
            keys,
            dice,
        }
    }

    /// Every row of a table, by id.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn all(&mut self, table: impl Table) -> Result<Vec<(i64, Plain)>, StoreTrouble> {
        let text = format!("SELECT id, sealed FROM {} ORDER BY id", table.name());
        let rows = self.rows(&text, (), |row| Ok((row.get(0)?, row.get(1)?)))?;
        self.unseal_all(table.name(), rows)
    }

    /// One row.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn one(&mut self, table: impl Table, id: i64) -> Result<Option<Plain>, StoreTrouble> {
        let text = format!("SELECT sealed FROM {} WHERE id = ?1", table.name());
        let sealed: Option<Vec<u8>> = self.row(&text, (id,), |row| row.get(0))?;
        sealed
            .map(|sealed| self.unseal(table.name(), id, &sealed))
            .transpose()
    }

    /// A new row; its id was never used before.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn insert(&mut self, table: impl Table, plain: &[u8]) -> Result<i64, StoreTrouble> {
        let id = self.next_id(table.name())?;
        let sealed = self.seal(table.name(), id, plain);
        let text = format!("INSERT INTO {} (id, sealed) VALUES (?1, ?2)", table.name());
        self.run(&text, (id, sealed))?;
        Ok(id)
    }

    /// A row's new record. Nothing happens if there is no such row.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn update(&mut self, table: impl Table, id: i64, plain: &[u8]) -> Result<(), StoreTrouble> {
        let sealed = self.seal(table.name(), id, plain);
        let text = format!("UPDATE {} SET sealed = ?2 WHERE id = ?1", table.name());
        self.run(&text, (id, sealed))
    }

    /// A row gone. Nothing happens if there is no such row.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn delete(&mut self, table: impl Table, id: i64) -> Result<(), StoreTrouble> {
        self.run(
            &format!("DELETE FROM {} WHERE id = ?1", table.name()),
            (id,),
        )
    }
}

/// What a wing's own columns need. `place` is a table's name, or a word of its own where a row has
/// a second sealed column: what is sealed opens in the same place and row, and nowhere else.
impl Hands<'_> {
    /// The id of the next row of an `AUTOINCREMENT` table; it was never used before.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn next_id(&mut self, table: &'static str) -> Result<i64, StoreTrouble> {
        let text = "SELECT seq FROM sqlite_sequence WHERE name = ?1";
        let last: Option<i64> = self.row(text, (table,), |row| row.get(0))?;
        Ok(last.unwrap_or(0) + 1)
    }

    /// Seals a record for the row with this id. nonce(24) ‖ ciphertext ‖ tag(16).
    pub fn seal(&mut self, place: &'static str, id: i64, plain: &[u8]) -> Vec<u8> {
        self.seal_at(place, &id.to_be_bytes(), plain)
    }

    /// Seals a record for the row with this key, such as one of [`lookup`](Self::lookup).
    pub fn seal_at(&mut self, place: &'static str, key: &[u8], plain: &[u8]) -> Vec<u8> {
        self.keys.seal(place, key, plain, self.dice)
    }

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`StoreTrouble::Damaged`] when it was changed, or sealed for another place or row.
    pub fn unseal(
        &self,
        place: &'static str,
        id: i64,
        sealed: &[u8],
    ) -> Result<Plain, StoreTrouble> {
        self.unseal_at(place, &id.to_be_bytes(), sealed)
    }

    /// Opens what [`seal_at`](Self::seal_at) made.
    ///
    /// # Errors
    /// As [`unseal`](Self::unseal).
    pub fn unseal_at(
        &self,
        place: &'static str,
        key: &[u8],
        sealed: &[u8],
    ) -> Result<Plain, StoreTrouble> {
        self.keys.open(place, key, sealed)
    }

    /// Opens many rows, each as [`unseal`](Self::unseal) does.
    ///
    /// # Errors
    /// As [`unseal`](Self::unseal).
    pub fn unseal_all(
        &self,
        place: &'static str,
        rows: Vec<(i64, Vec<u8>)>,
    ) -> Result<Vec<(i64, Plain)>, StoreTrouble> {
        rows.into_iter()
            .map(|(id, sealed)| Ok((id, self.unseal(place, id, &sealed)?)))
            .collect()
    }

    /// What a row is looked up by, as the file may show it: the same for the same value, and to
    /// nobody without the store's keys.
    #[must_use]
    pub fn lookup(&self, place: &'static str, value: &[u8]) -> [u8; 16] {
        self.keys.lookup(place, value)
    }

    /// Says SQL that answers nothing.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn run(&self, text: &str, values: impl Params) -> Result<(), StoreTrouble> {
        let mut statement = self.connection.prepare_cached(text)?;
        statement.execute(values)?;
        Ok(())
    }

    /// Says SQL that answers one row or none.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn row<T>(
        &self,
        text: &str,
        values: impl Params,
        read: impl FnOnce(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Option<T>, StoreTrouble> {
        let mut statement = self.connection.prepare_cached(text)?;
        Ok(statement.query_row(values, read).optional()?)
    }

    /// Says SQL that answers rows; all of them are held in memory, so the SQL bounds them.
    ///
    /// # Errors
    /// [`StoreTrouble`].
    pub fn rows<T>(
        &self,
        text: &str,
        values: impl Params,
        read: impl FnMut(&Row<'_>) -> Result<T, Error>,
    ) -> Result<Vec<T>, StoreTrouble> {
        let mut statement = self.connection.prepare_cached(text)?;
        let rows = statement.query_map(values, read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
