// A user-defined architecture is a value like those of the catalogue; it need not be registered.
import assert from 'node:assert'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { arch, classification, cut, cutAt, freezeBody, head, nn, plan, withHead } from 'graft-vision'
import { archLaws, checkLaws } from 'graft-vision/laws'

const block = (channels: number): nn.Layer =>
  nn.sequential(
    nn.sum(
      nn.sequential(
        nn.named('conv', nn.conv2d(channels, channels, 3, { padding: 1, bias: false })),
        nn.named('bn', nn.batchNorm(channels))
      ),
      nn.identity
    ),
    nn.relu
  )

// cut and split default to fastai's rules: cut before the last child that pools; two groups, body and head
const mine = arch({
  name: 'mine',
  network: nn.sequential(
    nn.named('stem', nn.conv2d(3, 16, 3, { stride: 2, padding: 1 })),
    nn.relu,
    nn.named('blocks', nn.numbered(block(16), block(16))),
    nn.named('pool', nn.adaptiveAvgPool2d(1)),
    nn.flatten,
    nn.named('fc', nn.linear(16, 10))
  )
})

const how = { input: [3, 32, 32], task: classification(['ant', 'bee', 'wasp']) }

const grafted = plan(how)(pipe(mine, cut, withHead(head({ linFtrs: [] })), freezeBody))
assert(E.isRight(grafted))
assert.deepStrictEqual(grafted.right.output, [3])
assert.deepStrictEqual(grafted.right.starts, ['head'])
assert.deepStrictEqual(
  grafted.right.parameters.filter(({ path }) => path.startsWith('body.blocks.0')).map(({ path }) => path),
  ['body.blocks.0.conv.weight', 'body.blocks.0.bn.weight', 'body.blocks.0.bn.bias']
)

// cutting by name and by count give the same body; unnamed children (the relu after the stem) are not counted
const shorter = (at: number | string) => plan(how)(pipe(mine, cutAt(at), withHead(head())))
assert.deepStrictEqual(shorter('blocks'), shorter(1))

// checks the laws that graft's own architectures obey
const reports = await checkLaws(archLaws(mine), { seed: 1, numRuns: 3 })()
assert.deepStrictEqual(
  reports.filter(({ failed }) => failed),
  []
)
