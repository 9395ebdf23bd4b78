/** Which training steps may cache features, and which condition fails otherwise. */
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import {
  type Arch,
  arch,
  batchNormUnderFreeze,
  type CachingFor,
  classification,
  customHead,
  cut,
  featureCache,
  type FeatureCache,
  freezeBody,
  freezeTo,
  getTransforms,
  head,
  mixup,
  type Model,
  multiLabel,
  nn,
  plan,
  resnet18,
  segmentation,
  Show,
  squeezenet1_1,
  type Task,
  Transform,
  unet,
  unfreeze,
  vgg16_bn,
  withHead
} from 'graft-vision'
import { right } from '../io/workplace.js'

const step: CachingFor = {
  images: { train: 100, valid: 20 },
  transforms: [],
  batchViews: [],
  epochs: 5,
  maxBytes: 2 ** 30
}

const two = classification(['ant', 'bee'])

const decided = (model: Model, of: Partial<CachingFor> = {}, task: Task = two): FeatureCache =>
  pipe(right(plan({ input: [3, 64, 64], task })(model)), featureCache({ ...step, ...of }))

const frozen = (of: Arch): Model => pipe(of, cut, withHead(head()), freezeBody)
const stored = batchNormUnderFreeze('inference')

const because = (cache: FeatureCache) => (cache._tag === 'NotCached' ? cache.because : [])

describe('features are cached', () => {
  it.each([
    ['without batch norms in the body', frozen(squeezenet1_1), 'head.1', [1024]],
    ['with batch norms in inference', stored(frozen(resnet18)), 'head.1', [1024]],
    ['of the first groups', stored(freezeTo(1)(pipe(resnet18, cut, withHead(head())))), 'body.layer2', [128, 8, 8]]
  ])('%s', (_, model, after, features) => {
    expect(decided(model)).toMatchObject({ _tag: 'Cached', after, features })
  })

  it('by two plans that together are the whole one, with the same paths', () => {
    const whole = right(plan({ input: [3, 64, 64], task: two })(stored(frozen(resnet18))))
    const cache = featureCache(step)(whole)
    if (cache._tag !== 'Cached') throw new Error('it can be cached')
    const parts = [cache.frozen, cache.trained]
    expect(parts.flatMap(({ layers }) => layers)).toEqual(whole.layers)
    expect(parts.flatMap(({ parameters }) => parameters)).toEqual(whole.parameters)
    expect(parts.flatMap(({ buffers }) => buffers)).toEqual(whole.buffers)
    expect(cache.frozen.parameters.filter(({ trainable }) => trainable)).toEqual([])
    expect([cache.frozen.input, cache.frozen.output, cache.trained.input, cache.trained.output]).toEqual([
      [3, 64, 64],
      [1024],
      [1024],
      [2]
    ])
  })

  it('in memory for features and targets, of each view of a training image', () => {
    const bytesOf = (cache: FeatureCache) => (cache._tag === 'Cached' ? [cache.views.length, cache.bytes] : [])
    const flips = { transforms: [Transform.flipLr()] }
    const model = frozen(squeezenet1_1)
    expect(bytesOf(decided(model))).toEqual([1, 4 * 120 * (1024 + 1)])
    expect(bytesOf(decided(model, flips))).toEqual([2, 4 * (220 * 1024 + 120)])
    expect(bytesOf(decided(model, {}, multiLabel(['a', 'b', 'c'])))).toEqual([1, 4 * 120 * (1024 + 3)])
    const always = { transforms: [Transform.flipLr(1), Transform.rotate([-10, 10], 0)] }
    expect(bytesOf(decided(model, always))).toEqual([1, 4 * 120 * (1024 + 1)])
  })
})

