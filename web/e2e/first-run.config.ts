// From an empty server to the first charge; e2e/run.sh first starts both for it.
import base from './playwright.config'

export default { ...base, testIgnore: [], testMatch: 'first-run.ts', timeout: 120_000 }
