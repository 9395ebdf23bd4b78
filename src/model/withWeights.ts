/**
 * The weights that an architecture, a body or a model starts from.
 *
 * @since 0.1.0
 */
import type { Arch } from './Arch.js'
import { fileWeights, fromScratchWeights, pretrainedWeights, type Weights } from './Weights.js'
import type { Body } from './Body.js'
import type { Model } from './Model.js'

const setWeights =
  (weights: Weights) =>
  <S extends Arch | Body | Model>(stage: S): S =>
    stage._tag === 'Model' ? { ...stage, body: { ...stage.body, weights } } : { ...stage, weights }

/**
 * Starts from the architecture's first published weights. Nothing is read until a learner is made.
 *
 * @example
 * import { pretrained, resnet18, Show } from 'graft-vision'
 *
 * assert.strictEqual(Show.arch.show(pretrained(resnet18)), 'resnet18, pretrained')
 *
 * @category models
 * @since 0.1.0
 */
export const pretrained: <S extends Arch | Body | Model>(stage: S) => S = setWeights(pretrainedWeights())

/**
 * Starts from the architecture's published weights with this tag (the part after the dot in `arch.tag`).
 *
 * @example
 * import { cut, head, pretrainedAs, resnet18, Show, withHead } from 'graft-vision'
 * import { pipe } from 'fp-ts/lib/function.js'
 *
 * assert.strictEqual(
 *   Show.model.show(pipe(resnet18, pretrainedAs('tv_in1k'), cut, withHead(head()))),
 *   "pipe(resnet18, pretrainedAs('tv_in1k'), cut, withHead(head()))"
 * )
 *
 * @category models
 * @since 0.1.0
 */
export const pretrainedAs = (tag: string): (<S extends Arch | Body | Model>(stage: S) => S) =>
  setWeights(pretrainedWeights(tag))

/**
 * Starts from a safetensors or torch file with the architecture's keys. Nothing is read until a learner is made.
 *
 * @example
 * import { resnet18, Show, withWeights } from 'graft-vision'
 *
 * assert.strictEqual(Show.arch.show(withWeights('mine.safetensors')(resnet18)), "resnet18, withWeights('mine.safetensors')")
 *
 * @category models
 * @since 0.1.0
 */
export const withWeights = (file: string): (<S extends Arch | Body | Model>(stage: S) => S) =>
  setWeights(fileWeights(file))

/**
 * Initialises every parameter from the run's seed, as its layer's `Init` says.
 *
 * @example
 * import { fromScratch, pretrained, resnet18 } from 'graft-vision'
 *
 * assert.deepStrictEqual(fromScratch(pretrained(resnet18)), resnet18)
 *
 * @category models
 * @since 0.1.0
 */
export const fromScratch: <S extends Arch | Body | Model>(stage: S) => S = setWeights(fromScratchWeights)
