/** Programs as a capability: their lines, their exit, and signals. */
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeProcesses } from '../../src/io/index.js'
import { left, right, workplace } from '../io/workplace.js'

const folder = workplace()

const node = async (program: string, options: object = {}) => {
  const lines: Array<string> = []
  const started = right(
    await nodeProcesses.spawn({ program: process.execPath, args: ['-e', program], ...options }, (line, of) => () => {
      lines.push(`${of}: ${line}`)
    })()
  )
  return { started, lines }
}

describe('a program', () => {
  it('reports its lines, including an unterminated last one, and its exit code', async () => {
    const { started, lines } = await node(`process.stdout.write('a\\nb'); process.exitCode = 3`)
    expect(await started.exit()).toEqual({ _tag: 'Exited', code: 3 })
    expect(lines).toEqual(['stdout: a', 'stdout: b'])
  })

  it('runs in its folder, with variables of its own', async () => {
    const { started, lines } = await node('console.error(process.cwd(), process.env.OWN)', {
      folder,
      variables: { OWN: 'yes' }
    })
    await started.exit()
    expect(lines).toEqual([`stderr: ${folder} yes`])
  })

  it('is ended by a signal, together with the processes it has started', async () => {
    // its output ends when the last of both has ended
    const { started, lines } = await node(
      `const { spawn } = require('node:child_process')
       spawn(process.execPath, ['-e', 'console.log("there"); setInterval(() => {}, 1000)'], { stdio: 'inherit' })
       setInterval(() => {}, 1000)`
    )
    await expect.poll(() => lines).toEqual(['stdout: there'])
    started.signal('SIGTERM')()
    expect(await started.exit()).toEqual({ _tag: 'Killed', signal: 'SIGTERM' })
    // and once more, when there is nobody to hear it
    started.signal('SIGTERM')()
  })

  it('is found by a path relative to the calling process, whatever its own folder is', async () => {
    const program = relative(process.cwd(), process.execPath)
    const started = right(await nodeProcesses.spawn({ program, args: ['-v'], folder }, () => () => undefined)())
    expect(await started.exit()).toEqual({ _tag: 'Exited', code: 0 })
  })

  it('that does not exist is an error', async () => {
    const error = left(
      await nodeProcesses.spawn({ program: join(folder, 'nothing'), args: [] }, () => () => undefined)()
    )
    expect(error).toMatchObject({ _tag: 'NotFound', path: join(folder, 'nothing') })
  })
})
