// How a failure is told to people: the server's own words first, ours where it could not speak.
import { ElMessage } from 'element-plus/es/components/message/index.mjs'
import { ApiError } from '@/api'
import { t } from '@/i18n'

export function problemText(error: unknown): string {
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

export function problemShow(error: unknown): void {
  ElMessage({ type: 'error', message: problemText(error), duration: 6000, showClose: true, grouping: true })
}
export function told(message: string, type: 'success' | 'warning' | 'info' = 'success'): void {
  ElMessage({ type, message, duration: 4000, showClose: true, grouping: true })
}
