// The server's names of the fixed code lists and the pages' words are the same.
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import en from '@/locales/en'
import zh from '@/locales/zh-CN'

const source = readFileSync(new URL('../../../crates/model/src/dictionary.rs', import.meta.url), 'utf8')
/** Where the pages keep the words of a list under another name. */
const groups: Record<string, string> = { order_state: 'order', pile_kind: 'kind', connector_status: 'connector', card_status: 'card', customer_status: 'customer', feedback_state: 'feedback', invoice_state: 'invoice' }

describe('dictionary', () => {
  it('has the words of the pages', () => {
    let group = ''
    let count = 0
    for (const line of source.split('\n')) {
      const list = /^ {4}"(\w+)" ".*" ".*" \[/.exec(line)
      if (list) group = groups[list[1]!] ?? list[1]!
      const entry = /^ {8}"([\w.]+)" "(.*)" "(.*)",/.exec(line)
      if (!entry) continue
      const key = entry[1]!.replace(/\./g, '_')
      const words = (messages: object) => (messages as Record<string, Record<string, string>>)[group]?.[key]
      expect([words(zh), words(en)], `${group}.${key}`).toEqual([entry[2], entry[3]])
      count += 1
    }
    expect(count).toBeGreaterThan(120)
  })
})
