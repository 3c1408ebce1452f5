import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from '@/locales/en'
import zh from '@/locales/zh-CN'

type Tree = { [key: string]: string | Tree }
const flat = (tree: Tree, at = ''): [string, string][] => Object.entries(tree).flatMap(([k, v]) => (typeof v === 'string' ? [[at + k, v] as [string, string]] : flat(v, `${at}${k}.`)))
const places = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
const sources = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]))

const chinese = new Map(flat(zh as Tree))
const english = new Map(flat(en as Tree))
const here = import.meta.dirname
const files = sources(here).filter((f) => /\.(vue|ts)$/.test(f) && !f.endsWith('.test.ts') && !f.includes('locales'))

describe('locales', () => {
  it('have the same keys and the same places for values', () => {
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
    for (const [key, text] of chinese) expect(places(english.get(key) ?? ''), key).toEqual(places(text))
  })
  it('have no empty text, and none that the message format would read as something else', () => {
    for (const [key, text] of [...chinese, ...english]) expect(text.trim() !== '' && !/[@|]/.test(text), key).toBe(true)
  })
  it('hold every word that pages show: no Chinese elsewhere', () => {
    for (const file of files) expect(/[\u3400-\u9fff]/.test(readFileSync(file, 'utf8')), file).toBe(false)
  })
  it('know every key that is written out in the pages', () => {
    const used = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bt\('([a-z_0-9]+(?:\.[a-z_0-9]+)+)'/g)].map((m) => [m[1]!, file] as const))
    expect(used.length).toBeGreaterThan(200)
    for (const [key, file] of used) expect(chinese.has(key), `${key} in ${file}`).toBe(true)
  })
})
