//! What may be told, judged by code of its own over the bytes of the tables that the operator signed. (SPEC §12.3, §12.5)
//! Knows: places of cells, numbers of rules. Never knows: the project's permits.

use minicbor::Decoder;
use minicbor::data::Type;

/// A table, as far as cells go.
#[derive(Clone)]
pub struct Table {
    /// Its hash, in hex.
    pub hash: String,
    /// From when on it is current.
    pub effective: u64,
    cells: Vec<u8>,
    rules: Vec<(u8, u16)>,
}

/// What somebody agreed to.
#[derive(Clone, Debug)]
pub struct Agreed {
    /// The accepted table's hash, in hex.
    pub table: String,
    /// Field, recipient, purpose of each choice.
    pub choices: Vec<(u8, u8, u8)>,
    /// 1 to 5, or 0 if it is not said.
    pub region: u8,
}

/// What a row may be told as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grant {
    /// 1 consent, 2 necessary, 3 legal.
    pub basis: u8,
    /// The precision's code.
    pub precision: u8,
    /// Days.
    pub keep: u16,
}

/// A record, as its payload says.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// Field, recipient, purpose.
    pub row: (u8, u8, u8),
    /// On what ground, how exactly, for how long.
    pub grant: Option<Grant>,
    /// The table's hash, in hex.
    pub table: String,
    /// When, at a whole hour.
    pub time: u64,
    /// 0 to 5.
    pub region: u8,
    /// The value's own bytes, in CBOR.
    pub value: Vec<u8>,
}

impl Table {
    /// Reads the body of a signed table.
    #[must_use]
    pub fn read(hash: String, bytes: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(bytes);
        let mut table = Self {
            hash,
            effective: 0,
            cells: Vec::new(),
            rules: Vec::new(),
        };
        for _ in 0..decoder.map().ok()?? {
            match decoder.u8().ok()? {
                2 => table.effective = decoder.u64().ok()?,
                4 => table.cells = decoder.bytes().ok()?.to_vec(),
                5 => {
                    for _ in 0..decoder.array().ok()?? {
                        let (mut precision, mut keep) = (0, 0);
                        for _ in 0..decoder.map().ok()?? {
                            match decoder.u8().ok()? {
                                0 => precision = decoder.u8().ok()?,
                                1 => keep = decoder.u16().ok()?,
                                _ => decoder.skip().ok()?,
                            }
                        }
                        table.rules.push((precision, keep));
                    }
                }
                _ => decoder.skip().ok()?,
            }
        }
        (table.cells.len() == 3_150).then_some(table)
    }

    fn cell(&self, row: (u8, u8, u8), region: u8, basis: u8) -> Option<(u8, u16)> {
        let at = |code: u8| usize::from(code) - 1;
        let place = at(row.0) * 3 + at(row.1);
        let place = ((place * 5 + at(row.2)) * 5 + at(region)) * 3 + at(basis);
        let rule = usize::from(*self.cells.get(place)?);
        self.rules.get(rule.checked_sub(1)?).copied()
    }

    /// A known region's cell; of an unknown one, what all five allow.
    fn grant(&self, row: (u8, u8, u8), region: u8, basis: u8) -> Option<(u8, u16)> {
        if region > 0 {
            return self.cell(row, region, basis);
        }
        let mut all = self.cell(row, 1, basis)?;
        for region in 2..=5 {
            all = both(all, self.cell(row, region, basis)?);
        }
        Some(all)
    }
}

fn both(one: (u8, u16), other: (u8, u16)) -> (u8, u16) {
    (one.0.max(other.0), one.1.min(other.1))
}

/// What a row may be told as under an accepted and a current table, if at all.
#[must_use]
pub fn permit(
    accepted: &Table,
    current: &Table,
    agreed: &Agreed,
    row: (u8, u8, u8),
) -> Option<Grant> {
    [3, 2, 1].into_iter().find_map(|basis| {
        let grant = both(
            accepted.grant(row, agreed.region, basis)?,
            current.grant(row, agreed.region, basis)?,
        );
        let chosen = basis != 1 || agreed.choices.contains(&row);
        chosen.then_some(Grant {
            basis,
            precision: grant.0,
            keep: grant.1,
        })
    })
}

impl Told {
    /// Reads a disclosure's payload.
    #[must_use]
    pub fn read(payload: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(payload);
        let (mut told, mut basis, mut precision, mut keep) = (Self::default(), 0, 0, 0);
        for _ in 0..decoder.map().ok()?? {
            match decoder.u8().ok()? {
                4 => told.row.0 = decoder.u8().ok()?,
                5 => {
                    let from = decoder.position();
                    decoder.skip().ok()?;
                    told.value = payload[from..decoder.position()].to_vec();
                }
                6 => told.row.1 = decoder.u8().ok()?,
                7 => told.row.2 = decoder.u8().ok()?,
                8 => basis = decoder.u8().ok()?,
                9 => told.table = hex::encode(decoder.bytes().ok()?),
                10 => told.time = decoder.u64().ok()?,
                11 => keep = decoder.u16().ok()?,
                12 => told.region = decoder.u8().ok()?,
                13 => precision = decoder.u8().ok()?,
                _ => decoder.skip().ok()?,
            }
        }
        told.grant = Some(Grant {
            basis,
            precision,
            keep,
        });
        (decoder.datatype().err()?.is_end_of_input()).then_some(told)
    }
}

/// What an outcome entry says: batch and record in hex, and 1 sent, 2 void, 3 uncertain.
#[must_use]
pub fn outcome(payload: &[u8]) -> Option<(String, String, u8)> {
    let mut decoder = Decoder::new(payload);
    let (mut batch, mut record, mut said) = (String::new(), String::new(), 0);
    for _ in 0..decoder.map().ok()?? {
        match decoder.u8().ok()? {
            1 => batch = hex::encode(decoder.bytes().ok()?),
            2 => record = hex::encode(decoder.bytes().ok()?),
            3 => said = decoder.u8().ok()?,
            _ => decoder.skip().ok()?,
        }
    }
    Some((batch, record, said))
}

/// The record key of a disclosure's payload, in hex.
#[must_use]
pub fn record_key(payload: &[u8]) -> Option<String> {
    let mut decoder = Decoder::new(payload);
    for _ in 0..decoder.map().ok()?? {
        if decoder.u8().ok()? == 1 {
            debug_assert_eq!(decoder.datatype().ok()?, Type::Bytes);
            return Some(hex::encode(decoder.bytes().ok()?));
        }
        decoder.skip().ok()?;
    }
    None
}
