import { expect, test } from '@playwright/test'
import { complaints, shot, signIn } from './console'

test('R-4.2.3 经营建议: made by the job, shown with its figures, decided with a reason', async ({ page }) => {
  test.setTimeout(120_000)
  const faults = complaints(page)
  await signIn(page)
  await page.evaluate(async () => {
    await fetch('/api/v1/jobs/advice_make/runs', { method: 'POST', headers: { 'content-type': 'application/json', 'x-requested-with': 'pileops' }, body: '{}' })
  })
  await page.goto('/advice')
  await expect(page.getByText('平台不会自动执行任何建议')).toBeVisible({ timeout: 20_000 })
  await expect(async () => {
    await page.reload()
    const rows = page.getByRole('row')
    expect(await rows.count()).toBeGreaterThan(0)
  }).toPass({ timeout: 30_000 })
  await shot(page, 'advice-list')
  const first = page.getByRole('table').getByRole('link').first()
  if (await first.count()) {
    await first.click()
    await expect(page.getByRole('heading', { name: '依据' })).toBeVisible()
    await shot(page, 'advice-detail')
    const dismiss = page.getByRole('button', { name: '不采纳' })
    if (await dismiss.count()) {
      await dismiss.click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: '不采纳' }).click()
      await expect(dialog.getByRole('alert').first()).toBeVisible()
      await dialog.getByLabel('原因').fill('合同约定价格')
      await dialog.getByRole('button', { name: '不采纳' }).click()
      await expect(page.getByText('合同约定价格')).toBeVisible()
    }
  }
  await page.goto('/advice/999999')
  await expect(page.getByRole('alert')).toContainText('没有这条建议')
  expect(faults.filter((fault) => !/status of 404/.test(fault))).toEqual([])
})
