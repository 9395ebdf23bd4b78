import { describe, expect, it } from 'vitest'
import { type Event, type Handler, handlers, type Verdict } from '../../src/recipe/index.js'

const event: Event = { _tag: 'Warning', message: 'careful' }
const saying =
  (verdict: Verdict): Handler =>
  () =>
  () =>
    verdict

describe('combined handlers', () => {
  it('continue if there are none', () => expect(handlers([])(event)()).toBe('continue'))
  it.each([
    [['continue', 'continue'], 'continue'],
    [['haltEpoch', 'continue'], 'haltEpoch'],
    [['halt', 'haltEpoch'], 'halt'],
    [['continue', 'halt', 'continue'], 'halt']
  ] as ReadonlyArray<readonly [ReadonlyArray<Verdict>, Verdict]>)(
    'of %j say %s, the strongest',
    (verdicts, expected) => {
      expect(handlers(verdicts.map(saying))(event)()).toBe(expected)
    }
  )
  it('all receive every event in order, even after one that halts', () => {
    const seen: Array<string> = []
    const noting =
      (name: string, verdict: Verdict): Handler =>
      (e) =>
      () => {
        seen.push(`${name} ${e._tag}`)
        return verdict
      }
    handlers([noting('a', 'halt'), noting('b', 'continue')])(event)()
    expect(seen).toEqual(['a Warning', 'b Warning'])
  })
})
