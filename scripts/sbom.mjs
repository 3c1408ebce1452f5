// What the executable and its pages are made of, as CycloneDX 1.5. Reads the answer of `cargo metadata` and writes
// the components of Rust; with --check FILE… holds that such files are whole.
import { readFileSync } from 'node:fs'

const fail = (why) => {
  process.stderr.write(`sbom: ${why}\n`)
  process.exit(1)
}

/** `MIT/Apache-2.0` is an old spelling of a choice. */
const expression = (license) => license.replace(/\s*\/\s*/g, ' OR ')

/** The packages that are in the executable: reached from it otherwise than for tests. */
function shipped(metadata, root) {
  const nodes = new Map(metadata.resolve.nodes.map((node) => [node.id, node]))
  const seen = new Set()
  const next = [root]
  while (next.length) {
    const id = next.pop()
    if (seen.has(id)) continue
    seen.add(id)
    for (const dep of nodes.get(id)?.deps ?? []) {
      if (dep.dep_kinds.some((one) => one.kind !== 'dev')) next.push(dep.pkg)
    }
  }
  return seen
}

function rust(metadata, checksums) {
  const server = metadata.packages.find((one) => one.name === 'pileops-server')
  if (!server) fail('there is no package pileops-server in what cargo metadata tells')
  const inside = shipped(metadata, server.id)
  const ref = (one) => `pkg:cargo/${one.name}@${one.version}`
  const byId = new Map(metadata.packages.map((one) => [one.id, one]))
  const components = metadata.packages
    .filter((one) => one.id !== server.id)
    .map((one) => {
      const sum = checksums.get(`${one.name}@${one.version}`)
      return {
        type: 'library',
        'bom-ref': ref(one),
        name: one.name,
        version: one.version,
        purl: ref(one),
        scope: inside.has(one.id) ? 'required' : 'excluded',
        ...(sum ? { hashes: [{ alg: 'SHA-256', content: sum }] } : {}),
        licenses: one.license ? [{ expression: expression(one.license) }] : [{ license: { name: `see ${one.license_file ?? 'its source'}` } }],
        ...(one.repository ? { externalReferences: [{ type: 'vcs', url: one.repository }] } : {}),
      }
    })
    .sort((a, b) => (a.purl < b.purl ? -1 : 1))
  const dependencies = metadata.resolve.nodes
    .filter((node) => byId.has(node.id))
    .map((node) => ({ ref: ref(byId.get(node.id)), dependsOn: [...new Set(node.deps.map((dep) => ref(byId.get(dep.pkg))))].sort() }))
    .sort((a, b) => (a.ref < b.ref ? -1 : 1))
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.5.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: { type: 'application', 'bom-ref': ref(server), name: 'pileops', version: server.version, purl: ref(server), licenses: [{ expression: server.license }] },
    },
    components,
    dependencies,
  }
}

/** Name@version to checksum, of Cargo.lock. */
function lockOf(text) {
  const all = new Map()
  for (const part of text.split('[[package]]').slice(1)) {
    const of = (key) => new RegExp(`^${key} = "([^"]*)"$`, 'm').exec(part)?.[1]
    all.set(`${of('name')}@${of('version')}`, of('checksum'))
  }
  return all
}

function check(file, locked) {
  const bom = JSON.parse(readFileSync(file, 'utf8'))
  if (bom.bomFormat !== 'CycloneDX' || !/^1\.[5-9]$/.test(bom.specVersion)) fail(`${file} is no CycloneDX 1.5 or later`)
  const refs = new Set([bom.metadata?.component?.['bom-ref']])
  for (const one of bom.components ?? []) {
    if (!one.name || !one.version || !/^pkg:(cargo|npm)\//.test(one.purl ?? '')) fail(`${file}: a component without name, version or purl: ${JSON.stringify(one).slice(0, 200)}`)
    if (!one.licenses?.length) fail(`${file}: ${one.purl} has no licence`)
    if (refs.has(one['bom-ref'])) fail(`${file}: ${one['bom-ref']} comes twice`)
    refs.add(one['bom-ref'])
  }
  if (refs.size < 50) fail(`${file}: only ${refs.size} components`)
  for (const edge of bom.dependencies ?? []) {
    for (const to of [edge.ref, ...(edge.dependsOn ?? [])]) if (!refs.has(to)) fail(`${file}: ${to} is needed and not listed`)
  }
  if (locked) {
    const listed = new Set([...refs].map((one) => one.replace('pkg:cargo/', '')))
    for (const [key, sum] of locked) {
      // Of other systems than this one, or of no use to it: in the lock file, and in no build here.
      if (sum && !listed.has(key)) fail(`${file}: ${key} of Cargo.lock is missing`)
    }
  }
  return refs.size
}

const [word, ...files] = process.argv.slice(2)
const lock = lockOf(readFileSync(new URL('../Cargo.lock', import.meta.url), 'utf8'))
if (word === '--check') {
  for (const file of files) process.stdout.write(`==> ${file}: ${check(file, file.includes('rust') ? lock : null)} components\n`)
} else {
  process.stdout.write(`${JSON.stringify(rust(JSON.parse(readFileSync(0, 'utf8')), lock), null, 1)}\n`)
}
