import { readFileSync } from 'node:fs'
import * as E from 'fp-ts/lib/Either.js'
import { pipe } from 'fp-ts/lib/function.js'
import { describe, expect, it } from 'vitest'
import { digits, withBatchSize } from '../../src/data/index.js'
import { decodeData, decodeRecipe, parseJson } from '../../src/format/index.js'
import { Recipe, slice } from '../../src/recipe/index.js'

const example = (name: string) => parseJson(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'))

describe('the JSON of the examples', () => {
  it('two-phases.json trains the head alone, then everything', () => {
    const recipe = Recipe.sequence(
      Recipe.freeze,
      Recipe.fitOneCycle(5, 3e-3),
      Recipe.save('frozen'),
      Recipe.unfreeze,
      Recipe.fitOneCycle(3, slice(1e-5, 1e-4))
    )
    expect(pipe(example('two-phases.json'), E.chain(decodeRecipe))).toEqual(E.right(recipe))
  })

  it('digits.json describes a few drawn digits', () => {
    const data = withBatchSize(32)(digits({ n: 128, path: 'graft-out/digits' }))
    expect(pipe(example('digits.json'), E.chain(decodeData))).toEqual(E.right(data))
  })
})
