// `npm test`: every check there is, and one line at the end that counts them. `--long` adds what takes long.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startVitest } from 'vitest/node'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
process.chdir(root)
if (process.argv.includes('--long')) process.env.GRAFT_LONG = '1'

const { resolve } = createRequire(import.meta.url)
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`

const tool = async (name, script, args) => {
  const start = Date.now()
  const [status] = await once(spawn(process.execPath, [script, ...args], { stdio: 'inherit' }), 'close')
  const ok = status === 0
  console.log(`${ok ? 'ok    ' : 'FAILED'} ${name} (${seconds(start)})`)
  return ok
}

const binOf = (name, path) => join(dirname(resolve(`${name}/package.json`)), path)

// The linter takes as long as the other tools together: it goes on beside them and the first tests.
const linted = tool('lint: eslint', binOf('eslint', 'bin/eslint.js'), ['--max-warnings', '0', '.'])
const tools = [
  await tool('format: prettier --check', binOf('prettier', 'bin/prettier.cjs'), [
    '--check',
    '--log-level',
    'warn',
    '.'
  ]),
  await tool('types: tsc --noEmit', resolve('typescript/bin/tsc'), ['--noEmit']),
  await tool('types of pages: tsc -p src/page/client', resolve('typescript/bin/tsc'), ['-p', 'src/page/client']),
  await tool('build: node build.mjs', join(root, 'build.mjs'), ['--no-check'])
]

const vitest = await startVitest('test', [], { run: true, watch: false })
const modules = vitest.state.getTestModules()
const tests = modules.flatMap((module) => [...module.children.allTests()])
const stateOf = (test) => test.result().state
const skipped = tests.filter((test) => stateOf(test) === 'skipped')
// A file that does not load has no tests to fail; an error outside any test belongs to none.
const broken = modules.flatMap((module) => module.errors()).length + vitest.state.getUnhandledErrors().length
const unfinished = tests.filter((test) => stateOf(test) === 'pending').length
await vitest.close()
tools.push(await linted)

if (skipped.length > 0) {
  console.log(`\n${skipped.length} skipped:`)
  for (const test of skipped) {
    const { note } = test.result()
    console.log(`  ${test.module.relativeModuleId} > ${test.fullName}${note === undefined ? '' : `: ${note}`}`)
  }
}

const failed =
  tools.filter((ok) => !ok).length + tests.filter((test) => stateOf(test) === 'failed').length + broken + unfinished
const passed = tools.filter((ok) => ok).length + tests.filter((test) => stateOf(test) === 'passed').length

console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 && tests.length > 0 ? 0 : 1)
