/** Changes that follow each other within this are one step: a drag, a word that is typed. */
const APART_MS = 700
const MOST = 100

/** What a form was, step by step, so that one can go back. */
export class Steps {
  private past: string[] = []
  private latest = -Infinity

  /** The form was `before` until just now. */
  note(before: string, now: number): void {
    const follows = now - this.latest < APART_MS
    this.latest = now
    if (follows && this.past.length) return
    this.past = [...this.past.slice(1 - MOST), before]
  }

  /** What it was a step ago, and forgets that step. */
  back(): string | undefined {
    this.latest = -Infinity
    return this.past.pop()
  }

  get count(): number {
    return this.past.length
  }
}
