/** The page of a server: images are dropped, chosen or taken, and the model's answers appear below. */
import { answerFor } from './answers.js'
import { startCamera } from './camera.js'
import { byId, element } from './element.js'
import { type ModelJson, modelsOf, setToken } from './requests.js'

const select = byId<HTMLSelectElement>('model')
const input = byId<HTMLInputElement>('images')
const drop = byId('drop')
const status = byId('status')
const answers = byId('list')
const models = byId('models-table')
const tokenForm = byId<HTMLFormElement>('token-form')

let known: ReadonlyArray<ModelJson> = []

const say = (text: string): void => void (status.textContent = text)

const modelRow = ({ name, architecture, task, classes, input: { height, width } }: ModelJson): HTMLElement =>
  element(
    'tr',
    {},
    element('th', { scope: 'row' }, name),
    ...[
      architecture,
      task,
      `${width} × ${height}`,
      classes.slice(0, 10).join(', ') + (classes.length > 10 ? ', …' : '')
    ].map((text) => element('td', {}, text))
  )

const loadModels = async (): Promise<void> => {
  const reply = await modelsOf()
  if ('refused' in reply) {
    tokenForm.hidden = !reply.refused.unauthorised
    return say(reply.refused.unauthorised ? 'This server needs a token.' : reply.refused.text)
  }
  known = reply.ok
  tokenForm.hidden = true
  select.replaceChildren(...known.map(({ name }) => element('option', { value: name }, name)))
  models.replaceChildren(...known.map(modelRow))
  say('Ready.')
}

/** One image after the other, the newest answer first. */
const show = async (files: ReadonlyArray<File>): Promise<void> => {
  const model = known.find(({ name }) => name === select.value)
  if (model === undefined) return say('No model is loaded.')
  for (const [i, file] of files.entries()) {
    say(`Asking ${model.name} about ${file.name} (${i + 1} of ${files.length}) …`)
    const answer = await answerFor(model, file.name, file)
    answers.prepend(answer)
    say(`${file.name}: ${answer.querySelector('h3, .note')?.textContent ?? ''}`)
  }
}

const startDrop = (): void => {
  const over =
    (isOver: boolean) =>
    (event: DragEvent): void => {
      event.preventDefault()
      drop.classList.toggle('over', isOver)
    }
  drop.addEventListener('dragover', over(true))
  drop.addEventListener('dragleave', over(false))
  drop.addEventListener('drop', (event) => {
    over(false)(event)
    void show([...(event.dataTransfer?.files ?? [])])
  })
}

input.addEventListener('change', () => {
  void show([...(input.files ?? [])]).then(() => (input.value = ''))
})
tokenForm.addEventListener('submit', (event) => {
  event.preventDefault()
  setToken(byId<HTMLInputElement>('token').value)
  void loadModels()
})
byId('clear').addEventListener('click', () => answers.replaceChildren())
startDrop()
startCamera((picture) => void show([picture]), say)
void loadModels()
