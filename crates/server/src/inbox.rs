//! What waits for one link to be done. Tens of thousands of links are idle at a time, and a channel of
//! the runtime holds a block of slots for each: this one holds nothing until there is something.

use crate::gateway::Order;
use model::device::CloseReason;
use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Commands that may wait for one link.
const QUEUE: usize = 64;

#[derive(Default)]
pub struct Inbox {
    waiting: Mutex<Waiting>,
    /// Rung after each change. One link listens, so a ring that comes too early is not lost.
    bell: Notify,
}

#[derive(Default)]
struct Waiting {
    orders: VecDeque<Order>,
    /// Why the link shall end, once it shall: told before any order, however many of those wait.
    end: Option<CloseReason>,
    closed: bool,
}

impl Inbox {
    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False when the link takes no more: it has ended, or is choked.
    pub fn put(&self, order: Order) -> bool {
        let mut waiting = self.lock();
        let room = !waiting.closed && waiting.orders.len() < QUEUE;
        if room {
            waiting.orders.push_back(order);
            drop(waiting);
            self.bell.notify_one();
        }
        room
    }

    /// Tells the link to say goodbye.
    pub fn end(&self, reason: CloseReason) {
        self.lock().end = Some(reason);
        self.bell.notify_one();
    }

    /// Why the link shall end, once it shall.
    pub fn ending(&self) -> Option<CloseReason> {
        self.lock().end
    }

    /// The next thing to do. May be cancelled and called again.
    pub async fn next(&self) -> Order {
        loop {
            if let Some(order) = self.take() {
                return order;
            }
            self.bell.notified().await;
        }
    }

    fn take(&self) -> Option<Order> {
        let mut waiting = self.lock();
        match waiting.end {
            Some(reason) => Some(Order::End(reason)),
            None => waiting.orders.pop_front(),
        }
    }

    /// From here on nothing is taken; what had come is given back.
    pub fn close(&self) -> VecDeque<Order> {
        let mut waiting = self.lock();
        waiting.closed = true;
        std::mem::take(&mut waiting.orders)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::device::DeviceCommand;
    use model::id::CommandId;

    fn command(id: i64) -> Order {
        Order::Command(CommandId(id), Box::new(DeviceCommand::CacheClear), None)
    }

    fn id(order: Order) -> Option<i64> {
        match order {
            Order::Command(id, ..) => Some(id.0),
            _ => None,
        }
    }

    #[tokio::test]
    async fn orders_come_in_turn_and_the_end_before_them() {
        let inbox = Inbox::default();
        for number in 0..64 {
            assert!(inbox.put(command(number)));
        }
        assert!(!inbox.put(command(64)), "it is choked");
        assert_eq!(id(inbox.next().await), Some(0));
        assert_eq!(id(inbox.next().await), Some(1));
        inbox.end(CloseReason::Replaced);
        assert!(matches!(inbox.next().await, Order::End(CloseReason::Replaced)));
        let left: Vec<_> = inbox.close().into_iter().filter_map(id).collect();
        assert_eq!(left, (2..64).collect::<Vec<_>>());
        assert!(!inbox.put(command(65)), "nobody would do it");
    }

    #[tokio::test]
    async fn a_ring_while_nobody_listens_is_heard_later() {
        let inbox = std::sync::Arc::new(Inbox::default());
        let listening = std::sync::Arc::clone(&inbox);
        // A listener that gave up, as in a select that something else won.
        let _ = futures_util::FutureExt::now_or_never(inbox.next());
        let heard = tokio::spawn(async move { id(listening.next().await) });
        tokio::task::yield_now().await;
        assert!(inbox.put(command(7)));
        assert_eq!(heard.await.unwrap(), Some(7));
    }
}
