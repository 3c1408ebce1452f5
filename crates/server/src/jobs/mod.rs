//! What runs beside the work by itself. A job may run twice or stop half-way without harm, and takes
//! the time as a parameter; what it does is a method of the engine.

pub mod batches;
pub mod exports;
pub mod imports;
pub mod prune;
pub mod tariffs;
