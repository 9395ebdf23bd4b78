// Bundles the scripts and the style of pages into dist/page-assets.json, `#page-assets` of package.json: their texts, and the
// hashes by which the policy of a page allows them.
import { build } from 'esbuild'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

/** A file as one text with its hash; what it says may stand in an HTML document. */
const assetOf = async (path) => {
  const { outputFiles } = await build({
    entryPoints: [join(root, path)],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    charset: 'utf8',
    logLevel: 'warning'
  })
  const text = outputFiles[0].text.trim()
  if (/<\/(script|style)/i.test(text)) throw new Error(`${path} contains the end of its element`)
  return { text, sha256: createHash('sha256').update(text).digest('base64') }
}

export const buildPage = async (dist) => {
  const style = await assetOf('src/page/client/page.css')
  const script = await assetOf('src/page/client/index.ts')
  const serving = await assetOf('src/page/client/serving/index.ts')
  mkdirSync(dist, { recursive: true })
  writeFileSync(join(dist, 'page-assets.json'), JSON.stringify({ style, script, serving }))
}
