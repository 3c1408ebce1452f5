// Writes web/console/public/outlines/*.json: the outlines of provinces and of the cities of each, small
// enough to be loaded when the map is opened. Source: map/json of the npm package echarts 4.9.0
// (Apache-2.0, www.apache.org/licenses/LICENSE-2.0), unpacked in the folder that is given.
//   npm pack echarts@4.9.0 && tar xzf echarts-4.9.0.tgz && node scripts/outlines.mjs package
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(process.argv[2] ?? 'package', 'map', 'json')
const target = 'web/console/public/outlines'
mkdirSync(target, { recursive: true })

// The package packs each ring as differences of coordinates × 1024 in a string.
function ring(text, [x, y]) {
  const points = []
  for (let i = 0; i < text.length; i += 2) {
    const step = (at) => {
      const code = text.charCodeAt(at) - 64
      return (code >> 1) ^ -(code & 1)
    }
    x += step(i)
    y += step(i + 1)
    points.push([x / 1024, y / 1024])
  }
  return points
}

/** Leaves out points that lie within `slack` degrees of the line through their neighbours. */
function simpler(points, slack) {
  if (points.length < 5) return points
  const kept = new Set([0, points.length - 1])
  const split = (from, to) => {
    let [worst, place] = [0, -1]
    const [[x1, y1], [x2, y2]] = [points[from], points[to]]
    const length = Math.hypot(x2 - x1, y2 - y1)
    for (let i = from + 1; i < to; i += 1) {
      const [x, y] = points[i]
      const off = length ? Math.abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length : Math.hypot(x - x1, y - y1)
      if (off > worst) [worst, place] = [off, i]
    }
    if (worst <= slack) return
    kept.add(place)
    split(from, place)
    split(place, to)
  }
  split(0, points.length - 1)
  return points.filter((_, i) => kept.has(i))
}

function shapes(file, slack) {
  const { features } = JSON.parse(readFileSync(file, 'utf8'))
  return features.flatMap(({ properties, geometry }) => {
    if (!properties?.name || !geometry) return []
    const multi = geometry.type === 'MultiPolygon'
    const [parts, offsets] = multi ? [geometry.coordinates, geometry.encodeOffsets] : [[geometry.coordinates], [geometry.encodeOffsets]]
    const rings = parts.flatMap((part, i) => part.map((text, j) => simpler(typeof text === 'string' ? ring(text, offsets[i][j]) : text, slack)))
    const round = (value) => Math.round(value * 1000) / 1000
    return [{ name: properties.name, rings: rings.filter((r) => r.length > 3).map((r) => r.flatMap(([x, y]) => [round(x), round(y)])) }]
  })
}

const source = 'echarts 4.9.0 map/json, Apache-2.0'
const write = (name, data) => writeFileSync(join(target, `${name}.json`), `${JSON.stringify({ source, shapes: data })}\n`)
/** What the package adds to the map of the country in its code: the rings of `points`. */
function added(file) {
  const text = readFileSync(join(folder, '..', '..', 'lib', 'coord', 'geo', 'fix', file), 'utf8')
  const [, rings] = /var points = (\[\[\[.*?\]\]\])/s.exec(text)
  return JSON.parse(rings)
}

const flat = (rings, place) => rings.map((points) => points.flatMap(([x, y]) => place(x, y).map((value) => Math.round(value * 1000) / 1000)))
const country = shapes(join(folder, 'china.json'), 0.02)
country.find((shape) => shape.name === '台湾').rings.push(...flat(added('diaoyuIsland.js'), (x, y) => [x, y]))
// As printed maps of the country have it: the southern sea with its line in a box of its own, in the east.
country.push({ name: '南海诸岛', inset: true, rings: flat(added('nanhai.js'), (x, y) => [126 + x / 10.5, 25 - (y * 0.75) / 10.5]) })
write('china', country)
for (const file of readdirSync(join(folder, 'province'))) {
  const name = file.replace('.json', '')
  write(name, shapes(join(folder, 'province', file), 0.01))
}
