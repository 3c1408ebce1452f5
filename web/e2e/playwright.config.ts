// Runs against a real server with simulated piles:
//   PILEOPS_URL=http://127.0.0.1:8080 PILEOPS_ACCOUNT=admin PILEOPS_PASSWORD=… npm run e2e
// CHROMIUM: path of the browser (default Debian's). PILEOPS_SHOTS: folder for screenshots.
import { defineConfig } from '@playwright/test'

export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  outputDir: process.env.PILEOPS_E2E_OUTPUT ?? './test-results',
  workers: 1,
  retries: 0,
  timeout: 180_000,
  expect: { timeout: 15_000 },
  reporter: 'list',
  use: {
    baseURL: process.env.PILEOPS_URL ?? 'http://127.0.0.1:8080',
    viewport: { width: 1366, height: 768 },
    actionTimeout: 15_000,
    locale: 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    },
  },
})
