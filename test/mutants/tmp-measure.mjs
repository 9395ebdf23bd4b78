// Tries mutants: each is one changed line of a source file, bundled in memory with the laws (no file of the working tree
// is touched) and run against the law that guards the line, which must then fail.
import { build } from 'esbuild'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const cache = join(root, 'node_modules', '.cache', 'graft-mutants')

export const mutants = JSON.parse(readFileSync(join(here, 'mutants.json'), 'utf8'))

const seed = Number(process.env['LAW_SEED'] ?? 20_251)

const mutated = ({ file, find, replace }) => {
  const source = readFileSync(join(root, file), 'utf8')
  const places = source.split(find).length - 1
  if (places !== 1) throw new Error(`${file}: '${find}' must be there once, and is there ${places} times`)
  return source.replace(find, () => replace)
}

const plugin = (mutant) => ({
  name: 'mutant',
  setup(bundler) {
    // tfjs's gradients are prebuilt; a bundle in the cache has no package.json above it that could name them
    bundler.onResolve({ filter: /^#tfjs-gradients$/ }, () => ({
      path: pathToFileURL(join(root, 'dist', 'tfjs-gradients.js')).href,
      external: true
    }))
    if (mutant === null) return
    const path = join(root, mutant.file)
    const contents = mutated(mutant)
    bundler.onLoad({ filter: /\.ts$/ }, (args) => (args.path === path ? { contents, loader: 'ts' } : undefined))
  }
})

let made = 0

/** The laws over the sources with a mutant in them; over the sources as they are when it is null. */
export const lawsOver = async (mutant) => {
  mkdirSync(cache, { recursive: true })
  const outfile = join(cache, `${process.pid}-${made++}.mjs`)
  await build({
    entryPoints: [join(here, 'groups.ts')],
    outfile,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: [plugin(mutant)]
  })
  try {
    return await import(/* @vite-ignore */ pathToFileURL(outfile).href)
  } finally {
    rmSync(outfile)
  }
}

export const lawOf = async ({ groups }, { group, law }) => {
  const found = (await groups[group]()).find(({ name }) => name === law)
  if (found === undefined) throw new Error(`${group} has no law '${law}'`)
  return found
}

let sound

/** Whether the law holds without the mutant, and is found not to hold with it: having nothing to hold of does not count. */
export const tryMutant = async (mutant) => {
  sound ??= await lawsOver(null)
  const check = async (bundle) => {
    const [report] = await bundle.checkLaws([await lawOf(bundle, mutant)], { seed, numRuns: mutant.numRuns ?? 200 })()
    return report
  }
  const [before, after] = [await check(sound), await check(await lawsOver(mutant))]
  return { holds: !before.failed, killed: after.failed && !after.vacuous, message: before.message ?? after.message }
}
const m = mutants.find((m) => m.law.startsWith('has the gradient'))
const bundle = await lawsOver(process.argv[2] === 'sound' ? null : m)
const l = await lawOf(bundle, m)
let failed = 0
const msgs = []
for (let s = 1; s <= 400; s++) {
  const [r] = await bundle.checkLaws([l], { seed: s, numRuns: 1 })()
  if (r.failed) { failed++; msgs.push(r.message.split('\n')[0]) }
}
console.log(process.argv[2], failed, 'of 60'); console.log(msgs.slice(0, 60).join('\n'))
