import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { besideRow, cases, exitCode, paired, rowOf, settings } from '../../bench/guard/verdict.mjs'

describe('the arguments of guard', () => {
  it('default to all cases, seven rounds and the committed rows', () => {
    expect(settings([])).toEqual({ against: null, rounds: 7, steps: 10, cases, json: false })
    const told = settings(['--against', 'HEAD~1', '--rounds', '5', '--only', 'loader,train-28', '--json'])
    expect(told).toMatchObject({ against: 'HEAD~1', rounds: 5, json: true })
    expect(told.cases.map(({ name }) => name)).toEqual(['train-28', 'loader'])
  })

  it('are rejected without a case, enough rounds, or a commit', () => {
    expect(() => settings(['--only', 'trian'])).toThrow('trian')
    for (const rounds of ['4', '0', '5.5', 'many']) expect(() => settings(['--rounds', rounds])).toThrow('--rounds')
    expect(() => settings(['--against='])).toThrow('--against')
    expect(() => settings(['--against=--all'])).toThrow('--against')
    expect(() => settings(['COMMIT'])).toThrow()
  })

  it('are rejected before anything is built if the commit is not in this clone', () => {
    const script = fileURLToPath(new URL('../../bench/guard/run.mjs', import.meta.url))
    const { status, stderr } = spawnSync(process.execPath, [script, '--against', 'no-such-commit'], {
      encoding: 'utf8'
    })
    expect([status, stderr.trim()]).toEqual([2, '--against names a commit of this clone, not no-such-commit'])
  })
})

describe('times of two checkouts', () => {
  const before = [100, 101, 99, 100, 102, 98, 100]

  it('differ where most rounds agree on a change of more than their spread', () => {
    const slower = paired(
      before,
      before.map((ms) => ms * 1.05)
    )
    expect(slower).toMatchObject({ before: 100, now: 105, verdict: 'slower' })
    expect(slower.change).toBeCloseTo(0.05)
    expect(
      paired(
        before,
        before.map((ms) => ms * 0.9)
      ).verdict
    ).toBe('faster')
  })

  it('do not differ when a whole round is slow, nor by one bad round', () => {
    const load = [1, 3, 1, 1, 2, 1, 1]
    expect(
      paired(
        before.map((ms, i) => ms * load[i]!),
        before.map((ms, i) => ms * load[i]! * 1.01)
      ).verdict
    ).toBe('same')
    expect(paired(before, before.with(2, 500)).verdict).toBe('same')
  })

  it('do not differ where the rounds disagree, even if most are alike', () => {
    const ratios = [1.2, 1.201, 1.199, 0.99, 1.2]
    const five = before.slice(0, 5)
    const now = five.map((ms, i) => ms * ratios[i]!)
    expect(paired(five, now)).toMatchObject({ change: expect.closeTo(0.2, 2), verdict: 'same' })
  })

  it('do not differ by less than their noise, or than 2 %', () => {
    expect(
      paired(
        before,
        before.map((ms) => ms * 1.019)
      )
    ).toMatchObject({ noise: 0.02, verdict: 'same' })
    const noisy = [90, 118, 104, 95, 121, 99, 112]
    expect(paired(before, noisy).noise).toBeGreaterThan(0.05)
    expect(paired(before, noisy).verdict).toBe('same')
  })
})

describe('times beside a committed row', () => {
  it('differ by more than machines of one class do', () => {
    expect(besideRow(100, [108, 109, 107]).verdict).toBe('same')
    expect(besideRow(100, [118, 119, 117]).verdict).toBe('slower')
    expect(besideRow(100, [80, 81, 82]).verdict).toBe('faster')
    expect(besideRow(100, [90, 120, 150]).verdict).toBe('same')
  })

  it('are of the last row of their case', () => {
    const csv = [
      'date,arch,mode,batch,size,ms,versions',
      'a,resnet18,train,64,28,90,x',
      'b,resnet18,train,32,128,70,x',
      'c,resnet18,train,64,28,80,x',
      ''
    ].join('\n')
    expect(rowOf(csv, cases[0]!)?.['ms']).toBe('80')
    expect(rowOf(csv, { ...cases[0]!, batch: 8 })).toBe(undefined)
  })
})

describe('the exit code of guard', () => {
  it('is 1 where something is slower or fails, 2 where nothing was compared', () => {
    const [same, slower, faster] = (['same', 'slower', 'faster'] as const).map((verdict) => ({ verdict }))
    expect(exitCode([same!, faster!], 0)).toBe(0)
    expect(exitCode([same!, slower!], 0)).toBe(1)
    expect(exitCode([same!], 1)).toBe(1)
    expect(exitCode([], 0)).toBe(2)
  })
})
