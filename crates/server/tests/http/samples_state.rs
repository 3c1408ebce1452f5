//! How the routes of what piles should have are asked for well; as in `samples.rs`.

use super::samples::About::*;
use super::samples::{Sample, asked};

pub const SAMPLES: &[Sample] = &[
    asked("reservation_list", List, "/reservations", ""),
    asked(
        "reservation_create",
        Thing,
        "/piles/{pile}/reservations",
        r#"{"connector_no":1,"card_tag":"C1","until_ms":1795410000000}"#,
    ),
    asked("reservation_cancel", Thing, "/reservations/{reservation}/cancellation", ""),
    asked("pile_monitor_list", Thing, "/piles/{pile}/monitors", ""),
    asked("pile_display_list", Thing, "/piles/{pile}/displays", ""),
    asked("customer_inquiry_list", Thing, "/piles/{pile}/customer-inquiries", ""),
    asked(
        "customer_inquiry_create",
        Thing,
        "/piles/{pile}/customer-inquiries",
        r#"{"card_tag":"CARD1","reports":true,"clears":false}"#,
    ),
    asked("customer_inquiry_reveal", Thing, "/piles/{pile}/customer-inquiries/reveal", r#"{"request_no":1}"#),
    asked("vendor_message_list", Thing, "/piles/{pile}/vendor-messages", ""),
    asked("vendor_word_list", Shared, "/vendor-words", ""),
    asked("vendor_word_create", Platform, "/vendor-words", r#"{"vendor":"com.vendor{n}","message":"M"}"#),
    asked("vendor_word_delete", Platform, "/vendor-words/{vendor_word}", ""),
    asked("pile_desired_list", Thing, "/piles/{pile}/desired", ""),
    asked("pile_desired_check", Thing, "/piles/{pile}/desired/check", ""),
    asked("pile_local_list_get", Thing, "/piles/{pile}/local-list", ""),
    asked("configuration_profile_list", ListOfOperator, "/configuration-profiles", ""),
    asked(
        "configuration_profile_create",
        Field("operator_id"),
        "/configuration-profiles",
        r#"{"operator_id":{operator},"name":"模板{n}","edition":"ocpp1.6","entries":[{"key":"HeartbeatInterval","value":"60"}]}"#,
    ),
    asked("configuration_profile_get", OfOperator, "/configuration-profiles/{configuration_profile}", ""),
    asked(
        "configuration_profile_update",
        OfOperator,
        "/configuration-profiles/{configuration_profile}",
        r#"{"version":1,"name":"模板{n}","entries":[{"key":"HeartbeatInterval","value":"60"}],"active":true}"#,
    ),
    asked("configuration_profile_delete", OfOperator, "/configuration-profiles/{configuration_profile}", ""),
];
