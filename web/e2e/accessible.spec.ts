// Every page of the menu, and one thing behind each list: no serious finding of axe, reachable by keys, and
// nothing lost at 150 % of 1366×768.
import AxeBuilder from '@axe-core/playwright'
import { expect, test, type Page } from '@playwright/test'
import { everyPage, signIn } from './console'

async function findings(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']).analyze()
  return violations.filter((v) => v.impact === 'serious' || v.impact === 'critical').flatMap((v) => v.nodes.map((n) => `${new URL(page.url()).pathname} ${v.id}: ${n.target.join(' ')} ${n.any[0]?.message ?? ''}`))
}
async function rest(page: Page, path: string) {
  await page.goto(path)
  await page.locator('main .card, .sign-in').first().waitFor()
  await expect(page.locator('main .el-skeleton')).toHaveCount(0)
}

for (const theme of ['light', 'dark'] as const)
  test(`no page has a serious finding, ${theme}`, async ({ page }) => {
    test.setTimeout(900_000)
    await page.addInitScript((t) => localStorage.setItem('pileops.theme', JSON.stringify(t)), theme)
    await page.goto('/sign-in')
    const found = await findings(page)
    await signIn(page)
    for (const path of await everyPage(page)) {
      await rest(page, path)
      found.push(...(await findings(page)))
    }
    expect([...new Set(found)]).toEqual([])
  })

test('every page is whole at 150 % of 1366×768: nothing sticks out to the side', async ({ page }) => {
  test.setTimeout(300_000)
  await page.setViewportSize({ width: 911, height: 512 })
  await signIn(page)
  const lost: string[] = []
  for (const path of await everyPage(page)) {
    await rest(page, path)
    const out = await page.evaluate(() => {
      // What scrolls within itself is not lost.
      const scrolls = (e: Element | null): boolean => !!e && (/(auto|scroll|hidden)/.test(getComputedStyle(e).overflowX) || scrolls(e.parentElement))
      const wide = Array.from(document.querySelectorAll('main *')).filter((e) => e.getBoundingClientRect().right > innerWidth + 1 && !scrolls(e.parentElement))
      return wide.slice(0, 3).map((e) => `${e.tagName}.${e.className}`)
    })
    if (out.length) lost.push(`${path}: ${out.join(', ')}`)
  }
  expect(lost).toEqual([])
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
