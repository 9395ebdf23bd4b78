/** Jobs on Ray, by a server that answers as the REST of Ray Jobs does. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ray } from '../../src/emit/launch/index.js'
import { type Job, jobSettings } from '../../src/emit/torch/index.js'
import { nodeIo } from '../../src/io/index.js'
import {
  fetchJob,
  followJob,
  jobState,
  readSubmitted,
  stopJob,
  submitJob,
  writeSubmitted
} from '../../src/learn/index.js'
import { left, right, workplace } from '../io/workplace.js'
import { type Asked, type Service, service } from './service.js'

const folder = workplace()
const io = nodeIo()

const job: Job = {
  _tag: 'Job',
  name: 'graft-tiny',
  module: 'graft_torch',
  settings: jobSettings(),
  files: [{ path: 'job.json', content: '{}' }]
}

let cluster: Service

/** What the cluster answers to a request, by its method and path. */
const answers = new Map<string, (request: Asked) => readonly [status: number, body: unknown]>()

beforeAll(async () => {
  cluster = await service((asked) => {
    const key = `${asked.method} ${asked.url.replace(/_ray_pkg_.*/, 'PACKAGE').replace(/graft-tiny-[\w-]+/, 'ID')}`
    // as Ray recognises browsers, which it refuses
    const browses = Object.keys(asked.headers).some((name) => /^(sec-fetch-|origin$|referer$)/.test(name))
    const [status, body] = browses
      ? [405, 'method not allowed for browser traffic.']
      : (answers.get(key)?.(asked) ?? [404, 'Job ID does not exist'])
    return { status, body }
  })
})
afterAll(() => cluster.close())
beforeEach(() => {
  cluster.asked.length = 0
  answers.clear()
  answers.set('PUT /api/packages/gcs/PACKAGE', () => [200, ''])
  answers.set('POST /api/jobs/', ({ body }) => {
    const { submission_id: id } = JSON.parse(body) as { readonly submission_id: string }
    return [200, { job_id: id, submission_id: id }]
  })
})

const at = { folder: '.', dataRoot: '/images', out: null }

const submit = async (token: string | null = null) =>
  right(await submitJob(ray({ address: cluster.url, token }))(job, at)(io)())

describe('a job on Ray', () => {
  it('is uploaded, submitted and remembered, with the token in every request and in no file', async () => {
    const submitted = await submit('secret')
    expect(cluster.asked.map(({ method }) => method)).toEqual(['PUT', 'POST'])
    expect(cluster.asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer secret', 'Bearer secret'])
    right(await writeSubmitted(folder)(submitted)(io)())
    expect(readFileSync(join(folder, 'submitted.json'), 'utf8')).not.toContain('secret')
    expect(right(await readSubmitted(folder, { ray: 'secret', hf: null })(io)())).toEqual(submitted)
  })

  it('is followed to its end: every line once, also those that come late', async () => {
    const submitted = await submit()
    const logs = ['one\n', 'one\ntw', 'one\ntwo\nthree']
    let [asked, told] = [0, '']
    answers.set('GET /api/jobs/ID', () => [200, { status: asked < 2 ? 'RUNNING' : 'SUCCEEDED', message: 'm' }])
    answers.set('GET /api/jobs/ID/logs', () => [200, { logs: logs[asked++] }])
    const env = { ...io, clock: { ...io.clock, sleep: () => () => Promise.resolve() } }
    const state = right(
      await followJob(submitted, (text) => {
        told += text
      })(env)()
    )
    expect([state.stage, told]).toEqual(['succeeded', 'one\ntwo\nthree'])
  })

  it.each([
    ['PENDING', 'waiting'],
    ['RUNNING', 'running'],
    ['STOPPED', 'stopped'],
    ['FAILED', 'failed']
  ])('that is %s is %s', async (status, stage) => {
    const submitted = await submit()
    answers.set('GET /api/jobs/ID', () => [200, { status, message: 'its log:\n  Traceback\nwhy\n' }])
    expect(right(await jobState(submitted)(io)())).toEqual({ stage, message: 'why' })
  })

  it('is stopped', async () => {
    const submitted = await submit()
    answers.set('POST /api/jobs/ID/stop', () => [200, { stopped: true }])
    right(await stopJob(submitted)(io)())
    expect(cluster.asked.at(-1)?.url).toBe(`/api/jobs/${submitted.id}/stop`)
  })

  const printed = (files: Readonly<Record<string, string>>, count = Object.keys(files).length): string =>
    [
      ...Object.entries(files).flatMap(([path, text]) => [
        `graft-file ${text.length} ${path}`,
        ...(text === '' ? [] : [`graft-data ${Buffer.from(text).toString('base64')}`])
      ]),
      `graft-end ${count}`,
      ''
    ].join('\n')

  const fetching = async (log: string, into: string) => {
    const submitted = await submit()
    answers.set('GET /api/jobs/ID', () => [200, { status: 'SUCCEEDED', message: '' }])
    answers.set('GET /api/jobs/ID/logs', () => [200, { logs: log }])
    return fetchJob(submitted, join(folder, into))(io)()
  }

  it('is fetched: every file of its run', async () => {
    right(await fetching(`noise\n${printed({ 'graft.json': '{}', 'models/best.safetensors': 'x'.repeat(9) })}`, 'run'))
    expect(readFileSync(join(folder, 'run', 'models', 'best.safetensors'), 'utf8')).toBe('x'.repeat(9))
  })

  it.each([
    ['breaks off', 'graft-file 3 a\n'],
    ['lacks a part', 'graft-file 3 a\ngraft-data YQ==\ngraft-end 1\n'],
    ['lacks a file', printed({ a: 'x' }, 2)],
    ['names a file outside', printed({ '../a': 'x' })],
    ['names a file of the machine', printed({ '/etc/a': 'x' })]
  ])('is not fetched if the log %s', async (_, log) => {
    expect(left(await fetching(log, 'damaged'))).toMatchObject({ _tag: 'JobError' })
  })
})

describe('a cluster', () => {
  it('that refuses says what to do', async () => {
    answers.set('PUT /api/packages/gcs/PACKAGE', () => [401, 'Unauthorized'])
    const error = left(await submitJob(ray({ address: cluster.url }))(job, at)(io)())
    expect(error).toMatchObject({ _tag: 'JobError', hint: expect.stringContaining('RAY_AUTH_TOKEN') as string })
  })

  it('that fails is quoted', async () => {
    answers.set('POST /api/jobs/', () => [500, 'Traceback\nValueError: no such runtime_env'])
    const error = left(await submitJob(ray({ address: cluster.url }))(job, at)(io)())
    expect(error).toMatchObject({ found: 'status 500: ValueError: no such runtime_env' })
  })

  it('that is not one of Ray is an error', async () => {
    const submitted = await submit()
    answers.set('GET /api/jobs/ID', () => [200, '<html>'])
    expect(left(await jobState(submitted)(io)())).toMatchObject({ _tag: 'JobError', found: '<html>' })
  })

  it('that does not answer is unreachable', async () => {
    const error = left(await submitJob(ray({ address: 'http://127.0.0.1:1' }))(job, at)(io)())
    expect(error).toMatchObject({ _tag: 'Unreachable' })
  })
})
