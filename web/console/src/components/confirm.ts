import { ElMessageBox } from 'element-plus/es/components/message-box/index.mjs'
import { t } from '@/i18n'

/** Asks with the name of the thing; true only after a clear yes. */
export async function confirmed(question: { title: string; text: string; action: string; danger?: boolean }): Promise<boolean> {
  try {
    await ElMessageBox.confirm(question.text, question.title, {
      confirmButtonText: question.action,
      cancelButtonText: t('act.cancel'),
      confirmButtonClass: question.danger ? 'el-button--danger' : '',
      type: question.danger ? 'warning' : undefined,
      autofocus: !question.danger,
      closeOnClickModal: false,
    })
    return true
  } catch {
    return false
  }
}
