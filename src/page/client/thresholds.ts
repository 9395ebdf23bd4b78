/** The threshold of a label: precision, recall and F1 where the slider stands. */
import type { LabelCounts } from '../index.js'

const percent = (part: number, whole: number): string => (whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`)

const wordsOf = ({ found, wrong, missed }: LabelCounts, at: number): string => {
  const [tp = 0, fp = 0, fn = 0] = [found[at], wrong[at], missed[at]]
  const threshold = (at / (found.length - 1)).toFixed(2)
  return `from ${threshold}: precision ${percent(tp, tp + fp)}, recall ${percent(tp, tp + fn)}, F1 ${percent(2 * tp, 2 * tp + fp + fn)}; ${tp} found, ${fp} wrong, ${fn} missed`
}

export const startThresholds = (root: ParentNode): void => {
  for (const fieldset of root.querySelectorAll<HTMLElement>('.threshold')) {
    const select = fieldset.querySelector<HTMLSelectElement>('.label')
    const slider = fieldset.querySelector<HTMLInputElement>('.at')
    const output = fieldset.querySelector('output')
    const text = fieldset.querySelector('.counts')?.textContent
    if (select === null || slider === null || output === null || text === undefined || text === null) continue
    const labels = JSON.parse(text) as ReadonlyArray<LabelCounts>
    const show = (): void => {
      const label = labels[Number(select.value)]
      if (label !== undefined) output.textContent = wordsOf(label, Number(slider.value))
    }
    select.addEventListener('change', () => {
      slider.value = String(labels[Number(select.value)]?.best ?? 0)
      show()
    })
    slider.addEventListener('input', show)
    fieldset.hidden = false
    show()
  }
}
