/** Light or dark: the reader's system decides until the button is pressed. */
const key = 'graft-theme'

/** A page opened from a file may have no storage. */
const stored = (): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

const store = (theme: string): void => {
  try {
    localStorage.setItem(key, theme)
  } catch {
    // the choice then lasts as long as the page
  }
}

export const startTheme = (): void => {
  const root = document.documentElement
  const button = document.querySelector<HTMLButtonElement>('#theme')
  const chosen = stored()
  const isDark = (): boolean =>
    root.dataset['theme'] === undefined
      ? matchMedia('(prefers-color-scheme: dark)').matches
      : root.dataset['theme'] === 'dark'
  if (chosen === 'light' || chosen === 'dark') root.dataset['theme'] = chosen
  if (button === null) return
  const name = (): void => {
    button.textContent = isDark() ? 'Light' : 'Dark'
    button.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours')
  }
  button.hidden = false
  name()
  button.addEventListener('click', () => {
    const theme = isDark() ? 'light' : 'dark'
    root.dataset['theme'] = theme
    store(theme)
    name()
  })
}
