// How a failure is told to people: the server's own words first, ours where it could not speak.
import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import { h } from 'vue'
import { ApiError } from '@/api'
import { copyText } from '@/clipboard'
import { t } from '@/i18n'

/** The sentence alone. */
export function problemWords(error: unknown): string {
  if (!(error instanceof ApiError)) return t('problem.unexpected')
  if (error.message) return error.message
  if (error.status === 0) return t('problem.link')
  if (error.status === 401) return t('problem.signed_out')
  if (error.status === 403) return t('problem.denied')
  if (error.status === 404) return t('problem.not_found')
  if (error.status === 429) return t('problem.limited')
  if (error.status === 502 || error.status === 503 || error.status === 504) return t('problem.unavailable')
  return t('problem.fault')
}

/** Under which id the server's log tells of it. */
export function problemTrace(error: unknown): string | null {
  return error instanceof ApiError ? error.traceId : null
}
/** Of a fault of ours: whoever reports it shall be able to say which one it was. */
const faultTrace = (error: unknown) => (error instanceof ApiError && error.status >= 500 ? error.traceId : null)

/** The sentence, and behind that of a fault its id. */
export function problemText(error: unknown): string {
  const trace = faultTrace(error)
  return trace ? `${problemWords(error)} ${t('problem.trace')} ${trace}` : problemWords(error)
}

export function problemShow(error: unknown): void {
  const trace = faultTrace(error)
  if (!trace) return void ElMessage({ type: 'error', message: problemText(error), duration: 6000, showClose: true, grouping: true })
  const copy = h('button', { type: 'button', class: 'problem-copy', onClick: () => void copyText(trace) }, t('problem.trace_copy'))
  const message = h('p', { class: 'el-message__content' }, [problemText(error), ' ', copy])
  ElMessage({ type: 'error', message, duration: 12_000, showClose: true })
}
export function told(message: string, type: 'success' | 'warning' | 'info' = 'success'): void {
  ElMessage({ type, message, duration: 4000, showClose: true, grouping: true })
}
