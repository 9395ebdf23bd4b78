/** What plain JavaScript passes as the options of an environment: errors that name them, never a throw. */
import * as RTE from 'fp-ts/lib/ReaderTaskEither.js'
import { acquireEngine, inWorker, withNodeEnv } from 'graft-vision/node'
import { describe, expect, it } from 'vitest'
import { mistakesOf } from '../../src/GraftError.js'
import { left } from '../io/workplace.js'

const untyped = (u: unknown): never => u as never

describe('an environment', () => {
  const made = async (options: unknown) => left(await withNodeEnv(untyped(options))(RTE.right(1))())

  it.each([
    [null, 'options'],
    ['cpu', 'options'],
    [{ engine: 'gpu' }, 'gpu'],
    [{ engine: 3 }, '3'],
    [{ engine: 'onnxruntime', threads: '2' }, 'onnxruntime'],
    [{ engine: 'onnxruntime', costs: 'mine' }, 'onnxruntime'],
    [{ engine: 'cpu', workers: -1 }, 'workers'],
    [{ engine: 'cpu', workers: '2' }, 'workers'],
    [{ engine: 'cpu', onEvent: 'log' }, 'onEvent'],
    [{ engine: 'cpu', signal: 3 }, 'signal'],
    [{ engine: 'cpu', cache: 'folder' }, 'cache'],
    [{ engine: 'cpu', places: 'here', progress: 1 }, 'places']
  ])('of %j is an error at %s', async (options, path) => {
    expect(mistakesOf(await made(options))[0]).toMatchObject({ path })
  })

  it('reports every wrong option', async () => {
    const error = await made({ engine: 'cpu', workers: 0.5, onEvent: 1 })
    expect(mistakesOf(error).map(({ path }) => path)).toEqual(['workers', 'onEvent'])
  })
})

describe('an engine', () => {
  it.each([
    ['gpu', {}, 'one of auto, onnxruntime, cpu, tensorflow, tensorflow-gpu'],
    [undefined, {}, 'one of auto, onnxruntime, cpu, tensorflow, tensorflow-gpu'],
    ['cpu', null, 'options in an object'],
    ['onnxruntime', { block: 4 }, 'a block of 0, 8 or 16'],
    ['onnxruntime', { exactConv: 'yes' }, 'exactConv of true or false'],
    ['onnxruntime', { fallback: 'throw' }, "a fallback of 'compute' or 'refuse'"]
  ])('%j with %j is an error', async (name, options, expected) => {
    expect(left(await acquireEngine(untyped(name), untyped(options))())).toMatchObject({
      _tag: 'EngineUnavailable',
      expected
    })
  })

  it('has the name that was probably meant in its hint', async () => {
    expect(left(await acquireEngine(untyped('onnxruntme'))())).toMatchObject({ hint: "use e.g. 'onnxruntime'" })
  })
})

describe('a program in a worker', () => {
  it('is an error with options that are no object, and without a URL', async () => {
    const module = new URL('data:text/javascript,')
    expect(left(await inWorker(module, 'f')(untyped(1), untyped(null))())).toMatchObject({ path: 'options' })
    expect(left(await inWorker(untyped('./f.js'), 'f')(untyped(1))())).toMatchObject({ path: 'module' })
  })
})
