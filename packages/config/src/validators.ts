import { refuseSettings, type SettingsResult } from '@trine/settings'
import { z } from 'zod'
import { type KeyEntry, keyEntrySchema, validatorIndex } from './keyManifest.ts'
import { parseFile } from './parseFile.ts'
import { items, nodeNameText } from './texts.ts'

/** A validator of a node; with its keys where the file is `annotated_validators.yaml`. */
export type AssignedValidator = {
  readonly index: number
  readonly key: KeyEntry | undefined
}

/** The validators of each node, by the node's name. */
export type ValidatorAssignment = ReadonlyMap<string, readonly AssignedValidator[]>

/** An index, or a mapping of index and keys. What is in a mapping decides, for the sake of the message. */
const assigned = z.unknown().transform((value, context): AssignedValidator => {
  const isIndex = typeof value === 'string'
  const schema = isIndex ? validatorIndex : keyEntrySchema
  const checked = schema.safeParse(value)
  if (checked.success) {
    return typeof checked.data === 'number'
      ? { index: checked.data, key: undefined }
      : { index: checked.data.index, key: checked.data }
  }
  for (const { message, path } of checked.error.issues) {
    context.addIssue({ code: 'custom', message, path, input: value })
  }
  return z.NEVER
})

/** `NAME:` with nothing after it is a node without validators. */
const list = z.preprocess((value) => (value === '' ? [] : value), items(assigned, 'validators'))
const byNode = z.record(z.string(), list, { error: 'a mapping of node names to lists of validators' })

/** Some writers put everything below `validators:`. */
const schema = z.preprocess(unwrap, byNode)

function unwrap(content: unknown): unknown {
  if (typeof content !== 'object' || content === null || !Object.hasOwn(content, 'validators')) return content
  const inner = (content as { validators: unknown }).validators
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? inner : content
}

/** Reads `validators.yaml` or `annotated_validators.yaml`. No two nodes have the same validator. */
export function parseValidators(text: string): SettingsResult<ValidatorAssignment> {
  const parsed = parseFile(text, schema)
  if (!parsed.ok) return parsed
  const nodes = new Map(Object.entries(parsed.value))
  const owners = new Map<number, string>()
  for (const [name, validators] of nodes) {
    if (!nodeNameText().safeParse(name).success) {
      return refuseSettings('invalid-field', name, 'expected a name of letters, digits, "_", "." and "-"')
    }
    for (const [position, { index }] of validators.entries()) {
      const owner = owners.get(index)
      if (owner !== undefined) {
        const message = `expected every validator once, got ${index}, which ${owner} has already`
        return refuseSettings('invalid-field', `${name}[${position}]`, message)
      }
      owners.set(index, name)
    }
  }
  return { ok: true, value: nodes }
}
