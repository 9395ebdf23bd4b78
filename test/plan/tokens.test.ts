/** Models whose body ends in tokens: heads, heat maps, features, U-Nets. */
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import * as _ from '../../src/index.js'
import { nn } from '../../src/index.js'
import { Engine } from '../../src/node.js'
import { numbers, ort } from '../engine/engines.js'
import { left, right } from '../io/workplace.js'

/** A ViT of two blocks for images of 8 pixels in patches of 2. */
const vit = (own: nn.Layer, learned: ReadonlyArray<nn.Child>) => {
  const block = (): nn.Layer =>
    nn.sequential(
      nn.sum(nn.sequential(nn.named('norm1', nn.layerNorm(8)), nn.named('attn', nn.attention(8, 2))), nn.identity),
      nn.sum(nn.sequential(nn.named('norm2', nn.layerNorm(8)), nn.named('mlp', nn.linear(8, 8))), nn.identity)
    )
  return _.arch({
    name: 'vit',
    network: nn.sequential(
      nn.named('patch_embed', nn.patchEmbed(3, 8, 2)),
      ...learned,
      nn.named('pos_embed', nn.positionEmbedding(8, 4, { prefix: learned.length })),
      nn.named('blocks', nn.numbered(block(), block())),
      nn.named('norm', nn.layerNorm(8)),
      own,
      nn.named('head', nn.linear(8, 10))
    ),
    cut: 'head'
  })
}

const withClassToken = vit(nn.takeToken(), [nn.named('cls_token', nn.classToken(8))])
const withoutClassToken = vit(nn.meanTokens(), [])

const task = _.classification(['a', 'b', 'c'])
const planned = (arch: _.Arch, head: _.Head, side = 8) =>
  _.plan({ input: [3, side, side], task })(pipe(arch, _.cut, _.withHead(head)))

const poolIn = (plan: _.Plan): ReadonlyArray<string> =>
  plan.layers
    .filter(({ path }) => path.startsWith('head'))
    .flatMap(({ layer }) => (nn.roleOf(layer) === 'pooling' ? [_.Show.layer.show(layer)] : []))

describe('a head on tokens', () => {
  it('pools as the architecture does', () => {
    expect(poolIn(right(planned(withClassToken, _.head())))).toEqual(['TakeToken(index: 0)'])
    expect(poolIn(right(planned(withoutClassToken, _.head())))).toEqual(['MeanTokens(skip: 0)'])
  })

  it('pools as it is told, the mean without the class token', () => {
    expect(poolIn(right(planned(withClassToken, _.head({ pool: 'mean' }))))).toEqual(['MeanTokens(skip: 1)'])
    const both = right(planned(withClassToken, _.head({ pool: 'both' })))
    expect(poolIn(both)).toEqual(['TakeToken(index: 0)', 'MeanTokens(skip: 1)'])
    expect(both.output).toEqual([3])
  })

  it('is an error where there is no class token, or no token', () => {
    expect(left(planned(withoutClassToken, _.head({ pool: 'both' })))).toMatchObject([
      { _tag: 'HeadError', path: 'head.pool', found: "'both'" }
    ])
    expect(left(planned(_.resnet18, _.head({ pool: 'mean' }), 64))).toMatchObject([
      { _tag: 'HeadError', path: 'head.pool' }
    ])
  })
})

it('a U-Net on tokens is an error that says what to take', () => {
  const model = pipe(withClassToken, _.cut, _.withHead(_.unet()))
  const [error] = left(_.plan({ input: [3, 8, 8], task: _.segmentation(['void', 'leaf']) })(model))
  expect(error).toMatchObject({ _tag: 'HeadError', path: 'head', found: '17×8' })
  expect(error.hint).toContain('convnext_tiny')
})

it('positions are interpolated for images of another size', () => {
  expect(
    right(planned(withClassToken, _.head(), 12)).layers.find(({ layer }) => layer._tag === 'PositionEmbedding')?.output
  ).toEqual([37, 8])
})

it('tokens that do not fit the positions are an error that names the prefix', () => {
  const arch = vit(nn.takeToken(), [nn.named('cls_token', nn.registerTokens(8, 3))])
  expect(left(planned(arch, _.head()))).toMatchObject([
    { _tag: 'ShapeError', path: 'body.pos_embed', found: '19 tokens' }
  ])
})

it.each([
  ['the class token', withClassToken],
  ['the mean', withoutClassToken]
])('heat maps are not empty where the head reads %s', (_name, arch) => {
  const plan = right(planned(arch, _.head({ linFtrs: [], ps: 0 })))
  const cam = right(Engine.compileGradCam(ort)(plan, Engine.initialState(plan, 1)))
  const maps = right(cam.heatmaps(Float32Array.from(numbers(1, 3 * 64)), Int32Array.of(1)))
  cam.dispose()
  expect([maps.height, maps.width]).toEqual([4, 4])
  const other = right(Engine.compileGradCam(ort)(plan, Engine.initialState(plan, 1)))
  const all = [0, 1, 2].flatMap((c) => [
    ...right(other.heatmaps(Float32Array.from(numbers(1, 3 * 64)), Int32Array.of(c))).values
  ])
  other.dispose()
  expect(all.some((v) => v > 0)).toBe(true)
})

it('features of an image are pooled as by the head', () => {
  const features = pipe(planned(withClassToken, _.head()), E.chainW(_.embeddingPlan))
  expect(right(features).output).toEqual([8])
})
