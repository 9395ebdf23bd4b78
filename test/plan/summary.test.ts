import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { resnet18 } from '../../src/arch/index.js'
import { classification } from '../../src/data/index.js'
import {
  arch,
  batchNorm,
  batchNormUnderFreeze,
  conv2d,
  cut,
  freezeBody,
  head,
  identity,
  maxPool2d,
  type Model,
  named,
  relu,
  sequential,
  splitOn,
  sum,
  unfreeze,
  withHead
} from '../../src/model/index.js'
import { type Plan, plan, summary, summaryOf } from '../../src/plan/index.js'

const small: Model = pipe(
  arch({
    name: 'small',
    network: sequential(
      named('conv1', conv2d(3, 8, 3, { padding: 1, bias: false })),
      named('bn1', batchNorm(8)),
      relu,
      named('layer1', sequential(sum(named('conv', conv2d(8, 8, 3, { padding: 1 })), identity), relu)),
      named('pool', maxPool2d(2))
    )
  }),
  cut,
  withHead(head({ linFtrs: [16] })),
  splitOn(['body.layer1', 'head']),
  freezeBody
)
const planned = (m: Model): Plan =>
  pipe(
    m,
    plan({ input: [3, 32, 32], task: classification(['ant', 'bee']) }),
    E.getOrElse<unknown, Plan>((e) => {
      throw new Error(JSON.stringify(e))
    })
  )

describe('a summary', () => {
  it('is a table of the layers, and totals', () => {
    expect(`\n${summary(planned(small))}\n`).toMatchInlineSnapshot(`
      "
      small  3×32×32 → 2
      ─────────────────────────────────────────────────────────────────────────────────
      layer                 kind                   output  parameters  trainable  group
      ─────────────────────────────────────────────────────────────────────────────────
      body.conv1            Conv2d                8×32×32         216         no      0
      body.bn1              BatchNorm             8×32×32          16        yes      0
      body/relu             Relu                  8×32×32                             0
      body.layer1.conv      Conv2d                8×32×32         584         no      1
      body.layer1/identity  Identity              8×32×32                             1
      body.layer1/relu      Relu                  8×32×32                             1
      head.0                AdaptiveConcatPool2d   16×1×1                             2
      head.1                Flatten                    16                             2
      head.2                BatchNorm                  16          32        yes      2
      head.3                Dropout                    16                             2
      head.4                Linear                     16         272        yes      2
      head.5                Relu                       16                             2
      head.6                BatchNorm                  16          32        yes      2
      head.7                Dropout                    16                             2
      head.8                Linear                      2          34        yes      2
      ─────────────────────────────────────────────────────────────────────────────────
      parameters   1,186 (386 trainable, 800 frozen)
      groups       3, starting at body.layer1, head; freezeBody
      weights      fromScratch
      features     not cached: body.bn1 is a batch norm that trains (27 % of the operations come before it): batchNormUnderFreeze('inference')
      forward      1.62 MFLOP per image (2 per multiply-add)
      activations  197.13 kB per image
      warning      3 frozen parameters are initialised randomly: load weights, or unfreeze them
      "
    `)
  })
  it('contains the same as data, which survives JSON', () => {
    const data = summaryOf(planned(small))
    expect(JSON.parse(JSON.stringify(data))).toEqual(data)
    expect(data.layers.map((l) => l.path)).toEqual(planned(small).layers.map((l) => l.path))
    expect(data.layers.reduce((n, l) => n + l.parameters, 0)).toBe(data.totals.parameters)
    expect(data.layers.reduce((n, l) => n + l.flops, 0)).toBe(data.totals.flops)
  })
  it('shows for each layer with parameters whether it is trained', () => {
    const trains = (m: Model) =>
      Object.fromEntries(
        summaryOf(planned(m)).layers.flatMap((l) => (l.trainable === null ? [] : [[l.path, l.trainable] as const]))
      )
    expect(trains(small)).toMatchObject({ 'body.conv1': false, 'body.bn1': true, 'head.8': true })
    expect(trains(batchNormUnderFreeze('inference')(small))).toMatchObject({ 'body.bn1': false })
  })
  it('says where features can be cached, if layers are frozen', () => {
    expect(summary(planned(batchNormUnderFreeze('inference')(small)))).toContain(
      'features     cached after head.1 (16 per image)\n'
    )
    expect(summary(planned(unfreeze(small)))).not.toContain('features')
  })
  it('prints thousands separators', () => {
    const lines = summary(planned(pipe(resnet18, cut, withHead(head())))).split('\n')
    expect(lines.find((line) => line.startsWith('parameters'))).toBe(
      'parameters   11,705,410 (11,705,410 trainable, 0 frozen)'
    )
  })
  it('has a table as wide as its rules', () => {
    const lines = summary(planned(small)).split('\n')
    const rules = lines.filter((line) => line.startsWith('─'))
    expect(new Set(rules).size).toBe(1)
    expect(Math.max(...lines.slice(2, lines.lastIndexOf(rules[0]!)).map((line) => line.length))).toBe(rules[0]!.length)
  })
})
