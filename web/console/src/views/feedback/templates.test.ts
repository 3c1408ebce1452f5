import { expect, test } from 'vitest'
import { templateFilled, templatesFor } from '@/views/feedback/templates'

const of = (id: number, category: string | null) => ({ id, category, name: String(id), text: '', version: 1, changed_at_ms: 0, changed_by: '' })

test('those of the category come first, those for all next, others are kept apart', () => {
  const { fit, other } = templatesFor([of(1, null), of(2, 'bill'), of(3, 'slow')], 'bill')
  expect(fit.map((one) => one.id)).toEqual([2, 1])
  expect(other.map((one) => one.id)).toEqual([3])
})

test('places are filled in, and nothing else is touched', () => {
  const known = { no: 'F1', name: '$& {no}', order_no: '20', station: 'S' }
  expect(templateFilled('{name}: {no} {order_no} {station} {phone}', known)).toBe('$& {no}: F1 20 S {phone}')
})