describe('features are not cached', () => {
  const dropping = arch({
    name: 'dropping',
    network: nn.sequential(
      nn.named('drop', nn.dropout(0.1)),
      nn.named('conv', nn.conv2d(3, 8, 3)),
      nn.named('pool', nn.maxPool2d(2))
    )
  })
  const spectral = arch({
    name: 'spectral',
    network: nn.sequential(nn.named('conv', nn.spectralNorm(nn.conv2d(3, 8, 3))), nn.named('pool', nn.maxPool2d(2)))
  })
  const pair = arch({
    name: 'pair',
    network: nn.sequential(nn.named('conv', nn.conv2d(3, 2, 3)), nn.named('pool', nn.maxPool2d(2)))
  })
  const whole: Model = pipe(resnet18, cut, withHead(head()), unfreeze)
  const large = { images: { train: 2 ** 20, valid: 0 } }

  it.each<readonly [string, FeatureCache, ReadonlyArray<object>]>([
    ['of a trained body', decided(whole), [{ _tag: 'LayerTrains', path: 'body.conv1', share: 0 }]],
    ['of batch norms that train', decided(frozen(vgg16_bn)), [{ _tag: 'BatchNormUpdates', path: 'body.features.1' }]],
    [
      'of batch norms whose statistics move',
      decided(batchNormUnderFreeze('statisticsOnly')(frozen(resnet18))),
      [{ _tag: 'BatchNormUpdates', path: 'body.bn1' }]
    ],
    ['of dropout in the body', decided(frozen(dropping)), [{ _tag: 'LayerDropsOut', path: 'body.drop', share: 0 }]],
    ['of spectral norms', decided(frozen(spectral)), [{ _tag: 'SpectralNormUpdates', path: 'body.conv' }]],
    [
      'of layers that are both frozen and trained around a U-Net',
      decided(pipe(squeezenet1_1, cut, withHead(unet()), freezeBody), {}, segmentation(['a', 'b'])),
      [{ _tag: 'LayerTrains' }]
    ],
    [
      'of transforms with parameters',
      decided(frozen(squeezenet1_1), { transforms: getTransforms() }),
      [{ _tag: 'ImagesChange' }]
    ],
    [
      'of mixed images',
      decided(frozen(squeezenet1_1), { batchViews: [mixup(0.4)] }),
      [{ _tag: 'BatchesChange', views: ['mixup(0.4)'] }]
    ],
    ['in one epoch', decided(frozen(squeezenet1_1), { epochs: 1 }), [{ _tag: 'FewEpochs', epochs: 1, least: 2 }]],
    [
      'in two epochs of flipped images',
      decided(frozen(squeezenet1_1), { epochs: 2, transforms: [Transform.flipLr()] }),
      [{ _tag: 'FewEpochs', epochs: 2, least: 3 }]
    ],
    [
      'beyond the limit of memory',
      decided(frozen(squeezenet1_1), large),
      [{ _tag: 'TooLarge', bytes: 2 ** 20 * 4 * 1025, maxBytes: 2 ** 30 }]
    ],
    [
      'for several reasons at once',
      decided(whole, { epochs: 1, batchViews: [mixup(1)] }),
      [{ _tag: 'LayerTrains' }, { _tag: 'BatchesChange' }, { _tag: 'FewEpochs' }]
    ],
    [
      'where nothing is trained',
      decided(pipe(pair, cut, withHead(customHead(nn.numbered(nn.adaptiveAvgPool2d(1), nn.flatten))), freezeBody)),
      [{ _tag: 'NothingTrains' }]
    ]
  ])('%s', (_, cache, obstacles) => {
    expect(because(cache)).toHaveLength(obstacles.length)
    expect(because(cache)).toMatchObject(obstacles)
  })

  it('with a reason in words, and what to do', () => {
    const words = because(
      decided(frozen(resnet18), { ...large, epochs: 1, transforms: [Transform.randomCrop(), Transform.flipLr()] })
    ).map(Show.cacheObstacle.show)
    expect(words).toEqual([
      "body.bn1 is a batch norm that trains (6 % of the operations come before it): batchNormUnderFreeze('inference')",
      'the transforms CropPad, FlipLr change images: leave them out',
      'it has 1 epoch, and caching pays from 2 on'
    ])
  })
})
