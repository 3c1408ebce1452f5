// The calls of the guided first run, through the same door as all others.
import { http, take, v } from '@/api'
import type { components } from '@contract'

export type FirstRun = components['schemas']['FirstRunView']

export const firstRunApi = {
  first_run_get: () => take(http.GET(`${v}/first-run`)),
  first_run_dismiss: () => take(http.PUT(`${v}/first-run/dismissal`)),
}
