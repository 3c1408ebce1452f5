// The fields of each kind of content, and the draft that they make.
import { api, type Content, type ContentDraft } from '@/api'
import type { Field, FormValues } from '@/components/form'
import type { Option } from '@/components/list'
import { fromWall, time } from '@/format'
import { t } from '@/i18n'
import { session } from '@/session'
import { operatorFind } from '@/views/stations/find'
import { customerMarks, faqTopics, messageEvents, optionsOf, targetGroups, taskMetrics } from '@/words'

type Kind = Content['kind']
type Audience = Content['audience']

export const isPlatform = (): boolean => session.current?.staff.operator_id == null
export async function fleetFind(text: string): Promise<Option[]> {
  return (await api.fleet_list({ name: text || undefined, limit: 50 })).items.map((f) => ({ value: f.id, label: f.name }))
}
async function couponFind(text: string): Promise<Option[]> {
  const page = await api.coupon_list({ name: text || undefined, limit: 50 })
  return page.items.filter((c) => c.state !== 'ended').map((c) => ({ value: c.id, label: c.name }))
}
/** Those that are looked for, with the chosen one, which may not be among the first. */
const withOwn = (own: Option | null, find: (text: string) => Promise<Option[]>) => async (text: string) => {
  const found = await find(text)
  return own && !found.some((o) => o.value === own.value) ? [own, ...found] : found
}
const ownOf = (id: number | null | undefined, label: string | null | undefined): Option | null => (id == null ? null : { value: id, label: label ?? `#${id}` })
export const groupsOf = (audience: Audience): Content['group'][] => (audience === 'driver' ? targetGroups.filter((g) => g !== 'person' && g !== 'segment') : audience === 'staff' ? ['all'] : targetGroups)

const endAfter = (value: unknown, values: FormValues): string | null => (value && values.from_ms && String(value) <= String(values.from_ms) ? t('content.until') + ' > ' + t('content.from') : null)

export function contentFields(audience: Audience, kind: Kind, one: Content | null): Field[] {
  const short = kind === 'banner' || kind === 'message'
  const all: Field[] = []
  if (kind === 'message') all.push({ key: 'event', label: t('content.event'), kind: 'select', required: true, options: optionsOf('message_event', messageEvents), wide: true })
  if (kind === 'faq') all.push({ key: 'topic', label: t('content.topic'), kind: 'select', required: true, options: optionsOf('faq_topic', faqTopics) })
  all.push({ key: 'title', label: t(kind === 'faq' ? 'content.question' : 'content.title'), kind: 'text', required: true, length: short ? 30 : 60, wide: true })
  if (kind === 'message') all.push({ key: 'body', label: t('content.body'), kind: 'custom', required: true, length: 300 })
  else if (kind !== 'banner') all.push({ key: 'body', label: t(kind === 'faq' ? 'content.answer' : 'content.body'), kind: 'textarea', required: kind !== 'popup', length: kind === 'popup' ? 500 : 5000, help: t('content.body_help') })
  if (kind === 'task') {
    all.push({ key: 'metric', label: t('content.metric'), kind: 'select', required: true, options: optionsOf('task_metric', taskMetrics) })
    all.push({ key: 'goal', label: t('content.goal_orders'), kind: 'number', required: true, min: 1, max: 100_000, when: (v) => v.metric !== 'energy' })
    all.push({ key: 'goal_energy', label: t('content.goal_energy'), kind: 'number', required: true, min: 1, max: 1_000_000, when: (v) => v.metric === 'energy' })
  }
  if (kind === 'activity' || kind === 'task' || kind === 'popup') all.push({ key: 'coupon_id', label: t('content.coupon'), kind: 'remote', find: withOwn(ownOf(one?.coupon_id, one?.coupon_name), couponFind), help: t('content.coupon_help') })
  if (kind === 'banner' || kind === 'popup' || kind === 'notice' || kind === 'activity') all.push({ key: 'link', label: t('content.link'), kind: 'text', length: 300, wide: true, help: t('content.link_help') })
  if (audience !== 'staff') {
    all.push({ key: 'group', label: t('content.group'), kind: 'select', options: optionsOf('target_group', groupsOf(audience)) })
    all.push({ key: 'fleet_id', label: t('content.fleet'), kind: 'remote', required: true, find: withOwn(ownOf(one?.fleet_id, one?.fleet_name), fleetFind), when: (v) => v.group === 'fleet' })
    all.push({ key: 'mark', label: t('page.customer_segments'), kind: 'select', required: true, options: optionsOf('customer_mark', customerMarks), when: (v) => v.group === 'segment' })
    all.push({ key: 'cities', label: t('content.cities'), kind: 'custom', help: t('content.cities_help') })
  }
  all.push({ key: 'from_ms', label: t('content.from'), kind: 'date', placeholder: t('content.from_now') })
  all.push({ key: 'until_ms', label: t('content.until'), kind: 'date', placeholder: t('content.until_never'), check: endAfter })
  all.push({ key: 'rank', label: t('content.rank'), kind: 'number', min: 0, max: 999, help: t('content.rank_help') })
  if (isPlatform()) all.push({ key: 'operator_id', label: t('content.operator'), kind: 'remote', find: withOwn(ownOf(one?.operator_id, one?.operator_name), operatorFind), placeholder: t('content.operator_platform'), help: t('content.operator_help') })
  return all
}

