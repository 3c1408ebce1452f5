// How strong and how large a spot of the heat is, and in which colours.
/** From calm to hot; the legend shows the same. */
export const HEAT_COLORS = ['#2b6cb0', '#1f9e89', '#8fd744', '#fde725', '#f98e09', '#c81e1e'] as const

/** A share as strength: small ones must be seen beside a giant. */
export const strength = (share: number): number => (share <= 0 ? 0 : 0.18 + 0.82 * Math.sqrt(Math.min(share, 1)))

/** Grows with the zoom, so that a city is more than a dot. */
export const radius = (zoom: number): number => Math.round(Math.min(60, Math.max(16, 10 + zoom * 3.2)))
