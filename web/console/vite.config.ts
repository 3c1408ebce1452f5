import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The oldest browser that operators still use is Chrome 109, the last one for Windows 7.
const oldest = 'chrome109'

export default defineConfig({
  plugins: [vue()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      '@contract': fileURLToPath(new URL('../api/schema.d.ts', import.meta.url)),
    },
  },
  define: {
    __VUE_I18N_LEGACY_API__: false,
    __VUE_I18N_FULL_INSTALL__: false,
  },
  build: {
    target: oldest,
    cssTarget: oldest,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (!id.includes('node_modules')) return undefined
          if (/[\\/](echarts|zrender)[\\/]/.test(id)) return 'echarts'
          if (/[\\/](element-plus|@element-plus|@floating-ui|@popperjs|lodash-es|lodash-unified|dayjs|async-validator)[\\/]/.test(id)) return 'elements'
          return 'vendor'
        },
      },
    },
  },
  server: {
    proxy: { '/api': { target: process.env.PILEOPS_URL ?? 'http://127.0.0.1:8080', changeOrigin: false } },
  },
  test: { include: ['src/**/*.test.ts'] },
})
