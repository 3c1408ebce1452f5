// The calls of revenue sharing, through the same door as all others.
import { byId, http, list, take, v, type BodyOf, type ListQuery, type QueryOf } from '@/api'

export const sharingApi = {
  payee_list: (query: ListQuery) => take(http.GET(`${v}/payees`, list<'payee_list'>(query))),
  payee_get: (id: number) => take(http.GET(`${v}/payees/{id}`, byId(id))),
  payee_create: (body: BodyOf<'payee_create'>) => take(http.POST(`${v}/payees`, { body })),
  payee_update: (id: number, body: BodyOf<'payee_update'>) => take(http.PATCH(`${v}/payees/{id}`, { ...byId(id), body })),
  payee_reveal: (id: number) => take(http.POST(`${v}/payees/{id}/reveal`, byId(id))),
  sharing_rule_list: (query: ListQuery) => take(http.GET(`${v}/sharing-rules`, list<'sharing_rule_list'>(query))),
  sharing_rule_create: (body: BodyOf<'sharing_rule_create'>) => take(http.POST(`${v}/sharing-rules`, { body })),
  sharing_rule_update: (id: number, body: BodyOf<'sharing_rule_update'>) => take(http.PATCH(`${v}/sharing-rules/{id}`, { ...byId(id), body })),
  sharing_rule_delete: (id: number) => take(http.DELETE(`${v}/sharing-rules/{id}`, byId(id))),
  sharing_period_list: (query: ListQuery) => take(http.GET(`${v}/sharing-periods`, list<'sharing_period_list'>(query))),
  sharing_period_get: (id: number) => take(http.GET(`${v}/sharing-periods/{id}`, byId(id))),
  sharing_period_start: (body: BodyOf<'sharing_period_start'>) => take(http.POST(`${v}/sharing-periods`, { body })),
  sharing_period_confirm: (id: number, body: BodyOf<'sharing_period_confirm'>) => take(http.POST(`${v}/sharing-periods/{id}/confirmation`, { ...byId(id), body })),
  sharing_order_list: (id: number, query: ListQuery) => take(http.GET(`${v}/sharing-periods/{id}/orders`, { params: { path: { id }, query: query as QueryOf<'sharing_order_list'> } })),
  sharing_line_list: (query: ListQuery) => take(http.GET(`${v}/sharing-lines`, list<'sharing_line_list'>(query))),
  sharing_statement_list: (query: ListQuery) => take(http.GET(`${v}/sharing-statements`, list<'sharing_statement_list'>(query))),
  sharing_statement_fetch: (id: number) => take<Blob>(http.GET(`${v}/sharing-statements/{id}/paper`, { ...byId(id), parseAs: 'blob' })),
  sharing_payout_create: (id: number, body: BodyOf<'sharing_payout_create'>) => take(http.POST(`${v}/sharing-statements/{id}/payout`, { ...byId(id), body })),
  sharing_proposal_update: (id: number, body: BodyOf<'sharing_proposal_update'>) => take(http.POST(`${v}/sharing-proposals/{id}/decision`, { ...byId(id), body })),
}
