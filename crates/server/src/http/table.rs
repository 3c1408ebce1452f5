//! Every route of the API, with who may use it. openapi.json and the test that tries every door
//! are made from this.

use super::route::Access::{May, Public, SignedIn};
use super::route::Route;
use super::{
    audit, brands, cards, channels, cities, commands, content, coupons, customer_source, customers,
    dictionaries, driver_prices, exports, feedback, fleets, frames, home, imports, invoices, jobs, links,
    map, operators, order_imports, orders, parameters, pile_batches, pile_labels, piles, preferences, roles,
    security, session, settlements, staff, stations, stream, tariff_plans, tariffs,
};
use axum::http::Method;
use model::access::Permission::*;

macro_rules! routes {
    ($($method:ident $path:literal $access:expr, $module:ident :: $operation:ident;)*) => {
        vec![$(Route::new(
            Method::$method,
            concat!("/api/v1", $path),
            stringify!($operation),
            $access,
            $module::$operation,
        )),*]
    };
}

#[expect(clippy::too_many_lines, reason = "a table: one row for each route")]
pub fn table() -> Vec<Route> {
    routes! {
        POST "/session" Public, session::session_create;
        GET "/session" SignedIn, session::session_get;
        DELETE "/session" SignedIn, session::session_delete;
        PUT "/session/password" SignedIn, session::session_password_set;
        GET "/session/brand" SignedIn, brands::session_brand_get;
        POST "/brands/colours" May(BrandWrite), brands::brand_colour_check;
        POST "/brands/logos" May(BrandWrite), brands::brand_logo_check;
        GET "/brands/{id}" May(BrandWrite), brands::brand_get;
        PUT "/brands/{id}" May(BrandWrite), brands::brand_set;
        DELETE "/brands/{id}" May(BrandWrite), brands::brand_delete;
        GET "/home" May(HomeRead), home::home_get;
        GET "/home/stations" May(HomeRead), home::home_station_list;
        GET "/home/notices" May(HomeRead), content::home_notice_list;
        GET "/operators" May(StationRead), operators::operator_list;
        POST "/operators" May(OperatorWrite), operators::operator_create;
        PATCH "/operators/{id}" May(OperatorWrite), operators::operator_update;
        PUT "/operators/{id}/status" May(OperatorWrite), operators::operator_status_set;
        GET "/cities" May(StationRead), cities::city_list;
        POST "/cities" May(CityWrite), cities::city_create;
        PATCH "/cities/{id}" May(CityWrite), cities::city_update;
        PUT "/cities/{id}/status" May(CityWrite), cities::city_status_set;
        GET "/stations" May(StationRead), stations::station_list;
        POST "/stations" May(StationWrite), stations::station_create;
        GET "/stations/{id}" May(StationRead), stations::station_get;
        PATCH "/stations/{id}" May(StationWrite), stations::station_update;
        PUT "/stations/{id}/status" May(StationWrite), stations::station_status_set;
        POST "/stations/{id}/photos" May(StationWrite), stations::station_photo_create;
        GET "/station-photos/{id}" May(StationRead), stations::station_photo_get;
        GET "/station-photos/{id}/thumbnail" May(StationRead), stations::station_thumbnail_get;
        PATCH "/station-photos/{id}" May(StationWrite), stations::station_photo_update;
        DELETE "/station-photos/{id}" May(StationWrite), stations::station_photo_delete;
        GET "/map" May(StationRead), map::map_get;
        GET "/map/ground" May(StationRead), map::map_ground_get;
        GET "/piles" May(PileRead), piles::pile_list;
        POST "/piles" May(PileWrite), piles::pile_create;
        GET "/piles/{code}" May(PileRead), piles::pile_get;
        PATCH "/piles/{code}" May(PileWrite), piles::pile_update;
        PUT "/piles/{code}/password" May(PileWrite), piles::pile_password_set;
        GET "/piles/{code}/frames" May(PileRead), frames::frame_list;
        POST "/piles/{code}/commands" May(PileCommand), commands::pile_command;
        GET "/piles/{code}/commands" May(PileRead), commands::command_list;
        GET "/piles/{code}/links" May(PileRead), links::link_list;
        GET "/piles/{code}/links/figures" May(PileRead), links::link_figures_get;
        GET "/piles/{code}/security" May(PileRead), security::pile_security_get;
        DELETE "/certificates/{id}" May(PileWrite), security::certificate_delete;
        GET "/authority" May(PileRead), security::authority_get;
        GET "/commands/{id}" May(PileRead), commands::command_get;
        POST "/piles/labels" May(PileRead), pile_labels::pile_label_list;
        GET "/pile-batches" May(PileRead), pile_batches::pile_batch_list;
        POST "/pile-batches" May(PileWrite), pile_batches::pile_batch_create;
        POST "/pile-batches/commands" May(PileCommand), pile_batches::pile_batch_command;
        GET "/pile-batches/{id}" May(PileRead), pile_batches::pile_batch_get;
        GET "/pile-batches/{id}/rows" May(PileRead), pile_batches::pile_batch_row_list;
        POST "/pile-batches/{id}/start" May(PileRead), pile_batches::pile_batch_start;
        POST "/pile-batches/{id}/stop" May(PileRead), pile_batches::pile_batch_stop;
        GET "/unknown-piles" May(PileWrite), piles::unknown_pile_list;
        DELETE "/unknown-piles/{code}" May(PileWrite), piles::unknown_pile_dismiss;
        GET "/orders" May(OrderRead), orders::order_list;
        GET "/orders/totals" May(OrderRead), orders::order_totals_get;
        GET "/orders/{id}" May(OrderRead), orders::order_get;
        POST "/orders/{id}/stop" May(PileCommand), orders::order_stop;
        POST "/orders/{id}/notes" May(OrderNote), orders::order_note_create;
        GET "/orders/{id}/frames" May(OrderRead), frames::order_frame_list;
        POST "/orders/{id}/settlements/preview" May(OrderSettle), settlements::settlement_check;
        POST "/orders/{id}/settlements" May(OrderSettle), settlements::settlement_create;
        POST "/settlements/{id}/decision" May(OrderSettle), settlements::settlement_update;
        GET "/tariffs" May(TariffRead), tariffs::tariff_list;
        POST "/tariffs" May(TariffWrite), tariffs::tariff_create;
        GET "/tariffs/{id}/stations" May(TariffRead), tariffs::tariff_station_list;
        GET "/tariffs/{id}/days" May(TariffRead), tariffs::tariff_year_get;
        POST "/tariffs/preview" May(TariffRead), tariffs::tariff_check;
        GET "/holidays" May(TariffRead), tariffs::holiday_list;
        GET "/tariff-plans" May(TariffRead), tariff_plans::tariff_plan_list;
        POST "/tariff-plans" May(TariffWrite), tariff_plans::tariff_plan_create;
        GET "/tariff-plans/{id}" May(TariffRead), tariff_plans::tariff_plan_get;
        GET "/tariff-plans/{id}/piles" May(TariffRead), tariff_plans::tariff_plan_pile_list;
        POST "/tariff-plans/{id}/withdrawal" May(TariffWrite), tariff_plans::tariff_plan_cancel;
        POST "/tariff-plans/{id}/deliveries" May(TariffWrite), tariff_plans::tariff_delivery_start;
        GET "/stations/{id}/tariffs" May(StationRead), tariff_plans::station_tariff_list;
        GET "/cards" May(CardRead), cards::card_list;
        POST "/cards" May(CardWrite), cards::card_create;
        PATCH "/cards/{id}" May(CardWrite), cards::card_update;
        GET "/customers" May(CustomerRead), customers::customer_list;
        POST "/customers" May(CustomerWrite), customers::customer_create;
        GET "/customer-source" May(CustomerRead), customer_source::customer_source_get;
        GET "/customer-source/pull" May(JobRead), customer_source::customer_pull_get;
        PUT "/customer-source/pull" May(JobWrite), customer_source::customer_pull_update;
        POST "/customer-source/pull/check" May(JobWrite), customer_source::customer_pull_check;
        POST "/customer-source/pull/runs" May(JobWrite), customer_source::customer_pull_start;
        GET "/customers/{id}" May(CustomerRead), customers::customer_get;
        PATCH "/customers/{id}" May(CustomerWrite), customers::customer_update;
        PUT "/customers/{id}/status" May(CustomerWrite), customers::customer_status_set;
        POST "/customers/{id}/reveal" May(CustomerReveal), customers::customer_reveal;
        POST "/customers/{id}/cards" May(CustomerWrite), customers::customer_card_create;
        DELETE "/customers/{id}/cards/{code}" May(CustomerWrite), customers::customer_card_delete;
        POST "/customers/{id}/cars" May(CustomerWrite), customers::customer_car_create;
        DELETE "/cars/{id}" May(CustomerWrite), customers::car_delete;
        GET "/customers/{id}/changes" May(CustomerRead), customers::customer_change_list;
        GET "/fleets" May(FleetRead), fleets::fleet_list;
        POST "/fleets" May(FleetWrite), fleets::fleet_create;
        GET "/fleets/{id}" May(FleetRead), fleets::fleet_get;
        PATCH "/fleets/{id}" May(FleetWrite), fleets::fleet_update;
        GET "/fleets/{id}/cars" May(FleetRead), fleets::fleet_car_list;
        POST "/fleets/{id}/cars" May(FleetWrite), fleets::fleet_car_create;
        PUT "/fleets/{id}/limits" May(FleetWrite), fleets::fleet_limit_set;
        POST "/fleets/{id}/import" May(FleetWrite), imports::fleet_import;
        GET "/imports/fleets/template" May(FleetWrite), imports::fleet_import_template_fetch;
        GET "/staff" May(StaffRead), staff::staff_list;
        POST "/staff" May(StaffWrite), staff::staff_create;
        PUT "/staff/{id}" May(StaffWrite), staff::staff_update;
        DELETE "/staff/{id}/lock" May(StaffWrite), staff::staff_lock_delete;
        PUT "/staff/{id}/password" May(StaffWrite), staff::staff_password_set;
        GET "/roles" May(StaffRead), roles::role_list;
        POST "/roles" May(StaffWrite), roles::role_create;
        PUT "/roles/{id}" May(StaffWrite), roles::role_update;
        DELETE "/roles/{id}" May(StaffWrite), roles::role_delete;
        GET "/permissions" May(StaffRead), roles::permission_list;
        GET "/tokens" SignedIn, staff::token_list;
        POST "/tokens" SignedIn, staff::token_create;
        DELETE "/tokens/{id}" SignedIn, staff::token_delete;
        GET "/preferences" SignedIn, preferences::preference_list;
        GET "/preferences/{key}" SignedIn, preferences::preference_get;
        PUT "/preferences/{key}" SignedIn, preferences::preference_set;
        DELETE "/preferences/{key}" SignedIn, preferences::preference_delete;
        GET "/audit" May(AuditRead), audit::audit_list;
        POST "/imports/piles" May(PileWrite), imports::pile_import;
        GET "/imports/piles/template" May(PileWrite), imports::pile_import_template_fetch;
        POST "/imports/cards" May(CardWrite), imports::card_import;
        GET "/order-imports" May(OrderImport), order_imports::order_import_list;
        POST "/order-imports" May(OrderImport), order_imports::order_import_create;
        GET "/order-imports/template" May(OrderImport), order_imports::order_import_template_fetch;
        GET "/order-imports/{id}" May(OrderImport), order_imports::order_import_get;
        GET "/order-imports/{id}/faults" May(OrderImport), order_imports::order_import_faults_fetch;
        POST "/order-imports/{id}/confirm" May(OrderImport), order_imports::order_import_confirm;
        POST "/order-imports/{id}/undo" May(OrderImport), order_imports::order_import_undo;
        POST "/exports/orders" May(OrderExport), exports::order_export;
        POST "/exports/piles" May(PileRead), exports::pile_export;
        POST "/exports/stations" May(StationRead), exports::station_export;
        POST "/exports/cards" May(CardRead), exports::card_export;
        POST "/exports/audit" May(AuditRead), exports::audit_export;
        POST "/exports/operators" May(StationRead), exports::operator_export;
        POST "/exports/cities" May(StationRead), exports::city_export;
        POST "/exports/customers" May(CustomerRead), exports::customer_export;
        POST "/exports/fleets" May(FleetRead), exports::fleet_export;
        POST "/exports/feedback" May(FeedbackRead), exports::feedback_export;
        POST "/exports/invoices" May(InvoiceRead), exports::invoice_export;
        POST "/exports/vouchers" May(ContentRead), exports::voucher_export;
        POST "/exports/staff" May(StaffRead), exports::staff_export;
        POST "/exports/fleet-cars" May(FleetRead), exports::fleet_car_export;
        GET "/exports/columns" SignedIn, exports::export_column_list;
        GET "/exports" SignedIn, exports::export_list;
        GET "/exports/{id}" SignedIn, exports::export_get;
        DELETE "/exports/{id}" SignedIn, exports::export_cancel;
        GET "/exports/{id}/file" SignedIn, exports::export_fetch;
        GET "/parameters" May(ParameterRead), parameters::parameter_list;
        GET "/parameters/{id}" May(ParameterRead), parameters::parameter_get;
        PATCH "/parameters/{id}" May(ParameterWrite), parameters::parameter_update;
        GET "/parameters/{id}/changes" May(ParameterRead), parameters::parameter_change_list;
        GET "/jobs" May(JobRead), jobs::job_list;
        GET "/jobs/{id}" May(JobRead), jobs::job_get;
        PATCH "/jobs/{id}" May(JobWrite), jobs::job_update;
        GET "/jobs/{id}/runs" May(JobRead), jobs::job_run_list;
        POST "/jobs/{id}/runs" May(JobWrite), jobs::job_start;
        GET "/channels" May(JobRead), channels::channel_list;
        POST "/channels" May(JobWrite), channels::channel_create;
        GET "/channels/{id}" May(JobRead), channels::channel_get;
        PATCH "/channels/{id}" May(JobWrite), channels::channel_update;
        POST "/channels/{id}/check" May(JobWrite), channels::channel_check;
        GET "/channels/{id}/sends" May(JobRead), channels::channel_send_list;
        GET "/channels/{id}/deliveries" May(JobRead), channels::delivery_list;
        POST "/deliveries/{id}/sends" May(JobWrite), channels::delivery_start;
        GET "/settings" May(ParameterRead), parameters::setting_list;
        GET "/dictionaries" May(ParameterRead), dictionaries::dictionary_list;
        GET "/dictionaries/{id}" May(ParameterRead), dictionaries::dictionary_get;
        GET "/feedback-categories" May(FeedbackRead), dictionaries::feedback_category_list;
        POST "/feedback-categories" May(ParameterWrite), dictionaries::feedback_category_create;
        PATCH "/feedback-categories/{id}" May(ParameterWrite), dictionaries::feedback_category_update;
        GET "/public/feedback/categories" Public, dictionaries::public_feedback_category_list;
        GET "/feedback" May(FeedbackRead), feedback::feedback_list;
        POST "/feedback" May(FeedbackWrite), feedback::feedback_create;
        GET "/feedback/{id}" May(FeedbackRead), feedback::feedback_get;
        PATCH "/feedback/{id}" May(FeedbackWrite), feedback::feedback_update;
        GET "/feedback/{id}/phone" May(CustomerReveal), feedback::feedback_phone_get;
        GET "/feedback-photos/{id}" May(FeedbackRead), feedback::feedback_photo_get;
        GET "/feedback-statistics" May(FeedbackRead), feedback::feedback_statistics_get;
        GET "/feedback-handlers" May(FeedbackWrite), feedback::feedback_handler_list;
        PUT "/feedback-limits" May(FeedbackWrite), feedback::feedback_limit_set;
        GET "/invoices" May(InvoiceRead), invoices::invoice_list;
        GET "/invoices/{id}" May(InvoiceRead), invoices::invoice_get;
        PATCH "/invoices/{id}" May(InvoiceWrite), invoices::invoice_update;
        POST "/invoices/{id}/mails" May(InvoiceWrite), invoices::invoice_mail_create;
        GET "/invoice-files/{id}" May(InvoiceRead), invoices::invoice_file_get;
        GET "/contents" May(ContentRead), content::content_list;
        POST "/contents" May(ContentWrite), content::content_create;
        POST "/contents/check" May(ContentWrite), content::content_check;
        GET "/contents/shown" May(ContentRead), content::content_shown_list;
        GET "/contents/{id}" May(ContentRead), content::content_get;
        PATCH "/contents/{id}" May(ContentWrite), content::content_update;
        PUT "/contents/{id}/status" May(ContentWrite), content::content_status_set;
        POST "/contents/{id}/pictures" May(ContentWrite), content::content_picture_create;
        GET "/content-pictures/{id}" May(ContentRead), content::content_picture_get;
        DELETE "/content-pictures/{id}" May(ContentWrite), content::content_picture_delete;
        DELETE "/contents/{id}" May(ContentWrite), content::content_delete;
        GET "/message-events" May(ContentRead), content::message_event_list;
        GET "/coupons" May(ContentRead), coupons::coupon_list;
        POST "/coupons" May(ContentWrite), coupons::coupon_create;
        GET "/coupons/{id}" May(ContentRead), coupons::coupon_get;
        PATCH "/coupons/{id}" May(ContentWrite), coupons::coupon_update;
        PUT "/coupons/{id}/status" May(ContentWrite), coupons::coupon_status_set;
        POST "/coupons/{id}/vouchers/check" May(ContentWrite), coupons::voucher_check;
        POST "/coupons/{id}/vouchers" May(ContentWrite), coupons::voucher_create;
        GET "/vouchers" May(ContentRead), coupons::voucher_list;
        POST "/vouchers/{id}/cancel" May(ContentWrite), coupons::voucher_cancel;
        POST "/coupons/{id}/vouchers/cancel" May(ContentWrite), coupons::coupon_voucher_cancel;
        GET "/driver-prices" May(ContentRead), driver_prices::driver_price_list;
        POST "/driver-prices" May(ContentWrite), driver_prices::driver_price_create;
        GET "/driver-prices/{id}" May(ContentRead), driver_prices::driver_price_get;
        PATCH "/driver-prices/{id}" May(ContentWrite), driver_prices::driver_price_update;
        PUT "/driver-prices/{id}/status" May(ContentWrite), driver_prices::driver_price_status_set;
        DELETE "/driver-prices/{id}" May(ContentWrite), driver_prices::driver_price_delete;
        GET "/public/content" Public, content::public_content_list;
        GET "/public/brand" Public, brands::public_brand_get;
        GET "/public/content-pictures/{id}" Public, content::public_content_picture_get;
        POST "/public/feedback" Public, feedback::public_feedback_create;
        GET "/public/feedback" Public, feedback::public_feedback_get;
        POST "/public/feedback/photos" Public, feedback::public_feedback_photo_create;
        GET "/live" SignedIn, stream::live_stream;
    }
}
