//! The routes of self-healing, forecasts, holidays and advice.

use super::super::{advices, charging_advice, free_connectors, healing, holidays, orders_ahead};
use super::*;

pub fn rows() -> Vec<Route> {
    routes! {
        GET "/advice" May(StationRead), advices::advice_list;
        GET "/advice/{id}" May(StationRead), advices::advice_get;
        PATCH "/advice/{id}" May(StationWrite), advices::advice_update;
        PUT "/customers/{id}/advice" May(CustomerWrite), charging_advice::customer_advice_set;
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
        GET "/stations/{id}/free-connectors" May(StationRead), free_connectors::station_free_connector_get;
    }
}
