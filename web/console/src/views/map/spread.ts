// Markers at one and the same place lie on a circle around it, so that each can be seen and pressed.
interface Placed {
  id: number
  longitude_e6: number | null
  latitude_e6: number | null
}

/** By how many pixels each is moved; the one that is alone is not. */
export function spread(stations: readonly Placed[], radius = 24): Map<number, [number, number]> {
  const places = new Map<string, number[]>()
  for (const s of stations) {
    if (s.longitude_e6 == null || s.latitude_e6 == null) continue
    const key = `${Math.round(s.longitude_e6 / 10)},${Math.round(s.latitude_e6 / 10)}`
    places.set(key, [...(places.get(key) ?? []), s.id])
  }
  const moved = new Map<number, [number, number]>()
  for (const ids of places.values()) {
    // More of them need a larger circle.
    const far = ids.length > 1 ? Math.max(radius, (ids.length * 36) / (2 * Math.PI)) : 0
    ids.forEach((id, i) => {
      const angle = (2 * Math.PI * i) / ids.length - Math.PI / 2
      moved.set(id, [Math.round(far * Math.cos(angle)) + 0, Math.round(far * Math.sin(angle)) + 0])
    })
  }
  return moved
}
