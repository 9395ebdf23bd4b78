/**
 * The table of kernels that have an ONNX form, one file a family. Each says what comes out of a call and how to write
 * it; a call it does not know goes to the cpu kernel. They know nothing of sessions, values or devices.
 */
import type { Kernels } from '../Kernel.js'
import { batchNorm } from './batchNorm.js'
import { conv } from './conv.js'
import { depthwiseConv } from './depthwise.js'
import { elementwise } from './elementwise.js'
import { logic } from './logic.js'
import { matmul } from './matmul.js'
import { norm } from './norm.js'
import { optimisers } from './optimisers.js'
import { pool } from './pool.js'
import { reduce } from './reduce.js'
import { resize } from './resize.js'
import { shape } from './shape.js'

export const kernels: Kernels = {
  ...elementwise,
  ...logic,
  ...reduce,
  ...shape,
  ...matmul,
  ...conv,
  ...depthwiseConv,
  ...pool,
  ...norm,
  ...resize,
  ...batchNorm,
  ...optimisers
}
