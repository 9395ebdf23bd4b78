import { describe, expect, it } from 'vitest'
import { batchOrder, drawnItems, repeatsIn } from '../../src/data/index.js'

const classes = [...Array<number>(16).fill(0), ...Array<number>(4).fill(1), ...Array<number>(1).fill(2)]
const perClass = (power: number, epoch = 0): ReadonlyArray<number> => {
  const items = drawnItems({ power, classes }, 5, epoch)
  return [0, 1, 2].map((c) => items.filter((i) => classes[i] === c).length)
}

describe('balanced sampling', () => {
  it('draws classes in proportion to n^(1 − power), as many images as there are', () => {
    expect(perClass(0)).toEqual([16, 4, 1])
    expect(perClass(0.5)).toEqual([12, 6, 3])
    expect(perClass(1)).toEqual([7, 7, 7])
  })
  it('draws other images of frequent classes in another epoch, and the same in the same', () => {
    const at = (epoch: number) => drawnItems({ power: 1, classes }, 5, epoch)
    expect(at(1)).toEqual(at(1))
    expect(at(1)).not.toEqual(at(2))
  })
  it('counts how often an item was drawn before, over all batches', () => {
    expect(
      repeatsIn([
        [3, 1, 3],
        [1, 3]
      ])
    ).toEqual([
      [0, 0, 1],
      [1, 2]
    ])
  })
  it('orders what it draws by seed and epoch', () => {
    const order = batchOrder({
      n: 21,
      bs: 7,
      shuffle: true,
      dropLast: true,
      seed: 5,
      epoch: 3,
      draws: { power: 1, classes }
    })
    expect(order.flat().sort((a, b) => a - b)).toEqual(drawnItems({ power: 1, classes }, 5, 3))
  })
})
