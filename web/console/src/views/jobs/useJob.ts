// What a person may do with a job, from the list and from its page.
import { computed, ref } from 'vue'
import { api, type Job } from '@/api'
import type { Field, FormValues } from '@/components/form'
import { spoken, t } from '@/i18n'
import { problemShow, told } from '@/problem'
import { queries } from '@/query'
import { may } from '@/session'

export function useJob() {
  const pausing = ref(false)
  const one = ref<Job | null>(null)
  const busy = ref(false)
  const why = computed(() => (may('job.write') ? undefined : t('pile.why_write')))
  const whyPause = (job: Job) => why.value ?? (job.always_on ? t('jobs.why_always') : undefined)
  const fields = computed<Field[]>(() => [{ key: 'reason', label: t('jobs.reason'), kind: 'text', required: true, wide: true, length: 200 }])
  const title = computed(() => (one.value ? t(one.value.paused ? 'jobs.resume_title' : 'jobs.pause_title', { name: spoken.value(one.value.title) }) : ''))

  const refresh = () => ['job_list', 'job', 'job_run_list'].forEach((name) => void queries.invalidateQueries({ queryKey: [name] }))
  async function start(job: Job) {
    if (busy.value) return
    busy.value = true
    try {
      await api.job_start(job.name)
      told(t('jobs.started', { name: spoken.value(job.title) }))
    } catch (error) {
      problemShow(error)
    } finally {
      busy.value = false
      refresh()
    }
  }
  function ask(job: Job) {
    one.value = job
    pausing.value = true
  }
  async function submit(v: FormValues) {
    const job = one.value!
    await api.job_update(job.name, { version: job.version, paused: !job.paused, reason: String(v.reason) })
    told(t(job.paused ? 'jobs.resumed' : 'jobs.paused_told', { name: spoken.value(job.title) }))
    refresh()
  }
  return { pausing, one, busy, why, whyPause, fields, title, start, ask, submit }
}
