//! The HTTP API.

mod authority;
mod changes;
mod doors;
mod errors;
mod house;
mod live;
mod openapi;
mod operators;
mod orders;
mod r4_2_2;
mod r5_1;
mod r5_2_1;
mod r5_2_2;
mod r5_3_1;
mod r5_3_2_export;
mod r5_3_2_import;
mod r5_3_2_settlement;
mod r5_4;
mod r5_5;
mod r5_6;
mod r5_s;
mod r5_s_parameter;
mod samples;
mod scim;
mod session;
