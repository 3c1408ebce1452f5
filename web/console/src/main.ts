import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import App from '@/App.vue'
import { elementsInstall } from '@/elements'
import { i18n, words } from '@/i18n'
import { presenceWatch } from '@/presence'
import { queries } from '@/query'
import { router } from '@/router'
import '@/brand'
import '@/theme'
import '@/styles/tokens.css'
import '@/styles/page.css'

presenceWatch()
const app = createApp(App)
elementsInstall(app)
void words.then(() => app.use(i18n).use(VueQueryPlugin, { queryClient: queries }).use(router).mount('#app'))
