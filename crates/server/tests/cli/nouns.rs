//! `pileops <noun> <verb>`.
