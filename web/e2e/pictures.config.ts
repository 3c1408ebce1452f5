// Takes the pictures of the manual, and, with PILEOPS_LOOK=FOLDER, every page in every dress for people to
// look at. scripts/screenshots.sh starts the demo for it.
import base from './playwright.config'

export default { ...base, testIgnore: [], testMatch: 'pictures.ts' }
