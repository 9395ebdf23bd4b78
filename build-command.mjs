// The command with the packages it uses in one bundle, in chunks by what each subcommand loads: Node spends more time on
// finding, parsing and linking packages than on most of what is asked of the command. What is native, or loads itself by
// need, stays outside. Beside it goes the licence of every package that is inside.
import { build } from 'esbuild'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(fileURLToPath(import.meta.url))

const outside = [
  '#*',
  '@huggingface/hub',
  '@resvg/resvg-js',
  '@tensorflow/tfjs-node',
  '@tensorflow/tfjs-node-gpu',
  '@viz-js/viz',
  'onnxruntime-*',
  'sharp',
  'tar',
  'undici',
  'vega',
  'vega-lite'
]

/** fp-ts and io-ts also come as ES modules, of which a bundle takes what is used. */
const asModules = {
  name: 'as modules',
  setup: ({ onResolve, resolve }) =>
    onResolve({ filter: /^(fp-ts|io-ts)\/lib\// }, ({ path, resolveDir, kind }) =>
      resolve(path.replace('/lib/', '/es6/'), { resolveDir, kind })
    )
}

const nameIn = (path) => /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules)/.exec(path)?.[1]

const licenceOf = (name) => {
  const folder = join(root, 'node_modules', name)
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8').trim()
  return `${name} ${version} (${license})\n\n${text}`
}

export const buildCommand = async (dist) => {
  const { metafile } = await build({
    // the process, and the function that it calls
    entryPoints: ['main', 'program'].map((name) => join(root, `src/cli/${name}.ts`)),
    outbase: root,
    outdir: dist,
    chunkNames: 'src/cli/chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    metafile: true,
    external: outside,
    plugins: [asModules],
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: {
      js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);"
    },
    logLevel: 'warning'
  })
  const bundled = [...new Set(Object.keys(metafile.inputs).flatMap((path) => nameIn(path) ?? []))].sort()
  writeFileSync(join(dist, 'src/cli/licences.txt'), bundled.map(licenceOf).join(`\n\n${'-'.repeat(80)}\n\n`))
}
