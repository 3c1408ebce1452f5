// Who is signed in, and what that person may do.
import { reactive } from 'vue'
import { accountApi } from '@/api-account'
import { api, ApiError, type Permission, type Session } from '@/api'
import { brandLoad, brandPublicLoad } from '@/brand'
import { preferencesLoad, preferencesPause } from '@/preference'

export const session = reactive<{
  current: Session | null
  known: boolean
  /** The server does not know the session any more; the page stays, with what was typed into it. */
  ended: boolean
}>({ current: null, known: false, ended: false })

/** What the server asks of new passwords. */
export const passwordRule = () => ({ least: session.current?.password_least ?? 10, kinds: session.current?.password_kinds ?? 3 })

export const may = (permission: Permission): boolean => session.current?.permissions.includes(permission) ?? false

export interface Openable {
  permission?: Permission
  /** Concerns all operators: for the platform's own staff only. */
  platform?: boolean
}
export const mayOpen = (page: Openable): boolean => (!page.permission || may(page.permission)) && (!page.platform || session.current?.staff.operator_id == null)

/** Asks the server once who is signed in; a 401 is an answer, not an error. */
export async function sessionLoad(): Promise<void> {
  if (session.known) return
  try {
    session.current = await api.session_get()
    void preferencesLoad(session.current.staff.id)
    await brandLoad(session.current.staff.operator_id ?? null)
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error
    session.current = null
    await brandPublicLoad()
  }
  session.known = true
}

/** `code`: of two-step verification, where the account has it. */
export async function signIn(account: string, password: string, code?: string): Promise<void> {
  const opened = await api.session_create({ account, password, code: code || null })
  await signedIn(opened)
}

async function signedIn(opened: Session): Promise<void> {
  await brandLoad(opened.staff.operator_id ?? null)
  session.current = opened
  session.known = true
  session.ended = false
  void preferencesLoad(opened.staff.id)
}

/** Back from a provider of identities. */
export async function signInBack(id: number, code: string, state: string): Promise<void> {
  await signedIn(await accountApi.session_provider_confirm(id, { code, state }))
}

export async function signOut(): Promise<void> {
  await api.session_delete()
  sessionForget()
}

export function sessionForget(): void {
  preferencesPause()
  session.current = null
  session.ended = false
}
