import type { HasClock, HasFiles, HasImages } from '../../io/index.js'
import type { HasEngine, HasEvents } from '../Env.js'

/**
 * The capabilities that training requires.
 *
 * @category training
 * @since 0.1.0
 */
export type TrainEnv = HasEngine & HasEvents & HasFiles & HasImages & HasClock
