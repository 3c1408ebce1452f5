// Reports and analyses.
import { byId, http, list, take, v, type BodyOf, type ListQuery } from '@/api'
import type { components } from '@contract'

type Schemas = components['schemas']
export type Report = Schemas['Report']
export type ReportRow = Schemas['ReportRow']
export type ReportKpi = Schemas['ReportKpi']
export type ReportGroup = Schemas['ReportGroup']
export type Kpi = Schemas['Kpi']
export type KpiUnit = Schemas['KpiUnit']
export type ReportHeat = Schemas['ReportHeat']
export type ReportPlan = Schemas['ReportPlan']
export type PileHealth = Schemas['PileHealth']
export type MeterOddity = Schemas['MeterOddity']
export type ReportSending = Schemas['ReportSending']

export const reportApi = {
  report_get: (query: ListQuery) => take(http.GET(`${v}/reports`, list<'report_get'>(query))),
  report_heat_get: (query: ListQuery) => take(http.GET(`${v}/reports/heat`, list<'report_heat_get'>(query))),
  pile_health_list: (query: ListQuery) => take(http.GET(`${v}/pile-healths`, list<'pile_health_list'>(query))),
  meter_oddity_list: (query: ListQuery) => take(http.GET(`${v}/meter-oddities`, list<'meter_oddity_list'>(query))),
  report_plan_list: () => take(http.GET(`${v}/report-plans`)),
  report_plan_create: (body: BodyOf<'report_plan_create'>) => take(http.POST(`${v}/report-plans`, { body })),
  report_plan_update: (id: number, body: BodyOf<'report_plan_update'>) => take(http.PATCH(`${v}/report-plans/{id}`, { ...byId(id), body })),
  report_plan_delete: (id: number) => take(http.DELETE(`${v}/report-plans/{id}`, byId(id))),
  report_sending_list: (id: number, query: ListQuery) => take(http.GET(`${v}/report-plans/{id}/sendings`, { params: { ...byId(id).params, ...list<'report_sending_list'>(query).params } })),
  report_recipient_list: () => take(http.GET(`${v}/report-recipients`)),
  kpi_list: () => take(http.GET(`${v}/kpis`)),
  load_duration_get: (id: number, query: ListQuery) => take(http.GET(`${v}/stations/{id}/load-duration`, { params: { ...byId(id).params, ...list<'load_duration_get'>(query).params } })),
}
