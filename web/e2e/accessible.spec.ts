// Every page of the menu, and one thing behind each list: no serious finding of axe, reachable by keys, and
// nothing lost at 150 % of 1366×768.
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type BrowserContext, type Page } from '@playwright/test'
import { menuPages, signIn, thingBehind } from './console'

// A trace of so many pages takes longer than the walk.
test.use({ trace: 'off' })

const RULES = { light: { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }, dark: { runOnly: { type: 'rule' as const, values: ['color-contrast'] } } }

// Beside other work a page takes its time.
const PATIENT = { timeout: 45_000 }
const MENU = 'nav[aria-label="主菜单"]'

/** In the dark only the colours differ. The menu is the same beside every page: it is looked at with the first. */
async function findings(page: Page, theme: keyof typeof RULES, menu: boolean): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode().options(RULES[theme])
  const { violations } = await (menu ? axe : axe.exclude(MENU)).analyze()
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').flatMap((v) => v.nodes.map((n) => `${new URL(page.url()).pathname} ${theme} ${v.id}: ${n.target.join(' ')} ${n.any[0]?.message ?? ''}`))
}
async function rest(page: Page, path: string) {
  await page.goto(path)
  await page.locator('main .card, .sign-in').first().waitFor(PATIENT)
  await expect(page.locator('main .el-skeleton')).toHaveCount(0, PATIENT)
}
async function lightAndDark(page: Page, menu: boolean): Promise<string[]> {
  const light = await findings(page, 'light', menu)
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' })
  await expect(page.locator('html')).toHaveClass(/dark/, PATIENT)
  const dark = await findings(page, 'dark', menu)
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  return [...light, ...dark]
}
/** What sticks out to the side at 150 % of 1366×768; what scrolls within itself is not lost. */
async function lost(page: Page): Promise<string[]> {
  const size = page.viewportSize()!
  await page.setViewportSize({ width: 911, height: 512 })
  await page.waitForTimeout(300)
  const out = await page.evaluate(() => {
    const scrolls = (e: Element | null): boolean => !!e && (/(auto|scroll|hidden)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement))
    const wide = Array.from(document.querySelectorAll('main *')).filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement))
    return wide.slice(0, 3).map((e) => `${location.pathname} sticks out: ${e.tagName}.${e.className}`)
  })
  await page.setViewportSize(size)
  return out
}

/** What is wrong on these pages and on one thing behind each; two browsers take from the same heap. */
async function walk(page: Page, heap: string[], menu: Set<string>): Promise<string[]> {
  const found: string[] = []
  for (let path = heap.shift(), first = true; path; path = heap.shift(), first = false) {
    await rest(page, path)
    const behind = menu.has(path) && path !== '/' ? await thingBehind(page, path) : null
    if (behind && !menu.has(behind)) heap.push(behind)
    found.push(...(await lightAndDark(page, first)), ...(await lost(page)))
  }
  return found
}
async function plain(context: BrowserContext): Promise<Page> {
  const page = await context.newPage()
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' })
  await page.addInitScript(() => localStorage.setItem('pileops.theme', JSON.stringify('auto')))
  return page
}

test('no page has a serious finding, light or dark, and each is whole at 150 % of 1366×768', async ({ browser, context }) => {
  test.setTimeout(900_000)
  const page = await plain(context)
  await page.goto('/sign-in')
  const found = await lightAndDark(page, true)
  await signIn(page)
  const heap = await menuPages(page)
  const menu = new Set(heap)
  expect(menu.size).toBeGreaterThan(80)
  // A second browser window beside it: both cores look.
  const beside = await browser.newContext({ storageState: await context.storageState() })
  const second = await plain(beside)
  found.push(...(await Promise.all([walk(page, heap, menu), walk(second, heap, menu)])).flat())
  await beside.close()
  expect([...new Set(found)]).toEqual([])
})

test('keys alone reach the content, the menu and every action of a page', async ({ page }) => {
  await signIn(page)
  await rest(page, '/piles')
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: '跳到正文' })).toBeFocused()
  await page.keyboard.press('Enter')
  const reached = new Set<string>()
  for (let i = 0; i < 120; i += 1) {
    await page.keyboard.press('Tab')
    reached.add(await page.evaluate(() => {
      const e = document.activeElement
      return e ? (e.getAttribute('aria-label') ?? e.textContent ?? '').trim().slice(0, 40) : ''
    }))
  }
  const buttons = await page.locator('main button:visible:enabled').evaluateAll((all) => all.filter((b) => b.tabIndex >= 0).map((b) => (b.getAttribute('aria-label') ?? b.textContent ?? '').trim().slice(0, 40)))
  expect(buttons.slice(0, 12).filter((b) => !reached.has(b))).toEqual([])
})
