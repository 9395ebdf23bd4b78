/** The live page: sections and the line of progress that the server sends while it trains. */

/** What the server sends: sections as HTML, which it has escaped, by their ids. */
interface Update {
  readonly sections?: ReadonlyArray<{ readonly id: string; readonly html: string }>
  readonly progress?: { readonly text: string; readonly share: number }
  readonly ended?: string
}

/** Listens if the page names its source of events; `started` makes a replaced section work. */
export const startLive = (started: (root: ParentNode) => void): void => {
  const live = document.querySelector<HTMLElement>('[data-events]')
  const address = live?.dataset['events']
  if (live === null || address === undefined) return
  const text = live.querySelector('.live')
  const bar = live.querySelector('progress')
  const state = live.querySelector('.state')
  const source = new EventSource(address)
  const say = (element: Element | null, words: string): void => {
    if (element !== null && element.textContent !== words) element.textContent = words
  }
  source.addEventListener('open', () => say(state, 'live'))
  source.addEventListener('error', () => say(state, 'no connection; trying again'))
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const { sections = [], progress, ended } = JSON.parse(data) as Update
    for (const { id, html } of sections) {
      const old = document.getElementById(id)
      if (old === null) continue
      const template = document.createElement('template')
      template.innerHTML = html
      started(template.content)
      old.replaceWith(template.content)
    }
    if (progress !== undefined) {
      say(text, progress.text)
      if (bar !== null) bar.value = progress.share
    }
    if (ended !== undefined) {
      source.close()
      say(state, ended)
    }
  })
}
