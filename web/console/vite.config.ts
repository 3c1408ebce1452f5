import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'

// The oldest browser that operators still use is Chrome 109, the last one for Windows 7.
const oldest = 'chrome109'

// What the server sends to a browser that takes it: made once here, not at each request there. A
// file that hardly gets smaller has no twin.
function packed(folder: string) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (name.startsWith('.')) continue
    if (statSync(path).isDirectory()) packed(path)
    else if (/\.(html|js|css|svg|json|webmanifest)$/.test(name)) {
      const plain = readFileSync(path)
      for (const [end, bytes] of [['br', brotliCompressSync(plain)], ['gz', gzipSync(plain, { level: 9 })]] as const) {
        if (bytes.length < plain.length * 0.9) writeFileSync(`${path}.${end}`, bytes)
      }
    }
  }
}

export default defineConfig({
  plugins: [vue(), { name: 'packed', apply: 'build', closeBundle: () => packed(fileURLToPath(new URL('./dist', import.meta.url))) }],
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
    manifest: true,
    cssTarget: oldest,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 700,
    rollupOptions: {
      output: {
        manualChunks(id: string) {
          if (!id.includes('node_modules')) return undefined
          if (/[\\/](echarts|zrender)[\\/]/.test(id)) return 'echarts'
          if (/[\\/]leaflet[\\/]/.test(id)) return 'leaflet'
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
