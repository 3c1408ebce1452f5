// The call for whoever looks after the machine, through the same door as all others.
import { http, take, v } from '@/api'

export const supportApi = {
  support_fetch: () => take<Blob>(http.POST(`${v}/support`, { parseAs: 'blob' })),
}
