/**
 * The laws of graft as properties to run on what you write yourself: an architecture, a head, a split, a schedule, a
 * recipe, an engine. They know fast-check (a peer dependency that only this entry needs) and the doors of graft's
 * rooms; they refuse to know any test runner.
 *
 *     for (const law of archLaws(mine)) it(law.name, () => law.check())
 *
 * @since 0.1.0
 */
export * as arbitrary from './arbitrary/index.js'
export { archLaws } from './arch.js'
export { type CodecCase, codecLaws } from './codec.js'
export { cutLaws } from './cut.js'
export { dataLaws } from './data.js'
export { dropoutLaws } from './dropout.js'
export { agreementLaws, engineLaws } from './engine.js'
export { formatLaws } from './format.js'
export { headLaws } from './head.js'
export { interpretationLaws } from './interpretation.js'
export { checkLaws, law, type CheckOptions, type Law, type LawReport, type Subject } from './Law.js'
export { recipeLaws } from './recipe.js'
export { runnerLaws } from './runner.js'
export { scheduleLaws } from './schedule.js'
export { shapeLaws } from './shape.js'
export { splitLaws } from './split.js'
export { unetLaws } from './unet.js'
export { monoidLaws, valueLaws } from './value.js'
