//! Calls of the pile that were just answered or are still being answered, so that a repeat gets the
//! first answer again (OCPP-J 1.6 section 4.1: a pile that lost the answer repeats the call).

use std::collections::VecDeque;
use std::hash::{DefaultHasher, Hasher};

const ENTRIES_MAX: usize = 16;
const BYTES_MAX: usize = 4096;

/// Ids and contents are compared by their hashes: a collision needs a pile that attacks itself.
#[derive(Debug, Default)]
pub struct Recent {
    entries: VecDeque<Entry>,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    content: u64,
    answer: Answer,
}

#[derive(Debug)]
enum Answer {
    Pending,
    /// `[3,id,{}]`
    Nothing,
    Bytes(Box<[u8]>),
}

#[derive(Debug, PartialEq)]
pub enum Known<'a> {
    New,
    /// The same call, and no answer yet.
    Pending,
    /// The same call; its answer was `[3,id,{}]`.
    Nothing,
    /// The same call; its answer.
    Answered(&'a [u8]),
    /// The same id for another call.
    Other,
}

pub fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    hasher.write(bytes);
    hasher.finish()
}

impl Recent {
    pub fn look(&self, id: u64, content: u64) -> Known<'_> {
        match self.entries.iter().rev().find(|entry| entry.id == id) {
            None => Known::New,
            Some(entry) if entry.content != content => Known::Other,
            Some(entry) => match &entry.answer {
                Answer::Pending => Known::Pending,
                Answer::Nothing => Known::Nothing,
                Answer::Bytes(bytes) => Known::Answered(bytes),
            },
        }
    }

    pub fn asked(&mut self, id: u64, content: u64) {
        if self.entries.len() >= ENTRIES_MAX {
            self.entries.pop_front();
        }
        self.entries.push_back(Entry { id, content, answer: Answer::Pending });
    }

    /// `bytes`: `None` for `[3,id,{}]`.
    pub fn answered(&mut self, id: u64, bytes: Option<&[u8]>) {
        let Some(entry) = self.entries.iter_mut().rev().find(|entry| entry.id == id) else { return };
        entry.answer = match bytes {
            None => Answer::Nothing,
            Some(bytes) => Answer::Bytes(bytes.into()),
        };
        while self.size() > BYTES_MAX {
            self.entries.pop_front();
        }
    }

    /// The call was not answered: a repeat is a new try.
    pub fn forget(&mut self, id: u64) {
        self.entries.retain(|entry| entry.id != id);
    }

    fn size(&self) -> usize {
        let size = |entry: &Entry| match &entry.answer {
            Answer::Bytes(bytes) => bytes.len(),
            _ => 0,
        };
        self.entries.iter().map(size).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeat_is_known_and_the_memory_is_bounded() {
        let mut recent = Recent::default();
        assert_eq!(recent.look(1, 1), Known::New);
        recent.asked(1, 1);
        assert_eq!(recent.look(1, 1), Known::Pending);
        recent.answered(1, Some(b"x"));
        assert_eq!(recent.look(1, 1), Known::Answered(b"x"));
        assert_eq!(recent.look(1, 2), Known::Other);
        recent.forget(1);
        assert_eq!(recent.look(1, 1), Known::New);
        for id in 0..1000 {
            recent.asked(id, id);
            recent.answered(id, Some(&[0; 1000]));
        }
        assert!(recent.entries.len() <= ENTRIES_MAX && recent.size() <= BYTES_MAX);
        assert_eq!(recent.look(999, 999), Known::Answered(&[0; 1000]));
    }
}
