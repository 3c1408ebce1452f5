// A dangerous act that the server wants proven again: the person is asked once, and the request is sent once more.
import { reactive } from 'vue'

export const proof = reactive<{ open: boolean }>({ open: false })
let waiting: ((proven: boolean) => void)[] = []

/** Asks for the password or a code; true when the server has taken it. Many requests wait for one answer. */
function ask(): Promise<boolean> {
  proof.open = true
  return new Promise((done) => waiting.push(done))
}
export function proofEnd(proven: boolean): void {
  proof.open = false
  const all = waiting
  waiting = []
  for (const done of all) done(proven)
}

export async function sendProven(request: Request): Promise<Response> {
  // Files are not sent twice; none of the dangerous acts has one.
  const file = request.headers.get('Content-Type')?.includes('json') === false
  if (file || request.url.endsWith('/session/proof')) return fetch(request)
  const again = request.clone()
  const answer = await fetch(request)
  if (answer.status !== 403) return answer
  const body = (await answer.clone().json().catch(() => null)) as { code?: string } | null
  return body?.code === 'session.proof_needed' && (await ask()) ? fetch(again) : answer
}
