// Programs in a worker thread against the same programs on the calling thread. The worker runs dist: build first.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as E from 'fp-ts/lib/Either.js'
import { type Event, type Verdict } from 'graft-vision'
import { inWorker, type InWorkerOptions, type WorkerProgram, withNodeEnv } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { left, place, right, workplace } from '../io/workplace.js'
import * as programs from './programs.mjs'

const work = workplace()
const folder = join(work, 'digits')
const module = new URL('./programs.mjs', import.meta.url)
const cpu = { engine: 'cpu', workers: 0 } as const
const ort = { engine: 'onnxruntime', threads: 1, workers: 0 } as const
const trained = inWorker<typeof programs.train>(module, 'train')
const named = (name: string, options: InWorkerOptions = cpu) =>
  inWorker<typeof programs.echo>(module, name)(undefined, options)()

/** A handler that keeps events, without what differs from run to run, and halts at one of them. */
const recorder = (haltAt = (_: Event) => false) => {
  const events: Array<Event> = []
  const onEvent = (event: Event) => (): Verdict => {
    events.push(event._tag === 'EpochEnd' ? { ...event, seconds: 0 } : event)
    return haltAt(event) ? 'halt' : 'continue'
  }
  return { events, onEvent }
}

const ends = (iteration: number) => (event: Event) =>
  event._tag === 'BatchEnd' && event.train && event.iteration === iteration

describe('a training in a worker', () => {
  it('gives the same result and events as on the calling thread', async () => {
    const [here, there] = [recorder(), recorder()]
    const expected = right(
      await withNodeEnv({ ...ort, onEvent: here.onEvent })(programs.train({ folder, epochs: 2 }))()
    )
    const result = right(await trained({ folder, epochs: 2 }, { ...ort, onEvent: there.onEvent })())
    expect(result).toEqual(expected)
    expect(expected.steps).toBe(16)
    expect(there.events).toEqual(here.events)
    expect(here.events.length).toBeGreaterThan(40)
  })

  it('learns points as on the calling thread', async () => {
    const expected = right(await withNodeEnv(ort)(programs.findPoints({ folder }))())
    const result = await inWorker<typeof programs.findPoints>(module, 'findPoints')({ folder }, ort)()
    expect(right(result)).toEqual(expected)
    expect(expected.rows.flat().every((loss) => Number.isFinite(loss))).toBe(true)
  })

  it('is halted by a verdict at its event, and resumed to the same parameters', async () => {
    const checkpoint = join(work, 'halted.safetensors')
    const { events, onEvent } = recorder(ends(4))
    const halted = right(await trained({ folder, epochs: 2, checkpoint }, { ...ort, onEvent })())
    expect([halted.halted, halted.steps]).toEqual([true, 5])
    expect(events.filter((event) => event._tag === 'Saved')).not.toEqual([])
    const resumed = await inWorker<typeof programs.resume>(module, 'resume')({ folder, epochs: 2, checkpoint }, ort)()
    const unbroken = right(await withNodeEnv(ort)(programs.train({ folder, epochs: 2 }))())
    expect(right(resumed).steps).toBe(16)
    expect([...right(resumed).state]).toEqual([...unbroken.state])
  })

  it('is halted by an aborted signal at the end of the batch, with a checkpoint', async () => {
    const checkpoint = join(work, 'aborted.safetensors')
    const controller = new AbortController()
    const onEvent = (event: Event) => () => {
      if (ends(2)(event)) controller.abort()
      return 'continue' as const
    }
    const { signal } = controller
    const halted = right(await trained({ folder, epochs: 2, checkpoint }, { ...ort, signal, onEvent })())
    expect([halted.halted, halted.steps]).toEqual([true, 3])
    const resumed = await inWorker<typeof programs.resume>(module, 'resume')({ folder, epochs: 2, checkpoint }, ort)()
    expect(right(resumed).steps).toBe(16)
  })

  it('is halted by a signal without a handler of events', async () => {
    const before = right(await trained({ folder, epochs: 1000 }, { ...ort, signal: AbortSignal.abort() })())
    expect([before.halted, before.steps]).toEqual([true, 1])
    const during = right(await trained({ folder, epochs: 100_000 }, { ...ort, signal: AbortSignal.timeout(1000) })())
    expect(during.halted).toBe(true)
  })

  it('has custom watchers, of which events have the label', async () => {
    const { events, onEvent } = recorder()
    const result = await inWorker<typeof programs.watched>(module, 'watched')({ folder }, { ...ort, onEvent })()
    expect(right(result).steps).toBe(8)
    const [begin] = events
    if (begin?._tag !== 'StepBegin' || !('until' in begin.step)) throw new Error('expected a step with a watcher')
    expect(begin.step.until).toMatchObject([{ _tag: 'CustomWatcher', watching: { label: 'ending' } }])
  })

  it('fails as on the calling thread if the handler throws', async () => {
    const onEvent = (event: Event) => (): Verdict => {
      if (ends(1)(event)) throw new Error('no more')
      return 'continue'
    }
    const expected = left(await withNodeEnv({ ...ort, onEvent })(programs.train({ folder, epochs: 1 }))())
    expect(expected).toMatchObject({ path: 'handler of BatchEnd', found: 'Error: no more' })
    expect(left(await trained({ folder, epochs: 1 }, { ...ort, onEvent })())).toEqual(expected)
  })

  it('reports progress, and a handler of it that throws', async () => {
    const reports: Array<string> = []
    const progress =
      ({ stage }: { readonly stage: string }) =>
      () =>
        void reports.push(stage)
    right(await trained({ folder: join(work, 'drawn in the worker'), epochs: 1 }, { ...ort, progress })())
    expect(reports).toContain('generate')
    const throwing = () => () => {
      throw new Error('no reports')
    }
    const error = left(await trained({ folder: join(work, 'again'), epochs: 1 }, { ...ort, progress: throwing })())
    expect(error).toMatchObject({ _tag: 'SettingError', path: 'Progress of a worker', found: 'Error: no reports' })
  })
})

