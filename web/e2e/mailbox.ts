// A mail server of the test's own: it takes every letter and keeps it.
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

export interface Letter {
  to: string[]
  /** As it came over the wire. */
  source: string
}

export class Mailbox {
  readonly letters: Letter[] = []
  private server?: Server

  async open(): Promise<number> {
    this.server = createServer((socket) => this.talk(socket))
    await new Promise<void>((ready) => this.server!.listen(0, '127.0.0.1', ready))
    return (this.server.address() as AddressInfo).port
  }
  close() {
    this.server?.close()
  }
  private talk(socket: Socket) {
    let [text, to, inside] = ['', [] as string[], false]
    const say = (line: string) => socket.write(`${line}\r\n`)
    say('220 mailbox')
    socket.on('error', () => undefined)
    socket.on('data', (bytes) => {
      text += bytes.toString('utf8')
      for (;;) {
        const end = inside ? text.indexOf('\r\n.\r\n') : text.indexOf('\r\n')
        if (end < 0) return
        const said = text.slice(0, end)
        text = text.slice(end + (inside ? 5 : 2))
        if (inside) {
          this.letters.push({ to, source: said })
          ;[inside, to] = [false, []]
          say('250 kept')
        } else if (/^(EHLO|HELO)/i.test(said)) say('250 mailbox')
        else if (/^RCPT TO:<(.+)>/i.test(said)) {
          to.push(/^RCPT TO:<(.+?)>/i.exec(said)![1]!)
          say('250 OK')
        } else if (/^DATA/i.test(said)) {
          inside = true
          say('354 go on')
        } else if (/^QUIT/i.test(said)) {
          say('221 bye')
          socket.end()
        } else say('250 OK')
      }
    })
  }
}

/** The first file of a letter, decoded. */
export function attachment(letter: Letter): Buffer | null {
  const part = /Content-Disposition: attachment[\s\S]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)/i.exec(letter.source)
  return part ? Buffer.from(part[1]!.replace(/\s/g, ''), 'base64') : null
}
