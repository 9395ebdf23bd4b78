/** Lines that the Python program prints, as events and faults. */
import * as O from 'fp-ts/lib/Option.js'
import { Recipe } from 'graft-vision'
import { describe, expect, it } from 'vitest'
import { eventIn, faultIn, meetingFaultIn, printedLine } from '../../src/learn/jobs/eventLine.js'

const read = eventIn(Recipe.fit(1, 1e-3))

describe('a line', () => {
  it('is an event, with numbers that JSON does not have', () => {
    const line = '{"_tag":"EpochEnd","row":{"epoch":0,"trainLoss":"NaN","validLoss":null,"metrics":["-Infinity"]}}'
    expect(read(line)).toMatchObject(O.some({ row: { trainLoss: NaN, validLoss: null, metrics: [-Infinity] } }))
  })

  it('names a step by its index', () => {
    expect(read('{"_tag":"StepBegin","index":0}')).toMatchObject(O.some({ step: { _tag: 'Fit' } }))
    expect(read('{"_tag":"StepBegin","index":7}')).toEqual(O.none)
  })

  it.each(['', 'epoch 1', '{', '{"_tag":"Other"}', '{"_tag":"toString"}', '[1]', '{"loss":1}'])(
    'that is something else is no event: %s',
    (line) => {
      expect(read(line)).toEqual(O.none)
    }
  )

  it('is the fault that ended the program', () => {
    expect(faultIn('graft_torch: a/1.png: expected 70 bytes, found 12: restore the file')).toEqual(
      O.some({ _tag: 'JobError', path: 'a/1.png', expected: '70 bytes', found: '12', hint: 'restore the file' })
    )
    expect(faultIn('graft_torch: batch norm over processes: synchronised')).toEqual(O.none)
  })

  it.each([
    [
      ['--standalone'],
      'torch.distributed.DistNetworkError: The server socket has failed to listen. port: 29613, name: EADDRINUSE',
      { path: 'port 29613', found: 'one that is in use' }
    ],
    [
      ['--rdzv-endpoint', '10.0.0.1:29500'],
      'torch.distributed.elastic.rendezvous.api.RendezvousConnectionError: The connection to the C10d store has failed.',
      { path: '10.0.0.1:29500' }
    ]
  ])('of torchrun says that its processes cannot meet: %j', (args, line, fault) => {
    expect(meetingFaultIn(args)(line)).toMatchObject(O.some({ _tag: 'JobError', ...fault }))
  })

  it.each([
    'torch.distributed.DistNetworkError: failed to recv, got 0 bytes. Connection was likely closed.',
    '    raise RendezvousConnectionError('
  ])('of a restart, or of a traceback, is no fault of torchrun: %s', (line) => {
    expect(meetingFaultIn([])(line)).toEqual(O.none)
  })

  it('of Ray says before it which process printed it', () => {
    const coloured = '\u001b[36m(RayTrainWorker pid=12, ip=10.0.0.2)\u001b[0m {"_tag":"Warning","message":"x"}'
    expect(read(printedLine(coloured))).toEqual(O.some({ _tag: 'Warning', message: 'x' }))
  })
})
