//! Enums whose values are words: in JSON, in the database and in the address bar alike.

/// Declares an enum of words with `ALL`, `as_str` and `parse`.
#[macro_export]
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$of:meta])* $value:ident = $word:tt),* $(,)? })*) => {$(
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
        )]
        pub enum $name {
            $($(#[$of])* #[serde(rename = $word)] $value,)*
        }

        impl $name {
            pub const ALL: &[$name] = &[$($name::$value),*];

            pub fn as_str(self) -> &'static str {
                match self { $($name::$value => $word,)* }
            }

            pub fn parse(text: &str) -> Option<$name> {
                $name::ALL.iter().copied().find(|one| one.as_str() == text)
            }
        }
    )*};
}
