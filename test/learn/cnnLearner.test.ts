import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18, xresnet18 } from '../../src/arch/index.js'
import { cnnModel, unetModel } from '../../src/learn/index.js'
import { cut, freeze, head, ownSplit, pretrained, splitOn, unet, withHead, withWeights } from '../../src/model/index.js'

describe("the model of fastai's one-line form", () => {
  const plain = pipe(resnet18, cut, withHead(head()))

  it('equals the model built step by step', () => {
    expect(cnnModel(resnet18, { pretrained: false })).toEqual(plain)
    expect(cnnModel(resnet18, { pretrained: true })).toEqual(freeze(pretrained(plain)))
    expect(cnnModel(resnet18, { pretrained: 'a.pth' })).toEqual(freeze(withWeights('a.pth')(plain)))
  })
  it('starts from published weights, frozen, where the architecture has any', () => {
    expect(cnnModel(resnet18)).toEqual(freeze(pretrained(plain)))
    expect(cnnModel(xresnet18)).toEqual(pipe(xresnet18, cut, withHead(head())))
    expect(unetModel(resnet18)).toEqual(pipe(resnet18, cut, withHead(unet()), pretrained, freeze))
    expect(unetModel(xresnet18)).toEqual(pipe(xresnet18, cut, withHead(unet())))
  })
  it('keeps the weights that the architecture has chosen', () => {
    const mine = pipe(resnet18, withWeights('mine.th'))
    expect(cnnModel(mine)).toEqual(pipe(mine, cut, withHead(head()), freeze))
    expect(cnnModel(mine, { pretrained: false })).toEqual(plain)
  })
  it("takes the architecture's split when none, or an empty one, is given", () => {
    expect([cnnModel(resnet18), cnnModel(resnet18, { splitOn: [] })].map((m) => m.split)).toEqual([ownSplit, ownSplit])
  })
  it('takes the split that is given', () => {
    expect(cnnModel(resnet18, { splitOn: ['body.layer2', 'head'] })).toEqual(
      pipe(plain, splitOn(['body.layer2', 'head']), pretrained, freeze)
    )
    expect(cnnModel(resnet18, { splitOn: () => [] }).split).toMatchObject({ _tag: 'SplitBy' })
  })
})
