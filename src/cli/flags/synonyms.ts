/** Options of other tools, for suggestions. */
import * as O from 'fp-ts/lib/Option.js'
import { nearest } from '../../nearest.js'

const synonyms: Readonly<Record<string, ReadonlyArray<string>>> = {
  '--bs': ['batch', 'batch-size', 'batchsize', 'train-batch-size', 'per-device-train-batch-size'],
  '--valid-bs': ['val-batch-size', 'eval-batch-size', 'valid-batch-size', 'test-batch-size'],
  '--lr': ['learning-rate', 'lr0', 'max-lr', 'base-lr', 'rate'],
  '--epochs': ['epoch', 'num-epochs', 'n-epochs', 'max-epochs', 'num-train-epochs'],
  '--accumulate': ['accumulation', 'accumulation-steps', 'gradient-accumulation-steps', 'grad-accum'],
  '--ema': ['model-ema', 'ema-decay', 'model-ema-decay'],
  '--swa': ['swa-start', 'weight-averaging'],
  '--fine-tune': ['finetune', 'fine-tuning', 'finetuning'],
  '--warmup': ['warmup-epochs', 'lr-warmup', 'warm-up'],
  '--sgdr': ['restarts', 'warm-restarts', 'cosine-restarts'],
  '--flat-cos': ['flat-and-anneal', 'flat-cosine'],
  '--size': ['image-size', 'img-size', 'imgsz', 'input-size', 'img', 'resolution', 'crop-size'],
  '--arch': ['architecture', 'backbone', 'network', 'net', 'model-name'],
  '--wd': ['weight-decay', 'decay'],
  '--opt': ['optimizer', 'optimiser', 'optim'],
  '--loss': ['criterion', 'loss-function', 'loss-func'],
  '--label-smoothing': ['smoothing'],
  '--class-weights': ['class-weight', 'classweight', 'weighted-loss', 'pos-weight'],
  '--sample': ['sampler', 'sampling', 'oversample', 'balance', 'weighted-sampler'],
  '--weight-col': ['sample-weight', 'weights-col', 'sample-weights'],
  '--clip': ['clip-grad', 'clip-grad-norm', 'max-grad-norm', 'gradient-clip', 'gradient-clip-val'],
  '--augment': ['augmentation', 'aug', 'tfms', 'auto-augment'],
  '--normalise': ['normalize', 'norm', 'stats'],
  '--holdout': ['hold-out', 'cv-fold', 'group-col', 'stratify', 'stratified'],
  '--valid-pct': ['val-split', 'validation-split', 'valid-split', 'val-pct', 'test-size', 'split'],
  '--engine': ['device', 'backend', 'accelerator', 'gpu', 'cuda'],
  '--threads': ['num-threads', 'cpus', 'cores'],
  '--workers': ['num-workers', 'j'],
  '--out': ['output', 'output-dir', 'out-dir', 'save-dir', 'project', 'dir'],
  '--resume': ['continue', 'checkpoint', 'ckpt', 'resume-from'],
  '--no-pretrained': ['from-scratch', 'scratch', 'random-weights'],
  '--freeze': ['freeze-body', 'freeze-backbone', 'frozen'],
  '--batch-norm': ['train-bn', 'no-train-bn', 'bn', 'batchnorm', 'freeze-bn', 'bn-freeze', 'bn-eval'],
  '--progressive': ['progressive-resizing', 'progressive-resize', 'sizes'],
  '--metrics': ['metric'],
  '--resize': ['resize-method', 'resize-mode'],
  '--colour': ['color', 'icc', 'profile'],
  '--orientation': ['exif', 'auto-orient', 'exif-transpose'],
  '--range': ['clip-range', 'intensity-range', 'window'],
  '--force': ['overwrite', 'exist-ok', 'f'],
  '--label-delim': ['label-delimiter', 'label-separator'],
  '--valid': ['val', 'valid-dir', 'val-dir', 'validation'],
  '--train': ['train-dir'],
  '--test': ['test-dir'],
  '--delimiter': ['sep', 'separator', 'delim'],
  '--label-col': ['label', 'label-column', 'target', 'y-col'],
  '--fn-col': ['file-col', 'file-column', 'image-col', 'x-col'],
  '--valid-col': ['split-col', 'set-col', 'is-valid'],
  '--masks': ['mask', 'mask-dir', 'annotations'],
  '--images': ['image-dir', 'img-dir'],
  '--tta': ['test-time-augmentation'],
  '--quiet': ['silent'],
  '--seed': ['random-seed', 'random-state']
}

/** The option of a command that an unknown one most likely means. */
export const meantBy =
  (options: ReadonlyArray<string>) =>
  (unknown: string): O.Option<string> => {
    const word = unknown.replace(/^-+/, '').replace(/=.*$/s, '').replaceAll('_', '-').toLowerCase()
    const [same] = Object.entries(synonyms).filter(
      ([option, words]) => options.includes(option) && words.includes(word)
    )
    return same === undefined ? nearest(`--${word}`, options) : O.some(same[0])
  }
