// What the tests share: signing in, watching the browser's console, finding piles by what they do.
import { expect, request, type Page } from '@playwright/test'
import type { components } from '../api/schema'

export type Pile = components['schemas']['Pile']
export type Order = components['schemas']['OrderDetail']
export interface Found {
  pile: Pile
  no: number
}

export const account = process.env.PILEOPS_ACCOUNT ?? 'admin'
export const password = process.env.PILEOPS_PASSWORD ?? ''
/** What the owner of a fresh installation chooses instead of what it has printed. */
export const ownPassword = 'Stromschiene-2083!'

/** Everything that the browser complains of; a 401 while nobody is signed in is an answer, not a fault. */
export function complaints(page: Page): string[] {
  const list: string[] = []
  page.on('pageerror', (error) => list.push(`page error: ${error.message}`))
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 401/.test(message.text())) list.push(message.text())
  })
  return list
}

/** Each test begins with the console as it comes: another may have chosen a language or hidden a card. */
async function preferencesForget(): Promise<void> {
  const api = await request.newContext({ baseURL: process.env.PILEOPS_URL ?? 'http://127.0.0.1:8080', extraHTTPHeaders: { 'X-Requested-With': 'pileops' } })
  const signed = await api.post('/api/v1/session', { data: { account, password } })
  expect(signed.ok()).toBe(true)
  const { items } = (await (await api.get('/api/v1/preferences')).json()) as components['schemas']['PreferenceList']
  for (const { key } of items) await api.delete(`/api/v1/preferences/${key}`)
  await api.delete('/api/v1/session')
  await api.dispose()
}

export async function signIn(page: Page, { keep = false } = {}): Promise<void> {
  if (!keep) await preferencesForget()
  await page.goto('/sign-in')
  await page.getByLabel('账号', { exact: true }).fill(account)
  await page.getByLabel('密码', { exact: true }).fill(password)
  await page.keyboard.press('Enter')
  await expect(page.getByRole('navigation', { name: '主菜单' })).toBeVisible()
}

/** A password that somebody else has given is changed by its owner before anything else goes. */
export async function passwordOwn(account: string, given: string, own: string): Promise<void> {
  const api = await request.newContext({ baseURL: process.env.PILEOPS_URL ?? 'http://127.0.0.1:8080', extraHTTPHeaders: { 'X-Requested-With': 'pileops' } })
  expect((await api.post('/api/v1/session', { data: { account, password: given } })).ok()).toBe(true)
  expect((await api.put('/api/v1/session/password', { data: { current_password: given, new_password: own } })).ok()).toBe(true)
  await api.delete('/api/v1/session')
  await api.dispose()
}

export async function shot(page: Page, name: string): Promise<void> {
  const folder = process.env.PILEOPS_SHOTS
  if (!folder) return
  // Let the charts and the entering transitions come to rest.
  await page.waitForTimeout(600)
  await page.screenshot({ path: `${folder}/${name}.png` })
}

async function get<T>(page: Page, path: string): Promise<T> {
  const answer = await page.request.get(path)
  expect(answer.ok(), `${path}: ${answer.status()}`).toBe(true)
  return (await answer.json()) as T
}

export const orderGet = (page: Page, id: number): Promise<Order> => get(page, `/api/v1/orders/${id}`)

export async function orderListed(page: Page, id: number): Promise<components['schemas']['Order']> {
  const { items } = await get<components['schemas']['OrderList']>(page, '/api/v1/orders?state=charging&limit=200')
  const found = items.find((order) => order.id === id)
  if (!found) throw new Error(`order ${id} is not among the charging ones`)
  return found
}

/** Free connectors of a protocol on line; a car is plugged in when the start reaches the pile. */
export async function startable(page: Page, protocol: RegExp): Promise<Found[]> {
  const found: Found[] = []
  const { items } = await get<{ items: Pile[] }>(page, '/api/v1/piles?state=available&online=true&lifecycle=enabled&limit=100')
  for (const pile of items.filter((p) => protocol.test(p.protocol)))
    for (const c of pile.connectors) if (pile.online && c.status === 'available' && c.order_id == null) found.push({ pile, no: c.no })
  return found
}

/** "1,234.56 kWh" → 1234.56 */
export const number = (text: string | null): number => Number((text ?? '').replace(/[^\d.-]/g, ''))

/** Where the menu leads this person. */
export async function menuPages(page: Page): Promise<string[]> {
  const links = page.getByRole('navigation', { name: /主菜单|Main menu/ }).getByRole('link')
  await expect(links.first()).toBeVisible()
  const paths = (await links.evaluateAll((all) => all.map((a) => a.getAttribute('href') ?? ''))).filter((path) => path.startsWith('/'))
  expect(paths.filter((path, place) => paths.indexOf(path) !== place), 'pages that stand in the menu twice').toEqual([])
  return paths
}

/** One thing behind the list that is open, where it opens things; its rows may still be on their way. */
export const thingBehind = (page: Page, path: string): Promise<string | null> => page.locator(`main a[href^="${path}/"]`).first().getAttribute('href', { timeout: 800 }).catch(() => null)

/** And one thing behind each list that opens things. */
export async function everyPage(page: Page): Promise<string[]> {
  const paths = await menuPages(page)
  const behind: string[] = []
  for (const path of paths) {
    if (path === '/') continue
    await page.goto(path)
    await page.locator('main .card').first().waitFor()
    await expect(page.locator('main .el-skeleton')).toHaveCount(0)
    const href = await thingBehind(page, path)
    if (href) behind.push(href)
  }
  return [...new Set([...paths, ...behind])]
}
