import { ListCompositeType, type Type } from '@chainsafe/ssz'
import { type State, stateType, stringifyJson } from '@trine/types'
import { snakeCase, sszToJson } from './sszJson.ts'

/** Elements of a list that are written in one turn: a state late in a devnet has hundreds of thousands. */
const SLICE = 1024

/**
 * A state as JSON in UTF-8, written in slices with a pause after each, so that everything else goes on meanwhile.
 *
 * @param pause resolves in a later turn
 */
export async function stateText(state: State, pause: () => Promise<void>): Promise<Uint8Array> {
  let text = ''
  for (const { fieldName, fieldType, jsonKey } of stateType.fieldsEntries) {
    text += `${text === '' ? '{' : ','}"${snakeCase(jsonKey)}":`
    const type: Type<unknown> = fieldType
    const view = state[fieldName]
    if (type instanceof ListCompositeType) text += await listText(type, view as ListView, pause)
    else text += stringifyJson(sszToJson(type, valueIn(type, view)))
  }
  return new TextEncoder().encode(`${text}}`)
}

type ListView = {
  readonly length: number
  getReadonlyByRange(startIndex: number, count: number): readonly unknown[]
}

async function listText(
  type: ListCompositeType<ElementType>,
  view: ListView,
  pause: () => Promise<void>,
): Promise<string> {
  const { elementType } = type
  let text = ''
  for (let start = 0; start < view.length; start += SLICE) {
    if (start > 0) await pause()
    const elements = view
      .getReadonlyByRange(start, Math.min(SLICE, view.length - start))
      .map((element) => sszToJson(elementType, elementType.toValueFromView(element as never)))
    text += `${start > 0 ? ',' : ''}${stringifyJson(elements).slice(1, -1)}`
  }
  return `[${text}]`
}

type ElementType = ConstructorParameters<typeof ListCompositeType>[0]

function valueIn(type: Type<unknown>, view: unknown): unknown {
  const composite = type as Partial<Pick<ElementType, 'toValueFromView'>>
  return composite.toValueFromView === undefined ? view : composite.toValueFromView(view as never)
}
