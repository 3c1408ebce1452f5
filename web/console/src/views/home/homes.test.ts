import { describe, expect, it } from 'vitest'
import { cards, homeOf, homes, moved, shownCards } from '@/views/home/homes'

const roles = ['admin', 'operations', 'finance', 'service', 'technician', 'viewer']

describe('the cards of the home page', () => {
  it('each role begins with some, each of them once, and not all roles with the same', () => {
    for (const role of roles) {
      const own = homes[role]!
      expect(own.length, role).toBeGreaterThan(3)
      expect(new Set(own).size, role).toBe(own.length)
      expect(own, role).toContain('entries')
    }
    expect(new Set(Object.values(homes).map((h) => h.join())).size).toBe(roles.length)
    expect(homeOf('of-our-own')).toEqual(homes.operations)
  })
  it('what was kept is shown; what is unknown or doubled is not', () => {
    expect(shownCards(['todo', 'gone', 'todo', 'figures'], 'admin')).toEqual(['todo', 'figures'])
    expect(shownCards([], 'admin')).toEqual([])
    expect(shownCards(null, 'finance')).toEqual(homes.finance)
    expect(Object.keys(cards)).toContain('pinned')
  })
  it('a card moves to any place and no further', () => {
    expect(moved(['figures', 'states', 'now'], 'now', 0)).toEqual(['now', 'figures', 'states'])
    expect(moved(['figures', 'states', 'now'], 'figures', 9)).toEqual(['states', 'now', 'figures'])
    expect(moved(['figures', 'states'], 'figures', -1)).toEqual(['figures', 'states'])
  })
})
