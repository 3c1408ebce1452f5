// Whether a person sits in front of the page. What the page fetches by itself says so in a header, so
// that a screen that nobody looks at does not keep its session alive for ever.
const JUST_NOW_MS = 5_000

export class Presence {
  private actedAt: number
  private reportedAt: number

  constructor(now: number) {
    // A page does not open by itself.
    this.actedAt = now
    this.reportedAt = now - 1
  }

  acted(now: number): void {
    this.actedAt = now
  }

  /** When the server was last told that somebody is there. */
  usedAt(): number {
    return this.reportedAt
  }

  /** Somebody has done something that the server was not told of yet. */
  actedSinceUse(): boolean {
    return this.actedAt > this.reportedAt
  }

  /** Asked once for each request: true when nobody has done anything since the last that was not. */
  isBackground(now: number): boolean {
    if (now - this.actedAt > JUST_NOW_MS && this.actedAt <= this.reportedAt) return true
    this.reportedAt = now
    return false
  }
}

export const presence = new Presence(Date.now())

export function presenceWatch(): void {
  const acted = () => presence.acted(Date.now())
  for (const kind of ['pointerdown', 'keydown', 'wheel', 'touchstart']) window.addEventListener(kind, acted, { passive: true, capture: true })
  // Somebody turned to this page.
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) acted()
  })
}
