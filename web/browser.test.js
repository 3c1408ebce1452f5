// The check can fail: each kind of fault is found, and what Chrome 109 knows is not.
import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import test from 'node:test'
import { faultsOf, scriptFaults, styleFaults, weights } from './browser.js'

test('newer syntax is found, that of Chrome 109 is not', () => {
  assert.deepEqual(scriptFaults('a.js', 'class A { static { this.#b ??= 1n } static #b } export const c = [1].findLast((x) => x?.y); await 1'), [])
  assert.equal(scriptFaults('a.js', 'using x = open()').length, 1)
  assert.equal(scriptFaults('a.js', 'export const r = /[\\p{L}--a]/v').length, 1)
})
test('newer built-ins are found, and what is only named is not', () => {
  assert.equal(scriptFaults('index.js', '[1].toSorted(); Object.groupBy([], f); Promise.withResolvers()').length, 3)
  assert.equal(scriptFaults('index.js', 'const o = { toSorted: 1 }; o.toSorted; URL.canParse?.("x")').length, 0)
  assert.equal(scriptFaults('vendor-1.js', '[1].toSorted()').length, 0)
})
test('newer CSS is found, that of Chrome 109 is not', async () => {
  assert.deepEqual(await styleFaults('a.css', '.a:has(> b) { inset: 0; aspect-ratio: 1; gap: 4px } @container (width > 1px) { .b { color: red } }'), [])
  for (const css of ['.a { & .b { color: red } }', '.a { color: color-mix(in srgb, red, blue) }', '.a { color: light-dark(red, blue) }', '@starting-style { .a { opacity: 0 } }', '.a { text-wrap: balance }']) assert.notEqual((await styleFaults('a.css', css)).length, 0, css)
})
test('a folder with a fault fails, and weight is counted with what is imported', async () => {
  const dist = mkdtempSync(join(tmpdir(), 'pileops-browser-'))
  try {
    mkdirSync(join(dist, 'assets'))
    writeFileSync(join(dist, 'assets/a.js'), 'using x = 1')
    assert.equal((await faultsOf(dist)).length, 1)
    for (const [name, bytes] of [['e.js', 1000], ['v.js', 2000], ['p.js', 4000], ['s.js', 8000]]) writeFileSync(join(dist, 'assets', name), randomBytes(bytes))
    const at = (file, more) => ({ file: `assets/${file}`, ...more })
    const manifest = { 'index.html': at('e.js', { isEntry: true, imports: ['v'], dynamicImports: ['src/views/x/X.vue'] }), v: at('v.js'), 'src/views/x/X.vue': at('p.js', { imports: ['v', 's'] }), s: at('s.js', { imports: ['v'] }) }
    const { first, pages } = weights(dist, manifest)
    assert.ok(first.bytes >= 3000 && first.bytes < 3200, String(first.bytes))
    assert.ok(pages[0].bytes >= 12000 && pages[0].bytes < 12400, String(pages[0].bytes))
  } finally {
    rmSync(dist, { recursive: true })
  }
})
