import { expect, it } from 'vitest'
import { Steps } from '@/views/tariffs/steps'

it('goes back a step at a time; what was done in one go is one step', () => {
  const steps = new Steps()
  expect(steps.back()).toBeUndefined()
  steps.note('a', 0)
  steps.note('b', 100)
  steps.note('c', 799)
  steps.note('d', 1_499)
  expect(steps.count).toBe(2)
  expect([steps.back(), steps.back(), steps.back()]).toEqual(['d', 'a', undefined])
  steps.note('e', 1_500)
  expect(steps.back()).toBe('e')
})

it('keeps the last hundred', () => {
  const steps = new Steps()
  for (let n = 0; n < 150; n++) steps.note(String(n), n * 1_000)
  expect(steps.count).toBe(100)
  expect(steps.back()).toBe('149')
})
