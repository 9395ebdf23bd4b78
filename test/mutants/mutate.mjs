// Tries mutants: each is one changed line of a source file, bundled in memory with the laws (no file of the working tree
// is touched) and run against the law that guards the line, which must then fail.
import { context } from 'esbuild'
import * as fc from 'fast-check'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..')
const cache = join(root, 'node_modules', '.cache', 'graft-mutants')

export const mutants = JSON.parse(readFileSync(join(here, 'mutants.json'), 'utf8'))

const seed = Number(process.env['LAW_SEED'] ?? 20_251)

// that a law fails is all that is asked of it: no time for smaller counterexamples
fc.configureGlobal({ endOnFailure: true })

/** The module with a group of laws: one of `groups` if the laws need arguments, or else the laws' own. */
const moduleOf = (group) => {
  const file = `${group.replace(/Laws$/, '')}.ts`
  return [join(here, 'groups', file), join(root, 'laws', file)].find((path) => existsSync(path))
}

const mutated = ({ file, find, replace }) => {
  const source = readFileSync(join(root, file), 'utf8')
  const places = source.split(find).length - 1
  if (places !== 1) throw new Error(`${file}: '${find}' must be there once, and is there ${places} times`)
  return source.replace(find, () => replace)
}

/** The group that is bundled next, and the mutant that is put in it; none when null. */
let current = { group: '', mutant: null }

const inMutatedFiles = new RegExp(`/(${[...new Set(mutants.map(({ file }) => basename(file)))].join('|')})$`)

const plugin = {
  name: 'mutant',
  setup(bundler) {
    // tfjs's gradients are prebuilt; a bundle in the cache has no package.json above it that could name them
    bundler.onResolve({ filter: /^#tfjs-gradients$/ }, () => ({
      path: pathToFileURL(join(root, 'dist', 'tfjs-gradients.js')).href,
      external: true
    }))
    bundler.onResolve({ filter: /^laws$/ }, ({ path }) => ({ path, namespace: 'entry' }))
    bundler.onLoad({ filter: /^laws$/, namespace: 'entry' }, () => ({
      contents: `
        export { ${current.group} as lawsOfGroup } from ${JSON.stringify(moduleOf(current.group))}
        export { checkLaws } from ${JSON.stringify(join(root, 'laws', 'Law.ts'))}`,
      resolveDir: root
    }))
    bundler.onLoad({ filter: inMutatedFiles }, ({ path }) =>
      current.mutant !== null && path === join(root, current.mutant.file)
        ? { contents: mutated(current.mutant), loader: 'ts' }
        : undefined
    )
  }
}

let made = 0
let bundler

/** A group of laws over the sources with a mutant in them; over the sources as they are when it is null. */
const lawsOver = async (group, mutant) => {
  bundler ??= context({
    entryPoints: ['laws'],
    write: false,
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    logLevel: 'error',
    plugins: [plugin]
  })
  current = { group, mutant }
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

const check = async ({ lawsOfGroup, checkLaws }, { group, law, numRuns }) => {
  const found = (await lawsOfGroup()).find(({ name }) => name === law)
  if (found === undefined) throw new Error(`${group} has no law '${law}'`)
  const [report] = await checkLaws([found], { seed, numRuns: numRuns ?? 200 })()
  return report
}

const sound = new Map()
const unmutated = new Map()

/** What the law says of the sources as they are: asked once for all the mutants of a law. */
const checkUnmutated = async (mutant) => {
  const { group, law, numRuns } = mutant
  const key = `${group} ${law} ${numRuns}`
  if (!sound.has(group)) sound.set(group, await lawsOver(group, null))
  if (!unmutated.has(key)) unmutated.set(key, await check(sound.get(group), mutant))
  return unmutated.get(key)
}

/** Whether the law holds without the mutant, and is found not to hold with it: having nothing to hold of does not count. */
export const tryMutant = async (mutant) => {
  const before = await checkUnmutated(mutant)
  const after = await check(await lawsOver(mutant.group, mutant), mutant)
  return { holds: !before.failed, killed: after.failed && !after.vacuous, message: before.message ?? after.message }
}
