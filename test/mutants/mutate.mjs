// Tries mutants: each is one changed line of a source file, bundled in memory with the laws (no file of the working tree
// is touched) and run against the law that guards the line, which must then fail.
import { context } from 'esbuild'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
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

/** The mutant that the next bundle is made with; none when null. */
let current = null

const plugin = {
  name: 'mutant',
  setup(bundler) {
    // tfjs's gradients are prebuilt; a bundle in the cache has no package.json above it that could name them
    bundler.onResolve({ filter: /^#tfjs-gradients$/ }, () => ({
      path: pathToFileURL(join(root, 'dist', 'tfjs-gradients.js')).href,
      external: true
    }))
    bundler.onLoad({ filter: /\.ts$/ }, ({ path }) =>
      current !== null && path === join(root, current.file) ? { contents: mutated(current), loader: 'ts' } : undefined
    )
  }
}

let made = 0
let bundler

/** The laws over the sources with a mutant in them; over the sources as they are when it is null. */
const lawsOver = async (mutant) => {
  bundler ??= context({
    entryPoints: [join(here, 'groups.ts')],
    write: false,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: [plugin]
  })
  current = mutant
  const { outputFiles } = await (await bundler).rebuild()
  mkdirSync(cache, { recursive: true })
  const path = join(cache, `${process.pid}-${made++}.mjs`)
  writeFileSync(path, outputFiles[0].contents)
  try {
    return await import(/* @vite-ignore */ pathToFileURL(path).href)
  } finally {
    rmSync(path)
  }
}

/** Ends the bundler's own process, without which Node goes on. */
export const endBundler = async () => {
  await (await bundler)?.dispose()
}

const lawOf = async ({ groups }, { group, law }) => {
  const found = (await groups[group]()).find(({ name }) => name === law)
  if (found === undefined) throw new Error(`${group} has no law '${law}'`)
  return found
}

let sound
const unmutated = new Map()

const check = async (bundle, mutant) => {
  const [report] = await bundle.checkLaws([await lawOf(bundle, mutant)], { seed, numRuns: mutant.numRuns ?? 200 })()
  return report
}

/** What the law says of the sources as they are: asked once for all the mutants of a law. */
const checkUnmutated = async (mutant) => {
  const key = `${mutant.group} ${mutant.law} ${mutant.numRuns}`
  if (!unmutated.has(key)) {
    sound ??= await lawsOver(null)
    unmutated.set(key, await check(sound, mutant))
  }
  return unmutated.get(key)
}

/** Whether the law holds without the mutant, and is found not to hold with it: having nothing to hold of does not count. */
export const tryMutant = async (mutant) => {
  const before = await checkUnmutated(mutant)
  const after = await check(await lawsOver(mutant), mutant)
  return { holds: !before.failed, killed: after.failed && !after.vacuous, message: before.message ?? after.message }
}
