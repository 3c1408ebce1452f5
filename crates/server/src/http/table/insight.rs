//! The routes of self-healing, forecasts, holidays, advice and reports.

use super::super::{
    advices, charging_advice, customer_segments, free_connectors, healing, holidays, orders_ahead,
    pile_healths, report_plans, reports,
};
use super::*;

pub fn rows() -> Vec<Route> {
    routes! {
        GET "/advice" May(StationRead), advices::advice_list;
        GET "/advice/{id}" May(StationRead), advices::advice_get;
        PATCH "/advice/{id}" May(StationWrite), advices::advice_update;
        PUT "/customers/{id}/advice" May(CustomerWrite), charging_advice::customer_advice_set;
        GET "/customer-segments" May(CustomerRead), customer_segments::customer_segment_list;
        GET "/customers/{id}/segments" May(CustomerRead), customer_segments::customer_segment_get;
        GET "/customers/{id}/charging-advice" May(CustomerRead), charging_advice::customer_charging_advice_list;
        GET "/healing-playbook-changes" May(AlarmRead), healing::healing_playbook_change_list;
        GET "/healing-playbooks" May(AlarmRead), healing::healing_playbook_list;
        POST "/healing-playbooks" May(AlarmWrite), healing::healing_playbook_create;
        PATCH "/healing-playbooks/{id}" May(AlarmWrite), healing::healing_playbook_update;
        DELETE "/healing-playbooks/{id}" May(AlarmWrite), healing::healing_playbook_delete;
        GET "/healing-runs" May(AlarmRead), healing::healing_run_list;
        GET "/healing-runs/{id}" May(AlarmRead), healing::healing_run_get;
        POST "/healing-runs/{id}/stop" May(AlarmWrite), healing::healing_run_stop;
        GET "/holiday-changes" May(TariffRead), holidays::holiday_change_list;
        GET "/holidays" May(TariffRead), holidays::holiday_list;
        PUT "/holidays/{id}" May(ParameterWrite), holidays::holiday_set;
        DELETE "/holidays/{id}" May(ParameterWrite), holidays::holiday_delete;
        GET "/orders/{id}/forecast" May(OrderRead), orders_ahead::order_forecast_get;
        GET "/public/charging-advice" Public, charging_advice::public_charging_advice_list;
        GET "/public/stations/{id}/free-connectors" Public, free_connectors::public_free_connector_get;
        GET "/free-connectors" May(StationRead), free_connectors::free_connector_list;
        GET "/stations/{id}/free-connectors" May(StationRead), free_connectors::station_free_connector_get;
        GET "/stations/{id}/load-duration" May(ReportRead), reports::load_duration_get;
        GET "/reports" May(ReportRead), reports::report_get;
        GET "/reports/heat" May(ReportRead), reports::report_heat_get;
        GET "/kpis" May(ReportRead), reports::kpi_list;
        GET "/pile-healths" May(PileRead), pile_healths::pile_health_list;
        GET "/meter-oddities" May(PileRead), pile_healths::meter_oddity_list;
        GET "/report-plans" May(ReportRead), report_plans::report_plan_list;
        POST "/report-plans" May(ReportWrite), report_plans::report_plan_create;
        PATCH "/report-plans/{id}" May(ReportWrite), report_plans::report_plan_update;
        DELETE "/report-plans/{id}" May(ReportWrite), report_plans::report_plan_delete;
        GET "/report-plans/{id}/sendings" May(ReportRead), report_plans::report_sending_list;
        GET "/report-recipients" May(ReportWrite), report_plans::report_recipient_list;
    }
}
