// The overview, fetched again when something has changed and, for what only memory knows, every few seconds.
import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { monitorApi } from '@/api-monitor'
import { live } from '@/live'
import { useNow } from '@/now'
import { may } from '@/session'

export function useOverview() {
  const { data, error, dataUpdatedAt, refetch } = useQuery({ queryKey: ['overview'], queryFn: () => monitorApi.overview_get(), refetchInterval: 10_000 })
  const { data: alarms } = useQuery({ queryKey: ['alarm_list', 'ticker'], queryFn: () => monitorApi.alarm_list({ state: 'open', limit: 30 }), enabled: computed(() => may('alarm.read')), refetchInterval: 30_000 })
  const now = useNow()
  // Old figures must not be taken for those of now.
  const stale = computed(() => data.value != null && now.value - dataUpdatedAt.value > 60_000)
  const connected = computed(() => live.state === 'on' && !stale.value)
  return { data, error, refetch, alarms: computed(() => alarms.value?.items ?? []), now, stale, connected, at: dataUpdatedAt }
}
