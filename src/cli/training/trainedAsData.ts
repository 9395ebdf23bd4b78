/** Detects a run or a trained model that was passed as training data. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { GraftError } from '../../GraftError.js'
import { settingError } from '../../learn/index.js'

/** The files of runs and exports, and other files that are often in their folders. */
const ofRuns =
  /^(graft\.json|figures|models|(checkpoint|model)\.safetensors|history\.csv|lr-find\..*|interpretation\.json|report\.html|.*\.(safetensors|onnx|onnx\.data|log|txt|md))$/

/** Returns whether a folder is a run or an export, and contains no training data. */
export const isTrainedFolder = (folder: string): boolean => {
  const files = readdirSync(folder).filter((file) => !file.startsWith('.'))
  return (
    ['graft.json', 'model.safetensors'].some((file) => files.includes(file)) && files.every((file) => ofRuns.test(file))
  )
}

export const trainedAsData = (name: string): GraftError => {
  const isRun = existsSync(join(name, 'graft.json'))
  return settingError(
    'DATA',
    'images to train on',
    `${JSON.stringify(name)}, ${isRun ? 'the folder of a run' : 'a trained model'}`,
    `to start from its model: graft train DATA --from ${name}${isRun ? `; to continue the run: graft train --resume ${name}` : ''}`
  )
}
