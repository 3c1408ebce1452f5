// Choices for the form fields that point to a station, an operator, a city or a tariff.
import { api } from '@/api'
import type { Option } from '@/components/list'
import { queries } from '@/query'

export async function stationFind(text: string): Promise<Option[]> {
  const page = await api.station_list({ name: text || undefined })
  return page.items.slice(0, 50).map((s) => ({ value: s.id, label: s.name }))
}
/** The name of a station of which a link knows only the id. */
export async function stationName(id: string): Promise<string> {
  const page = await queries.fetchQuery({ queryKey: ['station_list', 'names'], queryFn: () => api.station_list({}), staleTime: 60_000 })
  return page.items.find((s) => String(s.id) === id)?.name ?? `#${id}`
}
export async function operatorFind(text: string): Promise<Option[]> {
  const page = await api.operator_list({ name: text || undefined })
  return page.items.slice(0, 50).map((o) => ({ value: o.id, label: o.name }))
}
export async function operatorName(id: string): Promise<string> {
  const page = await queries.fetchQuery({ queryKey: ['operator_list', 'names'], queryFn: () => api.operator_list({}), staleTime: 60_000 })
  return page.items.find((o) => String(o.id) === id)?.name ?? `#${id}`
}
export async function cityName(code: string): Promise<string> {
  const page = await queries.fetchQuery({ queryKey: ['city_list', 'names'], queryFn: () => api.city_list({}), staleTime: 60_000 })
  return page.items.find((c) => c.code === code)?.name ?? code
}
export async function cityFind(text: string): Promise<Option[]> {
  const page = await api.city_list({ name: text || undefined })
  return page.items.slice(0, 50).map((c) => ({ value: c.code, label: c.province === c.name ? c.name : `${c.province} ${c.name}` }))
}
export async function tariffFind(text: string): Promise<Option[]> {
  const page = await api.tariff_list()
  return page.items.filter((x) => x.name.includes(text)).map((x) => ({ value: x.id, label: `${x.name} · v${x.version_no}` }))
}
