//! The routes of safety management.

use super::super::{device_checks, emergencies, safety, safety_pauses};
use super::*;

pub fn rows() -> Vec<Route> {
    routes! {
        GET "/safety-rules" May(SafetyRead), safety::safety_rule_list;
        POST "/safety-rules" May(SafetyWrite), safety::safety_rule_create;
        PATCH "/safety-rules/{id}" May(SafetyWrite), safety::safety_rule_update;
        DELETE "/safety-rules/{id}" May(SafetyWrite), safety::safety_rule_delete;
        GET "/safety-rule-changes" May(SafetyRead), safety::safety_rule_change_list;
        GET "/safety-pauses" May(SafetyRead), safety_pauses::safety_pause_list;
        POST "/safety-pauses" May(SafetyWrite), safety_pauses::safety_pause_create;
        POST "/safety-pauses/{id}/end" May(SafetyWrite), safety_pauses::safety_pause_cancel;
        GET "/safety-trials" May(SafetyRead), safety::safety_trial_list;
        POST "/safety-trials" May(SafetyWrite), safety::safety_trial_create;
        GET "/safety-trials/{id}" May(SafetyRead), safety::safety_trial_get;
        DELETE "/safety-trials/{id}" May(SafetyWrite), safety::safety_trial_cancel;
        GET "/safety-acts" May(SafetyRead), safety::safety_act_list;
        GET "/safety-acts/{id}" May(SafetyRead), safety::safety_act_get;
        PATCH "/safety-acts/{id}" May(SafetyWrite), safety::safety_act_update;
        GET "/battery-safety" May(SafetyRead), safety::battery_safety_list;
        GET "/stations/{id}/emergency" May(PileCommand), emergencies::emergency_plan_get;
        GET "/emergencies" May(SafetyRead), emergencies::emergency_list;
        POST "/emergencies" May(PileCommand), emergencies::emergency_create;
        GET "/emergencies/{id}" May(SafetyRead), emergencies::emergency_get;
        POST "/emergencies/{id}/retry" May(PileCommand), emergencies::emergency_start;
        POST "/emergencies/{id}/end" May(PileCommand), emergencies::emergency_cancel;
        GET "/device-checks" May(SafetyRead), device_checks::device_check_list;
        POST "/device-checks" May(SafetyWrite), device_checks::device_check_create;
        PATCH "/device-checks/{id}" May(SafetyWrite), device_checks::device_check_update;
        DELETE "/device-checks/{id}" May(SafetyWrite), device_checks::device_check_delete;
        GET "/danger-report" May(WorkOrderRead), device_checks::danger_report_get;
    }
}
