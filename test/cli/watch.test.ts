import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { placeForRuns, tiny } from './graft.js'

const { start, spawned } = placeForRuns()

describe('graft train --watch', () => {
  it('serves a page of everything so far, then events, and ends with the training', { timeout: 60_000 }, async () => {
    const { process: child, ended } = start(...tiny, '--epochs', '400', '--no-report', '--watch', '0')
    let said = ''
    const url = await new Promise<string>((resolve) =>
      child.stderr?.on('data', (chunk: Buffer) => {
        said += chunk.toString()
        const found = /watch it at (\S+)/.exec(said)?.[1]
        if (found !== undefined && said.includes('epoch 1/')) resolve(found)
      })
    )
    const page = await fetch(url)
    const html = await page.text()
    expect(page.headers.get('content-type')).toContain('text/html')
    expect(html).toContain('data-events="/events"')
    expect(html).toContain('id="curves"')
    expect(html).toContain('connect-src &#39;self&#39;')
    const events = await fetch(`${url}/events`)
    const reader = events.body!.getReader()
    const first = (await reader.read()) as { readonly value: Uint8Array }
    expect(new TextDecoder().decode(first.value)).toMatch(/^data: \{"progress"/)
    child.kill('SIGINT')
    let rest = ''
    for (;;) {
      const next = (await reader.read()) as { readonly done: boolean; readonly value?: Uint8Array }
      if (next.done) break
      rest += new TextDecoder().decode(next.value)
    }
    expect(rest).toContain('"ended"')
    expect((await ended).code).toBe(130)
    await expect(fetch(url)).rejects.toThrow()
  })

  it('names a port that is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { readonly port: number }
    const { code, stderr } = await spawned(...tiny, '--watch', String(port))
    other.close()
    expect(code).toBe(2)
    expect(stderr).toContain(`--watch ${port}`)
  })
})
