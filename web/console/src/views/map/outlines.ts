// The outlines that come with the product, so that the map needs no internet: the country at once, the
// cities of a province when it is looked at.
interface Shape {
  name: string
  /** x, y, x, y … in degrees. */
  rings: number[][]
  inset?: boolean
}
export interface Outline {
  name: string
  /** A box beside the map, as printed maps have it for the southern sea: what is in it is not really there. */
  inset?: boolean
  rings: [number, number][][]
}

const files: Record<string, string> = {
  11: 'beijing', 12: 'tianjin', 13: 'hebei', 14: 'shanxi', 15: 'neimenggu', 21: 'liaoning', 22: 'jilin', 23: 'heilongjiang', 31: 'shanghai', 32: 'jiangsu', 33: 'zhejiang', 34: 'anhui', 35: 'fujian', 36: 'jiangxi', 37: 'shandong', 41: 'henan', 42: 'hubei', 43: 'hunan',
  44: 'guangdong', 45: 'guangxi', 46: 'hainan', 50: 'chongqing', 51: 'sichuan', 52: 'guizhou', 53: 'yunnan', 54: 'xizang', 61: 'shanxi1', 62: 'gansu', 63: 'qinghai', 64: 'ningxia', 65: 'xinjiang', 71: 'taiwan', 81: 'xianggang', 82: 'aomen',
}

/** Leaflet wants latitude first. */
export function ringRead(flat: number[]): [number, number][] {
  const points: [number, number][] = []
  for (let i = 0; i + 1 < flat.length; i += 2) points.push([flat[i + 1]!, flat[i]!])
  return points
}

async function load(name: string): Promise<Outline[]> {
  const answer = await fetch(`/outlines/${name}.json`)
  if (!answer.ok) return []
  const { shapes } = (await answer.json()) as { shapes: Shape[] }
  return shapes.map((s) => ({ name: s.name, inset: s.inset, rings: s.rings.map(ringRead) }))
}

export const country = (): Promise<Outline[]> => load('china')
/** By the first two digits of the province's administrative code. */
export const province = (code: string): Promise<Outline[]> => (files[code] ? load(files[code]) : Promise.resolve([]))
