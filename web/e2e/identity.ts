// A small provider of OpenID Connect: a page on which somebody says who they are, a code that is good once, and a
// token that is signed. It trusts nobody: the address to return to, the client, its secret and the proof of the
// browser (PKCE) must be right.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

interface Asked {
  person: string
  nonce: string
  challenge: string
  redirect: string
}
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

export class Identity {
  readonly client = 'pileops'
  readonly secret = 'e2e: a secret/of its own'
  /** Whom the page offers. */
  people: string[] = []
  /** Why somebody was turned away here. */
  readonly refused: string[] = []
  private readonly codes = new Map<string, Asked>()
  private readonly key: KeyObject
  private readonly jwk: object
  private readonly server: Server

  constructor(private readonly redirect: string) {
    const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    this.key = pair.privateKey
    this.jwk = { ...pair.publicKey.export({ format: 'jwk' }), use: 'sig', kid: 'one' }
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async open(): Promise<void> {
    await new Promise<void>((opened) => this.server.listen(0, '127.0.0.1', opened))
  }
  close(): void {
    this.server.close()
    this.server.closeAllConnections()
  }
  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/realm`
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.issuer)
    const json = (body: unknown, status = 200) => response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
    switch (url.pathname) {
      case '/realm/.well-known/openid-configuration':
        return void json({ issuer: this.issuer, authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token`, jwks_uri: `${this.issuer}/keys` })
      case '/realm/keys':
        return void json({ keys: [this.jwk] })
      case '/realm/authorize':
        return this.page(url, response)
      case '/realm/token':
        return this.token(request, json)
      // A browser asks every site for its little picture.
      case '/favicon.ico':
        return void response.writeHead(204).end()
      default:
        response.writeHead(404).end()
    }
  }

  /** Where a person signs in at the provider. */
  private page(url: URL, response: ServerResponse): void {
    const asked = (name: string) => url.searchParams.get(name) ?? ''
    if (asked('redirect_uri') !== this.redirect || asked('client_id') !== this.client || asked('code_challenge_method') !== 'S256') {
      this.refused.push(url.search)
      response.writeHead(400).end('not registered')
      return
    }
    const ways = this.people.map((person) => {
      const code = randomBytes(12).toString('hex')
      this.codes.set(code, { person, nonce: asked('nonce'), challenge: asked('code_challenge'), redirect: asked('redirect_uri') })
      const back = new URL(this.redirect)
      back.search = new URLSearchParams({ code, state: asked('state') }).toString()
      return `<p><a href="${back.href.replaceAll('&', '&amp;')}">${person}</a></p>`
    })
    response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' }).end(`<!doctype html><html lang="zh"><title>集团认证中心</title><h1>集团认证中心</h1>${ways.join('')}</html>`)
  }

  private async token(request: IncomingMessage, json: (body: unknown, status?: number) => void): Promise<void> {
    let body = ''
    for await (const piece of request) body += String(piece)
    const form = new URLSearchParams(body)
    const asked = this.codes.get(form.get('code') ?? '')
    this.codes.delete(form.get('code') ?? '')
    const shown = Buffer.from((request.headers.authorization ?? '').replace(/^Basic /, ''), 'base64').toString()
    // Each half is written as in a form (RFC 6749 2.3.1).
    const client = new URLSearchParams(`client=${shown.split(':')[0]}&secret=${shown.split(':')[1]}`)
    const proof = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url')
    if (!asked || proof !== asked.challenge || form.get('redirect_uri') !== asked.redirect || client.get('client') !== this.client || client.get('secret') !== this.secret) {
      this.refused.push(body)
      return json({ error: 'invalid_grant' }, 400)
    }
    const now = Math.floor(Date.now() / 1000)
    const claims = { iss: this.issuer, aud: this.client, sub: `id of ${asked.person}`, preferred_username: asked.person, name: asked.person, nonce: asked.nonce, iat: now, exp: now + 300 }
    const message = `${encoded({ alg: 'ES256', kid: 'one', typ: 'JWT' })}.${encoded(claims)}`
    const signature = sign('sha256', Buffer.from(message), { key: this.key, dsaEncoding: 'ieee-p1363' }).toString('base64url')
    json({ access_token: 'none', token_type: 'Bearer', id_token: `${message}.${signature}` })
  }
}
