import { optimisers } from '../../../laws/arbitrary/optimisers.js'
import * as L from '../../../laws/value.js'
import { eqOptimiser, showOptimiser } from '../../../src/recipe/index.js'

export const valueLaws = () => L.valueLaws(eqOptimiser, optimisers, showOptimiser)
