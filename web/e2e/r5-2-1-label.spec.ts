import { expect, test, type Page } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import jsqr from 'jsqr'
import { complaints, signIn } from './console'

// What a phone reads, by a reader that is not ours.
async function scanned(page: Page, png: Buffer): Promise<string | undefined> {
  const { data, width, height } = await page.evaluate(async (bytes) => {
    const picture = await createImageBitmap(new Blob([new Uint8Array(bytes)], { type: 'image/png' }))
    const pen = new OffscreenCanvas(picture.width, picture.height).getContext('2d')!
    pen.drawImage(picture, 0, 0)
    return { data: [...pen.getImageData(0, 0, picture.width, picture.height).data], width: picture.width, height: picture.height }
  }, [...png])
  return jsqr(Uint8ClampedArray.from(data), width, height)?.data
}

test('R-5.2.1 桩贴: the codes of chosen piles are seen, printed and fetched, and a phone can read them', async ({ page }) => {
  const faults = complaints(page)
  await signIn(page)
  await page.goto('/piles')
  await page.locator('tbody .el-checkbox').nth(0).click()
  await page.locator('tbody .el-checkbox').nth(1).click()
  await page.getByRole('button', { name: '桩贴（2 台）' }).click()
  const dialog = page.getByRole('dialog', { name: /^桩贴：\d+ 个枪$/ })
  const card = dialog.locator('.label-card').first()
  const told = (await card.getByRole('img').getAttribute('aria-label'))!
  expect(told).toMatch(/^\w+:\/\/.+/)
  expect(await scanned(page, await card.screenshot())).toBe(told)
  if (process.env.PILEOPS_SHOTS) await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/labels.png` })

  const count = await dialog.locator('.label-card').count()

  // On paper there are the labels and nothing else.
  await page.emulateMedia({ media: 'print' })
  await expect(page.getByRole('heading')).toHaveCount(0)
  const printed = page.locator('.label-print .label-card')
  expect(await printed.count()).toBe(count)
  await expect(printed.first()).toBeVisible()
  expect(await scanned(page, await printed.first().screenshot())).toBe(told)
  const pdf = await page.pdf({ preferCSSPageSize: true })
  expect(pdf.length).toBeGreaterThan(5_000)
  if (process.env.PILEOPS_SHOTS) await page.screenshot({ path: `${process.env.PILEOPS_SHOTS}/labels-print.png` })
  await page.emulateMedia({ media: 'screen' })

  await dialog.locator('.el-select').click()
  await page.getByRole('option', { name: 'PNG' }).click()
  const fetching = page.waitForEvent('download')
  await dialog.getByRole('button', { name: '下载二维码 ZIP' }).click()
  const zip = await readFile((await (await fetching).path())!)
  // Stored, not deflated: the pictures lie in it as they are.
  const from = zip.indexOf(Buffer.from('89504e470d0a1a0a', 'hex'))
  const to = zip.indexOf(Buffer.from('IEND'), from) + 8
  expect(await scanned(page, zip.subarray(from, to))).toBe(told)
  expect(faults).toEqual([])
})

test('R-5.2.1 桩贴: what the code says is the operator’s to set, and a link that cannot tell two connectors apart is refused at its field', async ({ page }) => {
  await signIn(page)
  await page.goto('/brand')
  const field = page.getByRole('textbox', { name: '二维码内容' })
  const before = await field.inputValue()
  await field.fill('https://charge.example.cn/{pile}')
  if (!(await page.getByRole('textbox', { name: '产品名称' }).inputValue())) {
    await page.getByRole('textbox', { name: '产品名称' }).fill('江城智充')
    await page.getByRole('textbox', { name: '简称' }).fill('江城')
  }
  await page.getByRole('button', { name: '保存品牌' }).click()
  await expect(page.getByText('要同时包含 {pile} 和 {connector}')).toBeVisible()
  await field.fill('https://charge.example.cn/{pile}/{connector}')
  await expect(page.getByText('例：https://charge.example.cn/32010200000001/1')).toBeVisible()
  await page.getByRole('button', { name: '保存品牌' }).click()
  await expect(page.getByText('品牌已保存').first()).toBeVisible()
  await page.goto('/piles')
  const code = (await page.locator('tbody tr').first().getByRole('link').first().innerText()).trim()
  await page.goto(`/piles/${encodeURIComponent(code)}`)
  await page.getByRole('button', { name: '更多' }).click()
  await page.getByRole('button', { name: '桩贴' }).click()
  await expect(page.getByRole('dialog').locator('.label-card').first().getByRole('img')).toHaveAttribute('aria-label', /^\w+:\/\/.*1/)
  if (before) return
  await page.goto('/brand')
  await page.getByRole('button', { name: '恢复默认' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '恢复默认' }).click()
  await expect(page.getByText('已恢复默认').first()).toBeVisible()
})
