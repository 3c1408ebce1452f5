//! What every part of the running server shares.

use crate::devices::Devices;
use crate::http::HttpSettings;
use crate::live::Live;
use engine::Engine;

pub struct App {
    pub engine: Engine,
    pub live: Live,
    pub devices: Devices,
    pub settings: HttpSettings,
    pub metrics: crate::http::metrics::Metrics,
}

impl App {
    pub fn now(&self) -> model::time::Timestamp {
        self.engine.clock.now()
    }
}
