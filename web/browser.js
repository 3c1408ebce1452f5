// Is what was compiled valid for Chrome 109, the last one of Windows 7, and light enough?
//   node browser.js [DIST]
// Syntax: acorn at the language of Chrome 109. Built-ins: names that came later. CSS: the data of caniuse.
// Weight: the closure of static imports in Vite's manifest, gzipped: what a page waits for.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { parse } from 'acorn'
import { full } from 'acorn-walk'
import DoIUse from 'doiuse'
import postcss from 'postcss'

const CHROME = 109
// Chrome 109 knows ES2022; acorn calls ES2022 13.
const LANGUAGE = 13
const KIB = 1024
const FIRST_MAX = 350 * KIB
const PAGE_MAX = 150 * KIB
// The charts come after the page can be used, as one chunk that all pages share.
const LATER_MAX = 210 * KIB

// Built-ins that are younger, with the Chrome that brought them. `where`: a method of values, or of a constructor.
const younger = {
  methods: { toSorted: 110, toReversed: 110, toSpliced: 110, isWellFormed: 111, toWellFormed: 111, transferToFixedLength: 114, symmetricDifference: 122, isSubsetOf: 122, isSupersetOf: 122, isDisjointFrom: 122, checkVisibility: 0, startViewTransition: 111, showPopover: 114, hidePopover: 114, togglePopover: 114 },
  statics: { 'Object.groupBy': 117, 'Map.groupBy': 117, 'Promise.withResolvers': 119, 'Promise.try': 128, 'Array.fromAsync': 121, 'URL.canParse': 120, 'URL.parse': 126, 'AbortSignal.any': 116, 'Iterator.from': 122, 'RegExp.escape': 136, 'Uint8Array.fromBase64': 140 },
}
// Named by a library, but not called in Chrome 109; each with its reason.
const uncalled = [
  { chunk: /vendor/, names: ['toSorted', 'toReversed', 'toSpliced'], why: "Vue's reactive arrays pass these on when a page calls them, and no page does: the other chunks are checked" },
  { chunk: /vendor/, names: ['startViewTransition'], why: 'the router asks first whether it is there' },
]

export function scriptFaults(name, text) {
  let tree
  try {
    tree = parse(text, { ecmaVersion: LANGUAGE, sourceType: 'module' })
  } catch (error) {
    return [`${name}: ${error.message}: not the language of Chrome ${CHROME}`]
  }
  const faults = new Set()
  full(tree, (node) => {
    if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression' || node.callee.computed || node.optional || node.callee.optional) return
    const { object, property } = node.callee
    const known = younger.methods[property.name]
    const whole = object.type === 'Identifier' ? `${object.name}.${property.name}` : ''
    const excused = uncalled.some((one) => one.chunk.test(name) && one.names.includes(property.name))
    if (known > CHROME && !excused) faults.add(`${name}: .${property.name}() came with Chrome ${known}`)
    if (younger.statics[whole] > CHROME) faults.add(`${name}: ${whole}() came with Chrome ${younger.statics[whole]}`)
  })
  return [...faults]
}

export async function styleFaults(name, text) {
  const faults = new Set()
  const check = new DoIUse({
    browsers: [`Chrome ${CHROME}`],
    onFeatureUsage: ({ feature, featureData, usage }) => {
      // Partly supported means that some corner is missing, seldom the one in use.
      if (featureData.missing) faults.add(`${name}:${usage.source?.start?.line}: ${featureData.title} (${feature}) is not in Chrome ${CHROME}: ${String(usage).slice(0, 80)}`)
    },
  })
  await postcss([check]).process(text, { from: undefined })
  // What the data does not name.
  for (const [what, since] of [[/@scope\b/, 118], [/@starting-style\b/, 117], [/color-mix\(/, 111], [/\bpopover-open\b/, 114], [/[{;]\s*text-wrap\s*:/, 114], [/light-dark\(/, 123], [/\banchor\(/, 125], [/\boklch\(|\boklab\(|[^-]\blch\(|[^-]\blab\(/, 111], [/@container\s+style\(/, 111], [/(^|[{};])\s*&[\s.:[]/, 112]]) if (what.test(text)) faults.add(`${name}: ${what.source} came with Chrome ${since}`)
  return [...faults]
}

const files = (folder) => readdirSync(folder, { recursive: true }).map(String)

export async function faultsOf(dist) {
  const faults = []
  for (const name of files(dist)) {
    if (name.endsWith('.js')) faults.push(...scriptFaults(name, readFileSync(join(dist, name), 'utf8')))
    if (name.endsWith('.css')) faults.push(...(await styleFaults(name, readFileSync(join(dist, name), 'utf8'))))
  }
  return faults
}

/** The weight of what is loaded first, of each page behind it, and of what comes later. */
export function weights(dist, manifest = JSON.parse(readFileSync(join(dist, '.vite/manifest.json'), 'utf8'))) {
  const size = (key) => gzipSync(readFileSync(join(dist, manifest[key].file)), { level: 9 }).length
  const closure = (key, seen = new Set()) => {
    if (seen.has(key)) return seen
    seen.add(key)
    for (const next of manifest[key].imports ?? []) closure(next, seen)
    return seen
  }
  const sum = (keys) => [...keys].reduce((total, key) => total + size(key), 0)
  const entry = Object.keys(manifest).find((key) => manifest[key].isEntry)
  const first = closure(entry)
  const beyond = (key) => [...closure(key)].filter((other) => !first.has(other))
  const deferred = new Set(Object.values(manifest).flatMap((chunk) => chunk.dynamicImports ?? []))
  const isPage = (key) => /\/views\//.test(key)
  const home = [...deferred].find((key) => /HomePage/.test(key))
  return {
    first: { name: 'first load, home page included', bytes: sum(first) + (home ? sum(beyond(home)) : 0), most: FIRST_MAX },
    pages: [...deferred].filter(isPage).map((key) => ({ name: key, bytes: sum(beyond(key)), most: PAGE_MAX })),
    later: [...deferred].filter((key) => !isPage(key)).map((key) => ({ name: key, bytes: sum(beyond(key)), most: LATER_MAX })),
  }
}

async function main(dist) {
  if (!existsSync(join(dist, '.vite/manifest.json'))) throw new Error(`${dist} was not built: npm run build`)
  const { first, pages, later } = weights(dist)
  const all = [first, ...pages.sort((a, b) => b.bytes - a.bytes), ...later]
  for (const { name, bytes, most } of all) process.stdout.write(`${(bytes / KIB).toFixed(1).padStart(7)} KiB of ${most / KIB}  ${name}\n`)
  const faults = await faultsOf(dist)
  for (const { name, bytes, most } of all) if (bytes > most) faults.push(`${name}: ${(bytes / KIB).toFixed(1)} KiB, more than ${most / KIB} KiB`)
  for (const fault of faults) process.stdout.write(`${fault}\n`)
  process.stdout.write(`browser: ${all.length + files(dist).filter((n) => /\.(js|css)$/.test(n)).length - faults.length} passed, ${faults.length} failed\n`)
  process.exitCode = faults.length ? 1 : 0
}
if (process.argv[1] === import.meta.filename) await main(process.argv[2] ?? join(import.meta.dirname, 'console/dist'))
