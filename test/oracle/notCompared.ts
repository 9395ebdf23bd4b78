/** Files whose every recorded value is compared or read by its check, and the values that are not, with the reason. */
export const inFull: ReadonlyArray<string> = ['callbacks', 'mixup', 'optim', 'schedules', 'transforms', 'tta']

export const notCompared: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  mixup: {
    alpha: 'the parameter of the recorded draws, which the check is given; ours are drawn from a seed'
  },
  schedules: {
    recorder_lrs_equal_last_group: 'true of the recorder in fastai; our history has the rates of every group'
  },
  transforms: {
    mask: 'read where sampling depends on it; paddings and cuts to a size of their own treat masks as they do images',
    'train[].apply_to_masks':
      'true in fastai even of lighting, which its masks ignore; the cases with a mask show what applies',
    'valid[].apply_to_masks': 'as in train'
  }
}
