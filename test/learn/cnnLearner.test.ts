import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { cnnModel } from '../../src/learn/index.js'
import { cut, freeze, head, ownSplit, pretrained, splitOn, withHead } from '../../src/model/index.js'

describe("the model of fastai's one-line form", () => {
  const plain = pipe(resnet18, cut, withHead(head()))

  it('is what the words of the algebra make', () => {
    expect(cnnModel(resnet18)).toEqual(plain)
    expect(cnnModel(resnet18, { pretrained: true })).toEqual(freeze(pretrained(plain)))
  })
  it("takes the architecture's split when none, or an empty one, is given", () => {
    expect([cnnModel(resnet18), cnnModel(resnet18, { splitOn: [] })].map((m) => m.split)).toEqual([ownSplit, ownSplit])
  })
  it('takes the split that is given', () => {
    expect(cnnModel(resnet18, { splitOn: ['body.layer2', 'head'] })).toEqual(splitOn(['body.layer2', 'head'])(plain))
    expect(cnnModel(resnet18, { splitOn: () => [] }).split).toMatchObject({ _tag: 'SplitBy' })
  })
})