describe('a worker', () => {
  it('gets arguments and options, and loads images by threads of its own', async () => {
    const args = { list: [1, 2], map: new Map([['a', Float32Array.of(1, NaN)]]) }
    expect(await inWorker<typeof programs.echo>(module, 'echo')(args, cpu)()).toEqual(E.right(args))
    const name = inWorker<typeof programs.engineName>(module, 'engineName')
    expect(await name(undefined, { engine: 'cpu' })()).toEqual(E.right('cpu'))
    expect(right(await trained({ folder, epochs: 1 }, { ...ort, workers: 2 })()).steps).toBe(8)
  })

  it.each<readonly [string, string, object]>([
    ["the program's own error", 'fails', { _tag: 'SettingError', path: 'here', found: 'nothing' }],
    ['a missing export', 'absent', { _tag: 'SettingError', path: `${module.href}#absent` }],
    ['an export that is no function', 'constant', { found: 'an export of type number' }],
    ['a function that throws', 'throws', { path: `${module.href}#throws`, found: 'TypeError: no program' }],
    ['a function that returns no program', 'noProgram', { found: 'it returned number' }],
    ['a program that rejects', 'rejects', { _tag: 'SettingError', found: 'RangeError: too far' }],
    ['a program that returns no Either', 'noEither', { path: `${module.href}#noEither`, found: 'number' }],
    ['a result that cannot be cloned', 'notClonable', { expected: 'a result that can be cloned' }],
    ['process.exit', 'exits', { _tag: 'IoFailure', path: `${module.href}#exits`, found: 'exit code 3' }],
    ['an uncaught exception', 'uncaught', { _tag: 'IoFailure', found: 'Error: out of turn' }]
  ])('returns an error for %s', async (_, name, error) => {
    expect(left(await named(name))).toMatchObject(error)
  })

  it('returns an error when its heap is full', async () => {
    const error = left(await named('fillsMemory', { ...cpu, resourceLimits: { maxOldGenerationSizeMb: 60 } }))
    expect(error).toMatchObject({ _tag: 'IoFailure', path: `${module.href}#fillsMemory` })
    expect(JSON.stringify(error)).toContain('memory limit')
  })

  it('returns an error for modules, arguments and options that cannot be used', async () => {
    const file = join(work, 'broken.mjs')
    place(file, 'throw new Error("not today")')
    const of = (url: URL) => inWorker<WorkerProgram>(url, 'train')(undefined as never, cpu)()
    expect(left(await of(new URL(`file://${file}`)))).toMatchObject({ found: 'Error: not today' })
    expect(left(await of(new URL(`file://${file}x`)))).toMatchObject({ expected: 'a module that can be imported' })
    const args = () => 1
    expect(left(await inWorker<typeof programs.echo>(module, 'echo')(args, cpu)())).toMatchObject({
      _tag: 'SettingError',
      path: `${module.href}#echo`
    })
  })

  it.runIf(process.platform === 'linux')('has the given priority, with its engine, and nothing else has', async () => {
    const priorities = inWorker<typeof programs.priorities>(module, 'priorities')
    const before = right(await priorities({ folder }, { ...ort, threads: 2 })())
    expect([before.own, before.all.filter((p) => p !== before.process)]).toEqual([before.process, []])
    const low = right(await priorities({ folder }, { ...ort, threads: 2, priority: 12 })())
    expect([low.own, low.process]).toEqual([12, before.process])
    // the worker and a thread of the engine beside it
    expect(low.all.filter((p) => p === 12).length).toBeGreaterThanOrEqual(2)
    expect(left(await priorities({ folder }, { ...ort, priority: 20 })())).toMatchObject({ path: 'priority' })
  })

  it('is ended with what it leaves open', async () => {
    expect(await named('leavesOpen')).toEqual(E.right('open'))
  })

  it('prints everything, and does not keep its process alive', () => {
    const script = join(work, 'printing.mjs')
    const dist = new URL('../../dist/src/node.js', import.meta.url).href
    writeFileSync(
      script,
      `import { inWorker } from '${dist}'
      console.log(JSON.stringify(await inWorker(new URL('${module.href}'), 'prints')(null, { engine: 'cpu' })()))`
    )
    const { status, stdout, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8', timeout: 50_000 })
    const lines = stdout.trimEnd().split('\n')
    expect([status, lines.length, lines[999]]).toEqual([0, 1001, 'line 999'])
    expect(lines[1000]).toBe('{"_tag":"Right","right":null}')
    expect(stderr).toContain('the last line')
  })
})
