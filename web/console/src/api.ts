// The only door to the server. Every call is named as the contract's operationId; the types come
// from the contract.
import createClient from 'openapi-fetch'
import type { Command, CommandDraft, ContentDraft, CouponDraft, DriverPriceDraft, FeedbackChange, FeedbackDraft, PileChange, PileDraft } from '@/contract-types'
import { presence } from '@/presence'
import { sendProven } from '@/proof'
import type { components, operations, paths } from '@contract'

export type * from '@/contract-types'
type Schemas = components['schemas']

export type QueryOf<Id extends keyof operations> = NonNullable<operations[Id]['parameters']['query']>
export type BodyOf<Id extends keyof operations> = operations[Id] extends {
  requestBody: { content: { 'application/json': infer Body } }
}
  ? Body
  : never

/** Filters and cursor as they stand in the address bar; the server judges their values. */
export type ListQuery = Record<string, string | number | boolean | undefined>
export interface ListPage<Row> {
  items: Row[]
  next_cursor: string | null
  total: number | null
}

/** What went wrong, in the server's own words; `status` 0: no answer at all. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly field: string | null,
    readonly traceId: string | null,
  ) {
    super(message)
  }
}

export const hooks = {
  language: () => 'zh-CN',
  signedOut: () => {},
}

export const http = createClient<paths>({
  baseUrl: '',
  fetch: async (request: Request) => {
    try {
      return await sendProven(request)
    } catch (cause) {
      if (request.signal.aborted) throw cause
      throw new ApiError(0, 'link.lost', '', null, null)
    }
  },
})
http.use({
  onRequest({ request }) {
    request.headers.set('Accept-Language', hooks.language())
    if (request.method !== 'GET') request.headers.set('X-Requested-With', 'pileops')
    else if (presence.isBackground(Date.now())) request.headers.set('X-PileOps-Background', '1')
    return request
  },
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

export async function take<T>(asked: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await asked
  if (response.ok) return data as T
  const body = (typeof error === 'object' && error !== null ? error : {}) as Partial<Schemas['ErrorBody']>
  if (response.status === 401 && !/^session\.(wrong_credentials|wrong_code|code_needed|provider_\w+)$/.test(body.code ?? '')) hooks.signedOut()
  throw new ApiError(
    response.status,
    body.code ?? `http.${response.status}`,
    body.message ?? '',
    body.field ?? null,
    body.trace_id ?? null,
  )
}

const WAIT_MS = 30_000
export const list = <Id extends keyof operations>(query: ListQuery) => ({ params: { query: query as QueryOf<Id> } })
export const byId = (id: number) => ({ params: { path: { id } } })
const byKey = (id: string) => ({ params: { path: { id } } })
const byCode = (code: string) => ({ params: { path: { code } } })
const csvBody = (csv: string) => ({ body: csv, bodySerializer: (text: string) => text, headers: { 'Content-Type': 'text/csv' } })
export const fileBody = (file: File) => ({ body: file as unknown as string, bodySerializer: (bytes: unknown) => bytes as File, headers: { 'Content-Type': 'application/octet-stream' } })
export const v = '/api/v1' as const
const exporting = {
  order: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/orders`, { body }),
  pile: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/piles`, { body }),
  station: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/stations`, { body }),
  operator: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/operators`, { body }),
  city: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/cities`, { body }),
  card: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/cards`, { body }),
  customer: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/customers`, { body }),
  fleet: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/fleets`, { body }),
  day_bill: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/day-bills`, { body }),
  sharing_statement: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/sharing-statements`, { body }),
  sharing_line: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/sharing-lines`, { body }),
  voucher: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/vouchers`, { body }),
  alarm: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/alarms`, { body }),
  work_order: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/work-orders`, { body }),
  feedback: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/feedback`, { body }),
  invoice: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/invoices`, { body }),
  staff: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/staff`, { body }),
  audit: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/audit`, { body }),
  report: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/reports`, { body }),
  fleet_car: (body: Schemas['ExportDraft']) => http.POST(`${v}/exports/fleet-cars`, { body }),
}

export const api = {
  session_get: () => take(http.GET(`${v}/session`)),
  session_create: (body: BodyOf<'session_create'>) => take(http.POST(`${v}/session`, { body })),
  session_delete: () => take(http.DELETE(`${v}/session`)),
  session_password_set: (body: BodyOf<'session_password_set'>) => take(http.PUT(`${v}/session/password`, { body })),

  session_brand_get: () => take(http.GET(`${v}/session/brand`)),
  public_brand_get: () => take(http.GET(`${v}/public/brand`)),
  brand_get: (id: number) => take(http.GET(`${v}/brands/{id}`, byId(id))),
  brand_set: (id: number, body: BodyOf<'brand_set'>) => take(http.PUT(`${v}/brands/{id}`, { ...byId(id), body })),
  brand_delete: (id: number) => take(http.DELETE(`${v}/brands/{id}`, byId(id))),
  brand_colour_check: (body: BodyOf<'brand_colour_check'>) => take(http.POST(`${v}/brands/colours`, { body })),
  brand_logo_check: (file: File) => take(http.POST(`${v}/brands/logos`, fileBody(file))),

  preference_list: () => take(http.GET(`${v}/preferences`)),
  preference_set: (key: string, value: unknown) => take(http.PUT(`${v}/preferences/{key}`, { params: { path: { key } }, body: { value } })),
  preference_delete: (key: string) => take(http.DELETE(`${v}/preferences/{key}`, { params: { path: { key } } })),

  home_get: () => take(http.GET(`${v}/home`)),
  home_notice_list: () => take(http.GET(`${v}/home/notices`)),
  home_station_list: (query: ListQuery) => take(http.GET(`${v}/home/stations`, list<'home_station_list'>(query))),

  operator_list: (query: ListQuery) => take(http.GET(`${v}/operators`, list<'operator_list'>(query))),
  operator_create: (body: BodyOf<'operator_create'>) => take(http.POST(`${v}/operators`, { body })),
  operator_update: (id: number, body: BodyOf<'operator_update'>) => take(http.PATCH(`${v}/operators/{id}`, { ...byId(id), body })),
  operator_status_set: (id: number, body: BodyOf<'operator_status_set'>) => take(http.PUT(`${v}/operators/{id}/status`, { ...byId(id), body })),
  city_create: (body: BodyOf<'city_create'>) => take(http.POST(`${v}/cities`, { body })),
  city_update: (code: string, body: BodyOf<'city_update'>) => take(http.PATCH(`${v}/cities/{id}`, { ...byId(Number(code)), body })),
  city_status_set: (code: string, body: BodyOf<'city_status_set'>) => take(http.PUT(`${v}/cities/{id}/status`, { ...byId(Number(code)), body })),
  city_list: (query: ListQuery) => take(http.GET(`${v}/cities`, list<'city_list'>(query))),
  station_list: (query: ListQuery) => take(http.GET(`${v}/stations`, list<'station_list'>(query))),
  station_create: (body: BodyOf<'station_create'>) => take(http.POST(`${v}/stations`, { body })),
  station_get: (id: number) => take(http.GET(`${v}/stations/{id}`, byId(id))),
  station_update: (id: number, body: BodyOf<'station_update'>) => take(http.PATCH(`${v}/stations/{id}`, { ...byId(id), body })),
  station_status_set: (id: number, body: BodyOf<'station_status_set'>) => take(http.PUT(`${v}/stations/{id}/status`, { ...byId(id), body })),
  load_get: (id: number) => take(http.GET(`${v}/stations/{id}/load`, byId(id))),
  load_set: (id: number, body: BodyOf<'load_set'>) => take(http.PUT(`${v}/stations/{id}/load`, { ...byId(id), body })),
  occupancy_plan_get: (id: number) => take(http.GET(`${v}/stations/{id}/occupancy-plan`, byId(id))),
  occupancy_plan_set: (id: number, body: BodyOf<'occupancy_plan_set'>) => take(http.PUT(`${v}/stations/{id}/occupancy-plan`, { ...byId(id), body })),
  load_point_list: (id: number, hours: number) => take(http.GET(`${v}/stations/{id}/load/points`, { params: { path: { id }, query: { hours } } })),
  station_photo_create: (id: number, file: File) => take(http.POST(`${v}/stations/{id}/photos`, { ...byId(id), ...fileBody(file) })),
  station_photo_update: (id: number, body: BodyOf<'station_photo_update'>) => take(http.PATCH(`${v}/station-photos/{id}`, { ...byId(id), body })),
  station_photo_delete: (id: number) => take(http.DELETE(`${v}/station-photos/{id}`, byId(id))),
  map_get: (query: ListQuery) => take(http.GET(`${v}/map`, list<'map_get'>(query))),
  map_heat_get: (query: ListQuery) => take(http.GET(`${v}/map/heat`, list<'map_heat_get'>(query))),
  map_ground_get: () => take(http.GET(`${v}/map/ground`)),
  pile_list: (query: ListQuery) => take(http.GET(`${v}/piles`, list<'pile_list'>(query))),
  pile_get: (code: string) => take(http.GET(`${v}/piles/{code}`, byCode(code))),
  pile_create: (body: PileDraft) => take(http.POST(`${v}/piles`, { body })),
  pile_update: (code: string, body: PileChange) => take(http.PATCH(`${v}/piles/{code}`, { ...byCode(code), body })),
  pile_record_get: (code: string) => take(http.GET(`${v}/piles/{code}/record`, byCode(code))),
  pile_record_update: (code: string, body: BodyOf<'pile_record_update'>) => take(http.PUT(`${v}/piles/{code}/record`, { ...byCode(code), body })),
  pile_tariff_set: (code: string, body: BodyOf<'pile_tariff_set'>) => take(http.PUT(`${v}/piles/{code}/tariff`, { ...byCode(code), body })),
  pile_password_set: (code: string, password: string | null) => take(http.PUT(`${v}/piles/{code}/password`, { ...byCode(code), body: { password } })),
  frame_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/frames`, { params: { path: { code }, query: query as QueryOf<'frame_list'> } })),
  pile_recording_fetch: (code: string, query: QueryOf<'pile_recording_fetch'>) => take<string>(http.GET(`${v}/piles/{code}/recording`, { params: { path: { code }, query }, parseAs: 'text' })),
  order_bill_fetch: (id: number, language: 'zh' | 'en') => take<Blob>(http.GET(`${v}/orders/{id}/bill`, { params: { path: { id }, query: { language } }, parseAs: 'blob' })),
  public_bill_get: (query: QueryOf<'public_bill_get'>) => take(http.GET(`${v}/public/bills`, { params: { query } })),
  order_recording_fetch: (id: number, plain: boolean) => take<string>(http.GET(`${v}/orders/{id}/recording`, { params: { path: { id }, query: { plain } }, parseAs: 'text' })),
  pile_variable_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/variables`, { params: { path: { code }, query: query as QueryOf<'pile_variable_list'> } })),
  pile_display_list: (code: string) => take(http.GET(`${v}/piles/{code}/displays`, byCode(code))),
  customer_inquiry_list: (code: string) => take(http.GET(`${v}/piles/{code}/customer-inquiries`, byCode(code))),
  customer_inquiry_create: (code: string, body: BodyOf<'customer_inquiry_create'>) => take(http.POST(`${v}/piles/{code}/customer-inquiries`, { ...byCode(code), body })),
  customer_inquiry_reveal: (code: string, body: BodyOf<'customer_inquiry_reveal'>) => take(http.POST(`${v}/piles/{code}/customer-inquiries/reveal`, { ...byCode(code), body })),
  vendor_message_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/vendor-messages`, { params: { path: { code }, query: query as QueryOf<'vendor_message_list'> } })),
  vendor_word_list: () => take(http.GET(`${v}/vendor-words`)),
  vendor_word_create: (body: BodyOf<'vendor_word_create'>) => take(http.POST(`${v}/vendor-words`, { body })),
  vendor_word_delete: (id: number) => take(http.DELETE(`${v}/vendor-words/{id}`, byId(id))),
  pile_monitor_list: (code: string) => take(http.GET(`${v}/piles/{code}/monitors`, byCode(code))),
  pile_profile_list: (code: string) => take(http.GET(`${v}/piles/{code}/profiles`, byCode(code))),
  command_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/commands`, { params: { path: { code }, query: query as QueryOf<'command_list'> } })),
  /** Waits for the outcome; when the pile is slower than that, the row says how far it is. */
  async pile_command(code: string, body: CommandDraft): Promise<Command> {
    const params = { path: { code }, query: { wait_ms: WAIT_MS } }
    return settle(await take<unknown>(http.POST(`${v}/piles/{code}/commands`, { params, body })))
  },
  pile_import: (file: File, check: boolean) => take(http.POST(`${v}/imports/piles`, { params: { query: { name: file.name, check } }, ...fileBody(file) })),
  operation_list: (protocol: QueryOf<'operation_list'>['protocol']) => take(http.GET(`${v}/operations`, { params: { query: { protocol } } })),
  pile_desired_list: (code: string) => take(http.GET(`${v}/piles/{code}/desired`, byCode(code))),
  pile_desired_check: (code: string) => take(http.POST(`${v}/piles/{code}/desired/check`, byCode(code))),
  pile_local_list_get: (code: string) => take(http.GET(`${v}/piles/{code}/local-list`, byCode(code))),
  reservation_list: (query: ListQuery) => take(http.GET(`${v}/reservations`, list<'reservation_list'>(query))),
  reservation_create: (code: string, body: BodyOf<'reservation_create'>) => take(http.POST(`${v}/piles/{code}/reservations`, { ...byCode(code), body })),
  reservation_cancel: (id: number) => take(http.POST(`${v}/reservations/{id}/cancellation`, byId(id))),
  configuration_profile_list: (query: ListQuery) => take(http.GET(`${v}/configuration-profiles`, list<'configuration_profile_list'>(query))),
  configuration_profile_create: (body: BodyOf<'configuration_profile_create'>) => take(http.POST(`${v}/configuration-profiles`, { body })),
  configuration_profile_update: (id: number, body: BodyOf<'configuration_profile_update'>) => take(http.PUT(`${v}/configuration-profiles/{id}`, { ...byId(id), body })),
  configuration_profile_delete: (id: number) => take(http.DELETE(`${v}/configuration-profiles/{id}`, byId(id))),
  firmware_list: (query: ListQuery) => take(http.GET(`${v}/firmware`, list<'firmware_list'>(query))),
  firmware_get: (id: number) => take(http.GET(`${v}/firmware/{id}`, byId(id))),
  firmware_create: (body: BodyOf<'firmware_create'>) => take(http.POST(`${v}/firmware`, { body })),
  firmware_file_set: (id: number, file: File, digest?: string) => take(http.PUT(`${v}/firmware/{id}/file`, { params: { path: { id }, query: { name: file.name, digest } }, ...fileBody(file) })),
  firmware_delete: (id: number) => take(http.DELETE(`${v}/firmware/{id}`, byId(id))),
  transfer_create: (code: string, body: BodyOf<'transfer_create'>) => take(http.POST(`${v}/piles/{code}/transfers`, { ...byCode(code), body })),
  transfer_list: (query: ListQuery) => take(http.GET(`${v}/transfers`, list<'transfer_list'>(query))),
  security_event_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/security-events`, { params: { path: { code }, query: query as QueryOf<'security_event_list'> } })),
  pile_event_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/events`, { params: { path: { code }, query: query as QueryOf<'pile_event_list'> } })),
  dialect_list: (query: ListQuery) => take(http.GET(`${v}/dialects`, list<'dialect_list'>(query))),
  dialect_get: (id: number) => take(http.GET(`${v}/dialects/{id}`, byId(id))),
  dialect_create: (body: BodyOf<'dialect_create'>) => take(http.POST(`${v}/dialects`, { body })),
  dialect_update: (id: number, body: BodyOf<'dialect_update'>) => take(http.PUT(`${v}/dialects/{id}`, { ...byId(id), body })),
  dialect_delete: (id: number) => take(http.DELETE(`${v}/dialects/{id}`, byId(id))),
  dialect_change_list: (id: number) => take(http.GET(`${v}/dialects/{id}/changes`, byId(id))),
  pile_dialect_get: (code: string) => take(http.GET(`${v}/piles/{code}/dialect`, byCode(code))),
  pile_dialect_set: (code: string, body: BodyOf<'pile_dialect_set'>) => take(http.PUT(`${v}/piles/{code}/dialect`, { ...byCode(code), body })),
  command_get: (id: number) => take(http.GET(`${v}/commands/{id}`, byId(id))),

  unknown_pile_list: () => take(http.GET(`${v}/unknown-piles`)),
  unknown_pile_dismiss: (code: string) => take(http.DELETE(`${v}/unknown-piles/{code}`, byCode(code))),

  order_list: (query: ListQuery) => take(http.GET(`${v}/orders`, list<'order_list'>(query))),
  order_totals_get: (query: ListQuery) => take(http.GET(`${v}/orders/totals`, list<'order_totals_get'>(query))),
  order_get: (id: number) => take(http.GET(`${v}/orders/{id}`, byId(id))),
  async order_stop(id: number): Promise<Command> {
    const params = { path: { id }, query: { wait_ms: WAIT_MS } }
    return settle(await take<unknown>(http.POST(`${v}/orders/{id}/stop`, { params })))
  },
  order_frame_list: (id: number, query: ListQuery) => take(http.GET(`${v}/orders/{id}/frames`, { params: { path: { id }, query: query as QueryOf<'order_frame_list'> } })),

  tariff_list: () => take(http.GET(`${v}/tariffs`)),
  tariff_pile_list: (id: number) => take(http.GET(`${v}/tariffs/{id}/piles`, byId(id))),
  tariff_year_get: (id: number, year: number) => take(http.GET(`${v}/tariffs/{id}/days`, { params: { path: { id }, query: { year } } })),
  tariff_check: (body: BodyOf<'tariff_check'>) => take(http.POST(`${v}/tariffs/preview`, { body })),
  tariff_station_list: (id: number) => take(http.GET(`${v}/tariffs/{id}/stations`, byId(id))),
  pile_batch_list: (query: ListQuery) => take(http.GET(`${v}/pile-batches`, { params: { query: query as QueryOf<'pile_batch_list'> } })),
  pile_batch_get: (id: number) => take(http.GET(`${v}/pile-batches/{id}`, byId(id))),
  pile_batch_row_list: (id: number, query: ListQuery) => take(http.GET(`${v}/pile-batches/{id}/rows`, { params: { path: { id }, query: query as QueryOf<'pile_batch_row_list'> } })),
  link_list: (code: string, query: ListQuery) => take(http.GET(`${v}/piles/{code}/links`, { params: { path: { code }, query } })),
  link_figures_get: (code: string) => take(http.GET(`${v}/piles/{code}/links/figures`, { params: { path: { code } } })),
  pile_security_get: (code: string) => take(http.GET(`${v}/piles/{code}/security`, { params: { path: { code } } })),
  certificate_delete: (id: number) => take(http.DELETE(`${v}/certificates/{id}`, { params: { path: { id } } })),
  authority_get: () => take(http.GET(`${v}/authority`)),
  pile_label_list: (body: BodyOf<'pile_label_list'>) => take(http.POST(`${v}/piles/labels`, { body })),
  pile_batch_create: (body: BodyOf<'pile_batch_create'>) => take(http.POST(`${v}/pile-batches`, { body })),
  pile_batch_command: (body: BodyOf<'pile_batch_command'>) => take(http.POST(`${v}/pile-batches/commands`, { body })),
  pile_batch_start: (id: number) => take(http.POST(`${v}/pile-batches/{id}/start`, byId(id))),
  pile_batch_stop: (id: number) => take(http.POST(`${v}/pile-batches/{id}/stop`, byId(id))),
  tariff_plan_list: (query: ListQuery) => take(http.GET(`${v}/tariff-plans`, { params: { query: query as QueryOf<'tariff_plan_list'> } })),
  tariff_plan_get: (id: number) => take(http.GET(`${v}/tariff-plans/{id}`, byId(id))),
  tariff_plan_pile_list: (id: number, query: ListQuery) => take(http.GET(`${v}/tariff-plans/{id}/piles`, { params: { path: { id }, query: query as QueryOf<'tariff_plan_pile_list'> } })),
  tariff_plan_create: (body: BodyOf<'tariff_plan_create'>) => take(http.POST(`${v}/tariff-plans`, { body })),
  tariff_plan_cancel: (id: number, body: BodyOf<'tariff_plan_cancel'>) => take(http.POST(`${v}/tariff-plans/{id}/withdrawal`, { ...byId(id), body })),
  tariff_delivery_start: (id: number, body: BodyOf<'tariff_delivery_start'>) => take(http.POST(`${v}/tariff-plans/{id}/deliveries`, { ...byId(id), body })),
  station_tariff_list: (id: number) => take(http.GET(`${v}/stations/{id}/tariffs`, byId(id))),
  tariff_create: (body: BodyOf<'tariff_create'>) => take(http.POST(`${v}/tariffs`, { body })),

  card_list: (query: ListQuery) => take(http.GET(`${v}/cards`, list<'card_list'>(query))),
  card_create: (body: BodyOf<'card_create'>) => take(http.POST(`${v}/cards`, { body })),
  card_update: (id: number, body: BodyOf<'card_update'>) => take(http.PATCH(`${v}/cards/{id}`, { ...byId(id), body })),

  card_import: (csv: string) => take(http.POST(`${v}/imports/cards`, csvBody(csv))),

  customer_list: (query: ListQuery) => take(http.GET(`${v}/customers`, list<'customer_list'>(query))),
  customer_pull_get: () => take(http.GET(`${v}/customer-source/pull`)),
  customer_pull_update: (body: BodyOf<'customer_pull_update'>) => take(http.PUT(`${v}/customer-source/pull`, { body })),
  customer_pull_check: () => take(http.POST(`${v}/customer-source/pull/check`)),
  customer_pull_start: (body: BodyOf<'customer_pull_start'>) => take(http.POST(`${v}/customer-source/pull/runs`, { body })),
  customer_source_get: () => take(http.GET(`${v}/customer-source`)),
  customer_get: (id: number) => take(http.GET(`${v}/customers/{id}`, byId(id))),
  customer_create: (body: BodyOf<'customer_create'>) => take(http.POST(`${v}/customers`, { body })),
  customer_update: (id: number, body: BodyOf<'customer_update'>) => take(http.PATCH(`${v}/customers/{id}`, { ...byId(id), body })),
  customer_status_set: (id: number, body: BodyOf<'customer_status_set'>) => take(http.PUT(`${v}/customers/{id}/status`, { ...byId(id), body })),
  customer_reveal: (id: number, body: BodyOf<'customer_reveal'>) => take(http.POST(`${v}/customers/{id}/reveal`, { ...byId(id), body })),
  customer_card_create: (id: number, body: BodyOf<'customer_card_create'>) => take(http.POST(`${v}/customers/{id}/cards`, { ...byId(id), body })),
  customer_card_delete: (id: number, code: string) => take(http.DELETE(`${v}/customers/{id}/cards/{code}`, { params: { path: { id, code } } })),
  customer_car_create: (id: number, body: BodyOf<'customer_car_create'>) => take(http.POST(`${v}/customers/{id}/cars`, { ...byId(id), body })),
  customer_change_list: (id: number) => take(http.GET(`${v}/customers/{id}/changes`, byId(id))),
  car_delete: (id: number) => take(http.DELETE(`${v}/cars/{id}`, byId(id))),

  fleet_list: (query: ListQuery) => take(http.GET(`${v}/fleets`, list<'fleet_list'>(query))),
  fleet_get: (id: number) => take(http.GET(`${v}/fleets/{id}`, byId(id))),
  fleet_create: (body: BodyOf<'fleet_create'>) => take(http.POST(`${v}/fleets`, { body })),
  fleet_update: (id: number, body: BodyOf<'fleet_update'>) => take(http.PATCH(`${v}/fleets/{id}`, { ...byId(id), body })),
  fleet_car_list: (id: number, query: ListQuery) => take(http.GET(`${v}/fleets/{id}/cars`, { params: { path: { id }, query: query as QueryOf<'fleet_car_list'> } })),
  fleet_car_create: (id: number, body: BodyOf<'fleet_car_create'>) => take(http.POST(`${v}/fleets/{id}/cars`, { ...byId(id), body })),
  fleet_limit_set: (id: number, body: BodyOf<'fleet_limit_set'>) => take(http.PUT(`${v}/fleets/{id}/limits`, { ...byId(id), body })),
  fleet_import: (id: number, file: File, check: boolean) => take(http.POST(`${v}/fleets/{id}/import`, { params: { path: { id }, query: { name: file.name, check } }, ...fileBody(file) })),

  staff_list: (query: ListQuery) => take(http.GET(`${v}/staff`, list<'staff_list'>(query))),
  feedback_list: (query: ListQuery) => take(http.GET(`${v}/feedback`, list<'feedback_list'>(query))),
  feedback_get: (id: number) => take(http.GET(`${v}/feedback/{id}`, byId(id))),
  feedback_create: (body: FeedbackDraft) => take(http.POST(`${v}/feedback`, { body })),
  feedback_update: (id: number, body: FeedbackChange) => take(http.PATCH(`${v}/feedback/{id}`, { ...byId(id), body })),
  feedback_phone_get: (id: number) => take(http.GET(`${v}/feedback/{id}/phone`, byId(id))),
  feedback_handler_list: () => take(http.GET(`${v}/feedback-handlers`)),
  feedback_statistics_get: (query: ListQuery) => take(http.GET(`${v}/feedback-statistics`, list<'feedback_statistics_get'>(query))),
  member_level_list: () => take(http.GET(`${v}/member-levels`)),
  member_level_create: (body: BodyOf<'member_level_create'>) => take(http.POST(`${v}/member-levels`, { body })),
  member_level_update: (id: number, body: BodyOf<'member_level_update'>) => take(http.PATCH(`${v}/member-levels/{id}`, { ...byId(id), body })),
  member_level_delete: (id: number) => take(http.DELETE(`${v}/member-levels/{id}`, byId(id))),
  caller_get: (query: ListQuery) => take(http.GET(`${v}/callers`, list<'caller_get'>(query))),
  feedback_caller_get: (id: number) => take(http.GET(`${v}/feedback/{id}/caller`, byId(id))),
  feedback_block_list: (query: ListQuery) => take(http.GET(`${v}/feedback-blocks`, list<'feedback_block_list'>(query))),
  feedback_block_create: (body: BodyOf<'feedback_block_create'>) => take(http.POST(`${v}/feedback-blocks`, { body })),
  feedback_block_cancel: (id: number, body: BodyOf<'feedback_block_cancel'>) => take(http.POST(`${v}/feedback-blocks/{id}/cancellation`, { ...byId(id), body })),
  feedback_template_list: () => take(http.GET(`${v}/feedback-templates`)),
  feedback_template_create: (body: BodyOf<'feedback_template_create'>) => take(http.POST(`${v}/feedback-templates`, { body })),
  feedback_template_update: (id: number, body: BodyOf<'feedback_template_update'>) => take(http.PATCH(`${v}/feedback-templates/{id}`, { ...byId(id), body })),
  feedback_template_delete: (id: number) => take(http.DELETE(`${v}/feedback-templates/{id}`, byId(id))),
  feedback_limit_set: (body: BodyOf<'feedback_limit_set'>) => take(http.PUT(`${v}/feedback-limits`, { body })),

  content_list: (query: ListQuery) => take(http.GET(`${v}/contents`, list<'content_list'>(query))),
  content_get: (id: number) => take(http.GET(`${v}/contents/{id}`, byId(id))),
  content_create: (body: ContentDraft) => take(http.POST(`${v}/contents`, { body })),
  content_check: (body: BodyOf<'content_check'>) => take(http.POST(`${v}/contents/check`, { body })),
  content_shown_list: (query: ListQuery) => take(http.GET(`${v}/contents/shown`, list<'content_shown_list'>(query))),
  content_update: (id: number, body: BodyOf<'content_update'>) => take(http.PATCH(`${v}/contents/{id}`, { ...byId(id), body })),
  content_status_set: (id: number, body: BodyOf<'content_status_set'>) => take(http.PUT(`${v}/contents/{id}/status`, { ...byId(id), body })),
  content_delete: (id: number) => take(http.DELETE(`${v}/contents/{id}`, byId(id))),
  content_picture_create: (id: number, file: File) => take(http.POST(`${v}/contents/{id}/pictures`, { ...byId(id), body: file as unknown as string, bodySerializer: (bytes: unknown) => bytes as File, headers: { 'Content-Type': 'application/octet-stream' } })),
  content_picture_delete: (id: number) => take(http.DELETE(`${v}/content-pictures/{id}`, byId(id))),
  message_event_list: () => take(http.GET(`${v}/message-events`)),
  coupon_list: (query: ListQuery) => take(http.GET(`${v}/coupons`, list<'coupon_list'>(query))),
  coupon_get: (id: number) => take(http.GET(`${v}/coupons/{id}`, byId(id))),
  coupon_create: (body: CouponDraft) => take(http.POST(`${v}/coupons`, { body })),
  coupon_update: (id: number, body: BodyOf<'coupon_update'>) => take(http.PATCH(`${v}/coupons/{id}`, { ...byId(id), body })),
  coupon_status_set: (id: number, body: BodyOf<'coupon_status_set'>) => take(http.PUT(`${v}/coupons/{id}/status`, { ...byId(id), body })),
  voucher_check: (id: number, body: BodyOf<'voucher_check'>) => take(http.POST(`${v}/coupons/{id}/vouchers/check`, { ...byId(id), body })),
  voucher_create: (id: number, body: BodyOf<'voucher_create'>) => take(http.POST(`${v}/coupons/{id}/vouchers`, { ...byId(id), body })),
  voucher_list: (query: ListQuery) => take(http.GET(`${v}/vouchers`, list<'voucher_list'>(query))),
  voucher_cancel: (id: number, body: BodyOf<'voucher_cancel'>) => take(http.POST(`${v}/vouchers/{id}/cancel`, { ...byId(id), body })),
  coupon_voucher_cancel: (id: number, body: BodyOf<'coupon_voucher_cancel'>) => take(http.POST(`${v}/coupons/{id}/vouchers/cancel`, { ...byId(id), body })),
  driver_price_list: (query: ListQuery) => take(http.GET(`${v}/driver-prices`, list<'driver_price_list'>(query))),
  driver_price_get: (id: number) => take(http.GET(`${v}/driver-prices/{id}`, byId(id))),
  driver_price_create: (body: DriverPriceDraft) => take(http.POST(`${v}/driver-prices`, { body })),
  driver_price_update: (id: number, body: BodyOf<'driver_price_update'>) => take(http.PATCH(`${v}/driver-prices/{id}`, { ...byId(id), body })),
  driver_price_status_set: (id: number, body: BodyOf<'driver_price_status_set'>) => take(http.PUT(`${v}/driver-prices/{id}/status`, { ...byId(id), body })),
  driver_price_delete: (id: number) => take(http.DELETE(`${v}/driver-prices/{id}`, byId(id))),

  order_note_create: (id: number, body: BodyOf<'order_note_create'>) => take(http.POST(`${v}/orders/{id}/notes`, { ...byId(id), body })),
  settlement_check: (id: number, body: BodyOf<'settlement_check'>) => take(http.POST(`${v}/orders/{id}/settlements/preview`, { ...byId(id), body })),
  abnormal_summary_get: () => take(http.GET(`${v}/abnormal-orders/summary`)),
  order_evidence_get: (id: number) => take(http.GET(`${v}/orders/{id}/evidence`, byId(id))),
  order_payment_get: (id: number) => take(http.GET(`${v}/orders/{id}/payment`, byId(id))),
  order_refund_create: (id: number, body: BodyOf<'order_refund_create'>) => take(http.POST(`${v}/orders/{id}/refunds`, { ...byId(id), body })),
  order_write_off_create: (id: number, body: BodyOf<'order_write_off_create'>) => take(http.POST(`${v}/orders/{id}/write-offs`, { ...byId(id), body })),
  occupancy_waiver_create: (id: number, body: BodyOf<'occupancy_waiver_create'>) => take(http.POST(`${v}/orders/{id}/occupancy-waivers`, { ...byId(id), body })),
  occupancy_waiver_update: (id: number, body: BodyOf<'occupancy_waiver_update'>) => take(http.POST(`${v}/occupancy-waivers/{id}/decision`, { ...byId(id), body })),
  wallet_get: (id: number) => take(http.GET(`${v}/customers/{id}/wallet`, byId(id))),
  wallet_change_create: (id: number, body: BodyOf<'wallet_change_create'>) => take(http.POST(`${v}/customers/{id}/wallet-changes`, { ...byId(id), body })),
  wallet_change_update: (id: number, body: BodyOf<'wallet_change_update'>) => take(http.POST(`${v}/wallet-changes/{id}/decision`, { ...byId(id), body })),
  customer_pay_way_set: (id: number, body: BodyOf<'customer_pay_way_set'>) => take(http.PUT(`${v}/customers/{id}/pay-way`, { ...byId(id), body })),
  fleet_account_get: (id: number) => take(http.GET(`${v}/fleets/{id}/account`, byId(id))),
  fleet_account_set: (id: number, body: BodyOf<'fleet_account_set'>) => take(http.PUT(`${v}/fleets/{id}/account`, { ...byId(id), body })),
  fleet_wallet_change_create: (id: number, body: BodyOf<'fleet_wallet_change_create'>) => take(http.POST(`${v}/fleets/{id}/wallet-changes`, { ...byId(id), body })),
  reconciliation_list: (query: ListQuery) => take(http.GET(`${v}/reconciliations`, list<'reconciliation_list'>(query))),
  reconciliation_get: (id: number) => take(http.GET(`${v}/reconciliations/{id}`, byId(id))),
  reconciliation_start: (body: BodyOf<'reconciliation_start'>) => take(http.POST(`${v}/reconciliations`, { body })),
  reconciliation_confirm: (id: number, body: BodyOf<'reconciliation_confirm'>) => take(http.POST(`${v}/reconciliations/{id}/confirmation`, { ...byId(id), body })),
  reconciliation_undo: (id: number, body: BodyOf<'reconciliation_undo'>) => take(http.POST(`${v}/reconciliations/{id}/reopening`, { ...byId(id), body })),
  difference_list: (query: ListQuery) => take(http.GET(`${v}/differences`, list<'difference_list'>(query))),
  difference_update: (id: number, body: BodyOf<'difference_update'>) => take(http.PATCH(`${v}/differences/{id}`, { ...byId(id), body })),
  counter_bill_list: (query: ListQuery) => take(http.GET(`${v}/counter-bills`, list<'counter_bill_list'>(query))),
  counter_bill_get: (id: number) => take(http.GET(`${v}/counter-bills/{id}`, byId(id))),
  counter_bill_fetch: (id: number) => take<Blob>(http.GET(`${v}/counter-bills/{id}/file`, { ...byId(id), parseAs: 'blob' })),
  counter_bill_start: (body: BodyOf<'counter_bill_start'>) => take(http.POST(`${v}/counter-bills`, { body })),
  counter_bill_confirm: (id: number, body: BodyOf<'counter_bill_confirm'>) => take(http.POST(`${v}/counter-bills/{id}/confirmation`, { ...byId(id), body })),
  counter_bill_undo: (id: number, body: BodyOf<'counter_bill_undo'>) => take(http.POST(`${v}/counter-bills/{id}/reopening`, { ...byId(id), body })),
  person_export_create: (id: number, body: BodyOf<'person_export_create'>) => take(http.POST(`${v}/customers/{id}/person-exports`, { ...byId(id), body })),
  erasure_check: (id: number) => take(http.GET(`${v}/customers/{id}/erasure`, byId(id))),
  erasure_create: (id: number, body: BodyOf<'erasure_create'>) => take(http.POST(`${v}/customers/{id}/erasures`, { ...byId(id), body })),
  erasure_list: (query: ListQuery) => take(http.GET(`${v}/erasures`, list<'erasure_list'>(query))),
  erasure_update: (id: number, body: BodyOf<'erasure_update'>) => take(http.POST(`${v}/erasures/{id}/decision`, { ...byId(id), body })),
  peer_list: () => take(http.GET(`${v}/peers`)),
  peer_create: (body: BodyOf<'peer_create'>) => take(http.POST(`${v}/peers`, { body })),
  peer_update: (id: number, body: BodyOf<'peer_update'>) => take(http.PATCH(`${v}/peers/{id}`, { ...byId(id), body })),
  peer_bill_import: (id: number, day: number, file: File, check: boolean) => take(http.POST(`${v}/peers/{id}/bills`, { params: { path: { id }, query: { name: file.name, day, check } }, ...fileBody(file) })),
  counter_difference_list: (query: ListQuery) => take(http.GET(`${v}/counter-differences`, list<'counter_difference_list'>(query))),
  counter_difference_update: (id: number, body: BodyOf<'counter_difference_update'>) => take(http.PATCH(`${v}/counter-differences/{id}`, { ...byId(id), body })),
  day_bill_list: (query: ListQuery) => take(http.GET(`${v}/day-bills`, list<'day_bill_list'>(query))),
  day_bill_get: (id: number) => take(http.GET(`${v}/day-bills/{id}`, byId(id))),
  day_bill_start: (body: BodyOf<'day_bill_start'>) => take(http.POST(`${v}/day-bills`, { body })),
  month_bill_list: (query: ListQuery) => take(http.GET(`${v}/month-bills`, list<'month_bill_list'>(query))),
  meter_change_list: (query: ListQuery) => take(http.GET(`${v}/meter-changes`, list<'meter_change_list'>(query))),
  meter_change_create: (body: BodyOf<'meter_change_create'>) => take(http.POST(`${v}/meter-changes`, { body })),
  meter_change_delete: (id: number) => take(http.DELETE(`${v}/meter-changes/{id}`, byId(id))),
  payment_list: (query: ListQuery) => take(http.GET(`${v}/payments`, list<'payment_list'>(query))),
  payment_totals_get: (query: ListQuery) => take(http.GET(`${v}/payments/totals`, list<'payment_totals_get'>(query))),
  payment_get: (id: number) => take(http.GET(`${v}/payments/{id}`, byId(id))),
  payment_create: (body: BodyOf<'payment_create'>) => take(http.POST(`${v}/payments`, { body })),
  payment_check: (id: number) => take(http.POST(`${v}/payments/{id}/check`, byId(id))),
  payment_cancel: (id: number) => take(http.POST(`${v}/payments/{id}/cancellation`, byId(id))),
  refund_create: (id: number, body: BodyOf<'refund_create'>) => take(http.POST(`${v}/payments/{id}/refunds`, { ...byId(id), body })),
  customer_refund_create: (id: number, body: BodyOf<'customer_refund_create'>) => take(http.POST(`${v}/customers/{id}/refunds`, { ...byId(id), body })),
  refund_list: (query: ListQuery) => take(http.GET(`${v}/refunds`, list<'refund_list'>(query))),
  refund_totals_get: (query: ListQuery) => take(http.GET(`${v}/refunds/totals`, list<'refund_totals_get'>(query))),
  refund_get: (id: number) => take(http.GET(`${v}/refunds/{id}`, byId(id))),
  refund_update: (id: number, body: BodyOf<'refund_update'>) => take(http.POST(`${v}/refunds/{id}/decision`, { ...byId(id), body })),
  refund_start: (id: number) => take(http.POST(`${v}/refunds/{id}/submission`, byId(id))),
  refund_check: (id: number) => take(http.POST(`${v}/refunds/{id}/check`, byId(id))),
  refund_cancel: (id: number, body: BodyOf<'refund_cancel'>) => take(http.POST(`${v}/refunds/{id}/cancellation`, { ...byId(id), body })),
  refund_confirm: (id: number, body: BodyOf<'refund_confirm'>) => take(http.POST(`${v}/refunds/{id}/proof`, { ...byId(id), body })),
  pay_channel_list: () => take(http.GET(`${v}/pay-channels`)),
  pay_channel_create: (body: BodyOf<'pay_channel_create'>) => take(http.POST(`${v}/pay-channels`, { body })),
  pay_channel_update: (id: number, body: BodyOf<'pay_channel_update'>) => take(http.PATCH(`${v}/pay-channels/{id}`, { ...byId(id), body })),
  pay_channel_check: (id: number) => take(http.POST(`${v}/pay-channels/{id}/check`, byId(id))),
  posting_list: (query: ListQuery) => take(http.GET(`${v}/postings`, list<'posting_list'>(query))),
  trial_balance_get: () => take(http.GET(`${v}/trial-balance`)),
  settlement_create: (id: number, body: BodyOf<'settlement_create'>) => take(http.POST(`${v}/orders/{id}/settlements`, { ...byId(id), body })),
  settlement_update: (id: number, body: BodyOf<'settlement_update'>) => take(http.POST(`${v}/settlements/{id}/decision`, { ...byId(id), body })),

  invoice_list: (query: ListQuery) => take(http.GET(`${v}/invoices`, list<'invoice_list'>(query))),
  invoice_get: (id: number) => take(http.GET(`${v}/invoices/{id}`, byId(id))),
  invoice_update: (id: number, body: BodyOf<'invoice_update'>) => take(http.PATCH(`${v}/invoices/{id}`, { ...byId(id), body })),
  invoice_mail_create: (id: number, body: BodyOf<'invoice_mail_create'>) => take(http.POST(`${v}/invoices/{id}/mails`, { ...byId(id), body })),
  invoice_order_list: (query: ListQuery) => take(http.GET(`${v}/invoice-orders`, list<'invoice_order_list'>(query))),
  invoice_check: (body: BodyOf<'invoice_check'>) => take(http.POST(`${v}/invoices/preview`, { body })),
  invoice_create: (body: BodyOf<'invoice_create'>) => take(http.POST(`${v}/invoices`, { body })),
  invoice_batch_start: (body: BodyOf<'invoice_batch_start'>) => take(http.POST(`${v}/invoices/start`, { body })),
  invoice_start: (id: number, body: BodyOf<'invoice_start'>) => take(http.POST(`${v}/invoices/{id}/start`, { ...byId(id), body })),
  invoice_confirm: (id: number, body: BodyOf<'invoice_confirm'>) => take(http.POST(`${v}/invoices/{id}/decision`, { ...byId(id), body })),
  invoice_reversal_create: (id: number, body: BodyOf<'invoice_reversal_create'>) => take(http.POST(`${v}/invoices/{id}/reversal`, { ...byId(id), body })),
  invoice_reversal_cancel: (id: number, body: BodyOf<'invoice_reversal_cancel'>) => take(http.POST(`${v}/invoices/{id}/reversal/cancel`, { ...byId(id), body })),
  seller_list: () => take(http.GET(`${v}/sellers`)),
  seller_set: (id: number, body: BodyOf<'seller_set'>) => take(http.PUT(`${v}/sellers/{id}`, { ...byId(id), body })),
  seller_check: (id: number) => take(http.POST(`${v}/sellers/{id}/check`, byId(id))),
  invoice_title_list: (query: ListQuery) => take(http.GET(`${v}/invoice-titles`, list<'invoice_title_list'>(query))),
  invoice_title_create: (body: BodyOf<'invoice_title_create'>) => take(http.POST(`${v}/invoice-titles`, { body })),
  invoice_title_update: (id: number, body: BodyOf<'invoice_title_update'>) => take(http.PUT(`${v}/invoice-titles/{id}`, { ...byId(id), body })),
  invoice_title_delete: (id: number) => take(http.DELETE(`${v}/invoice-titles/{id}`, byId(id))),

  staff_create: (body: BodyOf<'staff_create'>) => take(http.POST(`${v}/staff`, { body })),
  staff_update: (id: number, body: BodyOf<'staff_update'>) => take(http.PUT(`${v}/staff/{id}`, { ...byId(id), body })),
  staff_lock_delete: (id: number) => take(http.DELETE(`${v}/staff/{id}/lock`, byId(id))),
  staff_handover_get: (id: number) => take(http.GET(`${v}/staff/{id}/handover`, byId(id))),
  staff_handover_create: (id: number, body: BodyOf<'staff_handover_create'>) => take(http.POST(`${v}/staff/{id}/handover`, { ...byId(id), body })),
  staff_password_set: (id: number) => take(http.PUT(`${v}/staff/{id}/password`, byId(id))),
  role_list: () => take(http.GET(`${v}/roles`)),
  role_create: (body: BodyOf<'role_create'>) => take(http.POST(`${v}/roles`, { body })),
  role_update: (id: string, body: BodyOf<'role_update'>) => take(http.PUT(`${v}/roles/{id}`, { ...byKey(id), body })),
  role_delete: (id: string) => take(http.DELETE(`${v}/roles/{id}`, byKey(id))),
  permission_list: () => take(http.GET(`${v}/permissions`)),

  order_import_list: (query: ListQuery) => take(http.GET(`${v}/order-imports`, list<'order_import_list'>(query))),
  order_import_get: (id: number) => take(http.GET(`${v}/order-imports/{id}`, byId(id))),
  order_import_create: (name: string, file: File) => take(http.POST(`${v}/order-imports`, { params: { query: { name } }, ...fileBody(file) })),
  order_import_confirm: (id: number) => take(http.POST(`${v}/order-imports/{id}/confirm`, byId(id))),
  order_import_undo: (id: number) => take(http.POST(`${v}/order-imports/{id}/undo`, byId(id))),

  export_list: (query: ListQuery) => take(http.GET(`${v}/exports`, list<'export_list'>(query))),
  export_get: (id: number) => take(http.GET(`${v}/exports/{id}`, byId(id))),
  export_cancel: (id: number) => take(http.DELETE(`${v}/exports/{id}`, byId(id))),
  export_column_list: (noun: Schemas['ExportNoun']) => take(http.GET(`${v}/exports/columns`, { params: { query: { noun } } })),
  export_create: (noun: Schemas['ExportNoun'], body: Schemas['ExportDraft']) => take(exporting[noun](body)),

  parameter_list: (query: ListQuery) => take(http.GET(`${v}/parameters`, list<'parameter_list'>(query))),
  parameter_get: (id: string) => take(http.GET(`${v}/parameters/{id}`, byKey(id))),
  parameter_update: (id: string, body: BodyOf<'parameter_update'>) => take(http.PATCH(`${v}/parameters/{id}`, { ...byKey(id), body })),
  parameter_change_list: (id: string, query: ListQuery) => take(http.GET(`${v}/parameters/{id}/changes`, { params: { path: { id }, query: query as QueryOf<'parameter_change_list'> } })),
  dictionary_list: (query: ListQuery) => take(http.GET(`${v}/dictionaries`, list<'dictionary_list'>(query))),
  dictionary_get: (id: string) => take(http.GET(`${v}/dictionaries/{id}`, byKey(id))),
  feedback_category_list: () => take(http.GET(`${v}/feedback-categories`)),
  feedback_category_create: (body: BodyOf<'feedback_category_create'>) => take(http.POST(`${v}/feedback-categories`, { body })),
  feedback_category_update: (id: string, body: BodyOf<'feedback_category_update'>) => take(http.PATCH(`${v}/feedback-categories/{id}`, { ...byKey(id), body })),
  backup_get: () => take(http.GET(`${v}/backup`)),
  backup_list: (query: ListQuery) => take(http.GET(`${v}/backups`, list<'backup_list'>(query))),
  backup_create: () => take(http.POST(`${v}/backups`)),
  backup_check: () => take(http.POST(`${v}/backups/check`)),
  drill_list: (query: ListQuery) => take(http.GET(`${v}/drills`, list<'drill_list'>(query))),
  drill_create: (body: BodyOf<'drill_create'>) => take(http.POST(`${v}/drills`, { body })),
  job_list: (query: ListQuery) => take(http.GET(`${v}/jobs`, list<'job_list'>(query))),
  job_get: (id: string) => take(http.GET(`${v}/jobs/{id}`, byKey(id))),
  job_update: (id: string, body: BodyOf<'job_update'>) => take(http.PATCH(`${v}/jobs/{id}`, { ...byKey(id), body })),
  job_start: (id: string) => take(http.POST(`${v}/jobs/{id}/runs`, byKey(id))),
  job_run_list: (id: string, query: ListQuery) => take(http.GET(`${v}/jobs/{id}/runs`, { params: { path: { id }, query: query as QueryOf<'job_run_list'> } })),
  channel_list: () => take(http.GET(`${v}/channels`)),
  channel_get: (id: number) => take(http.GET(`${v}/channels/{id}`, byId(id))),
  channel_create: (body: BodyOf<'channel_create'>) => take(http.POST(`${v}/channels`, { body })),
  channel_update: (id: number, body: BodyOf<'channel_update'>) => take(http.PATCH(`${v}/channels/{id}`, { ...byId(id), body })),
  channel_check: (id: number, body: BodyOf<'channel_check'>) => take(http.POST(`${v}/channels/{id}/check`, { ...byId(id), body })),
  channel_send_list: (id: number, query: ListQuery) => take(http.GET(`${v}/channels/{id}/sends`, { params: { path: { id }, query: query as QueryOf<'channel_send_list'> } })),
  delivery_list: (id: number, query: ListQuery) => take(http.GET(`${v}/channels/{id}/deliveries`, { params: { path: { id }, query: query as QueryOf<'delivery_list'> } })),
  delivery_start: (id: number) => take(http.POST(`${v}/deliveries/{id}/sends`, byId(id))),
  setting_list: () => take(http.GET(`${v}/settings`)),

  audit_list: (query: ListQuery) => take(http.GET(`${v}/audit`, list<'audit_list'>(query))),
}

/** 202 answers with the id alone: the command is under way and its row tells the rest. */
async function settle(answer: unknown): Promise<Command> {
  const given = answer as Command | { id: number }
  return 'state' in given ? given : api.command_get(given.id)
}
