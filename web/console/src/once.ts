// Secrets that are on the screen for the only time: until they are kept, nothing may come before them.
import { ref } from 'vue'

export const secretsShown = ref(0)
