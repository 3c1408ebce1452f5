// The calls of forecasts, holidays and advice, through the same door as all others.
import { byId, http, list, take, v, type BodyOf, type ListQuery } from '@/api'
import type { components } from '@contract'

export type CustomerSegment = components['schemas']['CustomerSegment']
export type FreeConnectors = components['schemas']['FreeConnectors']

export const insightApi = {
  advice_list: (query: ListQuery) => take(http.GET(`${v}/advice`, list<'advice_list'>(query))),
  advice_get: (id: number) => take(http.GET(`${v}/advice/{id}`, byId(id))),
  advice_update: (id: number, body: BodyOf<'advice_update'>) => take(http.PATCH(`${v}/advice/{id}`, { ...byId(id), body })),
  holiday_set: (year: number, body: BodyOf<'holiday_set'>) => take(http.PUT(`${v}/holidays/{id}`, { ...byId(year), body })),
  holiday_delete: (year: number) => take(http.DELETE(`${v}/holidays/{id}`, byId(year))),
  holiday_change_list: (query: ListQuery) => take(http.GET(`${v}/holiday-changes`, list<'holiday_change_list'>(query))),
  free_connector_list: () => take(http.GET(`${v}/free-connectors`)),
  customer_segment_list: () => take(http.GET(`${v}/customer-segments`)),
  customer_segment_get: (id: number) => take(http.GET(`${v}/customers/{id}/segments`, byId(id))),
  customer_advice_set: (id: number, body: BodyOf<'customer_advice_set'>) => take(http.PUT(`${v}/customers/{id}/advice`, { ...byId(id), body })),
  station_free_connector_get: (id: number) => take(http.GET(`${v}/stations/{id}/free-connectors`, byId(id))),
  order_forecast_get: (id: number) => take(http.GET(`${v}/orders/{id}/forecast`, byId(id))),
  holiday_list: () => take(http.GET(`${v}/holidays`)),
  station_forecast_get: (id: number) => take(http.GET(`${v}/stations/{id}/forecast`, byId(id))),
}