export function contentInitial(one: Content | null): FormValues {
  if (!one) return { group: 'all', cities: [], rank: 0, metric: 'orders' }
  return {
    event: one.event ?? '',
    topic: one.topic ?? '',
    title: one.title,
    body: one.body,
    metric: one.metric ?? '',
    goal: one.metric === 'orders' ? (one.goal ?? undefined) : undefined,
    goal_energy: one.metric === 'energy' ? (one.goal ?? 0) / 10_000 : undefined,
    coupon_id: one.coupon_id ?? '',
    link: one.link,
    group: one.group,
    fleet_id: one.fleet_id ?? '',
    mark: one.mark ?? '',
    cities: [...one.cities],
    from_ms: one.from_ms == null ? undefined : time(one.from_ms),
    until_ms: one.until_ms == null ? undefined : time(one.until_ms),
    rank: one.rank,
    operator_id: one.operator_id ?? '',
  }
}

export const idOf = (value: unknown): number | null => (value ? Number(value) : null)
export const momentOf = (value: unknown): number | null => (value ? fromWall(String(value)) : null)
const textOf = (value: unknown): string | null => (value ? String(value) : null)

export function contentDraft(audience: Audience, kind: Kind, v: FormValues): ContentDraft {
  const metric = kind === 'task' ? (v.metric as ContentDraft['metric']) : null
  const goal = metric === 'energy' ? (v.goal_energy == null ? null : Math.round(Number(v.goal_energy) * 10_000)) : v.goal == null || v.goal === '' ? null : Number(v.goal)
  return {
    audience,
    kind,
    operator_id: idOf(v.operator_id),
    title: String(v.title ?? ''),
    body: kind === 'banner' ? null : textOf(v.body),
    link: textOf(v.link),
    topic: kind === 'faq' ? ((v.topic || null) as ContentDraft['topic']) : null,
    event: kind === 'message' ? ((v.event || null) as ContentDraft['event']) : null,
    metric,
    goal: kind === 'task' ? goal : null,
    coupon_id: idOf(v.coupon_id),
    group: (v.group || 'all') as ContentDraft['group'],
    fleet_id: v.group === 'fleet' ? idOf(v.fleet_id) : null,
    mark: v.group === 'segment' && v.mark ? (v.mark as ContentDraft['mark']) : null,
    cities: (v.cities as string[] | undefined) ?? [],
    rank: v.rank == null || v.rank === '' ? 0 : Number(v.rank),
    from_ms: momentOf(v.from_ms),
    until_ms: momentOf(v.until_ms),
  }
}
