//! Secrets are used up, wiped and silent: what they must not be able to do does not compile.
//! Knows: which traits a type has. (SPEC R-5)

use partywall_ground::{Capability, Credit, LinkSecret, Pass};
use std::fmt::{Debug, Display};
use zeroize::ZeroizeOnDrop;

/// Compiles for a type that has none of these traits: with one of them, `nothing` is ambiguous.
trait SilentAndSingle<Which> {
    fn nothing() {}
}

struct HasDebug;
struct HasDisplay;
struct HasClone;

impl<T> SilentAndSingle<()> for T {}
impl<T: Debug> SilentAndSingle<HasDebug> for T {}
impl<T: Display> SilentAndSingle<HasDisplay> for T {}
impl<T: Clone> SilentAndSingle<HasClone> for T {}

fn wiped_when_dropped<T: ZeroizeOnDrop>() {}

#[test]
fn a_secret_cannot_be_printed_or_copied_and_is_wiped_when_dropped() {
    <Capability as SilentAndSingle<_>>::nothing();
    <Pass as SilentAndSingle<_>>::nothing();
    <Credit as SilentAndSingle<_>>::nothing();
    <LinkSecret as SilentAndSingle<_>>::nothing();
    wiped_when_dropped::<Capability>();
    wiped_when_dropped::<Pass>();
    wiped_when_dropped::<Credit>();
    wiped_when_dropped::<LinkSecret>();
}
