import { optimiserKernels, type OptimiserKernel } from '../../optimisers/index.js'
import type { Attributes } from '../../fusedKernel.js'
import type { Graph, Ref } from '../graph/Graph.js'
import { forms, kernel, type Kernel, type Kernels } from '../recording/Kernel.js'

type Inputs = Readonly<Record<string, Ref>>

/** Views parameter and state in the shape in which the gradient was created, which avoids reshapes. */
const beside = (g: Graph, inputs: Inputs): Inputs => {
  const { shape } = g.asMade(inputs['g']!)
  return Object.fromEntries(Object.entries(inputs).map(([name, x]) => [name, name === 'h' ? x : g.reshape(x, shape)]))
}

const stepKernel = ({ state }: OptimiserKernel<never>, fused: NonNullable<OptimiserKernel<never>['fused']>): Kernel =>
  kernel<string, Attributes>((inputs, attributes) =>
    forms(
      ['p', ...state].map((name) => inputs[name]!),
      (g, all) => fused(g, beside(g, all), attributes)
    )
  )

/** The optimisers' steps with a graph of their own. */
export const optimisers: Kernels = Object.fromEntries(
  optimiserKernels.flatMap((step) =>
    step.fused === undefined ? [] : [[step.kernelName, stepKernel(step, step.fused)] as const]
  )
)
