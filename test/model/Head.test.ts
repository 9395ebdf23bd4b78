import { describe, expect, it } from 'vitest'
import {
  customHead,
  defaultHead,
  eqHead,
  flatten,
  foldHead,
  head,
  relu,
  showHead,
  unet,
  wholeHead
} from '../../src/model/index.js'

describe('a head', () => {
  it("has fastai's defaults", () => {
    expect(head()).toEqual({ _tag: 'LinearHead', ...defaultHead })
    const options = { linFtrs: [512], ps: 0.5, concatPool: true, bnFinal: false, init: 'kaimingNormal' }
    expect(defaultHead).toEqual({ ...options, pool: null })
  })
  it('uses the default for an option that is undefined', () => {
    expect(head({ ps: undefined } as never)).toEqual(head())
  })
  it('uses the given options, including an empty list', () => {
    expect(head({ linFtrs: [], bnFinal: true })).toMatchObject({ linFtrs: [], bnFinal: true, ps: 0.5 })
  })
  it('is folded by its kind', () => {
    const kind = foldHead<number | string>(
      (options) => options.linFtrs.length,
      () => 'custom',
      (options) => options.normType,
      () => 'whole'
    )
    expect([head({ linFtrs: [8, 4] }), customHead(flatten), unet({ normType: 'batch' }), wholeHead].map(kind)).toEqual([
      2,
      'custom',
      'batch',
      'whole'
    ])
  })
  it('shows only options that differ from the defaults', () => {
    expect(showHead.show(head())).toBe('head()')
    expect(showHead.show(head({ linFtrs: [512], ps: [0.1, 0.2] }))).toBe('head({ ps: [0.1, 0.2] })')
    expect(showHead.show(customHead(relu))).toBe('customHead(...)')
    expect(showHead.show(unet({ blur: true }))).toBe('unet({ blur: true })')
  })
  it('equals another with the same choices', () => {
    expect(eqHead.equals(head({ ps: 0.5 }), head())).toBe(true)
    expect(eqHead.equals(head({ ps: [0.5] }), head())).toBe(false)
    expect(eqHead.equals(customHead(relu), customHead(flatten))).toBe(false)
  })
})
