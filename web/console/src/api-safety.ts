// The calls of safety: rules, trials, acts, emergency stops, batteries, inspections, through the same door as all others.
import { byId, http, list, take, v, type BodyOf, type ListQuery } from '@/api'

export const safetyApi = {
  safety_rule_list: () => take(http.GET(`${v}/safety-rules`)),
  safety_rule_create: (body: BodyOf<'safety_rule_create'>) => take(http.POST(`${v}/safety-rules`, { body })),
  safety_rule_update: (id: number, body: BodyOf<'safety_rule_update'>) => take(http.PATCH(`${v}/safety-rules/{id}`, { ...byId(id), body })),
  safety_rule_delete: (id: number, version: number, reason: string) => take(http.DELETE(`${v}/safety-rules/{id}`, { params: { path: { id }, query: { version, reason } } })),
  safety_rule_change_list: (query: ListQuery) => take(http.GET(`${v}/safety-rule-changes`, list<'safety_rule_change_list'>(query))),
  safety_trial_list: () => take(http.GET(`${v}/safety-trials`)),
  safety_trial_create: (body: BodyOf<'safety_trial_create'>) => take(http.POST(`${v}/safety-trials`, { body })),
  safety_trial_get: (id: number) => take(http.GET(`${v}/safety-trials/{id}`, byId(id))),
  safety_trial_cancel: (id: number) => take(http.DELETE(`${v}/safety-trials/{id}`, byId(id))),
  safety_act_list: (query: ListQuery) => take(http.GET(`${v}/safety-acts`, list<'safety_act_list'>(query))),
  safety_act_get: (id: number) => take(http.GET(`${v}/safety-acts/{id}`, byId(id))),
  safety_act_update: (id: number, body: BodyOf<'safety_act_update'>) => take(http.PATCH(`${v}/safety-acts/{id}`, { ...byId(id), body })),
  battery_safety_list: (query: ListQuery) => take(http.GET(`${v}/battery-safety`, list<'battery_safety_list'>(query))),
  emergency_plan_get: (id: number) => take(http.GET(`${v}/stations/{id}/emergency`, byId(id))),
  emergency_list: (query: ListQuery) => take(http.GET(`${v}/emergencies`, list<'emergency_list'>(query))),
  emergency_create: (body: BodyOf<'emergency_create'>) => take(http.POST(`${v}/emergencies`, { body })),
  emergency_get: (id: number) => take(http.GET(`${v}/emergencies/{id}`, byId(id))),
  emergency_start: (id: number) => take(http.POST(`${v}/emergencies/{id}/retry`, byId(id))),
  emergency_cancel: (id: number, body: BodyOf<'emergency_cancel'>) => take(http.POST(`${v}/emergencies/{id}/end`, { ...byId(id), body })),
  device_check_list: (query: ListQuery) => take(http.GET(`${v}/device-checks`, list<'device_check_list'>(query))),
  device_check_create: (body: BodyOf<'device_check_create'>) => take(http.POST(`${v}/device-checks`, { body })),
  device_check_update: (id: number, body: BodyOf<'device_check_update'>) => take(http.PATCH(`${v}/device-checks/{id}`, { ...byId(id), body })),
  device_check_delete: (id: number) => take(http.DELETE(`${v}/device-checks/{id}`, byId(id))),
  danger_report_get: (month: number) => take(http.GET(`${v}/danger-report`, { params: { query: { month } } })),
}
