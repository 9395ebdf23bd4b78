import * as E from 'fp-ts/lib/Either.js'
import { describe, expect, it } from 'vitest'
import { readDivisionFlags } from '../../src/cli/flags/holdoutFlag.js'
import { readImbalanceFlags } from '../../src/cli/flags/imbalanceFlags.js'
import {
  balancedSampling,
  holdoutByColumn,
  holdoutByFile,
  holdoutByFold,
  holdoutByGroup,
  holdoutStratified
} from '../../src/data/index.js'

describe('--holdout', () => {
  it.each([
    ['stratified:0.1', holdoutStratified(0.1, 7)],
    ['stratified', holdoutStratified(0.2, 7)],
    ['group:patient', holdoutByGroup('patient', 0.2, 7)],
    ['group:patient:0.1', holdoutByGroup('patient', 0.1, 7)],
    ['group:3', holdoutByGroup(3, 0.2, 7)],
    ['group:/^([^:/]+)[/:]/', holdoutByGroup({ pattern: '^([^:/]+)[/:]' }, 0.2, 7)],
    ['group:/(v[0-9])_/:0.3', holdoutByGroup({ pattern: '(v[0-9])_' }, 0.3, 7)],
    ['file:lists/valid.txt', holdoutByFile('lists/valid.txt')],
    ['column:is_valid', holdoutByColumn('is_valid')],
    ['fold:1/5', holdoutByFold(0, 5, { seed: 7 })],
    ['fold:5/5:stratified', holdoutByFold(4, 5, { stratified: true, seed: 7 })]
  ])('reads %s', (text, holdout) => {
    const read = readDivisionFlags({ holdout: text }).holdout
    expect(E.isRight(read) && read.right?.(7)).toEqual(holdout)
  })
  it.each(['', 'random', 'stratified:2', 'stratified:x', 'group:', 'file:', 'fold:0/5', 'fold:6/5', 'fold:1/1'])(
    'refuses %j',
    (text) => {
      expect(readDivisionFlags({ holdout: text }).holdout).toMatchObject({ left: [{ path: '--holdout' }] })
    }
  )
})

describe('--class-weights and --sample', () => {
  it.each([
    ['balanced', 'balanced'],
    ['effective', 'effective'],
    ['effective:0.99', { effective: 0.99 }],
    ['1, 3', [1, 3]]
  ])('reads weights %s', (classWeights, expected) => {
    expect(readImbalanceFlags({ classWeights }).classWeights).toEqual(E.right(expected))
  })
  it.each(['none', 'effective:1', '1', '1,x'])('refuses weights %j', (classWeights) => {
    expect(readImbalanceFlags({ classWeights }).classWeights).toMatchObject({ left: [{ path: '--class-weights' }] })
  })
  it('reads how images are drawn', () => {
    expect(readImbalanceFlags({ sample: 'balanced' }).sample).toEqual(E.right(balancedSampling()))
    expect(readImbalanceFlags({ sample: 'balanced:0.5' }).sample).toEqual(E.right(balancedSampling({ power: 0.5 })))
    for (const sample of ['balanced:2', 'often', 'balanced:'])
      expect(readImbalanceFlags({ sample }).sample).toMatchObject({ left: [{ path: '--sample' }] })
  })
})
