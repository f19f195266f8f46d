//! `Debug` for what holds a secret: the type's name, and nothing of the value.
//! Knows: names of types. Never knows: what a value holds.

/// Prints each type as its name.
macro_rules! silent {
    ($($name:ident),*) => {$(
        /// The type's name and nothing of the value.
        impl std::fmt::Debug for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(stringify!($name))
            }
        }
    )*};
}
pub(crate) use silent;
