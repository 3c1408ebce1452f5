// The calls about one's own account, through the same door as all others.
import { byId, http, take, v, type BodyOf } from '@/api'

export const accountApi = {
  session_list: () => take(http.GET(`${v}/sessions`)),
  session_stop: (id: string) => take(http.DELETE(`${v}/sessions/{id}`, { params: { path: { id } } })),
  session_others_stop: () => take(http.DELETE(`${v}/sessions`)),
  session_proof_create: (body: BodyOf<'session_proof_create'>) => take(http.POST(`${v}/session/proof`, { body })),
  second_factor_get: () => take(http.GET(`${v}/session/second-factor`)),
  second_factor_start: () => take(http.POST(`${v}/session/second-factor`)),
  second_factor_confirm: (body: BodyOf<'second_factor_confirm'>) => take(http.POST(`${v}/session/second-factor/confirmation`, { body })),
  second_factor_delete: () => take(http.DELETE(`${v}/session/second-factor`)),
  recovery_code_create: () => take(http.POST(`${v}/session/recovery-codes`)),
  second_factor_cancel: (id: number, body: BodyOf<'second_factor_cancel'>) => take(http.POST(`${v}/staff/{id}/second-factor/reset`, { ...byId(id), body })),
  administrator_split_create: (body: BodyOf<'administrator_split_create'>) => take(http.POST(`${v}/administrators`, { body })),
  identity_provider_list: () => take(http.GET(`${v}/identity-providers`)),
  identity_provider_create: (body: BodyOf<'identity_provider_create'>) => take(http.POST(`${v}/identity-providers`, { body })),
  identity_provider_update: (id: number, body: BodyOf<'identity_provider_update'>) => take(http.PUT(`${v}/identity-providers/{id}`, { ...byId(id), body })),
  identity_provider_delete: (id: number) => take(http.DELETE(`${v}/identity-providers/{id}`, byId(id))),
  session_provider_list: () => take(http.GET(`${v}/session/providers`)),
  session_provider_start: (id: number) => take(http.POST(`${v}/session/providers/{id}`, byId(id))),
  session_provider_confirm: (id: number, body: BodyOf<'session_provider_confirm'>) => take(http.POST(`${v}/session/providers/{id}/confirmation`, { ...byId(id), body })),
  token_list: () => take(http.GET(`${v}/tokens`)),
  token_create: (body: BodyOf<'token_create'>) => take(http.POST(`${v}/tokens`, { body })),
  token_delete: (id: string) => take(http.DELETE(`${v}/tokens/{id}`, { params: { path: { id } } })),
}
