//! The end of a link from our side.

/// Why a link is closed by us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    /// The pile broke the protocol beyond repair.
    ProtocolError,
    /// A message larger than the limit.
    TooLarge,
    /// A text that is not UTF-8.
    BadText,
    /// Nothing was heard for too long.
    Silent,
    /// The pile is not registered, or its password is wrong.
    NotRegistered,
    /// Another connection of the same pile took over.
    Replaced,
    /// We cannot make durable what the pile says; it keeps its records and comes back.
    Unavailable,
    /// The server is stopping.
    Stopping,
}
