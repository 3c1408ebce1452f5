// From an empty server to the first charge, and what ends the administrator's own power; e2e/run.sh first starts the server.
import base from './playwright.config'

export default { ...base, testIgnore: [], testMatch: ['first-run.ts', 'three-administrators.ts'], timeout: 120_000 }
