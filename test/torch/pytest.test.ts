// The tests of graft_torch in Python, and its format, where PYTHON names a Python with torch, pytest and ruff.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const python = process.env['PYTHON']
const root = fileURLToPath(new URL('../..', import.meta.url))
const tests = 'test/torch/python'
const sources = ['src/graft_torch', tests]

const run = (...args: ReadonlyArray<string>) => {
  const { status, stdout, stderr } = spawnSync(python!, ['-B', ...args], { cwd: root, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

describe.skipIf(python === undefined)('graft_torch (PYTHON)', () => {
  it('passes its own tests', { timeout: 600_000 }, ({ skip }) => {
    skip(run('-c', 'import pytest, torch').status !== 0, 'PYTHON has no pytest or no torch')
    const { status, output } = run('-m', 'pytest', '-q', '-p', 'no:cacheprovider', tests)
    expect(status, output).toBe(0)
  })

  it.for([
    ['is formatted', ['format', '--check']],
    ['has no faults that ruff finds', ['check']]
  ] as const)('%s', ([, args], { skip }) => {
    skip(run('-m', 'ruff', '--version').status !== 0, 'PYTHON has no ruff')
    const { status, output } = run('-m', 'ruff', ...args, '--no-cache', ...sources)
    expect(status, output).toBe(0)
  })
})
