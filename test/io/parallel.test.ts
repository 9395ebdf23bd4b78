import { describe, expect, it } from 'vitest'
import { parallel } from '../../src/io/index.js'

describe('parallel', () => {
  it('returns results in order, and runs no more tasks at once than there are workers', async () => {
    let [running, most] = [0, 0]
    const slow = (n: number) => async () => {
      running += 1
      most = Math.max(most, running)
      await new Promise((resolve) => setTimeout(resolve, 5 - (n % 5)))
      running -= 1
      return 2 * n
    }
    const questions = Array.from({ length: 20 }, (_, i) => i)
    expect(await parallel(3, slow)(questions)()).toEqual(questions.map((n) => 2 * n))
    expect(most).toBe(3)
  })

  it('returns an empty array for no tasks', async () => {
    expect(await parallel(3, (n: number) => async () => n)([])()).toEqual([])
  })
})
