/** Jobs on Hugging Face Jobs, by a server that answers as the hub does. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { hf } from '../../src/emit/launch/index.js'
import { type Job, jobSettings } from '../../src/emit/torch/index.js'
import { nodeIo } from '../../src/io/index.js'
import { fetchJob, followJob, jobState, stopJob, submitJob } from '../../src/learn/index.js'
import { left, right, workplace } from '../io/workplace.js'
import { type Asked, type Service, service } from './service.js'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = workplace()
const io = nodeIo()

const job: Job = {
  _tag: 'Job',
  name: 'graft-tiny',
  module: 'graft_torch',
  settings: jobSettings({ gpus: 1 }),
  files: [
    { path: 'job.json', content: '{"a":1}' },
    { path: 'graft_torch/__init__.py', content: '' }
  ]
}

let hub: Service
let stage = 'RUNNING'

const status = () => ({
  id: 'job-1',
  type: 'job',
  status: { stage, message: null, failureCount: 0 },
  flavor: 't4-small'
})

const run: Readonly<Record<string, string>> = {
  'runs/graft-tiny/graft.json': '{}',
  'runs/graft-tiny/history.csv': 'epoch\n'
}

/** The answers of the hub to what graft asks. */
const answer = ({ method, url, body }: Asked): readonly [status: number, content: unknown] => {
  const at = `${method} ${url.split('?')[0]!}`
  if (at === 'GET /api/models/me/pets') return [200, { id: 'me/pets', sha: '0'.repeat(40) }]
  if (at === 'POST /api/models/me/pets/preupload/main') {
    const { files } = JSON.parse(body) as { readonly files: ReadonlyArray<{ readonly path: string }> }
    return [200, { files: files.map(({ path }) => ({ path, uploadMode: 'regular' })) }]
  }
  if (at === 'POST /api/models/me/pets/commit/main')
    return [200, { commitOid: '1'.repeat(40), commitUrl: `${hub.url}/commit`, hookOutput: '' }]
  if (at === 'POST /api/jobs/me' || at === 'GET /api/jobs/me/job-1' || at === 'POST /api/jobs/me/job-1/cancel')
    return [200, status()]
  if (at === 'GET /api/jobs/me/job-1/logs')
    return [
      200,
      'data: {"data":"one","timestamp":"2026-01-01T00:00:00Z"}\n\ndata: {"data":"two","timestamp":"2026-01-01T00:00:01Z"}\n\n'
    ]
  if (at.startsWith('GET /api/models/me/pets/tree/main/'))
    return [
      200,
      Object.entries(run).map(([path, text]) => ({ type: 'file', oid: '2'.repeat(40), size: text.length, path }))
    ]
  const file = Object.keys(run).find((path) => url.includes(`/resolve/main/${path}`))
  return file === undefined ? [404, { error: `not found: ${at}` }] : [200, run[file]]
}

beforeAll(async () => {
  hub = await service((asked) => {
    const [status, body] = answer(asked)
    const length = Buffer.byteLength(typeof body === 'string' ? body : JSON.stringify(body))
    const headers = {
      'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
      'content-length': String(length),
      etag: '"3"',
      'content-range': `bytes 0-${length - 1}/${length}`
    }
    return { status, body, headers }
  })
})
afterAll(() => hub.close())
beforeEach(() => {
  hub.asked.length = 0
  stage = 'RUNNING'
})

const launcher = () =>
  hf({ namespace: 'me', repo: 'me/pets', dataRepo: 'me/images', hubUrl: hub.url, token: 'hf_secret' })
const at = { folder: '.', dataRoot: '/images', out: null }
const submit = async () => right(await submitJob(launcher())(job, at)(io)())

describe('a job on Hugging Face Jobs', () => {
  it('is uploaded in one commit, and run with a timeout', async () => {
    expect(await submit()).toMatchObject({ id: 'job-1', name: 'graft-tiny' })
    const commit = hub.asked.find(({ url }) => url.includes('/commit/main'))!
    const paths = commit.body.split('\n').flatMap((line) => /"path":"([^"]+)"/.exec(line)?.[1] ?? [])
    expect(paths).toEqual(['jobs/graft-tiny/job.json', 'jobs/graft-tiny/graft_torch/__init__.py'])
    const { body, headers } = hub.asked.find(({ url }) => url === '/api/jobs/me')!
    expect(headers.authorization).toBe('Bearer hf_secret')
    expect(JSON.parse(body)).toMatchObject({
      flavor: 't4-small',
      timeoutSeconds: 86_400,
      secrets: { HF_TOKEN: 'hf_secret' },
      volumes: [
        { type: 'model', source: 'me/pets', mountPath: '/graft', readOnly: true },
        { type: 'dataset', source: 'me/images', mountPath: '/images', readOnly: true }
      ]
    })
  })

  it('is followed: its log, then how it ended', async () => {
    const submitted = await submit()
    stage = 'COMPLETED'
    let told = ''
    const state = right(
      await followJob(submitted, (text) => {
        told += text
      })(io)()
    )
    expect([state.stage, told]).toEqual(['succeeded', 'one\ntwo\n'])
  })

  it.each([
    ['RUNNING', 'running'],
    ['ERROR', 'failed'],
    ['CANCELED', 'stopped'],
    ['UPDATING', 'running']
  ])('that is %s is %s', async (words, is) => {
    const submitted = await submit()
    stage = words
    expect(right(await jobState(submitted)(io)()).stage).toBe(is)
  })

  it('is cancelled', async () => {
    right(await stopJob(await submit())(io)())
    expect(hub.asked.at(-1)?.url).toBe('/api/jobs/me/job-1/cancel')
  })

  it('is fetched from the repository', async () => {
    right(await fetchJob(await submit(), join(folder, 'run'))(io)())
    expect(readFileSync(join(folder, 'run', 'history.csv'), 'utf8')).toBe('epoch\n')
  })

  it('needs a token', async () => {
    const error = left(await submitJob({ ...launcher(), token: null })(job, at)(io)())
    expect(error).toMatchObject({ _tag: 'JobError', path: 'HF_TOKEN' })
    expect(hub.asked).toEqual([])
  })
})
