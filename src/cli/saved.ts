/**
 * Where a trained model is: a file, or the directory of a run.
 */
import { existsSync, statSync } from 'node:fs'
import { runFiles } from '../learn/index.js'

export const savedModel = (name: string): string =>
  existsSync(name) && statSync(name).isDirectory() ? runFiles(name).model : name
