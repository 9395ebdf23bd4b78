/** The steps of the named optimisers, by tag; an optimiser without one does not compile. */
import type { NamedOptimiser } from '../../recipe/index.js'
import { adamStep } from './adam.js'
import { lambStep } from './lamb.js'
import { lionStep } from './lion.js'
import { type OptimiserKernel, optimiserKernel } from './optimiserKernel.js'
import type { OfTag, OptimiserTag } from './OptimiserStep.js'
import { rAdamStep, rangerStep } from './rAdam.js'
import { rmspropStep } from './rmsprop.js'
import { sgdStep } from './sgd.js'

export type { OptimiserKernel } from './optimiserKernel.js'
export type { Addresses, ParameterHyper } from './OptimiserStep.js'

const kernelByTag: { readonly [T in OptimiserTag]: OptimiserKernel<OfTag<T>> } = {
  AdamW: optimiserKernel('AdamW', adamStep),
  Adam: optimiserKernel('Adam', adamStep),
  Sgd: optimiserKernel('Sgd', sgdStep),
  Rmsprop: optimiserKernel('Rmsprop', rmspropStep),
  Lamb: optimiserKernel('Lamb', lambStep),
  Lion: optimiserKernel('Lion', lionStep),
  RAdam: optimiserKernel('RAdam', rAdamStep),
  Ranger: optimiserKernel('Ranger', rangerStep)
}

export const kernelOf = <O extends NamedOptimiser>(o: O): OptimiserKernel<O> =>
  // the table has each tag's own kernel, which TypeScript cannot express for an index
  kernelByTag[o._tag] as unknown as OptimiserKernel<O>

export const optimiserKernels = Object.values(kernelByTag)
