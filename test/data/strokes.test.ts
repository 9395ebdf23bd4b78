import { fc, it } from '@fast-check/vitest'
import { describe, expect } from 'vitest'
import { drawDigit } from '../../src/data/index.js'

const seed = 20_240_616

describe('drawDigit', () => {
  it.prop([fc.constantFrom('3' as const, '7' as const), fc.nat()], { seed })(
    'is a pure function of its seed',
    (digit, from) => {
      expect(drawDigit(digit, from)).toEqual(drawDigit(digit, from))
    }
  )

  it.prop([fc.constantFrom('3' as const, '7' as const), fc.nat()], { seed })('is not blank', (digit, from) => {
    expect(Math.max(...drawDigit(digit, from))).toBeGreaterThan(100)
  })
})
