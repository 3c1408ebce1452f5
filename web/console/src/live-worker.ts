// The shared worker that holds the one event stream of this browser.
import { LiveHub, type Said } from '@/live-hub'
import { signedIn } from '@/live-outside'

const hub = new LiveHub({ stream: (url) => new EventSource(url), signedIn, now: () => Date.now() })
setInterval(() => hub.sweep(), 30_000)

declare const self: { onconnect: ((event: MessageEvent) => void) | null }
self.onconnect = (event) => {
  const port = event.ports[0]
  if (!port) return
  const say = hub.join((told) => port.postMessage(told))
  port.onmessage = (message: MessageEvent<Said>) => say(message.data)
}
